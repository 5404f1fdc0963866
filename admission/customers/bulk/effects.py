"""What an act on many does to one customer, or why it leaves it alone.

It is asked when the act is proposed, for the list, and again for each customer when it is carried out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import ROUND_FLOOR, Decimal
from typing import NamedTuple

from admission.cases import Customer
from admission.customers.bulk.acts import BulkAct, LeftOut
from admission.customers.standing.holds import Hold
from admission.customers.standing.in_force import OnFile
from admission.customers.standing.limit_changes import LimitChange

_CENT = Decimal("0.01")


class Target(NamedTuple):
    """A customer with what is on file of its holds and limit.

    Attributes:
        requesters: usernames of all who ever asked for this customer.
    """

    customer: Customer
    holds: Sequence[Hold]
    changes: Sequence[LimitChange]
    requesters: frozenset[str]


class Effect(NamedTuple):
    """What is done: a hold or a cut is placed, or those of these names end; or nothing is, and why."""

    left_out: LeftOut | None = None
    hold: Hold | None = None
    cut: LimitChange | None = None
    ends: tuple[str, ...] = ()


def effect_of(
    act: BulkAct, target: Target, signers: Iterable[str], today: date, among: frozenset[str] | None = None
) -> Effect:
    """Return what an act does to a customer on a day.

    Args:
        act: the act.
        target: the customer.
        signers: who signs for the act: who proposed it, and who confirms it.
        today: the day.
        among: names of the holds and cuts that it may end; None for all that it finds.
    """
    customer = target.customer
    # What a record of an ended customer holds may still be undone: it would stand again if the company came back.
    if not customer.active and act.kind != "undo":
        return Effect("ended")
    if act.kind == "hold":
        if any(_holds_as_long(hold, act.until, today) for hold in target.holds):
            return Effect("held")
        return Effect(hold=_hold(act, customer, today))
    if act.share is not None:
        return _cut(act, act.share, target, today)
    return _given_back(act, target, frozenset(signers), today, among)


def after(effect: Effect, file: OnFile, today: date) -> OnFile:
    """Return what would be on file for a customer with what an act does to it."""
    holds = [_ended_hold(one, today) if one.id in effect.ends else one for one in file.holds]
    changes = [_ended_change(one, today) if one.id in effect.ends else one for one in file.limit_changes]
    holds += [] if effect.hold is None else [effect.hold]
    changes += [] if effect.cut is None else [effect.cut]
    return file._replace(holds=tuple(holds), limit_changes=tuple(changes))


def _hold(act: BulkAct, customer: Customer, today: date) -> Hold:
    return Hold(
        id="",
        company_key=customer.company_key,
        reason=act.reason,
        placed_by=act.proposed_by,
        placed_on=today,
        until=act.until,
    )


def _cut(act: BulkAct, share: Decimal, target: Target, today: date) -> Effect:
    customer = target.customer
    if customer.limit <= 0:
        return Effect("no_limit")
    # Down to the cent: never more than the share.
    amount = (customer.limit * share).quantize(_CENT, ROUND_FLOOR)
    if any(_cuts_as_far(change, customer, amount, act.until, today) for change in target.changes):
        return Effect("cut")
    return Effect(
        cut=LimitChange(
            id="",
            company_key=customer.company_key,
            kind="cut",
            amount=amount,
            currency=customer.currency,
            granted=customer.limit,
            reason=act.reason,
            asked_by=act.proposed_by,
            valid_from=today,
            valid_until=act.until,
        )
    )


def _given_back(
    act: BulkAct, target: Target, signers: frozenset[str], today: date, among: frozenset[str] | None
) -> Effect:
    ends = tuple(name for name in _to_end(act, target, today) if among is None or name in among)
    if not ends:
        return Effect("nothing")
    # Who asked for a customer gives it nothing back: neither as the first person nor as the second.
    return Effect(ends=ends) if target.requesters.isdisjoint(signers) else Effect("own")


def _holds_as_long(hold: Hold, until: date | None, today: date) -> bool:
    return hold.holds_on(today) and hold.released_on is None and _lasts(hold.until, until)


def _cuts_as_far(change: LimitChange, customer: Customer, amount: Decimal, until: date | None, today: date) -> bool:
    """True where a cut that is there leaves no more, without a break, for as long."""
    stands = change.kind == "cut" and change.counts_on(today) and change.season is None and change.ended_on is None
    same = change.currency == customer.currency and change.amount <= amount
    return stands and same and _lasts(change.valid_until, until)


def _lasts(end: date | None, until: date | None) -> bool:
    return end is None or (until is not None and end >= until)


def _to_end(act: BulkAct, target: Target, today: date) -> Iterable[str]:
    """Yield the holds, and for undoing the cuts, that stand and that the act is for."""
    for hold in target.holds:
        over = hold.released_on is not None or (hold.until is not None and hold.until < today)
        if not over and act.of in ("", hold.bulk_act):
            yield hold.id
    for change in target.changes if act.kind == "undo" else ():
        over = change.ended_on is not None or (change.valid_until is not None and change.valid_until < today)
        if not over and change.kind == "cut" and change.bulk_act == act.of:
            yield change.id


def _ended_hold(hold: Hold, today: date) -> Hold:
    return hold.model_copy(update={"released_on": today})


def _ended_change(change: LimitChange, today: date) -> LimitChange:
    return change.model_copy(update={"ended_on": today})
