from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.dates import fiscal_year_end, months_before, resolve
from sandbox.wire import SandboxError


@pytest.mark.parametrize(
    ("today", "back", "expected"),
    [
        (date(2026, 11, 23), 0, date(2026, 6, 30)),
        (date(2026, 11, 23), 2, date(2024, 6, 30)),
        (date(2028, 7, 1), 0, date(2028, 2, 29)),
        (date(2027, 3, 31), 0, date(2026, 10, 31)),
        (date(2027, 5, 9), 0, date(2026, 12, 31)),
    ],
)
def test_fiscal_year_ended_with_the_month_five_months_ago(today: date, back: int, expected: date) -> None:
    assert fiscal_year_end(today, back) == expected


def test_months_before_stays_in_a_shorter_month() -> None:
    assert months_before(date(2026, 7, 31), 5) == date(2026, 2, 28)
    assert months_before(date(2026, 1, 15), 1) == date(2025, 12, 15)


@given(st.dates(min_value=date(2020, 1, 1), max_value=date(2100, 1, 1)))
def test_accounts_are_always_four_to_six_months_old(today: date) -> None:
    assert 115 <= (today - fiscal_year_end(today)).days <= 185


def test_placeholders_and_dates_become_iso_texts() -> None:
    document = {"a": {"years_ago": 2}, "b": [{"days_ago": 1}, date(2009, 3, 17)], "c": {"months_ago": 1, "other": 2}}
    assert resolve(document, date(2026, 11, 23)) == {
        "a": "2024-11-23",
        "b": ["2026-11-22", "2009-03-17"],
        "c": {"months_ago": 1, "other": 2},
    }


def test_a_count_that_is_no_number_is_told() -> None:
    with pytest.raises(SandboxError, match="days_ago: 'ten': a whole number"):
        resolve({"days_ago": "ten"}, date(2026, 11, 23))
