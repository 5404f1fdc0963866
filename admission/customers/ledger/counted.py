"""The part of a customer's ledger that counts on its day, with amounts in one currency.

Throughout the ledger, a figure that cannot be told is the `Text` that says why.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import NamedTuple

from admission.customers.ledger.records import CustomerLedger, LedgerItem, Optional, Order, Promise
from admission.customers.reviews import months_later
from admission.model import Text
from admission.money import Exchange, no_rate

# As many places as amounts of a ledger have, so that sums of converted amounts are exact.
_SMALLEST = Decimal("0.0001")
_RATIO = Decimal("0.000001")

NOT_REACHING = Text(en="the ledger is not complete for that time", zh="台账未完整覆盖该期间")
NO_ENTRIES = Text(en="the ledger has no document of the customer", zh="台账中没有该客户的单据")


class Window(NamedTuple):
    """The last months up to a day, which is in it; the same day so many months before is not."""

    after: date
    to: date

    @classmethod
    def of(cls, day: date, months: int) -> Window:
        """Return the months up to a day."""
        return cls(months_later(day, -months), day)

    @property
    def first(self) -> date:
        """Return its first day."""
        return self.after + timedelta(days=1)

    @property
    def days(self) -> int:
        """Return how many days it has."""
        return (self.to - self.after).days

    def holds(self, day: date | None) -> bool:
        """True where a day is in it."""
        return day is not None and self.after < day <= self.to


class Counted:
    """What of a ledger counts on its day.

    Args:
        ledger: of one customer.
        exchange: the currency of the figures, and the rates.

    Attributes:
        day: of the ledger.
        items, promises, orders: those of that day or before.
        later: how many are of a later day, and do not count.
    """

    def __init__(self, ledger: CustomerLedger, exchange: Exchange) -> None:
        self.day = ledger.as_of
        self.items: tuple[LedgerItem, ...] = tuple(item for item in ledger.items if item.issued <= self.day)
        self.promises: tuple[Promise, ...] = tuple(one for one in ledger.promises if one.made_on <= self.day)
        self.orders: tuple[Order, ...] = tuple(order for order in ledger.orders if order.entered_on <= self.day)
        self.later = (len(ledger.items) + len(ledger.promises) + len(ledger.orders)) - (
            len(self.items) + len(self.promises) + len(self.orders)
        )
        self._coverage = ledger.coverage
        self._exchange = exchange
        self._told = {
            "returned_payment": any(item.kind == "returned_payment" for item in ledger.items),
            "dispute": any(item.disputed for item in ledger.items),
            "promise": bool(ledger.promises),
            "order": bool(ledger.orders),
            "dunning": any(item.dunning is not None for item in ledger.items),
        }

    def last(self, months: int) -> Window:
        """Return the last months up to the day of the ledger."""
        return Window.of(self.day, months)

    def reaches(self, day: date) -> bool:
        """True where the ledger is complete from a day on."""
        return self._coverage.complete_since is not None and self._coverage.complete_since <= day

    def tells(self, what: Optional) -> bool:
        """True where such a thing would be in the ledger if there were one."""
        return what in self._coverage.tells or self._told[what]

    def total(self, amounts: Iterable[tuple[Decimal, str]]) -> Decimal | Text:
        """Return the sum of amounts with their currencies; without a rate for one of them it is unknown.

        Each is converted at the one rate of the day and rounded to four places, half to even.
        """
        whole, missing = Decimal(0), set[str]()
        for amount, currency in amounts:
            worth = self._exchange.convert(amount, currency)
            if worth is None:
                missing.add(currency)
            else:
                whole += worth.quantize(_SMALLEST, ROUND_HALF_EVEN)
        return no_rate(min(missing), self._exchange.house_currency) if missing else whole

    def missing_rates(self) -> tuple[str, ...]:
        """Return the currencies of the ledger that have no rate, in order."""
        currencies = {item.currency for item in self.items} | {order.currency for order in self.orders}
        return tuple(sorted(code for code in currencies if self._exchange.quote(code) is None))


def ratio(part: Decimal, of: Decimal) -> Decimal:
    """Divide, and keep six places."""
    return (part / of).quantize(_RATIO, ROUND_HALF_EVEN)
