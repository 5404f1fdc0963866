"""Following cases until each waits for people or is over."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from admission.cases import Case, CaseStatus
from admission.transitions import MOVABLE
from cli.output import progress
from wiring import House

SETTLED = tuple(status for status in CaseStatus if status not in MOVABLE)
LOOK_EVERY = 0.5
LOOK_AT_MANY_EVERY = 2.0
# Up to so many cases are told of one by one; more are counted.
TOLD_ALONE = 20


def follow_cases(house: House, references: Sequence[str], timeout: float, since: int) -> bool:
    """Tell where the cases stand until all have settled; False where one failed, or the time was up before.

    Args:
        house: the house.
        references: the cases.
        timeout: seconds to wait at most.
        since: number of the last event before they were opened; what failed earlier is not told again.
    """
    teller = _Teller({case.reference: case.application.legal_name for case in _cases(house, references)})
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        standing = house.casebook.batches.progress(references)
        failed = house.casebook.batches.failures_since(references, since)
        moving = [reference for reference in references if standing[reference].status not in SETTLED]
        teller.tell(
            {name: standing[name].status for name in references},
            {name: failed[name] for name in moving if name in failed},
        )
        if all(reference in failed for reference in moving):
            if moving:
                progress(f"error: {len(moving)} case(s) could not be carried on; they are kept and tried again")
            return not moving
        time.sleep(LOOK_EVERY if len(references) <= TOLD_ALONE else LOOK_AT_MANY_EVERY)
    progress(f"error: still moving after {timeout} seconds - see `gatehouse cases`")
    return False


def _cases(house: House, references: Sequence[str]) -> Iterable[Case]:
    return house.casebook.batches.cases(references).values()


class _Teller:
    """Tells what has changed since it last told: a few cases one by one, many by their counts."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names
        self._told: dict[str, str] = {}
        self._counts = ""

    def tell(self, statuses: Mapping[str, str], failed: Mapping[str, str]) -> None:
        """Tell where the cases stand, and why some failed."""
        said = {name: f"failed: {error}" for name, error in failed.items()}
        if len(statuses) <= TOLD_ALONE:
            said = {**statuses, **said}
        else:
            self._tell_counts(statuses)
        for name, words in said.items():
            if self._told.get(name) != words:
                progress(f"{name} {self._names[name]}: {words}")
                self._told[name] = words

    def _tell_counts(self, statuses: Mapping[str, str]) -> None:
        counts = ", ".join(f"{count} {status}" for status, count in sorted(Counter(statuses.values()).items()))
        if counts != self._counts:
            progress(counts)
            self._counts = counts
