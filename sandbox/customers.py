"""The demo's customers of before: a book of 40, and the ledger of what they owe; all invented."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

CUSTOMERS = 40
FIRST = (
    "Amber Birch Cedar Delta Ember Fjord Grove Haven Indigo Jasper Kestrel Linden Maple Northern Orchid Pine".split()
)
TRADES = ("Instruments", "Joinery", "Tea Blenders", "Logistics", "Foods", "Textiles", "Pumps", "Glass")
BOOK = (
    "legal_name",
    "country",
    "uk_company_number",
    "grade",
    "limit",
    "currency",
    "terms_days",
    "last_review",
    "account",
)
LEDGER = (
    "customer",
    "number",
    "kind",
    "amount",
    "open_amount",
    "currency",
    "issued",
    "due",
    "settled",
    "stage",
    "ship_on",
)
# The customer who is to be over its limit, and the one who pays late.
FULL, LATE = 3, 5


def account_of(number: int) -> str:
    """Return the customer number of one of the 40, counted from 1."""
    return str(20_000 + number)


def name_of(number: int) -> str:
    """Return the name of one of the 40."""
    return f"{FIRST[number % len(FIRST)]} {TRADES[number % len(TRADES)]} {number} Ltd"


def book_csv(today: date) -> str:
    """Return the book as a file: limits, terms, grades, and when each was reviewed last."""
    return _table(BOOK, _customers(today))


def ledger_csv(today: date) -> str:
    """Return the ledger as a file: invoices open and settled, credit notes, orders."""
    return _table(LEDGER, _documents(today))


def limit_of(number: int) -> int:
    """Return the limit of one of the 40, in pounds."""
    return random.Random(number).randint(4, 60) * 1000


def _customers(today: date) -> Iterator[Sequence[object]]:
    for number in range(1, CUSTOMERS + 1):
        chance = random.Random(number * 7)
        reviewed = today - timedelta(days=chance.randint(5, 170))
        company = f"9{number:07d}"
        yield (
            *(name_of(number), "GB", company, chance.choice("ABBBC"), limit_of(number), "GBP", 30),
            *(reviewed, account_of(number)),
        )


def _documents(today: date) -> Iterator[Sequence[object]]:
    for number in range(1, CUSTOMERS + 1):
        chance = random.Random(number * 11)
        limit = limit_of(number)
        # Together below the limit, but for the one who is to be over it with the next order.
        part = limit * (0.9 if number == FULL else chance.uniform(0.1, 0.6)) / 3
        for place in range(3):
            issued = today - timedelta(days=chance.randint(1, 25))
            yield _invoice(number, place, round(part, 2), issued)
        for place in range(3, 9):
            issued = today - timedelta(days=chance.randint(60, 300))
            late = chance.choice((0, 0, 0, 4, 12))
            yield _invoice(number, place, round(part, 2), issued, settled=issued + timedelta(days=30 + late))
        if number == LATE:
            yield _invoice(number, 9, round(part / 2, 2), today - timedelta(days=75))
        if number % 4 == 0:
            order = round(part / 2, 2)
            yield _row(number, f"SO-{number}", "order", order, today - timedelta(days=3), stage="confirmed")


def _invoice(number: int, place: int, amount: float, issued: date, settled: date | None = None) -> Sequence[object]:
    due = issued + timedelta(days=30)
    return _row(number, f"RE-{number}-{place}", "invoice", amount, issued, due=due, settled=settled)


def _row(
    number: int,
    document: str,
    kind: str,
    amount: float,
    issued: date,
    *,
    due: date | None = None,
    settled: date | None = None,
    stage: str = "",
) -> Sequence[object]:
    return account_of(number), document, kind, f"{amount:.2f}", "", "GBP", issued, due or "", settled or "", stage, ""


def _table(header: Sequence[str], rows: Iterator[Sequence[object]]) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return stream.getvalue()
