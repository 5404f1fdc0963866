"""What the house's own ledger tells of a company, as a fact."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from admission.evidence.fact_base import Fact
from admission.model import Text, left_out

LEDGER_FIGURES = ("own_overdue_days", "overdue_documents", "late_payments_12m", "bounced_payment_12m")


class LedgerRecord(Fact):
    """What the house's own ledger tells of the company. A figure that it does not tell is None, with the reason.

    Attributes:
        ledger: the import, such as `L7`.
        as_of: the day of the ledger.
        accounts: how many customer numbers the company has in it.
        own_overdue_days: days by which the oldest overdue document is late.
        overdue_documents: how many documents are overdue on the day of the ledger.
        late_payments_12m: how many invoices were settled after their due day in 12 months.
        bounced_payment_12m: whether a payment was returned in 12 months.
        unknown: why a figure is None, by its name.
    """

    table: Literal["own_ledger"] = "own_ledger"
    ledger: str
    as_of: date
    accounts: int = Field(ge=1)
    own_overdue_days: int | None = None
    overdue_documents: int | None = None
    late_payments_12m: int | None = None
    bounced_payment_12m: bool | None = None
    unknown: dict[str, Text] = left_out({})
