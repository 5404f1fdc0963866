"""Acts on a customer's file: conditions settled, securities and cover recorded, deliveries held and released."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from admission.approval.mandates import Act
from admission.cases import Condition, Customer
from admission.customers.standing.holds import Hold
from admission.customers.standing.insurance import Cover, InsurancePolicy
from admission.customers.standing.securities import Allotment, Security
from admission.errors import BadInput, Problem
from admission.free_text import check_plain
from admission.model import Text
from admission.people import Person, same_person
from admission.policy.customer_rules import SecurityKind
from casebook.customer_files import Settling
from services.customer_standing import customer_of
from services.mandates import check_mandate, refusal_noted, under_mandate
from wiring.house import House

_REFUSED = "customer.refused"
_CANNOT = Text(en="This cannot be recorded.", zh="无法登记。")


class Paper(NamedTuple):
    """A security as a person reads it from its paper; see `Security`."""

    kind: SecurityKind
    giver: str
    document: str
    amount: Decimal
    currency: str
    valid_from: date
    valid_until: date | None = None
    ahead: Decimal = Decimal(0)
    usable_share: Decimal = Decimal(1)
    giver_key: str = ""


def settle_condition(
    house: House, company_key: str, condition_id: str, settling: Settling, person: Person
) -> Condition:
    """Find a condition of a customer met, or waive it.

    Args:
        house: the house.
        company_key: of the customer.
        condition_id: as the customer's page shows it.
        settling: how; a proof or a reason is needed.
        person: who settles it; never who proposed it.

    Raises:
        NotFound: no such customer or condition.
        NotAllowed: the person has no mandate for it, asked for this customer, or proposed the condition.
        BadInput: no proof, or one that ended already.
        Conflict: it is settled already.
    """
    customer = customer_of(house, company_key)
    check_plain(_CANNOT, {"proof": settling.proof})
    today, problems = house.today(), []
    if not settling.proof.strip():
        expected = Text(en="what was seen, or why it is waived", zh="核实依据，或豁免理由")
        problems.append(Problem("proof", settling.proof, expected))
    if settling.valid_until is not None and settling.valid_until < today:
        expected = Text(en=f"a day from {today} on", zh=f"{today} 或之后的日期")
        problems.append(Problem("valid_until", str(settling.valid_until), expected))
    if problems:
        raise BadInput(_CANNOT, problems=problems)
    act = Act.WAIVE_CONDITION if settling.state == "waived" else Act.SETTLE_CONDITION
    under_mandate(house, act, person, customer.last_case, _REFUSED)
    with refusal_noted(house, _REFUSED, customer.last_case, person):
        return house.casebook.customer_files.settle(customer.last_case, condition_id, settling, person.username, today)


def record_security(house: House, paper: Paper, allotted: Mapping[str, Decimal], person: Person) -> Security:
    """Record a security; it counts once a second person has seen the paper.

    Args:
        house: the house.
        paper: what it says.
        allotted: by company key, how much of its amount stands for each customer.
        person: who records it.

    Raises:
        NotFound: a company is no customer.
        NotAllowed: the person has no mandate for it.
        BadInput: what cannot be, such as parts that are more than the whole.
        Conflict: the same paper is on file already.
    """
    check_plain(_CANNOT, {"giver": paper.giver, "document": paper.document})
    customers = [customer_of(house, key) for key in allotted]
    for customer in customers:
        under_mandate(house, Act.RECORD_SECURITY, person, customer.last_case, _REFUSED)
    parts = tuple(Allotment(company_key=key, amount=amount) for key, amount in allotted.items())
    security = Security(id="", allotted=parts, recorded_by=person.username, **paper._asdict())
    return house.casebook.securities.add(security, [customer.last_case for customer in customers])


def confirm_security(house: House, name: str, person: Person) -> Security:
    """Sign for a security as the second person who saw its paper.

    Raises:
        NotFound: there is no such security.
        NotAllowed: the person has no mandate for it, recorded it, or asked for one of its customers.
        Conflict: it is confirmed or revoked already.
    """
    customers = _customers_of(house, house.casebook.securities.get(name))
    under_mandate(house, Act.CONFIRM_SECURITY, person, customers[0].last_case, _REFUSED)
    with refusal_noted(house, _REFUSED, customers[0].last_case, person):
        return house.casebook.securities.confirm(name, person.username)


def revoke_security(house: House, name: str, on: date, because: str, person: Person) -> Security:
    """Note that a security counts no more from a day on.

    Raises:
        NotFound: there is no such security.
        NotAllowed: the person has no mandate for it.
        Conflict: it was revoked before.
    """
    check_plain(_CANNOT, {"because": because})
    customers = _customers_of(house, house.casebook.securities.get(name))
    under_mandate(house, Act.RECORD_SECURITY, person, customers[0].last_case, _REFUSED)
    return house.casebook.securities.revoke(name, person.username, on, because)


def record_insurance(house: House, policy: InsurancePolicy, person: Person) -> InsurancePolicy:
    """Record a contract of the house with a credit insurer, or what it says from now on.

    Raises:
        NotAllowed: the person has no mandate for it.
    """
    check_plain(_CANNOT, {"number": policy.number, "insurer": policy.insurer})
    check_mandate(house, Act.RECORD_COVER, person)
    house.casebook.customer_files.put_insurance(policy, person.username)
    return policy


def record_cover(house: House, cover: Cover, person: Person) -> Cover:
    """Record what an insurer said about a customer.

    Raises:
        NotFound: no such customer or contract.
        NotAllowed: the person has no mandate for it, or asked for this customer.
    """
    check_plain(_CANNOT, {"note": cover.note})
    customer = customer_of(house, cover.company_key)
    under_mandate(house, Act.RECORD_COVER, person, customer.last_case, _REFUSED)
    told = cover.model_copy(update={"recorded_by": person.username})
    with refusal_noted(house, _REFUSED, customer.last_case, person):
        return house.casebook.customer_files.add_cover(told, customer.last_case)


def hold(house: House, company_key: str, because: str, until: date | None, person: Person) -> Hold:
    """Stop deliveries to a customer from today on.

    Args:
        house: the house.
        company_key: of the customer.
        because: why.
        until: the last day; None until somebody releases it.
        person: who stops them.

    Raises:
        NotFound: no such customer.
        NotAllowed: the person has no mandate for it.
        BadInput: no reason, or a last day that is over.
    """
    check_plain(_CANNOT, {"because": because})
    today, customer, problems = house.today(), customer_of(house, company_key), []
    if not because.strip():
        problems.append(Problem("because", because, Text(en="why deliveries stop", zh="暂停发货的原因")))
    if until is not None and until < today:
        expected = Text(en=f"a day from {today} on", zh=f"{today} 或之后的日期")
        problems.append(Problem("until", str(until), expected))
    if problems:
        raise BadInput(_CANNOT, problems=problems)
    under_mandate(house, Act.HOLD, person, customer.last_case, _REFUSED)
    made = Hold(id="", company_key=company_key, reason=because, placed_by=person.username, placed_on=today, until=until)
    return house.casebook.customer_files.place_hold(made, customer.last_case)


def release(house: House, company_key: str, name: str, person: Person) -> Hold:
    """End a hold from today on.

    Raises:
        NotFound: no such customer, or no such hold.
        NotAllowed: the person has no mandate for it, or asked for this customer.
        Conflict: it was released before.
    """
    customer = customer_of(house, company_key)
    under_mandate(house, Act.RELEASE, person, customer.last_case, _REFUSED)
    with refusal_noted(house, _REFUSED, customer.last_case, person):
        return house.casebook.customer_files.release_hold(name, person.username, house.today(), of=company_key)


def known_as_officer(house: House, security: Security) -> Text:
    """Say whether a register names the giver of a security as an officer of its customers.

    A name alone proves nobody's identity; that no register names the giver is no proof against it either.
    """
    for customer in _customers_of(house, security):
        case = house.casebook.cases.get(customer.last_case)
        facts = house.casebook.work.facts(case.reference, case.round)
        officers = facts.officers if facts is not None else ()
        for officer in officers:
            if same_person(officer.name, security.giver):
                state = Text(en="resigned", zh="已离任") if officer.resigned_on else Text(en="in office", zh="在任")
                return Text(
                    en=f"named as {officer.role} of {customer.legal_name}, {state.en}",
                    zh=f"登记为 {customer.legal_name} 的 {officer.role}，{state.zh}",
                )
        if officers:
            return Text(en="not among the officers that registers name", zh="不在登记的董事、高管之列")
    return Text(en="no register told the officers", zh="未取得董事、高管登记信息")


def _customers_of(house: House, security: Security) -> list[Customer]:
    return [customer_of(house, part.company_key) for part in security.allotted]
