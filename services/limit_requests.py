"""A customer asks for another limit or other terms: a case like any other, which can leave the customer what it has."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from pydantic import ValidationError

from admission.application import AskedChange, Granted, Requested
from admission.approval.mandates import Act
from admission.cases import Case, CaseKind, CaseStatus
from admission.customers.asked_change import changed_application, problems_of_request
from admission.errors import BadInput, Conflict, Problem
from admission.free_text import check_plain
from admission.lengths import characters_between
from admission.model import Text
from admission.people import Person
from admission.problems import problems_of
from services.customer_standing import open_limit_of, seen_customer
from services.mandates import under_mandate
from services.opening import check_segment
from wiring.house import House

LONGEST_REASON = 1000
_CANNOT = Text(en="This limit cannot be asked for.", zh="无法受理该额度申请。")


class LimitRequest(NamedTuple):
    """What somebody asks for a customer.

    Attributes:
        because: why.
        amount: the limit, in the customer's currency; None for the limit that it has.
        terms_days: days from invoice to due day; None for those that it has.
    """

    because: str
    amount: Decimal | None = None
    terms_days: int | None = None


def ask_for_limit(house: House, company_key: str, request: LimitRequest, person: Person, channel: str) -> Case:
    """Open the case of a customer for whom another limit or other terms are asked, or find it where it is open.

    The company is judged anew: its sources are asked, and people decide by the amount, as on any application.

    Args:
        house: the house.
        company_key: of the customer.
        request: what is asked for.
        person: who asks, and so neither votes nor judges.
        channel: such as `cli`.

    Raises:
        NotFound: no such customer.
        NotAllowed: the person has no part in the customer, or no mandate to ask.
        BadInput: no reason, no amount that can be, or nothing that would change.
        Conflict: the company is no customer any more, or another case of it is open.
    """
    check_plain(_CANNOT, {"because": request.because})
    customer = seen_customer(house, person, company_key)
    policy = under_mandate(house, Act.REQUEST, person, customer.last_case, "customer.refused")
    if not customer.active:
        raise Conflict(
            Text(en="The company is no customer any more.", zh="该企业已不再是客户。"),
            context={"case": customer.last_case},
            remedy=Text(en="ask for it anew with gatehouse onboard", zh="请用 gatehouse onboard 重新申请"),
        )
    has = Granted(
        limit=customer.limit,
        currency=customer.currency,
        terms_days=customer.terms_days,
        open_limit=open_limit_of(house, customer),
    )
    asked, change = _checked(request, has)
    application = changed_application(customer.application, asked, change)
    check_segment(policy, application)
    case, _ = house.casebook.cases.open(
        application, kind=CaseKind.LIMIT_CHANGE, requester=person.username, channel=channel
    )
    if case.status is CaseStatus.GATHERING:
        house.casebook.cases.request_wake(case.reference)
    return case


def _checked(request: LimitRequest, has: Granted) -> tuple[Requested, AskedChange]:
    """Return what is asked for and what stands beside it.

    Raises:
        BadInput: with every problem at once.
    """
    because = request.because.strip()
    if not 1 <= len(because) <= LONGEST_REASON:
        problem = Problem("because", because[:40], characters_between(1, LONGEST_REASON))
        raise BadInput(_CANNOT, problems=[problem])
    document = {
        "limit": has.limit if request.amount is None else request.amount,
        "currency": has.currency,
        "terms_days": has.terms_days if request.terms_days is None else request.terms_days,
    }
    try:
        asked = Requested.model_validate(document)
    except ValidationError as error:
        raise BadInput(_CANNOT, problems=problems_of(error, model=Requested)) from None
    change = AskedChange(today=has, because=because)
    if problems := problems_of_request(asked, change):
        raise BadInput(_CANNOT, problems=problems)
    return asked, change
