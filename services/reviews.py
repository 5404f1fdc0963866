"""Re-reviews: opening those that are due, renewing who is unchanged, and re-scoring the book under today's policy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from admission.assessment.assessing import assess
from admission.assessment.exposure import ExposureLedger
from admission.assessment.record import Assessment, CriterionResult
from admission.cases import Case, CaseKind, CaseStatus, Customer, Decision
from admission.errors import NotFound
from admission.evidence.findings import Verdict
from admission.model import Text
from admission.policy import Policy
from services.concluding import conclude
from services.exposure import read_ledger
from services.rounds import dossier_of
from services.steps import SYSTEM
from wiring.house import House

MOST_LEFT = 10_000
BADNESS = {Verdict.PASS: 0, Verdict.UNKNOWN: 1, Verdict.FAIL: 2}
UNCHANGED = Text(en="nothing has changed for the worse since the last decision", zh="自上次决定以来无不利变化")


class Rescored(NamedTuple):
    """A customer's standing under today's policy, on the facts that are stored."""

    company_key: str
    legal_name: str
    case: str
    grade_before: str
    grade_now: str
    limit_before: str
    limit_now: str


def open_review(house: House, company_key: str) -> Case:
    """Open the review of a customer, or return the one that is open."""
    customer = house.casebook.customers.get(company_key)
    if customer is None or not customer.active:
        raise NotFound("There is no such customer.", remedy="see `gatehouse customers` for the company keys")
    case, _ = house.casebook.cases.open(
        customer.application,
        kind=CaseKind.REVIEW,
        requester=None,
        channel="calendar",
        idempotency_key=f"review:{company_key}:{customer.last_case}",
    )
    return case


def open_due_reviews(house: House) -> list[str]:
    """Open a review for every customer who is due; return the references, with those of reviews left half done."""
    left = house.casebook.cases.list(status=CaseStatus.GATHERING, kind=CaseKind.REVIEW, newest=MOST_LEFT)
    due = house.casebook.customers.due(house.today())
    return [case.reference for case in left] + [open_review(house, one.company_key).reference for one in due]


def renew_if_unchanged(house: House, reference: str) -> bool:
    """Renew a customer whose review finds nothing worse; False where people must look."""
    case = house.casebook.cases.get(reference)
    if case.decision is not None:
        return True
    customer = house.casebook.customers.get(case.company_key)
    assessment = house.casebook.work.assessment(reference, case.round)
    if customer is None or assessment is None or assessment.reopened:
        return False
    before = _last_assessment(house, customer)
    if assessment.route.kind == "knock_out" or before is None or worse(before, assessment):
        return False
    if assessment.limit.amount < customer.limit:
        return False
    decision = Decision(
        outcome="kept",
        decided_by="renewal",
        assessment=assessment.sha256,
        limit=customer.limit,
        currency=customer.currency,
        terms_days=customer.terms_days,
        reason=UNCHANGED,
        decided_at=house.clock(),
    )
    share = house.policy.approval.sample.share
    house.casebook.cases.decide(reference, decision, actor=SYSTEM, round=case.round, sample=share)
    conclude(house, reference)
    return True


def worse(before: Assessment, now: Assessment) -> bool:
    """True where the grade changed or a criterion stands worse than when people last looked.

    A criterion that was not asked then starts silently: it counts as unknown, so that only a failure is a change. What
    an override covers stands as if it passed, so that people look again once the override is over.
    """
    then = {result.id: _badness(result) for result in before.criteria}
    return before.grade != now.grade or any(
        _badness(result) > then.get(result.id, BADNESS[Verdict.UNKNOWN]) for result in now.criteria
    )


def _badness(result: CriterionResult) -> int:
    return BADNESS[Verdict.PASS if result.overridden else result.verdict]


def _last_assessment(house: House, customer: Customer) -> Assessment | None:
    decision = house.casebook.cases.get(customer.last_case).decision
    return house.casebook.work.assessment_by_sha(decision.assessment) if decision else None


def rescore(house: House, customers: Sequence[Customer]) -> list[Rescored]:
    """Score customers again on stored facts under today's policy; nobody is asked.

    A customer whose grade is worse, or whose limit would be lower, has its review brought forward to today.
    """
    rescored = []
    policy, ledger = house.policy, read_ledger(house)
    grades = [grade.name for grade in policy.grades]
    for customer in customers:
        now = _reassessed(house, customer, policy, ledger)
        rescored.append(
            Rescored(
                company_key=customer.company_key,
                legal_name=customer.legal_name,
                case=customer.last_case,
                grade_before=customer.grade,
                grade_now=now.grade,
                limit_before=f"{customer.limit} {customer.currency}",
                limit_now=f"{now.limit.amount} {now.limit.currency}",
            )
        )
        fell = customer.grade not in grades or grades.index(now.grade) > grades.index(customer.grade)
        if (fell or now.limit.amount < customer.limit) and customer.next_review_on > house.today():
            house.casebook.customers.reschedule(customer.company_key, house.today(), SYSTEM)
    return rescored


def _reassessed(house: House, customer: Customer, policy: Policy, ledger: ExposureLedger | None) -> Assessment:
    book = house.casebook
    case = book.cases.get(customer.last_case)
    validation = book.work.validation(case.reference, case.round)
    if validation is None:
        raise NotFound("The last case of this customer has no validated facts.", context={"case": case.reference})
    dossier = dossier_of(house, case, case.round, validation, ledger)
    return assess(dossier, policy, house.rates, as_of=house.today())
