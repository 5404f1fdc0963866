"""Rows of one company: by a column of reference, by a column that says so itself, by figures that repeat."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from admission.errors import BadInput
from policylab.companies import Companies, find_companies
from policylab.tables import DataTable
from tests.languages import is_chinese, untranslated

ROWS = 400


def figures(width: int = 4, rows: int = ROWS, seed: int = 1) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    return pd.DataFrame({f"x{number}": random.normal(0, 1, rows) for number in range(width)})


def found(values: pd.DataFrame, reference: str | None = None, columns: dict[str, list[str]] | None = None) -> Companies:
    frame = pd.DataFrame({"note": [""] * len(values), **(columns or {})})
    return find_companies(DataTable(frame, "book.csv", "0" * 64), values, (), reference)


def groups(companies: Companies) -> int:
    return len(np.unique(companies.of_row))


def test_rows_that_differ_are_of_as_many_companies() -> None:
    made = found(figures())
    np.testing.assert_array_equal(made.of_row, np.arange(ROWS))
    assert made.cautions == ()


@pytest.mark.parametrize("width", [2, 3, 12])
@pytest.mark.parametrize("copies", [2, 30])
def test_rows_that_are_copied_are_of_one_company(width: int, copies: int) -> None:
    values = figures(width)
    copied = pd.concat([values, *[values.iloc[:10]] * (copies - 1)], ignore_index=True)
    made = found(copied)
    assert groups(made) == ROWS
    assert [caution.en.split(":")[0] for caution in made.cautions] == [
        f"{10 * (copies - 1)} row(s) repeat figures of an earlier one"
    ]
    assert all(is_chinese(caution) for caution in made.cautions)
    assert (made.of_row[ROWS : ROWS + 10] == made.of_row[:10]).all()


def test_a_restated_line_or_two_makes_no_other_company() -> None:
    values = figures(12)
    restated = values.iloc[:5].copy()
    restated["x3"] += 0.01
    restated["x7"] = np.nan
    assert groups(found(pd.concat([values, restated], ignore_index=True))) == ROWS


def test_figures_rounded_in_another_way_are_the_same() -> None:
    values = figures(4)
    assert groups(found(pd.concat([values, values.iloc[:7].round(9)], ignore_index=True))) == ROWS


@pytest.mark.parametrize(
    "values",
    [
        pd.DataFrame({"a": np.arange(ROWS) % 2, "b": np.arange(ROWS) % 5}, dtype=np.float64),
        pd.DataFrame({"a": np.arange(ROWS) % 50}, dtype=np.float64),
        pd.DataFrame({"a": np.round(np.random.default_rng(2).uniform(0, 3, 800), 2), "b": np.arange(800) % 7}),
        pd.DataFrame({"a": [np.nan] * ROWS, "b": np.arange(ROWS) % 9}, dtype=np.float64),
        pd.DataFrame({name: [0.0] * 60 + list(np.arange(340.0) + place) for place, name in enumerate("abc")}),
    ],
    ids=["few values", "one column", "two digits", "all missing", "dormant"],
)
def test_figures_that_are_common_make_nobody_the_same(values: pd.DataFrame) -> None:
    assert groups(found(values)) == len(values)


def test_the_column_of_reference_tells_whatever_it_is_called() -> None:
    names = [f"Firm  {number % 100}".upper() if number % 3 else f"firm {number % 100}" for number in range(ROWS)]
    made = found(figures(), "key", {"key": names})
    assert groups(made) == 100
    assert made.cautions == ()


def test_a_row_without_a_reference_is_its_own_company() -> None:
    assert groups(found(figures(), "key", {"key": ["a"] * 5 + [""] * (ROWS - 5)})) == ROWS - 4


def test_reference_and_copies_together() -> None:
    values = figures()
    copied = pd.concat([values, values.iloc[:2]], ignore_index=True)
    made = found(copied, "key", {"key": ["a", "b"] + [f"n{number}" for number in range(ROWS - 2)] + ["c", "a"]})
    # The last row is a by its name and b by its figures, so that a and b are one.
    assert groups(made) == ROWS - 1
    assert len({*made.of_row[[0, 1, -1, -2]].tolist()}) == 1


def test_a_reference_that_is_not_there_is_told_with_the_nearest() -> None:
    with pytest.raises(BadInput, match="did you mean customer") as caught:
        found(figures(), "custmer", {"customer": ["a"] * ROWS})
    assert untranslated(caught.value) == []


LIKELY = ["customer", "Company name", "company_id", "customerID", "Firm", "DEBTOR NO", "客户名称", "统一社会信用代码"]
UNLIKELY = ["customer_type", "branch name", "industry_name", "invoice number", "city", "note 2", "客户类型", "行业名称"]


@pytest.mark.parametrize("name", LIKELY)
def test_a_column_that_names_companies_is_taken_and_said(name: str) -> None:
    made = found(figures(), columns={name: [f"C {number // 4}" for number in range(ROWS)]})
    assert groups(made) == 100
    assert [f"rows with the same {name}" in caution.en for caution in made.cautions] == [True]


@pytest.mark.parametrize("name", UNLIKELY)
def test_a_column_that_names_groups_is_not(name: str) -> None:
    assert groups(found(figures(), columns={name: [f"C {number // 4}" for number in range(ROWS)]})) == ROWS


@pytest.mark.parametrize(
    "cells",
    [[str(number) for number in range(ROWS)], ["a"] * ROWS, [""] * ROWS],
    ids=["each once", "one name", "nothing"],
)
def test_a_column_that_tells_nothing_of_repeats_is_not_taken(cells: list[str]) -> None:
    assert groups(found(figures(), columns={"customer": cells})) == ROWS


def test_few_names_are_companies_where_the_column_says_so_and_groups_where_it_may_not() -> None:
    cells = [f"C_{number % 9}" for number in range(ROWS)]
    assert groups(found(figures(), columns={"company_name": cells})) == 9
    assert groups(found(figures(), columns={"name": cells})) == ROWS
    assert groups(found(figures(), columns={"name": [f"C_{number % 90}" for number in range(ROWS)]})) == 90


def test_figures_of_a_company_are_no_names_of_it() -> None:
    cells = [str(1980 + number % 40) for number in range(ROWS)]
    assert groups(found(figures(), columns={"customer_since": cells})) == ROWS
    assert groups(found(figures(), columns={"customer_number": cells})) == 40
