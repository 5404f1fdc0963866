"""What customers may have today: the limit in force, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from admission.cases import Condition, Customer
from admission.customers.standing.decided import open_limit
from admission.customers.standing.in_force import Contract, OnFile, Standing, standing
from admission.customers.standing.insurance import Cover, InsurancePolicy
from admission.customers.standing.limit_changes import LimitChange
from admission.customers.standing.securities import Security
from admission.errors import NotFound
from admission.model import Text
from admission.money import Exchange
from admission.people import Person
from admission.policy.customer_rules import CustomerRules
from services.casefile import check_may_see, seen_by
from wiring.house import House

# Customers whose files are read at once: their keys fit one statement.
AT_ONCE = 200


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


def seen_customers(
    house: House, person: Person, *, text: str = "", after: str = "", most: int = 200
) -> list[tuple[Customer, Standing]]:
    """Return the customers that somebody may see, by company key, with what each may have today.

    Args:
        house: the house.
        person: who looks.
        text: only those in whose name or official numbers this stands.
        after: only those whose company key comes after this one: the last of the page before.
        most: at most so many.
    """
    found = house.casebook.customers.page(text=text, after=after, most=most, seen_by=seen_by(person))
    return list(zip(found, standings(house, found), strict=True))


def standing_of(house: House, customer: Customer, conditions: Sequence[Condition] | None = None) -> Standing:
    """Return what a customer may have today.

    Args:
        house: the house.
        customer: the customer.
        conditions: those of a decision that is just carried out; those of the customer's last case where not given.
    """
    (file,) = files_of(house, [customer])
    if conditions is not None:
        file = file._replace(conditions=tuple(conditions))
    return standing(file, *rules_of_today(house))


def file_and_standing(house: House, customer: Customer) -> tuple[OnFile, Standing]:
    """Return what is on file for a customer, and what it may have today by that."""
    (file,) = files_of(house, [customer])
    return file, standing(file, *rules_of_today(house))


def standings(house: House, customers: Sequence[Customer]) -> list[Standing]:
    """Return what each of many customers may have today, in their order."""
    rules = rules_of_today(house)
    return [standing(file, *rules) for file in files_of(house, customers)]


def rules_of_today(house: House) -> tuple[CustomerRules, Exchange]:
    """Return by what limits are in force today: the rules of the policy in force, and the day with its rates."""
    policy = house.policy_in_force()
    return policy.customers, house.exchange_by(policy)


def files_of(house: House, customers: Sequence[Customer]) -> Iterator[OnFile]:
    """Yield what is on file for each of many customers, in their order; some hundred are read at once."""
    book = house.casebook
    contracts = book.customer_files.insurance()
    for start in range(0, len(customers), AT_ONCE):
        some = customers[start : start + AT_ONCE]
        keys = [customer.company_key for customer in some]
        files = book.customer_files.of(keys, covers=bool(contracts))
        stand_for = _by_customer(book.securities.of(keys))
        changes = book.limit_changes.of(keys)
        for customer in some:
            key = customer.company_key
            words = files.covers.get(key, ())
            yield OnFile(
                customer=customer,
                open_limit=open_limit_of(house, customer),
                conditions=tuple(files.conditions.get(key, ())),
                securities=_behind(stand_for, key),
                contracts=tuple(Contract(policy, _words(policy, words)) for policy in contracts),
                holds=tuple(files.holds.get(key, ())),
                limit_changes=tuple(changes.get(key, ())),
            )


def changes_of(house: House, customers: Sequence[Customer]) -> Iterator[tuple[Customer, Sequence[LimitChange]]]:
    """Yield each of many customers with the changes of its limit, in their order; some hundred are read at once."""
    for start in range(0, len(customers), AT_ONCE):
        some = customers[start : start + AT_ONCE]
        changes = house.casebook.limit_changes.of([customer.company_key for customer in some])
        for customer in some:
            yield customer, changes.get(customer.company_key, ())


def _by_customer(securities: Iterable[Security]) -> dict[str, list[Security]]:
    found: defaultdict[str, list[Security]] = defaultdict(list)
    for item in securities:
        for part in item.allotted:
            found[part.company_key].append(item)
    return found


def _behind(stand_for: Mapping[str, Sequence[Security]], company_key: str) -> tuple[Security, ...]:
    """Return the securities that stand for a customer, and those that stand for its guarantors, and for theirs."""
    found: dict[str, Security] = {}
    asked: set[str] = set()
    open_keys = {company_key}
    while open_keys:
        key = open_keys.pop()
        asked.add(key)
        for item in stand_for.get(key, ()):
            found[item.id] = item
            if item.is_guarantee and item.giver_key and item.giver_key not in asked:
                open_keys.add(item.giver_key)
    return tuple(sorted(found.values(), key=lambda item: int(item.id[1:])))


def _words(policy: InsurancePolicy, words: Iterable[Cover]) -> tuple[Cover, ...]:
    return tuple(word for word in words if word.policy == policy.number)


def open_limit_of(house: House, customer: Customer) -> Decimal:
    """Return what of the limit needs no security; of earlier records, from the decision that granted it."""
    if customer.open_limit is not None:
        return customer.open_limit
    case = house.casebook.cases.get(customer.last_case)
    if case.decision is None or case.decision.limit is None:
        return customer.limit_in_force
    return open_limit(case.decision, house.casebook.work.assessment_by_sha(case.decision.assessment))
