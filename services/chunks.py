"""A chunk of cases on a pool of threads: books of applicants and the daily reviews go through here.

A case that cannot be carried on stays where it is, its problem is noted in its history, and the others go on;
`keep-house` wakes it.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from typing import TypeVar

from admission.cases import Case, Step
from admission.errors import GatehouseError
from admission.evidence.sources import SourceStage
from casebook.batches import StepDone
from services import asking, assessing, preparing, rounds
from services.exposure import read_ledger, update_ledger
from services.outages import outages_of
from services.retrying import RETRIED, RetryPolicy, Tries
from wiring.house import House

ASKERS = 8
T = TypeVar("T")
Question = tuple[Case, str]


class ChunkExecutor:
    """Executes rounds of many cases at once, and holds their leases for as long as that takes.

    Args:
        house: the house of books: it waits long for its turn under a source's rate limit.
        references: the cases; those that another run is moving are left to it.
        holder: the run that moves them.
        settle: what follows an assessment at once; tells whether the case is over by it.
        later: cases of the same run whose turn comes, held meanwhile so that nobody takes them for forgotten.

    Attributes:
        cases: those that are held, each in the round that this walk began in; a round may be opened meanwhile, and what
            this walk writes belongs to its own.
        problems: why a case was not carried on, by reference.
        settled: what settling a case came to, by reference.
    """

    def __init__(
        self,
        house: House,
        references: Sequence[str],
        holder: str,
        settle: Callable[[Case], bool],
        later: Sequence[str] = (),
    ) -> None:
        self.problems: dict[str, str] = {}
        self.settled: dict[str, bool] = {}
        self._house = house
        self._batches = house.casebook.batches
        self._gathering = house.gathering._replace(together=True)
        self._holder = holder
        self._later = later
        self._settle = settle
        self._retry = RetryPolicy(house.settings.retry_delays, house.longest_wait)
        self._outages = outages_of(holder, self._retry)
        self._outages.look_again()
        self._renew_every = house.settings.lease_seconds / 3
        self._renewed = house.clock()
        self._held = self._hold(references)
        found = self._batches.cases(self._held)
        self.cases = [found[reference] for reference in self._held if reference in found]

    def moving(self, among: Sequence[Case] | None = None) -> list[Case]:
        """Return the cases, or those among some, that this walk still holds and that nothing has stopped."""
        held = set(self._held)
        cases = self.cases if among is None else among
        return [case for case in cases if case.reference in held and case.reference not in self.problems]

    def each(self, cases: Sequence[Case], work: Callable[[Case], T]) -> dict[str, T]:
        """Do something to each case, one after the other; return what came of it, by reference.

        One that fails keeps its error as its problem, and the others go on.
        """
        made: dict[str, T] = {}
        for case in self.moving(cases):
            self._renew()
            result = self._try(case, work)
            if result is not None:
                made[case.reference] = result
        return made

    def due(self, cases: Sequence[Case], step: Step) -> list[Case]:
        """Return the cases on which a step is still to be done."""
        self._renew()
        done = self._batches.steps_done([case.reference for case in cases])
        return [case for case in self.moving(cases) if (case.reference, case.round, step) not in done]

    def carry_over(self, cases: Sequence[Case]) -> None:
        """Take into each round what people handed in during earlier rounds."""
        self.each(cases, lambda case: rounds.carry_over(self._house, case))

    def ask(self, cases: Sequence[Case], stage: SourceStage) -> None:
        """Ask the sources of a stage about all cases, several at a time; again later where the retry policy says so."""
        sources = self.each(cases, lambda case: asking.sources_for(self._house, case, stage))
        waiting = [(case, source) for case in cases for source in sources.get(case.reference, ())]
        tries = {(case.reference, source): Tries(self._retry) for case, source in waiting}
        while waiting:
            waiting = self._ask_once(waiting, tries)
            if waiting:
                pause = self._outages.end_pass()
                # A source that answers others may fail for one company; that one has a pause of its own.
                alone = [question for question in waiting if not self._outages.is_failing(question[1])]
                self._rest(max([pause, *(tries[case.reference, source].pause for case, source in alone)]))

    def _ask_once(self, questions: Sequence[Question], tries: Mapping[tuple[str, str], Tries]) -> list[Question]:
        """Pass over the questions once; return those worth another try.

        One case tries each source before the others ask it, best one that has not been asked about yet.
        """
        ordered = sorted(questions, key=lambda question: tries[question[0].reference, question[1]].failures)
        probes = {question[1]: question for question in reversed(ordered)}
        others = [question for question in ordered if probes[question[1]] is not question]
        chosen = [question for question in ordered if probes[question[1]] is question]
        return [
            *self._spread(chosen, lambda case, source: self._ask(case, source, tries[case.reference, source])),
            *self._spread(others, lambda case, source: self._ask_unless_in_doubt(case, source, tries)),
        ]

    def _ask_unless_in_doubt(self, case: Case, source: str, tries: Mapping[tuple[str, str], Tries]) -> bool:
        return self._outages.in_doubt(source) or self._ask(case, source, tries[case.reference, source])

    def _ask(self, case: Case, source: str, tries: Tries) -> bool:
        """Ask one source about one case; True where it is to be asked again."""
        connector = self._outages.watch(self._house.connectors[source])
        try:
            # A source that is down is not asked, so there is nothing to try again.
            given_up = Tries(self._retry._replace(delays=()))
            asking.ask_connector(self._gathering, case, connector, given_up if connector.down else tries)
        except RETRIED as error:
            self._outages.note_failure(source, error)
            return True
        if connector.answered:
            self._outages.note_answer(source)
        return False

    def _spread(self, questions: Sequence[Question], ask: Callable[[Case, str], bool]) -> list[Question]:
        """Ask several questions at a time; the leases are renewed however long it takes."""
        pool = ThreadPoolExecutor(max_workers=ASKERS)
        try:
            futures = {
                pool.submit(self._try, case, lambda case, source=source: ask(case, source)): (case, source)
                for case, source in questions
            }
            waiting = set(futures)
            while waiting:
                waiting = wait(waiting, timeout=self._renew_every).not_done
                self._renew()
        finally:
            pool.shutdown(cancel_futures=True)
        held = {case.reference for case in self.moving()}
        return [question for future, question in futures.items() if future.result() and question[0].reference in held]

    def knocked_out(self, cases: Sequence[Case]) -> list[Case]:
        """Return the cases that a knock-out criterion fails on what the free sources told."""
        if not cases:
            return []
        policy = self._house.policy_in_force()
        failed = self.each(cases, lambda case: assessing.knocked_out_early(self._house, case, policy))
        return [case for case in cases if failed.get(case.reference)]

    def skip_paid_sources(self, cases: Sequence[Case]) -> None:
        """Record that paid sources were not asked, and why."""
        self.each(cases, lambda case: asking.skip_paid_sources(self._house, case))

    def complete(self, cases: Sequence[Case], step: Step) -> None:
        """Note that a step is done, of all cases that are still moving."""
        self._batches.complete_steps([StepDone(case.reference, case.round, step, {}) for case in self.moving(cases)])

    def validate(self, cases: Sequence[Case]) -> None:
        """Read the facts and run the expectations over all of them at once."""
        self._together(cases, lambda some: assessing.validate_cases(self._house, some))

    def assess(self, cases: Sequence[Case]) -> None:
        """Assess and settle the cases: one by one where exposure is capped, as each one let in counts for the next."""
        if not cases:
            return
        policy = self._house.policy_in_force()
        ledger = read_ledger(self._house, policy)
        if ledger is None:
            self._together(cases, lambda some: assessing.assess_cases(self._house, some, policy, None))
        for case in self.moving(cases):
            self._renew()
            if ledger is not None:
                self._try(case, lambda case: assessing.assess_cases(self._house, [case], policy, ledger))
                self.settle(case)
                update_ledger(self._house, ledger, case.company_key)

    def settle(self, case: Case) -> bool:
        """Settle a case that has been assessed, once; what that comes to is told by `settled`."""
        if case.reference not in self.settled and case.reference not in self.problems:
            result = self._try(case, self._settle)
            if result is not None:
                self.settled[case.reference] = result
        return self.settled.get(case.reference, False)

    def _together(self, cases: Sequence[Case], work: Callable[[Sequence[Case]], object]) -> None:
        """Do something to all cases at once; where that fails, to each alone, so that the others go on."""
        moving = self.moving(cases)
        if not moving:
            return
        try:
            work(moving)
        except Exception:  # whichever case it was, each is tried alone and its own error kept
            self.each(moving, lambda case: work([case]))
        self._renew()

    def _try(self, case: Case, work: Callable[[Case], T]) -> T | None:
        if case.reference in self.problems:
            return None
        try:
            return work(case)
        except Exception as error:  # one case must not stop the others
            self.problems[case.reference] = _told(error)
            return None

    def _rest(self, seconds: float) -> None:
        """Let time pass, and keep the leases meanwhile."""
        while seconds > 0:
            some = min(seconds, self._renew_every)
            self._house.pause(some)
            seconds -= some
            self._renew()

    def _renew(self) -> None:
        now = self._house.clock()
        if (now - self._renewed).total_seconds() >= self._renew_every:
            self._held = self._hold(self._held)
            self._renewed = now

    def _hold(self, references: Sequence[str]) -> list[str]:
        held = set(self._batches.hold([*references, *self._later], self._holder, self._house.settings.lease_seconds))
        return [reference for reference in dict.fromkeys(references) if reference in held]


def walk(
    house: House,
    references: Sequence[str],
    holder: str,
    settle: Callable[[House, Case], bool],
    later: Sequence[str] = (),
) -> ChunkExecutor:
    """Take a chunk of cases through a round, settle each, and give their leases back; again, it finds what is done.

    Args:
        house: the house.
        references: the cases; those that another run is moving are left to it.
        holder: the run that moves them.
        settle: what follows an assessment at once; tells whether the case is over by it.
        later: cases of the same run whose turn comes, held meanwhile so that nobody takes them for forgotten.
    """
    patient = house.patient
    executor = ChunkExecutor(patient, references, holder, lambda case: settle(patient, case), later)
    try:
        preparing.prepare(executor, executor.cases)
        for case in executor.moving():
            executor.settle(case)
    finally:
        house.casebook.batches.give_back(references, holder)
    house.casebook.batches.note_failures(executor.problems)
    return executor


def _told(error: Exception) -> str:
    """Tell what went wrong: our own errors in their words; others by type and place, as they may quote a person."""
    if isinstance(error, GatehouseError):
        return str(error)
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} at {Path(last.filename).name}:{last.lineno}"
