"""A group of customers as people look at it: its limit, what is used of it and by whom, and what waits or is over."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any, NamedTuple

from admission.customers.standing.group_limits import Bound, GroupLimit
from admission.model import Record, Text
from admission.money import Exchange, no_rate

_CENT = Decimal("0.01")


class MemberUse(Record):
    """One customer of a group.

    Attributes:
        used: what it owes and is about to owe, in the house currency, never below nothing; None where unknown.
        why: why it cannot be told.
    """

    company_key: str
    used: Decimal | None
    why: Text | None = None


class UnitUse(Record):
    """One selling unit that may use a part of the limit.

    Attributes:
        amount: its part, in the currency of the limit.
        used: what it has used of it, in the house currency; None where it cannot be told.
        why: why it cannot be told.
    """

    unit: str
    amount: Decimal
    used: Decimal | None
    why: Text | None = None


class Used(NamedTuple):
    """What is used of a group's limit, in the house currency; a figure that cannot be told is why.

    Attributes:
        by_member: by company key.
        by_unit: by selling unit.
    """

    by_member: dict[str, Decimal | Text]
    by_unit: dict[str, Decimal | Text]


class GroupView(Record):
    """A group as it stands today.

    Attributes:
        name: as the newest limit has it, else in small letters.
        as_of: today.
        in_force: the limit that bounds the group; None where none does.
        over: whether its last day has passed, so that it leaves nothing.
        used: what all customers of the group owe and are about to owe; None where that of one cannot be told.
        currency: of `used`: that of the limit, or of the house where none is in force.
        house_currency: of what customers and units use.
        members: its customers.
        units: the selling units over which the limit is split.
        limits: all that were ever proposed, oldest first.
        untold: why `used` cannot be told.
    """

    name: str
    as_of: date
    in_force: GroupLimit | None
    over: bool
    used: Decimal | None
    currency: str
    house_currency: str
    members: tuple[MemberUse, ...]
    units: tuple[UnitUse, ...]
    limits: tuple[GroupLimit, ...]
    untold: tuple[Text, ...] = ()

    @property
    def line(self) -> Text:
        """Return limit and use in one line, for the pages of its customers."""
        if self.in_force is None:
            return Text(en=f"group {self.name} has no limit", zh=f"集团 {self.name} 未设额度")
        limit = self.in_force
        amount = f"{limit.amount:,.2f} {limit.currency}"
        over = Text(en="", zh="")
        if self.over:
            over = Text(
                en=f", ended on {limit.valid_until}: nothing of it is left", zh=f"，已于 {limit.valid_until} 到期失效"
            )
        used = Text(en="not known", zh="未知")
        if self.used is not None:
            used = Text(en=f"{self.used:,.2f}", zh=f"{self.used:,.2f}")
        return Text(
            en=f"group limit {amount} ({self.name}, {limit.id}{over.en}), used {used.en}",
            zh=f"集团额度 {amount}（{self.name}，{limit.id}{over.zh}），已用 {used.zh}",
        )


def view_of(
    name: str,
    bound: Bound | None,
    limits: tuple[GroupLimit, ...],
    used: Used,
    exchange: Exchange,
) -> GroupView:
    """Put together what people see of a group.

    Args:
        name: of the group, in small letters.
        bound: what bounds it today.
        limits: all of its limits, oldest first.
        used: by each of its customers, and by each selling unit.
        exchange: of today.
    """
    members = tuple(MemberUse(company_key=key, **_told(part)) for key, part in used.by_member.items())
    untold = [member.why for member in members if member.why is not None]
    currency = exchange.house_currency if bound is None else bound.limit.currency
    total = sum((part for part in used.by_member.values() if not isinstance(part, Text)), Decimal(0))
    whole = exchange.convert(total, exchange.house_currency, currency)
    if whole is None:
        untold.append(no_rate(exchange.house_currency, currency))
    return GroupView(
        name=limits[-1].group if limits else name,
        as_of=exchange.on,
        in_force=None if bound is None else bound.limit,
        over=bound is not None and bound.over,
        used=None if untold or whole is None else whole.quantize(_CENT, ROUND_HALF_EVEN),
        currency=currency,
        house_currency=exchange.house_currency,
        members=members,
        units=()
        if bound is None
        else tuple(UnitUse(unit=unit, amount=bound.part(unit), **_told(part)) for unit, part in used.by_unit.items()),
        limits=limits,
        untold=tuple(dict.fromkeys(untold)),
    )


def _told(part: Decimal | Text) -> dict[str, Any]:
    if isinstance(part, Text):
        return {"used": None, "why": part}
    return {"used": part.quantize(_CENT, ROUND_HALF_EVEN)}
