"""A process that lives and does not answer is ended and started again; one that starts slowly, or is new, is not."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.running.pulses import ASK_EVERY, FIRST_ANSWER, PATIENCE, Pulses
from cli.running.supervisor import Supervisor, answers, free_port

SERVER = "serves"


class Seconds:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Seconds:
    return Seconds()


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    made = Supervisor(tmp_path / "logs", os.environ)
    yield made
    made.stop()


def test_a_server_that_hangs_is_started_again(supervisor: Supervisor, clock: Seconds) -> None:
    port = free_port(0)
    url = f"http://127.0.0.1:{port}/"
    supervisor.start(SERVER, [sys.executable, "-m", "http.server", "--bind", "127.0.0.1", str(port)])
    supervisor.wait_for(SERVER, url, 30)
    pulses = Pulses(supervisor, {SERVER: lambda: answers(url)}, clock)
    assert pulses.look() == []
    hung = supervisor.pids[SERVER]
    os.kill(hung, signal.SIGSTOP)

    clock.now += PATIENCE - 1
    assert (pulses.look(), supervisor.revive()) == ([], [])
    clock.now += ASK_EVERY
    assert pulses.look() == [SERVER]
    assert supervisor.revive() == [SERVER]

    supervisor.wait_for(SERVER, url, 30)
    assert supervisor.pids[SERVER] != hung
    clock.now += PATIENCE
    assert pulses.look() == []


def test_one_that_has_not_answered_yet_has_longer(supervisor: Supervisor, clock: Seconds) -> None:
    supervisor.start(SERVER, [sys.executable, "-c", "import time; time.sleep(600)"])
    pulses = Pulses(supervisor, {SERVER: lambda: False}, clock)
    assert pulses.look() == []
    clock.now += FIRST_ANSWER - 1
    assert pulses.look() == []
    # Started anew, it has all of its time again.
    supervisor.kill(SERVER)
    supervisor.revive()
    clock.now += ASK_EVERY
    assert pulses.look() == []
    clock.now += FIRST_ANSWER
    assert pulses.look() == [SERVER]


def test_processes_are_asked_now_and_then_and_not_each_second(supervisor: Supervisor, clock: Seconds) -> None:
    asked: list[float] = []

    def answer() -> bool:
        asked.append(clock.now)
        return True

    supervisor.start(SERVER, [sys.executable, "-c", "import time; time.sleep(600)"])
    pulses = Pulses(supervisor, {SERVER: answer}, clock)
    for _ in range(25):
        assert pulses.look() == []
        clock.now += 1
    assert asked == [0.0, ASK_EVERY, 2 * ASK_EVERY]
