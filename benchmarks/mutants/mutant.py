"""What a mutant is, and drawing some of them."""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

MAKING = Path(__file__).with_name("making.py")


class Change(NamedTuple):
    """A change by what it does to the text of a file, wherever its lines have moved to.

    Attributes:
        file: relative to the project's folder.
        within: name of the function or class; empty at the top of a module.
        was: the line as it stands, without indentation.
        now: the line with the change.
    """

    file: str
    within: str
    was: str
    now: str


class Mutant(NamedTuple):
    """A file with one small change.

    Attributes:
        kind: of the change, see `OPERATORS` in `making.py`.
        line: where it stands now.
        source: the whole text of the file with the change.
    """

    change: Change
    kind: str
    line: int
    source: str

    @property
    def module(self) -> str:
        """Return the name of the module that the file is."""
        return self.change.file.removesuffix(".py").replace("/", ".")

    def words(self) -> str:
        """Return where the change is, and what it does."""
        change = self.change
        return (
            f"{change.file}:{self.line} ({change.within or 'module'}, {self.kind})\n    {change.was}\n    {change.now}"
        )


def make_mutants(files: Sequence[str], tool: Path, processes: int) -> list[Mutant]:
    """Return the mutants of files, in their order.

    Args:
        files: relative to the working directory.
        tool: the Python that has Cosmic Ray.
        processes: how many make them side by side.
    """
    with ThreadPoolExecutor(processes) as pool:
        return [mutant for made in pool.map(lambda file: _make(file, tool), files) for mutant in made]


def _make(file: str, tool: Path) -> list[Mutant]:
    told = subprocess.run([tool, MAKING, file], check=True, capture_output=True, encoding="utf-8").stdout
    made = [json.loads(line) for line in told.splitlines()]
    return [
        Mutant(
            Change(file, mutant["within"], mutant["was"], mutant["now"]),
            mutant["kind"],
            mutant["line"],
            mutant["source"],
        )
        for mutant in made
    ]


def draw(mutants: Iterable[Mutant], count: int) -> list[Mutant]:
    """Return a fixed drawing: those whose changes have the least fingerprints, so that other code moves few of them."""
    drawn = sorted(mutants, key=lambda mutant: hashlib.sha256("\0".join(mutant.change).encode()).digest())[:count]
    return sorted(drawn, key=lambda mutant: (mutant.change.file, mutant.line))
