"""Changes of a customer's limit between two decisions: cut, raised for a time, taken back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from admission.approval.mandates import Act
from admission.customers.standing.limit_changes import LimitChange, Season, problems_of
from admission.errors import BadInput, Problem
from admission.free_text import check_plain
from admission.model import Text
from admission.people import Person
from services.customer_standing import customer_of
from services.mandates import refusal_noted, under_mandate
from services.notices import tell_of_raise
from wiring.house import House

_REFUSED = "customer.refused"
_CANNOT = Text(en="The limit cannot be changed so.", zh="无法这样调整额度。")


class NewLimit(NamedTuple):
    """What somebody asks for.

    Attributes:
        amount: to cut or to raise the limit to, in the customer's currency.
        because: why.
        valid_from: the first day; None for today.
        valid_until: the last day; None until it is taken back.
        season: only these parts of each year.
    """

    amount: Decimal
    because: str
    valid_from: date | None = None
    valid_until: date | None = None
    season: Season | None = None


def change_limit(house: House, company_key: str, new: NewLimit, person: Person) -> LimitChange:
    """Cut a limit, at once, or propose to raise it for a time, which counts once a second person confirms it.

    Args:
        house: the house.
        company_key: of the customer.
        new: what is asked for; below the limit granted it is a cut, above it a raise.
        person: who asks.

    Raises:
        NotFound: no such customer.
        NotAllowed: the person has no mandate for it.
        BadInput: no reason, days that cannot be, the limit as it is, or a raise beyond what the policy allows.
    """
    check_plain(_CANNOT, {"because": new.because})
    customer, today = customer_of(house, company_key), house.today()
    problems = []
    if not new.because.strip():
        problems.append(Problem("because", new.because, Text(en="why", zh="原因")))
    if new.amount < 0 or new.amount == customer.limit:
        expected = Text(
            en=f"an amount of 0 or more, other than the limit of {customer.limit:,.2f}",
            zh=f"不小于 0 且不等于获批额度 {customer.limit:,.2f} 的金额",
        )
        problems.append(Problem("amount", str(new.amount), expected))
    first = new.valid_from or today
    if new.valid_until is not None and new.valid_until < first:
        expected = Text(en=f"a day from {first} on", zh=f"{first} 或之后的日期")
        problems.append(Problem("until", str(new.valid_until), expected))
    if problems:
        raise BadInput(_CANNOT, problems=problems)
    raises = new.amount > customer.limit
    change = LimitChange(
        id="",
        company_key=company_key,
        kind="raise" if raises else "cut",
        amount=new.amount,
        currency=customer.currency,
        granted=customer.limit,
        reason=new.because,
        asked_by=person.username,
        valid_from=first,
        valid_until=new.valid_until,
        season=new.season,
    )
    act = Act.RAISE_LIMIT if raises else Act.CUT_LIMIT
    policy = under_mandate(house, act, person, customer.last_case, _REFUSED)
    if problems := problems_of(change, policy.customers, today):
        raise BadInput(_CANNOT, problems=problems)
    added = house.casebook.limit_changes.add(change, customer.last_case)
    if raises:
        tell_of_raise(house, added, customer.last_case)
    return added


def confirm_raise(house: House, name: str, person: Person) -> LimitChange:
    """Confirm, as the second person, that a limit is raised for a time.

    Raises:
        NotFound: there is no such change.
        NotAllowed: the person has no mandate for it, proposed it, or asked for this customer.
        Conflict: it is a cut, or is confirmed or ended already.
    """
    customer = customer_of(house, house.casebook.limit_changes.get(name).company_key)
    under_mandate(house, Act.CONFIRM_LIMIT, person, customer.last_case, _REFUSED)
    with refusal_noted(house, _REFUSED, customer.last_case, person):
        return house.casebook.limit_changes.confirm(name, person.username, house.today())


def end_change(house: House, name: str, person: Person) -> LimitChange:
    """Take a change of a limit back from today on: lift a cut, or end a raise before its day.

    Raises:
        NotFound: there is no such change.
        NotAllowed: the person has no mandate for it; or asked for this customer, and would lift a cut.
        Conflict: it was ended before.
    """
    change = house.casebook.limit_changes.get(name)
    customer = customer_of(house, change.company_key)
    # To end a raise is to lower the limit.
    act = Act.LIFT_CUT if change.kind == "cut" else Act.CUT_LIMIT
    under_mandate(house, act, person, customer.last_case, _REFUSED)
    with refusal_noted(house, _REFUSED, customer.last_case, person):
        return house.casebook.limit_changes.end(name, person.username, house.today())
