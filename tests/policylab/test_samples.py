from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from admission.errors import BadInput
from policylab.samples import metric_sources, sample_from
from policylab.tables import DataTable, read_table
from tests.languages import untranslated

GOOD, BAD = ["0"] * 6, ["1"] * 6


def table(**columns: list[str]) -> DataTable:
    return DataTable(pd.DataFrame(columns), "book.csv", "0" * 64)


def rising(count: int = 12) -> list[str]:
    return [str(number) for number in range(count)]


def test_a_sample_keeps_gaps_and_names_what_it_leaves_out() -> None:
    cells = ["", "?", *rising(10)]
    made = sample_from(
        table(current_ratio=cells, note=rising(), bad=BAD + GOOD), "bad", {"current_ratio": "current_ratio"}
    )
    assert (made.bads, len(made.bad), made.left_out) == (6, 12, ("note",))
    assert int(made.values["current_ratio"].isna().sum()) == 2


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        (
            {"current_ratio": rising(), "bad": [*BAD, *GOOD[:-1], "2"]},
            r"row 12, bad: '2': 1 where it went bad, 0 where not",
        ),
        ({"current_ratio": rising(), "bad": [*BAD, *GOOD[:-1], ""]}, r"row 12, bad.*leave out rows whose outcome"),
        ({"current_ratio": rising(), "bad": [*BAD, *GOOD[:-1], "yes"]}, r"row 12, bad: 'yes': 1 where it went bad"),
        ({"current_ratio": rising(), "bad": ["0"] * 12}, r"bad: '0': at least 5 outcomes that are bad"),
        ({"current_ratio": rising(), "bad": ["1"] * 12}, r"bad: '0': at least 5 outcomes that are good"),
        (
            {"current_ratio": ["7"] * 12, "bad": BAD + GOOD},
            r"current_ratio: '7': a column whose values differ, not the same in every row",
        ),
        ({"current_ratio": [""] * 12, "bad": BAD + GOOD}, r"current_ratio: a column that has values"),
        ({"current_ratio": [*rising(11), "inf"], "bad": BAD + GOOD}, r"row 12, current_ratio: 'inf': a finite number"),
        ({"current_ratio": [*rising(11), "NaN"], "bad": BAD + GOOD}, r"row 12, current_ratio: 'NaN': a finite number"),
        ({"current_ratio": rising(), "outcome_bad": BAD + GOOD}, r"outcome: 'bad': no such column"),
    ],
    ids=["two", "gap", "word", "no-bads", "no-goods", "constant", "empty", "inf", "nan", "no-outcome"],
)
def test_what_cannot_be_calibrated_on_is_told_in_one_line(columns: dict[str, list[str]], said: str) -> None:
    with pytest.raises(BadInput, match=said) as caught:
        sample_from(table(**columns), "bad", {"current_ratio": "current_ratio"})
    assert "\n" not in str(caught.value)
    assert untranslated(caught.value) == []


def test_all_that_is_wrong_is_told_at_once() -> None:
    given = table(current_ratio=["7"] * 12, debt_ratio=[*rising(11), "inf"], bad=["0"] * 12)
    with pytest.raises(BadInput) as caught:
        sample_from(given, "bad", {"current_ratio": "current_ratio", "debt_ratio": "debt_ratio"})
    assert [problem.field for problem in caught.value.problems] == ["bad", "current_ratio", "debt_ratio"]


def test_an_infinite_number_of_a_numeric_table_is_refused_too() -> None:
    frame = pd.DataFrame({"current_ratio": [*np.arange(11.0), np.inf], "bad": [1.0] * 6 + [0.0] * 6})
    with pytest.raises(BadInput, match="row 12, current_ratio: 'inf'"):
        sample_from(DataTable(frame, "book.arff", "0" * 64), "bad", {"current_ratio": "current_ratio"})


def test_columns_named_as_metrics_need_no_map() -> None:
    given = table(current_ratio=rising(), industry_code=rising(), note=rising(), bad=BAD + GOOD)
    assert metric_sources(given, "bad") == {"current_ratio": "current_ratio"}


def test_without_a_map_and_without_a_metric_there_is_nothing_to_do() -> None:
    with pytest.raises(BadInput, match=r"No column of book\.csv bears the name of a metric") as caught:
        metric_sources(table(note=rising(), bad=BAD + GOOD), "bad")
    assert untranslated(caught.value) == []


def test_an_attribute_may_be_a_formula_of_columns() -> None:
    given = table(ca=rising(), cl=["2"] * 12, bad=BAD + GOOD)
    made = sample_from(given, "bad", {"current_ratio": "ca / cl"})
    np.testing.assert_array_equal(made.values["current_ratio"], np.arange(12) / 2)
    assert made.left_out == ()


def test_no_formula_may_use_the_outcome() -> None:
    with pytest.raises(BadInput, match="another column than the outcome itself"):
        sample_from(table(ca=rising(), bad=BAD + GOOD), "bad", {"current_ratio": "ca + bad"})


def test_outcomes_are_counted_by_companies() -> None:
    # Twelve rows of bad companies, but of four of them only.
    given = table(
        current_ratio=[str(number / 7) for number in range(24)],
        who=[f"firm {number % 4}" for number in range(12)] + [f"other {number}" for number in range(12)],
        bad=["1"] * 12 + ["0"] * 12,
    )
    with pytest.raises(
        BadInput, match=r"'4': at least 5 outcomes that are bad; 12 rows are taken for so many companies by who"
    ):
        sample_from(given, "bad", {"current_ratio": "current_ratio"}, reference="who")
    assert sample_from(given, "bad", {"current_ratio": "current_ratio"}).bad_companies == 12


def test_figures_that_cannot_be_are_refused_with_the_rest() -> None:
    given = table(late=[str(10 + number) for number in range(12)], bad=BAD + GOOD)
    with pytest.raises(BadInput, match=r"late_invoice_share: '10': 0 to 1.*it looks like percent") as caught:
        sample_from(given, "bad", {"late_invoice_share": "late"})
    assert untranslated(caught.value) == []
    mended = sample_from(given, "bad", {"late_invoice_share": "late / 100"})
    assert mended.values["late_invoice_share"].max() == pytest.approx(0.21)


@pytest.mark.recorded
def test_years_of_a_few_companies_are_no_hundred_companies(recorded: Path) -> None:
    # 130 years of ten companies, of which one failed: its twelve years are no twelve failures.
    given = read_table(recorded / "scoring" / "american_bankruptcy_sample130.csv")
    with pytest.raises(BadInput, match="12 rows are taken for so many companies by company_name") as caught:
        sample_from(given, "status_label", {"current_ratio": "X1 / X14"}, bad_words=["failed"])
    assert untranslated(caught.value) == []
