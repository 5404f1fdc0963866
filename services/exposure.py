"""What the house already bears from companies that belong together."""

from __future__ import annotations

from decimal import Decimal

from admission.cases import Case
from admission.money import Exchange, Money
from wiring.house import House


def group_exposure(house: House, case: Case) -> Decimal | None:
    """Return the limits in force of the other customers of a case's group, in the house currency.

    Groups are told apart by the name that applications give, whatever its capitals. None where the application names
    no group, the policy has no cap for groups, or a limit cannot be brought into the house currency today.
    """
    group = case.application.group
    if group is None or house.policy.appetite.caps.group is None:
        return None
    exchange = Exchange(house.rates, house.policy.house_currency, house.today())
    total = Decimal(0)
    for customer in house.casebook.customers.all():
        named = customer.application.group
        if customer.company_key == case.company_key or named is None or named.casefold() != group.casefold():
            continue
        limit = Money(amount=customer.limit_in_force, currency=customer.currency)
        converted = exchange.convert(limit)
        if converted is None:
            return None
        total += converted.money.amount
    return total
