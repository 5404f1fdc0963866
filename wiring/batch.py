"""Many applicants at once: gathered, validated and assessed together; people get what the machine may not decide."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from admission.cases import CaseStatus, Step
from wiring import steps
from wiring.house import House
from wiring.rounds import exposure_book, take_in
from wiring.sources import of_stage

ASKERS = 8
OPEN = (CaseStatus.GATHERING, CaseStatus.DECIDED)


class RowResult(NamedTuple):
    """Where one applicant of a batch stands."""

    case: str
    legal_name: str
    stands: str
    grade: str
    route: str


def walk_chunk(house: House, references: Sequence[str], holder: str) -> list[RowResult]:
    """Carry a chunk of cases as far as no person is needed; done again, it finds what is done.

    Args:
        house: the house.
        references: the cases; those that another run is moving are left to it.
        holder: the run that moves them.
    """
    held = [reference for reference in references if _take(house, reference, holder)]
    try:
        with ThreadPoolExecutor(max_workers=ASKERS) as pool:
            list(pool.map(lambda reference: _gather(house, reference), held))
        steps.validate_cases(house, held)
        book = exposure_book(house)
        for reference in held:
            steps.assess_case(house, reference, book=book)
            if steps.decide_by_machine(house, reference):
                concluded = steps.conclude(house, reference)
                take_in(house, book, concluded.company_key)
            else:
                steps.open_voting(house, reference)
    finally:
        for reference in held:
            house.casebook.cases.release_lease(reference, holder)
    return [_result(house, reference) for reference in references]


def _take(house: House, reference: str, holder: str) -> bool:
    book = house.casebook.cases
    return book.get(reference).status in OPEN and book.acquire_lease(reference, holder, house.settings.lease_seconds)


def _gather(house: House, reference: str) -> None:
    case = house.casebook.cases.get(reference)
    done = house.casebook.cases.step_result
    if done(reference, case.round, Step.PRESCREEN) is None:
        _ask(house, reference, of_stage(house.connectors, "prescreen"))
        house.casebook.cases.complete_step(reference, case.round, Step.PRESCREEN, {})
    if done(reference, case.round, Step.INVESTIGATE) is None:
        sources = of_stage(house.connectors, "investigate")
        if steps.knock_out_of_prescreen(house, case):
            steps.skip_paid_sources(house, case, sources)
        else:
            _ask(house, reference, sources)
        house.casebook.cases.complete_step(reference, case.round, Step.INVESTIGATE, {})


def _ask(house: House, reference: str, sources: Sequence[str]) -> None:
    for source in sources:
        steps.ask_source(house, reference, source, last_try=True)


def _result(house: House, reference: str) -> RowResult:
    case = house.casebook.cases.get(reference)
    assessment = house.casebook.work.assessment(reference, case.round)
    stands = case.decision.outcome if case.decision else str(case.status)
    return RowResult(
        case=reference,
        legal_name=case.application.legal_name,
        stands=stands,
        grade=assessment.grade if assessment else "",
        route=assessment.route.kind if assessment else "",
    )
