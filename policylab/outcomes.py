"""The column of a table that tells how it ended: 1 and 0, or words of which a person says which mean bad."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from admission.errors import Problem
from admission.model import Text
from admission.problems import one_of
from policylab.tables import MISSING, DataTable, numbers

MOST_ROWS_NAMED = 5
MOST_WORDS_NAMED = 8
ZERO_OR_ONE = Text(
    en="1 where it went bad, 0 where not; leave out rows whose outcome is not known",
    zh="违约为 1，未违约为 0；结果未知的行请删除",
)
NOT_KNOWN = Text(en="an outcome; leave out rows whose outcome is not known", zh="结果；结果未知的行请删除")

Outcomes = npt.NDArray[np.int64]


class ReadOutcomes(NamedTuple):
    """What an outcome column tells: 1 bad, 0 good; what is wrong with it; and what the person should look at."""

    bad: Outcomes
    problems: tuple[Problem, ...] = ()
    cautions: tuple[Text, ...] = ()


def read_outcomes(table: DataTable, column: str, bad_words: Sequence[str] = ()) -> ReadOutcomes:
    """Read how it ended from every row.

    Args:
        table: the table.
        column: the column of the outcome.
        bad_words: the words that mean it went bad, whatever their letters' size; none where the column has 1 and 0.
    """
    if bad_words:
        return _inwords_of(table, column, bad_words)
    values, _ = numbers(table.frame, column)
    wrong = np.flatnonzero(~np.isin(values, (0, 1)))
    if not wrong.size:
        return ReadOutcomes(values.astype(np.int64))
    cells = words_of(table.frame[column])
    expected = ZERO_OR_ONE
    said = [word for word in cells[np.isnan(values)].unique() if word not in MISSING]
    if said and np.isnan(values).mean() > 1 / 2:
        # The whole column is in words, not a cell here and there.
        shown = ", ".join(said[:MOST_WORDS_NAMED])
        expected = Text(
            en=f"{ZERO_OR_ONE.en}; or say which words mean bad with --bad WORD: the column has {shown}",
            zh=f"{ZERO_OR_ONE.zh}；或用 --bad 指明表示违约的文字：该列有 {shown}",
        )
    problems = [
        Problem(column, cells.iloc[place][:40], expected, row=int(place) + 1) for place in wrong[:MOST_ROWS_NAMED]
    ]
    return ReadOutcomes(np.zeros(0, np.int64), tuple(problems))


def _inwords_of(table: DataTable, column: str, bad_words: Sequence[str]) -> ReadOutcomes:
    cells = words_of(table.frame[column])
    lowered = cells.map(_same)
    there = dict(zip(lowered, cells, strict=True))
    problems = [
        Problem("bad", word, one_of(sorted(there.values())[:MOST_WORDS_NAMED], word))
        for word in bad_words
        if _same(word) not in there
    ]
    empty = np.flatnonzero(lowered.isin(MISSING))[:MOST_ROWS_NAMED]
    problems += [Problem(column, cells.iloc[place], NOT_KNOWN, row=int(place) + 1) for place in empty]
    if problems:
        return ReadOutcomes(np.zeros(0, np.int64), tuple(problems))
    bad = lowered.isin({_same(word) for word in bad_words}).to_numpy()
    good = cells[~bad].groupby(lowered[~bad], sort=False).agg(["first", "size"])
    if len(good) < 2:
        return ReadOutcomes(bad.astype(np.int64))
    shown = ", ".join(f"{first} ({size:,})" for first, size in good.to_numpy()[:MOST_WORDS_NAMED])
    return ReadOutcomes(
        bad.astype(np.int64),
        cautions=(
            Text(
                en=f"these words of {column} count as good: {shown}; leave out rows whose outcome is not known yet",
                zh=f"{column} 的以下文字视为未违约：{shown}；结果尚未知的行请删除",
            ),
        ),
    )


def words_of(cells: pd.Series[str]) -> pd.Series[str]:
    """Return cells as words; whole numbers of a numeric column without a point."""
    if pd.api.types.is_numeric_dtype(cells):
        return cells.map(lambda cell: "" if np.isnan(cell) else f"{cell:g}")
    return cells.fillna("").astype(str).str.strip()


def _same(word: str) -> str:
    return " ".join(word.casefold().split())
