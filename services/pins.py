"""Keeping what assessments are made with besides the evidence: the policy and the exchange rates."""

from __future__ import annotations

from admission.model import canonical_json
from admission.policy import Policy
from wiring.house import House


def pin_inputs(house: House, policy: Policy) -> dict[str, str]:
    """Keep the policy and the rates that an assessment is made with; return what its step notes of them."""
    pins = house.casebook.pins
    pins.keep("policy", policy.sha256, canonical_json(policy.model_dump(mode="json")))
    rates = house.rates
    pins.keep("rates", rates.sha256, rates.document)
    return {"rates": rates.sha256}
