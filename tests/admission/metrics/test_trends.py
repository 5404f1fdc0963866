"""Trends: one mechanism for every ratio, over years in a row of one source, currency and standard."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from admission.evidence.facts import FinancialStatement
from admission.metrics.catalogue import Metric, Value
from admission.metrics.ends import NO_BASE
from admission.metrics.ratios import NOT_STATED
from admission.metrics.trading_ratios import NO_EARLIER, RATIOS
from admission.metrics.trends import TRENDS, Trend, trend_metrics
from admission.model import Text
from tests.admission.metrics.test_trading_ratios import accounts

D = Decimal


def derived(*statements: FinancialStatement, **trends: Trend) -> dict[str, Metric]:
    found = trend_metrics(statements, why_none=None, trends=trends or TRENDS)
    return {metric.name: metric for metric in found}


def years(now: dict[str, Any], then: dict[str, Any], between: dict[str, Any] | None = None) -> list[FinancialStatement]:
    return [accounts(2025, **now), accounts(2024, **(between or {})), accounts(2023, **then)]


GOLDEN: list[tuple[str, str, dict[str, Any], dict[str, Any], Value | Text, Text | None]] = [
    ("falls", "gross_margin_change_2y", {"cost_of_sales": D(1800)}, {}, D("-0.15"), None),
    ("stays", "gross_margin_change_2y", {}, {}, D(0), None),
    ("rises", "gross_margin_change_2y", {}, {"cost_of_sales": D(1800)}, D("0.15"), None),
    ("no-sales-now", "gross_margin_change_2y", {"revenue": D(0)}, {}, D(-2), NO_BASE),
    ("rises", "debt_ratio_change_2y", {"total_liabilities": D(700)}, {}, D("0.3"), None),
    ("from-equity", "debt_ratio_change_2y", {"total_liabilities": None, "equity": D(500)}, {}, D("0.1"), None),
    ("no-assets-now", "debt_ratio_change_2y", {"total_assets": D(0)}, {}, D(10), NO_BASE),
    ("slower", "receivable_days_change_2y", {"receivables": D(800)}, {}, D(73), None),
    ("now-not-stated", "receivable_days_change_2y", {"receivables": None}, {}, NOT_STATED, None),
    ("then-not-stated", "receivable_days_change_2y", {}, {"receivables": None}, NOT_STATED, None),
]


@pytest.mark.parametrize(
    ("name", "now", "then", "expected", "note"),
    [row[1:] for row in GOLDEN],
    ids=[f"{row[1]}-{row[0]}" for row in GOLDEN],
)
def test_a_trend_is_the_ratio_less_that_of_two_years_before(
    name: str, now: dict[str, Any], then: dict[str, Any], expected: Value | Text, note: Text | None
) -> None:
    metric = derived(*years(now, then))[name]
    if isinstance(expected, Text):
        assert metric.unknown == expected
    else:
        assert (metric.value, metric.note) == (expected, note)


def test_without_a_level_then_it_cannot_be_compared() -> None:
    metric = derived(*years({}, {"revenue": D(0)}))["gross_margin_change_2y"]
    assert metric.unknown is not None
    assert metric.unknown.en == "the ratio of the earlier year has no denominator"


@pytest.mark.parametrize("other", [{"currency": "CNY"}, {"standard": "ifrs-full"}, {"source": "bureau"}])
def test_a_year_of_another_kind_breaks_the_row(other: dict[str, Any]) -> None:
    found = derived(*years({}, {}, other))
    assert {metric.unknown for metric in found.values()} == {NO_EARLIER}


def test_another_span_is_a_line_of_the_table() -> None:
    one = Trend(RATIOS["gross_margin"], 1)
    found = derived(accounts(2025), accounts(2024, cost_of_sales=D(1600)), gross_margin_change_2y=one)
    assert found["gross_margin_change_2y"].value == D("0.05")
