"""Dates that never go stale: stories say "five months ago", and the day the sandbox starts makes a date of it."""

from __future__ import annotations

import calendar
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from sandbox.wire import SandboxError

_MONTHS_SINCE_YEAR_END = 5


def month_end(year: int, month: int) -> date:
    """Return the last day of a month; months below 1 and above 12 run into the years before and after."""
    year, index = year + (month - 1) // 12, (month - 1) % 12 + 1
    return date(year, index, calendar.monthrange(year, index)[1])


def months_before(day: date, months: int) -> date:
    """Return the same day some months earlier (later where negative), or the last day where that month is shorter."""
    last = month_end(day.year, day.month - months)
    return last.replace(day=min(day.day, last.day))


def fiscal_year_end(today: date, years_back: int = 0) -> date:
    """Return the end of a fiscal year: the month that ended about five months ago, that many years earlier."""
    return month_end(today.year - years_back, today.month - _MONTHS_SINCE_YEAR_END)


def calendar_year_end(today: date, years_back: int = 0) -> date:
    """Return the last 31 December that reports are due for by now (the end of April), so many years back."""
    return date(today.year - (1 if today.month > 4 else 2) - years_back, 12, 31)


_PLACEHOLDERS: dict[str, Callable[[date, int], date]] = {
    "years_ago": lambda today, count: months_before(today, 12 * count),
    "months_ago": months_before,
    "days_ago": lambda today, count: today - timedelta(days=count),
    "fiscal_year_end": fiscal_year_end,
}


def resolve(node: Any, today: date) -> Any:
    """Return a parsed document with each placeholder, such as `{months_ago: 3}`, and each date as an ISO text.

    Raises:
        SandboxError: the count of a placeholder is not a whole number.
    """
    if isinstance(node, dict):
        if len(node) == 1:
            name, count = next(iter(node.items()))
            if name in _PLACEHOLDERS:
                if isinstance(count, bool) or not isinstance(count, int):
                    raise SandboxError(f"{name}: {count!r}: a whole number")
                return _PLACEHOLDERS[name](today, count).isoformat()
        return {key: resolve(value, today) for key, value in node.items()}
    if isinstance(node, list):
        return [resolve(value, today) for value in node]
    return node.isoformat() if isinstance(node, date) else node
