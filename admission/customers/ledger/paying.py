"""How a customer pays: lateness, returned payments, broken promises, and by what means."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from admission.customers.ledger.counted import NO_ENTRIES, NOT_REACHING, Counted, Window, ratio
from admission.customers.ledger.receivables import overdue_items
from admission.customers.ledger.records import LedgerItem, Means
from admission.model import Text

NOTHING_SETTLED = Text(en="no undisputed invoice was settled in that time", zh="该期间没有结清的无争议发票")
NOTHING_DUE = Text(en="no undisputed invoice was settled or is overdue", zh="没有结清或逾期的无争议发票")
NO_RETURNS_TOLD = Text(en="the ledger does not tell which payments were returned", zh="台账未记载退票")
NO_PROMISES_TOLD = Text(en="the ledger does not tell what customers promised", zh="台账未记载付款承诺")
NOT_NOTED = Text(en="for a promise it was not noted whether it was kept", zh="有付款承诺未登记是否兑现")
NO_MEANS = Text(
    en="the ledger does not tell by what means the customer mostly paid", zh="台账无法确定客户的主要付款方式"
)


class Lateness(NamedTuple):
    """How late the invoices that were settled in a window were paid.

    Attributes:
        average_days_late: days late weighted by amount; what was paid early counts as 0, so that it hides nothing.
        days_beyond_terms: the same, with what was paid early below 0.
        late_payments: how many invoices were settled after their due day.
        late_share: of the invoices settled in the window or overdue now, the share that was late or is: who never pays
            is late too.
    """

    average_days_late: Decimal | Text
    days_beyond_terms: Decimal | Text
    late_payments: int | Text
    late_share: Decimal | Text


def find_lateness(counted: Counted, window: Window) -> Lateness:
    """Find how late invoices were settled; the contested part of an invoice neither counts nor weighs.

    The average is weighted by amount as in the average days delinquent of trade credit: sum of days late x amount,
    divided by the sum of amounts. It tells of settled invoices alone; what is overdue now is told apart.
    """
    if not counted.reaches(window.first):
        return Lateness(*(NOT_REACHING,) * 4)
    settled = [
        item for item in counted.items if item.kind == "invoice" and window.holds(item.settled) and item.undisputed
    ]
    late = sum(_days_late(item) > 0 for item in settled)
    overdue = sum(item.kind == "invoice" for item in overdue_items(counted))
    judged = len(settled) + overdue
    return Lateness(
        average_days_late=_weighted(counted, settled, [max(_days_late(item), 0) for item in settled]),
        days_beyond_terms=_weighted(counted, settled, [_days_late(item) for item in settled]),
        late_payments=late if settled else NOTHING_SETTLED,
        late_share=ratio(Decimal(late + overdue), Decimal(judged)) if judged else NOTHING_DUE,
    )


def find_returned(counted: Counted, window: Window) -> int | Text:
    """Return how many payments were returned in a window."""
    found = len(_returned(counted, window))
    missing = _why_none_tells(counted, window)
    return found if missing is None else missing


def find_bounced(counted: Counted, window: Window) -> bool | Text:
    """Return whether a payment was returned in a window: one that is seen is told, however little the ledger tells."""
    missing = _why_none_tells(counted, window)
    if _returned(counted, window):
        return True
    return False if missing is None else missing


def find_broken_promises(counted: Counted, window: Window) -> int | Text:
    """Return how many promises whose day passed in a window were not kept."""
    if not counted.tells("promise"):
        return NO_PROMISES_TOLD
    if not counted.reaches(window.first):
        return NOT_REACHING
    passed = [one for one in counted.promises if window.holds(one.day) and one.day < counted.day]
    # A promise noted as broken before its day has passed is broken.
    passed += [one for one in counted.promises if one.day >= counted.day and one.kept is False]
    if any(one.kept is None for one in passed):
        return NOT_NOTED
    return sum(one.kept is False for one in passed)


def find_means(counted: Counted, window: Window) -> Means | Text:
    """Return by what most was paid in a window.

    Payments tell it, and where none of them names its means, settled invoices do. One means is named only where it
    leads by more than what was paid by means that nobody noted.
    """
    if not counted.reaches(window.first):
        return NOT_REACHING
    paid = [item for item in counted.items if item.kind == "payment"]
    if not any(item.means for item in paid):
        paid = [item for item in counted.items if item.kind == "invoice" and item.settled is not None]
    sums: dict[Means | None, Decimal] = {None: Decimal(0)}
    inside = [item for item in paid if window.holds(_paid_on(item))]
    for means in {item.means for item in inside}:
        total = counted.total((item.amount, item.currency) for item in inside if item.means == means)
        if isinstance(total, Text):
            return total
        sums[means] = total
    untold = sums.pop(None)
    ranked = sorted(((total, means) for means, total in sums.items() if means is not None), reverse=True)
    second = ranked[1][0] if len(ranked) > 1 else Decimal(0)
    return ranked[0][1] if ranked and ranked[0][0] - second > untold else NO_MEANS


def _days_late(item: LedgerItem) -> int:
    return (item.settled - item.due_on).days if item.settled is not None else 0


def _weighted(counted: Counted, items: Sequence[LedgerItem], days: Sequence[int]) -> Decimal | Text:
    weight = counted.total((item.undisputed, item.currency) for item in items)
    if isinstance(weight, Text):
        return weight
    if not weight:
        return NOTHING_SETTLED
    weighted = Decimal(0)
    for item, late in zip(items, days, strict=True):
        worth = counted.total([(item.undisputed, item.currency)])
        if isinstance(worth, Text):
            return worth
        weighted += worth * late
    return ratio(weighted, weight)


def _returned(counted: Counted, window: Window) -> list[LedgerItem]:
    return [item for item in counted.items if item.kind == "returned_payment" and window.holds(item.issued)]


def _why_none_tells(counted: Counted, window: Window) -> Text | None:
    """Return why it tells nothing that no returned payment is there; None where it does."""
    if not counted.items:
        return NO_ENTRIES
    if not counted.tells("returned_payment"):
        return NO_RETURNS_TOLD
    return None if counted.reaches(window.first) else NOT_REACHING


def _paid_on(item: LedgerItem) -> date | None:
    return item.issued if item.kind == "payment" else item.settled
