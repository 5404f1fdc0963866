"""The scorecard as the policy writes it: points per bin, neutral points for what is missing, calibration."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import Field

from admission.model import Record, Text, left_out


class Bin(Record):
    """Points up to, and not including, `below`; the last bin has no bound."""

    below: Decimal | None = None
    points: Decimal = Field(ge=0)


class Attribute(Record):
    """One line of the scorecard: bins of a metric in rising order, neutral points where it is missing.

    Attributes:
        kind: `qualitative` where a named person enters it with a note.
    """

    metric: str
    title: Text
    kind: Literal["quantitative", "qualitative"] = left_out("quantitative")
    bins: tuple[Bin, ...] = Field(min_length=1)
    missing: Decimal = Field(ge=0)
    source: str

    @property
    def maximum(self) -> Decimal:
        """Points of the best bin."""
        return max(part.points for part in self.bins)


class Calibration(Record):
    """How points become a probability of default: logit = intercept + slope * points.

    Attributes:
        slope: change of the logit a point; negative, since more points are better.
        outcomes: number of bad outcomes that it was fitted on; below about 40 it is not to be trusted.
        observations: number of companies that it was fitted on.
        data_sha256: fingerprint of the table that it was fitted on.
    """

    intercept: Decimal
    slope: Decimal = Field(lt=0)
    outcomes: int = Field(ge=1)
    observations: int = Field(ge=2)
    fitted_on: date
    data_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    source: str


class Scorecard(Record):
    """Attributes whose best bins sum to 100 points.

    Attributes:
        max_missing_share: share of the 100 points that may rest on neutral points before the grade is capped.
        missing_cap: best grade of a case with more missing than that.
        qualitative_cap: most points that all qualitative attributes together may earn.
        calibration: None while no probability of default stands behind the points.
    """

    attributes: tuple[Attribute, ...] = Field(min_length=1)
    max_missing_share: Decimal = Field(ge=0, le=1)
    missing_cap: str
    qualitative_cap: Decimal | None = Field(default=None, ge=0, le=100, exclude_if=lambda cap: cap is None)
    calibration: Calibration | None = left_out(None)
