"""Holds: a person stops deliveries to a customer, for a time or until somebody releases it."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from admission.model import Record


class Hold(Record):
    """Deliveries to a customer are stopped.

    Attributes:
        until: the last day; None until somebody releases it.
        released_on: the day from which it holds no more.
    """

    id: str
    company_key: str
    reason: str = Field(min_length=1, max_length=1000)
    placed_by: str
    placed_on: date
    until: date | None = None
    released_by: str | None = None
    released_on: date | None = None

    def holds_on(self, day: date) -> bool:
        """True where it stops deliveries of this day."""
        ended = (self.until is not None and self.until < day) or (
            self.released_on is not None and self.released_on <= day
        )
        return self.placed_on <= day and not ended
