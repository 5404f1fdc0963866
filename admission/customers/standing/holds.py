"""Holds: a person stops deliveries to a customer, for a time or until somebody releases it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from pydantic import Field

from admission.model import Record, left_out


class Hold(Record):
    """Deliveries to a customer are stopped.

    Attributes:
        until: the last day; None until somebody releases it.
        released_on: the day from which it holds no more.
        bulk_act: the act on many customers that placed it, such as `M3`; None where a person placed it alone.
        ended_by_act: the act on many customers that released it.
    """

    id: str
    company_key: str
    reason: str = Field(min_length=1, max_length=1000)
    placed_by: str
    placed_on: date
    until: date | None = None
    released_by: str | None = None
    released_on: date | None = None
    bulk_act: str | None = left_out(None)
    ended_by_act: str | None = left_out(None)

    def holds_on(self, day: date) -> bool:
        """True where it stops deliveries of this day."""
        ended = (self.until is not None and self.until < day) or (
            self.released_on is not None and self.released_on <= day
        )
        return self.placed_on <= day and not ended


def days_of(hold: Hold) -> Iterator[date]:
    """Yield the day on which a hold begins, and those on which it ends."""
    for day in (hold.placed_on, hold.until, hold.released_on):
        if day is not None:
            yield day
