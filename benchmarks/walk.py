"""The walk of one applicant through a real Prefect server and worker, against a sandbox that answers at once."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from admission.approval.votes import Ballot, Choice
from casebook.credentials import Credential
from cli.running.demo import PEOPLE, demo_settings, packaged
from cli.running.supervisor import Supervisor
from cli.running.up import environment, start, stop
from intake.applications import read_applications
from services.opening import Asked, open_case
from wiring import House, Settings

STORIES = ("2_sound_and_large", "3_over_indebted", "6_declared_contradicts_register")
SLOW_STORY = "5_source_down"
SLOW_SECONDS = 1.0
PATIENCE = 120.0


def measure() -> dict[str, float]:
    """Return the figures of the walk, each in seconds unless its name says otherwise."""
    with running_house() as (house, settings):
        from prefect import get_client

        with get_client(sync_client=True) as client:
            walks = [_walked(house, client, story) for story in STORIES]
            slow = _gathered(house, client, settings)
            empty = _empty_run(client)
    return {
        "trigger_to_suspended_s": statistics.median(walk[0] for walk in walks),
        "last_vote_to_end_s": statistics.median(walk[1] for walk in walks),
        "empty_prefect_run_s": empty,
        "import_prefect_s": _import_seconds(),
        **slow,
    }


@contextmanager
def running_house(stories: Path | None = None) -> Iterator[tuple[House, Settings]]:
    """Run a house of its own with people and a sandbox; end every process of it.

    Args:
        stories: folder of the sandbox's stories, in place of its own.
    """
    from prefect.context import refresh_global_settings_context

    with tempfile.TemporaryDirectory(prefix="gatehouse-bench-") as folder:
        settings = demo_settings(Path(folder))
        seen = environment(settings)
        os.environ.update(seen)
        # Whoever imported Prefect before has the settings of then.
        refresh_global_settings_context()
        supervisor = Supervisor(settings.folder / "logs", seen)
        try:
            port = (settings.sandbox_url or "").rpartition(":")[2]
            told = ["--stories", str(stories)] if stories else []
            supervisor.start("sandbox", [sys.executable, "-m", "sandbox", "--port", port, *told])
            start(supervisor, settings, demo=True)
            supervisor.wait_for("sandbox", f"{settings.sandbox_url}/_control/log", PATIENCE)
            house = House(settings)
            for person in PEOPLE:
                house.casebook.people.add(person, "a bench needs no secret")
            yield house, settings
        finally:
            stop(supervisor, settings)


def opened(house: House, story: str) -> str:
    """Open the case of a story; return its reference."""
    (application,) = read_applications(packaged(f"applicants/{story}.yaml")).applications
    return open_case(house, application, Asked("analyst", "cli")).reference


def _walked(house: House, client: Any, story: str) -> tuple[float, float]:
    from tasks.delivery import deliver

    reference = opened(house, story)
    triggered = time.monotonic()
    deliver(house)
    run = house.casebook.cases.runs(reference)[-1]
    wait_for_state(client, run, "Suspended")
    suspended = time.monotonic() - triggered
    vote_all(house, reference)
    voted = time.monotonic()
    deliver(house)
    wait_for_state(client, run, "Admitted")
    return suspended, time.monotonic() - voted


def vote_all(house: House, reference: str) -> None:
    """Let everybody whose turn it is approve, until the case is decided."""
    poll = house.casebook.voting.poll(reference, 1)
    assert poll is not None
    ballot = Ballot(
        choice=Choice.APPROVE, comment="bench", accepted=dict.fromkeys(poll.to_accept, "accepted for the bench")
    )
    while house.casebook.cases.get(reference).decision is None:
        voter = next(
            person
            for person in PEOPLE
            if any(case.reference == reference for case, _ in house.casebook.voting.inbox(person))
        )
        credential = Credential.session(house.casebook.sessions.stand_in(voter.username))
        voting = house.casebook.voting
        voting.cast(reference, voter, poll.assessment, ballot, channel="cli", credential=credential)


def wait_for_state(client: Any, run: str, *names: str) -> Any:
    """Wait until a run is in one of these states; return the run."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        read = client.read_flow_run(UUID(run))
        if read.state is not None and read.state.name in names:
            return read
        time.sleep(0.05)
    raise SystemExit(f"run {run} did not become {names[0]} within {PATIENCE:g} s")


def _gathered(house: House, client: Any, settings: Settings) -> dict[str, float]:
    """Let every source take a second a request; compare the gather's wall time with its slowest chain of sources."""
    from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId

    from tasks.delivery import deliver

    for source in ("ofac_sdn", "uk_companies_house", "uk_gazette", "creditsafe"):
        _control(settings, f'{{"source": "{source}", "behaviour": "slow", "seconds": {SLOW_SECONDS}}}')
    reference = opened(house, SLOW_STORY)
    deliver(house)
    run = house.casebook.cases.runs(reference)[-1]
    wait_for_state(client, run, "Suspended", "Admitted")
    wanted = FlowRunFilter(id=FlowRunFilterId(any_=[UUID(run)]))
    asked = _settled(lambda: client.read_task_runs(flow_run_filter=wanted))
    spans: dict[str, tuple[datetime, datetime]] = {
        item.name.removeprefix("ask "): (item.start_time, item.end_time) for item in asked
    }
    prescreen = {name: span for name, span in spans.items() if name != "creditsafe"}
    wall = max(end for _, end in spans.values()) - min(begin for begin, _ in spans.values())
    chain = max(end - begin for begin, end in prescreen.values()) + (spans["creditsafe"][1] - spans["creditsafe"][0])
    one_by_one = sum((end - begin).total_seconds() for begin, end in spans.values())
    return {
        "gather_wall_s": wall.total_seconds(),
        "gather_slowest_chain_s": chain.total_seconds(),
        "gather_wall_over_slowest_chain": wall / chain,
        "gather_one_by_one_s": one_by_one,
    }


def _settled(read: Any) -> list[Any]:
    """Read the ask tasks until the server, which writes them a little later, has the end of each."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        asked = [item for item in read() if item.name.startswith("ask ")]
        if len(asked) == 4 and all(item.end_time for item in asked):
            return asked
        time.sleep(0.2)
    raise SystemExit("the server did not record the ends of the tasks")


def _control(settings: Settings, order: str) -> None:
    request = urllib.request.Request(
        f"{settings.sandbox_url}/_control/misbehave", order.encode(), {"Content-Type": "application/json"}
    )
    urllib.request.urlopen(request).close()


def _empty_run(client: Any) -> float:
    """Seconds from trigger to end of a run that finds nothing to do, through the same worker."""
    deployment = client.read_deployment_by_name("deliver-outbox/deliver-outbox")
    began = time.monotonic()
    run = client.create_flow_run_from_deployment(deployment.id)
    wait_for_state(client, str(run.id), "Completed")
    return time.monotonic() - began


def _import_seconds() -> float:
    began = time.monotonic()
    subprocess.run([sys.executable, "-c", "import prefect.flows"], check=True)
    return time.monotonic() - began
