"""One map for both commands: metric from column or formula; the other way round is read and said."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from admission.errors import BadInput
from policylab.table_map import Source, draw, formulas_of, read_map
from policylab.tables import DataTable
from tests.languages import is_chinese, untranslated

COLUMNS = ["ratio", "other", "bad", "net profit / total assets", "ta"]


def table(**columns: list[str]) -> DataTable:
    return DataTable(pd.DataFrame(columns), "book.csv", "0" * 64)


@pytest.mark.parametrize(
    "document",
    [
        {"current_ratio": "ratio", "reference": "who", "outcome": "bad", "bad": "lost"},
        {"metrics": {"current_ratio": "ratio"}, "reference": "who", "outcome": "bad", "bad": ["lost"]},
    ],
    ids=["short", "long"],
)
def test_the_short_form_is_the_long_one(document: dict[str, Any]) -> None:
    mapped, cautions = read_map(document, COLUMNS)
    assert (mapped.metrics, mapped.reference, mapped.outcome, mapped.bad) == (
        {"current_ratio": "ratio"}, "who", "bad", ("lost",),
    )  # fmt: skip
    assert cautions == ()


def test_a_map_the_other_way_round_is_read_and_said() -> None:
    mapped, cautions = read_map({"ratio": "current_ratio", "other": "debt_ratio"}, COLUMNS)
    assert mapped.metrics == {"current_ratio": "ratio", "debt_ratio": "other"}
    assert ["the other way round" in caution.en and is_chinese(caution) for caution in cautions] == [True]


WRONG: dict[str, tuple[object, str]] = {
    "metric": ({"curent_ratio": "ratio"}, "did you mean current_ratio?"),
    "code": ({"industry_code": "ratio"}, "no such metric that is a figure"),
    "the other way round but for one": ({"ratio": "current_ratio", "other": "debt_ratoi"}, "no such metric"),
    "the other way round and twice": ({"ratio": "debt_ratio", "other": "debt_ratio"}, "no such metric"),
    "list": (["ratio"], "This is no map"),
    "empty": ({}, "This is no map"),
    "nothing": (None, "This is no map"),
    "no metrics": ({"reference": "ratio"}, "metrics: '{}': not empty"),
    "field": ({"metrics": {"current_ratio": "ratio"}, "referense": "other"}, "did you mean reference?"),
    "number": ({"current_ratio": 5}, "current_ratio"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_map_that_is_none_is_refused(name: str) -> None:
    document, expected = WRONG[name]
    with pytest.raises(BadInput) as caught:
        read_map(document, COLUMNS)
    assert expected in str(caught.value)
    assert untranslated(caught.value) == []


def test_a_name_of_a_column_is_the_column_whatever_signs_it_holds() -> None:
    given = table(**{"a / b": ["1", "2"], "a": ["10", "10"], "b": ["5", "5"]})
    drawn, problems = draw(given, formulas_of(given, {"x": "a / b", "y": "a/b", "z": "'a / b' + a"}))
    assert problems == []
    assert {name: figures.tolist() for name, figures in drawn.figures.items()} == {
        "x": [1, 2], "y": [2, 2], "z": [11, 12],
    }  # fmt: skip
    assert drawn.columns == ("a / b", "a", "b")


def test_sums_and_quotients_of_weights_are_formulas_too() -> None:
    given = table(a=["1", "2", ""], b=["4", "0", "1"])
    sources: dict[str, Source] = {"sum": {"a": 2.0, "b": 0.5}, "quotient": "(2 * a) / b"}
    drawn, _ = draw(given, formulas_of(given, sources))
    np.testing.assert_array_equal(drawn.figures["sum"], [4, 4, np.nan])
    np.testing.assert_array_equal(drawn.figures["quotient"], [0.5, np.nan, np.nan])


def test_every_column_and_formula_that_is_wrong_is_told_at_once() -> None:
    given = table(assets=["1", "2"])
    with pytest.raises(BadInput) as caught:
        formulas_of(given, {"x": "asets", "y": "assets / debt", "z": "assets +"})
    assert [(problem.field, problem.value) for problem in caught.value.problems] == [
        ("x", "asets"), ("y", "debt"), ("z", "assets +"),
    ]  # fmt: skip
    assert untranslated(caught.value) == []


def test_a_cell_that_is_no_figure_is_told_once_however_many_formulas_use_it() -> None:
    given = table(a=["1", "high"], b=["1", "2"])
    _, problems = draw(given, formulas_of(given, {"x": "a", "y": "a + b"}))
    assert [(problem.field, problem.row, problem.value) for problem in problems] == [("a", 2, "high")]
