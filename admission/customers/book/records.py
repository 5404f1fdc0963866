"""What a book tells of one customer, and the import of a book: proposed by one person, confirmed by another."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from admission.application import AMOUNT_SCHEMA, Amount, Application, Day, Line
from admission.customers.standing.securities import paper_mark
from admission.errors import Invalid
from admission.model import Record, Text, left_out
from admission.policy.customer_rules import SecurityKind

# A proposal that nobody settles within so many days is dropped, and with it what it says of companies.
PROPOSAL_DAYS = 30
# Customers of one import: what a person can still answer for, and a database take in a few minutes.
LARGEST_BOOK = 20_000

BookState = Literal["proposed", "confirming", "confirmed", "refused", "expired"]
OPEN_STATES: tuple[BookState, ...] = ("proposed", "confirming")
STATE_WORDS: dict[BookState, Text] = {
    "proposed": Text(en="waits for a second person", zh="待第二人复核"),
    "confirming": Text(en="confirmed in part; confirm it again to go on", zh="已导入一部分，请再次复核以继续"),
    "confirmed": Text(en="confirmed", zh="已复核"),
    "refused": Text(en="refused", zh="已退回"),
    "expired": Text(en="dropped: nobody settled it in time", zh="逾期未复核，已作废"),
}


def _coded(value: str) -> str:
    scheme, _, code = value.partition(":")
    if value and not (scheme and code):
        raise Invalid(Text(en="a code with its scheme, such as uk-sic:47110", zh="带分类体系的代码，如 uk-sic:47110"))
    return value


class BookSecurity(Record):
    """A security that stands behind a customer's limit, as the book has it.

    Attributes:
        giver: who gives it, as the paper names them.
        document: number of the paper, or where it lies.
        amount: that the paper states, in the currency of the limit.
        valid_until: its last day; None where it does not end.
    """

    kind: SecurityKind
    giver: Annotated[Line, Field(min_length=1, max_length=200)]
    document: Annotated[Line, Field(min_length=1, max_length=200)]
    amount: Amount
    valid_until: Day | None = None

    @property
    def paper(self) -> tuple[str, str, str]:
        """Return by what its paper is known again."""
        return paper_mark(self.kind, self.giver, self.document)


class BookRow(Record):
    """One customer as the house's own book has it.

    Attributes:
        application: who it is; as what was asked for it has the limit and terms that the customer has.
        last_review_on: the day on which people last judged it.
        next_review_on: when it is to be judged again; None where the policy's months after the last review say so.
        industry_code: with its scheme, such as `uk-sic:47110`; "" where the book does not tell.
        open_limit: what of the limit needs no security; None where the book does not tell.
        account: its customer number in the ledger; "" where the book does not tell.
    """

    application: Application
    grade: Annotated[Line, Field(min_length=1, max_length=40)]
    last_review_on: Day
    next_review_on: Day | None = None
    industry_code: Annotated[Line, Field(max_length=40), AfterValidator(_coded)] = left_out("")
    open_limit: Annotated[Decimal, Field(ge=0, decimal_places=4, allow_inf_nan=False), AMOUNT_SCHEMA] | None = left_out(
        None
    )
    security: BookSecurity | None = left_out(None)
    account: Annotated[Line, Field(max_length=80)] = left_out("")

    @property
    def company_key(self) -> str:
        """Return the key of the company."""
        return self.application.subject.company_key

    @property
    def limit(self) -> Decimal:
        """Return the limit that the customer has."""
        return self.application.requested.limit

    @property
    def currency(self) -> str:
        """Return the currency of the limit."""
        return self.application.requested.currency

    @property
    def open_part(self) -> Decimal:
        """Return what of the limit needs no security: where the book does not tell, what its security leaves of it."""
        if self.open_limit is not None:
            return self.open_limit
        secured = Decimal(0) if self.security is None else self.security.amount
        return max(Decimal(0), self.limit - secured)


class BookSums(Record):
    """What a book comes to.

    Attributes:
        customers: how many there are.
        grades, countries: how many by each.
        limits: the sum of the limits, by currency.
        reviews: how many reviews are due, by month, such as `2027-03`.
        overdue: how many were due by the day of the import.
        lapsed: of these, how many for so long that by the policy nothing of their limit is in force.
        securities, accounts: how many have one.
    """

    customers: int = 0
    grades: dict[str, int] = Field(default_factory=dict)
    countries: dict[str, int] = Field(default_factory=dict)
    limits: dict[str, Decimal] = Field(default_factory=dict)
    reviews: dict[str, int] = Field(default_factory=dict)
    overdue: int = 0
    lapsed: int = 0
    securities: int = 0
    accounts: int = 0


class BookImport(Record):
    """The import of a book.

    Attributes:
        id: its number, such as `B7`; given when it is kept.
        file_name, file_sha256: of the file it came from.
        policy: name and version of the policy by which it was checked.
        refused: how many rows of the file were left out.
        fingerprint: sha256 over all rows in the order of the file.
        admitted: how many of its companies are customers by now.
        settled_by: who refused it, or whose confirmation went through; None where nobody did.
        because: why it was refused; without names.
    """

    id: str = ""
    file_name: str
    file_sha256: str
    policy: str
    sums: BookSums
    refused: int = 0
    fingerprint: str = ""
    proposed_by: str
    proposed_at: datetime | None = None
    state: BookState = "proposed"
    admitted: int = 0
    confirmed_by: str | None = None
    confirmed_at: datetime | None = None
    settled_by: str | None = None
    settled_at: datetime | None = None
    because: str = ""
