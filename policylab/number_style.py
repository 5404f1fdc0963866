"""How a table writes its figures: with a decimal point (1,234.5) or a decimal comma (1.234,5).

The figures themselves tell, all columns in use together; where they leave it open the person is asked. A sign between
groups of three digits is read past once it is known which of the two is the decimal mark.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Literal

import numpy as np
import pandas as pd

from admission.errors import BadInput
from admission.model import Text

Mark = Literal[".", ","]
POINT: Mark = "."
COMMA: Mark = ","

# Between groups of three digits, besides the mark that is not the decimal one: spaces of all kinds and apostrophes.
_SPACES = " \u00a0\u202f\u2009'\u2019"
_GROUPING = re.compile(rf"(?<=\d)[{_SPACES}](?=\d{{3}}(?!\d))")
_SURE = {
    # A mark with other than three digits after it, after a 0 or after more than three digits, or a second mark.
    POINT: re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+\.\d*|(?:0+|\d{4,})?\.\d+|\d+\.(?:\d{1,2}|\d{4,})?)(?:[eE][+-]?\d+)?|"
                      r"[+-]?\d{1,3}(?:,\d{3}){2,}"),
    COMMA: re.compile(r"[+-]?(?:\d{1,3}(?:\.\d{3})+,\d*|(?:0+|\d{4,})?,\d+|\d+,(?:\d{1,2}|\d{4,})?)(?:[eE][+-]?\d+)?|"
                      r"[+-]?\d{1,3}(?:\.\d{3}){2,}"),
}  # fmt: skip
_EITHER = {POINT: re.compile(r"[+-]?[1-9]\d{0,2}\.\d{3}"), COMMA: re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")}
_REMEDY = Text(
    en="say which with --decimal point or --decimal comma",
    zh="请用 --decimal point（小数点）或 --decimal comma（小数逗号）指明",
)


def decimal_mark(cells: Iterable[pd.Series[str]], source: str, *, semicolons: bool) -> Mark:
    """Return the decimal mark that figures are written with.

    Args:
        cells: the columns in use, as text.
        source: name of the file.
        semicolons: True where columns are parted by semicolons, as files of countries with a decimal comma are.

    Raises:
        BadInput: the figures can be read both ways.
    """
    sure, either, example = Counter[Mark](), Counter[Mark](), ""
    for column in cells:
        text = _stripped(column).str.replace(_GROUPING, "", regex=True)
        for mark in (POINT, COMMA):
            sure[mark] += int(text.str.fullmatch(_SURE[mark]).sum())
            open_ = text.str.fullmatch(_EITHER[mark])
            if open_.any() and (mark == COMMA or semicolons):
                either[mark] += int(open_.sum())
                example = example or str(text[open_].iloc[0])
    if sure[COMMA] > sure[POINT]:
        return COMMA
    if not sure[POINT] and example:
        plain = re.sub(r"[.,]", "", example)
        shown = f"{example[:-4]}.{example[-3:]}"
        raise BadInput(
            Text(
                en=f"The figures of {source} can be read in two ways: {example!r} is {shown} or {plain}.",
                zh=f"{source} 的数字有两种读法：{example!r} 可能是 {shown} 或 {plain}。",
            ),
            remedy=_REMEDY,
        )
    return POINT


def read_figures(cells: pd.Series[str], mark: Mark) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return cells as numbers; NaN where a cell is no finite number so written.

    Args:
        cells: text.
        mark: the decimal mark.
    """
    text = _stripped(cells)
    other = re.escape(COMMA if mark == POINT else POINT)
    decimal = re.escape(mark)
    number = rf"[+-]?(?:\d+|\d{{1,3}}(?:{other}\d{{3}})+|\d{{1,3}}(?:[{_SPACES}]\d{{3}})+)?"
    fits = text.str.fullmatch(rf"{number}(?:{decimal}\d*)?(?:[eE][+-]?\d+)?") & text.str.contains(r"\d")
    plain = text.where(fits, "").str.replace(rf"[{_SPACES}]|{other}", "", regex=True).str.replace(mark, ".")
    return pd.to_numeric(plain, errors="coerce").to_numpy(dtype=np.float64)


def _stripped(cells: pd.Series[str]) -> pd.Series[str]:
    return cells.fillna("").astype(str).str.strip().str.replace("\u2212", "-")
