"""Rows of a table that were refused: what is wrong with each, and the file in which they are given back."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, TextIO

from admission.errors import BadInput, Problem
from admission.model import Text
from admission.problems import in_one_line
from admission.spreadsheets import guarded

MEND_ROWS = Text(
    en="mend the rows, or accept explicitly that they are left out", zh="请更正这些行，或明确同意不导入这些行"
)


class RefusedRow(NamedTuple):
    """A row of a table that was refused.

    Attributes:
        number: of the row; 1 is the first below the header.
        customer: whose row it is, or "" where it does not say; without it a ledger of that customer is not whole.
        cells: as the file has them, in its order.
        problems: all that is wrong with it.
    """

    number: int
    customer: str
    cells: tuple[str, ...]
    problems: tuple[Problem, ...]

    @property
    def reason(self) -> Text:
        """Return what is wrong with it, in one text."""
        return in_one_line(self.problems)


class RefusedFile:
    """Writes refused rows as CSV, each with its number and its reason in both languages, as a context manager.

    Nothing in it is run by a spreadsheet. The file is made with the first row; without one there is none.

    Args:
        path: of the file to write; one that is there is written over.
        header: the columns of the file that the rows come from.
    """

    def __init__(self, path: Path, header: tuple[str, ...]) -> None:
        self._path = path
        self._header = header
        self._file: TextIO | None = None
        self.count = 0

    def __enter__(self) -> RefusedFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()

    def add(self, row: RefusedRow) -> None:
        """Write one row."""
        if self._file is None:
            # With its mark in front, spreadsheets see that it is UTF-8; what cannot be written was not text.
            self._file = self._path.open("w", encoding="utf-8-sig", errors="backslashreplace", newline="")
            csv.writer(self._file).writerow(["row", *map(guarded, self._header), "reason", "原因"])
        width = len(self._header)
        cells = [*row.cells[:width], *[""] * (width - len(row.cells))]
        told = [row.reason.en, row.reason.zh]
        csv.writer(self._file).writerow([row.number, *map(guarded, cells), *map(guarded, told)])
        self.count += 1


def bad_rows(path: Path, problems: Sequence[Problem], *, whole: bool) -> BadInput:
    """Return the error that a file has bad rows.

    Args:
        path: of the file.
        problems: all that is wrong with them.
        whole: False where the rest of the file was not read.
    """
    rows = len({problem.row for problem in problems})
    more = Text(en="", zh="") if whole else Text(en="; the rest was not read", zh="；其余行未读取")
    return BadInput(
        Text(en=f"{path.name} has {rows:,} bad rows{more.en}.", zh=f"{path.name} 有 {rows:,} 行有误{more.zh}。"),
        problems=problems,
        remedy=MEND_ROWS,
    )
