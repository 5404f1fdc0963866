"""The changes that are known to make no difference, each with the reason."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import yaml

from benchmarks.mutants.mutant import Change

FILE = Path(__file__).with_name("equivalents.yml")


class Equivalent(NamedTuple):
    """A change that gives the same program as far as anybody can see, and why."""

    change: Change
    why: str


def load_equivalents() -> list[Equivalent]:
    """Return the table.

    Raises:
        KeyError: a row lacks something, or has no reason.
    """
    rows = yaml.safe_load(FILE.read_text(encoding="utf-8")) or []
    return [Equivalent(Change(row["file"], row["within"], row["was"], row["now"]), row["why"]) for row in rows]
