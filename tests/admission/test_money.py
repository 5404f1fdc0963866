from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from pydantic import ValidationError

from admission.model import Text
from admission.money import CURRENCIES, Exchange, Money, Rate, RateTable, no_rate

DAY = date(2026, 6, 30)
TABLE = RateTable(
    [
        Rate(currency="GBP", to="USD", on=date(2026, 6, 1), per_unit=Decimal("1.30")),
        Rate(currency="GBP", to="USD", on=date(2026, 6, 20), per_unit=Decimal("1.25")),
        Rate(currency="GBP", to="USD", on=date(2026, 7, 1), per_unit=Decimal(9)),
        Rate(currency="EUR", to="USD", on=date(2026, 6, 1), per_unit=Decimal("1.10")),
    ]
)


def gbp(amount: str) -> Money:
    return Money(amount=Decimal(amount), currency="GBP")


def exchange(on: date = DAY, rates: RateTable = TABLE) -> Exchange:
    return Exchange(rates, "USD", on)


def test_the_newest_rate_not_after_the_day_counts() -> None:
    assert exchange().quote("GBP") == (Decimal("1.25"), date(2026, 6, 20))
    assert exchange().convert(Decimal(1000), "GBP") == Decimal(1250)


def test_a_rate_of_the_very_day_counts() -> None:
    assert exchange(date(2026, 6, 1)).quote("GBP") == (Decimal("1.30"), date(2026, 6, 1))


def test_a_rate_is_read_the_other_way_round_too() -> None:
    assert exchange().quote("USD", "GBP") == (Decimal("0.8"), date(2026, 6, 20))
    assert exchange().convert(Decimal(250), "USD", "GBP") == Decimal(200)


def test_the_same_currency_needs_no_rate() -> None:
    without = exchange(rates=RateTable())
    assert without.quote("GBP", "GBP") == (Decimal(1), DAY)
    assert (without.convert(Decimal(7), "GBP", "GBP"), without.convert(Decimal(7), "USD")) == (Decimal(7), Decimal(7))


@pytest.mark.parametrize(
    ("currency", "to", "on"),
    [("GBP", "USD", date(2026, 5, 31)), ("GBP", "EUR", DAY), ("CNY", "USD", DAY)],
    ids=["before-the-first-rate", "no-crossing-of-rates", "currency-not-in-table"],
)
def test_without_a_rate_there_is_no_amount(currency: str, to: str, on: date) -> None:
    assert exchange(on).convert(Decimal(1), currency, to) is None
    assert exchange(on).quote(currency, to) is None


def test_rate_and_day_are_said_and_so_is_a_rate_that_is_missing() -> None:
    quote = exchange().quote("GBP", "USD")
    assert quote is not None
    assert quote.said == Text(en="at 1.25 of 2026-06-20", zh="按 2026-06-20 汇率 1.25")
    assert no_rate("CNY", "USD") == Text(en="no exchange rate for CNY/USD", zh="没有 CNY/USD 汇率")


def test_the_order_of_the_table_makes_no_difference() -> None:
    rates = [Rate(currency="GBP", to="USD", on=date(2026, 6, day), per_unit=Decimal(day)) for day in (3, 1, 2)]
    assert RateTable(rates).find("GBP", "USD", DAY) == (Decimal(3), date(2026, 6, 3))


@pytest.mark.parametrize("per_unit", ["0", "-1.2", "NaN", "Infinity"])
def test_a_rate_is_a_finite_amount_above_zero(per_unit: str) -> None:
    with pytest.raises(ValidationError):
        Rate(currency="GBP", to="USD", on=DAY, per_unit=Decimal(per_unit))


@pytest.mark.parametrize(("amount", "rounded"), [("2.5", 2), ("3.5", 4), ("-2.5", -2), ("2.51", 3)])
def test_amounts_are_rounded_half_to_even(amount: str, rounded: int) -> None:
    assert gbp(amount).rounded() == gbp(str(rounded))


@pytest.mark.parametrize("code", ["usd", "XXX", "US", "", "EURO"])
def test_an_unknown_currency_is_refused(code: str) -> None:
    with pytest.raises(ValidationError, match="ISO 4217"):
        Money(amount=Decimal(1), currency=code)


def test_currencies_are_three_capitals() -> None:
    assert all(len(code) == 3 and code.isascii() and code.isupper() for code in CURRENCIES)
    assert {"USD", "EUR", "GBP", "CNY"} <= CURRENCIES
