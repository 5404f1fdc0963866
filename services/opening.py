"""Opening cases. There is one way in: the segment is checked, the case opened, papers attached, its run asked for."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from admission.application import NOT_IN_A_FILE, Application
from admission.approval.mandates import Act
from admission.cases import Case, CaseKind, CaseStatus
from admission.errors import BadInput, GatehouseError, NotFound, Problem
from admission.model import Text
from admission.people import Person
from admission.policy import Policy
from services.mandates import refusal_noted
from wiring.house import House

if TYPE_CHECKING:
    from services.papers import Papers

# So many cases are opened in one transaction and go through one run; a larger book becomes several runs.
LARGEST = 2000


class Asked(NamedTuple):
    """Who asks for a customer, and how the request came in.

    Attributes:
        requester: username; None where nobody signed in asked.
        channel: such as `cli`, `desk` or `prefect`.
        key: the caller's own name for this request; the same one again is the same case.
    """

    requester: str | None
    channel: str
    key: str | None = None


def check_segment(policy: Policy, application: Application) -> None:
    """Make sure that the policy knows the application's segment: criteria are written per segment.

    Raises:
        BadInput: it does not; the nearest that it knows is named.
    """
    known = list(policy.segments)
    if application.segment not in known:
        nearest = difflib.get_close_matches(application.segment, known, 1)
        en, zh = f"one of {', '.join(known)}", f"以下之一：{', '.join(known)}"
        if nearest:
            en, zh = f"{en}; did you mean {nearest[0]}?", f"{zh}；是否指 {nearest[0]}？"
        problem = Problem("segment", application.segment, Text(en=en, zh=zh))
        raise BadInput(Text(en="The application cannot be taken.", zh="申请无法受理。"), problems=[problem])


def _check_asked_for_admission(application: Application) -> None:
    """Refuse an application that says what a customer has: only the house says so, of its own customers."""
    if application.change is not None:
        problem = Problem("change", "…", NOT_IN_A_FILE)
        raise BadInput(Text(en="The application cannot be taken.", zh="申请无法受理。"), problems=[problem])


def open_case(
    house: House, application: Application, asked: Asked, papers: Papers | None = None, *, wake: bool = True
) -> Case:
    """Open the case of one application, or find the one that is there.

    Args:
        house: the house.
        application: what is asked for.
        asked: who asks, and how.
        papers: put on the case before its run begins.
        wake: whether a run is to be asked for; False where one is there already.

    Raises:
        BadInput: the segment is not the policy's, or a paper cannot be read.
        NotAllowed: the person has no mandate to ask for a customer.
        Conflict: a different case of this company is open.
    """
    policy = house.policy_in_force()
    check_segment(policy, application)
    _check_asked_for_admission(application)
    _may_request(house, policy, asked)
    case, _ = house.casebook.cases.open(
        application,
        kind=CaseKind.ONBOARDING,
        requester=asked.requester,
        channel=asked.channel,
        idempotency_key=asked.key,
    )
    if papers is not None and asked.requester is not None:
        # Reading files brings connectors with it, which most that open a case have no use for.
        from services.papers import add_papers

        add_papers(house, case.reference, house.casebook.people.get(asked.requester), papers)
    if wake and case.status is CaseStatus.GATHERING:
        house.casebook.cases.request_wake(case.reference)
    return case


def _may_request(house: House, policy: Policy, asked: Asked) -> None:
    """Whom nobody signed in asks for waits for an owner anyway."""
    if asked.requester is not None:
        policy.mandates.check(Act.REQUEST, house.casebook.people.get(asked.requester))


def take(house: House, reference: str, person: Person) -> Case:
    """Make a request that nobody has taken a person's own; see `Cases.take`.

    Raises:
        NotAllowed: besides, the person has no mandate for it.
    """
    with refusal_noted(house, "take.refused", reference, person):
        house.policy_in_force().mandates.check(Act.TAKE, person, case=reference)
        return house.casebook.cases.take(reference, person.username)


def open_book(house: House, applications: Sequence[Application], asked: Asked) -> list[Case | GatehouseError]:
    """Open cases for a whole book of applications, with one run to carry them all.

    A crash leaves whole parts of at most `LARGEST` cases, each with the message that starts its run; the same book
    again finds them.

    Args:
        house: the house.
        applications: what is asked for.
        asked: who asks, and how.

    Returns:
        In the order given, the case, or why the application is refused.

    Raises:
        NotAllowed: the person has no mandate to ask for a customer.
    """
    policy = house.policy_in_force()
    _may_request(house, policy, asked)
    outcomes: dict[int, Case | GatehouseError] = {}
    good: list[int] = []
    for place, application in enumerate(applications):
        try:
            check_segment(policy, application)
            _check_asked_for_admission(application)
            good.append(place)
        except GatehouseError as refusal:
            outcomes[place] = refusal
    for start in range(0, len(good), LARGEST):
        part = good[start : start + LARGEST]
        opened = house.casebook.batches.open(
            [applications[place] for place in part], requester=asked.requester, channel=asked.channel
        )
        outcomes.update(zip(part, opened, strict=True))
    return [outcomes[place] for place in range(len(applications))]


def open_review(house: House, company_key: str) -> Case:
    """Open the review of a customer, or return the one that is open.

    Raises:
        NotFound: there is no such customer.
    """
    customer = house.casebook.customers.get(company_key)
    if customer is None or not customer.active:
        raise NotFound(
            Text(en="There is no such customer.", zh="没有此客户。"),
            remedy=Text(en="see `gatehouse customers` for the company keys", zh="企业键见 gatehouse customers"),
        )
    case, _ = house.casebook.cases.open(
        customer.application,
        kind=CaseKind.REVIEW,
        requester=None,
        channel="calendar",
        idempotency_key=f"review:{company_key}:{customer.last_case}",
    )
    return case
