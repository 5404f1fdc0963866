"""Limits that dates change: who is told, ahead of it and on the day, once each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from admission.cases import Customer
from admission.customers.standing.in_force import OnFile, Standing, changed_on, standing
from admission.money import Exchange
from admission.policy.customer_rules import CustomerRules
from services.coverage import note_sweep
from services.customer_standing import files_of, rules_of_today
from services.dormant import withdraw_dormant
from services.earned_steps import climb
from services.notices import NOTICE, notices_of_limit
from wiring.house import House

# A house that stood still for so long tells afterwards what changed meanwhile.
CATCH_UP = timedelta(days=31)


class NotInForce(NamedTuple):
    """A customer whose limit is not in force, or not all of it.

    Attributes:
        case: on which the limit rests.
        until: the last day on which this stays so by itself.
        why: codes of the reasons, with commas between them.
    """

    case: str
    limit: str
    in_force: str
    until: date | None
    why: str


class Swept(NamedTuple):
    """What a look at all limits found.

    Attributes:
        customers: how many were looked at.
        changed: how many limits a date changed since the last look, as far as nobody had been told.
        ending: of how many an end ahead was told for the first time.
        exceptions: all that are not in force, or not whole.
        dormant: how many limits of dormant customers were withdrawn.
        rose, fell: how many limits rose by a step that was earned, and how many fell back.
    """

    customers: int
    changed: int
    ending: int
    exceptions: tuple[NotInForce, ...]
    dormant: int = 0
    rose: int = 0
    fell: int = 0


def sweep_limits(house: House) -> Swept:
    """Look at the limits of all customers, and tell whoever is to know which of them dates have changed or will.

    Limits of dormant customers are withdrawn first, and steps earned or lost, where the policy says so; that is told
    like any other change.
    Each change is told once, however often this runs and however long it did not: what is told carries the day of the
    change, and the outbox takes no message twice.
    """
    rules, exchange = rules_of_today(house)
    customers = house.casebook.customers.all()
    dormant = withdraw_dormant(house, customers)
    rose, fell = climb(house, customers)
    changed = ending = 0
    exceptions = []
    for customer, file in zip(customers, files_of(house, customers), strict=True):
        stands = standing(file, rules, exchange)
        for about, day in _to_tell(file, stands, rules, exchange):
            if _tell(house, about, day, customer, stands):
                changed += about == "limit_changed"
                ending += about == "limit_ends"
        if stands.in_force < stands.limit:
            exceptions.append(_exception(customer, stands))
    # A day beyond the last on which they counted.
    house.casebook.orders.forget(exchange.on - timedelta(days=rules.orders.keep_days + 1))
    counts = {"customers": len(customers), "changed": changed, "ending": ending, "dormant": dormant}
    # Without the rule the sweep is noted as ever.
    counts |= {"rose": rose, "fell": fell} if rose or fell else {}
    note_sweep(house, "expire-limits", counts)
    return Swept(**counts, exceptions=tuple(exceptions))


def _to_tell(file: OnFile, stands: Standing, rules: CustomerRules, exchange: Exchange) -> Iterator[tuple[str, date]]:
    today = exchange.on
    changed = changed_on(file, rules, exchange, max(today - CATCH_UP, file.customer.admitted_on + timedelta(days=1)))
    if changed is not None:
        yield "limit_changed", changed
    soon = today + timedelta(days=rules.warn_days)
    if stands.until is not None and stands.then is not None and stands.until <= soon and stands.then < stands.in_force:
        yield "limit_ends", stands.until


def _tell(house: House, about: str, day: date, customer: Customer, stands: Standing) -> bool:
    """Put the messages about one change; False where it was told before."""
    amount = stands.then if about == "limit_ends" and stands.then is not None else stands.in_force
    key = f"{about}:{customer.last_case}:{day}:{amount}"
    # Most of what a date changed in the last weeks was told before: no write for that.
    if house.casebook.outbox.holds(key):
        return False
    notices = notices_of_limit(house, about, customer, day, amount)
    return house.casebook.outbox.put_once(NOTICE, customer.last_case, notices, key)


def _exception(customer: Customer, stands: Standing) -> NotInForce:
    return NotInForce(
        case=customer.last_case,
        limit=f"{stands.limit} {stands.currency}",
        in_force=f"{stands.in_force} {stands.currency}",
        until=stands.until,
        why=", ".join(dict.fromkeys(str(reason.code) for reason in stands.reasons)),
    )
