"""Finding processes of the house, and doing to them what a bad day does."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

LOOK_EVERY = 0.01


def flow_processes(runs: Iterable[str]) -> list[int]:
    """Return the processes that execute these flow runs."""
    wanted = {f"PREFECT__FLOW_RUN_ID={run}".encode() for run in runs}
    return [pid for pid, marks in _marked() if wanted & marks]


def processes_of(folder: Path) -> list[int]:
    """Return the processes of the house whose data is in this folder, this one aside."""
    mark = f"GATEHOUSE_DATA={folder}".encode()
    return [pid for pid, marks in _marked() if mark in marks and pid != os.getpid()]


def _marked() -> Iterator[tuple[int, set[bytes]]]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                yield int(entry.name), set((entry / "environ").read_bytes().split(b"\0"))


def parents(pid: int) -> list[int]:
    """Return the processes that a process descends from, nearest first."""
    found = []
    while pid > 1:
        try:
            # The name, in brackets, may hold blanks; what follows it does not.
            pid = int(Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1])
        except OSError:
            break
        found.append(pid)
    return found


def send(pids: Iterable[int], how: signal.Signals) -> list[int]:
    """Send a signal; return the processes that were there to take it."""
    taken = []
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, how)
            taken.append(pid)
    return taken


def wait_for_end(pids: Iterable[int], seconds: float) -> None:
    """Wait until processes have ended; one that only its parent still remembers has.

    Raises:
        TimeoutError: they have not.
    """
    deadline = time.monotonic() + seconds
    for pid in pids:
        while _runs(pid):
            if time.monotonic() > deadline:
                raise TimeoutError(f"process {pid} did not end within {seconds:g} s")
            time.sleep(LOOK_EVERY)


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in ("Z", "X")
