"""Ledgers of invented customers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from admission.customers.ledger.figures import LedgerFigures, reckon_ledger
from admission.customers.ledger.records import OPTIONALS, Coverage, CustomerLedger, Entry, LedgerItem, Order, Promise
from admission.money import Exchange, Rate, RateTable

AS_OF = date(2026, 11, 28)
WHOLE = Coverage(complete_since=date(2020, 1, 1), tells=frozenset(OPTIONALS))
OPEN_ALONE = Coverage()
DOLLARS = RateTable([Rate(currency="USD", to="CNY", on=date(2026, 11, 1), per_unit=Decimal("7.25"))])


def day(text: str) -> date:
    """Read 11-20 as a day of 2026, and 2025-11-20 as it stands."""
    return date.fromisoformat(text if len(text) == 10 else f"2026-{text}")


def item(number: str, amount: str | Decimal, issued: str, due: str | None = None, **more: Any) -> LedgerItem:
    """An invoice, unless another kind is given."""
    given = {"kind": "invoice", "currency": "CNY", "customer": "C1", **more}
    if isinstance(given.get("settled"), str):
        given["settled"] = day(given["settled"])
    dues = {"due": day(due)} if due else {}
    return LedgerItem.model_validate({"number": number, "amount": amount, "issued": day(issued), **dues, **given})


def promise(number: str, made_on: str, on: str, kept: bool | None) -> Promise:
    return Promise(
        customer="C1",
        number=number,
        made_on=day(made_on),
        day=day(on),
        amount=Decimal(100),
        currency="CNY",
        kept=kept,
    )


def order(number: str, amount: str, entered_on: str, stage: str = "entered", currency: str = "CNY") -> Order:
    given = {"customer": "C1", "number": number, "amount": amount, "currency": currency}
    return Order.model_validate({**given, "entered_on": day(entered_on), "stage": stage})


def figures(
    *entries: Entry, coverage: Coverage = WHOLE, rates: RateTable = DOLLARS, currency: str = "CNY"
) -> LedgerFigures:
    ledger = CustomerLedger.of("C1", AS_OF, coverage, entries)
    return reckon_ledger(ledger, Exchange(rates, currency, AS_OF))


def told(found: LedgerFigures, *names: str) -> tuple[Any, ...]:
    """Return figures by their names."""
    return tuple(getattr(found, name) for name in names)
