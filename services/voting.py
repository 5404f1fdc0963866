"""Opening the vote that an assessment asks for."""

from __future__ import annotations

from admission.approval.stages import Stage
from admission.approval.votes import Poll, electorate
from admission.assessment.record import Assessment
from admission.assessment.routing import choose_band
from admission.cases import Case, CaseKind
from admission.errors import Conflict
from admission.money import Exchange
from admission.policy import Policy
from services.assessing import assessment_of
from services.renewing import obstacles_of
from services.review_scope import stages_of_review, widen
from wiring.house import House


def open_voting(house: House, reference: str, round_number: int) -> Poll | None:
    """Open the vote that the assessment's route asks for.

    Args:
        house: the house.
        reference: of the case.
        round_number: the round that was assessed.

    Returns:
        None while nobody has taken the request as theirs, and the case waits for an owner; and where the case has
        gone on to another round meanwhile, or does now: nobody votes on less than everything where something is worse.
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
    if widen(house, case, assessment):
        return None
    # A route of the system's own names nobody; where it cannot take it, the people of the amount's band decide.
    stages = assessment.route.stages or _stages_of_band(house, case, assessment)
    stages = stages_of_review(house, case, assessment, _policy_of(house, assessment), stages)
    poll = Poll(
        case=reference,
        round=round_number,
        assessment=assessment.sha256,
        stages=stages,
        electorate=electorate(stages, book.people.all(), case.requester),
        unknowns=assessment.unknowns,
        failures=assessment.failures,
        requester=case.requester,
        recommended_limit=assessment.limit.amount,
        currency=assessment.limit.currency,
        reasons=obstacles_of(house, case, assessment),
        opened_at=house.clock(),
    )
    try:
        book.voting.open_poll(poll)
    except Conflict:
        if book.cases.get(reference).round == round_number:
            raise
        return None
    return poll


def _stages_of_band(house: House, case: Case, assessment: Assessment) -> tuple[Stage, ...]:
    policy, requested = _policy_of(house, assessment), case.application.requested
    exchange = Exchange(house.rates, policy.house_currency, assessment.as_of)
    chosen = choose_band(
        policy,
        policy.standards(case.application.segment),
        policy.grade(assessment.grade),
        exchange.convert(requested.limit, requested.currency),
        assessment.criteria,
    )
    return chosen.band.stages


def _policy_of(house: House, assessment: Assessment) -> Policy:
    """Return the policy of an assessment: another may have been published since, without its grades."""
    kept = house.casebook.pins.document("policy", assessment.policy.sha256)
    return house.policy_in_force() if kept is None else Policy.model_validate_json(kept)


def needs_owner(case: Case) -> bool:
    """True where nobody signed in asked for this: neither fast track nor vote until somebody takes it as theirs.

    Reviews are asked for by the house's own calendar.
    """
    return case.requester is None and case.kind is not CaseKind.REVIEW
