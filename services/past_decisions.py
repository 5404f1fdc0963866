"""What was decided of stored cases, with the policies that decided them, for comparing policies."""

from __future__ import annotations

import json
from collections.abc import Iterable
from decimal import Decimal

from admission.customers.experience import DecisionSnapshot
from admission.errors import BadInput
from admission.money import Exchange
from admission.policy import Policy, read_policy_document
from wiring.house import House


def decided_cases(house: House) -> list[DecisionSnapshot]:
    """Return the snapshot of each case's current round, with what its assessment offered.

    Snapshots of before this was kept beside them have it from the assessments themselves.
    """
    experience = house.casebook.experience
    snapshots = list(experience.snapshots())
    lacking = [snapshot.assessment for snapshot in snapshots if snapshot.offered is None]
    if not lacking:
        return snapshots
    offered = experience.offered(lacking)
    return [
        snapshot if snapshot.offered is not None else snapshot._replace(offered=offered.get(snapshot.assessment))
        for snapshot in snapshots
    ]


def limits_today(house: House, currency: str) -> dict[str, Decimal | None]:
    """Return the limit that each active customer has today, by the case that last decided on it.

    Args:
        house: the house.
        currency: in which it is told, at the rates of today; None where there is no rate.
    """
    exchange = Exchange(house.rates, currency, house.today())
    return {
        customer.last_case: exchange.convert(customer.limit, customer.currency)
        for customer in house.casebook.customers.all()
    }


def deciding_policies(house: House, sha256s: Iterable[str]) -> dict[str, Policy]:
    """Return the policies that cases were decided under, by sha256; without those that cannot be read any more."""
    found = dict[str, Policy]()
    for sha256 in dict.fromkeys(sha256s):
        text = house.casebook.pins.document("policy", sha256)
        policy = None if text is None else _read(text)
        if policy is not None:
            found[sha256] = policy
    return found


def _read(text: str) -> Policy | None:
    try:
        return read_policy_document(json.loads(text), {})[0]
    except BadInput:
        return None
