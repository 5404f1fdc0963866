"""Opening the vote that an assessment asks for."""

from __future__ import annotations

from admission.approval.votes import Poll, electorate
from admission.cases import Case, CaseKind
from admission.errors import Conflict
from services.assessing import assessment_of
from wiring.house import House


def open_voting(house: House, reference: str, round_number: int) -> Poll | None:
    """Open the vote that the assessment's route asks for.

    Args:
        house: the house.
        reference: of the case.
        round_number: the round that was assessed.

    Returns:
        None while nobody has taken the request as theirs, and the case waits for an owner; and where the case has
        gone on to another round meanwhile.
    """
    book = house.casebook
    case = book.cases.get(reference)
    if case.round != round_number:
        return None
    before = book.voting.poll(reference, round_number)
    if before is not None:
        return before
    if needs_owner(case):
        book.cases.wait_for_owner(reference)
        return None
    assessment = assessment_of(house, case)
    stages = assessment.route.stages
    poll = Poll(
        case=reference,
        round=round_number,
        assessment=assessment.sha256,
        stages=stages,
        electorate=electorate(stages, book.people.all(), case.requester),
        unknowns=assessment.unknowns,
        requester=case.requester,
        recommended_limit=assessment.limit.amount,
        currency=assessment.limit.currency,
        opened_at=house.clock(),
    )
    try:
        book.voting.open_poll(poll)
    except Conflict:
        if book.cases.get(reference).round == round_number:
            raise
        return None
    return poll


def needs_owner(case: Case) -> bool:
    """True where nobody signed in asked for this: neither fast track nor vote until somebody takes it as theirs.

    Reviews are asked for by the house's own calendar.
    """
    return case.requester is None and case.kind is not CaseKind.REVIEW
