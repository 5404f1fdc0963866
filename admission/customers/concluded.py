"""What a decision makes of a customer: limit, terms and next review; or nothing, or its end."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from admission.assessment.record import Assessment
from admission.cases import Case, CaseKind, Customer, Decision
from admission.customers.asked_change import brings_review_forward, leaves_as_it_was, without_change
from admission.customers.standing.decided import open_limit


def customer_after(case: Case, assessment: Assessment, before: Customer | None, due: date) -> Customer | None:
    """Return a customer as it stands from a decision on; None where the decision leaves everything as it is.

    What of the limit is in force is not told here: it follows from what is on file.

    Args:
        case: with its decision.
        assessment: that was decided on.
        before: the customer until now; None where the company was none.
        due: the day of its next review by the decision.
    """
    decision = case.decision
    if decision is None:
        return None
    changes = case.kind is CaseKind.LIMIT_CHANGE
    if changes and leaves_as_it_was(case, assessment):
        return _reviewed_sooner(case, assessment, before)
    if changes and (before is None or not before.active):
        return None
    if decision.limit is None:
        return _after_refusal(before, case.reference, decision) if before is not None and before.active else None
    day = decision.decided_at.date()
    if changes and before is not None:
        # The review looks at more than the request did: it is never put off by one.
        due = min(due, before.next_review_on)
    if before is not None and decision.decided_by == "renewal":
        # Its grade is that of the last assessment; a customer of the book has one from its first review on.
        told = {"grade": assessment.grade, "industry_code": before.industry_code or _industry_of(assessment)}
        return before.model_copy(update={"last_case": case.reference, "next_review_on": due, "assessed": True, **told})
    admitted = before if before is not None and before.active else None
    return Customer(
        company_key=case.company_key,
        legal_name=case.application.legal_name,
        country=case.application.country,
        application=without_change(case.application),
        grade=assessment.grade,
        limit=decision.limit,
        limit_in_force=Decimal(0),
        currency=decision.currency,
        terms_days=decision.terms_days or 0,
        admitted_by=admitted.admitted_by if admitted else case.reference,
        last_case=case.reference,
        admitted_on=admitted.admitted_on if admitted else day,
        next_review_on=due,
        industry_code=_industry_of(assessment),
        open_limit=open_limit(decision, assessment),
    )


def _reviewed_sooner(case: Case, assessment: Assessment, before: Customer | None) -> Customer | None:
    """Return a customer who keeps what it has, where its review is brought forward; None where nothing changes."""
    if before is None or not before.active or case.decision is None or not brings_review_forward(case, assessment):
        return None
    return before.model_copy(update={"next_review_on": min(before.next_review_on, case.decision.decided_at.date())})


def _industry_of(assessment: Assessment) -> str:
    metric = next((item for item in assessment.metrics if item.name == "industry_code"), None)
    return metric.value if metric is not None and isinstance(metric.value, str) else ""


def _after_refusal(customer: Customer, reference: str, decision: Decision) -> Customer | None:
    """A review that ends badly ends the customer; refusing a customer's further request leaves it as it was."""
    if decision.outcome == "ended":
        return customer.model_copy(update={"active": False, "last_case": reference, "assessed": True})
    if decision.decided_by == "knock_out":
        # What knocks out a request stands against the customer too, and a review says so.
        due = min(customer.next_review_on, decision.decided_at.date())
        return customer.model_copy(update={"next_review_on": due})
    return None
