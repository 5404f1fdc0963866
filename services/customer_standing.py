"""What customers may have today: the limit in force, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal

from admission.cases import Condition, Customer
from admission.customers.standing.decided import open_limit
from admission.customers.standing.in_force import Contract, OnFile, Standing, standing
from admission.customers.standing.insurance import Cover, InsurancePolicy
from admission.customers.standing.securities import Security
from admission.errors import NotFound
from admission.model import Text
from admission.money import Exchange
from admission.people import Person
from services.casefile import check_may_see
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


def seen_customer(house: House, person: Person, company_key: str) -> Customer:
    """Return a customer to somebody who may see it.

    Raises:
        NotFound: the company is no customer.
        NotAllowed: the person has no part in the case on which its limit rests.
    """
    customer = customer_of(house, company_key)
    check_may_see(house, person, customer.last_case)
    return customer


def seen_customers(house: House, person: Person) -> list[tuple[Customer, Standing]]:
    """Return the customers that somebody may see, by company key, with what each may have today."""
    customers = house.casebook.customers.all()
    if not person.sees_all:
        cases = house.casebook.cases
        customers = [customer for customer in customers if cases.has_part(customer.last_case, person.username)]
    return list(zip(customers, standings(house, customers), strict=True))


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
        securities=tuple(book.securities.of(key)),
        contracts=_contracts(book.customer_files.insurance(), words),
        holds=tuple(book.customer_files.holds_of(key)),
    )


def standings(house: House, customers: Iterable[Customer]) -> list[Standing]:
    """Return what each of many customers may have today, in their order; the files of all are read at once."""
    policy = house.policy_in_force()
    exchange = Exchange(house.rates, policy.house_currency, house.today())
    return [standing(file, policy.customers, exchange) for file in files_of(house, customers)]


def files_of(house: House, customers: Iterable[Customer]) -> list[OnFile]:
    """Return what is on file for each of many customers, in their order; read at once."""
    every, contracts = house.casebook.customer_files.every(), house.casebook.customer_files.insurance()
    securities = house.casebook.securities.all()
    between = [item for item in securities if item.is_guarantee and item.giver_key]
    stand_for: dict[str, list[Security]] = defaultdict(list)
    for item in securities:
        for part in item.allotted:
            stand_for[part.company_key].append(item)

    def file_of(customer: Customer) -> OnFile:
        key = customer.company_key
        own = stand_for[key]
        return OnFile(
            customer=customer,
            open_limit=_open_limit(house, customer),
            conditions=tuple(every.conditions.get(key, ())),
            securities=(*own, *(item for item in between if item not in own)) if own else (),
            contracts=_contracts(contracts, every.covers.get(key, ())),
            holds=tuple(every.holds.get(key, ())),
        )

    return [file_of(customer) for customer in customers]


def standing_of(house: House, customer: Customer) -> Standing:
    """Return what a customer may have today."""
    return standing_with(house, customer)


def standing_with(house: House, customer: Customer, conditions: Sequence[Condition] | None = None) -> Standing:
    """Return what a customer may have today, with the conditions of a decision that is just carried out."""
    policy = house.policy_in_force()
    exchange = Exchange(house.rates, policy.house_currency, house.today())
    return standing(on_file(house, customer, conditions), policy.customers, exchange)


def _contracts(policies: Iterable[InsurancePolicy], words: Sequence[Cover]) -> tuple[Contract, ...]:
    return tuple(Contract(policy, tuple(word for word in words if word.policy == policy.number)) for policy in policies)


def _open_limit(house: House, customer: Customer) -> Decimal:
    """Return what of the limit needs no security; of earlier records, from the decision that granted it."""
    if customer.open_limit is not None:
        return customer.open_limit
    case = house.casebook.cases.get(customer.last_case)
    if case.decision is None or case.decision.limit is None:
        return customer.limit_in_force
    return open_limit(case.decision, house.casebook.work.assessment_by_sha(case.decision.assessment))
