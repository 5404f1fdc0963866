"""Faults that `make bench-review` plants in the process that it measures: `PLANT=list`, `PLANT=name`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from casebook.evidence import EvidenceStore
from services.chunks import ChunkExecutor

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
# The list that is the same for all customers would fill the machine at once.
LONG = 256 * 1024
KEPT: list[bytes] = []


def plant_asks_nobody() -> None:
    """As it might have been: an answer is used again however old it is, and nobody is asked."""
    inside = EvidenceStore.fresh

    def fresh(self: EvidenceStore, query_key: str, since: datetime) -> Any:  # noqa: ARG001
        return inside(self, query_key, LONG_AGO)

    setattr(EvidenceStore, "fresh", fresh)  # noqa: B010 - mypy refuses a plain assignment


def plant_loads_each_time() -> None:
    """As it might have been: the expectations are made and run anew for each customer, not once for a chunk."""

    def together(self: ChunkExecutor, cases: Sequence[Any], work: Callable[[Sequence[Any]], object]) -> None:
        self.each(cases, lambda case: work([case]))

    setattr(ChunkExecutor, "_together", together)  # noqa: B010


def plant_keeps_all() -> None:
    """As it might have been: the bytes of each answer stay in memory after they were read."""
    inside = EvidenceStore.body

    def body(self: EvidenceStore, sha256: str) -> bytes:
        read = inside(self, sha256)
        if len(read) < LONG:
            # A copy of its own, as each parsed answer is.
            KEPT.append(bytes(bytearray(read)))
        return read

    setattr(EvidenceStore, "body", body)  # noqa: B010


PLANTS: dict[str, Callable[[], None]] = {
    "asks-nobody": plant_asks_nobody,
    "loads-each-time": plant_loads_each_time,
    "keeps-all": plant_keeps_all,
}
