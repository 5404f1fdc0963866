"""Invented customers of a book."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from admission.application import parse_application
from admission.customers.book.records import BookImport, BookRow, BookSecurity, BookSums
from admission.money import Exchange, Rate, RateTable
from admission.policy.customer_rules import SecurityKind

TODAY = date(2026, 11, 2)
REVIEWED = date(2026, 5, 1)
RATES = RateTable([Rate(currency="GBP", to="USD", on=date(2026, 10, 1), per_unit=Decimal("1.3"))])
EXCHANGE = Exchange(RATES, "USD", TODAY)


def row(number: int = 1, *, name: str = "", limit: str = "5000", terms: int = 30, **changes: Any) -> BookRow:
    """Return a customer by its number; `application` says more of who it is."""
    application = {
        "legal_name": name or f"Old Friend {number} Ltd",
        "country": "GB",
        "identifiers": {"uk_company_number": f"{number:08}"},
        "requested": {"limit": limit, "currency": changes.pop("currency", "GBP"), "terms_days": terms},
        **changes.pop("application", {}),
    }
    fields = {"grade": "B", "last_review_on": REVIEWED, **changes}
    return BookRow(application=parse_application(application), **fields)


def security(document: str = "LG 17", **changes: Any) -> BookSecurity:
    fields = {"kind": SecurityKind.BANK_GUARANTEE, "giver": "Example Bank", "amount": Decimal(2000), **changes}
    return BookSecurity(document=document, **fields)


def due(number: int = 1, **changes: Any) -> BookRow:
    """Return a customer whose next review is known."""
    return row(number, **{"next_review_on": date(2027, 5, 1), **changes})


def about(customers: int = 1, by: str = "bea") -> BookImport:
    return BookImport(
        file_name="book.csv",
        file_sha256="0" * 64,
        policy="default 2026.2",
        sums=BookSums(customers=customers),
        proposed_by=by,
    )
