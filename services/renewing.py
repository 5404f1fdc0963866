"""Whether a review may end without people, by what the customer has and how it was decided last."""

from __future__ import annotations

from admission.assessment.record import Assessment
from admission.cases import Case, CaseKind, Customer
from admission.customers.renewal import BookTerms, LastDecision, find_first_obstacles, find_obstacles
from admission.model import Text
from admission.policy import Policy
from wiring.house import House


def obstacles_of(house: House, case: Case, assessment: Assessment) -> tuple[Text, ...]:
    """Return in words why people are asked about a review; nothing for other cases, and where the system may renew.

    Args:
        house: the house.
        case: the review, not carried out yet: afterwards the customer has what it decided.
        assessment: of its round.
    """
    if case.kind is not CaseKind.REVIEW:
        return ()
    customer = house.casebook.customers.get(case.company_key)
    if customer is None or not customer.active:
        return find_obstacles(None, assessment)
    if not customer.assessed:
        return find_first_obstacles(_of_book(house.policy_in_force(), customer), assessment)
    decision = house.casebook.cases.get(customer.last_case).decision
    if decision is None:
        return find_obstacles(None, assessment)
    return find_obstacles(
        LastDecision(
            assessment=house.casebook.work.assessment_by_sha(decision.assessment),
            limit=customer.limit,
            currency=customer.currency,
            terms_days=customer.terms_days,
        ),
        assessment,
    )


def _of_book(policy: Policy, customer: Customer) -> BookTerms:
    return BookTerms(
        grade=customer.grade,
        limit=customer.limit,
        currency=customer.currency,
        terms_days=customer.terms_days,
        open_limit=customer.limit if customer.open_limit is None else customer.open_limit,
        grades=[grade.name for grade in policy.grades],
        by_system=policy.customers.first_review == "system",
    )
