"""Carrying out a decision: the customer with limit, conditions and next review, or the refusal."""

from __future__ import annotations

from admission.approval.votes import Choice, last_ballots
from admission.assessment.record import Assessment
from admission.cases import Case, CaseKind, CaseStatus, Condition, Customer
from admission.customers.asked_change import leaves_as_it_was
from admission.customers.concluded import customer_after
from admission.customers.standing.decided import conditions_of
from services.customer_standing import standing_of
from services.notices import notices_of_conclusion
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
    customer = customer_after(case, assessment, before, house.policy_in_force().customers.spread_days)
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
