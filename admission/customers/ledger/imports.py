"""A ledger that was loaded: what it is, and what it holds of one company."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from pydantic import Field

from admission.customers.ledger.records import Coverage, CustomerLedger, Day
from admission.model import Record


class LedgerImport(Record):
    """A ledger as it was loaded, as of a day.

    Attributes:
        id: its number, such as `L7`; given when it is kept.
        file_name, file_sha256: of the file it came from.
        entries: how many documents, promises and orders it has.
        kinds: how many of each kind.
        customers: how many customers have entries.
        balances: by currency, what customers owe of all documents.
        refused: how many rows were left out.
        refused_customers: how many customers a left-out row belongs to; their ledgers are not whole.
        fingerprint: sha256 over all entries in the order of the file.
        loaded_at: when; told by the casebook.
    """

    id: str = ""
    as_of: Day
    file_name: str
    file_sha256: str
    coverage: Coverage
    entries: int
    kinds: dict[str, int] = Field(default_factory=dict)
    customers: int
    balances: dict[str, Decimal] = Field(default_factory=dict)
    refused: int = 0
    refused_customers: int = 0
    fingerprint: str = ""
    loaded_by: str
    loaded_at: datetime | None = None


class CompanyAccounts(NamedTuple):
    """What the newest ledger holds of one company.

    Attributes:
        of: which ledger.
        said: the customer numbers that somebody said the company has.
        numbers: the customer numbers under which the company is in it; none where the ledger has no account of it.
        ledger: all entries of these numbers.
        whole: False where a row of one of these numbers was left out.
    """

    of: LedgerImport
    said: tuple[str, ...]
    numbers: tuple[str, ...]
    ledger: CustomerLedger
    whole: bool
