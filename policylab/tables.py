"""Tables of a user's own: CSV and ARFF read as text and numbers, with nothing guessed at."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.io import arff

from admission.errors import BadInput, Problem

MAX_BYTES = 200_000_000
# What stands for a missing value: an empty cell, and ARFF's question mark. NaN and NA are refused as doubtful.
MISSING = ("", "?")
MAX_PROBLEMS = 20

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class DataTable:
    """A table as it was read.

    Attributes:
        frame: its columns, of text, or of numbers where the format says so.
        source: name of the file, without its folder.
        sha256: fingerprint of its bytes.
    """

    frame: pd.DataFrame
    source: str
    sha256: str


def read_table(path: Path) -> DataTable:
    """Read a table with a line of column names (CSV) or a header of attributes (ARFF).

    Raises:
        BadInput: there is no such file, it is too large, not UTF-8, malformed, empty, or has a column twice.
    """
    readers = {".csv": _csv, ".arff": _arff}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise BadInput(f"{path.name} is of no kind that is read.", remedy=f"give one of {', '.join(readers)}")
    if not path.is_file():
        raise BadInput(f"There is no file {path.name}.", remedy="check the path")
    if path.stat().st_size > MAX_BYTES:
        raise BadInput(f"{path.name} is larger than {MAX_BYTES:,} bytes.", remedy="sample it")
    try:
        content = path.read_bytes()
        frame = reader(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise BadInput(f"{path.name} is not UTF-8 text.", remedy="save it as UTF-8 (in Excel: CSV UTF-8)") from None
    except (ValueError, OSError, NotImplementedError, IndexError, StopIteration) as error:
        said = " ".join(str(error).split()) or "it ends too early"
        raise BadInput(f"{path.name} cannot be read: {said}.") from None
    if frame.empty:
        raise BadInput(f"{path.name} has no rows.", remedy="give column names and one row for each company")
    return DataTable(frame=frame, source=path.name, sha256=hashlib.sha256(content).hexdigest())


def _csv(text: str) -> pd.DataFrame:
    lines = pd.read_csv(io.StringIO(text), header=None, dtype=str, keep_default_na=False, skip_blank_lines=True)
    names = [str(name).strip() for name in lines.iloc[0]]
    _different(names)
    rows = lines.iloc[1:].reset_index(drop=True)
    return rows.set_axis(names, axis="columns")


def _arff(text: str) -> pd.DataFrame:
    rows, meta = arff.loadarff(io.StringIO(text))
    _different(list(meta.names()))
    frame = pd.DataFrame(rows)
    for name, kind in zip(meta.names(), meta.types(), strict=True):
        if kind != "numeric":
            frame[name] = frame[name].str.decode("utf-8")
    return frame


def _different(names: list[str]) -> None:
    for name in names:
        if not name or names.count(name) > 1:
            raise ValueError(f"the column {name!r} stands there twice" if name else "a column has no name")


def numbers(frame: pd.DataFrame, column: str) -> tuple[Floats, list[Problem]]:
    """Return a column as numbers, NaN where nothing is given, and a problem for each cell that is no finite number."""
    cells = frame[column]
    if pd.api.types.is_numeric_dtype(cells):
        values = cells.to_numpy(dtype=np.float64)
        wrong = np.isinf(values)
    else:
        text = cells.fillna("").astype(str).str.strip()
        values = pd.to_numeric(text, errors="coerce").to_numpy(dtype=np.float64)
        wrong = ~np.isfinite(values) & ~text.isin(MISSING).to_numpy()
    expected = "a finite number, or nothing where it is not known"
    places = np.flatnonzero(wrong)[:MAX_PROBLEMS]
    return values, [Problem(column, str(cells.iloc[place])[:40], expected, row=int(place) + 1) for place in places]
