from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from admission.metrics.catalogue import Metric
from admission.metrics.financials import (
    NO_ACCOUNTS,
    accounts_before,
    financial_metrics,
    latest_accounts,
)
from admission.metrics.ratios import FAR, NOT_STATED
from admission.model import Text
from tests.admission.build import AS_OF, say, statement

BEFORE = statement(period_start=date(2024, 1, 1), period_end=date(2024, 12, 31), revenue=Decimal(1600))


def derived(*statements: Any, why_none: Text | None = None, industry: str | None = "uk-sic:25110") -> dict[str, Metric]:
    """Metrics of a manufacturer, unless another industry is given."""
    found = financial_metrics(statements, as_of=AS_OF, why_none=why_none, industry=industry)
    return {metric.name: metric for metric in found}


# The accounts of `statement()`: assets 1000, current 600, stock 150, liabilities 400, current 300, equity 600,
# retained 250, revenue 2000, operating profit 120, interest 40, net income 50, depreciation 30.
# Z'' = 6.56*0.3 + 3.26*0.25 + 6.72*0.12 + 1.05*1.5 = 1.968 + 0.815 + 0.8064 + 1.575 = 5.1644
# Z'  = 0.717*0.3 + 0.847*0.25 + 3.107*0.12 + 0.420*1.5 + 0.998*2
#     = 0.2151 + 0.21175 + 0.37284 + 0.63 + 1.996 = 3.42569
GOLDEN: list[tuple[str, str, dict[str, Any], Decimal | Text]] = [
    ("stated", "debt_ratio", {}, Decimal("0.4")),
    ("liabilities-not-stated", "debt_ratio", {"total_liabilities": None}, Decimal("0.4")),
    ("negative-equity", "debt_ratio", {"total_liabilities": None, "equity": Decimal(-250)}, Decimal("1.25")),
    ("neither-stated", "debt_ratio", {"total_liabilities": None, "equity": None}, NOT_STATED),
    ("no-assets", "debt_ratio", {"total_assets": Decimal(0)}, FAR),
    ("negative-assets", "debt_ratio", {"total_assets": Decimal(-1)}, FAR),
    ("plain", "equity_ratio", {}, Decimal("0.6")),
    ("negative", "equity_ratio", {"equity": Decimal(-100)}, Decimal("-0.1")),
    ("no-assets", "equity_ratio", {"total_assets": Decimal(0)}, -FAR),
    ("plain", "current_ratio", {}, Decimal(2)),
    ("no-short-debt", "current_ratio", {"current_liabilities": Decimal(0)}, FAR),
    ("next-to-no-short-debt", "current_ratio", {"current_liabilities": Decimal("0.0001")}, FAR),
    (
        "neither-assets-nor-debt",
        "current_ratio",
        {"current_assets": Decimal(0), "current_liabilities": Decimal(0)},
        Decimal(0),
    ),
    ("not-stated", "current_ratio", {"current_assets": None}, NOT_STATED),
    ("plain", "quick_ratio", {}, Decimal("1.5")),
    ("stock-not-stated", "quick_ratio", {"inventory": None}, NOT_STATED),
    ("no-short-debt", "quick_ratio", {"current_liabilities": Decimal(0)}, FAR),
    ("more-stock-than-current-assets", "quick_ratio", {"inventory": Decimal(700)}, Decimal(0)),
    ("plain", "interest_cover", {}, Decimal(3)),
    ("loss", "interest_cover", {"operating_profit": Decimal(-20)}, Decimal("-0.5")),
    ("no-interest", "interest_cover", {"interest_expense": Decimal(0)}, FAR),
    (
        "loss-without-interest",
        "interest_cover",
        {"operating_profit": Decimal(-20), "interest_expense": Decimal(0)},
        -FAR,
    ),
    (
        "neither-profit-nor-interest",
        "interest_cover",
        {"operating_profit": Decimal(0), "interest_expense": Decimal(0)},
        Decimal(0),
    ),
    ("income-from-interest", "interest_cover", {"interest_expense": Decimal(-4)}, FAR),
    ("plain", "return_on_assets", {}, Decimal("0.05")),
    ("no-assets", "return_on_assets", {"total_assets": Decimal(0)}, -FAR),
    ("plain", "cash_flow_to_debt", {}, Decimal("0.2")),
    ("liabilities-not-stated", "cash_flow_to_debt", {"total_liabilities": None}, Decimal("0.2")),
    ("no-debt", "cash_flow_to_debt", {"total_liabilities": Decimal(0)}, FAR),
    (
        "loss-without-debt",
        "cash_flow_to_debt",
        {"net_income": Decimal(-80), "total_liabilities": Decimal(0)},
        -FAR,
    ),
    ("depreciation-not-stated", "cash_flow_to_debt", {"depreciation": None}, NOT_STATED),
    ("by-hand", "altman_z2", {}, Decimal("5.1644")),
    # Liabilities count as 10, a hundredth of the assets: 1.968 + 0.815 + 0.8064 + 1.05 x 60.
    ("no-debt", "altman_z2", {"total_liabilities": Decimal(0)}, Decimal("66.5894")),
    ("less-debt-than-a-hundredth", "altman_z2", {"total_liabilities": Decimal(9)}, Decimal("66.5894")),
    # 1.968 + 0.815 + 0.8064 + 1.05 x 600/11
    ("more-debt-than-a-hundredth", "altman_z2", {"total_liabilities": Decimal(11)}, Decimal("60.862127")),
    ("no-assets", "altman_z2", {"total_assets": Decimal(0)}, -FAR),
    ("retained-not-stated", "altman_z2", {"retained_earnings": None}, NOT_STATED),
    ("by-hand", "altman_z1", {}, Decimal("3.42569")),
    ("revenue-not-stated", "altman_z1", {"revenue": None}, NOT_STATED),
    ("no-assets", "altman_z1", {"total_assets": Decimal(0)}, -FAR),
    ("periodic", "return_on_assets", {"net_income": Decimal(1), "total_assets": Decimal(3)}, Decimal("0.333333")),
]


@pytest.mark.parametrize(
    ("name", "changes", "expected"), [row[1:] for row in GOLDEN], ids=[f"{row[1]}-{row[0]}" for row in GOLDEN]
)
def test_a_ratio_is_worked_out_or_says_why_not(name: str, changes: dict[str, Any], expected: Decimal | Text) -> None:
    metric = derived(statement(**changes))[name]
    assert metric.sources == ("register",)
    if isinstance(expected, Text):
        assert (metric.value, metric.unknown) == (None, expected)
    else:
        assert (metric.value, metric.unknown, metric.as_of) == (expected, None, date(2025, 12, 31))


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (BEFORE, Decimal("0.25")),
        (BEFORE.model_copy(update={"revenue": Decimal(2500)}), Decimal("-0.2")),
        (BEFORE.model_copy(update={"revenue": Decimal(0)}), FAR),
        (BEFORE.model_copy(update={"revenue": None}), NOT_STATED),
        (None, say("")),
    ],
    ids=["growth", "shrinking", "from-nothing", "not-stated", "no-year-before"],
)
def test_growth_is_against_the_year_before(before: Any, expected: Decimal | Text) -> None:
    metric = derived(statement(), *([before] if before else []))["revenue_growth"]
    if before is None:
        assert metric.unknown is not None
        assert metric.unknown.en == "no accounts of the year before"
    else:
        assert (metric.value if isinstance(expected, Decimal) else metric.unknown) == expected


NO_LIABILITIES = {"total_liabilities": Decimal(0)}
ENDS: list[tuple[str, dict[str, Any], str]] = [
    ("debt_ratio", {"total_assets": Decimal(0)}, "next to no assets"),
    ("return_on_assets", {"total_assets": Decimal(-5)}, "next to no assets"),
    ("altman_z2", {"total_assets": Decimal(0)}, "next to no assets"),
    ("current_ratio", {"current_liabilities": Decimal(0)}, "next to no current liabilities"),
    ("quick_ratio", {"current_liabilities": Decimal(0)}, "next to no current liabilities"),
    ("interest_cover", {"interest_expense": Decimal(0)}, "next to no interest"),
    (
        "interest_cover",
        {"interest_expense": Decimal(0), "operating_profit": Decimal(-1)},
        "an operating loss, and next to no interest",
    ),
    ("cash_flow_to_debt", NO_LIABILITIES, "next to no liabilities"),
    (
        "cash_flow_to_debt",
        NO_LIABILITIES | {"net_income": Decimal(-31)},
        "cash flows out, and next to no liabilities",
    ),
]


@pytest.mark.parametrize(("name", "changes", "words"), ENDS)
def test_a_ratio_at_an_end_of_its_scale_says_why(name: str, changes: dict[str, Any], words: str) -> None:
    metric = derived(statement(**changes))[name]
    assert (abs(metric.value) if isinstance(metric.value, Decimal) else None) == FAR
    assert metric.note is not None
    assert metric.note.en == words


def test_revenue_from_nothing_says_so() -> None:
    note = derived(statement(), BEFORE.model_copy(update={"revenue": Decimal(0)}))["revenue_growth"].note
    assert note is not None
    assert note.en == "next to no revenue the year before"


def test_no_revenue_after_none_is_no_growth_but_all_lost() -> None:
    before = BEFORE.model_copy(update={"revenue": Decimal(0)})
    assert derived(statement(revenue=Decimal(0)), before)["revenue_growth"].value == Decimal(-1)


def test_amounts_carry_their_currency() -> None:
    found = derived(statement(currency="CNY", net_income=None))
    assert (found["equity"].value, found["equity"].unit) == (Decimal(600), "CNY")
    assert (found["net_income"].value, found["net_income"].unknown, found["net_income"].unit) == (
        None,
        NOT_STATED,
        "CNY",
    )


@pytest.mark.parametrize(
    ("changes", "worth", "noted"),
    [
        ({}, Decimal(575), False),
        ({"goodwill": None}, Decimal(595), False),
        ({"goodwill": None, "intangible_assets": None}, Decimal(600), True),
        ({"equity": Decimal(10)}, Decimal(-15), False),
        ({"equity": None}, None, False),
    ],
    ids=["both", "no-goodwill", "no-intangibles-stated", "negative", "no-equity"],
)
def test_tangible_net_worth_is_equity_less_intangibles(
    changes: dict[str, Any], worth: Decimal | None, noted: bool
) -> None:
    metric = derived(statement(**changes))["tangible_net_worth"]
    assert (metric.value, metric.note is not None) == (worth, noted)


@pytest.mark.parametrize(
    ("end", "months"),
    [
        (date(2026, 6, 30), "0.0"),
        (date(2025, 12, 31), "5.9"),
        (date(2024, 12, 31), "17.9"),
        (date(2024, 6, 30), "24.0"),
    ],
)
def test_accounts_grow_old_by_months(end: date, months: str) -> None:
    assert derived(statement(period_end=end))["accounts_age_months"].value == Decimal(months)


@pytest.mark.parametrize("why", [None, say("the register was down")], ids=["nobody-has-them", "could-not-ask"])
def test_without_accounts_everything_is_unknown_with_the_reason(why: Text | None) -> None:
    found = derived(why_none=why)
    assert set(found) == set(derived(statement()))
    assert {metric.unknown for metric in found.values()} == {why or NO_ACCOUNTS}
    assert all(metric.value is None for metric in found.values())


OLDER = statement(source="bureau", period_end=date(2025, 9, 30))
SINGLE = statement(consolidated=False)
GROUP = statement(source="bureau", consolidated=True)
UNSAID = statement(source="bureau", consolidated=None)
SPARSE = statement(source="zeta", inventory=None, goodwill=None)


@pytest.mark.parametrize(
    ("statements", "chosen"),
    [
        ((OLDER, statement()), statement()),
        ((SINGLE, GROUP), GROUP),
        ((SINGLE, UNSAID), UNSAID),
        ((SPARSE, statement()), statement()),
        (
            (OLDER.model_copy(update={"period_end": date(2026, 3, 31)}), SPARSE),
            OLDER.model_copy(update={"period_end": date(2026, 3, 31)}),
        ),
        ((), None),
    ],
    ids=["newest-day", "group-before-parent", "unsaid-before-parent", "more-figures", "day-before-figures", "none"],
)
def test_the_newest_and_fullest_accounts_count(statements: tuple[Any, ...], chosen: Any) -> None:
    assert latest_accounts(statements) == chosen
    assert latest_accounts(tuple(reversed(statements))) == chosen


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, True),
        ({"period_end": date(2025, 1, 3)}, True),
        ({"period_end": date(2025, 1, 15)}, True),
        ({"period_end": date(2025, 1, 16)}, False),
        ({"period_end": date(2024, 12, 16)}, True),
        ({"period_end": date(2024, 12, 15)}, False),
        ({"period_end": date(2024, 9, 30)}, False),
        ({"period_end": date(2025, 6, 30)}, False),
        ({"source": "bureau"}, False),
        ({"currency": "EUR"}, False),
        ({"standard": "ifrs-full"}, False),
        ({"consolidated": False}, False),
        ({"consolidated": True}, True),
    ],
    ids=[
        "year",
        "52-weeks",
        "350-days",
        "349-days",
        "380-days",
        "381-days",
        "15-months",
        "half-year",
        "source",
        "currency",
        "standard",
        "parent-alone",
        "group-said",
    ],
)
def test_the_year_before_is_of_the_same_kind(changes: dict[str, Any], found: bool) -> None:
    before = BEFORE.model_copy(update=changes)
    assert accounts_before((before, statement()), statement()) == (before if found else None)


@pytest.mark.parametrize(
    ("start", "known"),
    [
        (date(2025, 1, 1), True),
        (date(2025, 1, 15), True),
        (date(2025, 1, 16), False),
        (date(2024, 12, 16), True),
        (date(2024, 12, 15), False),
    ],
)
def test_flows_of_another_period_than_a_year_are_unknown(start: date, known: bool) -> None:
    found = derived(statement(period_start=start), BEFORE)
    flows = ("revenue", "net_income", "return_on_assets", "interest_cover", "revenue_growth", "cash_flow_to_debt")
    assert [name for name in (*flows, "altman_z2") if (found[name].value is not None) is not known] == []
    assert [name for name in ("total_assets", "equity_ratio", "current_ratio") if found[name].value is None] == []
    if not known:
        days = (date(2025, 12, 31) - start).days + 1
        why = f"the newest accounts are of {days} days ({start} to 2025-12-31), not of a year"
        assert {told.en for name in flows if (told := found[name].unknown)} == {why}


def test_flows_without_a_period_are_unknown() -> None:
    found = derived(statement(period_start=None))
    assert found["revenue"].unknown is not None
    assert found["total_assets"].value == Decimal(1000)
