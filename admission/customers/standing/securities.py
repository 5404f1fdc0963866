"""Securities: who gives what for whom, what of it counts on a day, and that nothing counts twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import ROUND_FLOOR, Decimal

from pydantic import Field, model_validator

from admission.errors import Invalid
from admission.model import Record, Text
from admission.money import Currency
from admission.policy.customer_rules import SecurityKind

NOTHING = Decimal(0)
_CENT = Decimal("0.01")
_GUARANTEES = (SecurityKind.PARENT_GUARANTEE, SecurityKind.PERSONAL_GUARANTEE)


class Allotment(Record):
    """How much of a security's amount stands for one customer."""

    company_key: str = Field(min_length=1)
    amount: Decimal = Field(gt=0)


class Security(Record):
    """A security in the house's hands.

    Attributes:
        id: such as `S-2026-000007`.
        giver: who gives it, as the paper names them.
        giver_key: company key of the giver, where it is a company that the house knows; "" otherwise.
        document: number of the paper, or where it lies; the same paper cannot be recorded twice.
        amount: that the paper states.
        ahead: of claims that rank before ours.
        usable_share: of the amount that counts; the policy may allow less.
        allotted: for which customers, and how much of the amount for each; together never more than the amount.
        confirmed_by: the second person who saw the paper; it counts from then on.
        revoked_on: the day from which it counts no more, whatever was agreed.
    """

    id: str
    kind: SecurityKind
    giver: str = Field(min_length=1, max_length=200)
    giver_key: str = ""
    document: str = Field(min_length=1, max_length=200)
    amount: Decimal = Field(gt=0)
    currency: Currency
    ahead: Decimal = Field(default=NOTHING, ge=0)
    usable_share: Decimal = Field(default=Decimal(1), gt=0, le=1)
    allotted: tuple[Allotment, ...] = Field(min_length=1)
    valid_from: date
    valid_until: date | None = None
    recorded_by: str
    confirmed_by: str | None = None
    revoked_on: date | None = None
    revoked_because: str = ""

    @model_validator(mode="after")
    def _once(self) -> Security:
        keys = [part.company_key for part in self.allotted]
        if len(set(keys)) < len(keys):
            raise Invalid(Text(en="each customer once", zh="每个客户只列一次"))
        if sum(part.amount for part in self.allotted) > self.amount:
            raise Invalid(
                Text(
                    en="parts for customers that together are no more than the amount",
                    zh="分给各客户的金额合计不超过担保金额",
                )
            )
        if self.valid_until is not None and self.valid_until < self.valid_from:
            raise Invalid(Text(en="a last day that is not before the first", zh="截止日不早于起始日"))
        return self

    def counts_on(self, day: date) -> bool:
        """True where the paper was seen by two people and is valid on this day."""
        begun = self.confirmed_by is not None and self.valid_from <= day
        ended = self.valid_until is not None and self.valid_until < day
        return begun and not ended and not (self.revoked_on is not None and self.revoked_on <= day)

    def stands_for(self, company_key: str) -> bool:
        """True where a part of it stands for this customer."""
        return any(part.company_key == company_key for part in self.allotted)

    def value_for(self, company_key: str, greatest_share: Decimal) -> Decimal:
        """Return what counts for one customer, in the security's currency.

        What counts altogether is the usable share of the amount, less the claims ahead; each customer has a part in
        it as in the amount. So the parts of all customers are never more than the whole.

        Args:
            company_key: of the customer.
            greatest_share: that the policy allows for this kind.
        """
        part = next((part.amount for part in self.allotted if part.company_key == company_key), NOTHING)
        usable = max(NOTHING, self.amount * min(self.usable_share, greatest_share) - self.ahead)
        # Down, so that the parts never come to more than the whole.
        return (usable * part / self.amount).quantize(_CENT, ROUND_FLOOR)

    @property
    def is_guarantee(self) -> bool:
        """True where it is worth what its giver is worth."""
        return self.kind in _GUARANTEES


def paper_of(security: Security) -> tuple[str, str, str]:
    """Return by what the paper of a security is known again."""
    return paper_mark(security.kind, security.giver, security.document)


def paper_mark(kind: SecurityKind, giver: str, document: str) -> tuple[str, str, str]:
    """Return by what a paper is known again: kind, giver and number, however they are written."""
    return (kind, _plain(giver), _plain(document))


def mutual(securities: Iterable[Security], day: date) -> frozenset[str]:
    """Return the ids of guarantees that count for nothing, since their givers rely on each other.

    Where A guarantees for B, and B for A (be it over others of the group), nobody outside stands behind either.
    """
    guarantees = [item for item in securities if item.is_guarantee and item.giver_key and item.counts_on(day)]
    relies: dict[str, set[str]] = {}
    for item in guarantees:
        for part in item.allotted:
            relies.setdefault(part.company_key, set()).add(item.giver_key)
    return frozenset(
        item.id
        for item in guarantees
        if any(part.company_key in _reached(relies, item.giver_key) for part in item.allotted)
    )


def _reached(relies: dict[str, set[str]], start: str) -> set[str]:
    """Return the company itself and all on whom it relies, directly or over others."""
    reached, open_ones = {start}, [start]
    while open_ones:
        new = relies.get(open_ones.pop(), set()) - reached
        reached |= new
        open_ones += new
    return reached


def days_of(security: Security) -> Iterator[date]:
    """Yield the days from which a security counts, and the last on which it does."""
    yield security.valid_from
    if security.valid_until is not None:
        yield security.valid_until
    if security.revoked_on is not None:
        yield security.revoked_on


def _plain(name: str) -> str:
    return "".join(name.casefold().split())
