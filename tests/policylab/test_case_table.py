"""A table of the user's own as cases: each column where the map says, nothing guessed at."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from admission.errors import BadInput
from policylab.case_table import past_cases, read_map
from policylab.comparison import PastCase
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
    return past_cases(read_table(file), read_map(mapped), default_policy(), DAY)


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


def test_rows_without_names_are_numbered_and_nobody_turned_out_without_an_outcome(tmp_path: Path) -> None:
    found = cases(tmp_path, {"metrics": {"current_ratio": "current"}})
    assert [(case.snapshot.reference, case.bad) for case in found] == [("1", None), ("2", None), ("3", None)]


WRONG: dict[str, tuple[dict[str, Any], str, str]] = {
    "metric": ({"metrics": {"curent_ratio": "current"}}, TABLE, "did you mean current_ratio?"),
    "column": ({"metrics": {"current_ratio": "curent"}}, TABLE, "did you mean current?"),
    "no metrics": ({"metrics": {}}, TABLE, "metrics"),
    "field": ({"metric": {}, "metrics": {"current_ratio": "current"}}, TABLE, "did you mean metrics?"),
    "cell": ({"metrics": {"current_ratio": "current"}}, TABLE.replace("1.5", "high"), "a finite number"),
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
