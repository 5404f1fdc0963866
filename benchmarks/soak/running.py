"""A house as operators run it, `gatehouse up` and all, whose processes are killed one at a time or all at once."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from pydantic import SecretStr

from benchmarks.processes import MARK, Lookout
from benchmarks.recovery.processes import processes_of, send, wait_for_end
from cli.running.addresses import STATE
from cli.running.demo import demo_settings
from cli.running.supervisor import Supervisor, free_port
from cli.running.up import environment
from sandbox.server import Sandbox
from wiring import House, Settings

LEASE_SECONDS = 60
START_SECONDS = 240.0
ENDING_SECONDS = 30.0
LOOK_EVERY = 0.5
MEMORY_EVERY = 1.0
MEBI = 2**20
FLOW_RUN = "flow run"
# What `up` says when everything is started.
STAYS = b"Ctrl-C"


class RunningHouse:
    """A house that `gatehouse up` runs.

    Args:
        settings: of the house; its folder holds everything.
        sandbox: its sources.
        second_worker: whether another worker takes runs besides, started again whenever it dies.
    """

    def __init__(self, settings: Settings, sandbox: Sandbox, *, second_worker: bool) -> None:
        self.settings = settings
        self.sandbox = sandbox
        self.house = House(settings)
        self._second_worker = second_worker
        self._up: subprocess.Popen[bytes] | None = None
        self._beside = Supervisor(settings.folder / "logs-beside", os.environ)

    def start(self) -> float:
        """Start `gatehouse up`; return after how many seconds desk and Prefect answered.

        Raises:
            TimeoutError: they did not.
        """
        began, file = time.monotonic(), self.settings.folder / "up.log"
        told_before = file.stat().st_size if file.exists() else 0
        with file.open("ab") as log:
            call = [sys.executable, "-m", "cli", "up"]
            self._up = subprocess.Popen(call, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True)
        while STAYS not in file.read_bytes()[told_before:]:
            self._see_up()
            if time.monotonic() - began > START_SECONDS:
                raise TimeoutError("`gatehouse up` did not come up")
            time.sleep(LOOK_EVERY)
        if self._second_worker:
            self._beside.start(
                "second", [sys.executable, "-m", "cli", "worker", "--name", "second", "--patience", "120"]
            )
        return time.monotonic() - began

    def look_after(self) -> None:
        """Start the second worker again where it died, as systemd does; `up` itself must not end.

        Raises:
            ChildProcessError: it did.
        """
        self._see_up()
        if self._second_worker:
            self._beside.revive()

    def victims(self) -> dict[str, list[int]]:
        """Return the processes that may be killed, by what they are."""
        children = self._children()
        found = {name: [pid] for name, pid in children.items()}
        if self._second_worker:
            found["second worker"] = [self._beside.pids["second"]]
        runs = [pid for pid in processes_of(self.settings.folder) if _executes_a_run(pid)]
        return {**found, **({FLOW_RUN: runs} if runs else {})}

    def kill_one(self, chance: random.Random) -> str:
        """Kill a process of the house with -9; return what it was."""
        victims = self.victims()
        what = chance.choice(sorted(victims))
        return what if send([chance.choice(victims[what])], signal.SIGKILL) else ""

    def cut_power(self) -> int:
        """Kill every process of the house at once; return how many there were."""
        pids = processes_of(self.settings.folder)
        wait_for_end(send(pids, signal.SIGKILL), ENDING_SECONDS)
        if self._up is not None:
            self._up.wait()
        return len(pids)

    def freeze(self) -> None:
        """Stop `gatehouse up` itself: nobody looks after the house from now on."""
        assert self._up is not None
        send([self._up.pid], signal.SIGSTOP)

    def close(self) -> None:
        """End everything."""
        self._beside.stop()
        if self._up is not None and self._up.poll() is None:
            send([self._up.pid], signal.SIGCONT)
            self._up.terminate()
            try:
                self._up.wait(ENDING_SECONDS)
            except subprocess.TimeoutExpired:
                self._up.kill()
        wait_for_end(send(processes_of(self.settings.folder), signal.SIGKILL), ENDING_SECONDS)
        self.house.casebook.close()

    def _see_up(self) -> None:
        if self._up is not None and self._up.poll() is not None:
            last = (self.settings.folder / "up.log").read_text(encoding="utf-8").strip().splitlines()[-1:]
            raise ChildProcessError(f"`gatehouse up` has ended: {' '.join(last)}")

    def _children(self) -> Mapping[str, int]:
        """Return what the `up` that runs now has started; nothing where it has not told yet."""
        try:
            state = json.loads((self.settings.folder / STATE).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        if self._up is None or state["pid"] != self._up.pid:
            return {}
        return {name: int(pid) for name, pid in state["children"].items()}


def _executes_a_run(pid: int) -> bool:
    try:
        return MARK.encode() in Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return False


class Memory(Lookout):
    """Watches what all processes of a house hold together, each shared page counted once (proportional set size).

    Attributes:
        peak_mb: the most so far, in MiB.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(MEMORY_EVERY)
        self.peak_mb = 0.0
        self._folder = folder

    def look(self) -> None:
        self.peak_mb = max(self.peak_mb, sum(_held(pid) for pid in processes_of(self._folder)) / MEBI)


def _held(pid: int) -> int:
    """Return the bytes that a process holds; 0 where it has ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


@contextmanager
def running(stories: Path, database_url: str | None) -> Iterator[RunningHouse]:
    """Run a house with short leases against a sandbox; end everything it started.

    Args:
        stories: folder of the sandbox's companies.
        database_url: of the casebook, then with a second worker; SQLite if None.
    """
    with tempfile.TemporaryDirectory(prefix="gatehouse-soak-", ignore_cleanup_errors=True) as folder:
        ports = {"GATEHOUSE_PREFECT_PORT": str(free_port(0)), "GATEHOUSE_DESK_PORT": str(free_port(0))}
        os.environ.update(ports, GATEHOUSE_LEASE_SECONDS=str(LEASE_SECONDS))
        if database_url:
            os.environ["GATEHOUSE_DATABASE_URL"] = database_url
        with Sandbox(stories=stories) as sandbox:
            settings = demo_settings(Path(folder).resolve() / "data").model_copy(
                update={
                    "sandbox_url": sandbox.base_url,
                    "database_url": SecretStr(database_url) if database_url else None,
                }
            )
            os.environ.update(environment(settings))
            house = RunningHouse(settings, sandbox, second_worker=database_url is not None)
            house.house.casebook.create(demo=True)
            try:
                yield house
            finally:
                house.close()
