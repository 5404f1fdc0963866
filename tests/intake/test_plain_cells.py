"""Amounts and days of tables: what is read, and what is asked about."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admission.errors import Invalid
from intake.plain_cells import A_DAY, AN_AMOUNT, WHICH_IS_THE_DAY, DayOrder, DecimalMark, read_amount, read_day
from tests.languages import is_chinese


@pytest.mark.parametrize(
    ("written", "mark", "amount"),
    [
        ("1250", None, "1250"),
        ("1250.50", None, "1250.50"),
        ("1250.500", None, "1250.500"),
        ("0.500", None, "0.500"),
        ("1,250.50", None, "1250.50"),
        ("1.250,50", None, "1250.50"),
        ("12,5", None, "12.5"),
        ("1,250,000", None, "1250000"),
        ("1 250 000,5", None, "1250000.5"),
        ("1'250.5", None, "1250.5"),
        ("850.000", ".", "850.000"),
        ("850.000", ",", "850000"),
        ("1,234", ".", "1234"),
        ("1,234", ",", "1.234"),
        ("-5", None, "-5"),
        ("−5", None, "-5"),
        ("(5.10)", None, "-5.10"),
        ("5.10-", None, "-5.10"),
        ("+5", None, "5"),
        ("１２．５", None, "12.5"),
    ],
)
def test_an_amount_that_reads_in_one_way_is_taken(written: str, mark: DecimalMark | None, amount: str) -> None:
    assert read_amount(written, mark) == Decimal(amount)


@pytest.mark.parametrize(
    ("written", "mark", "expected"),
    [
        ("850.000", None, "850.000 may be 850 or 850,000"),
        ("-850.000", None, "850.000 may be 850 or 850,000"),
        ("1,234", None, "1,234 may be 1234 or 1.234"),
        ("1250,50", ".", AN_AMOUNT.en),
        ("1250.50", ",", AN_AMOUNT.en),
        ("12,34,567", None, AN_AMOUNT.en),
        ("1,2345.6", None, AN_AMOUNT.en),
        ("0,123.5", None, AN_AMOUNT.en),
        ("¥100", None, AN_AMOUNT.en),
        ("(-5)", None, AN_AMOUNT.en),
        ("--5", None, AN_AMOUNT.en),
        ("1e5", None, AN_AMOUNT.en),
        ("NaN", None, AN_AMOUNT.en),
        ("", None, AN_AMOUNT.en),
        ("9" * 41, None, AN_AMOUNT.en),
    ],
)
def test_an_amount_that_may_be_two_or_none_is_refused(written: str, mark: DecimalMark | None, expected: str) -> None:
    with pytest.raises(Invalid) as caught:
        read_amount(written, mark)
    assert expected in caught.value.expected.en
    assert is_chinese(caught.value.expected)


@given(st.decimals(-(10**12), 10**12, places=2))
def test_an_amount_of_two_places_is_read_as_it_was_written(amount: Decimal) -> None:
    assert read_amount(f"{amount:,.2f}") == amount
    assert read_amount(f"{amount:f}") == amount
    comma = f"{amount:,.2f}".translate(str.maketrans(",.", ".,"))
    assert read_amount(comma) == read_amount(comma, ",") == amount


@pytest.mark.parametrize(
    ("written", "order"),
    [
        ("2026-04-03", "ymd"),
        ("2026/4/3", "ymd"),
        ("2026.04.03", "ymd"),
        ("2026年4月3日", "ymd"),
        ("20260403", "ymd"),
        ("2026-04-03 00:00:00", "ymd"),
        ("2026-04-03T00:00:00.000", "ymd"),
        ("2026-04-03", "dmy"),
        ("03/04/2026", "dmy"),
        ("3.4.2026", "dmy"),
        ("04/03/2026", "mdy"),
        ("４-３-２０２６ 0:00", "mdy"),
    ],
)
def test_a_day_is_read_in_the_order_of_the_file(written: str, order: DayOrder) -> None:
    assert read_day(written, order) == date(2026, 4, 3)


@pytest.mark.parametrize(
    ("written", "order", "expected"),
    [
        ("03/04/2026", "ymd", WHICH_IS_THE_DAY),
        ("31/12/2026", "ymd", WHICH_IS_THE_DAY),
        ("31/12/2026", "mdy", A_DAY),
        ("20260403", "dmy", A_DAY),
        ("2026-02-30", "ymd", A_DAY),
        ("2026-04/03", "ymd", A_DAY),
        ("03/04/26", "dmy", A_DAY),
        ("46115", "ymd", A_DAY),
        ("2026-04-03 08:30", "ymd", A_DAY),
        ("00000000", "ymd", A_DAY),
    ],
)
def test_a_day_that_may_be_two_or_none_is_refused(written: str, order: DayOrder, expected: object) -> None:
    with pytest.raises(Invalid) as caught:
        read_day(written, order)
    assert caught.value.expected == expected
