"""What the house's own ledger tells of one company, in the form in which it is asked, kept and read again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

from pydantic import model_validator

from admission.customers.ledger.figures import LedgerFigures
from admission.customers.ledger.records import Day
from admission.errors import Invalid
from admission.model import Record, Text

NOT_WHOLE = Text(en="rows of this company were left out of the ledger", zh="该企业有台账行未导入")


class KeptAccount(Record):
    """The figures of a company as a ledger had them.

    Attributes:
        ledger: the import, such as `L7`.
        company: the company key.
        as_of: the day of the ledger.
        accounts: the customer numbers of the company in it; none where the ledger has no account of it.
        account_count: how many these are, so that a lost one is noticed.
        whole: False where a row of the company was left out of the import.
        figures: None where there is no account, or it is not whole.
    """

    format: Literal[1] = 1
    ledger: str
    company: str
    as_of: Day
    accounts: tuple[str, ...]
    account_count: int
    whole: bool
    figures: LedgerFigures | None

    @model_validator(mode="after")
    def _check_whole(self) -> KeptAccount:
        if self.account_count != len(self.accounts):
            raise Invalid(Text(en="as many accounts as it says", zh="账户数须与所注明的一致"))
        return self


class OwnLedger(NamedTuple):
    """How the house's own ledger is asked.

    Attributes:
        newest: gives the import that counts, such as `L7`; None where no ledger was ever loaded.
        account: gives what it tells of a company by its key; None where no ledger was ever loaded.
    """

    newest: Callable[[], str | None]
    account: Callable[[str], KeptAccount | None]


def none_loaded() -> OwnLedger:
    """Return a ledger that was never loaded."""
    return OwnLedger(lambda: None, lambda _: None)
