"""Tables of a user's own: CSV and ARFF read as text and numbers.

What parts the columns of a CSV file, and which decimal mark it has, is read off the file; where that leaves it open,
or the person says it, nothing is guessed.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.io import arff

from admission.errors import BadInput, Problem
from admission.files import no_rows, no_such_file, no_utf8
from admission.model import Text
from policylab.number_style import POINT, Mark, decimal_mark, read_figures

MAX_BYTES = 200_000_000
# What stands for a missing value: an empty cell, and ARFF's question mark. NaN and NA are refused as doubtful.
MISSING = ("", "?")
MAX_PROBLEMS = 20
# What may part the columns, and how many lines show which of them does.
DELIMITERS = (",", ";", "\t", "|")
LINES_LOOKED_AT = 50
CUT_OFF = Text(en="it ends too early", zh="文件不完整")
A_NUMBER = Text(en="a finite number, or nothing where it is not known", zh="有限的数字；未知则留空")

Floats = npt.NDArray[np.float64]


class _Malformed(Exception):
    """On its way to BadInput, which names the file too."""

    def __init__(self, trouble: Text) -> None:
        super().__init__(trouble.en)
        self.trouble = trouble


@dataclass(frozen=True, eq=False)
class DataTable:
    """A table as it was read.

    Attributes:
        frame: its columns, of text, or of numbers where the format says so.
        source: name of the file, without its folder.
        sha256: fingerprint of its bytes.
        delimiter: what parts its columns; nothing in a format that has no such sign.
        decimal: the decimal mark, where a person said it; None where the figures tell.
    """

    frame: pd.DataFrame
    source: str
    sha256: str
    delimiter: str = ""
    decimal: Mark | None = None

    @property
    def columns(self) -> list[str]:
        """Names of the columns."""
        return [str(name) for name in self.frame.columns]

    def mark_of(self, columns: Iterable[str]) -> Mark:
        """Return the decimal mark of the figures in these columns.

        Raises:
            BadInput: they can be read both ways, and nobody said which.
        """
        if self.decimal is not None:
            return self.decimal
        texts = [self.frame[name] for name in columns if not pd.api.types.is_numeric_dtype(self.frame[name])]
        return decimal_mark(texts, self.source, semicolons=self.delimiter == ";")


def read_table(path: Path, *, delimiter: str | None = None, decimal: Mark | None = None) -> DataTable:
    """Read a table with a line of column names (CSV) or a header of attributes (ARFF).

    Args:
        path: the file.
        delimiter: what parts the columns of a CSV file; None where the file tells.
        decimal: the decimal mark; None where the figures tell.

    Raises:
        BadInput: there is no such file, it is too large, not UTF-8, malformed, empty, or has a column twice.
    """
    kind = path.suffix.lower()
    readers = (".csv", ".tsv", ".txt", ".arff")
    if kind not in readers:
        raise BadInput(
            Text(en=f"{path.name} is of no kind that is read.", zh=f"不支持 {path.name} 的文件类型。"),
            remedy=Text(en=f"give one of {', '.join(readers)}", zh=f"请提供以下类型之一：{'、'.join(readers)}"),
        )
    if not path.is_file():
        raise no_such_file(path.name)
    if path.stat().st_size > MAX_BYTES:
        raise BadInput(
            Text(en=f"{path.name} is larger than {MAX_BYTES:,} bytes.", zh=f"{path.name} 超过 {MAX_BYTES:,} 字节。"),
            remedy=Text(en="sample it", zh="请抽取部分样本"),
        )
    try:
        content = path.read_bytes()
        text = content.decode("utf-8-sig")
        parting = "" if kind == ".arff" else delimiter or find_delimiter(text)
        frame = _parse_csv(text, parting) if parting else _parse_arff(text)
    except UnicodeDecodeError:
        raise no_utf8(path.name) from None
    except _Malformed as error:
        raise _unreadable(path, error.trouble) from None
    except (ValueError, OSError, NotImplementedError, IndexError, StopIteration, csv.Error) as error:
        # What pandas and SciPy say exists in English alone.
        said = " ".join(str(error).split())
        raise _unreadable(path, Text(en=said, zh=said) if said else CUT_OFF) from None
    if frame.empty:
        raise no_rows(path.name)
    return DataTable(frame, path.name, hashlib.sha256(content).hexdigest(), parting, decimal)


def find_delimiter(text: str) -> str:
    """Return what parts the columns of a CSV file: what gives every line looked at the same number of columns.

    Where several signs do, the one that gives more columns; a comma where none does.
    """
    lines = io.StringIO(text)
    head = "".join(line for line, _ in zip(lines, range(LINES_LOOKED_AT), strict=False))
    widths = {sign: _width(head, sign) for sign in DELIMITERS}
    best = max(DELIMITERS, key=lambda sign: widths[sign])
    return best if widths[best] > 1 else DELIMITERS[0]


def _width(head: str, delimiter: str) -> int:
    """Return how many columns each line has; 0 where the lines differ."""
    try:
        # The last line looked at may stop inside a quoted cell.
        rows = [row for row in csv.reader(io.StringIO(head), delimiter=delimiter) if row]
    except csv.Error:
        return 0
    whole = rows[:-1] if len(rows) > 2 else rows
    widths = {len(row) for row in whole}
    return widths.pop() if len(widths) == 1 else 0


def _unreadable(path: Path, trouble: Text) -> BadInput:
    return BadInput(Text(en=f"{path.name} cannot be read: {trouble.en}.", zh=f"{path.name} 无法读取：{trouble.zh}。"))


def _parse_csv(text: str, delimiter: str) -> pd.DataFrame:
    lines = pd.read_csv(
        io.StringIO(text), header=None, dtype=str, keep_default_na=False, skip_blank_lines=True, sep=delimiter
    )
    names = [str(name).strip() for name in lines.iloc[0]]
    _refuse_twins(names)
    rows = lines.iloc[1:].reset_index(drop=True)
    return rows.set_axis(names, axis="columns")


def _parse_arff(text: str) -> pd.DataFrame:
    rows, meta = arff.loadarff(io.StringIO(text))
    _refuse_twins(list(meta.names()))
    frame = pd.DataFrame(rows)
    for name, kind in zip(meta.names(), meta.types(), strict=True):
        if kind != "numeric":
            frame[name] = frame[name].str.decode("utf-8")
    return frame


def _refuse_twins(names: list[str]) -> None:
    """Refuse columns that cannot be told apart."""
    for name in names:
        if not name:
            raise _Malformed(Text(en="a column has no name", zh="有一列没有列名"))
        if names.count(name) > 1:
            raise _Malformed(Text(en=f"the column {name!r} stands there twice", zh=f"列 {name!r} 重复"))


def numbers(frame: pd.DataFrame, column: str, decimal: Mark = POINT) -> tuple[Floats, list[Problem]]:
    """Return a column as numbers, NaN where nothing is given, and a problem for each cell that is no finite number.

    Args:
        frame: the table.
        column: which of its columns.
        decimal: the decimal mark of its figures.
    """
    cells = frame[column]
    if pd.api.types.is_numeric_dtype(cells):
        values = cells.to_numpy(dtype=np.float64)
        wrong = np.isinf(values)
    else:
        values = read_figures(cells, decimal)
        wrong = ~np.isfinite(values) & ~cells.fillna("").astype(str).str.strip().isin(MISSING).to_numpy()
    places = np.flatnonzero(wrong)[:MAX_PROBLEMS]
    return values, [Problem(column, str(cells.iloc[place])[:40], A_NUMBER, row=int(place) + 1) for place in places]
