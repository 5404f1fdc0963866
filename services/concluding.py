"""Carrying out a decision: the customer with limit, conditions and next review, or the refusal."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from admission.approval.votes import Choice, last_ballots
from admission.assessment.record import Assessment
from admission.cases import Case, CaseStatus, Condition, Customer, Decision
from admission.customers.reviews import Interval, Risk, SetBefore, day_after_decision, risk_of
from admission.customers.standing.decided import conditions_of, open_limit
from admission.policy import Policy
from services.customer_standing import standing_of
from services.notices import notices_of_conclusion
from services.review_scope import reviewed_in_full
from wiring.house import House


def conclude(house: House, reference: str) -> Case:
    """Carry out a decision: the customer with limit, conditions and next review, or the refusal."""
    book = house.casebook
    case = book.cases.get(reference)
    if case.status is CaseStatus.CONCLUDED or case.decision is None:
        return case
    assessment = book.work.assessment_by_sha(case.decision.assessment)
    before = book.customers.get(case.company_key)
    conditions = _conditions(house, case, assessment, before)
    customer = _customer(case, assessment, before, _next_review(house, case, assessment, before))
    book.cases.conclude(
        reference,
        customer=None if customer is None else _as_it_stands(house, customer, conditions),
        conditions=conditions,
        notices=notices_of_conclusion(house, case),
    )
    return book.cases.get(reference)


def _as_it_stands(house: House, customer: Customer, conditions: list[Condition]) -> Customer:
    """Return a customer with the limit that is in force on the day of the decision."""
    stands = standing_of(house, customer, conditions)
    return customer.model_copy(update={"limit_in_force": stands.in_force})


def _customer(case: Case, assessment: Assessment, before: Customer | None, due: date) -> Customer | None:
    decision = case.decision
    if decision is None:
        return None
    if decision.limit is None:
        return _after_refusal(before, case.reference, decision) if before is not None and before.active else None
    day = decision.decided_at.date()
    admitted = before if before is not None and before.active else None
    if before is not None and decision.decided_by == "renewal":
        # Its grade is that of the last assessment; a customer of the book has one from its first review on.
        told = {"grade": assessment.grade, "industry_code": before.industry_code or _industry_of(assessment)}
        return before.model_copy(update={"last_case": case.reference, "next_review_on": due, "assessed": True, **told})
    return Customer(
        company_key=case.company_key,
        legal_name=case.application.legal_name,
        country=case.application.country,
        application=case.application,
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


def _next_review(house: House, case: Case, assessment: Assessment, customer: Customer | None) -> date:
    """Return when the customer that a decision makes is to be looked at again."""
    policy, day = house.policy_in_force(), (case.decision.decided_at if case.decision else house.clock()).date()
    interval = Interval(assessment.review_months, case.reference, policy.customers.spread_days)
    admitted = customer is not None and customer.active
    before = _set_before(customer, assessment.grade, policy) if customer is not None and admitted else None
    # Only where the risk fell does it matter, so that the evidence of all other reviews need not be read.
    fell = before is not None and before.risk is Risk.FELL
    return day_after_decision(day, interval, before, in_full=fell and reviewed_in_full(house, case))


def _set_before(customer: Customer, grade_now: str, policy: Policy) -> SetBefore:
    grades = {grade.name: grade for grade in policy.grades}
    own = grades.get(customer.grade)
    months = policy.review_months(own, customer.application.segment) if own else policy.default_review_months
    return SetBefore(customer.next_review_on, months, risk_of(list(grades), customer.grade, grade_now))


def _industry_of(assessment: Assessment) -> str:
    metric = next((item for item in assessment.metrics if item.name == "industry_code"), None)
    return metric.value if metric is not None and isinstance(metric.value, str) else ""


def _after_refusal(customer: Customer, reference: str, decision: Decision) -> Customer | None:
    """A review that ends badly ends the customer; refusing a customer's further request leaves it as it was."""
    if decision.outcome == "ended":
        return customer.model_copy(update={"active": False, "last_case": reference, "assessed": True})
    if decision.decided_by == "knock_out":
        # What knocks out a request stands against the customer too, and a review says so.
        return customer.model_copy(update={"next_review_on": decision.decided_at.date()})
    return None


def _conditions(house: House, case: Case, assessment: Assessment, before: Customer | None) -> list[Condition]:
    """Return what the decision asks for; each stays open until a second person finds it met."""
    votes = house.casebook.voting.votes(case.reference, case.round)
    asked = {
        text: vote.voter
        for vote in last_ballots(votes)
        if vote.ballot.choice is Choice.APPROVE
        for text in vote.ballot.conditions
    }
    customer = before is not None and before.active
    earlier = house.casebook.cases.conditions(before.last_case) if before is not None and customer else []
    first = before is not None and customer and not before.assessed
    return conditions_of(case, assessment, asked, earlier, house.policy_in_force().customers, first=first)
