"""The order check: whether an order is covered by the limit in force, and everything that stands against it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum
from typing import Literal, NamedTuple, TypeVar

from admission.customers.orders.asked import OnRecord, OrderAsked, Release
from admission.customers.orders.exposure import NOTHING, SMALLEST, Owed, ahead
from admission.customers.orders.sharing import GroupCheck, GroupNow, Shared, hold_against_group
from admission.customers.standing.in_force import OnFile, Standing, StandingCode, is_untouched, standing_on
from admission.model import Record, Text, left_out
from admission.money import Exchange, no_rate
from admission.policy.customer_rules import CustomerRules
from admission.policy.order_rules import OrderRules

Result = Literal["free", "blocked"]
Binds = Literal["customer", "group", "unit"]
F = TypeVar("F", int, Decimal)
_CENT = Decimal("0.01")


class BlockCode(StrEnum):
    """Why an order is blocked; for programs."""

    OVER_LIMIT = "over_limit"
    OVER_GROUP_LIMIT = "over_group_limit"
    OVER_UNIT_LIMIT = "over_unit_limit"
    HELD = "held"
    ENDED = "ended"
    UNKNOWN = "unknown"
    TERMS = "terms"
    AMOUNT = "amount"
    OLDEST_OVERDUE = "oldest_overdue"
    OVERDUE_SHARE = "overdue_share"
    DUNNING = "dunning"
    RELEASE_EXCEEDED = "release_exceeded"
    CONDITION = "condition"
    REVIEW_EXPIRED = "review_expired"
    SECURITY_SHORT = "security_short"
    CUT = "cut"
    DORMANT = "dormant"


class BlockReason(Record):
    """One thing that stands against an order."""

    code: BlockCode
    text: Text


class Figures(Record):
    """What an order is held against, in the house currency; None where it cannot be told.

    Attributes:
        in_force: what of the limit is in force, today or on the day of delivery, whichever is less.
        balance: what the customer owes by the ledger, credits taken off.
        orders: open orders by the ledger that count.
        taken: orders that were found free or released before and are in no ledger yet.
        this: the order itself.
        group: the group of the customer, with what all of it owes; None where it has no limit.
        unit: the selling unit, with what it has used of the group's limit; None where that is not split.
        by_parent: whether the customer has no limit of its own and uses the group's.
    """

    currency: str
    in_force: Decimal | None
    balance: Decimal | None
    orders: Decimal | None
    taken: Decimal | None
    this: Decimal | None
    group: Shared | None = left_out(None)
    unit: Shared | None = left_out(None)
    by_parent: bool = left_out(False)

    @property
    def exposure(self) -> Decimal | None:
        """Return all that the customer would owe with this order."""
        parts = (self.balance, self.orders, self.taken, self.this)
        known = [part for part in parts if part is not None]
        return sum(known, NOTHING) if len(known) == len(parts) else None

    @property
    def headroom(self) -> Decimal | None:
        """Return what is left with this order of the limit that leaves least; below zero where it does not fit."""
        rooms = [room for _, room in self._rooms()]
        known = [room for room in rooms if room is not None]
        return min(known) if len(known) == len(rooms) else None

    @property
    def binds(self) -> Binds | None:
        """Return whose limit leaves least; None where that cannot be told."""
        least = self.headroom
        return None if least is None else next(name for name, room in self._rooms() if room == least)

    def _rooms(self) -> Iterator[tuple[Binds, Decimal | None]]:
        if not self.by_parent:
            yield "customer", self.own_headroom
        if self.group is not None:
            yield "group", self.group.headroom
        if self.unit is not None:
            yield "unit", self.unit.headroom

    @property
    def own_headroom(self) -> Decimal | None:
        """Return what is left of the customer's own limit in force with this order."""
        if self.in_force is None or self.exposure is None:
            return None
        return (self.in_force - self.exposure).quantize(_CENT, ROUND_HALF_EVEN)


class OrderCheck(Record):
    """What came of an order check.

    Attributes:
        asked: the order.
        as_of: the day of the check.
        reasons: all that stands against the order; empty where it is free.
        ledger: the import that was read, such as `L7`; "" where there is none.
        ledger_as_of: its day.
        release: that it goes through by, in spite of what stands against it.
        waived: what stood against it and was let through.
        holds: ids of the holds that were in force.
    """

    asked: OrderAsked
    as_of: date
    figures: Figures
    reasons: tuple[BlockReason, ...]
    ledger: str
    ledger_as_of: date | None
    release: Release | None = left_out(None)
    waived: tuple[BlockReason, ...] = left_out(())
    holds: tuple[str, ...] = left_out(())

    @property
    def result(self) -> Result:
        """Return whether the order may go on."""
        return "blocked" if self.reasons else "free"

    @property
    def codes(self) -> tuple[str, ...]:
        """Return the codes of its reasons, each once, in order."""
        return tuple(dict.fromkeys(str(reason.code) for reason in self.reasons))


class CustomerNow(NamedTuple):
    """A customer as it stands when one of its orders is checked.

    Attributes:
        file: what is on file.
        stands: what of its limit is in force today.
        owed: what the ledger tells.
        group: its group; None where that has no limit.
    """

    file: OnFile
    stands: Standing
    owed: Owed
    group: GroupNow | None = None


def check(
    asked: OrderAsked, now: CustomerNow, record: OnRecord, rules: CustomerRules, exchange: Exchange
) -> OrderCheck:
    """Check an order.

    Whatever cannot be told stands against it: an order is free where everything that the policy asks for is known.

    Args:
        asked: the order.
        now: its customer.
        record: other orders, and a release of this one.
        rules: of the policy in force.
        exchange: of today.
    """
    figures, untold = _figures(asked, now, record, rules, exchange)
    reasons = (*untold, *_reasons(asked, now, figures, rules.orders))
    waived: tuple[BlockReason, ...] = ()
    release = record.release
    if release is not None and reasons:
        waived, reasons = _released(asked, release, reasons, now, exchange)
    return OrderCheck(
        asked=asked,
        as_of=exchange.on,
        figures=figures,
        reasons=reasons,
        ledger=now.owed.ledger,
        ledger_as_of=now.owed.as_of,
        release=release if waived else None,
        waived=waived,
        holds=_holds(now, exchange),
    )


def _figures(
    asked: OrderAsked, now: CustomerNow, record: OnRecord, rules: CustomerRules, exchange: Exchange
) -> tuple[Figures, tuple[BlockReason, ...]]:
    """Return what the order is held against, and why figures are missing."""
    customer = now.file.customer
    later = standing_on(now.file, rules, exchange, max(asked.deliver_on, exchange.on))
    in_force = exchange.convert(min(now.stands.in_force, later), customer.currency)
    this = exchange.convert(asked.amount, asked.currency)
    coming = ahead(now.owed, record.taken, asked.order, rules.orders, exchange)
    together = _together(asked, now, record, rules.orders, exchange)
    missing: list[Text] = []
    for amount, currency in ((in_force, customer.currency), (this, asked.currency)):
        if amount is None:
            missing.append(no_rate(currency, exchange.house_currency))
    missing += [part for part in (now.owed.balance, coming.orders, coming.taken) if isinstance(part, Text)]
    missing += together.untold
    figures = Figures(
        currency=exchange.house_currency,
        in_force=_rounded(in_force),
        balance=_told(now.owed.balance),
        orders=_told(coming.orders),
        taken=_told(coming.taken),
        this=_rounded(this),
        group=together.group,
        unit=together.unit,
        by_parent=together.group is not None and _uses_parent(asked, now, rules, exchange),
    )
    return figures, tuple(BlockReason(code=BlockCode.UNKNOWN, text=text) for text in dict.fromkeys(missing))


def _together(
    asked: OrderAsked, now: CustomerNow, record: OnRecord, rules: OrderRules, exchange: Exchange
) -> GroupCheck:
    if now.group is None:
        return GroupCheck()
    return hold_against_group(asked, now.group, {**record.others, now.group.key: record.taken}, rules, exchange)


def _uses_parent(asked: OrderAsked, now: CustomerNow, rules: CustomerRules, exchange: Exchange) -> bool:
    """True where the customer has no limit of its own, today and on the day of delivery, and nothing stands against it.

    A limit that is cut, or that a hold, an open condition or an overdue review bounds, is no missing one.
    """
    if not rules.orders.parent_limit or now.file.customer.limit != 0 or now.stands.limit != 0:
        return False
    days = {exchange.on, max(asked.deliver_on, exchange.on)}
    return all(is_untouched(now.file, rules, exchange, day) for day in days)


def _told(amount: Decimal | Text) -> Decimal | None:
    return None if isinstance(amount, Text) else amount


def _rounded(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else amount.quantize(SMALLEST, ROUND_HALF_EVEN)


def _reasons(asked: OrderAsked, now: CustomerNow, figures: Figures, rules: OrderRules) -> Iterator[BlockReason]:
    room = figures.own_headroom
    over = not figures.by_parent and room is not None and room < 0
    if over:
        yield BlockReason(code=BlockCode.OVER_LIMIT, text=_over(figures))
    yield from _over_shared(figures)
    for reason in now.stands.reasons:
        # Whoever has paid beforehand may have goods without a limit, but not while deliveries are stopped.
        if over or reason.code in (StandingCode.HELD, StandingCode.ENDED):
            yield BlockReason(code=BlockCode(str(reason.code)), text=reason.text)
    customer = now.file.customer
    if asked.terms_days is not None and asked.terms_days > customer.terms_days:
        words = Text(
            en=f"terms of {asked.terms_days} days, {customer.terms_days} are granted",
            zh=f"账期 {asked.terms_days} 天，获准 {customer.terms_days} 天",
        )
        yield BlockReason(code=BlockCode.TERMS, text=words)
    if rules.most_amount is not None and figures.this is not None and figures.this > rules.most_amount:
        most = f"{rules.most_amount:,.2f} {figures.currency}"
        words = Text(en=f"orders above {most} need a release", zh=f"超过 {most} 的订单须放行")
        yield BlockReason(code=BlockCode.AMOUNT, text=words)
    yield from _lateness(now.owed, rules)


def _over(figures: Figures) -> Text:
    exposure, in_force = f"{figures.exposure:,.2f}", f"{figures.in_force:,.2f} {figures.currency}"
    parts = figures.balance, figures.orders, figures.taken, figures.this
    owed, orders, taken, this = (f"{part:,.2f}" for part in parts)
    return Text(
        en=f"exposure with this order {exposure} (owed {owed}, open orders {orders}, let through before {taken}, "
        f"this order {this}); limit in force {in_force}",
        zh=f"含本订单的敞口 {exposure}（欠款 {owed}，未结订单 {orders}，此前放行的订单 {taken}，本订单 {this}）；"
        f"生效额度 {in_force}",
    )


def _over_shared(figures: Figures) -> Iterator[BlockReason]:
    """Yield the limits of group and selling unit that are exceeded."""
    for code, shared in ((BlockCode.OVER_GROUP_LIMIT, figures.group), (BlockCode.OVER_UNIT_LIMIT, figures.unit)):
        if shared is None or shared.headroom is None or shared.headroom >= 0:
            continue
        of_group = code is BlockCode.OVER_GROUP_LIMIT
        whose = Text(
            en=f"{'group' if of_group else 'selling unit'} {shared.name}",
            zh=f"{'集团' if of_group else '销售单位'} {shared.name}",
        )
        over = Text(en="", zh="")
        if shared.over is not None:
            over = Text(en=f", which ended on {shared.over}", zh=f"（已于 {shared.over} 到期）")
        exposure, amount = f"{shared.exposure:,.2f}", f"{shared.amount:,.2f} {figures.currency}"
        words = Text(
            en=f"{whose.en}: exposure with this order {exposure}; limit {shared.limit} {amount}{over.en}",
            zh=f"{whose.zh}：含本订单的敞口 {exposure}；额度 {shared.limit} {amount}{over.zh}",
        )
        yield BlockReason(code=code, text=words)


def _lateness(owed: Owed, rules: OrderRules) -> Iterator[BlockReason]:
    """Yield what of the way the customer pays stands against the order; what cannot be told does too."""
    if isinstance(owed.balance, Text):
        # Why the ledger tells nothing has been said.
        return
    late, share = rules.overdue_tolerance_days, rules.overdue_share
    if rules.oldest_overdue_days is not None:
        most = rules.oldest_overdue_days
        yield from _above(
            BlockCode.OLDEST_OVERDUE,
            owed.oldest_overdue_days,
            lambda days: days > most,
            en="the oldest overdue document is {0} days late; at most {1} are allowed",
            zh="最早的逾期单据已逾期 {0} 天，上限为 {1} 天",
            most=most,
        )
    if share is not None:
        yield from _above(
            BlockCode.OVERDUE_SHARE,
            owed.overdue_share,
            lambda part: part > share,
            en=f"{{0:.1%}} of what is open is more than {late} days late; at most {{1:.1%}} may be",
            zh=f"未清金额中 {{0:.1%}} 逾期超过 {late} 天，上限为 {{1:.1%}}",
            most=share,
        )
    if rules.dunning_level is not None:
        level = rules.dunning_level
        yield from _above(
            BlockCode.DUNNING,
            owed.dunning_level,
            lambda found: found >= level,
            en="the customer is at dunning level {0}; deliveries stop at level {1}",
            zh="客户的催款级别为 {0}，达到 {1} 级即停止发货",
            most=level,
        )


def _above(
    code: BlockCode, figure: F | Text, stops: Callable[[F], bool], *, en: str, zh: str, most: Decimal | int
) -> Iterator[BlockReason]:
    """Yield the reason where a figure stops the order, or cannot be told."""
    if isinstance(figure, Text):
        yield BlockReason(code=BlockCode.UNKNOWN, text=figure)
    elif stops(figure):
        yield BlockReason(code=code, text=Text(en=en.format(figure, most), zh=zh.format(figure, most)))


def _released(
    asked: OrderAsked, release: Release, reasons: Iterable[BlockReason], now: CustomerNow, exchange: Exchange
) -> tuple[tuple[BlockReason, ...], tuple[BlockReason, ...]]:
    """Return which reasons a release lets through, and which stand in spite of it."""
    beyond = _beyond(asked, release, exchange)
    if beyond is not None:
        return (), (BlockReason(code=BlockCode.RELEASE_EXCEEDED, text=beyond), *reasons)
    newly_held = not set(_holds(now, exchange)).issubset(release.holds)
    stands = {BlockCode.ENDED} | ({BlockCode.HELD} if newly_held else set())
    return (
        tuple(reason for reason in reasons if reason.code not in stands),
        tuple(reason for reason in reasons if reason.code in stands),
    )


def _holds(now: CustomerNow, exchange: Exchange) -> tuple[str, ...]:
    return tuple(hold.id for hold in now.file.holds if hold.holds_on(exchange.on))


def _beyond(asked: OrderAsked, release: Release, exchange: Exchange) -> Text | None:
    """Say by what an order goes beyond its release; None where it is inside."""
    if exchange.on > release.until:
        return Text(en=f"its release ended on {release.until}", zh=f"放行已于 {release.until} 到期")
    amount = exchange.convert(asked.amount, asked.currency, release.currency)
    if amount is None:
        return no_rate(asked.currency, release.currency)
    if amount > release.ceiling:
        ceiling = f"{release.ceiling:,.2f} {release.currency}"
        return Text(en=f"it was released up to {ceiling}", zh=f"放行上限为 {ceiling}")
    return None
