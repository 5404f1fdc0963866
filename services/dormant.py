"""Limits of dormant customers: withdrawn by a rule of the policy, until somebody who may decide gives them back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from admission.cases import Customer
from admission.customers.dormant import dormant_since
from admission.customers.standing.decided import BY_POLICY
from admission.customers.standing.limit_changes import LimitChange
from services.customer_standing import changes_of, rules_of_today
from wiring.house import House


def withdraw_dormant(house: House, customers: Sequence[Customer]) -> int:
    """Cut the limits of dormant customers to nothing, where the policy says so; return how many were cut.

    The limit that was granted stays in the record. A cut that somebody lifted is not made again, unless the customer
    has bought or ordered since, and is dormant anew.

    Args:
        house: the house.
        customers: whose limits are looked at.
    """
    rules, exchange = rules_of_today(house)
    if rules.dormant_months is None:
        return 0
    cut = 0
    for customer, changes in changes_of(house, [customer for customer in customers if customer.limit]):
        key = customer.company_key
        since = dormant_since(house.casebook.ledgers.of(key), customer.admitted_on, rules, exchange)
        if since is None or _is_known(changes, since) or _has_ordered(house, key, since):
            continue
        house.casebook.limit_changes.add(_withdrawal(customer, since, exchange.on), customer.last_case)
        cut += 1
    return cut


def _is_known(changes: Sequence[LimitChange], since: date) -> bool:
    return any(change.dormant_since is not None and change.dormant_since >= since for change in changes)


def _has_ordered(house: House, company_key: str, since: date) -> bool:
    """True where an order was let through that no ledger tells of yet."""
    return any(taken.checked_on > since for taken in house.casebook.orders.taken(company_key))


def _withdrawal(customer: Customer, since: date, today: date) -> LimitChange:
    return LimitChange(
        id="",
        company_key=customer.company_key,
        kind="cut",
        amount=Decimal(0),
        currency=customer.currency,
        granted=customer.limit,
        reason=f"dormant since {since} · 自 {since} 起休眠",
        asked_by=BY_POLICY,
        valid_from=today,
        dormant_since=since,
    )
