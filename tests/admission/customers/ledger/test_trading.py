"""Days of sales outstanding, trend, relation and orders, against sums made by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from admission.customers.ledger.counted import NOT_REACHING
from admission.customers.ledger.records import Coverage
from admission.customers.ledger.trading import (
    NEVER_TRADED,
    NO_ORDERS_TOLD,
    NO_SALES,
    NO_SALES_BEFORE,
    SALES_BELOW_BALANCE,
)
from admission.money import RateTable, no_rate
from tests.admission.customers.ledger.build import OPEN_ALONE, day, figures, item, order, told

SALES = (
    item("1", "400", "09-10", "10-10", open_amount="120"),
    item("2", "620", "10-15", "11-15", open_amount="500"),
    item("3", "200", "10-20", kind="credit_note", settled="11-01"),
    item("4", "300", "11-05", "12-05"),
)


def test_days_of_sales_outstanding_by_three_formulas() -> None:
    found = figures(*SALES)
    # Balance 120 + 500 + 300 = 920. From 08-29 to 11-28 are 92 days; net sales 400 + 620 - 200 + 300 = 1120.
    assert found.balance == 920
    assert found.dso == Decimal("75.571429")  # 920 x 92 / 1120
    assert found.dso_best_possible == Decimal("24.642857")  # 300 x 92 / 1120
    # November 300 in 28 days leaves 620; October 420 in 31 days leaves 200; September 200/400 of 30 days.
    assert found.dso_count_back == 74  # 28 + 31 + 15


def test_the_exhaustion_method_against_a_worked_example() -> None:
    # support.benjipays.com: sales of 70,000, 80,000 and 100,000; receivables of 212,000 leave 32,000 for the first.
    # With the days of these months: 32/70 of the 30 of September, 31 of October, 28 up to the day of the ledger.
    found = figures(
        item("1", "70000", "09-01", "10-01", open_amount="32000"),
        item("2", "80000", "10-01", "11-01"),
        item("3", "100000", "11-01", "12-01"),
    )
    assert found.dso_count_back == Decimal("72.714286")  # 28 + 31 + 13.714286


def test_a_month_of_more_credit_notes_than_invoices_leaves_more_for_the_months_before() -> None:
    found = figures(item("1", "300", "09-01", "12-01"), item("2", "100", "10-01", kind="credit_note"))
    # Owed 200: November nothing (28 days), October -100 (31 days) leaves 300, September 300/300 of 30 days.
    assert found.dso_count_back == 89


def test_unallocated_credits_pay_what_is_overdue_first() -> None:
    found = figures(item("1", "300", "11-01", "12-01"), item("2", "100", "11-10", kind="payment"))
    assert found.balance == 200
    assert found.dso == found.dso_best_possible == Decimal("61.333333")  # 200 x 92 / 300


def test_without_sales_days_of_sales_are_unknown() -> None:
    found = figures(item("1", "100", "2025-12-01", "01-01"))
    assert (found.dso, found.unknown["dso"], found.unknown["dso_best_possible"]) == (None, NO_SALES, NO_SALES)
    # Eleven months back: 28 days of November, 304 of January to October, 31 of December.
    assert found.dso_count_back == 363
    returned = figures(item("1", "100", "11-01", kind="returned_payment"))
    assert returned.unknown["dso_count_back"] == NO_SALES
    more = figures(item("1", "100", "11-01", "12-01"), item("2", "10", "11-02", kind="returned_payment"))
    assert more.unknown["dso_count_back"] == SALES_BELOW_BALANCE


def test_days_of_sales_ask_for_a_ledger_that_reaches_back() -> None:
    found = figures(*SALES, coverage=OPEN_ALONE)
    assert [found.unknown[name] for name in ("dso", "dso_count_back", "dso_best_possible")] == [NOT_REACHING] * 3
    october = figures(*SALES, coverage=Coverage(complete_since=day("10-01")))
    assert october.unknown["dso_count_back"] == NOT_REACHING


def test_the_trend_of_sales() -> None:
    found = figures(
        item("1", "400", "2025-11-28", "2025-12-28", settled="01-01"),  # before both half years
        item("2", "500", "2025-11-29", "2025-12-28", settled="01-01"),
        item("3", "500", "05-28", "06-28", settled="06-28"),
        item("4", "850", "05-29", "06-28", settled="06-28"),
        item("5", "100", "06-29", kind="credit_note", settled="06-30"),
    )
    assert found.sales_trend == Decimal("-0.25")  # (850 - 100) / (500 + 500) - 1
    young = figures(item("1", "400", "11-01", "12-01"))
    assert (young.sales_trend, young.unknown["sales_trend"]) == (None, NO_SALES_BEFORE)
    assert figures(item("1", "400", "01-01", "02-01")).sales_trend == -1
    assert figures(*SALES, coverage=OPEN_ALONE).unknown["sales_trend"] == NOT_REACHING


def test_length_of_the_relation_and_last_trade() -> None:
    found = figures(item("1", "10", "2025-10-29", kind="payment"), item("2", "10", "02-03", "03-03"))
    assert (found.relation_months, found.dormant_since) == (12, date(2026, 2, 3))
    assert figures(item("1", "10", "2025-10-28", "2025-11-28")).relation_months == 13
    ordered = figures(order("9", "5", "11-20"))
    assert (ordered.relation_months, ordered.dormant_since) == (0, date(2026, 11, 20))
    assert (figures().unknown["relation_months"], figures().unknown["dormant_since"]) == (NEVER_TRADED, NEVER_TRADED)


def test_open_orders_by_stage() -> None:
    orders = (
        order("1", "100", "11-01", "ready"),
        order("2", "10", "11-02", "ready", currency="USD"),
        order("3", "5", "11-03", "shipped_not_invoiced"),
        order("4", "999", "11-29"),
    )
    found = figures(*orders)
    assert found.open_orders == {"ready": Decimal("172.5"), "shipped_not_invoiced": 5}  # 100 + 10 x 7.25
    assert told(found, "not_counted", "balance") == (1, 0)
    assert figures(*orders, rates=RateTable()).unknown["open_orders"] == no_rate("USD", "CNY")
    assert figures().open_orders == {}
    assert figures(coverage=OPEN_ALONE).unknown["open_orders"] == NO_ORDERS_TOLD
