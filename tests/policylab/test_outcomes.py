"""Outcomes in figures and in words."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from policylab.outcomes import read_outcomes
from policylab.tables import DataTable
from tests.languages import is_chinese


def table(cells: list[str] | list[float]) -> DataTable:
    return DataTable(pd.DataFrame({"end": cells}), "book.csv", "0" * 64)


@pytest.mark.parametrize(
    ("cells", "words", "expected"),
    [
        (["1", "0", "1.0"], [], [1, 0, 1]),
        ([1.0, 0.0, 0.0], [], [1, 0, 0]),
        (["failed", "alive", "Failed "], ["failed"], [1, 0, 1]),
        (["坏账", "正常", "正常"], ["坏账"], [1, 0, 0]),
        (["Written  off", "paid", "INSOLVENT"], ["written off", "insolvent"], [1, 0, 1]),
        (["2", "1", "2"], ["2"], [1, 0, 1]),
        ([2.0, 1.0, 2.0], ["2"], [1, 0, 1]),
    ],
)
def test_outcomes_are_read(cells: list[str] | list[float], words: list[str], expected: list[int]) -> None:
    read = read_outcomes(table(cells), "end", words)
    np.testing.assert_array_equal(read.bad, expected)
    assert (read.problems, read.cautions) == ((), ())


def test_words_that_count_as_good_are_named_where_there_are_several() -> None:
    read = read_outcomes(table(["paid", "lost", "open", "paid", "Open"]), "end", ["lost"])
    np.testing.assert_array_equal(read.bad, [0, 1, 0, 0, 0])
    assert [caution.en for caution in read.cautions] == [
        "these words of end count as good: paid (2), open (2); leave out rows whose outcome is not known yet"
    ]
    assert all(is_chinese(caution) for caution in read.cautions)


@pytest.mark.parametrize(
    ("cells", "words", "said"),
    [
        (["failed", "alive", "alive"], [], "say which words mean bad with --bad WORD: the column has failed, alive"),
        (["1", "0", "yes"], [], "1 where it went bad, 0 where not; leave out rows whose outcome is not known"),
        (["1", "0", "2"], [], "1 where it went bad"),
        (["failed", "alive", ""], ["failed"], "leave out rows whose outcome is not known"),
        (["failed", "alive", "?"], ["failed"], "leave out rows whose outcome is not known"),
        (["failed", "alive"], ["faild"], "did you mean failed?"),
        (["failed", "alive"], ["failed", "lost"], "one of alive, failed"),
    ],
)
def test_what_tells_nothing_is_refused(cells: list[str], words: list[str], said: str) -> None:
    problems = read_outcomes(table(cells), "end", words).problems
    assert any(said in str(problem) for problem in problems)
    assert all(is_chinese(problem.expected) for problem in problems)


def test_one_stray_word_is_no_reason_to_ask_for_words() -> None:
    problems = read_outcomes(table(["1", "0", "0", "lost"]), "end").problems
    assert ["--bad" in str(problem) for problem in problems] == [False]
    assert problems[0].row == 4
