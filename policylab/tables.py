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
from admission.files import no_rows, no_such_file, no_utf8
from admission.model import Text

MAX_BYTES = 200_000_000
# What stands for a missing value: an empty cell, and ARFF's question mark. NaN and NA are refused as doubtful.
MISSING = ("", "?")
MAX_PROBLEMS = 20
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
    """

    frame: pd.DataFrame
    source: str
    sha256: str


def read_table(path: Path) -> DataTable:
    """Read a table with a line of column names (CSV) or a header of attributes (ARFF).

    Raises:
        BadInput: there is no such file, it is too large, not UTF-8, malformed, empty, or has a column twice.
    """
    readers = {".csv": _parse_csv, ".arff": _parse_arff}
    reader = readers.get(path.suffix.lower())
    if reader is None:
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
        frame = reader(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise no_utf8(path.name) from None
    except _Malformed as error:
        raise _unreadable(path, error.trouble) from None
    except (ValueError, OSError, NotImplementedError, IndexError, StopIteration) as error:
        # What pandas and SciPy say exists in English alone.
        said = " ".join(str(error).split())
        raise _unreadable(path, Text(en=said, zh=said) if said else CUT_OFF) from None
    if frame.empty:
        raise no_rows(path.name)
    return DataTable(frame=frame, source=path.name, sha256=hashlib.sha256(content).hexdigest())


def _unreadable(path: Path, trouble: Text) -> BadInput:
    return BadInput(Text(en=f"{path.name} cannot be read: {trouble.en}.", zh=f"{path.name} 无法读取：{trouble.zh}。"))


def _parse_csv(text: str) -> pd.DataFrame:
    lines = pd.read_csv(io.StringIO(text), header=None, dtype=str, keep_default_na=False, skip_blank_lines=True)
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
    places = np.flatnonzero(wrong)[:MAX_PROBLEMS]
    return values, [Problem(column, str(cells.iloc[place])[:40], A_NUMBER, row=int(place) + 1) for place in places]
