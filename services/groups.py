"""Groups of customers: what they owe together, held against the limit of the group."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from admission.assessment.exposure import group_key
from admission.cases import Customer
from admission.customers.ledger.imports import CompanyAccounts
from admission.customers.orders.asked import OrderAsked
from admission.customers.orders.exposure import Owed, owed
from admission.customers.orders.group_view import GroupView, Used, view_of
from admission.customers.orders.sharing import GroupNow, bounds_for, member_of, units_of, used_by_group, used_by_unit
from admission.customers.standing.group_limits import GroupLimit, bound_on
from admission.errors import NotFound
from admission.model import Text
from admission.money import Exchange
from admission.policy.customer_rules import CustomerRules
from services.customer_standing import AT_ONCE, rules_of_today
from wiring.house import House


class Told(NamedTuple):
    """What the ledger tells of a customer, and of its group where that has a limit.

    Attributes:
        owed: by the customer.
        group: the group; None where it has no limit.
        name: of the group in small letters; "" where it has no limit.
    """

    owed: Owed
    group: GroupNow | None = None
    name: str = ""


class GroupLine(NamedTuple):
    """A group in a list.

    Attributes:
        name: in small letters, or as its newest limit has it.
        customers: how many active customers it has.
        limits: all of its limits, oldest first.
    """

    name: str
    customers: int
    limits: tuple[GroupLimit, ...]


def told_of(house: House, customer: Customer, asked: OrderAsked, rules: CustomerRules, exchange: Exchange) -> Told:
    """Return what the ledger tells of a customer, and of its group where that has a limit.

    A customer without a group costs no statement more than the ledger does; one in a group without a limit costs one.
    """
    ledgers, key = house.casebook.ledgers, customer.company_key
    name = group_key(customer.application.group or "")
    bounds = bounds_for(asked, house.casebook.group_limits.of(name), exchange.on) if name else ()
    if not bounds:
        return Told(owed(ledgers.of(key), rules.orders, exchange))
    keys = dict.fromkeys((key, *house.casebook.group_limits.members(name)))
    units = units_of(bounds)
    accounts = _accounts(house, list(keys))
    tells = {one: owed(accounts[one], rules.orders, exchange) for one in keys}
    members = {one: member_of(accounts[one], tells[one], asked.unit, units, rules.orders, exchange) for one in keys}
    return Told(tells[key], GroupNow(key, bounds, members), name)


def group_of(house: House, customer: Customer) -> GroupView | None:
    """Return the group of a customer where a limit bounds it today, and None otherwise."""
    name = group_key(customer.application.group or "")
    if not name:
        return None
    rules, exchange = rules_of_today(house)
    limits = house.casebook.group_limits.of(name)
    return None if bound_on(limits, exchange.on) is None else _view(house, name, limits, rules, exchange)


def group_named(house: House, name: str) -> GroupView:
    """Return a group by its name, whatever its capitals.

    Raises:
        NotFound: no customer names it, and it never had a limit.
    """
    key = group_key(name.strip())
    rules, exchange = rules_of_today(house)
    limits = house.casebook.group_limits.of(key)
    if not limits:
        check_known(house, key)
    return _view(house, key, limits, rules, exchange)


def check_known(house: House, name: str) -> None:
    """Refuse a group that no customer names.

    Raises:
        NotFound: there is none.
    """
    if not house.casebook.group_limits.members(name):
        raise NotFound(
            Text(en="No customer is in a group of this name.", zh="没有客户属于该名称的集团。"),
            context={"group": name[:60]},
            remedy=Text(en="gatehouse group list shows all groups", zh="集团列表见 gatehouse group list"),
        )


def groups(house: House) -> list[GroupLine]:
    """Return the groups that customers name or that had a limit, by name."""
    counts = house.casebook.group_limits.groups()
    limits: dict[str, list[GroupLimit]] = {name: [] for name in counts}
    for limit in house.casebook.group_limits.all():
        limits.setdefault(group_key(limit.group), []).append(limit)
    return [
        GroupLine(found[-1].group if found else name, counts.get(name, 0), tuple(found))
        for name, found in sorted(limits.items())
    ]


def _view(
    house: House, name: str, limits: tuple[GroupLimit, ...], rules: CustomerRules, exchange: Exchange
) -> GroupView:
    keys = house.casebook.group_limits.members(name)
    accounts = _accounts(house, keys)
    members = {key: owed(accounts[key], rules.orders, exchange) for key in keys}
    taken = house.casebook.orders.taken_by(keys)
    used = used_by_group(members, taken, rules.orders, exchange)
    bound = bound_on(limits, exchange.on)
    units = units_of([] if bound is None else [bound])
    by_unit = {unit: used_by_unit(unit, units, accounts, taken, rules.orders, exchange) for unit in sorted(units)}
    return view_of(name, bound, limits, Used(used, by_unit), exchange)


def _accounts(house: House, keys: Sequence[str]) -> dict[str, CompanyAccounts | None]:
    found: dict[str, CompanyAccounts | None] = {}
    for start in range(0, len(keys), AT_ONCE):
        found |= house.casebook.ledgers.of_all(keys[start : start + AT_ONCE])
    return found
