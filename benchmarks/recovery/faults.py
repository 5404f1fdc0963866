"""What is done to a case: processes killed at its boundaries, and what can happen while it is suspended.

Prefect is imported where it is used: it reads its settings once, and those of the house must be there by then.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from admission.cases import CaseStatus
from benchmarks.recovery.cells import (
    CANCELLED,
    DATABASE_DELETED,
    DEPLOYMENTS_GONE,
    FLOW_RUN,
    FROZEN,
    LEASE_LOST,
    NEW_RELEASE,
    PAID_CALL,
    RESUMED_TWICE,
    SECOND_RUN,
    STEPS,
    WITHOUT_FORM,
    Cell,
)
from benchmarks.recovery.judge import Harm, asked, bought, unanswered
from benchmarks.recovery.live import LEASE_SECONDS, LiveHouse
from benchmarks.recovery.processes import LOOK_EVERY, flow_processes, send, wait_for_end

FIND_EVERY = 0.1
PATIENCE = 420.0
ENDING_SECONDS = 60.0
HELD_SECONDS = 3.0
FORM = "suspended-approval-1-0-schema"


def prepare(live: LiveHouse, cell: Cell, number: str) -> None:
    """Let the bureau hold an answer where a run is to be caught while it waits for it."""
    if cell.boundary == PAID_CALL:
        live.sandbox.misbehave("creditsafe", "timeout", path=f"/companies/US001-X-US99{number}", times=1)
    elif cell.fault == FROZEN:
        live.sandbox.misbehave("creditsafe", "slow", path=rf"/companies\?.*{number}", times=1, seconds=HELD_SECONDS)


class Ambush:
    """Waits at a boundary of one case and strikes there, in a thread of its own.

    Args:
        live: the house.
        cell: boundary and victim.
        reference: of the case.
        number: of its company.
        harm: where it is noted what was done.
    """

    def __init__(self, live: LiveHouse, cell: Cell, reference: str, number: str, harm: Harm) -> None:
        self._live = live
        self._cell = cell
        self._reference = reference
        self._number = number
        self._harm = harm
        self._deadline = time.monotonic() + PATIENCE
        self._given_up = threading.Event()

    def give_up(self) -> None:
        """Wait no longer: the walk is over."""
        self._given_up.set()

    def strike(self) -> None:
        """Wait for the boundary and strike.

        Raises:
            TimeoutError: the case did not get there.
        """
        if self._cell.fault == FLOW_RUN:
            self._kill_flow_run()
        elif self._cell.fault == FROZEN:
            self._freeze()
        elif self._cell.fault == DEPLOYMENTS_GONE:
            self._until(self._reached)
            self._harm.told.append(self._live.lose_deployments())
        else:
            self._until(self._reached)
            self._struck(self._live.kill(self._cell.fault, self._reference))

    def _kill_flow_run(self) -> None:
        if self._cell.boundary == "case.decided":
            # The decision is made while no process waits; the run that it wakes is the one to be killed.
            self._until(self._reached)
        self._until(lambda: bool(self._processes()), every=FIND_EVERY)
        self._until(self._reached)
        killed = send(self._processes(), signal.SIGKILL)
        self._struck(killed)
        wait_for_end(killed, ENDING_SECONDS)
        self._harm.under_way |= unanswered(self._live, self._reference, self._number)

    def _freeze(self) -> None:
        """Stop a run until another one has taken its case as far as the vote; it must then leave the case alone."""
        self._until(self._reached)
        first = self._live.runs(self._reference)[-1]
        frozen = send(self._processes(), signal.SIGSTOP)
        self._struck(frozen)
        self._harm.under_way |= unanswered(self._live, self._reference, self._number)
        try:
            self._until(self._replaced, every=FIND_EVERY)
        finally:
            send(frozen, signal.SIGCONT)
        wait_for_end(frozen, ENDING_SECONDS)
        end = self._live.state_name(first)
        self._harm.told.append(f"thawed, the first run ended {end}")
        if end != "HeldElsewhere":
            self._harm.wrong.append("the first run did not leave the case to the second")

    def _replaced(self) -> bool:
        return len(self._live.runs(self._reference)) > 1 and self._live.suspended(self._reference)

    def _struck(self, pids: list[int]) -> None:
        if not pids:
            self._harm.wrong.append("there was no process to strike")
        if self._live.house.casebook.cases.get(self._reference).status is CaseStatus.CONCLUDED:
            self._harm.wrong.append("the blow came after the end")

    def _processes(self) -> list[int]:
        return flow_processes(self._live.runs(self._reference))

    def _reached(self) -> bool:
        boundary, book = self._cell.boundary, self._live.house.casebook
        if self._cell.fault == FROZEN:
            return any("/companies?" in url for url in asked(self._live, self._number))
        if boundary == PAID_CALL:
            return bought(self._live, self._number) > 0
        if boundary in STEPS:
            return book.cases.step_result(self._reference, 1, STEPS[boundary]) is not None
        if boundary == "voting.opened":
            return book.voting.poll(self._reference, 1) is not None
        return boundary == "case.opened" or book.cases.get(self._reference).decision is not None

    def _until(self, done: Callable[[], bool], *, every: float = LOOK_EVERY) -> None:
        while not done():
            if self._given_up.wait(every) or time.monotonic() > self._deadline:
                raise TimeoutError("the case did not get to where it was to be struck")


def hurt(live: LiveHouse, fault: str, reference: str, harm: Harm) -> None:
    """Do something to a case whose run is suspended."""
    run = UUID(live.runs(reference)[-1])
    if fault == DATABASE_DELETED:
        live.lose_prefect()
    elif fault == NEW_RELEASE:
        live.release_anew()
    elif fault == DEPLOYMENTS_GONE:
        harm.told.append(live.lose_deployments())
    elif fault == LEASE_LOST:
        if not live.house.casebook.cases.acquire_lease(reference, "another run", LEASE_SECONDS):
            harm.wrong.append("the lease was not free")
    elif fault == RESUMED_TWICE:
        _resume_twice(run, harm)
    elif fault == SECOND_RUN:
        _run_by_hand(live, reference)
    else:
        _spoil(run, fault, harm)


def _resume_twice(run: UUID, harm: Harm) -> None:
    """Press Resume in two windows at the same moment."""
    from prefect import get_client

    together = threading.Barrier(2)

    def resume() -> str:
        with get_client(sync_client=True) as client:
            together.wait()
            return str(client.resume_flow_run(run, run_input={}).status.value)

    with ThreadPoolExecutor(2) as pool:
        said = [pool.submit(resume) for _ in range(2)]
    answers = sorted(future.result() for future in said)
    harm.told.append(f"answered {' and '.join(answers)}")
    if "ACCEPT" not in answers:
        harm.wrong.append("no resume was accepted")


def _run_by_hand(live: LiveHouse, reference: str) -> None:
    from prefect import get_client

    from tasks.waking import ONBOARD

    with get_client(sync_client=True) as client:
        deployment = client.read_deployment_by_name(ONBOARD)
        client.create_flow_run_from_deployment(deployment.id, parameters={"case_ref": reference})
    deadline = time.monotonic() + PATIENCE
    while not (len(live.runs(reference)) > 1 and live.suspended(reference)):
        if time.monotonic() > deadline:
            raise TimeoutError("the second run was not suspended")
        time.sleep(FIND_EVERY)


def _spoil(run: UUID, fault: str, harm: Harm) -> None:
    from prefect import get_client
    from prefect.states import Cancelling

    with get_client(sync_client=True) as client:
        if fault == CANCELLED:
            client.set_flow_run_state(run, Cancelling())
            state = client.read_flow_run(run).state
            if state is None or not state.is_cancelled():
                harm.wrong.append("the run was not cancelled")
        elif fault == WITHOUT_FORM:
            client.delete_flow_run_input(run, FORM)
