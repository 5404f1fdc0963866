"""Carrying out a decision: the customer with limit, conditions and next review, or the refusal."""

from __future__ import annotations

from decimal import Decimal

from admission.approval.votes import Choice, last_ballots
from admission.assessment.record import Assessment
from admission.cases import Case, CaseStatus, Condition, Customer, Decision
from admission.customers.reviews import next_review
from services.notices import notices_of_conclusion
from wiring.house import House


def conclude(house: House, reference: str) -> Case:
    """Carry out a decision: the customer with limit, conditions and next review, or the refusal."""
    book = house.casebook
    case = book.cases.get(reference)
    if case.status is CaseStatus.CONCLUDED or case.decision is None:
        return case
    assessment = book.work.assessment_by_sha(case.decision.assessment)
    book.cases.conclude(
        reference,
        customer=_customer(house, case, assessment),
        conditions=_conditions(house, case),
        notices=notices_of_conclusion(house, case),
    )
    return book.cases.get(reference)


def _customer(house: House, case: Case, assessment: Assessment) -> Customer | None:
    decision = case.decision
    before = house.casebook.customers.get(case.company_key)
    if decision is None:
        return None
    if decision.limit is None:
        return _after_refusal(before, case.reference, decision) if before is not None and before.active else None
    day = decision.decided_at.date()
    due = next_review(day, assessment.review_months)
    if before is not None and decision.decided_by == "renewal":
        return before.model_copy(update={"last_case": case.reference, "next_review_on": due})
    admitted = before if before is not None and before.active else None
    lifted = assessment.terms.until_known and decision.decided_by == "people"
    secured = (assessment.terms.secured and not lifted) or bool(_conditions(house, case))
    return Customer(
        company_key=case.company_key,
        legal_name=case.application.legal_name,
        country=case.application.country,
        application=case.application,
        grade=assessment.grade,
        limit=decision.limit,
        limit_in_force=Decimal(0) if secured else _open_part(assessment, decision.limit),
        currency=decision.currency,
        terms_days=decision.terms_days or 0,
        admitted_by=admitted.admitted_by if admitted else case.reference,
        last_case=case.reference,
        admitted_on=admitted.admitted_on if admitted else day,
        next_review_on=due,
        industry_code=_industry_of(assessment),
    )


def _open_part(assessment: Assessment, limit: Decimal) -> Decimal:
    """Return the part of a limit that is in force before any cover is in hand."""
    open_limit = assessment.terms.open_limit
    return limit if open_limit is None else min(limit, open_limit)


def _industry_of(assessment: Assessment) -> str:
    metric = next((item for item in assessment.metrics if item.name == "industry_code"), None)
    return metric.value if metric is not None and isinstance(metric.value, str) else ""


def _after_refusal(customer: Customer, reference: str, decision: Decision) -> Customer | None:
    """A review that ends badly ends the customer; refusing a customer's further request leaves it as it was."""
    if decision.outcome == "ended":
        return customer.model_copy(update={"active": False, "last_case": reference})
    if decision.decided_by == "knock_out":
        # What knocks out a request stands against the customer too, and a review says so.
        return customer.model_copy(update={"next_review_on": decision.decided_at.date()})
    return None


def _conditions(house: House, case: Case) -> list[Condition]:
    """The union of what approvers asked for; each stays open until a second person finds it met.

    Where no people decided, what is still open from the customer's last case stays open.
    """
    if case.decision is not None and case.decision.decided_by != "people":
        customer = house.casebook.customers.get(case.company_key)
        if customer is None or not customer.active:
            return []
        before = house.casebook.cases.conditions(customer.last_case)
        still_open = [item for item in before if item.state == "open"]
        return [
            item.model_copy(update={"id": f"{case.reference}-{number}"}) for number, item in enumerate(still_open, 1)
        ]
    poll = house.casebook.voting.poll(case.reference, case.round)
    votes = house.casebook.voting.votes(case.reference, case.round)
    if poll is None or case.decision is None or case.decision.limit is None:
        return []
    asked = {
        text: vote.voter
        for vote in last_ballots(votes)
        if vote.ballot.choice is Choice.APPROVE
        for text in vote.ballot.conditions
    }
    return [
        Condition(id=f"{case.reference}-{number}", text=text, proposed_by=voter)
        for number, (text, voter) in enumerate(asked.items(), 1)
    ]
