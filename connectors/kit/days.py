"""Days as sources write them, and those that they write where there is none.

A field that may not be empty is filled with the least or the greatest day of a program, or with the day from which it
counts. Read as a day, it makes a company two thousand years old, or ends a charge before it began.
"""

from __future__ import annotations

import re
from datetime import date

# No register is older: the oldest companies that trade today were chartered in the seventeenth century.
_FIRST = date(1600, 1, 1)
_LAST = date(2199, 12, 31)
_COUNTED_FROM = frozenset(
    {
        date(1753, 1, 1),  # SQL Server
        date(1899, 12, 30),  # OLE, LibreOffice
        date(1899, 12, 31),  # Excel
        date(1900, 1, 1),  # Excel, SQL; registers use it for "not known"
        date(1970, 1, 1),  # Unix
    }
)


def means_none(day: date) -> bool:
    """True for a day that stands for "none" or "not known": before 1600, after 2199, or where a program counts from."""
    return not _FIRST <= day <= _LAST or day in _COUNTED_FROM


def read_day(text: str) -> date | None:
    """Read a day that is written 2026-01-31, with or without a time after it; None for a day that means none.

    Raises:
        ValueError: it is not written so, or the calendar has no such day.
    """
    given = text.strip()
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][^\n]*)?", given):
        raise ValueError("not written as 2026-01-31")
    # The year 0000 is in no calendar of ours, and is written for "none" too.
    day = None if given.startswith("0000-") else date.fromisoformat(given[:10])
    return None if day is None or means_none(day) else day
