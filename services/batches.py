"""Many applicants at once: gathered, validated and assessed together; people get what the machine may not decide."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from itertools import groupby
from pathlib import Path
from typing import Literal, NamedTuple, TypeVar

from admission.application import Application
from admission.assessment.exposure import ExposureLedger
from admission.cases import Case, Step
from admission.errors import GatehouseError, SourceUnavailable
from admission.evidence.gathering import gather
from casebook.batches import MOVABLE, StepDone
from services import concluding, exposure, rounds, steps
from wiring.house import House
from wiring.sources import of_stage

ASKERS = 8
# So many cases are opened in one transaction and go through one run; a larger book becomes several runs.
LARGEST = 2000
# Up to so many stuck cases get a run each.
FEW = 10
T = TypeVar("T")


class RowResult(NamedTuple):
    """Where one applicant of a batch stands.

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


def open_book(house: House, applications: Sequence[Application], requester: str) -> list[Case | GatehouseError]:
    """Open cases for a whole book of applications, with one run to carry them all.

    A crash leaves whole parts of at most `LARGEST` cases, each with the message that starts its run; the same book
    again finds them.

    Args:
        house: the house.
        applications: what is asked for.
        requester: username of who asks.

    Returns:
        In the order given, the case, or why the application is refused.
    """
    outcomes: dict[int, Case | GatehouseError] = {}
    good: list[int] = []
    for place, application in enumerate(applications):
        try:
            steps.check_segment(house, application)
            good.append(place)
        except GatehouseError as refusal:
            outcomes[place] = refusal
    for start in range(0, len(good), LARGEST):
        part = good[start : start + LARGEST]
        opened = house.casebook.batches.open(
            [applications[place] for place in part], requester=requester, channel="cli"
        )
        outcomes.update(zip(part, opened, strict=True))
    return [outcomes[place] for place in range(len(applications))]


def walk_chunk(house: House, references: Sequence[str], holder: str, later: Sequence[str] = ()) -> list[RowResult]:
    """Carry a chunk of cases as far as no person is needed; done again, it finds what is done.

    A case that cannot be carried on stays where it is, its problem is noted in its history, and the others go on;
    `chase-approvals` wakes it.

    Args:
        house: the house.
        references: the cases; those that another run is moving are left to it.
        holder: the run that moves them.
        later: cases of the same run whose turn comes, held meanwhile so that nobody takes them for forgotten.
    """
    chunk = _Chunk(house.patient, references, holder, later)
    try:
        chunk.walk()
    finally:
        house.casebook.batches.give_back(references, holder)
    house.casebook.batches.note_failures(chunk.problems)
    return _results(house, references, chunk.problems)


class _Chunk:
    """One walk through a chunk.

    Attributes:
        problems: why a case was not carried on, by reference.
    """

    def __init__(self, house: House, references: Sequence[str], holder: str, later: Sequence[str]) -> None:
        self.problems: dict[str, str] = {}
        self._house = house
        self._book = house.casebook.batches
        self._holder = holder
        self._later = later
        self._pauses = house.settings.retry_delays
        self._renew_every = house.settings.lease_seconds / 3
        self._renewed = time.monotonic()
        self._held = self._hold(references)
        # A round may be opened meanwhile; what this walk writes belongs to the round that it began in.
        self._cases = self._book.cases(self._held)

    def walk(self) -> None:
        for case in self._moving():
            self._try(case, lambda case: rounds.carry_over(self._house, case, case.round))
        self._ask("prescreen", Step.PRESCREEN, self._to_do(Step.PRESCREEN))
        self._investigate()
        self._together(self._moving(), self._validate)
        ledger = exposure.read_ledger(self._house)
        if ledger is None:
            self._together(self._to_do(Step.ASSESS), lambda cases: steps.assess_cases(self._house, cases))
        for case in self._moving():
            self._renew()
            self._try(case, lambda case: self._settle(case, ledger))

    def _investigate(self) -> None:
        cases = self._to_do(Step.INVESTIGATE)
        sources = of_stage(self._house.connectors, "investigate")
        knocked_out = {case.reference: self._try(case, self._knocked_out) for case in cases}
        for case in cases:
            if knocked_out[case.reference]:
                self._try(case, lambda case: steps.skip_paid_sources(self._house, case, sources))
        left = [case for case in self._moving(cases) if not knocked_out[case.reference]]
        self._complete(Step.INVESTIGATE, [case for case in self._moving(cases) if knocked_out[case.reference]])
        self._ask("investigate", Step.INVESTIGATE, left)

    def _knocked_out(self, case: Case) -> bool:
        return steps.knock_out_of_prescreen(self._house, case)

    def _validate(self, cases: Sequence[Case]) -> None:
        for number, some in groupby(sorted(cases, key=_round), key=_round):
            steps.validate_cases(self._house, [case.reference for case in some], number)

    def _settle(self, case: Case, ledger: ExposureLedger | None) -> None:
        if ledger is not None:
            # Where exposure is capped, each customer let in counts for those who come after it.
            steps.assess_case(self._house, case.reference, case.round, ledger=ledger)
        if steps.decide_by_machine(self._house, case.reference, case.round):
            concluding.conclude(self._house, case.reference)
            exposure.update_ledger(self._house, ledger, case.company_key)
        else:
            steps.open_voting(self._house, case.reference, case.round)

    def _ask(self, stage: Literal["prescreen", "investigate"], step: Step, cases: Sequence[Case]) -> None:
        """Ask the sources of a stage about all cases; those that were unavailable are asked again a little later."""
        sources = of_stage(self._house.connectors, stage)
        left = self._spread(cases, lambda case: self._unavailable(case, sources, last_try=not self._pauses))
        for tries, pause in enumerate(self._pauses, 1):
            if not any(left.values()):
                break
            time.sleep(pause)
            left = self._ask_again(left, last_try=tries == len(self._pauses))
        self._complete(step, self._moving(cases))

    def _ask_again(self, left: Mapping[str, Sequence[str]], *, last_try: bool) -> dict[str, list[str]]:
        cases = [case for case in self._moving() if left.get(case.reference)]
        return self._spread(cases, lambda case: self._unavailable(case, left[case.reference], last_try=last_try))

    def _unavailable(self, case: Case, sources: Iterable[str], *, last_try: bool) -> list[str]:
        """Ask sources about one case; return those that were unavailable and are worth another try."""
        again = []
        for source in sources:
            try:
                gather(
                    self._house.connectors[source],
                    case.application.subject,
                    self._house.gathering,
                    reference=case.reference,
                    round=case.round,
                    last_try=last_try,
                )
            except SourceUnavailable:
                again.append(source)
        return again

    def _spread(self, cases: Sequence[Case], work: Callable[[Case], T]) -> dict[str, T]:
        """Do something to all cases, several at a time; the leases are renewed however long it takes."""
        pool = ThreadPoolExecutor(max_workers=ASKERS)
        try:
            futures = {case.reference: pool.submit(self._try, case, work) for case in cases}
            waiting = set(futures.values())
            while waiting:
                waiting = wait(waiting, timeout=self._renew_every).not_done
                self._renew()
        finally:
            pool.shutdown(cancel_futures=True)
        made = {reference: future.result() for reference, future in futures.items()}
        return {reference: result for reference, result in made.items() if result is not None}

    def _together(self, cases: Sequence[Case], work: Callable[[Sequence[Case]], object]) -> None:
        """Do something to all cases at once; where that fails, to each alone, so that the others go on."""
        if not cases:
            return
        try:
            work(cases)
        except Exception:  # whichever case it was, each is tried alone and its own error kept
            for case in cases:
                self._try(case, lambda case: work([case]))
        self._renew()

    def _try(self, case: Case, work: Callable[[Case], T]) -> T | None:
        if case.reference in self.problems:
            return None
        try:
            return work(case)
        except Exception as error:  # one row must not stop the others
            self.problems[case.reference] = _told(error)
            return None

    def _to_do(self, step: Step) -> list[Case]:
        """Return the cases on which a step is still to be done."""
        done = self._book.steps_done(self._held)
        return [case for case in self._moving() if (case.reference, case.round, step) not in done]

    def _moving(self, among: Sequence[Case] | None = None) -> list[Case]:
        """Return the cases that this walk still holds and that nothing has stopped."""
        held = [reference for reference in self._held if reference not in self.problems]
        wanted = self._cases if among is None else {case.reference for case in among}
        return [self._cases[reference] for reference in held if reference in wanted]

    def _complete(self, step: Step, cases: Sequence[Case]) -> None:
        self._book.complete_steps([StepDone(case.reference, case.round, step, {}) for case in cases])

    def _renew(self) -> None:
        if time.monotonic() - self._renewed >= self._renew_every:
            self._held = self._hold(self._held)
            self._renewed = time.monotonic()

    def _hold(self, references: Sequence[str]) -> list[str]:
        held = set(self._book.hold([*references, *self._later], self._holder, self._house.settings.lease_seconds))
        return [reference for reference in dict.fromkeys(references) if reference in held]


def give_back(house: House, references: Sequence[str], holder: str) -> None:
    """Give back the leases that a batch still has, however it ended."""
    house.casebook.batches.give_back(references, holder)


def wake(house: House, references: Sequence[str]) -> None:
    """Have stuck cases carried on: many that never had a run of their own by one run, all others by theirs.

    A batch that was killed leaves hundreds behind; a process for each would keep the workers busy for hours.
    """
    fresh = set(house.casebook.stuck.without_run(references))
    together = [reference for reference in references if reference in fresh]
    if len(together) > FEW:
        for start in range(0, len(together), LARGEST):
            house.casebook.batches.request_run(together[start : start + LARGEST])
    else:
        fresh = set()
    for reference in references:
        if reference not in fresh:
            house.casebook.cases.request_wake(reference)


def _round(case: Case) -> int:
    return case.round


def _told(error: Exception) -> str:
    """Tell what went wrong: our own errors in their words; others by type and place, as they may quote a person."""
    if isinstance(error, GatehouseError):
        return str(error)
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} at {Path(last.filename).name}:{last.lineno}"


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
