"""Kill everything, everywhere, and show that each case ends as it would have: `python -m benchmarks.recovery`.

For every step boundary and every process (flow run, worker, server, desk) one applicant is walked, the process is
killed with -9 the moment the casebook notes the step, and the house is left to find its way, with `chase-approvals` and
`deliver-outbox` run every second in place of every five minutes. Then six faults of a suspended case. Prints a table
step x fault -> end; exit status 1 if any cell is not as it should be.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

from admission.application import Application
from admission.approvals import Ballot, Choice
from admission.cases import CaseStatus
from benchmarks.clones import write_large_filers
from cli.demo import PEOPLE, demo_settings
from cli.onboard import open_case
from cli.supervisor import Supervisor, alive, answers
from cli.up import environment, prefect_url, start, stop
from sandbox.server import Sandbox
from wiring import House, chasing

BOUNDARIES = (
    "case.opened",
    "step.prescreen",
    "step.investigate",
    "step.validate",
    "step.assess",
    "step.publish_memo",
    "voting.opened",
    "case.decided",
)
VICTIMS = ("flow run", "worker", "prefect-server", "desk")
SUSPENDED_FAULTS = (
    "Prefect database deleted",
    "run cancelled in the UI",
    "resume sent twice",
    "suspended without its form",
    "deployed anew while suspended",
    "lease lost to another run",
)
VOTES = 4
PATIENCE = 180.0
LEASE_SECONDS = 10


class Proof:
    """One house with everything running, and what is done to it."""

    def __init__(self, house: House, supervisor: Supervisor, sandbox: Sandbox, applications: list[Application]) -> None:
        self.house = house
        self.supervisor = supervisor
        self.sandbox = sandbox
        self.applications = iter(applications)
        self.table: list[tuple[str, str, str]] = []

    def kill_at(self, boundary: str, victim: str) -> None:
        """Walk one applicant and kill one process at one boundary."""
        reference = self._start()
        self._until(lambda: self._reached(reference, boundary), reference, vote=boundary == "case.decided")
        self._kill(victim, reference)
        self.table.append((boundary, f"kill -9 {victim}", self._ended(reference)))

    def suspend_and(self, fault: str) -> None:
        """Walk one applicant until its run is suspended, and do something to it."""
        reference = self._start()
        self._until(lambda: self._suspended(reference), reference)
        self._hurt(fault, reference)
        self.table.append(("suspended", fault, self._ended(reference)))

    def _start(self) -> str:
        reference = open_case(self.house, next(self.applications), "analyst")
        self._deliver()
        return reference

    def _reached(self, reference: str, boundary: str) -> bool:
        acts = {event.act for event in self.house.casebook.history.of(reference)}
        if boundary == "voting.opened":
            return self.house.casebook.voting.poll(reference) is not None
        return boundary in acts

    def _suspended(self, reference: str) -> bool:
        run = self._run(reference)
        return run is not None and run.state is not None and run.state.name == "Suspended"

    def _run(self, reference: str) -> Any:
        from prefect import get_client

        runs = self.house.casebook.cases.runs(reference)
        if not runs:
            return None
        with contextlib.suppress(Exception), get_client(sync_client=True) as client:
            return client.read_flow_run(UUID(runs[-1]))
        return None

    def _until(self, done: Callable[[], bool], reference: str, *, vote: bool = False) -> None:
        deadline = time.monotonic() + PATIENCE
        while not done():
            if time.monotonic() > deadline:
                raise TimeoutError(f"{reference} did not get there in {PATIENCE:g} s")
            if vote:
                self._vote(reference)
            time.sleep(0.005)

    def _kill(self, victim: str, reference: str) -> None:
        if victim == "flow run":
            for pid in _flow_processes(set(self.house.casebook.cases.runs(reference))):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            return
        pid = self.supervisor.pids[victim]
        os.kill(pid, signal.SIGKILL)
        while alive(pid) and victim not in self.supervisor.revive():
            time.sleep(0.05)

    def _hurt(self, fault: str, reference: str) -> None:
        from prefect import get_client
        from prefect.states import Cancelled

        run = UUID(self.house.casebook.cases.runs(reference)[-1])
        if fault == "Prefect database deleted":
            self._lose_prefect()
        elif fault == "deployed anew while suspended":
            _deploy(self.supervisor)
        elif fault == "lease lost to another run":
            self.house.casebook.cases.acquire_lease(reference, "another run", LEASE_SECONDS)
        else:
            with get_client(sync_client=True) as client:
                if fault == "run cancelled in the UI":
                    client.set_flow_run_state(run, Cancelled(), force=True)
                elif fault == "resume sent twice":
                    for _ in range(2):
                        client.resume_flow_run(run, run_input={})
                elif fault == "suspended without its form":
                    client.delete_flow_run_input(run, "suspended-approval-1-0-schema")

    def _lose_prefect(self) -> None:
        pid = self.supervisor.pids["prefect-server"]
        os.kill(pid, signal.SIGKILL)
        for file in (self.house.settings.folder / "prefect").glob("prefect.db*"):
            file.unlink()
        while "prefect-server" not in self.supervisor.revive():
            time.sleep(0.05)
        self.supervisor.wait_for("prefect-server", f"{prefect_url(self.house.settings)}/api/health", PATIENCE)
        _deploy(self.supervisor)
        self.supervisor.restart("worker")

    def _ended(self, reference: str) -> str:
        """Let the house find its way; return how the case ended, or what is wrong with it."""
        deadline = time.monotonic() + PATIENCE
        while self.house.casebook.cases.get(reference).status is not CaseStatus.CONCLUDED:
            if time.monotonic() > deadline:
                return f"WRONG: still {self.house.casebook.cases.get(reference).status}"
            self.supervisor.revive()
            released = self._release_doubts(reference)
            chasing.chase(self.house)
            self._deliver()
            self._vote(reference)
            time.sleep(1)
            if released:
                return f"in_doubt, shown, released; {self._ended(reference)}"
        return self._judged(reference)

    def _judged(self, reference: str) -> str:
        case = self.house.casebook.cases.get(reference)
        outcome = case.decision.outcome if case.decision else "undecided"
        counted = Counter(vote.voter for vote in self.house.casebook.voting.votes(reference, case.round))
        bought = self._bought(case.application)
        wrong: list[str] = []
        if outcome != "admitted":
            wrong.append(outcome)
        if len(counted) != VOTES or max(counted.values()) != 1:
            wrong.append(f"votes {dict(counted)}")
        if bought != 1:
            wrong.append(f"{bought} reports bought")
        return f"WRONG: {', '.join(wrong)}" if wrong else f"admitted, {VOTES} votes, 1 report bought"

    def _bought(self, application: Application) -> int:
        number = application.identifiers["cik"].removeprefix("0099")
        return sum(number in item for item in self.sandbox.log()["creditsafe"]["bought"])

    def _release_doubts(self, reference: str) -> bool:
        doubts = [call for call, case, _ in self.house.casebook.evidence.calls_in_doubt() if case == reference]
        for call in doubts:
            self.house.casebook.evidence.close_call(call, "released", actor="analyst")
        return bool(doubts)

    def _vote(self, reference: str) -> None:
        poll = self.house.casebook.voting.poll(reference)
        if poll is None or self.house.casebook.cases.get(reference).status is not CaseStatus.VOTING:
            return
        ballot = Ballot(choice=Choice.APPROVE, comment="proof", accepted=dict.fromkeys(poll.unknowns, "proof"))
        for person in PEOPLE:
            if any(case.reference == reference for case, _ in self.house.casebook.voting.inbox(person)):
                self.house.casebook.voting.cast(reference, person, poll.assessment, ballot, channel="cli")
                return

    def _deliver(self) -> None:
        from tasks.delivery import deliver

        if answers(f"{prefect_url(self.house.settings)}/api/health"):
            deliver(self.house)


def _flow_processes(runs: set[str]) -> list[int]:
    """Return the processes that execute these flow runs."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError):
                marked = (folder / "environ").read_bytes().split(b"\0")
                ids = {item.partition(b"=")[2].decode() for item in marked if item.startswith(b"PREFECT__FLOW_RUN_ID=")}
                if ids & runs:
                    found.append(int(folder.name))
    return found


def _deploy(supervisor: Supervisor) -> None:
    from cli.up import POOL, prefect_file

    file = prefect_file()
    prefect = [sys.executable, "-m", "prefect"]
    supervisor.run("work-pool", [*prefect, "work-pool", "create", POOL, "--type", "process", "--overwrite"])
    supervisor.run("deploy", [*prefect, "--no-prompt", "deploy", "--all", "--prefect-file", str(file)], cwd=file.parent)


@contextlib.contextmanager
def proving(count: int) -> Iterator[Proof]:
    """Run a house with short leases against a sandbox with `count` companies."""
    with tempfile.TemporaryDirectory(prefix="gatehouse-proof-") as folder:
        applications = write_large_filers(Path(folder) / "stories", count)
        with Sandbox(stories=Path(folder) / "stories") as sandbox:
            os.environ["GATEHOUSE_LEASE_SECONDS"] = str(LEASE_SECONDS)
            settings = demo_settings(Path(folder) / "data").model_copy(update={"sandbox_url": sandbox.base_url})
            os.environ.update(environment(settings))
            supervisor = Supervisor(settings.folder / "logs", environment(settings))
            try:
                start(supervisor, settings, demo=True)
                house = House(settings)
                for person in PEOPLE:
                    house.casebook.people.add(person, "a proof needs no secret")
                yield Proof(house, supervisor, sandbox, applications)
            finally:
                stop(supervisor, settings)


def main() -> None:
    """Run all cells, or those that are asked for, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.recovery", description=__doc__)
    parser.add_argument("--boundary", action="append", choices=BOUNDARIES, help="only this boundary")
    parser.add_argument("--victim", action="append", choices=VICTIMS, help="only this process")
    parser.add_argument("--suspended", action="append", choices=SUSPENDED_FAULTS, help="only this fault")
    arguments = parser.parse_args()
    some = arguments.boundary or arguments.victim or arguments.suspended
    cells = [(b, v) for b in arguments.boundary or BOUNDARIES for v in arguments.victim or VICTIMS]
    if some and not (arguments.boundary or arguments.victim):
        cells = []
    faults = arguments.suspended or (() if some else SUSPENDED_FAULTS)
    with proving(len(cells) + len(faults)) as proof:
        for boundary, victim in cells:
            proof.kill_at(boundary, victim)
            _show(proof.table[-1])
        for fault in faults:
            proof.suspend_and(fault)
            _show(proof.table[-1])
    wrong = [row for row in proof.table if "WRONG" in row[2]]
    print(f"{len(proof.table) - len(wrong)} of {len(proof.table)} cells ended as they would have")
    sys.exit(1 if wrong else 0)


def _show(row: tuple[str, str, str]) -> None:
    print(f"{row[0]:<20} {row[1]:<32} {row[2]}", flush=True)


if __name__ == "__main__":
    main()
