"""Days of receivables, payables and stock, gross margin, cash from operations: figures, ends and reasons."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admission.evidence.facts import FinancialStatement
from admission.metrics.catalogue import CATALOGUE, LESS, Metric
from admission.metrics.ends import CAPPED, NEGATIVE, NO_BASE, End, burden, end_of, measured
from admission.metrics.financials import NO_ACCOUNTS
from admission.metrics.ratios import NOT_STATED
from admission.metrics.trading_ratios import NO_EARLIER, RATIOS, trading_metrics
from admission.model import Text
from tests.admission.build import statement

D = Decimal


def accounts(year: int = 2025, **changes: Any) -> FinancialStatement:
    """Revenue 2000, cost of sales 1500, receivables 400, payables 300, stock 150, cash from operations 80."""
    told: dict[str, Any] = {
        "period_start": date(year, 1, 1),
        "period_end": date(year, 12, 31),
        "receivables": D(400),
        "payables": D(300),
        "cost_of_sales": D(1500),
        "operating_cash_flow": D(80),
    }
    return statement(**told | changes)


def derived(*statements: FinancialStatement, why_none: Text | None = None) -> dict[str, Metric]:
    return {metric.name: metric for metric in trading_metrics(statements, why_none=why_none)}


GOLDEN: list[tuple[str, str, dict[str, Any], Decimal | Text, Text | None]] = [
    ("400/2000", "receivable_days", {}, D(73), None),
    ("to-a-tenth", "receivable_days", {"receivables": D(401)}, D("73.2"), None),
    ("no-sales", "receivable_days", {"revenue": D(0)}, D(1000), NO_BASE),
    ("empty-shell", "receivable_days", {"revenue": D(0), "receivables": D(0)}, D(1000), NO_BASE),
    ("none-open", "receivable_days", {"receivables": D(0)}, D(0), None),
    ("beyond", "receivable_days", {"receivables": D(9000)}, D(1000), CAPPED),
    ("below-nought", "receivable_days", {"receivables": D(-1)}, NEGATIVE, None),
    ("not-stated", "receivable_days", {"receivables": None}, NOT_STATED, None),
    ("300/1500", "payable_days", {}, D(73), None),
    ("nothing-owed", "payable_days", {"payables": D(0), "cost_of_sales": D(0)}, D(0), None),
    ("owed-without-cost", "payable_days", {"cost_of_sales": D(0)}, D(1000), NO_BASE),
    ("not-stated", "payable_days", {"cost_of_sales": None}, NOT_STATED, None),
    ("150/1500", "inventory_days", {}, D("36.5"), None),
    ("no-stock", "inventory_days", {"inventory": D(0)}, D(0), None),
    ("stock-that-nobody-buys", "inventory_days", {"cost_of_sales": D(0)}, D(1000), NO_BASE),
    ("500/2000", "gross_margin", {}, D("0.25"), None),
    ("sold-below-cost", "gross_margin", {"cost_of_sales": D(2500)}, D("-0.25"), None),
    ("no-sales", "gross_margin", {"revenue": D(0)}, D(-1), NO_BASE),
    ("far-below-cost", "gross_margin", {"cost_of_sales": D(9000)}, D(-1), CAPPED),
    ("negative-cost", "gross_margin", {"cost_of_sales": D(-5)}, NEGATIVE, None),
    ("not-stated", "gross_margin", {"cost_of_sales": None}, NOT_STATED, None),
    ("stated", "operating_cash_flow", {}, D(80), None),
    ("out", "operating_cash_flow", {"operating_cash_flow": D(-7)}, D(-7), None),
    ("not-stated", "operating_cash_flow", {"operating_cash_flow": None}, NOT_STATED, None),
]


@pytest.mark.parametrize(
    ("name", "changes", "expected", "note"), [row[1:] for row in GOLDEN], ids=[f"{row[1]}-{row[0]}" for row in GOLDEN]
)
def test_a_ratio_is_worked_out_or_has_an_end_or_says_why_not(
    name: str, changes: dict[str, Any], expected: Decimal | Text, note: Text | None
) -> None:
    metric = derived(accounts(**changes))[name]
    assert metric.sources == ("register",)
    if isinstance(expected, Text):
        assert (metric.value, metric.unknown) == (None, expected)
    else:
        assert (metric.value, metric.note, metric.as_of) == (expected, note, date(2025, 12, 31))


FLOWS: list[tuple[str, tuple[Decimal | None, ...], Decimal | Text]] = [
    ("none", (D(1), D(2), D(3)), D(0)),
    ("one", (D(-1), D(2), D(3)), D(1)),
    ("all", (D(-1), D(-2), D(-3)), D(3)),
    ("nought-is-not-negative", (D(0), D(-2), D(3)), D(1)),
    ("two-years-are-too-few", (D(-1), D(-2)), NO_EARLIER),
    ("a-year-not-stated", (D(-1), None, D(-3)), NOT_STATED),
]


@pytest.mark.parametrize(("flows", "expected"), [row[1:] for row in FLOWS], ids=[row[0] for row in FLOWS])
def test_years_of_negative_cash_flow_are_counted_over_three(
    flows: tuple[Decimal | None, ...], expected: Decimal | Text
) -> None:
    years = [accounts(2025 - back, operating_cash_flow=flow) for back, flow in enumerate(flows)]
    metric = derived(*years)["negative_cash_flow_years"]
    assert (metric.unknown if isinstance(expected, Text) else metric.value) == expected


def test_flows_of_half_a_year_give_nothing() -> None:
    found = derived(accounts(period_start=date(2025, 7, 1)))
    assert {name: found[name].value for name in RATIOS} == dict.fromkeys(RATIOS)
    assert "184 days" in str(found["receivable_days"].unknown)


def test_without_accounts_the_reason_is_told() -> None:
    why = Text(en="the accounts failed", zh="报表未通过")
    assert {metric.unknown for metric in derived().values()} == {NO_ACCOUNTS}
    assert {metric.unknown for metric in derived(why_none=why).values()} == {why}


SUMS = st.decimals(0, 10**9, places=2)


@given(SUMS, SUMS, st.decimals(-(10**9), 10**9, places=2))
def test_more_of_a_bad_thing_never_reads_better(less: Decimal, more: Decimal, base: Decimal) -> None:
    less, more = sorted((less, more))
    for name in ("judgments_to_equity", "receivable_days"):
        assert CATALOGUE[name].better == LESS
        read = [measured(name, burden(bad, base, nothing=End.WORST), ("x",), None).value for bad in (less, more)]
        assert read == sorted(read, key=lambda value: D(str(value)))


@given(SUMS, st.decimals(-(10**6), 10**9, places=2), st.decimals(0, 10**6, places=2))
def test_a_smaller_base_never_reads_better(bad: Decimal, base: Decimal, less: Decimal) -> None:
    now, then = (
        measured("judgments_to_equity", burden(bad, some, nothing=End.BEST), ("x",), None).value
        for some in (base - less, base)
    )
    assert isinstance(now, Decimal)
    assert isinstance(then, Decimal)
    assert now >= then


def test_the_ends_of_a_scale_follow_the_better_side() -> None:
    assert (end_of("gross_margin", End.WORST), end_of("gross_margin", End.BEST)) == (D(-1), D(1))
    assert (end_of("receivable_days", End.WORST), end_of("receivable_days", End.BEST)) == (D(1000), D(0))
    with pytest.raises(KeyError, match="total_assets"):
        end_of("total_assets", End.WORST)
