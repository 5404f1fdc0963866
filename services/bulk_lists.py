"""Whom an act on many customers would touch today, and what it would come to; nothing is stored."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple, TypeVar

from admission.cases import Customer
from admission.customers.bulk.acts import BulkAct, BulkKind, BulkMember, BulkSums
from admission.customers.bulk.effects import Target, effect_of
from admission.customers.bulk.listing import Judged, in_order, member_of, sums_of
from admission.customers.bulk.selecting import Selected, Selection, select, traits_of
from admission.customers.orders.exposure import ahead, owed
from admission.customers.standing.in_force import OnFile
from admission.money import Exchange
from admission.policy.customer_rules import CustomerRules
from services.customer_standing import AT_ONCE, files_of, rules_of_today
from wiring.house import House

T = TypeVar("T")


class BulkAsked(NamedTuple):
    """What somebody asks for; see `BulkAct`."""

    kind: BulkKind
    because: str
    selection: Selection = Selection()
    of: str = ""
    share: Decimal | None = None
    until: date | None = None


class BulkPreview(NamedTuple):
    """What an act would come to today, with its list."""

    act: BulkAct
    members: tuple[BulkMember, ...]


def preview_bulk(house: House, asked: BulkAsked, username: str) -> BulkPreview:
    """Return what an act would come to, if a person proposed it today.

    Args:
        house: the house.
        asked: the act.
        username: who proposes it.

    Raises:
        NotFound: there is no such act to undo or release.
        ValidationError: an act that makes no sense, such as one without any selection.
    """
    rules, exchange = rules_of_today(house)
    act = BulkAct(
        kind=asked.kind,
        selection=asked.selection,
        of=asked.of,
        share=asked.share,
        until=asked.until,
        reason=asked.because.strip(),
        sums=BulkSums(currency=exchange.house_currency),
        proposed_by=username,
        proposed_on=exchange.on,
    )
    customers, selected = selected_now(house, act)
    listed = in_order(
        member_of(one, rules, exchange)
        for one in _judged(house, act, customers, frozenset({username}), rules, exchange)
    )
    sums = sums_of(listed, selected, exchange.house_currency)
    return BulkPreview(act.model_copy(update={"sums": sums}), tuple(listed))


def selected_now(house: House, act: BulkAct) -> tuple[list[Customer], Selected]:
    """Return the customers that an act is for as things stand today, and how they were found.

    Args:
        house: the house.
        act: what it undoes or releases is looked up by its list: all to whom it was done.

    Raises:
        NotFound: there is no such act to undo or release.
    """
    among = None if not act.of else [one.company_key for one in house.casebook.bulk_acts.members(act.of) if _done(one)]
    if among is not None and act.selection.empty:
        # Those that are no customers any more are among them.
        found = [customer for some in _chunks(among) for customer in house.casebook.customers.of(some).values()]
        return found, Selected(tuple(customer.company_key for customer in found), {}, ())
    customers = house.casebook.customers.all()
    selected = _select(house, act.selection, customers)
    wanted = set(selected.keys) if among is None else set(selected.keys) & set(among)
    return [customer for customer in customers if customer.company_key in wanted], selected


def _select(house: House, selection: Selection, customers: Sequence[Customer]) -> Selected:
    if not selection.insurers:
        return select(selection, ((one.company_key, traits_of(one)) for one in customers))
    # Only here are the words of insurers needed.
    files = files_of(house, customers)
    return select(selection, ((one.customer.company_key, traits_of(one.customer, one.contracts)) for one in files))


def _done(member: BulkMember) -> bool:
    return member.result == "done"


def _judged(
    house: House,
    act: BulkAct,
    customers: Sequence[Customer],
    signers: frozenset[str],
    rules: CustomerRules,
    exchange: Exchange,
) -> Iterator[Judged]:
    """Yield each customer with what the act does to it; some hundred are read at once."""
    for some in _chunks(customers):
        keys = [customer.company_key for customer in some]
        exposures = _exposures(house, keys, rules, exchange)
        asked = house.casebook.bulk_acts.requesters(keys)
        for file in files_of(house, some):
            key = file.customer.company_key
            effect = effect_of(act, _target(file, asked.get(key, frozenset())), signers, exchange.on)
            yield Judged(file, effect, exposures[key])


def _target(file: OnFile, requesters: frozenset[str]) -> Target:
    return Target(file.customer, file.holds, file.limit_changes, requesters)


def _exposures(
    house: House, keys: Sequence[str], rules: CustomerRules, exchange: Exchange
) -> dict[str, Decimal | None]:
    """Return what customers owe by the ledger, with open orders and orders let through; None where it is not known.

    As an order check reckons it. What the house owes a customer is no exposure, and takes nothing from another's.
    """
    accounts, taken = house.casebook.ledgers.of_all(keys, open_only=True), house.casebook.orders.taken_by(keys)
    found: dict[str, Decimal | None] = {}
    for key in keys:
        told = owed(accounts[key], rules.orders, exchange)
        coming = ahead(told, taken[key], "", rules.orders, exchange)
        parts = (told.balance, coming.orders, coming.taken)
        known = [part for part in parts if isinstance(part, Decimal)]
        found[key] = max(Decimal(0), sum(known, Decimal(0))) if len(known) == len(parts) else None
    return found


def _chunks(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), AT_ONCE):
        yield items[start : start + AT_ONCE]
