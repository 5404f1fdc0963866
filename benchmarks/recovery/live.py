"""One house with everything running: server, workers, desk and a sandbox, looked after as operations would."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from pydantic import SecretStr

import cli
from admission.application import Application
from benchmarks.clones import write_large_filers
from benchmarks.recovery.cells import SERVER, WORKER
from benchmarks.recovery.processes import flow_processes, parents, processes_of, send, wait_for_end
from cli.running.addresses import prefect_url
from cli.running.demo import demo_settings
from cli.running.deployments import find_astray
from cli.running.reaching import ask, own_api
from cli.running.supervisor import Supervisor, answers, free_port
from cli.running.up import deploy_again, environment, start, start_worker, stop
from cli.running.watching import Watch
from sandbox.server import Sandbox
from services import chasing
from wiring import House, Settings

# Long enough that a run on a busy machine keeps its lease: 10 s made the chaser start runs beside runs that were slow.
LEASE_SECONDS = 30
SERVER_SECONDS = 180.0
ENDING_SECONDS = 30.0
SAFETY_NETS = ("deliver-outbox/deliver-outbox", "chase-approvals/chase-approvals")
# The deployment that is paused where all others are deleted.
PAUSED = "publish-audit-head"
NEW_RELEASE_NAME = "Admitted by the new release"


class LiveHouse:
    """A house and its processes.

    Args:
        settings: of the house.
        sandbox: its sources.
        workers: how many workers are on the pool.
        watched: False where nobody looks after the deployments, to show that the table tells.
    """

    def __init__(self, settings: Settings, sandbox: Sandbox, workers: int, *, watched: bool = True) -> None:
        self.settings = settings
        self.sandbox = sandbox
        self.house = House(settings)
        self._workers = ["worker", *(f"worker-{number}" for number in range(2, workers + 1))]
        self._supervisor = Supervisor(settings.folder / "logs", environment(settings))
        self.watched = watched
        # Since when deployments are gone; the two that are paused on purpose must not be put back at other times.
        self._astray = False

    def open(self) -> None:
        """Start everything."""
        start(self._supervisor, self.settings, demo=True)
        _pause_schedules()
        for name in self._workers[1:]:
            start_worker(self._supervisor, self.settings, name)

    def close(self) -> None:
        """End everything, also what a killed worker has left behind."""
        stop(self._supervisor, self.settings)
        self.house.casebook.close()
        wait_for_end(send(processes_of(self.settings.folder), signal.SIGKILL), ENDING_SECONDS)

    def look_after(self) -> None:
        """Do once what `gatehouse up` does every second, and the two safety nets every five minutes."""
        self._supervisor.revive()
        if self._astray and self.watched:
            self._put_back()
        chasing.chase(self.house)
        self.deliver()

    def deliver(self) -> None:
        """Deliver the outbox, if the Prefect server answers."""
        from tasks.delivery import deliver

        if answers(f"{prefect_url(self.settings)}/api/health"):
            deliver(self.house)

    def runs(self, reference: str) -> list[str]:
        """Return the ids of the runs that moved a case, newest last."""
        return self.house.casebook.cases.runs(reference)

    def state_name(self, run: str) -> str:
        """Return the name of a run's state; empty where the server does not answer or does not know it."""
        from prefect import get_client

        try:
            with get_client(sync_client=True) as client:
                state: Any = client.read_flow_run(UUID(run)).state
        except Exception:  # whatever Prefect's client raises while its server is being killed
            return ""
        return state.name if state is not None else ""

    def suspended(self, reference: str) -> bool:
        """True where the newest run of a case is suspended, and its process has ended."""
        runs = self.runs(reference)[-1:]
        return bool(runs) and self.state_name(runs[0]) == "Suspended" and not flow_processes(runs)

    def kill(self, victim: str, reference: str) -> list[int]:
        """Kill a process of the house with -9; return it."""
        name = self._worker_of(reference) if victim == WORKER else victim
        return send([self._supervisor.pids[name]], signal.SIGKILL)

    def _worker_of(self, reference: str) -> str:
        """Return the worker that executes a run of the case, or the first one."""
        ancestors = {parent for pid in flow_processes(self.runs(reference)) for parent in parents(pid)}
        mine = [name for name in self._workers if self._supervisor.pids[name] in ancestors]
        return [*mine, self._workers[0]][0]

    def lose_prefect(self) -> None:
        """Kill the server, delete its database, and start as `gatehouse up` does."""
        wait_for_end(send([self._supervisor.pids[SERVER]], signal.SIGKILL), ENDING_SECONDS)
        for file in (self.settings.folder / "prefect").glob("prefect.db*"):
            file.unlink()
        self._supervisor.restart(SERVER)
        self._supervisor.wait_for(SERVER, f"{prefect_url(self.settings)}/api/health", SERVER_SECONDS)
        deploy_again(self._supervisor)
        _pause_schedules()

    def lose_deployments(self) -> str:
        """Delete the deployments but one and pause that, as whoever has the password may; return what was done."""
        api, gone = own_api(self.settings), 0
        for deployment in ask(api, "POST", "/deployments/filter", {}):
            if deployment["name"] == PAUSED:
                ask(api, "PATCH", f"/deployments/{deployment['id']}", {"paused": True})
            else:
                ask(api, "DELETE", f"/deployments/{deployment['id']}")
                gone += 1
        self._astray = True
        return f"{gone} deployments deleted, {PAUSED} paused"

    def _put_back(self) -> None:
        """Do what `gatehouse up` does every fifteen seconds."""
        Watch(self.house, lambda: deploy_again(self._supervisor)).look_now()
        if not find_astray(own_api(self.settings)):
            self._astray = False
            _pause_schedules()

    def release_anew(self) -> None:
        """End the house, install a release with other code, and start it, as an upgrade does."""
        stop(self._supervisor, self.settings)
        release = self.settings.folder / "release"
        if not release.exists():
            _write_release(release)
        changed = {"PYTHONPATH": str(release), "PYTHONSAFEPATH": "1"}
        self._supervisor = Supervisor(self.settings.folder / "logs", {**environment(self.settings), **changed})
        self.open()


def _pause_schedules() -> None:
    """Pause the two safety nets, which `look_after` stands for: their processes would only make everything slower."""
    from prefect import get_client

    with get_client(sync_client=True) as client:
        for name in SAFETY_NETS:
            client.pause_deployment(client.read_deployment_by_name(name).id)


def _write_release(folder: Path) -> None:
    """Copy the code of the house and change how the final state of a run is named."""
    here = Path(cli.__file__).resolve().parent.parent
    for room in here.iterdir():
        if (room / "__init__.py").is_file() and room.name not in ("benchmarks", "tests"):
            shutil.copytree(room, folder / room.name, ignore=shutil.ignore_patterns("__pycache__"))
    with (folder / "flows" / "walk.py").open("a", encoding="utf-8") as walk:
        walk.write(f'FINAL_NAMES["admitted"] = "{NEW_RELEASE_NAME}"\n')


@contextmanager
def living(
    count: int, workers: int, database_url: str | None, *, watched: bool = True
) -> Iterator[tuple[LiveHouse, list[Application]]]:
    """Run a house with short leases against a sandbox with `count` companies; end everything it started.

    Args:
        count: how many applicants are needed.
        workers: how many workers are on the pool.
        database_url: of the casebook; SQLite if None.
        watched: whether the deployments are looked after.
    """
    with tempfile.TemporaryDirectory(prefix="gatehouse-proof-", ignore_cleanup_errors=True) as folder:
        applications = write_large_filers(Path(folder) / "stories", count)
        ports = {"GATEHOUSE_PREFECT_PORT": str(free_port(0)), "GATEHOUSE_DESK_PORT": str(free_port(0))}
        os.environ.update(ports, GATEHOUSE_LEASE_SECONDS=str(LEASE_SECONDS))
        with Sandbox(stories=Path(folder) / "stories") as sandbox:
            settings = demo_settings(Path(folder).resolve() / "data").model_copy(
                update={
                    "sandbox_url": sandbox.base_url,
                    "database_url": SecretStr(database_url) if database_url else None,
                }
            )
            if database_url:
                os.environ["GATEHOUSE_DATABASE_URL"] = database_url
            os.environ.update(environment(settings))
            live = LiveHouse(settings, sandbox, workers, watched=watched)
            try:
                live.open()
                yield live, applications
            finally:
                live.close()
