"""A customer with a limit of 50,000 GBP, its ledger, and its orders."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from admission.customers.ledger.imports import CompanyAccounts, LedgerImport
from admission.customers.ledger.records import Coverage, CustomerLedger, Entry, LedgerItem, Order
from admission.customers.orders.asked import OnRecord, OrderAsked, Release, Taken
from admission.customers.orders.check import CustomerNow, OrderCheck, check
from admission.customers.orders.exposure import Owed, owed
from admission.customers.standing.in_force import OnFile
from admission.money import Exchange
from admission.policy.customer_rules import CustomerRules
from admission.policy.order_rules import OrderRules
from tests.admission.customers.standing.build import DAY, KEY, LIMIT, RATES, TODAY, customer, stands

WHOLE = Coverage(complete_since=date(2020, 1, 1), tells=frozenset({"order", "dispute", "dunning"}))
EXCHANGE = Exchange(RATES, "GBP", TODAY)


def invoice(number: str, amount: Decimal | str | int, due: date = TODAY + 20 * DAY, **more: Any) -> LedgerItem:
    given = {"customer": KEY, "number": number, "kind": "invoice", "amount": amount, "currency": "GBP", "due": due}
    return LedgerItem.model_validate({**given, "issued": min(due, TODAY) - 20 * DAY, **more})


def credit(number: str, amount: Decimal | str | int) -> LedgerItem:
    return invoice(number, amount).model_copy(update={"kind": "payment", "due": None})


def open_order(number: str, amount: Decimal | str | int, stage: str = "confirmed", **more: Any) -> Order:
    given = {"customer": KEY, "number": number, "amount": amount, "currency": "GBP", "stage": stage}
    return Order.model_validate({**given, "entered_on": TODAY - 5 * DAY, **more})


def accounts(*entries: Entry, as_of: date = TODAY, coverage: Coverage = WHOLE, **changes: Any) -> CompanyAccounts:
    about = LedgerImport(
        id="L7",
        as_of=as_of,
        file_name="ledger.csv",
        file_sha256="0" * 64,
        coverage=coverage,
        entries=len(entries),
        customers=1,
        loaded_by="bo",
    )
    ledger = CustomerLedger.of(KEY, as_of, coverage, entries)
    made = CompanyAccounts(about, (KEY,), (KEY,) if entries else (), ledger, whole=True)
    return made._replace(**changes)


def asked(amount: Decimal | str | int = 10_000, order: str = "SO-1", **more: Any) -> OrderAsked:
    given = {"order": order, "amount": amount, "currency": "GBP", "deliver_on": TODAY + 5 * DAY}
    return OrderAsked.model_validate({**given, **more})


def taken(order: str, amount: Decimal | str | int, **more: Any) -> Taken:
    given = {"order": order, "amount": amount, "currency": "GBP", "deliver_on": TODAY + 5 * DAY, "checked_on": TODAY}
    return Taken.model_validate({**given, **more})


def release(**changes: Any) -> Release:
    given = {"block": "O1", "by": "cy", "ceiling": 80_000, "currency": "GBP", "until": TODAY + 10 * DAY}
    return Release.model_validate({**given, "released_on": TODAY - DAY, "because": "paid by bank", **changes})


def rules(**changes: Any) -> CustomerRules:
    return CustomerRules(orders=OrderRules.model_validate(changes))


def file(**changes: Any) -> OnFile:
    return OnFile(customer=customer(), open_limit=LIMIT, **changes)


def told(*entries: Entry, by: CustomerRules | None = None, **changes: Any) -> Owed:
    return owed(accounts(*entries, **changes), (by or rules()).orders, EXCHANGE)


def checked(
    this: OrderAsked | None = None,
    *,
    on_file: OnFile | None = None,
    ledger: Owed | None = None,
    earlier: Iterable[Taken] = (),
    let_through: Release | None = None,
    by: CustomerRules | None = None,
) -> OrderCheck:
    """Check an order, by default one of 10,000 of a customer who owes nothing."""
    on_file, by = on_file or file(), by or rules()
    now = CustomerNow(on_file, stands(on_file, rules=by), ledger or told(by=by))
    return check(this or asked(), now, OnRecord(taken=tuple(earlier), release=let_through), by, EXCHANGE)
