"""SEC accounts: which line is the revenue, and whose figures are the group's."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest

from tests.connectors.sec_answers import (
    Value,
    accounts,
    day,
    doubts,
    judged,
    newest,
    numbers,
    statements,
    year,
)

SALES = "RevenueFromContractWithCustomerExcludingAssessedTax"
GROUP_EQUITY = "StockholdersEquityIncludingPortionAttributableToNoncontrollingInterest"


BESIDE = [
    *("OperatingLeaseLeaseIncome", "OperatingLeasesIncomeStatementLeaseRevenue", "LeaseIncome", "PremiumsEarnedNet"),
    *("InterestAndDividendIncomeOperating", "InterestAndFeeIncomeLoansAndLeases", "InterestIncomeExpenseNet"),
    *("RealEstateRevenueNet", "RevenuesNetOfInterestExpense", "RentalRevenue", "NoninterestIncome"),
]


@pytest.mark.parametrize("beside", BESIDE)
@pytest.mark.parametrize("amount", [9_000, 120, 12])
def test_a_line_beside_rents_premiums_or_interest_is_not_the_revenue(beside: str, amount: int) -> None:
    found = newest(**{SALES: [year(120)], beside: [year(amount)]})
    assert (found.revenue, doubts(found)) == (None, {"revenue"})
    assert beside in found.doubts[0].why.en
    whole = newest(**{SALES: [year(120)], beside: [year(amount)], "Revenues": [year(9_120)]})
    assert (numbers(whole, "revenue"), whole.doubts) == ([9_120], ())


def test_rents_of_a_subtenant_do_not_matter() -> None:
    found = newest(
        **{SALES: [year(100_000)], "OperatingLeaseLeaseIncome": [year(900)], "SubleaseIncome": [year(9_000)]}
    )
    assert found.revenue == 100_000
    of_another_year = newest(**{SALES: [year(100)], "OperatingLeaseLeaseIncome": [year(900, 2023)]})
    assert of_another_year.revenue == 100


@pytest.mark.parametrize("beside", ["RentalIncome", "InsuranceRevenue", "RevenueFromInterest", "OtherRevenue"])
def test_the_same_under_ifrs(beside: str) -> None:
    concepts = {"Assets": [day(5_000)], "RevenueFromContractsWithCustomers": [year(120)], beside: [year(900)]}
    assert statements(accounts("ifrs-full", **concepts))[0].revenue is None
    assert statements(accounts("ifrs-full", **concepts, Revenue=[year(1_020)]))[0].revenue == 1_020


@pytest.mark.parametrize("line", [SALES, "SalesRevenueNet", "SalesRevenueServicesNet"])
def test_a_line_below_the_net_income_is_not_the_revenue(line: str) -> None:
    assert newest(**{line: [year(120)], "NetIncomeLoss": [year(2_000)]}).revenue is None
    assert newest(**{line: [year(120)], "NetIncomeLoss": [year(20)]}).revenue == 120
    # A holding's total may well be less than what it gains.
    assert newest(Revenues=[year(120)], NetIncomeLoss=[year(2_000)]).revenue == 120


def test_goods_and_services_are_two_lines() -> None:
    assert newest(SalesRevenueGoodsNet=[year(70)], SalesRevenueServicesNet=[year(30)]).revenue is None


def growth(**concepts: Sequence[Value]) -> list[object]:
    return judged(accounts(Assets=[day(900, 2024), day(1_000)], **concepts)).known("revenue", "revenue_growth")


def test_growth_compares_one_line_over_both_years() -> None:
    restated = [year(1_530, 2024), year(1_530, 2024, filed="2026-02-28"), year(1_600)]
    revenue, grown = growth(Revenues=[year(1_686, 2024), year(1_700)], **{SALES: restated})
    assert revenue == 1_700
    assert isinstance(grown, Decimal)
    assert round(grown, 4) == Decimal("0.0083")


def test_another_line_in_the_year_before_does_not_compare() -> None:
    assert growth(Revenues=[year(1_000, 2024)], **{SALES: [year(1_700)]}) == [1_700, None]
    assert growth(Revenues=[year(1_700)], **{SALES: [year(1_000, 2024)]}) == [1_700, None]


def test_two_names_of_one_line_compare() -> None:
    both = {"Revenues": [year(800, 2023), year(1_000, 2024)], SALES: [year(800, 2023, filed="2025-02-28"), year(1_100)]}
    assert growth(**both) == [1_100, Decimal("0.1")]


def test_a_part_that_differed_from_the_whole_is_not_the_whole_later() -> None:
    assert growth(Revenues=[year(1_686, 2024)], **{SALES: [year(1_530, 2024), year(1_600)]}) == [None, None]
    found = newest(ProfitLoss=[year(-50, 2024)], NetIncomeLoss=[year(-40, 2024), year(-30)])
    assert (found.net_income, doubts(found)) == (None, {"net_income"})


@pytest.mark.parametrize(
    ("figure", "concepts"),
    [
        ("equity", {"StockholdersEquity": [day(100)], "MinorityInterest": [day(-40)]}),
        (
            "net_income",
            {"NetIncomeLoss": [year(100)], "NetIncomeLossAttributableToNoncontrollingInterest": [year(-40)]},
        ),
    ],
)
def test_what_belongs_to_the_parents_owners_is_not_the_groups(figure: str, concepts: dict[str, Any]) -> None:
    assert getattr(newest(**concepts), figure) is None
    whole = {"equity": {GROUP_EQUITY: [day(60)]}, "net_income": {"ProfitLoss": [year(60)]}}
    assert getattr(newest(**concepts, **whole[figure]), figure) == 60
