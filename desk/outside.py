"""What the desk knows of Prefect: whether it answers, and how long its runs took. The command line hands it in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class RunTimes:
    """How long the runs of one flow took that ended lately in one state.

    Attributes:
        flow: name of the flow.
        state: how they ended, such as `COMPLETED` or `CRASHED`.
        count: how many ended.
        seconds: how long they took together.
        longest: how long the longest took.
    """

    flow: str
    state: str
    count: int
    seconds: float
    longest: float


class Prefect(Protocol):
    """The Prefect that moves this casebook's cases."""

    def see(self) -> object:
        """See that it answers.

        Raises:
            GatehouseError: it does not.
        """

    def run_times(self) -> Sequence[RunTimes]:
        """Return how long the runs took that ended within the last hour.

        Raises:
            GatehouseError: it does not answer.
        """
