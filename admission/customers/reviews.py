"""When a customer is looked at again."""

from __future__ import annotations

import calendar
import hashlib
from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple


class Risk(StrEnum):
    """Which way a customer's grade went."""

    ROSE = "rose"
    SAME = "same"
    FELL = "fell"


class SetBefore(NamedTuple):
    """When a customer was to be looked at again, before it was decided on anew.

    Attributes:
        day: of the review; it may have come.
        months: the interval that the policy asks of the grade it had.
        risk: which way its grade went since.
    """

    day: date
    months: int
    risk: Risk


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


def risk_of(grades: Sequence[str], was: str, now: str) -> Risk:
    """Return which way the risk went; of a grade that the policy has no more nobody knows that it fell.

    Args:
        grades: names of the policy's grades, the best first.
        was: the grade before.
        now: the grade of the decision.
    """
    if was == now:
        return Risk.SAME
    if was not in grades or now not in grades:
        return Risk.ROSE
    return Risk.ROSE if grades.index(now) > grades.index(was) else Risk.FELL


class Interval(NamedTuple):
    """How long a decision lets a customer be, as `next_review` takes it."""

    months: int
    reference: str = ""
    spread_days: int = 0

    def after(self, decided_on: date, months: int | None = None) -> date:
        """Return the day that the interval ends, or that another number of months would."""
        return next_review(decided_on, self.months if months is None else months, self.reference, self.spread_days)


def day_after_decision(decided_on: date, interval: Interval, before: SetBefore | None, *, in_full: bool) -> date:
    """Return the day of the next review, so that a change of risk never puts off a look that was to come sooner.

    Where the risk rose, a day that was set before and is still to come stays. Where it fell, the longer interval begins
    with a review in full alone: after anything else the customer is looked at when it would have been.

    Args:
        decided_on: the day of the decision.
        interval: by the grade and segment of the decision.
        before: None for who was no customer.
        in_full: whether the decision is that of a review, and all was asked that the policy asks of one.

    Returns:
        Never later than the interval of the grade asks.
    """
    due = interval.after(decided_on)
    if before is None or before.risk is Risk.SAME:
        return due
    still_to_come = before.day > decided_on
    if before.risk is Risk.ROSE:
        return min(due, before.day) if still_to_come else due
    if in_full:
        return due
    return min(due, before.day if still_to_come else interval.after(decided_on, before.months))
