"""Credit insurance: the house's policies with insurers, and what they cover for one customer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import ROUND_FLOOR, Decimal
from typing import Literal

from pydantic import Field, model_validator

from admission.errors import Invalid
from admission.model import Record, Text
from admission.money import Currency

CoverState = Literal["requested", "pending", "granted", "partly", "conditional", "refused", "reduced", "withdrawn"]
COVER_WORDS: dict[CoverState, Text] = {
    "requested": Text(en="requested", zh="已申请"),
    "pending": Text(en="pending at the insurer", zh="保险人审理中"),
    "granted": Text(en="granted", zh="已批复"),
    "partly": Text(en="granted in part", zh="部分批复"),
    "conditional": Text(en="granted under a condition", zh="附条件批复"),
    "refused": Text(en="refused", zh="拒保"),
    "reduced": Text(en="reduced", zh="已调减"),
    "withdrawn": Text(en="withdrawn", zh="已撤销"),
}
# The insurer stands by these. A condition of the insurer has to be met first: the cover is then recorded as granted.
_STANDS: frozenset[CoverState] = frozenset({"granted", "partly", "reduced"})
_AGAINST: frozenset[CoverState] = frozenset({"refused", "withdrawn"})
_CENT = Decimal("0.01")


class InsurancePolicy(Record):
    """A contract of the house with a credit insurer.

    Attributes:
        number: of the contract.
        insured_share: of a loss that the insurer pays, such as 0.9.
        discretionary_limit: up to which a customer is covered without a decision of the insurer on it.
        longest_terms_days: deliveries on longer terms are not covered.
        reporting_days: after the due day, within which an overdue invoice must be reported.
    """

    number: str = Field(min_length=1, max_length=100)
    insurer: str = Field(min_length=1, max_length=200)
    insured_share: Decimal = Field(gt=0, le=1)
    discretionary_limit: Decimal = Field(default=Decimal(0), ge=0)
    currency: Currency
    longest_terms_days: int = Field(ge=0, le=720)
    reporting_days: int = Field(ge=0, le=720)
    valid_from: date
    valid_until: date

    @model_validator(mode="after")
    def _lasts(self) -> InsurancePolicy:
        if self.valid_until < self.valid_from:
            raise Invalid(Text(en="a last day that is not before the first", zh="截止日不早于起始日"))
        return self

    def valid_on(self, day: date) -> bool:
        """True where deliveries of this day are insured."""
        return self.valid_from <= day <= self.valid_until


class Cover(Record):
    """What the insurer said about one customer; the newest word counts.

    Attributes:
        policy: number of the insurance policy.
        amount: up to which the insurer covers the customer; None while it has not decided, or refused.
        valid_from: from which day the word counts.
    """

    id: str
    company_key: str
    policy: str
    state: CoverState
    amount: Decimal | None = Field(default=None, gt=0)
    valid_from: date
    valid_until: date | None = None
    note: str = ""
    recorded_by: str

    @model_validator(mode="after")
    def _amount_told(self) -> Cover:
        if (self.state in (*_STANDS, "conditional")) is not (self.amount is not None):
            raise Invalid(
                Text(
                    en="an amount where the insurer covers the customer, and none otherwise",
                    zh="保险人承保时填写金额，否则不填",
                )
            )
        if self.valid_until is not None and self.valid_until < self.valid_from:
            raise Invalid(Text(en="a last day that is not before the first", zh="截止日不早于起始日"))
        return self


def insured(policy: InsurancePolicy, words: tuple[Cover, ...], terms_days: int, day: date) -> Decimal:
    """Return what the insurer would pay for one customer, in the currency of the insurance policy.

    That is the insured share of what is covered: the amount of the insurer's newest word on this day. A withdrawal
    counts from its own day, even if the word before it would have lasted longer. Where the insurer has said nothing,
    the discretionary limit covers the customer; where it refused or withdrew, nothing does, nor once a cover has run
    out.

    Args:
        policy: the contract.
        words: what the insurer said about this customer under the contract, oldest first.
        terms_days: terms of the customer.
        day: of the delivery.
    """
    if not policy.valid_on(day) or terms_days > policy.longest_terms_days:
        return Decimal(0)
    said = [word for word in words if word.policy == policy.number and word.valid_from <= day]
    decided = [word for word in said if word.state in (*_STANDS, *_AGAINST, "conditional")]
    if not decided:
        covered = policy.discretionary_limit
    else:
        newest = max(enumerate(decided), key=lambda item: (item[1].valid_from, item[0]))[1]
        lasts = newest.valid_until is None or day <= newest.valid_until
        covered = newest.amount if newest.state in _STANDS and lasts and newest.amount is not None else Decimal(0)
    return (covered * policy.insured_share).quantize(_CENT, ROUND_FLOOR)


def days_of(policy: InsurancePolicy, words: tuple[Cover, ...]) -> Iterator[date]:
    """Yield the first and last days of a contract and of what the insurer said under it."""
    yield policy.valid_from
    yield policy.valid_until
    for word in words:
        yield word.valid_from
        if word.valid_until is not None:
            yield word.valid_until
