"""A table of the user's own as cases: each column where the map says, nothing guessed at."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from admission.errors import BadInput
from policylab.case_table import past_cases
from policylab.comparison import PastCase
from policylab.table_map import read_map
from policylab.tables import read_table
from tests.admission.build import default_policy
from tests.languages import untranslated

DAY = date(2026, 11, 26)
TABLE = """firm,current,debt,assets,bad
a,1.5,0.4,1000,0
b,,0.9,0,1
c,0.7,0.2,500,
"""


def cases(tmp_path: Path, mapped: dict[str, Any], text: str = TABLE) -> list[PastCase]:
    file = tmp_path / "book.csv"
    file.write_text(text, encoding="utf-8")
    table = read_table(file)
    return past_cases(table, read_map(mapped, table.columns)[0], default_policy(), DAY).cases


def test_columns_become_metrics_outcomes_and_names(tmp_path: Path) -> None:
    found = cases(tmp_path, {"reference": "firm", "outcome": "bad", "metrics": {"current_ratio": "current"}})
    assert [(case.snapshot.reference, case.snapshot.metrics["current_ratio"], case.bad) for case in found] == [
        ("a", Decimal("1.5"), False),
        ("b", None, True),
        ("c", Decimal("0.7"), None),
    ]


def test_a_weighted_sum_is_unknown_where_a_part_is(tmp_path: Path) -> None:
    found = cases(tmp_path, {"metrics": {"altman_z2": {"current": 2, "debt": 10}}})
    assert [case.snapshot.metrics["altman_z2"] for case in found] == [Decimal("7.0"), None, Decimal("3.4")]


def test_a_quotient_over_zero_or_less_is_unknown(tmp_path: Path) -> None:
    quotient = {"numerator": {"debt": 1}, "denominator": {"assets": 1, "current": 0}}
    found = cases(tmp_path, {"metrics": {"debt_ratio": quotient}}, TABLE.replace("b,,", "b,1,"))
    assert [case.snapshot.metrics["debt_ratio"] for case in found] == [Decimal("0.0004"), None, Decimal("0.0004")]


def test_a_formula_is_what_it_comes_to(tmp_path: Path) -> None:
    found = cases(tmp_path, {"metrics": {"debt_ratio": "debt / 'current'"}})
    assert [case.snapshot.metrics["debt_ratio"] for case in found] == [Decimal("0.266667"), None, Decimal("0.285714")]


def test_a_map_without_the_word_metrics_is_the_same_map(tmp_path: Path) -> None:
    long = {"reference": "firm", "outcome": "bad", "metrics": {"current_ratio": "current"}}
    short = {"reference": "firm", "outcome": "bad", "current_ratio": "current"}
    assert cases(tmp_path, long) == cases(tmp_path, short)


def test_words_tell_how_it_ended_and_a_gap_does_not(tmp_path: Path) -> None:
    text = TABLE.replace("1000,0", "1000,Paid").replace("0,1\n", "0, DEFAULTED\n")
    found = cases(tmp_path, {"outcome": "bad", "bad": "defaulted", "current_ratio": "current"}, text)
    assert [case.bad for case in found] == [False, True, None]


def test_decimal_commas_and_semicolons_are_read(tmp_path: Path) -> None:
    text = "firm;current;limit\na;1,5;1.250,50\nb;0,25;2.000\n"
    found = cases(tmp_path, {"requested": "limit", "current_ratio": "current"}, text)
    assert [case.snapshot.metrics["current_ratio"] for case in found] == [Decimal("1.5"), Decimal("0.25")]
    assert [case.snapshot.requested for case in found] == [Decimal("1250.5"), Decimal(2000)]


def test_rows_without_names_are_numbered_and_nobody_turned_out_without_an_outcome(tmp_path: Path) -> None:
    found = cases(tmp_path, {"metrics": {"current_ratio": "current"}})
    assert [(case.snapshot.reference, case.bad) for case in found] == [("1", None), ("2", None), ("3", None)]


WRONG: dict[str, tuple[dict[str, Any], str, str]] = {
    "metric": ({"metrics": {"curent_ratio": "current"}}, TABLE, "did you mean current_ratio?"),
    "column": ({"metrics": {"current_ratio": "curent"}}, TABLE, "did you mean current?"),
    "no metrics": ({"metrics": {}}, TABLE, "metrics"),
    "field": ({"metric": {}, "metrics": {"current_ratio": "current"}}, TABLE, "did you mean metrics?"),
    "cell": ({"metrics": {"current_ratio": "current"}}, TABLE.replace("1.5", "high"), "a finite number"),
    "formula": ({"metrics": {"debt_ratio": "debt / / assets"}}, TABLE, "or a formula of columns"),
    "name in a formula": ({"metrics": {"debt_ratio": "debt / asets"}}, TABLE, "did you mean assets?"),
    "no column": ({"metrics": {"debt_ratio": "1 / 2"}}, TABLE, "a formula that names at least one column"),
    "percent": (
        {"metrics": {"equity_ratio": "assets"}},
        TABLE,
        "at most 1",
    ),
    "word": ({"outcome": "bad", "bad": ["lost"], "current_ratio": "current"}, TABLE, "one of 0, 1"),
    "outcome": (
        {"outcome": "debt", "metrics": {"current_ratio": "current"}},
        TABLE,
        "1 where it went bad, 0 where not",
    ),
    "amount": (
        {"requested": "current", "metrics": {"debt_ratio": "debt"}},
        TABLE,
        "an amount in each row",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_does_not_fit_is_named(tmp_path: Path, name: str) -> None:
    mapped, text, expected = WRONG[name]
    with pytest.raises(BadInput) as caught:
        cases(tmp_path, mapped, text)
    assert expected in str(caught.value)
    assert untranslated(caught.value) == []
