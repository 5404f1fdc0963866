"""The scorecard as the policy writes it: points per bin, neutral points for what is missing, calibration."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Literal

from pydantic import Field

from admission.model import Record, Text, left_out

# Below about so many bad outcomes a calibration is not to be trusted: in draws from 10 to 165 of them the spread of the
# AUC is wide up to there ([M] docs/policy.md).
FEW_OUTCOMES = 40
_CENT = Decimal("0.01")
_MILLIONTH = Decimal("0.000001")
# Arithmetic of its own, so that no caller's context changes a digit of a probability.
_PRECISE = Context(prec=40, rounding=ROUND_HALF_EVEN)
_FAR = Decimal(100)


class Bin(Record):
    """Points up to, and not including, `below`; the last bin has no bound."""

    below: Decimal | None = None
    points: Decimal = Field(ge=0)


class Wall(Record):
    """Points in a straight line, after the modern Wall score (沃尔评分法), in place of bins.

    A figure at the house's or the industry's standard earns the standard points; each point more takes
    (best - standard) / (maximum_points - standard_points) of the figure; the points stay between least and most. Where
    less is better, such as for a debt ratio, `best` lies below `standard`.

    Source: rosannapuentes.com/zhongji/976202.html: standard 5.5 % for 20 points, best 15.8 % for 30; 10 % earns 24.37.
    """

    standard: Decimal
    standard_points: Decimal = Field(ge=0)
    best: Decimal
    maximum_points: Decimal = Field(gt=0)
    minimum_points: Decimal = Field(default=Decimal(0), ge=0)

    def points(self, value: Decimal) -> Decimal:
        """Return the points of a figure, to the hundredth."""
        slope = (self.maximum_points - self.standard_points) / (self.best - self.standard)
        points = self.standard_points + (value - self.standard) * slope
        bounded = min(max(points, self.minimum_points), self.maximum_points)
        return bounded.quantize(_CENT, ROUND_HALF_EVEN)


class Attribute(Record):
    """One line of the scorecard: bins of a metric in rising order or a line, and neutral points where it is missing.

    Attributes:
        kind: `qualitative` where a named person enters it with a note.
        on_missing: `lowest` where a bad figure could be withheld: the score then shows the neutral points, but the
            grade is read as if the figure were the worst that it could be. Not so where nobody withholds it: nothing
            that could tell it is set up, or a source that alone could tell it could not be asked.
        against_better: why the points fall where the metric speaks better for the company, where data say so.
    """

    metric: str
    title: Text
    kind: Literal["quantitative", "qualitative"] = left_out("quantitative")
    bins: tuple[Bin, ...] = left_out(())
    wall: Wall | None = left_out(None)
    missing: Decimal = Field(ge=0)
    on_missing: Literal["neutral", "lowest"] = left_out("neutral")
    against_better: str = left_out("")
    source: str

    @property
    def maximum(self) -> Decimal:
        """Points of the best bin."""
        if self.wall is not None:
            return self.wall.maximum_points
        return max((part.points for part in self.bins), default=Decimal(0))

    @property
    def minimum(self) -> Decimal:
        """Points of the worst bin."""
        if self.wall is not None:
            return self.wall.minimum_points
        return min((part.points for part in self.bins), default=Decimal(0))


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

    def probability(self, points: Decimal) -> Decimal:
        """Return the probability of default that points stand for, to the millionth."""
        logit = _PRECISE.add(self.intercept, _PRECISE.multiply(self.slope, points))
        bounded = min(max(logit, -_FAR), _FAR)
        odds = _PRECISE.exp(_PRECISE.minus(bounded))
        return _PRECISE.quantize(_PRECISE.divide(Decimal(1), _PRECISE.add(Decimal(1), odds)), _MILLIONTH)

    @property
    def weak(self) -> bool:
        """True where too few bad outcomes stand behind it."""
        return self.outcomes < FEW_OUTCOMES


class NotAskedCap(Record):
    """The best grade of a company about which nobody could be asked, since nothing that could tell it is set up.

    Attributes:
        metrics: it holds where none of them is known and nothing that could tell one is set up.
        best_grade: best grade then.
    """

    metrics: tuple[str, ...] = Field(min_length=1)
    best_grade: str
    source: str


class Scorecard(Record):
    """Attributes whose best bins sum to 100 points.

    Attributes:
        max_missing_share: share of the points that may rest on neutral points for what was kept back, before the grade
            is capped; what nobody was asked does not count.
        missing_cap: best grade of a case with more missing than that.
        qualitative_cap: most points that all qualitative attributes together may earn.
        calibration: None while no probability of default stands behind the points.
    """

    attributes: tuple[Attribute, ...] = Field(min_length=1)
    max_missing_share: Decimal = Field(ge=0, le=1)
    missing_cap: str
    not_asked_caps: tuple[NotAskedCap, ...] = left_out(())
    qualitative_cap: Decimal | None = Field(default=None, ge=0, le=100, exclude_if=lambda cap: cap is None)
    calibration: Calibration | None = left_out(None)
