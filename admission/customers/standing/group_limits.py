"""The limit of a group of companies, split over the selling units of the house where somebody said so.

A group limit bounds what all customers of a group owe together, beside the limit of each. One person proposes it and
another confirms it; the newest confirmed one counts, from its first day on. After its last day it leaves nothing until
another one is confirmed: an end that nobody looked at must not set the group free. Only people who may decide take it
away altogether.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, NamedTuple

from pydantic import AfterValidator, Field, model_validator

from admission.customers.ledger.records import Rest, Unit
from admission.errors import Invalid, Problem
from admission.free_text import plain_line
from admission.model import Record, Text, left_out
from admission.money import Currency

GroupLimitState = Literal["waits", "confirmed", "ended"]
GROUP_LIMIT_STATES: dict[GroupLimitState, Text] = {
    "waits": Text(en="waits for a second person", zh="待第二人复核"),
    "confirmed": Text(en="confirmed", zh="已复核"),
    "ended": Text(en="ended", zh="已结束"),
}
LONGEST_REASON = 300
NOTHING = Decimal(0)
WITHIN_LIMIT = Text(en="parts that together are not above the limit", zh="合计不超过额度的各部分")


class GroupLimit(Record):
    """A limit of a group.

    Attributes:
        id: its name, such as `G3`; given when it is kept.
        group: the name of the group as its customers give it; capitals do not matter.
        amount: what all customers of the group may owe together.
        units: by selling unit, what of it may be used by the unit; empty where it is not split. What is given to no
            unit may be used by none.
        reason: why; without names of persons, for it is kept.
        valid_from: its first day; valid_until: its last day, None for no such day.
        confirmed_by, confirmed_on: the second person; None while it waits.
        ended_by, ended_on: who took it away; None where nobody did.
    """

    id: str
    group: Annotated[str, Field(min_length=1, max_length=300), AfterValidator(plain_line)]
    amount: Rest
    currency: Currency
    units: dict[Unit, Rest] = left_out({})
    reason: Annotated[str, Field(min_length=1, max_length=LONGEST_REASON), AfterValidator(plain_line)]
    asked_by: str
    valid_from: date
    valid_until: date | None = None
    confirmed_by: str | None = None
    confirmed_on: date | None = None
    ended_by: str | None = None
    ended_on: date | None = None

    @model_validator(mode="after")
    def _whole(self) -> GroupLimit:
        if sum(self.units.values(), NOTHING) > self.amount:
            raise Invalid(WITHIN_LIMIT)
        return self

    @property
    def state(self) -> GroupLimitState:
        """Return where it stands, whatever the day."""
        if self.ended_on is not None:
            return "ended"
        return "waits" if self.confirmed_on is None else "confirmed"

    def is_over(self, day: date) -> bool:
        """True where its last day has passed: then it leaves nothing."""
        return self.valid_until is not None and self.valid_until < day


class Bound(NamedTuple):
    """The limit of a group as it bounds on a day.

    Attributes:
        limit: the limit.
        over: whether its last day has passed.
    """

    limit: GroupLimit
    over: bool

    @property
    def amount(self) -> Decimal:
        """Return what all customers of the group may owe together, in the currency of the limit."""
        return NOTHING if self.over else self.limit.amount

    def part(self, unit: str) -> Decimal:
        """Return what of it a selling unit may use, in the currency of the limit."""
        return NOTHING if self.over else self.limit.units.get(unit, NOTHING)


def bound_on(limits: Iterable[GroupLimit], day: date) -> Bound | None:
    """Return what bounds a group on a day; None where nothing does.

    The newest confirmed limit counts whose first day has come. What it took the place of does not return when it is
    taken away.

    Args:
        limits: of one group.
        day: today, or a day to come.
    """
    begun = [limit for limit in limits if _has_begun(limit, day)]
    if not begun:
        return None
    newest = max(begun, key=lambda limit: int(limit.id[1:]))
    if newest.ended_on is not None and newest.ended_on <= day:
        return None
    return Bound(newest, newest.is_over(day))


def _has_begun(limit: GroupLimit, day: date) -> bool:
    if limit.confirmed_on is None or limit.valid_from > day:
        return False
    # One that was taken away before its first day has never been.
    return limit.ended_on is None or limit.ended_on >= max(limit.valid_from, limit.confirmed_on)


def problems_of(limit: GroupLimit, today: date) -> Iterator[Problem]:
    """Yield what is wrong with a limit that somebody proposes."""
    if not limit.reason.strip():
        yield Problem("because", limit.reason, Text(en="why", zh="原因"))
    first = max(limit.valid_from, today)
    if limit.valid_until is not None and limit.valid_until < first:
        expected = Text(en=f"a day from {first} on", zh=f"{first} 或之后的日期")
        yield Problem("until", str(limit.valid_until), expected)
