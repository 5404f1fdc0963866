"""CPU and memory of an onboarding and of house-keeping, beside an empty Prefect run, on one running house.

CPU is counted over all processes of the house: Prefect server, worker, desk and whatever they start. The sandbox is
left out, for it stands for sources outside. What the house uses while nothing happens, `keep-house` included, is
measured first and taken off a run. It is the cost of house-keeping, and told as such.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from prefect import get_client
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.workers.process import ProcessWorker

from benchmarks.empty import empty
from benchmarks.processes import Watch
from benchmarks.walk import PATIENCE, SLOW_STORY, STORIES, opened, running_house, vote_all, wait_for_state
from cli.running.addresses import STATE
from cli.running.demo import packaged
from cli.running.deployments import POOL
from intake.applications import read_applications
from services.readiness import KEEPER
from tasks.keeping import ROUND_SECONDS
from tasks.validating import STAY_MINUTES, running_keepers
from wiring import House, Settings

# One round of house-keeping and all looks in between.
IDLE_SECONDS = ROUND_SECONDS
# The server writes events of a run in batches, a little after its end.
SETTLE_SECONDS = 3.0
# How often the two flows ran, each in a process of its own, whose work `keep-house` does.
SCHEDULE_SECONDS = 300.0
OUTSIDE = {"sandbox"}
# An empty run on a pool as Prefect makes it, which the bars are held against, and one on ours.
PREFECTS, OURS = "empty/as-delivered", "empty/ours"
ENDS = ("Completed", "Suspended", "Admitted", "Declined")
# CPU beside that of an empty run in the same house; MiB.
BARS = {"onboarding_cpu_over_empty": 1.5, "onboarding_peak_mb": 200.0, "keep_house_cpu_over_empty": 0.6}
_TICKS = os.sysconf("SC_CLK_TCK")


class Cost(NamedTuple):
    """What one run cost.

    Attributes:
        cpu_s: CPU seconds of all processes of the house, less what it uses when idle.
        own_cpu_s: CPU seconds of the process of the run alone.
        peak_mb: most resident memory of that process, in MiB.
    """

    cpu_s: float
    own_cpu_s: float
    peak_mb: float


class Meter:
    """Reads the CPU clock of all processes of a running house.

    Args:
        settings: of the house.
        more: processes that count besides.
    """

    def __init__(self, settings: Settings, *more: int) -> None:
        children = json.loads((settings.folder / STATE).read_text(encoding="utf-8"))["children"]
        self._roots = {int(pid) for name, pid in children.items() if name not in OUTSIDE} | set(more)
        self._idle = 0.0

    def watch_idle(self) -> None:
        """Measure what the house uses while nothing happens; it is taken off all that is measured from now on."""
        began, used = time.monotonic(), self.read()
        time.sleep(IDLE_SECONDS)
        self._idle = (self.read() - used) / (time.monotonic() - began)

    def read(self) -> float:
        """Return the CPU seconds used so far by the house's processes, ended ones included."""
        seen = dict(_processes())
        known, newer = set(self._roots), set(self._roots)
        while newer:
            newer = {pid for pid, (parent, _) in seen.items() if parent in newer}
            known |= newer
        return sum(seen[pid][1] for pid in known & seen.keys())

    def of(self, started: Callable[[], str], ended: Callable[[str], Any]) -> Cost:
        """Measure a run from its start to its end.

        Args:
            started: starts it and returns its id.
            ended: returns when the run with this id has ended.
        """
        began, used = time.monotonic(), self.read()
        run = started()
        with Watch(run) as watch:
            ended(run)
            time.sleep(SETTLE_SECONDS)
        cpu = self.read() - used - self._idle * (time.monotonic() - began)
        return Cost(cpu, watch.cpu_s, watch.peak_mb)


def measure(stories: Sequence[str] = STORIES) -> dict[str, float]:
    """Return the figures, each in CPU seconds unless its name says otherwise.

    Args:
        stories: of the applicants that are measured; there are as many empty runs.
    """
    with running_house() as (house, settings), get_client(sync_client=True) as client:
        _deploy_empty(client, OURS, POOL)
        with _prefects_own_pool(client) as worker:
            figures = _measured(house, client, Meter(settings, worker), stories)
    bar = figures["empty_run_cpu_s"]
    return {
        **figures,
        "onboarding_cpu_over_empty": figures["onboarding_cpu_s"] / bar,
        "onboarding_cpu_over_empty_in_our_pool": figures["onboarding_cpu_s"] / figures["empty_run_in_our_pool_cpu_s"],
        "keep_house_cpu_over_empty": figures["keep_house_cpu_s_per_300_s"] / bar,
    }


def measure_empty() -> float:
    """Return the CPU seconds of one run that does nothing, on a pool as Prefect makes it."""
    with (
        running_house() as (_, settings),
        get_client(sync_client=True) as client,
        _prefects_own_pool(client) as worker,
    ):
        meter = Meter(settings, worker)
        meter.watch_idle()
        return meter.of(lambda: _started(client, PREFECTS), _end_of(client)).cpu_s


def _measured(house: House, client: SyncPrefectClient, meter: Meter, stories: Sequence[str]) -> dict[str, float]:
    end = _end_of(client)
    keeper = _keeper(client)
    with Watch(keeper) as kept:
        # The first case of the hour has Great Expectations loaded, for itself and all that follow.
        first = meter.of(lambda: _onboarded(house, SLOW_STORY), end)
        start, began = kept.cpu_s, time.monotonic()
        meter.watch_idle()
        looking = (kept.cpu_s - start) / (time.monotonic() - began)
        nothing = [meter.of(lambda: _started(client, PREFECTS), end) for _ in stories]
        in_our_pool = [meter.of(lambda: _started(client, OURS), end) for _ in stories]
        walks = [meter.of(functools.partial(_onboarded, house, story), end) for story in stories]
        woken = meter.of(lambda: _decided(house), _end_of(client, "Admitted"))
    return {
        "empty_run_cpu_s": statistics.median(cost.cpu_s for cost in nothing),
        "empty_run_in_our_pool_cpu_s": statistics.median(cost.cpu_s for cost in in_our_pool),
        "onboarding_cpu_s": statistics.median(cost.cpu_s for cost in walks),
        "onboarding_own_cpu_s": statistics.median(cost.own_cpu_s for cost in walks),
        "onboarding_peak_mb": max(cost.peak_mb for cost in walks),
        "first_onboarding_of_the_hour_cpu_s": first.cpu_s,
        "woken_run_cpu_s": woken.cpu_s,
        "keep_house_start_cpu_s": start,
        # Its start, and what it loads, count by the share of its time.
        "keep_house_cpu_s_per_300_s": (looking + start / (60 * STAY_MINUTES)) * SCHEDULE_SECONDS,
    }


def _deploy_empty(client: SyncPrefectClient, name: str, pool: str) -> None:
    client.create_deployment(
        client.create_flow(empty),
        name=name.partition("/")[2],
        entrypoint="benchmarks.empty.empty",
        work_pool_name=pool,
        work_queue_name="default",
        pull_steps=[],
    )


@contextlib.contextmanager
def _prefects_own_pool(client: SyncPrefectClient) -> Iterator[int]:
    """Deploy the empty flow on a pool as Prefect makes it, with a worker of its own; give that worker's process."""
    name = PREFECTS.partition("/")[2]
    client.create_work_pool(
        WorkPoolCreate(name=name, type="process", base_job_template=ProcessWorker.get_default_base_job_template())
    )
    _deploy_empty(client, PREFECTS, name)
    command = [sys.executable, "-m", "prefect", "worker", "start", "--pool", name, "--type", "process"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as worker:
        try:
            yield worker.pid
        finally:
            # Nothing runs under it any more, and asked to end it may wait for good.
            worker.kill()


def _keeper(client: SyncPrefectClient) -> str:
    """Return the house-keeping run that is under way, be it one that the schedule has started."""
    started = _started(client, f"{KEEPER}/{KEEPER}")
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if running := running_keepers(client, datetime.now(UTC)):
            return running[0]
        time.sleep(0.1)
    raise SystemExit(f"run {started} of {KEEPER} did not start within {PATIENCE:g} s")


def _started(client: SyncPrefectClient, name: str) -> str:
    deployment = client.read_deployment_by_name(name)
    return str(client.create_flow_run_from_deployment(deployment.id).id)


def _end_of(client: Any, *names: str) -> Callable[[str], Any]:
    return lambda run: wait_for_state(client, run, *(names or ENDS))


def _onboarded(house: House, story: str) -> str:
    """Open the case of a story and have its run started; return the run."""
    from tasks.delivery import deliver

    reference = opened(house, story)
    deliver(house)
    return house.casebook.cases.runs(reference)[-1]


def _decided(house: House) -> str:
    """Cast the votes on a case of which all is known, and have its run woken; return the run."""
    from tasks.delivery import deliver

    name = read_applications(packaged(f"applicants/{STORIES[0]}.yaml")).applications[0].legal_name
    (case,) = (case for case in house.casebook.cases.list() if case.application.legal_name == name)
    vote_all(house, case.reference)
    deliver(house)
    return house.casebook.cases.runs(case.reference)[-1]


def _processes() -> Iterator[tuple[int, tuple[int, float]]]:
    """Give each process with its parent and its CPU seconds, those of its children that it has waited for included."""
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError):
                fields = (folder / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
                yield int(folder.name), (int(fields[1]), sum(map(int, fields[11:15])) / _TICKS)
