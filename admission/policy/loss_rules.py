"""What a house expects to lose of what its customers owe: a reserve by ageing, and what a default costs."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

from pydantic import Field, model_validator

from admission.errors import Invalid
from admission.model import Record, Text

# [P] Of an unsecured claim on a company 45 % are lost where it defaults: Basel II, foundation approach (paragraph 287;
# CRE32.5 until 2022). CRE32.6 of 2023 says 40 % for companies that are no banks. The higher one stands here: a supplier
# has no covenants, and hears of trouble later than a bank.
LOSS_GIVEN_DEFAULT = Decimal("0.45")
NEVER_FALLING = Text(
    en="shares that do not fall as debts grow older, from not_due to over_90_days",
    zh="由 not_due 至 over_90_days，比例不得随账龄增加而下降",
)


class ReserveShares(Record):
    """The share of each column of the ageing that is reserved for bad debts, never less of older ones.

    This is a provision matrix: IFRS 9, 5.5.15 and B5.5.35. As shipped [P], the shares are those of the standard's own
    illustration (example 12, IE74 to IE77). A house puts its own losses of the last years in their place.
    """

    not_due: Decimal = Field(default=Decimal("0.003"), ge=0, le=1)
    days_1_to_30: Decimal = Field(default=Decimal("0.016"), ge=0, le=1)
    days_31_to_60: Decimal = Field(default=Decimal("0.036"), ge=0, le=1)
    days_61_to_90: Decimal = Field(default=Decimal("0.066"), ge=0, le=1)
    over_90_days: Decimal = Field(default=Decimal("0.106"), ge=0, le=1)

    @model_validator(mode="after")
    def _rising(self) -> ReserveShares:
        shares = [getattr(self, name) for name in ReserveShares.model_fields]
        if any(older < younger for younger, older in pairwise(shares)):
            raise Invalid(NEVER_FALLING)
        return self
