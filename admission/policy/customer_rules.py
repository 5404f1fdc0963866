"""What stands behind a customer's limit between two decisions: conditions, securities, reviews."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, field_validator

from admission.errors import Invalid
from admission.model import Record, Text, left_out
from admission.policy.earned_steps import EarnedSteps
from admission.policy.loss_rules import LOSS_GIVEN_DEFAULT, ReserveShares
from admission.policy.order_rules import OrderRules
from admission.policy.review_rules import ReviewScope


class SecurityKind(StrEnum):
    """What a security is, by the paper that gives it."""

    CASH_DEPOSIT = "cash_deposit"
    BANK_GUARANTEE = "bank_guarantee"
    LETTER_OF_CREDIT = "letter_of_credit"
    BILL = "bill"
    PARENT_GUARANTEE = "parent_guarantee"
    PERSONAL_GUARANTEE = "personal_guarantee"
    MORTGAGE = "mortgage"
    RETENTION_OF_TITLE = "retention_of_title"


SECURITY_WORDS: dict[SecurityKind, Text] = {
    SecurityKind.CASH_DEPOSIT: Text(en="cash deposit", zh="现金保证金"),
    SecurityKind.BANK_GUARANTEE: Text(en="bank guarantee", zh="银行保函"),
    SecurityKind.LETTER_OF_CREDIT: Text(en="letter of credit", zh="信用证"),
    SecurityKind.BILL: Text(en="bank bill", zh="银行承兑汇票"),
    SecurityKind.PARENT_GUARANTEE: Text(en="guarantee of a parent company", zh="母公司保证"),
    SecurityKind.PERSONAL_GUARANTEE: Text(en="personal guarantee", zh="个人保证"),
    SecurityKind.MORTGAGE: Text(en="mortgage", zh="抵押"),
    SecurityKind.RETENTION_OF_TITLE: Text(en="retention of title", zh="所有权保留"),
}
# [P] Practice of the trade: money and promises of banks count whole, a bill less its discount, a guarantee only as far
# as the guarantor is likely to pay, land as far as a forced sale brings it. Goods that are resold secure nothing.
USABLE_SHARES: dict[SecurityKind, Decimal] = {
    SecurityKind.CASH_DEPOSIT: Decimal(1),
    SecurityKind.BANK_GUARANTEE: Decimal(1),
    SecurityKind.LETTER_OF_CREDIT: Decimal(1),
    SecurityKind.BILL: Decimal("0.95"),
    SecurityKind.PARENT_GUARANTEE: Decimal("0.5"),
    SecurityKind.PERSONAL_GUARANTEE: Decimal("0.2"),
    SecurityKind.MORTGAGE: Decimal("0.6"),
    SecurityKind.RETENTION_OF_TITLE: Decimal(0),
}
# [P] Half as much again, for a quarter of a year: a season. What is more, or longer, is a decision on the customer.
TEMPORARY_RAISE_MOST, TEMPORARY_RAISE_DAYS = Decimal("0.5"), 92
_MOST_DAYS, _MOST_MONTHS = 366, 120
# Less than the shortest month, so that the shortest interval has a day left.
_MOST_SPREAD = 27
Share = Annotated[Decimal, Field(ge=0, le=1)]


class CustomerRules(Record):
    """What of a customer's limit is in force.

    Attributes:
        usable_shares: the greatest share of a security's amount that counts, by its kind; a security may state a lower
            one. Kinds that are left out keep the shares of `USABLE_SHARES`.
        condition_days: within how many days after the decision a condition is to be met that does not have to be met
            before the first delivery.
        review_grace_days: for how many days after its review was due a customer keeps the limit; None as long as the
            review takes.
        warn_days: how many days ahead of its end one is warned of what expires.
        orders: when an order is blocked.
        spread_days: over how many days before its day a review may fall, so that not all fall on one.
        reserve: the share of each column of the ageing that is reserved for bad debts.
        default_rates: by grade, the probability that a customer defaults within a year; a grade with a `pd_at_most`
            has that instead.
        loss_given_default: the share that is lost of what nothing covers, where a customer defaults.
        first_review: who decides the first review of a customer that came with the book: people, or the system where
            nothing that it asks of a renewal stands against it.
        temporary_raise_most: by what share of the limit granted two people may raise it for a time.
        temporary_raise_days: for how many days at most, or of how many days a season of each year may be.
        temporary_raise_unsecured: whether what they add needs no security.
        dormant_months: the limit of a customer who has neither bought nor ordered for so many months is withdrawn; None
            for no such rule.
        earned_steps: by what a limit rises for who pays on time; None for no such rule.
        reviews: by the grade that a customer has, what its review asks anew and who looks at it; all and everybody for
            a grade that is left out.
    """

    usable_shares: dict[SecurityKind, Decimal] = left_out({})
    condition_days: int = Field(default=30, ge=0, le=_MOST_DAYS)
    review_grace_days: int | None = Field(default=60, ge=0, le=_MOST_DAYS)
    warn_days: int = Field(default=30, ge=0, le=_MOST_DAYS)
    orders: OrderRules = left_out(OrderRules())
    spread_days: int = Field(default=0, ge=0, le=_MOST_SPREAD, exclude_if=lambda days: days == 0)
    reserve: ReserveShares = left_out(ReserveShares())
    default_rates: dict[str, Share] = left_out({})
    loss_given_default: Share = left_out(LOSS_GIVEN_DEFAULT)
    first_review: Literal["people", "system"] = left_out("people")
    temporary_raise_most: Share = left_out(TEMPORARY_RAISE_MOST)
    temporary_raise_days: Annotated[int, Field(ge=0, le=_MOST_DAYS)] = left_out(TEMPORARY_RAISE_DAYS)
    temporary_raise_unsecured: bool = left_out(True)
    dormant_months: Annotated[int, Field(ge=1, le=_MOST_MONTHS)] | None = left_out(None)
    earned_steps: EarnedSteps | None = left_out(None)
    reviews: dict[str, ReviewScope] = left_out({})

    @field_validator("usable_shares")
    @classmethod
    def _shares(cls, shares: dict[SecurityKind, Decimal]) -> dict[SecurityKind, Decimal]:
        if not all(0 <= share <= 1 for share in shares.values()):
            raise Invalid(Text(en="shares from 0 to 1, such as 0.5", zh="0 至 1 之间的比例，如 0.5"))
        return shares

    def usable_share(self, kind: SecurityKind) -> Decimal:
        """Return the greatest share of a security of this kind that counts."""
        return self.usable_shares.get(kind, USABLE_SHARES[kind])
