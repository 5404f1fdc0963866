from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

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


DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))
REFERENCES = st.integers(1, 999_999).map(lambda number: f"GH-2026-{number:06}")


@given(DAYS, st.integers(1, 36), REFERENCES, st.integers(0, 27))
def test_a_review_that_is_spread_is_earlier_and_never_later(
    day: date, months: int, reference: str, spread: int
) -> None:
    due = next_review(day, months, reference, spread)
    assert due == next_review(day, months, reference, spread)
    latest = months_later(day, months)
    assert max(latest - timedelta(days=spread), day + timedelta(days=1)) <= due <= latest


def test_without_days_to_spread_over_all_is_as_before() -> None:
    due = {next_review(date(2026, 1, 15), 6, f"GH-2026-{number:06}") for number in range(100)}
    assert due == {date(2026, 7, 15)}


def test_reviews_of_one_day_are_spread_evenly() -> None:
    days = Counter(next_review(date(2026, 1, 15), 6, f"GH-2026-{number:06}", 9) for number in range(2000))
    assert sorted(days) == [date(2026, 7, 6) + timedelta(days=number) for number in range(10)]
    assert min(days.values()) > 150
    assert max(days.values()) < 250


@given(DAYS, REFERENCES, st.integers(0, 27))
def test_a_shorter_interval_stays_shorter(day: date, reference: str, spread: int) -> None:
    """A customer whose risk is higher is looked at before the day that the longer interval gave, spread or not."""
    assert next_review(day, 3, reference, spread) <= months_later(day, 3)
    assert next_review(day, 3, reference, spread) < next_review(day, 6, reference, spread)
