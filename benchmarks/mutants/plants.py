"""Faults planted in the proof itself, each of which it must tell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from benchmarks.mutants.equivalents import Equivalent
from benchmarks.mutants.mutant import Change

LIST = "list"
# A fault of the proof is told by any file; these have few changes and quick tests.
PLANTED = ("admission/approval/rounds.py", "admission/approval/sampling.py")


class Plant(NamedTuple):
    """One fault.

    Attributes:
        words: what is wrong then.
        asleep: no test runs on a mutant.
        unplanted: the file is left as it is.
        failing: a test fails whatever the rules say.
        equivalent: a row that stands in the table of changes that make no difference.
    """

    words: str
    asleep: bool = False
    unplanted: bool = False
    failing: bool = False
    equivalent: Equivalent | None = None


_GONE = Equivalent(Change("admission/approval/rounds.py", "nowhere", "a < b", "a <= b"), "planted")

PLANTS: Mapping[str, Plant] = {
    "tests-asleep": Plant("no test is run on any change", asleep=True),
    "nothing-planted": Plant("the rules are left as they are, and called changed", unplanted=True),
    "tests-failing": Plant("a test fails whatever the rules say, and so would notice everything", failing=True),
    "equivalent-gone": Plant("the table of changes that make no difference tells of one that is not", equivalent=_GONE),
}
