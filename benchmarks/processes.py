"""What a process used, read from /proc while it lives: its peak memory and its CPU time."""

from __future__ import annotations

import contextlib
import os
import threading
from pathlib import Path
from typing import Self

LOOK_EVERY = 0.1
MARK = "PREFECT__FLOW_RUN_ID="
_TICKS = os.sysconf("SC_CLK_TCK")


class Lookout:
    """Looks at processes again and again while a block lasts, from a thread of its own.

    Args:
        every: seconds between two looks.
    """

    def __init__(self, every: float) -> None:
        self._every = every
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="lookout", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def look(self) -> None:
        """Look once."""
        raise NotImplementedError

    def _watch(self) -> None:
        while not self._ended.wait(self._every):
            self.look()


class Watch(Lookout):
    """Watches the process that executes a flow run.

    Attributes:
        peak_mb: most resident memory of any of its processes, in MiB.
        cpu_s: user and system time of all its processes, in seconds.
    """

    def __init__(self, run_id: str) -> None:
        super().__init__(LOOK_EVERY)
        self.peak_mb = 0.0
        self._mark = f"{MARK}{run_id}".encode()
        self._cpu: dict[int, float] = {}

    @property
    def cpu_s(self) -> float:
        """CPU seconds so far."""
        return sum(self._cpu.values())

    def look(self) -> None:
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit():
                # A process may end while it is looked at; what was seen last stands.
                with contextlib.suppress(OSError, ValueError):
                    self._look(folder)

    def _look(self, folder: Path) -> None:
        if int(folder.name) not in self._cpu and self._mark not in (folder / "environ").read_bytes().split(b"\0"):
            return
        # The name of the program, in brackets, may hold blanks.
        fields = (folder / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        self._cpu[int(folder.name)] = (int(fields[11]) + int(fields[12])) / _TICKS
        for line in (folder / "status").read_text(encoding="utf-8").splitlines():
            if line.startswith("VmHWM:"):
                self.peak_mb = max(self.peak_mb, int(line.split()[1]) / 1024)
