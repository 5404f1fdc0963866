"""What changed of a company since its last decision, from what is on file of both rounds."""

from __future__ import annotations

from collections.abc import Iterator

from admission.assessment.record import Assessment
from admission.cases import Case, Decision
from admission.customers.since.comparing import Now, Since, Then, compare, last_decided
from admission.customers.since.records import Answered
from admission.evidence.answers import latest
from casebook.database.erasure_tables import PERSONAL
from wiring.house import House


def since_last_decision(house: House, case: Case, assessment: Assessment | None) -> Since | None:
    """Compare a case, in its round, with the last decision on its company.

    Args:
        house: the house.
        case: in the round that is compared.
        assessment: of that round.

    Returns:
        None where the round is not assessed, or the company was never decided on before.
    """
    if assessment is None:
        return None
    with house.casebook.reading_once():
        before = last_decided(_earlier(house, case))
        if before is None or before.decision is None:
            return None
        then = _then(house, before, before.decision)
        return compare(then, Now(assessment, _answered(house, case, assessment), case.decision))


def _earlier(house: House, case: Case) -> Iterator[Case]:
    """Yield the company's cases before this one, the newest first."""
    previous = case.previous
    while previous is not None:
        before = house.casebook.cases.get(previous)
        yield before
        previous = before.previous


def _then(house: House, case: Case, decision: Decision) -> Then:
    erased = any(item.kind == PERSONAL for item in house.casebook.erasures.of(case.reference))
    if erased:
        return Then(case.reference, decision, None, None, erased=True)
    conditions = house.casebook.cases.conditions(case.reference)
    if not decision.assessment:
        customer = house.casebook.customers.get(case.company_key)
        # Its grade is the book's until its first review has given it one of ours.
        grade = customer.grade if customer is not None and not customer.assessed else None
        return Then(case.reference, decision, None, None, conditions, grade)
    assessment = house.casebook.work.assessment_by_sha(decision.assessment)
    return Then(case.reference, decision, assessment, _answered(house, case, assessment), conditions)


def _answered(house: House, case: Case, assessment: Assessment) -> Answered | None:
    """Return what was told in a case's round; None where its facts are not on file."""
    validation = house.casebook.work.validation(case.reference, case.round)
    if validation is None:
        return None
    evidence = latest(house.casebook.evidence.of(case.reference, case.round))
    return Answered(validation, evidence, assessment.parsers)
