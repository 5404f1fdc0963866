"""Whether the processes of `gatehouse up` answer: one that lives and says nothing is ended, and so started again."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import NamedTuple

from admission.errors import GatehouseError
from cli.running.addresses import prefect_url
from cli.running.deployments import workers_heard_of
from cli.running.reaching import own_api
from cli.running.supervisor import Supervisor, answers
from wiring import Settings

ASK_EVERY = 10.0
# A busy machine answers late; one that does not answer for a minute will not.
PATIENCE = 60.0
# Prefect makes or moves its database before it first answers.
FIRST_ANSWER = 180.0

Ask = Callable[[], bool]
Clock = Callable[[], float]


class _Heard(NamedTuple):
    """When a process last answered, or else when it was first asked."""

    pid: int
    at: float
    answered: bool


class Pulses:
    """Asks processes whether they are there, and ends those that do not answer.

    Args:
        supervisor: that started them, and starts again what has ended.
        asks: by the name of a process, what tells that it answers.
        clock: seconds that only grow.
    """

    def __init__(self, supervisor: Supervisor, asks: Mapping[str, Ask], clock: Clock = time.monotonic) -> None:
        self._supervisor = supervisor
        self._asks = asks
        self._clock = clock
        self._next = clock()
        self._heard: dict[str, _Heard] = {}

    def look(self) -> list[str]:
        """Ask, if it is time to; return the names of the processes that were ended."""
        if self._clock() < self._next:
            return []
        silent = [name for name, ask in self._asks.items() if self._is_silent(name, ask)]
        for name in silent:
            self._supervisor.kill(name)
        self._next = self._clock() + ASK_EVERY
        return silent

    def _is_silent(self, name: str, ask: Ask) -> bool:
        pid, answered, now = self._supervisor.pids[name], ask(), self._clock()
        heard = self._heard.get(name)
        if answered or heard is None or heard.pid != pid:
            self._heard[name] = _Heard(pid, now, answered)
            return False
        return now - heard.at >= (PATIENCE if heard.answered else FIRST_ANSWER)


def asks_of(settings: Settings, worker: str) -> dict[str, Ask]:
    """Return what tells that each process of `gatehouse up` answers.

    Args:
        settings: of the house.
        worker: name of its worker at Prefect. While Prefect does not answer, nothing is known of the worker.
    """

    def worker_answers() -> bool:
        try:
            return worker in workers_heard_of(own_api(settings))
        except GatehouseError:
            return True

    return {
        "prefect-server": lambda: answers(f"{prefect_url(settings)}/api/health"),
        "desk": lambda: answers(f"{settings.desk_url}/health"),
        "worker": worker_answers,
    }
