"""Invoices paid in full on time since a day, and the last day on which one was late: what earns a higher limit.

Unknown is never on time. Contested invoices are neither on time nor late; of one that is contested in part, the rest is
late. A returned payment is late as long as it is not made good: which invoice it had paid, ledgers do not say. Nor do
they say whether a credit note settled an invoice, so that none counts that was settled on the day of a credit note.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from admission.customers.ledger.counted import Counted
from admission.customers.ledger.receivables import days_overdue
from admission.customers.ledger.records import DEBITS, LedgerItem


class Punctual(NamedTuple):
    """Days on which invoices were paid in full on time, earliest first, one for each invoice."""

    paid: tuple[date, ...]

    @property
    def invoices(self) -> int:
        """Return how many there are."""
        return len(self.paid)


def find_punctual(counted: Counted, since: date, late_days: int) -> Punctual:
    """Return the invoices paid in full after a day, each part of them at most so many days late.

    Args:
        counted: the ledger.
        since: the day after which they were paid.
        late_days: an invoice of several parts is on time where each of them is.
    """
    parts: defaultdict[tuple[str, str], list[LedgerItem]] = defaultdict(list)
    for item in counted.items:
        if item.kind == "invoice":
            parts[item.customer, item.number].append(item)
    set_off = {item.settled for item in counted.items if item.kind == "credit_note" and item.settled is not None}
    days = (_paid_on(items, counted.day, late_days) for items in parts.values())
    return Punctual(tuple(sorted(day for day in days if day is not None and day > since and day not in set_off)))


def find_last_late(counted: Counted, late_days: int) -> date | None:
    """Return the last day on which something was more than so many days late; the ledger's own where it still is."""
    return max(_late(counted, late_days), default=None)


def _paid_on(parts: Sequence[LedgerItem], day: date, late_days: int) -> date | None:
    settled = [item.settled for item in parts if item.settled is not None and item.is_settled(day)]
    whole = len(settled) == len(parts) and not any(item.disputed for item in parts)
    if not whole or any(days_overdue(item, item.settled or day) > late_days for item in parts):
        return None
    return max(settled)


def _late(counted: Counted, late_days: int) -> Iterator[date]:
    day = counted.day
    for item in counted.items:
        if item.kind not in DEBITS or not item.undisputed:
            continue
        until = item.settled if item.settled is not None and item.is_settled(day) else day
        still = item.is_settled(day) or item.open_on(day) > item.disputed_on(day)
        if still and (item.kind == "returned_payment" or days_overdue(item, until) > late_days):
            yield until
