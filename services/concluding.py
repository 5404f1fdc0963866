"""Carrying out a decision: the customer with limit, conditions and next review, or the refusal."""

from __future__ import annotations

from datetime import date

from admission.approval.votes import Choice, last_ballots
from admission.assessment.record import Assessment
from admission.cases import Case, CaseKind, CaseStatus, Condition, Customer
from admission.customers.asked_change import leaves_as_it_was
from admission.customers.concluded import customer_after
from admission.customers.reviews import Interval, Risk, SetBefore, day_after_decision, risk_of
from admission.customers.standing.decided import conditions_of
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
    customer = customer_after(case, assessment, before, _next_review(house, case, assessment, before))
    book.cases.conclude(
        reference,
        customer=None if customer is None else _as_it_stands(house, reference, customer, conditions),
        conditions=conditions,
        notices=notices_of_conclusion(house, case),
    )
    return book.cases.get(reference)


def _as_it_stands(house: House, reference: str, customer: Customer, conditions: list[Condition]) -> Customer:
    """Return a customer with what of its limit is in force on the day of the decision that granted it."""
    if customer.last_case != reference:
        return customer  # it has what an earlier decision granted, under the conditions of that
    stands = standing_of(house, customer, conditions)
    return customer.model_copy(update={"limit_in_force": stands.in_force})


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


def _conditions(house: House, case: Case, assessment: Assessment, before: Customer | None) -> list[Condition]:
    """Return what the decision asks for; each stays open until a second person finds it met."""
    if case.kind is CaseKind.LIMIT_CHANGE and leaves_as_it_was(case, assessment):
        return []
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
