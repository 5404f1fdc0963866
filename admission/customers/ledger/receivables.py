"""What a customer owes: balance, ageing, what is overdue, what is contested, and the most that was owed at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from admission.customers.ledger.counted import NO_ENTRIES, NOT_REACHING, Counted, Window, ratio
from admission.customers.ledger.records import DEBITS, LedgerItem
from admission.model import Record, Text

NOTHING_OPEN = Text(en="no document is open", zh="没有未清单据")
NEVER_INVOICED = Text(en="the customer was never invoiced", zh="尚未向该客户开票")
NO_DISPUTES_TOLD = Text(en="the ledger does not tell what is disputed", zh="台账未记载争议金额")


class Ageing(Record):
    """What is open of invoices and returned payments, by days after the due day.

    A document that is due on the day of the ledger is not overdue.
    """

    not_due: Decimal
    days_1_to_30: Decimal
    days_31_to_60: Decimal
    days_61_to_90: Decimal
    over_90_days: Decimal

    @property
    def past_due(self) -> Decimal:
        """Return what is open beyond its due day, contested or not."""
        return self.days_1_to_30 + self.days_31_to_60 + self.days_61_to_90 + self.over_90_days

    @property
    def total(self) -> Decimal:
        """Return all that is open of invoices and returned payments."""
        return self.not_due + self.past_due


def days_overdue(item: LedgerItem, day: date) -> int:
    """Return how many days a document is beyond its due day; 0 or less where it is not."""
    return (day - item.due_on).days


def find_ageing(counted: Counted) -> Ageing | Text:
    """Sort what is open into 1-30, 31-60, 61-90 and over 90 days overdue, the usual columns of an ageing report."""
    columns: dict[str, list[LedgerItem]] = {name: [] for name in Ageing.model_fields}
    for item in _debits(counted):
        columns[_column(days_overdue(item, counted.day))].append(item)
    sums: dict[str, Decimal] = {}
    for name, items in columns.items():
        total = _open_total(counted, items)
        if isinstance(total, Text):
            return total
        sums[name] = total
    return Ageing(**sums)


def find_unallocated(counted: Counted) -> Decimal | Text:
    """Return what is open of payments and credit notes, as it enters the balance: zero or negative."""
    total = _open_total(counted, (item for item in counted.items if item.kind not in DEBITS))
    return total if isinstance(total, Text) else -total


def find_disputed(counted: Counted) -> Decimal | Text:
    """Return the contested part of what is open, due or not."""
    if not counted.tells("dispute"):
        return NO_DISPUTES_TOLD
    return counted.total((item.disputed_on(counted.day), item.currency) for item in _debits(counted))


def find_overdue(counted: Counted) -> Decimal | Text:
    """Return what is open beyond its due day and not contested."""
    return counted.total(
        (_undisputed_on(item, counted.day), item.currency)
        for item in _debits(counted)
        if days_overdue(item, counted.day) > 0
    )


def find_overdue_share(ageing: Ageing | Text, overdue: Decimal | Text) -> Decimal | Text:
    """Return the overdue amount as a share of all that is open of invoices and returned payments."""
    if isinstance(ageing, Text):
        return ageing
    if isinstance(overdue, Text):
        return overdue
    return ratio(overdue, ageing.total) if ageing.total else NOTHING_OPEN


def overdue_items(counted: Counted) -> list[LedgerItem]:
    """Return the documents that are overdue, at least in a part that is not contested."""
    return [
        item
        for item in _debits(counted)
        if days_overdue(item, counted.day) > 0 and _undisputed_on(item, counted.day) > 0
    ]


def find_overdue_days(counted: Counted) -> int | Text:
    """Return by how many days the oldest overdue document is late; 0 where none is overdue."""
    if not any(item.kind in DEBITS for item in counted.items):
        return NEVER_INVOICED
    return max((days_overdue(item, counted.day) for item in overdue_items(counted)), default=0)


def find_overdue_documents(counted: Counted) -> int | Text:
    """Return how many documents are overdue."""
    if not any(item.kind in DEBITS for item in counted.items):
        return NEVER_INVOICED
    return len(overdue_items(counted))


def find_highest_exposure(counted: Counted, window: Window) -> Decimal | Text:
    """Return the highest balance at the end of any day of a window; at least 0.

    Amounts of all days are converted at the one rate. Of a document that is settled in part, nobody tells since when:
    an invoice counts whole, a payment with what is open of it. So the figure may be too high, never too low.
    """
    if not counted.items:
        return NO_ENTRIES
    if not counted.reaches(window.first):
        return NOT_REACHING
    before: list[tuple[Decimal, str]] = []
    changes: defaultdict[date, list[tuple[Decimal, str]]] = defaultdict(list)
    for item in counted.items:
        whole = item.kind in DEBITS or item.settled is not None
        amount = item.amount if whole else item.open_on(counted.day)
        ends = item.settled if item.is_settled(window.to) else None
        if ends is not None and ends <= item.issued:
            continue
        for day, change in ((item.issued, item.sign * amount), (ends, -item.sign * amount)):
            if day is not None:
                (before if day <= window.first else changes[day]).append((change, item.currency))
    balance = counted.total(before)
    highest = Decimal(0) if isinstance(balance, Text) else max(balance, Decimal(0))
    for day in sorted(changes):
        change_of_day = counted.total(changes[day])
        if isinstance(balance, Text) or isinstance(change_of_day, Text):
            return balance if isinstance(balance, Text) else change_of_day
        balance += change_of_day
        highest = max(highest, balance)
    return balance if isinstance(balance, Text) else highest


def _debits(counted: Counted) -> Iterable[LedgerItem]:
    return (item for item in counted.items if item.kind in DEBITS and item.open_on(counted.day))


def _undisputed_on(item: LedgerItem, day: date) -> Decimal:
    return item.open_on(day) - item.disputed_on(day)


def _open_total(counted: Counted, items: Iterable[LedgerItem]) -> Decimal | Text:
    return counted.total((item.open_on(counted.day), item.currency) for item in items)


def _column(days: int) -> str:
    for most, name in ((0, "not_due"), (30, "days_1_to_30"), (60, "days_31_to_60"), (90, "days_61_to_90")):
        if days <= most:
            return name
    return "over_90_days"
