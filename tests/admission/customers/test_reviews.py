from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admission.customers.reviews import months_later, next_review


@pytest.mark.parametrize(
    ("day", "months", "due"),
    [
        (date(2026, 1, 15), 6, date(2026, 7, 15)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 12, 31), 1, date(2027, 1, 31)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 6, 30), 36, date(2029, 6, 30)),
    ],
    ids=["plain", "short-month", "leap-year", "leap-day", "year-end", "quarter", "three-years"],
)
def test_a_review_is_due_some_months_after_the_decision(day: date, months: int, due: date) -> None:
    assert next_review(day, months) == due


@given(day=st.dates(date(2000, 1, 1), date(2100, 1, 1)), months=st.integers(1, 36))
def test_a_review_falls_in_the_month_it_should(day: date, months: int) -> None:
    due = months_later(day, months)
    assert (due.year * 12 + due.month) - (day.year * 12 + day.month) == months
    assert due.day <= day.day
