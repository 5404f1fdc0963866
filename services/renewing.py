"""Whether a review may end without people, by what the customer has and how it was decided last."""

from __future__ import annotations

from admission.assessment.record import Assessment
from admission.cases import Case, CaseKind, Customer
from admission.customers.renewal import LastDecision, find_obstacles
from admission.model import Text
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
    return find_obstacles(_last_decision(house, customer) if customer is not None else None, assessment)


def _last_decision(house: House, customer: Customer) -> LastDecision | None:
    decision = house.casebook.cases.get(customer.last_case).decision
    if decision is None or not customer.active:
        return None
    return LastDecision(
        assessment=house.casebook.work.assessment_by_sha(decision.assessment),
        limit=customer.limit,
        currency=customer.currency,
        terms_days=customer.terms_days,
    )
