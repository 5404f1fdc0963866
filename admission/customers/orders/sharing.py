"""What the customers of a group owe together, and what one of our selling units has used: held against their limit.

Each customer of the group counts with what it owes and is about to owe, never below nothing: what one company has paid
too much does not pay another's debts. What cannot be told of one cannot be told of the group.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from typing import NamedTuple

from admission.customers.ledger.imports import CompanyAccounts
from admission.customers.ledger.records import CustomerLedger
from admission.customers.orders.asked import OrderAsked, Taken
from admission.customers.orders.exposure import NOTHING, SMALLEST, Owed, ahead, owed
from admission.customers.standing.group_limits import Bound, GroupLimit, bound_on
from admission.model import Record, Text
from admission.money import Exchange, no_rate
from admission.policy.order_rules import OrderRules

_CENT = Decimal("0.01")
JOINED = Text(en="a company has joined the group at this moment", zh="有企业刚加入该集团")
NO_UNIT_ASKED = Text(
    en="the group's limit is split over selling units, and the order names none",
    zh="集团额度已按销售单位拆分，而订单未注明销售单位",
)
NO_UNIT_TOLD = Text(
    en="documents or orders name no selling unit, so that what it has used cannot be told",
    zh="有单据或订单未注明销售单位，无法得知该单位已用额度",
)


class Shared(Record):
    """What a group, or a selling unit within it, owes together against its limit, in the house currency.

    Attributes:
        name: of the group as its limit has it, or of the unit.
        limit: the id of the group's limit, such as `G3`.
        amount: what may be owed; None where it cannot be told for want of a rate.
        exposure: what is owed with this order; None where it cannot be told.
        over: the last day of the limit, where that has passed.
    """

    name: str
    limit: str
    amount: Decimal | None
    exposure: Decimal | None
    over: date | None = None

    @property
    def headroom(self) -> Decimal | None:
        """Return what is left with this order; below zero where it does not fit."""
        if self.amount is None or self.exposure is None:
            return None
        return (self.amount - self.exposure).quantize(_CENT, ROUND_HALF_EVEN)


class Member(NamedTuple):
    """What the ledger tells of one customer of a group.

    Attributes:
        owed: all of it.
        of_unit: what of it names the selling unit that is asked about; None where none is.
        unit_untold: whether open documents or orders name no selling unit.
    """

    owed: Owed
    of_unit: Owed | None = None
    unit_untold: bool = False


class GroupNow(NamedTuple):
    """A group that has a limit, as it stands when an order of one of its customers is checked.

    Attributes:
        key: of the company that orders.
        bounds: what bounds the group today and on the day of delivery.
        members: what the ledger tells of each of its customers, by company key; the one that orders is among them.
    """

    key: str
    bounds: tuple[Bound, ...]
    members: Mapping[str, Member]


class GroupCheck(NamedTuple):
    """What an order is held against besides the customer's own limit.

    Attributes:
        group: the group; None where it has no limit.
        unit: the selling unit; None where the limit is not split.
        untold: why figures are missing.
    """

    group: Shared | None = None
    unit: Shared | None = None
    untold: tuple[Text, ...] = ()


def bounds_for(asked: OrderAsked, limits: Sequence[GroupLimit], today: date) -> tuple[Bound, ...]:
    """Return what bounds a group today and on the day of delivery; nothing where it has no limit."""
    days = sorted({today, max(asked.deliver_on, today)})
    found = [bound for bound in (bound_on(limits, day) for day in days) if bound is not None]
    return tuple({(bound.limit.id, bound.over): bound for bound in found}.values())


def units_of(bounds: Iterable[Bound]) -> frozenset[str]:
    """Return the selling units over which a group's limit is split."""
    return frozenset(unit for bound in bounds for unit in bound.limit.units)


def member_of(
    accounts: CompanyAccounts | None,
    told: Owed,
    unit: str | None,
    units: frozenset[str],
    rules: OrderRules,
    exchange: Exchange,
) -> Member:
    """Return what the ledger tells of a customer of a group.

    Args:
        accounts: all that the ledger holds of the customer; None where none was ever loaded.
        told: what the ledger tells of all of it.
        unit: the selling unit that is asked about; None for none.
        units: over which the group's limit is split.
        rules: of the policy in force.
        exchange: of today.
    """
    if unit is None or not units or accounts is None:
        return Member(told)
    ledger, day = accounts.ledger, accounts.ledger.as_of
    open_items = [item for item in ledger.items if item.issued <= day and item.open_on(day)]
    untold = any(item.unit is None for item in open_items) or any(order.unit is None for order in ledger.orders)
    named = _of_units(ledger, _counted(unit, units))
    return Member(told, owed(accounts._replace(ledger=named), rules, exchange), untold)


def hold_against_group(
    asked: OrderAsked,
    now: GroupNow,
    taken: Mapping[str, Sequence[Taken]],
    rules: OrderRules,
    exchange: Exchange,
) -> GroupCheck:
    """Hold an order against the limit of the group that its customer belongs to.

    Args:
        asked: the order.
        now: the group.
        taken: by company key, what earlier orders of each customer of the group have taken, at this moment.
        rules: of the policy in force.
        exchange: of today.
    """
    whole = _exposures(asked, now, taken, rules, exchange)
    group = _least(_shared(bound, bound.limit.group, bound.amount, whole, exchange) for bound in now.bounds)
    # Why the customer's own figures are missing is told with them.
    untold = [_of_member(why) for key, why in whole.items() if isinstance(why, Text) and key != now.key]
    if group.amount is None:
        untold += [no_rate(bound.limit.currency, exchange.house_currency) for bound in now.bounds]
    split = [bound for bound in now.bounds if bound.limit.units]
    if not split:
        return GroupCheck(group, None, tuple(dict.fromkeys(untold)))
    named = asked.unit or ""
    why = _unit_untold(asked, now, taken, rules, exchange)
    parts = {now.key: why} if why else _exposures(asked, now, taken, rules, exchange, units_of(split))
    unit = _least(_shared(bound, named, bound.part(named), parts, exchange) for bound in split)
    return GroupCheck(group, unit, tuple(dict.fromkeys([*untold, why] if why else untold)))


def used_by_group(
    members: Mapping[str, Owed], taken: Mapping[str, Sequence[Taken]], rules: OrderRules, exchange: Exchange
) -> dict[str, Decimal | Text]:
    """Return what each customer of a group owes and is about to owe, in the house currency, never below nothing.

    A figure that cannot be told is the sentence that says why.
    """
    return {key: _floored(told, taken.get(key, ()), "", NOTHING, rules, exchange) for key, told in members.items()}


def used_by_unit(
    unit: str,
    units: frozenset[str],
    accounts: Mapping[str, CompanyAccounts | None],
    taken: Mapping[str, Sequence[Taken]],
    rules: OrderRules,
    exchange: Exchange,
) -> Decimal | Text:
    """Return what a selling unit has used of a group's limit, in the house currency, or why that cannot be told.

    Args:
        unit: the selling unit.
        units: over which the limit is split.
        accounts: by company key, what the ledger holds of each customer of the group.
        taken: by company key, what orders of each have taken.
        rules: of the policy in force.
        exchange: of today.
    """
    whole, counted = NOTHING, _counted(unit, units)
    for key, book in accounts.items():
        earlier = taken.get(key, ())
        member = member_of(book, owed(book, rules, exchange), unit, units, rules, exchange)
        if len(units) > 1 and _names_none(member, earlier, "", rules, exchange):
            return NO_UNIT_TOLD
        of_unit = [one for one in earlier if one.unit in counted]
        part = _floored(member.of_unit or member.owed, of_unit, "", NOTHING, rules, exchange)
        if isinstance(part, Text):
            return part
        whole += part
    return whole


def _counted(unit: str | None, units: frozenset[str]) -> frozenset[str | None]:
    """Return the units whose documents count for one; where there is one only, what names none is its too."""
    return frozenset({unit, None}) if len(units) == 1 else frozenset({unit})


def _of_units(ledger: CustomerLedger, units: frozenset[str | None]) -> CustomerLedger:
    """Return what of a ledger is of some units; what it tells at all stays as it is."""
    items = tuple(item for item in ledger.items if item.unit in units)
    orders = tuple(order for order in ledger.orders if order.unit in units)
    tells = ledger.coverage.tells | (frozenset({"order"}) if ledger.orders else frozenset())
    coverage = ledger.coverage.model_copy(update={"tells": tells})
    return ledger.model_copy(update={"items": items, "orders": orders, "coverage": coverage})


def _exposures(
    asked: OrderAsked,
    now: GroupNow,
    taken: Mapping[str, Sequence[Taken]],
    rules: OrderRules,
    exchange: Exchange,
    units: frozenset[str] | None = None,
) -> dict[str, Decimal | Text]:
    """Return what each customer owes with this order: all of it, or of the order's unit where units are given."""
    this = exchange.convert(asked.amount, asked.currency)
    found: dict[str, Decimal | Text] = dict.fromkeys(taken.keys() - now.members.keys(), JOINED)
    for key, member in now.members.items():
        own, told, earlier = key == now.key, member.owed, list(taken.get(key, ()))
        if units is not None:
            counted = _counted(asked.unit, units)
            told = member.of_unit or told
            earlier = [one for one in earlier if one.unit in counted]
        added = NOTHING if not own else this or no_rate(asked.currency, exchange.house_currency)
        # An order of another customer may have the same number.
        found[key] = _floored(told, earlier, asked.order if own else "", added, rules, exchange)
    return found


def _floored(
    told: Owed, earlier: Iterable[Taken], order: str, added: Decimal | Text, rules: OrderRules, exchange: Exchange
) -> Decimal | Text:
    coming = ahead(told, earlier, order, rules, exchange)
    whole = NOTHING
    for part in (told.balance, coming.orders, coming.taken, added):
        if isinstance(part, Text):
            return part
        whole += part
    return max(NOTHING, whole).quantize(SMALLEST, ROUND_HALF_EVEN)


def _unit_untold(
    asked: OrderAsked,
    now: GroupNow,
    taken: Mapping[str, Sequence[Taken]],
    rules: OrderRules,
    exchange: Exchange,
) -> Text | None:
    """Return why what the unit has used cannot be told."""
    if asked.unit is None:
        return NO_UNIT_ASKED
    if len(units_of(now.bounds)) == 1:
        return None
    for key, member in now.members.items():
        order = asked.order if key == now.key else ""
        if _names_none(member, taken.get(key, ()), order, rules, exchange):
            return NO_UNIT_TOLD
    return None


def _names_none(member: Member, earlier: Iterable[Taken], order: str, rules: OrderRules, exchange: Exchange) -> bool:
    """True where something that counts names no selling unit."""
    unnamed = [one for one in earlier if one.unit is None]
    return member.unit_untold or ahead(member.owed, unnamed, order, rules, exchange).taken != NOTHING


def _shared(
    bound: Bound, name: str, amount: Decimal, exposures: Mapping[str, Decimal | Text], exchange: Exchange
) -> Shared:
    known = [part for part in exposures.values() if not isinstance(part, Text)]
    worth = exchange.convert(amount, bound.limit.currency)
    return Shared(
        name=name,
        limit=bound.limit.id,
        amount=None if worth is None else worth.quantize(SMALLEST, ROUND_HALF_EVEN),
        exposure=sum(known, NOTHING) if len(known) == len(exposures) else None,
        over=bound.limit.valid_until if bound.over else None,
    )


def _least(found: Iterable[Shared]) -> Shared:
    """Return what leaves least, today or on the day of delivery; what has no rate before all else."""
    return min(found, key=lambda one: (one.amount is not None, one.amount or NOTHING))


def _of_member(why: Text) -> Text:
    return Text(en=f"of a company of the group: {why.en}", zh=f"集团内有企业：{why.zh}")
