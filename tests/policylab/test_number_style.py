"""Figures with a point or a comma: read off the table, or asked about."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from admission.errors import BadInput
from policylab.number_style import COMMA, POINT, Mark, decimal_mark, read_figures
from policylab.tables import find_delimiter, numbers, read_table
from tests.languages import untranslated

FIGURES: dict[str, tuple[Mark, list[str], list[float]]] = {
    "plain": (POINT, ["1", "-2", "+3"], [1, -2, 3]),
    "point": (POINT, ["1.5", ".5", "1e3", "5."], [1.5, 0.5, 1000, 5]),
    "comma": (COMMA, ["1,5", ",5", "-0,25"], [1.5, 0.5, -0.25]),
    "thousands with commas": (POINT, ["1,234.5", "12,345", "1,234,567"], [1234.5, 12345, 1234567]),
    "thousands with points": (COMMA, ["1.234,5", "12.345", "1.234.567"], [1234.5, 12345, 1234567]),
    "thousands with spaces": (COMMA, ["1 234,5", "1\u00a0234\u202f567,25"], [1234.5, 1234567.25]),
    "thousands with apostrophes": (POINT, ["1'234.5", "1\u2019234"], [1234.5, 1234]),
    "a minus of print": (POINT, ["\u22121.5"], [-1.5]),
    "three digits after a point": (POINT, ["0.125", "1.234"], [0.125, 1.234]),
    "three digits after a comma": (COMMA, ["0,125", "1,234"], [0.125, 1.234]),
    "one cell of the other kind": (POINT, ["1.5", "2.25", "3,5"], [1.5, 2.25, np.nan]),
}
NO_FIGURES = ["1,23,456", "12.34.5", "1 23", "1,234,5", "abc", "1e", "--1", "1.5.2", ".", ",", "-", "0x10", "1_000"]


def column(cells: list[str]) -> pd.Series[str]:
    return pd.Series(cells, dtype=str)


@pytest.mark.parametrize("name", FIGURES)
def test_the_figures_tell_their_decimal_mark(name: str) -> None:
    mark, cells, expected = FIGURES[name]
    assert decimal_mark([column(cells)], "x.csv", semicolons=False) == mark
    np.testing.assert_allclose(read_figures(column(cells), mark), expected)


@pytest.mark.parametrize("cell", NO_FIGURES)
@pytest.mark.parametrize("mark", [POINT, COMMA])
def test_what_is_no_figure_is_none(cell: str, mark: Mark) -> None:
    assert np.isnan(read_figures(column([cell]), mark)).all()


@pytest.mark.parametrize(
    ("cells", "semicolons"), [(["1,234", "5"], False), (["12,345"], True), (["850.000", "7"], True)]
)
def test_figures_that_can_be_read_both_ways_are_asked_about(cells: list[str], semicolons: bool) -> None:
    with pytest.raises(BadInput, match=r"can be read in two ways.*--decimal point or --decimal comma") as caught:
        decimal_mark([column(cells)], "x.csv", semicolons=semicolons)
    assert untranslated(caught.value) == []


def test_one_column_tells_of_another() -> None:
    assert decimal_mark([column(["1,234"]), column(["0,5"])], "x.csv", semicolons=True) == COMMA
    assert decimal_mark([column(["1,234"]), column(["0.5"])], "x.csv", semicolons=False) == POINT


@given(st.floats(-1e9, 1e9, allow_nan=False), st.integers(0, 6))
def test_a_figure_is_the_same_with_point_and_with_comma(value: float, digits: int) -> None:
    english = f"{value:,.{digits}f}"
    german = english.translate(str.maketrans(",.", ".,"))
    expected = float(f"{value:.{digits}f}")
    assert read_figures(column([english]), POINT)[0] == pytest.approx(expected)
    assert read_figures(column([german]), COMMA)[0] == pytest.approx(expected)


TABLES = {
    "commas": ("a,b\n1,2\n", ","),
    "semicolons": ("a;b\n1,5;2\n", ";"),
    "tabs": ("a\tb\n1,5\t2\n", "\t"),
    "bars": ("a|b\n1;2|3\n4;5|6\n", "|"),
    "semicolons in a quoted cell": ('a,b\n"x;y",2\n"u;v",3\n', ","),
    "commas in quoted names": ('"sales, net";"b"\n1,5;0\n2;1\n', ";"),
    "one column": ("a\n1\n", ","),
    "decimal commas in two columns": ("a;b\n1,5;2,5\n3,5;4,5\n", ";"),
}


@pytest.mark.parametrize("name", TABLES)
def test_what_parts_the_columns_is_found(name: str) -> None:
    text, expected = TABLES[name]
    assert find_delimiter(text) == expected


@pytest.mark.parametrize("name", ["book.csv", "book.tsv", "book.txt"])
def test_a_table_with_decimal_commas_is_read(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text("umsatz;quote\n1.234,5;0,25\n2.000;1,5\n;?\n", encoding="utf-8")
    table = read_table(path)
    mark = table.mark_of(["umsatz", "quote"])
    np.testing.assert_array_equal(numbers(table.frame, "umsatz", mark)[0], [1234.5, 2000, np.nan])
    np.testing.assert_array_equal(numbers(table.frame, "quote", mark)[0], [0.25, 1.5, np.nan])
    assert numbers(table.frame, "quote", mark)[1] == []


def test_what_a_person_says_goes_before_what_the_table_tells(tmp_path: Path) -> None:
    path = tmp_path / "book.csv"
    path.write_text("a|b\n1.234|2\n", encoding="utf-8")
    assert read_table(path, delimiter="|", decimal=COMMA).mark_of(["a"]) == COMMA
    assert read_table(path, delimiter=";").columns == ["a|b"]
