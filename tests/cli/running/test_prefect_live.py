"""A Prefect server and worker as `gatehouse up` starts them, and what a stranger and an operator try on them."""

from __future__ import annotations

import os
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from admission.errors import GatehouseError
from cli.running.addresses import prefect_url
from cli.running.deployments import FIRST_QUEUE, POOL, QUEUE, find_astray
from cli.running.door import make_auth
from cli.running.keeper_watch import see_house_kept
from cli.running.lost_runs import carry_on_crashed, crash, end_lost_runs
from cli.running.reaching import PrefectApi, ask, is_open, own_api
from cli.running.supervisor import Supervisor, free_port
from cli.running.up import (
    SERVER_SECONDS,
    deploy_again,
    environment,
    note,
    server_command,
    start_worker,
    worker_name,
)
from cli.running.watching import Watch
from services.alerts import ASTRAY, RESTORED
from tests.casebook.build import opened
from tests.conftest import ROOT
from wiring import House, Settings

pytestmark = pytest.mark.prefect
RUN_SECONDS = 120.0
RESCORE = "/deployments/name/rescore-book/rescore-book"
EVIL = "https://evil.example"


class Live(NamedTuple):
    """A house whose Prefect runs."""

    house: House
    supervisor: Supervisor

    @property
    def api(self) -> PrefectApi:
        return own_api(self.house.settings)

    def deployment(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = ask(self.api, "GET", f"/deployments/name/{name}/{name}")
        return found


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """Server, work pool, deployments and worker, with an empty casebook; started once, for it takes long."""
    folder = tmp_path_factory.mktemp("live")
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("GATEHOUSE_")]:
            patch.delenv(name)
        settings = Settings(data=folder, prefect_port=free_port(0), desk_port=free_port(0))
        house = House(settings)
        house.casebook.create()
        seen = {**environment(settings), "PYTHONPATH": str(ROOT)}
        supervisor = Supervisor(folder / "logs", seen)
        try:
            supervisor.start("prefect-server", server_command(settings))
            supervisor.wait_for("prefect-server", f"{prefect_url(settings)}/api/health", SERVER_SECONDS)
            deploy_again(supervisor)
            start_worker(supervisor, settings, "worker")
            note(supervisor, settings)
            yield Live(house, supervisor)
        finally:
            supervisor.stop()
            house.casebook.close()


@pytest.fixture(autouse=True)
def nobody_keeps_house(monkeypatch: pytest.MonkeyPatch) -> None:
    """House-keeping that stays would deliver what these tests look at; that it is started is tried by itself."""
    monkeypatch.setattr("cli.running.watching.see_house_kept", lambda *_: False)


@pytest.fixture
def paused(live: Live) -> Iterator[None]:
    """No worker takes up what is started meanwhile."""
    queues = [f"/work_pools/{POOL}/queues/{name}" for name in (QUEUE, FIRST_QUEUE)]
    for queue in queues:
        ask(live.api, "PATCH", queue, {"is_paused": True})
    yield
    for queue in queues:
        ask(live.api, "PATCH", queue, {"is_paused": False})


def answer(live: Live, method: str, path: str, **headers: str) -> tuple[int, dict[str, str]]:
    """Ask as a stranger; return status and headers."""
    asked = urllib.request.Request(f"{live.api.url}{path}", method=method, headers=headers)
    if method == "POST":
        asked.data = b"{}"
        asked.add_header("Content-Type", "application/json")
    try:
        with urllib.request.urlopen(asked, timeout=30) as said:
            return said.status, dict(said.headers)
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers)


def final_state(live: Live, run: str) -> str:
    """Wait for a run's end; return the name of its state."""
    deadline = time.monotonic() + RUN_SECONDS
    pause = threading.Event()
    while time.monotonic() < deadline:
        live.supervisor.check()
        state = ask(live.api, "GET", f"/flow_runs/{run}")["state"]
        if state["type"] in ("COMPLETED", "FAILED", "CRASHED", "CANCELLED"):
            return str(state["name"])
        pause.wait(0.5)
    raise TimeoutError("the run did not end")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/deployments/filter"),
        ("POST", "/flow_runs/filter"),
        ("POST", "/flow_runs/"),
        ("POST", "/deployments/"),
        ("POST", "/work_pools/"),
        ("POST", "/block_documents/"),
        ("POST", "/automations/"),
        ("GET", "/admin/settings"),
        ("GET", "/admin/version"),
        ("GET", "/work_pools/gatehouse"),
        ("GET", "/variables/name/health"),
    ],
)
def test_a_stranger_is_let_in_nowhere(live: Live, method: str, path: str) -> None:
    assert answer(live, method, path)[0] == 401
    assert answer(live, method, path, Authorization="Basic Z2F0ZWhvdXNlOndyb25n")[0] == 401


def test_health_alone_answers_everybody(live: Live) -> None:
    assert [answer(live, "GET", path)[0] for path in ("/health", "/ready")] == [200, 200]
    assert (is_open(live.api), is_open(live.api.without_password())) == (False, False)
    with pytest.raises(GatehouseError, match="did not let us in"):
        find_astray(live.api.without_password())


def test_a_foreign_page_may_not_ask_and_the_ui_may(live: Live) -> None:
    wanted = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"}
    status, headers = answer(live, "OPTIONS", "/deployments/filter", Origin=EVIL, **wanted)
    assert (status, headers.get("access-control-allow-origin")) == (400, None)
    assert answer(live, "GET", "/health", Origin=EVIL)[1].get("access-control-allow-origin") is None
    for name in ("127.0.0.1", "localhost"):
        own = f"http://{name}:{live.house.settings.prefect_port}"
        status, headers = answer(live, "OPTIONS", "/deployments/filter", Origin=own, **wanted)
        assert (status, headers["access-control-allow-origin"]) == (200, own)


def test_no_command_line_and_no_log_has_the_password(live: Live) -> None:
    password = make_auth(live.house.settings).partition(":")[2]
    lines = [Path(f"/proc/{pid}/cmdline").read_bytes() for pid in live.supervisor.pids.values()]
    assert len(lines) == 2
    logs = sorted((live.house.settings.folder / "logs").iterdir())
    assert [path.name for path in logs] == ["deploy.log", "prefect-server.log", "work-pool.log", "worker.log"]
    assert [text for text in [*lines, *(path.read_bytes() for path in logs)] if password.encode() in text] == []


def runs_asked_for(live: Live, deployment: str) -> list[str]:
    """Return the runs of a deployment but for those that Prefect makes ahead of its schedule, whenever it likes."""
    runs = ask(live.api, "POST", "/flow_runs/filter", {"deployments": {"id": {"any_": [deployment]}}})
    return sorted(run["id"] for run in runs if not run["auto_scheduled"])


@pytest.mark.parametrize(
    "variables",
    [
        {"command": "sh -c id"},
        {"env": {"GATEHOUSE_UK_COMPANIES_HOUSE_BASE_URL": "http://127.0.0.1:5399/evil"}},
        {"env.GATEHOUSE_SANDBOX_URL": "http://127.0.0.1:5399/evil"},
        {"working_dir": "/tmp"},
    ],
    ids=lambda variables: next(iter(variables)),
)
def test_the_api_refuses_a_run_that_says_what_is_executed(live: Live, variables: dict[str, Any]) -> None:
    deployment = live.deployment("rescore-book")["id"]
    path = f"/deployments/{deployment}/create_flow_run"
    before = runs_asked_for(live, deployment)
    with pytest.raises(GatehouseError, match="answered 422"):
        ask(live.api, "POST", path, {"state": {"type": "SCHEDULED"}, "job_variables": variables})
    assert runs_asked_for(live, deployment) == before


def test_a_run_that_the_api_takes_all_the_same_executes_nothing_of_its_own(live: Live, tmp_path: Path) -> None:
    """Prefect checks job variables where a run is made from its deployment, and not where it is made by itself."""
    deployment = live.deployment("rescore-book")
    proof = tmp_path / "proof"
    # A setting that cannot be would end the run as Failed, if it got there.
    variables = {"command": f"touch {proof}", "env": {"GATEHOUSE_LEASE_SECONDS": "no number"}}
    run = ask(
        live.api,
        "POST",
        "/flow_runs/",
        {
            "flow_id": deployment["flow_id"],
            "deployment_id": deployment["id"],
            "work_pool_name": POOL,
            "state": {"type": "SCHEDULED", "state_details": {"scheduled_time": "2026-01-01T00:00:00Z"}},
            "job_variables": variables,
        },
    )
    assert run["job_variables"] == variables
    assert final_state(live, run["id"]) == "Rescored"
    assert not proof.exists()


def spoil(live: Live) -> list[str]:
    """Do to the deployments what their API allows; return what should be told of it."""
    for name, body in {
        "publish-audit-head": {"paused": True},
        "onboard-batch": {"entrypoint": "evil.py:flow"},
        "review-customer": {"pull_steps": [{"prefect.deployments.steps.run_shell_script": {"script": "id"}}]},
        "rescore-book": {"job_variables": {"env": {"A": "b"}}},
    }.items():
        ask(live.api, "PATCH", f"/deployments/{live.deployment(name)['id']}", body)
    for name, active in (("keep-house", False), ("chase-approvals", True)):
        of = live.deployment(name)
        ask(live.api, "PATCH", f"/deployments/{of['id']}/schedules/{of['schedules'][0]['id']}", {"active": active})
    ask(live.api, "DELETE", f"/deployments/{live.deployment('onboard-applicant')['id']}")
    takes = {"job_configuration": {"command": "{{ command }}"}, "variables": {"properties": {"command": {}}}}
    ask(live.api, "PATCH", f"/work_pools/{POOL}", {"base_job_template": takes, "concurrency_limit": 0})
    ask(live.api, "PATCH", f"/work_pools/{POOL}/queues/{QUEUE}", {"is_paused": True, "priority": 1})
    ask(live.api, "PATCH", f"/work_pools/{POOL}/queues/{FIRST_QUEUE}", {"is_paused": True, "concurrency_limit": 0})
    return [
        "the work pool is paused",
        "the work pool may run nothing at once",
        "the work pool lets a run choose what is executed (command)",
        "the work queue house-keeping is paused",
        "the work queue house-keeping may run nothing at once",
        "the work queue house-keeping does not go before default",
        "onboard-applicant is missing",
        "review-customer runs other code",
        "rescore-book has parameters or variables of its own",
        "keep-house has its schedule turned off",
        "publish-audit-head is paused",
        "chase-approvals has its schedule turned on",
        "onboard-batch runs other code",
    ]


def events(live: Live) -> list[tuple[str, str]]:
    return [
        (event.act, event.detail["what"])
        for event in live.house.casebook.history.tail(100)
        if event.act in (RESTORED, ASTRAY)
    ]


def test_what_is_deleted_paused_or_changed_is_found_put_back_and_told(
    live: Live, capsys: pytest.CaptureFixture[str]
) -> None:
    watch = Watch(live.house, lambda: deploy_again(live.supervisor), every=3600)
    assert (find_astray(live.api), watch.look_now()) == ([], [])
    before = events(live)

    told = spoil(live)
    assert watch.look() == []  # it is not time yet
    found = watch.look_now()

    assert [item.words.en for item in found] == told
    assert find_astray(live.api) == []
    assert events(live) == [*before, (RESTORED, "; ".join(told))]
    assert capsys.readouterr().err.strip().endswith("onboard-batch runs other code: put back")


def test_a_form_that_no_run_would_ever_read_is_taken_down(live: Live) -> None:
    deployment = live.deployment("onboard-batch")
    states = {"deleted": "onboard-batch", "kept": "onboard-applicant"}
    runs = {}
    for fate, name in states.items():
        of = live.deployment(name)
        run = ask(live.api, "POST", "/flow_runs/", {"flow_id": of["flow_id"], "deployment_id": of["id"]})
        paused = {"type": "PAUSED", "name": "Suspended"}
        ask(live.api, "POST", f"/flow_runs/{run['id']}/set_state", {"state": paused, "force": True})
        runs[fate] = run["id"]
    ask(live.api, "DELETE", f"/deployments/{deployment['id']}")

    Watch(live.house, lambda: deploy_again(live.supervisor), every=3600).look_now()

    names = {fate: ask(live.api, "GET", f"/flow_runs/{run}")["state"]["name"] for fate, run in runs.items()}
    assert names == {"deleted": "Cancelled", "kept": "Suspended"}
    assert live.deployment("onboard-batch")["id"] != deployment["id"]


def under_way(live: Live, name: str, parameters: dict[str, Any]) -> str:
    """Make a run that Prefect holds to be under way for minutes, as a power cut leaves it; return its id."""
    of, began = live.deployment(name), (datetime.now(UTC) - timedelta(minutes=5)).isoformat()
    scheduled = {"type": "SCHEDULED", "state_details": {"scheduled_time": began}}
    made = {"flow_id": of["flow_id"], "deployment_id": of["id"], "parameters": parameters, "state": scheduled}
    run = str(ask(live.api, "POST", "/flow_runs/", made)["id"])
    ask(live.api, "POST", f"/flow_runs/{run}/set_state", {"state": {"type": "RUNNING"}, "force": True})
    return run


def test_runs_whose_process_is_gone_are_ended_and_their_cases_carried_on(live: Live) -> None:
    reference = opened(live.house.casebook, requester=None).reference
    lost = under_way(live, "onboard-applicant", {"case_ref": reference})
    assert live.house.casebook.cases.acquire_lease(reference, lost, 300)
    worker = worker_name(live.house.settings, "worker")

    assert end_lost_runs(live.house, live.api, "another worker") == 0
    assert ask(live.api, "GET", f"/flow_runs/{lost}")["state"]["type"] == "RUNNING"
    assert end_lost_runs(live.house, live.api, worker) >= 1

    assert ask(live.api, "GET", f"/flow_runs/{lost}")["state"]["type"] == "CRASHED"
    assert live.house.casebook.cases.acquire_lease(reference, "the next run", 1)
    assert [(item.kind, item.case) for item in live.house.casebook.outbox.waiting()][-1] == ("wake", reference)


def test_the_case_of_a_run_that_has_crashed_is_carried_on_at_once(live: Live) -> None:
    reference = opened(live.house.casebook, "Crashed Ltd", requester=None).reference
    run = under_way(live, "onboard-applicant", {"case_ref": reference})
    assert live.house.casebook.cases.acquire_lease(reference, run, 300)
    carry_on_crashed(live.house, live.api)
    assert not live.house.casebook.cases.acquire_lease(reference, "the next run", 1)

    crash(live.api, run)
    carry_on_crashed(live.house, live.api)
    assert live.house.casebook.cases.acquire_lease(reference, "the next run", 1)
    assert [(item.kind, item.case) for item in live.house.casebook.outbox.waiting()][-1] == ("wake", reference)


def end(live: Live, run: str) -> None:
    ask(live.api, "POST", f"/flow_runs/{run}/set_state", {"state": {"type": "CANCELLED"}, "force": True})


def end_all(live: Live, deployment: str) -> None:
    """End all runs of a deployment, also those of its schedule, one of which may be due within the minute."""
    for run in ask(live.api, "POST", "/flow_runs/filter", {"deployments": {"id": {"any_": [deployment]}}}):
        end(live, run["id"])


@pytest.mark.usefixtures("paused")
def test_house_keeping_that_gives_no_sign_of_life_is_started_again(live: Live) -> None:
    earlier = House(live.house.settings, clock=lambda: live.house.clock() - timedelta(seconds=70))
    deployment = live.deployment("keep-house")["id"]
    end_all(live, deployment)
    lost = under_way(live, "keep-house", {})
    before = runs_asked_for(live, deployment)
    live.house.casebook.standing.beat("keep-house")
    assert not see_house_kept(live.house, live.api)  # it has just given a sign of life
    earlier.casebook.standing.beat("keep-house")
    later = House(live.house.settings, clock=lambda: live.house.clock() + timedelta(seconds=61))
    assert see_house_kept(later, live.api)
    assert not see_house_kept(live.house, live.api)  # the next one is given time to begin
    later.casebook.close()

    (again,) = set(runs_asked_for(live, deployment)) - set(before)
    assert ask(live.api, "GET", f"/flow_runs/{lost}")["state"]["type"] == "CRASHED"
    end(live, again)
    earlier.casebook.close()


@pytest.mark.usefixtures("paused")
def test_house_keeping_is_started_where_no_run_of_it_is_under_way(live: Live) -> None:
    deployment = live.deployment("keep-house")["id"]
    end_all(live, deployment)
    before = runs_asked_for(live, deployment)
    live.house.casebook.standing.beat("keep-house")
    assert see_house_kept(live.house, live.api)
    (again,) = set(runs_asked_for(live, deployment)) - set(before)
    made = ask(live.api, "GET", f"/flow_runs/{again}")
    # It is due, and where it is taken up before all that waits.
    assert datetime.fromisoformat(made["expected_start_time"]) <= datetime.now(UTC)
    assert made["work_queue_name"] == FIRST_QUEUE
    end(live, again)


def due(live: Live, name: str, at: datetime) -> str:
    """Make a run of a deployment that is due at a time; return its id."""
    scheduled = {"type": "SCHEDULED", "state_details": {"scheduled_time": at.isoformat()}}
    of = live.deployment(name)["id"]
    return str(ask(live.api, "POST", f"/deployments/{of}/create_flow_run", {"state": scheduled})["id"])


def taken_in_order(live: Live, runs: list[str], before: datetime) -> list[str]:
    """Return these runs in the order in which a worker is given them."""
    wanted = {"scheduled_before": before.isoformat()}
    given = ask(live.api, "POST", f"/work_pools/{POOL}/get_scheduled_flow_runs", wanted)
    return [item["flow_run"]["id"] for item in given if item["flow_run"]["id"] in runs]


def test_in_a_jam_house_keeping_is_taken_up_first_although_it_was_due_last(live: Live) -> None:
    # Due in an hour, so that the worker of these tests leaves them alone.
    begins = datetime.now(UTC) + timedelta(hours=1)
    jam = [due(live, "onboard-applicant", begins + timedelta(seconds=number)) for number in range(5)]
    kept = due(live, "keep-house", begins + timedelta(seconds=60))
    runs, until = [*jam, kept], begins + timedelta(seconds=61)

    assert taken_in_order(live, runs, until) == [kept, *jam]
    # As it was while all were in one queue, or where somebody turns them round.
    ask(live.api, "PATCH", f"/work_pools/{POOL}/queues/{QUEUE}", {"priority": 1})
    assert taken_in_order(live, runs, until) == [*jam, kept]
    assert [item.words.en for item in find_astray(live.api)] == [
        "the work queue house-keeping does not go before default"
    ]

    deploy_again(live.supervisor)
    assert find_astray(live.api) == []
    assert taken_in_order(live, runs, until) == [kept, *jam]
    for run in runs:
        end(live, run)


def test_a_queue_of_house_keeping_that_was_deleted_is_made_again(live: Live) -> None:
    ask(live.api, "DELETE", f"/work_pools/{POOL}/queues/{FIRST_QUEUE}")
    assert find_astray(live.api)[0].words.en == "the work queue house-keeping is missing"
    deploy_again(live.supervisor)
    assert find_astray(live.api) == []


def test_what_cannot_be_put_back_is_told_once(live: Live) -> None:
    def fail() -> None:
        deploys.append("tried")
        raise GatehouseError(found[0].words)

    deploys: list[str] = []
    watch = Watch(live.house, fail, every=3600)
    deployment = live.deployment("deliver-outbox")["id"]
    ask(live.api, "PATCH", f"/deployments/{deployment}", {"paused": True})
    found = find_astray(live.api)
    before = events(live)

    assert [watch.look_now(), watch.look_now()] == [found, found]
    assert (deploys, events(live)) == (["tried"] * 2, [*before, (ASTRAY, "deliver-outbox is paused")])

    ask(live.api, "PATCH", f"/deployments/{deployment}", {"paused": False})
    assert watch.look_now() == []
    assert events(live)[-1] == (RESTORED, "deliver-outbox is paused")
    ask(live.api, "PATCH", f"/deployments/{deployment}", {"paused": True})
    watch.look_now()
    assert events(live)[-1] == (ASTRAY, "deliver-outbox is paused")
    ask(live.api, "PATCH", f"/deployments/{deployment}", {"paused": False})
