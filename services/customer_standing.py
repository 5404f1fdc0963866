"""What customers may have today: the limit in force, and why."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from admission.cases import Condition, Customer
from admission.customers.standing.decided import open_limit
from admission.customers.standing.in_force import Contract, OnFile, Standing, standing
from admission.errors import NotFound
from admission.model import Text
from admission.money import Exchange
from wiring.house import House


def customer_of(house: House, company_key: str) -> Customer:
    """Return a customer, be it one of before.

    Raises:
        NotFound: the company is none.
    """
    customer = house.casebook.customers.get(company_key)
    if customer is None:
        raise NotFound(
            Text(en="This company is no customer.", zh="该企业不是客户。"),
            context={"company": company_key[:60]},
            remedy=Text(en="gatehouse customers shows the keys of all customers", zh="企业键见 gatehouse customers"),
        )
    return customer


def on_file(house: House, customer: Customer, conditions: Sequence[Condition] | None = None) -> OnFile:
    """Return what is on file for a customer.

    Args:
        house: the house.
        customer: the customer.
        conditions: those of a decision that is just carried out; those of the customer's last case where not given.
    """
    book, key = house.casebook, customer.company_key
    words = book.customer_files.covers_of(key)
    stored = book.cases.conditions(customer.last_case) if conditions is None else conditions
    return OnFile(
        customer=customer,
        open_limit=_open_limit(house, customer),
        conditions=tuple(stored),
        securities=tuple(book.customer_files.securities_of(key)),
        contracts=tuple(
            Contract(policy, tuple(word for word in words if word.policy == policy.number))
            for policy in book.customer_files.insurance()
        ),
        holds=tuple(book.customer_files.holds_of(key)),
    )


def standing_of(house: House, customer: Customer) -> Standing:
    """Return what a customer may have today."""
    return standing_with(house, customer)


def standing_with(house: House, customer: Customer, conditions: Sequence[Condition] | None = None) -> Standing:
    """Return what a customer may have today, with the conditions of a decision that is just carried out."""
    policy = house.policy_in_force()
    exchange = Exchange(house.rates, policy.house_currency, house.today())
    return standing(on_file(house, customer, conditions), policy.customers, exchange)


def _open_limit(house: House, customer: Customer) -> Decimal:
    """Return what of the limit needs no security; of earlier records, from the decision that granted it."""
    if customer.open_limit is not None:
        return customer.open_limit
    case = house.casebook.cases.get(customer.last_case)
    if case.decision is None or case.decision.limit is None:
        return customer.limit_in_force
    return open_limit(case.decision, house.casebook.work.assessment_by_sha(case.decision.assessment))
