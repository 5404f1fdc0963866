"""Re-reviews: opening those that are due, renewing who is unchanged, and re-scoring the book under today's policy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from admission.assessment.assessing import assess
from admission.assessment.exposure import ExposureLedger
from admission.assessment.record import Assessment
from admission.cases import Case, CaseKind, CaseStatus, Customer
from admission.errors import NotFound
from admission.model import Text
from admission.policy import Policy
from services import chunks
from services.assessing import dossier_of
from services.concluding import conclude
from services.deciding import SYSTEM, renew_if_unchanged
from services.exposure import read_ledger
from services.opening import open_review
from wiring.house import House

MOST_LEFT = 10_000


class Reviewed(NamedTuple):
    """What came of a chunk of reviews, by reference.

    Attributes:
        renewed: those of unchanged customers.
        exceptions: those that people must look at.
        problems: why a review could not be carried on.
    """

    renewed: tuple[str, ...]
    exceptions: tuple[str, ...]
    problems: dict[str, str]


class Rescored(NamedTuple):
    """A customer's standing under today's policy, on the facts that are stored."""

    company_key: str
    legal_name: str
    case: str
    grade_before: str
    grade_now: str
    limit_before: str
    limit_now: str


def open_due_reviews(house: House) -> list[str]:
    """Open a review for every customer who is due; return the references, with those of reviews left half done."""
    left = house.casebook.cases.list(status=CaseStatus.GATHERING, kind=CaseKind.REVIEW, newest=MOST_LEFT)
    due = house.casebook.customers.due(house.today())
    return [case.reference for case in left] + [open_review(house, one.company_key).reference for one in due]


def review_chunk(house: House, references: Sequence[str], holder: str, later: Sequence[str] = ()) -> Reviewed:
    """Take a chunk of reviews through their round, and renew the customers who are unchanged.

    A review that cannot be carried on is left to `keep-house`; the others go on.

    Args:
        house: the house.
        references: the reviews; those that another run is moving are left to it.
        holder: the run that moves them.
        later: reviews of the same run whose turn comes, held meanwhile.
    """
    walked = chunks.walk(house, references, holder, _renew, later)
    return Reviewed(
        renewed=tuple(name for name, over in walked.settled.items() if over),
        exceptions=tuple(name for name, over in walked.settled.items() if not over),
        problems=dict(walked.problems),
    )


def _renew(house: House, case: Case) -> bool:
    if not renew_if_unchanged(house, case):
        return False
    conclude(house, case.reference)
    return True


def rescore(house: House, customers: Sequence[Customer]) -> list[Rescored]:
    """Score customers again on stored facts under today's policy; nobody is asked.

    A customer whose grade is worse, or whose limit would be lower, has its review brought forward to today. One that
    came with the book, and has had no review since, has no facts to be scored on and is left out.
    """
    rescored = []
    policy = house.policy_in_force()
    ledger = read_ledger(house, policy)
    grades = [grade.name for grade in policy.grades]
    for customer in customers:
        if not customer.assessed:
            continue
        now = _reassess(house, customer, policy, ledger)
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


def _reassess(house: House, customer: Customer, policy: Policy, ledger: ExposureLedger | None) -> Assessment:
    book = house.casebook
    case = book.cases.get(customer.last_case)
    validation = book.work.validation(case.reference, case.round)
    if validation is None:
        raise NotFound(
            Text(en="The last case of this customer has no validated facts.", zh="该客户上一申请单没有经校验的事实。"),
            context={"case": case.reference},
        )
    dossier = dossier_of(house, case, validation, policy, ledger)
    return assess(dossier, policy, house.rates, as_of=house.today())
