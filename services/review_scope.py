"""The scope of a review: what it takes over from the last decision, and when it is widened to one of everything."""

from __future__ import annotations

from decimal import Decimal

from admission.approval.stages import Stage
from admission.assessment.record import Assessment
from admission.cases import Case, CaseKind
from admission.customers.review_scope import is_light, narrowed, stands_worse, to_carry
from admission.evidence.answers import latest
from admission.policy import Policy
from services.asking import asked_sources
from services.renewing import obstacles_of
from services.since import since_last_decision
from wiring.house import House

SYSTEM = "system"
# Both languages in one sentence: a reason is kept as it was written.
WIDENED = "not all was asked anew, and something stands worse / 未全部重新查询，且出现不利变化"


def carry_over_last(house: House, case: Case) -> None:
    """Take into the first round of a review the answers of the last decision that its scope does not ask for anew.

    The questions that they answer are not asked then; all others are, whatever the policy says.
    """
    book, policy = house.casebook, house.policy_in_force()
    if case.kind is not CaseKind.REVIEW or not policy.customers.reviews:
        return
    customer = book.customers.get(case.company_key)
    scope = policy.customers.reviews.get(customer.grade) if customer is not None and customer.assessed else None
    if customer is None or scope is None or not scope.carry_over or book.erasures.of(customer.last_case):
        return
    last = book.cases.get(customer.last_case)
    validation = book.work.validation(last.reference, last.round)
    if validation is None:
        return
    asked = asked_sources(house)
    evidence = [item for item in latest(book.evidence.of(last.reference, last.round)) if item.source in asked]
    carried = to_carry(evidence, validation.usable, scope, policy.max_age, house.today())
    if carried:
        taken = {"reused": True, "carried_from": last.reference, "cost": Decimal(0)}
        book.evidence.add(case.reference, case.round, *(item.model_copy(update=taken) for item in carried))


def reviewed_in_full(house: House, case: Case) -> bool:
    """True for a review whose round asked for everything."""
    if case.kind is not CaseKind.REVIEW:
        return False
    return not is_light(house.casebook.evidence.of(case.reference, case.round))


def widen(house: House, case: Case, assessment: Assessment) -> bool:
    """Open a round that asks for everything, where a review of less finds anything worse; True where it did."""
    if case.kind is not CaseKind.REVIEW or reviewed_in_full(house, case) or not _worse(house, case, assessment):
        return False
    house.casebook.rounds.open(case.reference, WIDENED, SYSTEM, kind="widened")
    return True


def stages_of_review(
    house: House, case: Case, assessment: Assessment, policy: Policy, stages: tuple[Stage, ...]
) -> tuple[Stage, ...]:
    """Return the stages in which a review is voted on: of the departments of its scope, where nothing stands worse."""
    scope = policy.customers.reviews.get(assessment.grade) if case.kind is CaseKind.REVIEW else None
    if scope is None or not scope.departments or _worse(house, case, assessment):
        return stages
    return narrowed(stages, scope.departments)


def _worse(house: House, case: Case, assessment: Assessment) -> bool:
    knocked_out = assessment.route.kind == "knock_out"
    since = since_last_decision(house, case, assessment)
    return knocked_out or stands_worse(obstacles_of(house, case, assessment), since)
