from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admission.customers.reviews import (
    Interval,
    Risk,
    SetBefore,
    day_after_decision,
    months_later,
    next_review,
    risk_of,
)


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


DECIDED = date(2026, 6, 30)
SOON, LATE, PASSED = date(2026, 8, 1), date(2027, 12, 1), date(2026, 6, 1)
IN_3, IN_6, IN_12 = date(2026, 9, 30), date(2026, 12, 30), date(2027, 6, 30)

# Months of the grade now and of the grade before, the day that was set before, which way the risk went, whether it is
# a review in full, and the day of the next review.
GOLDEN = [
    # The risk rose: what was to come sooner stays, and what was to come later comes with the shorter interval.
    (3, 6, SOON, Risk.ROSE, True, SOON),
    (3, 6, SOON, Risk.ROSE, False, SOON),
    (3, 12, LATE, Risk.ROSE, True, IN_3),
    (3, 12, LATE, Risk.ROSE, False, IN_3),
    # The day has come, and this is the look that was to be taken then.
    (3, 6, PASSED, Risk.ROSE, True, IN_3),
    (3, 6, PASSED, Risk.ROSE, False, IN_3),
    (3, 6, DECIDED, Risk.ROSE, True, IN_3),
    # It rose, and the policy asks for the same interval of both grades.
    (6, 6, SOON, Risk.ROSE, False, SOON),
    # The risk fell: a review in full begins the longer interval.
    (12, 6, SOON, Risk.FELL, True, IN_12),
    (12, 6, PASSED, Risk.FELL, True, IN_12),
    # Anything else does not.
    (12, 6, SOON, Risk.FELL, False, SOON),
    (12, 6, LATE, Risk.FELL, False, IN_12),
    (12, 6, PASSED, Risk.FELL, False, IN_6),
    (12, 3, DECIDED, Risk.FELL, False, IN_3),
    # Nothing moved: as always.
    (6, 6, SOON, Risk.SAME, True, IN_6),
    (6, 6, SOON, Risk.SAME, False, IN_6),
    (6, 12, LATE, Risk.SAME, True, IN_6),
]


@pytest.mark.parametrize(("months", "before", "day", "risk", "in_full", "due"), GOLDEN)
def test_a_change_of_risk_puts_off_no_look(
    months: int, before: int, day: date, risk: Risk, in_full: bool, due: date
) -> None:
    assert day_after_decision(DECIDED, Interval(months), SetBefore(day, before, risk), in_full=in_full) == due


def test_who_was_no_customer_has_the_interval_of_its_grade() -> None:
    assert day_after_decision(DECIDED, Interval(6), None, in_full=False) == IN_6


@given(
    DAYS,
    st.builds(Interval, st.integers(1, 36), REFERENCES, st.integers(0, 27)),
    st.builds(SetBefore, DAYS, st.integers(1, 36), st.sampled_from(Risk)),
    st.booleans(),
)
def test_no_review_is_later_than_its_grade_asks_nor_has_it_come(
    day: date, interval: Interval, before: SetBefore, in_full: bool
) -> None:
    due = day_after_decision(day, interval, before, in_full=in_full)
    assert day < due <= interval.after(day)
    if before.risk is not Risk.SAME and before.day > day and not (in_full and before.risk is Risk.FELL):
        assert due <= before.day


@pytest.mark.parametrize(
    ("was", "now", "risk"),
    [
        ("A", "A", Risk.SAME),
        ("A", "B", Risk.ROSE),
        ("C", "B", Risk.FELL),
        # A grade of a policy that is no more in force.
        ("Z", "A", Risk.ROSE),
        ("A", "Z", Risk.ROSE),
        ("Z", "Z", Risk.SAME),
    ],
)
def test_which_way_the_risk_went(was: str, now: str, risk: Risk) -> None:
    assert risk_of(["A", "B", "C"], was, now) is risk
