"""SEC accounts: which figure counts, on invented facts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admission.evidence.answers import Answer
from admission.evidence.facts import FinancialStatement, Untold
from connectors.sec_edgar.figures import is_rounding
from tests.connectors.sec_answers import (
    Value,
    accounts,
    day,
    doubts,
    judged,
    newest,
    numbers,
    read,
    statements,
    year,
)


@pytest.mark.parametrize(
    ("rounded", "exact", "is_one"),
    [
        (172_000_000_000, 171_797_000_000, True),
        (10_800_000_000, 10_777_000_000, True),
        (5_800_000_000, 5_825_000_000, True),
        (-12_000_000, -12_345_678, True),
        (8_500_000_000, 8_586_000_000, False),
        (8_600_000_000, 8_586_000_000, True),
        (2_000_000, -284_000_000, False),
        (284_000_000, -284_000_000, False),
        (1_000_000_000, 1_400_000_000, False),
        (5_000_000_000, 4_812_000_000, True),
        (0, 4, False),
        (171_797_000_000, 172_000_000_000, False),
        (123, 124, False),
    ],
)
def test_a_rounded_value_is_near_and_ends_in_zeros(rounded: int, exact: int, *, is_one: bool) -> None:
    assert is_rounding(Decimal(rounded), Decimal(exact)) is is_one


@given(exact=st.integers(min_value=101, max_value=10**13), digits=st.integers(min_value=2, max_value=6))
def test_every_rounding_is_taken_for_one_and_the_exact_value_counts(exact: int, digits: int) -> None:
    places = max(len(str(exact)) - digits, 0)
    rounded = round(exact, -places)
    for both in ([day(exact), day(rounded)], [day(rounded), day(exact)]):
        found = statements(accounts(Assets=both))[0]
        assert found.total_assets == exact


FIGURE_OF = {
    "Liabilities": ("total_liabilities", day),
    "AssetsCurrent": ("current_assets", day),
    "LiabilitiesCurrent": ("current_liabilities", day),
    "StockholdersEquity": ("equity", day),
    "Goodwill": ("intangible_assets", day),
    "Revenues": ("revenue", year),
    "NetIncomeLoss": ("net_income", year),
    "OperatingIncomeLoss": ("operating_profit", year),
    "InterestExpense": ("interest_expense", year),
}


@pytest.mark.parametrize("concept", FIGURE_OF)
@pytest.mark.parametrize("second", [-1_234, 2_469, 617, 0, 1_235])
@pytest.mark.parametrize("first", [True, False])
def test_of_two_values_in_one_report_neither_wins(concept: str, second: int, *, first: bool) -> None:
    figure, of = FIGURE_OF[concept]
    both = [of(second), of(1_234)] if first else [of(1_234), of(second)]
    found = newest(**{concept: both})
    assert getattr(found, figure) is None
    assert doubts(found) == {figure}
    assert f"{concept} to 2025-12-31" in found.doubts[0].why.en
    assert concept in found.doubts[0].why.zh


def test_two_sides_of_the_balance_sheet_that_differ_are_two_values() -> None:
    assert newest(LiabilitiesAndStockholdersEquity=[day(4_000)]).total_assets is None
    assert newest(LiabilitiesAndStockholdersEquity=[day(5_000)]).total_assets == 5_000


def test_what_is_restated_counts_and_the_order_of_values_does_not() -> None:
    old, new = day(1_000, filed="2026-02-28"), day(900, form="10-K/A", filed="2026-06-01")
    whole = day(5_000, form="10-K/A", filed="2026-06-01")
    for both in ([old, new], [new, old]):
        found = newest(Assets=[day(5_000), whole], StockholdersEquity=both)
        assert (numbers(found, "equity"), found.doubts) == ([900], ())


@pytest.mark.parametrize("form", ["10-K/A", "20-F/A", "40-F/A", "10-KT/A"])
def test_an_amendment_without_a_balance_sheet_restates_nothing(form: str) -> None:
    document = accounts(
        Assets=[day(5_000)],
        NetIncomeLoss=[year(-12_000_000), year(-12, form=form, filed="2026-04-28")],
        StockholdersEquity=[day(100), day(700, form=form, filed="2026-04-28")],
    )
    parsed = read(document, "companyfacts")
    (found,) = [fact for fact in parsed.facts if isinstance(fact, FinancialStatement)]
    assert numbers(found, "net_income", "equity") == [-12_000_000, 100]
    assert form in parsed.remarks[0].en
    assert form in parsed.remarks[0].zh


@pytest.mark.parametrize("standard", ["us-gaap", "ifrs-full"])
@pytest.mark.parametrize("currency", ["CNY", "JPY", "BRL", "EUR"])
@pytest.mark.parametrize("form", ["20-F", "10-K", "40-F"])
def test_a_translation_for_convenience_loses_to_the_currency_of_the_comparatives(
    standard: str, currency: str, form: str
) -> None:
    assets, sales = [], []
    for of in (2023, 2024, 2025):
        filed = f"{of + 1}-04-25"
        kept: dict[str, Any] = {"form": form, "filed": filed}
        assets += [day(1_000, of, unit=currency, **kept), day(1_000, of - 1, unit=currency, **kept)]
        sales += [year(500, of, unit=currency, **kept), year(490, of - 1, unit=currency, **kept)]
        assets.append(day(140, of, unit="USD", **kept))
        sales.append(year(70, of, unit="USD", **kept))
    name = "Revenues" if standard == "us-gaap" else "Revenue"
    parsed = read(accounts(standard, Assets=assets, **{name: sales}), "companyfacts")
    found = [fact for fact in parsed.facts if isinstance(fact, FinancialStatement)]
    assert [(one.currency, numbers(one, "total_assets")) for one in found] == [(currency, [1_000])] * 3
    assert f"in {currency}" in parsed.remarks[0].en


def test_a_first_report_in_two_currencies_is_not_in_the_dollars() -> None:
    document = accounts(
        Assets=[day(1_000, unit="CNY", form="20-F"), day(140, form="20-F")],
        Revenues=[year(500, unit="CNY", form="20-F"), year(70, form="20-F")],
    )
    assert statements(document)[0].currency == "CNY"


def test_who_changes_to_dollars_is_read_in_dollars() -> None:
    document = accounts(
        Assets=[
            *(day(1_000, of, unit="CNY", form="20-F") for of in (2022, 2023)),
            *(day(amount, of, form="20-F", filed="2026-04-25") for of, amount in ((2024, 150), (2025, 160))),
        ],
        Revenues=[year(70, of, form="20-F", filed="2026-04-25") for of in (2024, 2025)],
    )
    assert [(one.period_end.year, one.currency) for one in statements(document)] == [(2025, "USD"), (2024, "USD")]


SHORT = [
    pytest.param("2025-02-11", id="first year"),
    pytest.param("2025-07-01", id="transition"),
    pytest.param("2025-09-01", id="fresh start"),
    pytest.param("2025-12-01", id="one month"),
    pytest.param("2024-07-01", id="eighteen months"),
]


@pytest.mark.parametrize("start", SHORT)
@pytest.mark.parametrize("form", ["10-K", "10-KT", "20-F"])
def test_the_newest_balance_sheet_counts_though_no_year_ends_on_it(start: str, form: str) -> None:
    newest: dict[str, Any] = {"form": form, "filed": "2026-03-01"}
    document = accounts(
        Assets=[day(2_000, 2024), day(900, **newest), day(2_000, 2024, **newest)],
        StockholdersEquity=[day(-600, 2024), day(500, **newest)],
        Revenues=[year(1_000, 2024), Value("2025-12-31", 350, start, **newest)],
        NetIncomeLoss=[year(-100, 2024), Value("2025-12-31", 20, start, **newest)],
    )
    parsed = read(document, "companyfacts")
    found = statements(document)
    assert [one.period_end for one in found] == [date(2025, 12, 31), date(2024, 12, 31)]
    assert numbers(found[0], "total_assets", "equity") == [900, 500]
    assert found[0].period_start == date.fromisoformat(start)
    assert start in parsed.remarks[0].en
    seen = judged(document)
    assert seen.known("total_assets", "equity", "revenue", "net_income", "revenue_growth", "return_on_assets") == [
        *(900, 500),
        *[None] * 4,
    ]
    why = seen.metrics["revenue"].unknown
    assert why is not None
    assert start in why.en


def test_a_stray_figure_of_the_whole_year_makes_no_year_of_a_fresh_start() -> None:
    found = newest(
        Revenues=[Value("2025-12-31", 350, "2025-09-01")],
        NetIncomeLoss=[Value("2025-12-31", 20, "2025-09-01")],
        InterestExpense=[year(40)],
    )
    assert (found.period_start, found.interest_expense) == (date(2025, 9, 1), None)


def test_a_quarter_beside_the_year_does_not_count() -> None:
    found = newest(
        Revenues=[year(1_000), Value("2025-12-31", 260, "2025-10-01")],
        NetIncomeLoss=[year(100), Value("2025-12-31", 26, "2025-10-01")],
    )
    assert numbers(found, "period_start", "revenue", "net_income") == [date(2025, 1, 1), 1_000, 100]


@pytest.mark.parametrize(
    "concepts",
    [
        {"StockholdersEquity": [day(5)]},
        {"Revenues": [year(5)]},
        {"Revenues": [Value("2025-12-31", 5, "2025-03-01")]},
        {"Liabilities": [day(5, form="20-F")]},
        {"Assets": [day(5, form="10-KT")]},
    ],
)
def test_whoever_has_a_figure_in_an_annual_report_has_annual_accounts(concepts: dict[str, Any]) -> None:
    assert read(accounts(**concepts), "companyfacts").answer is Answer.FOUND
    assert statements(accounts(**concepts))[0].period_end == date(2025, 12, 31)


def test_an_annual_report_of_which_nothing_is_read_leaves_the_accounts_open() -> None:
    document = accounts(Assets=[day(5_000, 2024)], DebtInstrumentFaceAmount=[day(10)])
    facts = read(document, "companyfacts").facts
    assert [fact.topics for fact in facts if isinstance(fact, Untold)] == [("accounts",)]
    assert judged(document).known("total_assets", "equity_ratio") == [None, None]
    only = accounts(DebtInstrumentFaceAmount=[day(10)])
    assert read(only, "companyfacts").answer is Answer.FOUND
    assert read(accounts(DebtInstrumentFaceAmount=[day(10, form="10-Q")]), "companyfacts").answer is Answer.NO_RECORD


@pytest.mark.parametrize(
    ("standard", "other"), [("us-gaap", "LiabilitiesAndStockholdersEquity"), ("ifrs-full", "EquityAndLiabilities")]
)
def test_the_other_side_of_the_balance_sheet_stands_in(standard: str, other: str) -> None:
    document = accounts(standard, Assets=[day(1_100, 2023)], **{other: [day(1_100, 2023), day(500, 2024), day(300)]})
    assert [numbers(one, "period_end", "total_assets") for one in statements(document)] == [
        [date(2025, 12, 31), 300],
        [date(2024, 12, 31), 500],
        [date(2023, 12, 31), 1_100],
    ]


def test_a_report_is_about_its_own_year_though_its_total_is_lost() -> None:
    document = accounts(
        Assets=[day(2_000, 2024, filed="2026-02-28"), day(2_000, 2024)],
        StockholdersEquity=[day(20), day(300, 2024, filed="2026-02-28"), day(300, 2024)],
        Revenues=[year(400), year(650, 2024)],
    )
    newest = statements(document)[0]
    assert numbers(newest, "period_end", "total_assets", "equity") == [date(2025, 12, 31), None, 20]


def test_a_single_balance_after_the_end_of_the_year_is_no_year() -> None:
    later = Value("2026-01-31", 90, filed="2026-02-28")
    found = statements(
        accounts(
            Assets=[day(5_000)], Liabilities=[day(4_000)], AssetsCurrent=[day(9)], StockholdersEquity=[day(1), later]
        )
    )
    assert [one.period_end for one in found] == [date(2025, 12, 31)]
