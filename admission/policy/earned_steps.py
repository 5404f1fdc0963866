"""Steps of a limit that a customer earns by paying on time: how many invoices for how much, and rest after lateness."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import Field, model_validator

from admission.errors import Invalid
from admission.model import Record, Text, left_out

_MOST_INVOICES, _MOST_DAYS, _MOST_MONTHS = 1000, 366, 120
_Part = Annotated[Decimal, Field(gt=0, le=1)]


class EarnedSteps(Record):
    """What a customer earns who pays on time.

    Attributes:
        invoices: so many, paid in full on time since the last decision or step, earn a step.
        step: of the limit that was granted.
        most: of the limit that was granted, at most so much above it.
        late_days: an invoice is on time that is paid at most so many days after it was due.
        rest_months: for so many months after an invoice was later than that there is no step, and none counts.
        worst_grade: only customers of this grade or a better one; None for all.
    """

    invoices: Annotated[int, Field(ge=1, le=_MOST_INVOICES)]
    step: _Part
    most: _Part
    late_days: Annotated[int, Field(ge=0, le=_MOST_DAYS)]
    rest_months: Annotated[int, Field(ge=1, le=_MOST_MONTHS)]
    worst_grade: str | None = left_out(None)

    @model_validator(mode="after")
    def _step_within(self) -> EarnedSteps:
        if self.step > self.most:
            raise Invalid(Text(en="a step that is at most `most`", zh="step 不大于 most"))
        return self
