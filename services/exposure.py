"""What the house bears already: its customers' granted limits, read once for all cases that are assessed together."""

from __future__ import annotations

from decimal import Decimal

from admission.assessment.exposure import ExposureLedger, GrantedToOthers
from admission.cases import Case
from admission.policy import Caps, Policy
from wiring.house import House


def read_ledger(house: House, policy: Policy) -> ExposureLedger | None:
    """Read the limits granted to all active customers; None where the policy caps nothing."""
    return ExposureLedger(granted=house.casebook.granted.all()) if policy.appetite.caps != Caps() else None


def granted_to_others(house: House, policy: Policy) -> GrantedToOthers | None:
    """Return what sums up the limits of others for a single case; None where the policy caps nothing."""
    return house.casebook.granted if policy.appetite.caps != Caps() else None


def update_ledger(house: House, ledger: ExposureLedger | None, company_key: str) -> None:
    """Bring a ledger up to date with a customer whose case has just been concluded."""
    customer = house.casebook.customers.get(company_key) if ledger is not None else None
    if ledger is not None and customer is not None:
        ledger.put(customer)


def group_exposure(house: House, granted: GrantedToOthers | None, case: Case, policy: Policy) -> Decimal | None:
    """Return the limits granted to the other customers of a case's group, in the house currency.

    None where they were not counted, the application names no group, the policy has no cap for groups, or a limit
    cannot be brought into the house currency today.
    """
    group = case.application.group
    if granted is None or group is None or policy.appetite.caps.group is None:
        return None
    return granted.sum_group(group, case.company_key, house.exchange_by(policy))
