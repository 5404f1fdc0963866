"""When an order is blocked: what counts as exposure, and what stands against a delivery besides the limit."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal, get_args

from pydantic import Field, field_validator

from admission.errors import Invalid
from admission.model import Record, Text, left_out
from admission.people import Role

OrderStage = Literal["entered", "confirmed", "picking", "ready", "shipped_not_invoiced"]
STAGES: tuple[OrderStage, ...] = get_args(OrderStage)
_MOST_DAYS = 3660
# [P] What is entered only may still be changed or dropped; from its confirmation on the house is bound.
COUNTED_STAGES: tuple[OrderStage, ...] = ("confirmed", "picking", "ready", "shipped_not_invoiced")


class OrderRules(Record):
    """What an order is judged by.

    Attributes:
        stages: the stages in which an open order of the ledger counts.
        horizon_days: an open order counts where it ships within so many days, or at a day nobody has named; None for
            all.
        keep_days: for how long after its day of delivery a free order counts that no newer ledger tells of.
        ledger_days: a ledger older than so many days tells nothing any more.
        without_account: whether a customer of whom the ledger has no account is blocked, or owes nothing.
        most_amount: an order above this is blocked, in the house currency; None for no such rule, as in what follows.
        oldest_overdue_days: blocked where the oldest overdue document is more than so many days late.
        overdue_share: blocked where a larger share of what is open is overdue, 0 to 1.
        overdue_tolerance_days: documents up to so many days late are not in that share.
        dunning_level: blocked from this level of dunning on.
        release_powers: by role, up to what ceiling in the house currency somebody may release a blocked order; whose
            roles are not named, and has the mandate, may release any.
        parent_limit: whether a customer without a limit of its own, in a group that has a limit, may use that.
    """

    stages: tuple[OrderStage, ...] = left_out(COUNTED_STAGES)
    horizon_days: int | None = Field(default=90, ge=0, le=_MOST_DAYS)
    keep_days: int = Field(default=30, ge=0, le=_MOST_DAYS)
    ledger_days: int = Field(default=36, ge=0, le=_MOST_DAYS)
    without_account: Literal["block", "owes_nothing"] = "block"
    most_amount: Decimal | None = Field(default=None, gt=0)
    oldest_overdue_days: int | None = Field(default=30, ge=0, le=_MOST_DAYS)
    overdue_share: Decimal | None = Field(default=None, ge=0, le=1)
    overdue_tolerance_days: int = Field(default=10, ge=0, le=_MOST_DAYS)
    dunning_level: int | None = Field(default=None, ge=1, le=9)
    release_powers: dict[Role, Decimal] = left_out({})
    parent_limit: bool = left_out(False)

    @field_validator("release_powers")
    @classmethod
    def _powers(cls, powers: dict[Role, Decimal]) -> dict[Role, Decimal]:
        if any(ceiling < 0 for ceiling in powers.values()):
            raise Invalid(Text(en="ceilings of zero or more", zh="不小于零的上限"))
        return powers
