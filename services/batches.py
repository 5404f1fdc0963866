"""Many applicants at once: a chunk of a book carried as far as no person is needed, and waking what stands still."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

from admission.cases import Case
from admission.transitions import MOVABLE
from services import chunks
from services.concluding import conclude
from services.deciding import decide_by_machine
from services.opening import LARGEST
from services.voting import open_voting
from wiring.house import House

# Up to so many stuck cases get a run each.
FEW = 10
# What could be delivered is delivered at once, or with the next round of keep-house.
WAITED = timedelta(seconds=60)


class RowResult(NamedTuple):
    """Where one applicant of a book stands.

    Attributes:
        stands: the decision, or `voting`, `unattributed`, `failed`, or `held_elsewhere` where another run has the case.
        problem: why it failed; it stays where it was and is woken later.
    """

    case: str
    legal_name: str
    stands: str
    grade: str
    route: str
    problem: str


def walk_chunk(house: House, references: Sequence[str], holder: str, later: Sequence[str] = ()) -> list[RowResult]:
    """Carry a chunk of cases as far as no person is needed; done again, it finds what is done.

    Args:
        house: the house.
        references: the cases; those that another run is moving are left to it.
        holder: the run that moves them.
        later: cases of the same run whose turn comes, held meanwhile so that nobody takes them for forgotten.
    """
    walked = chunks.walk(house, references, holder, _decide_or_open_voting, later)
    return _results(house, references, walked.problems)


def _decide_or_open_voting(house: House, case: Case) -> bool:
    """Let the system decide where it may, and people where it may not."""
    if decide_by_machine(house, case.reference, case.round):
        conclude(house, case.reference)
        return True
    open_voting(house, case.reference, case.round)
    return False


def give_back(house: House, references: Sequence[str], holder: str) -> None:
    """Give back the leases that a book still has, however its run ended."""
    house.casebook.batches.give_back(references, holder)


def wake(house: House, references: Sequence[str]) -> None:
    """Have stuck cases carried on: many by one run, a few by a run each.

    A book that was killed, or a power cut, leaves hundreds behind; a process for each would keep the workers busy for
    hours.
    """
    if len(references) <= FEW:
        for reference in references:
            house.casebook.cases.request_wake(reference)
        return
    for start in range(0, len(references), LARGEST):
        house.casebook.batches.request_run(references[start : start + LARGEST])


def take_back(house: House, runs: Sequence[str]) -> None:
    """Take their cases from runs that are known to be gone, and have them carried on."""
    wake(house, house.casebook.batches.take_back(runs))


def gather_wakes(house: House) -> int:
    """Have one run carry on what many messages were to wake and could not, as while Prefect was away.

    Returns:
        How many messages that was.
    """
    return house.casebook.batches.gather_wakes(house.clock() - WAITED, fewest=FEW, most=LARGEST)


def _results(house: House, references: Sequence[str], problems: Mapping[str, str]) -> list[RowResult]:
    cases = house.casebook.batches.cases(references)
    return [_result(house, reference, cases.get(reference), problems.get(reference, "")) for reference in references]


def _result(house: House, reference: str, case: Case | None, problem: str) -> RowResult:
    if case is None:
        return RowResult(reference, "", "failed", "", "", "there is no such case")
    assessment = house.casebook.work.assessment(reference, case.round)
    if problem:
        stands = "failed"
    elif case.status in MOVABLE:
        stands = "held_elsewhere"
    else:
        stands = case.decision.outcome if case.decision else str(case.status)
    return RowResult(
        case=reference,
        legal_name=case.application.legal_name,
        stands=stands,
        grade=assessment.grade if assessment else "",
        route=assessment.route.kind if assessment else "",
        problem=problem,
    )
