"""When a customer is looked at again."""

from __future__ import annotations

import calendar
from datetime import date


def months_later(day: date, months: int) -> date:
    """Return the same day some months later, or the last of that month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def next_review(admitted_on: date, months: int) -> date:
    """Return the day the next review is due, counted from the decision."""
    return months_later(admitted_on, months)
