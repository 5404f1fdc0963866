"""What a customer owes, and is about to owe: balance, open orders, and what earlier checks have taken."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import NamedTuple

from admission.customers.ledger.counted import Counted
from admission.customers.ledger.imports import CompanyAccounts
from admission.customers.ledger.receivables import days_overdue, find_overdue_days
from admission.customers.ledger.records import DEBITS, LedgerItem, Order
from admission.customers.orders.asked import Taken
from admission.model import Record, Text
from admission.money import Exchange, no_rate
from admission.policy.order_rules import OrderRules

# As many places as a ledger has; so a sum of amounts in one currency is the same in another, to the cent.
SMALLEST, NOTHING = Decimal("0.0001"), Decimal(0)
NO_LEDGER = Text(en="no customer ledger is loaded", zh="尚未载入应收账款台账")
NOT_WHOLE = Text(en="rows of this customer were left out of the ledger", zh="该客户有台账行未导入")
NO_ACCOUNT = Text(
    en="the ledger has no account of this customer, and nobody said which number it has",
    zh="台账中没有该客户的账户，也未设置其客户编号",
)
NO_DUNNING = Text(en="the ledger tells no dunning levels", zh="台账未记载催款级别")


class Owed(Record):
    """What the ledger tells of one customer, as an order check needs it; in the house currency.

    A figure that cannot be told is the sentence that says why.

    Attributes:
        ledger: the import, such as `L7`; "" where there is none.
        as_of: its day; None where there is none.
        balance: all that is open, credits taken off.
        orders: by id, what counts of each open order.
        named: the ids of all open orders, also of those that do not count.
        tells_orders: whether an order that it does not name is open no more.
        oldest_overdue_days: of the oldest document that is overdue and not contested; 0 where none is.
        overdue_share: what is overdue beyond the tolerance, of what is open of invoices; 0 to 1.
        dunning_level: the highest of an open document; 0 where none was dunned.
    """

    ledger: str
    as_of: date | None
    balance: Decimal | Text
    orders: dict[str, Decimal] | Text
    named: frozenset[str] = frozenset()
    tells_orders: bool = False
    oldest_overdue_days: int | Text
    overdue_share: Decimal | Text
    dunning_level: int | Text


class Ahead(NamedTuple):
    """What is not invoiced yet, in the house currency: a figure that cannot be told is the sentence that says why.

    Attributes:
        orders: open orders as the ledger tells them.
        taken: orders that were found free or released and of which no ledger tells yet, or tells less.
    """

    orders: Decimal | Text
    taken: Decimal | Text


def unknown_owed(why: Text, ledger: str = "", as_of: date | None = None) -> Owed:
    """Return what is owed where no figure can be told."""
    return Owed(
        ledger=ledger,
        as_of=as_of,
        balance=why,
        orders=why,
        oldest_overdue_days=why,
        overdue_share=why,
        dunning_level=why,
    )


def owed(accounts: CompanyAccounts | None, rules: OrderRules, exchange: Exchange) -> Owed:
    """Return what the ledger tells of a customer.

    Args:
        accounts: all that it holds of the customer; None where none was ever loaded.
        rules: of the policy in force.
        exchange: of today.
    """
    if accounts is None:
        return unknown_owed(NO_LEDGER)
    told = accounts.of.id, accounts.of.as_of
    if exchange.on - accounts.of.as_of > timedelta(days=rules.ledger_days):
        old = Text(
            en=f"the newest ledger is of {accounts.of.as_of}, more than {rules.ledger_days} days ago",
            zh=f"最新台账的截止日期为 {accounts.of.as_of}，距今超过 {rules.ledger_days} 天",
        )
        return unknown_owed(old, *told)
    if not accounts.whole:
        return unknown_owed(NOT_WHOLE, *told)
    if not accounts.numbers and not accounts.said and rules.without_account == "block":
        return unknown_owed(NO_ACCOUNT, *told)
    counted = Counted(accounts.ledger, exchange)
    debits = [item for item in counted.items if item.kind in DEBITS and item.open_on(counted.day)]
    overdue_days = find_overdue_days(counted)
    return Owed(
        ledger=told[0],
        as_of=told[1],
        balance=in_house(((item.sign * item.open_on(counted.day), item.currency) for item in counted.items), exchange),
        orders=_open_orders(counted, accounts.numbers, rules, exchange),
        named=frozenset(_own_number(one, accounts.numbers) for one in counted.orders),
        tells_orders=counted.tells("order"),
        # Who was never invoiced is late with nothing.
        oldest_overdue_days=overdue_days if isinstance(overdue_days, int) else 0,
        overdue_share=_overdue_share(counted, debits, rules),
        dunning_level=max((item.dunning or 0 for item in debits), default=0)
        if counted.tells("dunning")
        else NO_DUNNING,
    )


def ahead(owed: Owed, earlier: Iterable[Taken], order: str, rules: OrderRules, exchange: Exchange) -> Ahead:
    """Return what other orders than the one that is checked will bring; each order counts once.

    An order that was checked on the day of the ledger or after it counts as it was checked: the ledger may not tell of
    it yet, or tells what it was before. Of an earlier one the ledger tells.

    Args:
        owed: what the ledger tells.
        earlier: what was found free or released before.
        order: the id of the order that is checked.
        rules: of the policy in force.
        exchange: of today.
    """
    if isinstance(owed.orders, Text):
        others = ((one.amount, one.currency) for one in earlier if one.order != order)
        return Ahead(owed.orders, in_house(others, exchange))
    told = {number: amount for number, amount in owed.orders.items() if number != order}
    whole = NOTHING
    for one in earlier:
        if one.order == order or not _still_counts(one, owed, rules, exchange.on):
            continue
        amount = exchange.convert(one.amount, one.currency)
        if amount is None:
            return Ahead(sum(told.values(), NOTHING), no_rate(one.currency, exchange.house_currency))
        amount = amount.quantize(SMALLEST, ROUND_HALF_EVEN)
        in_ledger = told.pop(one.order, NOTHING)
        whole += amount if one.until is None else max(amount, in_ledger)
    return Ahead(sum(told.values(), NOTHING), whole)


def in_house(amounts: Iterable[tuple[Decimal, str]], exchange: Exchange) -> Decimal | Text:
    """Return the sum of amounts with their currencies in the house currency; without a rate for one it is unknown.

    What is of one currency is summed before it is converted, so that many documents do not make many roundings.
    """
    by_currency: dict[str, Decimal] = {}
    for amount, currency in amounts:
        by_currency[currency] = by_currency.get(currency, NOTHING) + amount
    whole = NOTHING
    for currency, amount in sorted(by_currency.items()):
        worth = exchange.convert(amount, currency)
        if worth is None:
            return no_rate(currency, exchange.house_currency)
        whole += worth.quantize(SMALLEST, ROUND_HALF_EVEN)
    return whole


def _still_counts(taken: Taken, owed: Owed, rules: OrderRules, today: date) -> bool:
    """True where an order counts as it was checked, in place of what the ledger tells of it."""
    if taken.until is not None and today <= taken.until:
        return True
    if rules.horizon_days is not None and taken.deliver_on > today + timedelta(days=rules.horizon_days):
        return False
    if owed.as_of is not None and taken.checked_on < owed.as_of and _is_told(taken, owed, owed.as_of):
        return False
    return today <= max(taken.deliver_on, taken.checked_on) + timedelta(days=rules.keep_days)


def _is_told(taken: Taken, owed: Owed, as_of: date) -> bool:
    """True where a newer ledger tells what became of an order: it counts there, or it is open no more."""
    assert not isinstance(owed.orders, Text)  # noqa: S101 - whoever asks has looked
    if taken.order in owed.orders:
        return True
    if taken.order in owed.named:
        return False
    return owed.tells_orders or taken.deliver_on < as_of


def _open_orders(
    counted: Counted, numbers: Sequence[str], rules: OrderRules, exchange: Exchange
) -> dict[str, Decimal] | Text:
    found: dict[str, Decimal] = {}
    for one in counted.orders:
        if one.stage not in rules.stages or not _within(one.ship_on, rules, exchange.on):
            continue
        amount = counted.total([(one.amount, one.currency)])
        if isinstance(amount, Text):
            return amount
        number = _own_number(one, numbers)
        found[number] = found.get(number, NOTHING) + amount
    return found


def _within(ship_on: date | None, rules: OrderRules, today: date) -> bool:
    if rules.horizon_days is None or ship_on is None:
        return True
    return ship_on <= today + timedelta(days=rules.horizon_days)


def _own_number(order: Order, numbers: Sequence[str]) -> str:
    """Return an order's own id: of a company with several customer numbers, documents have them before their own."""
    if len(numbers) < 2:
        return order.number
    prefix = next((f"{number} " for number in numbers if order.number.startswith(f"{number} ")), "")
    return order.number.removeprefix(prefix)


def _overdue_share(counted: Counted, debits: Sequence[LedgerItem], rules: OrderRules) -> Decimal | Text:
    whole = counted.total((item.open_on(counted.day), item.currency) for item in debits)
    late = counted.total(
        (item.open_on(counted.day) - item.disputed_on(counted.day), item.currency)
        for item in debits
        if days_overdue(item, counted.day) > rules.overdue_tolerance_days
    )
    if isinstance(whole, Text):
        return whole
    if isinstance(late, Text):
        return late
    return late / whole if whole else NOTHING
