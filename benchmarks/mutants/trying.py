"""Run the tests on a mutant: in a process of its own, forked from one that has loaded what no mutant changes."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator, Sequence
from multiprocessing.connection import Connection, Pipe, wait
from typing import NamedTuple

import pytest
from hypothesis import Phase, settings

from benchmarks.mutants.loading import swap_in
from benchmarks.mutants.mutant import Mutant

SURVIVED, TIME = "", "time"
# A test that hangs has noticed. No test of a rule takes as long, however busy the machine.
LEAST_SECONDS = 20.0
PATIENCE = 5.0
# A row of a table of tests names itself; its whole text is too long for a line.
SHOWN = 100


class Job(NamedTuple):
    """One run of tests.

    Attributes:
        mutant: None where the tests run on the rules as they are.
        asleep: whether no test is run, which is a planted fault.
        failing: whether a test that fails is added, which is another.
    """

    mutant: Mutant | None
    tests: tuple[str, ...]
    seconds: float
    asleep: bool = False
    failing: bool = False


class Outcome(NamedTuple):
    """What came of one run.

    Attributes:
        ran: how many tests ran.
        noticed: the test that failed; `TIME` where they did not end; empty where all passed.
        seconds: that it took.
    """

    ran: int
    noticed: str
    seconds: float


class _Watch:
    """A plugin of pytest: counts tests, keeps the first that fails, and has properties draw the same each time."""

    def __init__(self, job: Job) -> None:
        self.job, self.ran, self.failed = job, 0, ""

    def pytest_sessionstart(self) -> None:
        # Whether an example fails is asked for, not which is the smallest that does.
        once = [Phase.explicit, Phase.generate]
        settings.register_profile("mutants", deadline=None, derandomize=True, database=None, phases=once)
        settings.load_profile("mutants")

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        if self.job.asleep:
            items.clear()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.ran += report.when == "call"
        if report.failed or (self.job.failing and report.when == "call"):
            self.failed = self.failed or report.nodeid[:SHOWN]

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.failed = self.failed or f"import of {report.nodeid}"


def run_jobs(jobs: Sequence[Job], processes: int) -> Iterator[tuple[Job, Outcome]]:
    """Run jobs, several at a time, and yield what comes of each as it comes; order is by their ends."""
    waiting = list(reversed(jobs))
    running: dict[Connection, _Running] = {}
    while waiting or running:
        while waiting and len(running) < processes:
            job = waiting.pop()
            receiver, pid = _fork(job)
            running[receiver] = _Running(job, pid, time.monotonic())
        ready = wait(list(running), timeout=1.0)
        for receiver in [item for item in ready if isinstance(item, Connection)]:
            yield running[receiver].job, _receive(receiver, running.pop(receiver))
        for receiver, one in list(running.items()):
            if time.monotonic() - one.began > one.job.seconds:
                del running[receiver]
                os.kill(one.pid, signal.SIGKILL)
                _end(receiver, one.pid)
                yield one.job, Outcome(0, TIME, one.job.seconds)


class _Running(NamedTuple):
    job: Job
    pid: int
    began: float


def _fork(job: Job) -> tuple[Connection, int]:
    receiver, sender = Pipe(duplex=False)
    pid = os.fork()
    if pid:
        sender.close()
        return receiver, pid
    try:
        sender.send(_run(job))
    finally:
        # Nothing of the parent's is to be ended twice: its threads, files and exit handlers are not ours.
        os._exit(0)


def _receive(receiver: Connection, one: _Running) -> Outcome:
    seconds = time.monotonic() - one.began
    try:
        ran, noticed = receiver.recv()
    except EOFError:
        # The process broke off: whatever the change did, nobody could have overlooked it.
        ran, noticed = 0, "the process broke off"
    _end(receiver, one.pid)
    return Outcome(ran, noticed, seconds)


def _end(receiver: Connection, pid: int) -> None:
    receiver.close()
    os.waitpid(pid, 0)


def _run(job: Job) -> tuple[int, str]:
    """Run the tests of a job in this process, which is one of its own."""
    _hush()
    if job.mutant is not None:
        swap_in(job.mutant)
    watch = _Watch(job)
    # Plugins that happen to be installed are loaded anew in each process, and no test of a rule needs one.
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    quiet = ["-x", "-q", "--noconftest", "--tb=no", "-p", "no:cacheprovider", "-p", "no:warnings"]
    ended = pytest.main([*quiet, *job.tests], plugins=[watch])
    if ended not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED) and not watch.failed:
        return watch.ran, f"pytest ended with {ended!r}"
    return watch.ran, watch.failed


def _hush() -> None:
    """Send what tests print nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for descriptor in (1, 2):
        os.dup2(nowhere, descriptor)
