"""Units and ranges of a user's figures: what cannot be is refused, what hardly is is said."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from admission.metrics.catalogue import CATALOGUE
from policylab.ranges import check_ranges
from policylab.tables import Floats
from tests.languages import is_chinese

ROWS = 500


def draw(low: float, high: float, seed: int = 3) -> Floats:
    return np.random.default_rng(seed).uniform(low, high, ROWS)


# As companies are.
USUAL: dict[str, Floats] = {
    "current_ratio": draw(0.2, 6),
    "equity_ratio": draw(-0.5, 1),
    "debt_ratio": draw(0, 1.5),
    "interest_cover": draw(-20, 60),
    "return_on_assets": draw(-0.3, 0.4),
    "revenue_growth": draw(-0.4, 0.8),
    "cash_flow_to_debt": draw(-0.5, 2),
    "altman_z2": draw(-10, 15),
    "late_invoice_share": draw(0, 1),
    "days_beyond_terms": draw(-20, 60),
    "years_trading": draw(0, 80),
    "accounts_age_months": draw(3, 30),
    "headcount": draw(1, 5000),
    "total_assets": draw(1e6, 5e7),
    "revenue": draw(5e5, 9e7),
    "equity": draw(-1e6, 2e7),
    "open_insolvency": np.repeat((0.0, 1.0), ROWS // 2),
    "market_position": np.repeat((0.0, 1.0, 2.0, 1.0), ROWS // 4),
}
PERCENT = ["late_invoice_share", "equity_ratio", "debt_ratio", "return_on_assets", "revenue_growth", "current_ratio",
           "cash_flow_to_debt"]  # fmt: skip


def said(figures: dict[str, Floats]) -> list[str]:
    checked = check_ranges(figures)
    assert all(is_chinese(text) for text in [*checked.cautions, *(problem.expected for problem in checked.problems)])
    return [str(problem) for problem in checked.problems] + [caution.en for caution in checked.cautions]


def test_figures_as_companies_have_them_are_taken_without_a_word() -> None:
    assert said(USUAL) == []


def test_gaps_are_no_figures() -> None:
    assert said({name: np.where(np.arange(ROWS) % 3 == 0, np.nan, values) for name, values in USUAL.items()}) == []
    assert said({"equity_ratio": np.full(ROWS, np.nan)}) == []


@pytest.mark.parametrize("name", PERCENT)
def test_percent_for_a_ratio_is_told_with_what_to_write(name: str) -> None:
    told = said({name: USUAL[name] * 100})
    assert len(told) == 1
    assert "it looks like percent" in told[0]
    assert f"`{name}: column / 100`" in told[0]


@pytest.mark.parametrize("name", ["total_assets", "revenue"])
@pytest.mark.parametrize("unit", [1e3, 1e6])
def test_thousands_and_millions_are_told(name: str, unit: float) -> None:
    told = said({name: USUAL[name] / unit})
    assert ["thousands or millions" in text for text in told] == [True]


def test_amounts_in_two_units_are_told_apart() -> None:
    told = said({"total_assets": USUAL["total_assets"], "equity": USUAL["equity"] / 1000})
    assert ["equity and total_assets do not seem to be in the same unit" in text for text in told] == [True]


CHANGED: dict[str, tuple[str, Callable[[Floats], Floats], str]] = {
    "days for months": ("accounts_age_months", lambda values: values * 30, "it looks like days"),
    "calendar years": ("years_trading", lambda values: 2026 - np.floor(values), "years of the calendar"),
    "a factor for growth": ("revenue_growth", lambda values: values + 1, "growth of a tenth is 0.1, not 1.1"),
    "a share below 0": ("late_invoice_share", lambda values: values - 0.5, "0 to 1, and"),
    "a flag of 1 and 2": ("open_insolvency", lambda values: values + 1, "1 for yes, 0 for no, and 250 of 500"),
    "a judgement of 0 to 10": ("market_position", lambda values: values * 5, "0 to 2, and"),
    "minus for assets": ("total_assets", lambda values: -values, "at least 0, and 500 of 500"),
    "a tenth in percent": (
        "debt_ratio",
        lambda values: np.where(np.arange(ROWS) % 8 == 0, values * 100, values),
        "beyond what is usual",
    ),
}


@pytest.mark.parametrize("name", CHANGED)
def test_figures_in_another_unit_are_told(name: str) -> None:
    metric, change, expected = CHANGED[name]
    told = said({metric: change(USUAL[metric])})
    assert [expected in text for text in told] == [True]


def test_a_slip_here_and_there_is_named_and_not_refused() -> None:
    values = USUAL["equity_ratio"].copy()
    values[[7, 90]] = 3.0
    assert said({"equity_ratio": values}) == [
        "equity_ratio should be at most 1, and is not in 2 row(s) (8, 91): check them"
    ]
    values[:10] = 3.0
    assert [text.startswith("row 1, equity_ratio: '3': at most 1, and 11 of 500") for text in said(
        {"equity_ratio": values})] == [True]  # fmt: skip


def test_what_is_in_no_catalogue_is_not_checked() -> None:
    assert said({"A1": draw(-1e9, 1e9)}) == []


@pytest.mark.parametrize("name", [name for name, spec in CATALOGUE.items() if spec.kind not in ("code", "flag")])
def test_every_bound_of_the_catalogue_is_kept(name: str) -> None:
    spec = CATALOGUE[name]
    for bound, beyond in ((spec.least, -1), (spec.most, 1)):
        if bound is not None:
            told = check_ranges({name: np.full(ROWS, float(bound) + beyond)})
            assert [problem.field for problem in told.problems] == [name]
            assert not check_ranges({name: np.full(ROWS, float(bound))}).problems
