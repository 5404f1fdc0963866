"""When a customer is looked at again."""

from __future__ import annotations

import calendar
import hashlib
from datetime import date, timedelta


def months_later(day: date, months: int) -> date:
    """Return the same day some months later, or the last of that month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def next_review(decided_on: date, months: int, reference: str = "", spread_days: int = 0) -> date:
    """Return the day the next review is due, counted from the decision.

    Of customers who were decided on one day, as by the import of a book, the reviews would all fall on one day too.
    They are spread over the days before it, by the reference of the case, so that the same case always has the same
    day.

    Args:
        decided_on: the day of the decision.
        months: the interval by grade and segment; the day is never later.
        reference: of the case.
        spread_days: by how many days at most a review is earlier; less than a month.
    """
    latest = months_later(decided_on, months)
    drawn = int.from_bytes(hashlib.sha256(reference.encode()).digest()[:8])
    return latest - timedelta(days=drawn % (spread_days + 1))
