"""One data folder, and `gatehouse up` of one release after the other on it."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path
from typing import NamedTuple

from benchmarks.recovery.processes import processes_of, send, wait_for_end

START_SECONDS = 300.0
ENDING_SECONDS = 60.0
LOOK_EVERY = 0.5
# What `up` says when everything is started.
STAYS = b"Ctrl-C"


class Wrong(Exception):
    """The upgrade cannot go on."""


class Code(NamedTuple):
    """A release's code, and the Python that runs it.

    Attributes:
        tree: folder of its packages.
        python: path of the Python.
    """

    tree: Path
    python: str

    def environment(self) -> dict[str, str]:
        """Return what its processes see: its own packages first, whatever is installed."""
        return {**os.environ, "PYTHONPATH": str(self.tree), "PYTHONSAFEPATH": "1"}

    def called(self, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
        """Run its Python to the end."""
        return subprocess.run(
            [self.python, *arguments],
            cwd=self.tree,
            env=self.environment(),
            input=given,
            capture_output=True,
            text=True,
            check=False,
        )

    def run(self, *arguments: str, given: str = "") -> str:
        """Run its Python to the end; return what it said.

        Raises:
            Wrong: it failed.
        """
        done = self.called(*arguments, given=given)
        if done.returncode:
            said = " ".join(f"{done.stdout[-400:]} {done.stderr[-600:]}".split())
            raise Wrong(f"the code of {self.tree.name} ended with {done.returncode}: {said}")
        return done.stdout


class Up:
    """`gatehouse up` of one release.

    Args:
        code: the release.
        folder: the data folder.
    """

    def __init__(self, code: Code, folder: Path) -> None:
        self._code = code
        self._folder = folder
        self._up: subprocess.Popen[bytes] | None = None

    def start(self) -> float:
        """Start everything; return after how many seconds it stood.

        Raises:
            Wrong: it did not.
        """
        began, file = time.monotonic(), self._folder.parent / f"up-{self._code.tree.name}.log"
        with file.open("wb") as log:
            call = [self._code.python, "-m", "cli", "up"]
            self._up = subprocess.Popen(
                call,
                cwd=self._code.tree,
                env=self._code.environment(),
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        while STAYS not in file.read_bytes():
            late = time.monotonic() - began > START_SECONDS
            if late or self._up.poll() is not None:
                last = file.read_text(encoding="utf-8").strip().splitlines()[-1:]
                raise Wrong(f"`gatehouse up` of {self._code.tree.name} did not come up: {' '.join(last)}")
            time.sleep(LOOK_EVERY)
        return time.monotonic() - began

    def stop(self) -> None:
        """End it as an operator does, and see that nothing of the house is left."""
        if self._up is not None and self._up.poll() is None:
            self._up.send_signal(signal.SIGINT)
            try:
                self._up.wait(ENDING_SECONDS)
            except subprocess.TimeoutExpired:
                self._up.kill()
        wait_for_end(send(processes_of(self._folder), signal.SIGKILL), ENDING_SECONDS)
