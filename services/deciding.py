"""What the system decides alone: the renewal of an unchanged customer, the knock-out and the fast track."""

from __future__ import annotations

from decimal import Decimal

from admission.assessment.record import Assessment
from admission.cases import Case, CaseKind, DecidedBy, Decision, Outcome
from admission.customers.asked_change import gives_less
from admission.errors import Conflict
from admission.model import Text
from services.assessing import assessment_of
from services.renewing import obstacles_of
from services.review_scope import widen
from services.voting import needs_owner
from wiring.house import House

SYSTEM = "system"
UNCHANGED = Text(
    en="nothing failed, nothing unknown, and nothing worse than at the last decision",
    zh="无不通过项，无未知项，且与上次决定相比无不利变化",
)
AS_IN_THE_BOOK = Text(
    en="first assessment of a customer of the book: nothing failed, nothing unknown, nothing worse than in the book",
    zh="存量客户首次评估：无不通过项，无未知项，且不低于导入时的安排",
)
FAST_TRACK = Text(en="fast track: nothing failed and nothing unknown", zh="快速通道：无不通过项，无未知项")


def decide_by_machine(house: House, reference: str, round_number: int) -> bool:
    """Decide a case whose policy lets the system decide alone; False where people must, or in another round.

    The fast track needs a person who asked for the customer; a knock-out and a renewal do not. A review that did not
    ask for everything ends in a renewal or, where something stands worse, in a round that does.
    """
    case = house.casebook.cases.get(reference)
    if case.decision is not None:
        return True
    if case.round != round_number:
        return False
    assessment = assessment_of(house, case)
    decision = _renewal(house, case, assessment)
    if decision is None and widen(house, case, assessment):
        return False
    decision = decision or _by_route(house, case, assessment)
    return decision is not None and _write(house, case, decision)


def renew_if_unchanged(house: House, case: Case) -> bool:
    """Renew a customer whose review finds nothing in the way; False where others must decide, or in another round."""
    if case.decision is not None:
        return True
    with house.casebook.reading_once():
        decision = _renewal(house, case, assessment_of(house, case))
    return decision is not None and _write(house, case, decision)


def _write(house: House, case: Case, decision: Decision) -> bool:
    """Write a decision of the system; False where the case has gone on to another round meanwhile."""
    share = house.policy_in_force().approval.sample.share
    try:
        house.casebook.cases.decide(case.reference, decision, actor=SYSTEM, round_number=case.round, sample=share)
    except Conflict:
        if house.casebook.cases.get(case.reference).round == case.round:
            raise
        return False
    return True


def _renewal(house: House, case: Case, assessment: Assessment) -> Decision | None:
    """Return the renewal of a customer on the terms it has; None where something stands in its way."""
    customer = house.casebook.customers.get(case.company_key) if case.kind is CaseKind.REVIEW else None
    if customer is None or obstacles_of(house, case, assessment):
        return None
    return Decision(
        outcome="kept",
        decided_by="renewal",
        assessment=assessment.sha256,
        limit=customer.limit,
        currency=customer.currency,
        terms_days=customer.terms_days,
        reason=UNCHANGED if customer.assessed else AS_IN_THE_BOOK,
        decided_at=house.clock(),
    )


def _by_route(house: House, case: Case, assessment: Assessment) -> Decision | None:
    """Return what the route lets the system decide; None where people decide.

    A review has no fast track of its own: it is renewed where nothing stands in the way, or people look.
    """
    review = case.kind is CaseKind.REVIEW
    route = assessment.route
    if route.kind == "knock_out":
        outcome: Outcome = "ended" if review else "declined"
        return _decision(house, assessment, outcome, "knock_out", route.reasons[0], granted=None)
    if route.kind == "fast_track" and not review and not needs_owner(case):
        changes = case.kind is CaseKind.LIMIT_CHANGE
        outcome = "kept" if changes else "admitted"
        decision = _decision(house, assessment, outcome, "fast_track", FAST_TRACK, granted=assessment.limit.amount)
        # What would leave a customer less than it has is not for the system to grant.
        return None if changes and gives_less(case.application, decision, assessment) else decision
    return None


def _decision(
    house: House, assessment: Assessment, outcome: Outcome, way: DecidedBy, reason: Text, *, granted: Decimal | None
) -> Decision:
    return Decision(
        outcome=outcome,
        decided_by=way,
        assessment=assessment.sha256,
        limit=granted,
        currency=assessment.limit.currency,
        terms_days=None if granted is None else assessment.terms.days,
        reason=reason,
        decided_at=house.clock(),
    )
