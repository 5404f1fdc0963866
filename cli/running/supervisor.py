"""Starting several processes, watching them, and ending every one of them."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import FrameType

from admission.errors import GatehouseError
from admission.model import Text

GRACE_SECONDS = 10.0
MAX_RESTARTS = 5
RESTART_WINDOW = 60.0


class Stopped(Exception):
    """Somebody asked the supervisor to end."""


class Supervisor:
    """Runs child processes, each in a group of its own, and ends them all in reverse order.

    Args:
        logs: folder for one log file a child.
        environment: what the children see.
    """

    def __init__(self, logs: Path, environment: Mapping[str, str]) -> None:
        self._logs = logs
        self._environment = dict(environment)
        self._children: list[tuple[str, subprocess.Popen[bytes]]] = []
        self._commands: dict[str, tuple[Sequence[str], Path | None]] = {}
        self._restarts: dict[str, list[float]] = {}
        logs.mkdir(parents=True, exist_ok=True)

    @property
    def pids(self) -> dict[str, int]:
        """Process ids by name."""
        return {name: child.pid for name, child in self._children}

    def start(self, name: str, command: Sequence[str], *, cwd: Path | None = None) -> None:
        """Start a child; what it says goes to its log file."""
        self._commands[name] = (command, cwd)
        with (self._logs / f"{name}.log").open("ab") as log:
            child = subprocess.Popen(
                list(command),
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                env=self._environment,
                cwd=cwd,
                start_new_session=True,
            )
        self._children.append((name, child))

    def run(self, name: str, command: Sequence[str], *, cwd: Path | None = None) -> None:
        """Run a command to its end; its output goes to a log file.

        Raises:
            GatehouseError: it failed.
        """
        with (self._logs / f"{name}.log").open("ab") as log:
            ended = subprocess.run(
                list(command), stdout=log, stderr=subprocess.STDOUT, env=self._environment, cwd=cwd, check=False
            )
        if ended.returncode:
            raise self._failure(name, _ended(ended.returncode))

    def wait_for(self, name: str, url: str, seconds: float, meanwhile: Callable[[], object] | None = None) -> None:
        """Wait until an address answers.

        Args:
            name: of the child that listens there.
            url: the address.
            seconds: how long to wait.
            meanwhile: what is done about children that have died; a dead one ends the wait if not given.

        Raises:
            GatehouseError: a child ended, or the time is up.
        """
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            (meanwhile or self.check)()
            if answers(url):
                return
            time.sleep(0.1)
        raise self._failure(
            name, Text(en=f"did not answer within {seconds:g} seconds", zh=f"在 {seconds:g} 秒内没有应答")
        )

    def kill(self, name: str) -> None:
        """End a child that does not answer, with everything it started; `revive` starts it again."""
        child = next(child for other, child in self._children if other == name)
        end_group(child.pid, signal.SIGKILL)
        child.wait()

    def restart(self, name: str) -> None:
        """Start a child again that has died."""
        self._children = [(other, child) for other, child in self._children if other != name]
        command, cwd = self._commands[name]
        self.start(name, command, cwd=cwd)

    def revive(self) -> list[str]:
        """Start again the children that have died; return their names.

        Raises:
            GatehouseError: one dies again and again.
        """
        dead = [(name, child.returncode) for name, child in self._children if child.poll() is not None]
        for name, status in dead:
            lately = [moment for moment in self._restarts.get(name, []) if moment > time.monotonic() - RESTART_WINDOW]
            if len(lately) >= MAX_RESTARTS:
                ended = _ended(status)
                raise self._failure(
                    name,
                    Text(
                        en=f"{ended.en}, {MAX_RESTARTS} times in {RESTART_WINDOW:g} s",
                        zh=f"{ended.zh}，{RESTART_WINDOW:g} 秒内 {MAX_RESTARTS} 次",
                    ),
                )
            self._restarts[name] = [*lately, time.monotonic()]
            self.restart(name)
        return [name for name, _ in dead]

    def check(self) -> None:
        """Make sure that all children live.

        Raises:
            GatehouseError: one has ended by itself.
        """
        for name, child in self._children:
            if child.poll() is not None:
                raise self._failure(name, _ended(child.returncode))

    def _failure(self, name: str, how: Text) -> GatehouseError:
        log = self._logs / f"{name}.log"
        return GatehouseError(
            Text(en=f"{name} {how.en}.", zh=f"{name} {how.zh}。"),
            remedy=Text(en=f"its log is {log}", zh=f"日志见 {log}"),
        )

    def stop(self) -> None:
        """End all children with everything they started, last first."""
        for _, child in reversed(self._children):
            end_group(child.pid, signal.SIGTERM)
        deadline = time.monotonic() + GRACE_SECONDS
        for _, child in reversed(self._children):
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(timeout=max(0.1, deadline - time.monotonic()))
            end_group(child.pid, signal.SIGKILL)
            child.wait()
        self._children.clear()


def _ended(status: int | None) -> Text:
    return Text(en=f"ended with status {status}", zh=f"以状态 {status} 结束")


def answers(url: str) -> bool:
    """True where an address of our own on this machine answers with 200."""
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - never an address from outside
            return bool(answer.status == 200)
    except OSError:
        return False


def end_group(pid: int, how: signal.Signals) -> None:
    """Send a signal to a process group, if it is still there."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, how)


@contextlib.contextmanager
def until_stopped() -> Iterator[None]:
    """Turn Ctrl-C and SIGTERM into an orderly end of the block; while it ends, further ones are not heard."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        raise Stopped

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        with contextlib.suppress(Stopped):
            yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def free_port(wanted: int, host: str = "127.0.0.1") -> int:
    """Return the wanted port, or another free one where it is taken."""
    for port in (wanted, 0):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
            return int(probe.getsockname()[1])
    raise GatehouseError(Text(en="There is no free port on this machine.", zh="本机没有空闲端口。"))


def port_taken(port: int, host: str = "127.0.0.1") -> bool:
    """True where something listens there."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((host, port)) == 0


def alive(pid: int) -> bool:
    """True where a process of this id lives."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
