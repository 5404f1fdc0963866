"""Grades with what follows from them."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import Field, field_validator

from admission.errors import Invalid
from admission.model import Record, Text


class Grade(Record):
    """One grade: from which score, and what follows from it.

    Attributes:
        pd_at_most: highest probability of default; takes the place of `at_least` once the scorecard is calibrated.
        net_worth_factor: multiplies the share of tangible net worth in the limit.
        turnover_factor: multiplies the share of turnover in the limit.
        level_up: by how many amount bands the approval is raised; `top` for the highest.
        review_months: interval of re-reviews; the policy's default where a grade sets none.
    """

    name: str
    at_least: Decimal = Field(ge=0, le=100)
    pd_at_most: Decimal | None = Field(default=None, gt=0, le=1, exclude_if=lambda bound: bound is None)
    net_worth_factor: Decimal = Field(default=Decimal(1), ge=0)
    turnover_factor: Decimal = Field(default=Decimal(1), ge=0)
    terms_days: int = Field(ge=0, le=365)
    secured: bool = False
    treatments: tuple[str, ...] = ()
    level_up: int | Literal["top"] = 0
    review_months: int | None = Field(default=None, ge=1, le=36)
    terms_text: Text

    @field_validator("level_up", mode="before")
    @classmethod
    def _not_down(cls, value: object) -> object:
        if value == "top" or (isinstance(value, int) and not isinstance(value, bool) and value >= 0):
            return value
        raise Invalid(Text(en="by how many bands, 0 or more, or top", zh="上调档数：0 或以上的整数，或 top"))
