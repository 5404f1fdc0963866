"""Points of the scorecard, and the grade that they give.

A missing value takes neutral points and says so. Nothing is gained by hiding one: where the policy says `on_missing:
lowest`, the grade is read as if the figure were the worst that it could be, unless a source that could tell it could
not be asked, which is nobody's doing; and too much missing caps the grade.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from admission.assessment.engine.case import Figures
from admission.policy import Attribute, Grade, Policy

ZERO = Decimal(0)


class Points(NamedTuple):
    """The points of one case and the grade that they give.

    Attributes:
        earned: points of each attribute, in the order of the scorecard.
        missing: places of the attributes whose points are neutral ones.
        assured: points that the grade is read from: all that is earned, with the lowest points where a figure that the
            company could withhold is missing.
        missing_share: share of all points that rest on neutral points.
    """

    earned: Sequence[Decimal]
    missing: Sequence[int]
    total: Decimal
    assured: Decimal
    missing_share: Decimal
    grade: Grade


class _Line:
    """One attribute made ready: the bounds of its bins and their points; none where its points are in a line."""

    def __init__(self, attribute: Attribute) -> None:
        binned = () if attribute.wall is not None else attribute.bins
        self.metric = attribute.metric
        self.bounds = [part.below for part in binned if part.below is not None]
        self.points = tuple(part.points for part in binned)
        self.maximum = attribute.maximum
        self._wall = attribute.wall
        self._missing = attribute.missing
        self._lowest = attribute.minimum if attribute.on_missing == "lowest" else None

    def points_of(self, value: Decimal | bool) -> Decimal:
        """Return the points of a value; a flag counts as 0 or 1."""
        if self._wall is not None:
            return self._wall.points(Decimal(value))
        return self.points[bisect_right(self.bounds, value)]

    def neutral(self, figures: Figures) -> Decimal:
        """Return the points where there is no value.

        Neutral points; where facts that are too old would have earned less, those: growing old never pays.
        """
        old = figures.old.get(self.metric)
        if old is None or isinstance(old, str):
            return self._missing
        return min(self._missing, self.points_of(old))

    def withheld(self, neutral: Decimal, figures: Figures) -> Decimal:
        """Return how far neutral points are above what the grade is read from."""
        if self._lowest is None or self.metric in figures.not_asked:
            return ZERO
        return max(neutral - self._lowest, ZERO)


class Scorer:
    """The scorecard and grades of a policy, made ready for many cases.

    Policies with the same scorecard and grades may share one: what the other has just asked for is not summed again.
    """

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        lines = [_Line(attribute) for attribute in policy.scorecard.attributes]
        self._lines = tuple((line.metric, line.bounds, line.points, line) for line in lines)
        self._all = sum((line.maximum for line in lines), ZERO)
        self._ranks = {grade.name: rank for rank, grade in enumerate(policy.grades)}
        self._last: tuple[Figures, str | None, Points] | None = None

    def count(self, figures: Figures, best_grade: str | None = None) -> Points:
        """Sum the points of a company and read its grade.

        Args:
            figures: of the company.
            best_grade: best grade that its segment allows; None where any is.
        """
        last = self._last
        if last is not None and last[0] is figures and last[1] == best_grade:
            return last[2]
        points = self._count(figures, best_grade)
        self._last = (figures, best_grade, points)
        return points

    def _count(self, figures: Figures, best_grade: str | None) -> Points:
        earned, missing, metrics = list[Decimal](), list[int](), figures.metrics
        lost = without = ZERO
        # The points of bins are written out, for very many are counted.
        for metric, bounds, points, line in self._lines:
            value = metrics.get(metric)
            if value is None or isinstance(value, str):
                neutral = line.neutral(figures)
                lost += line.withheld(neutral, figures)
                without += line.maximum
                missing.append(len(earned))
                earned.append(neutral)
            else:
                earned.append(points[bisect_right(bounds, value)] if points else line.points_of(value))
        total, share = sum(earned, ZERO), without / self._all
        return Points(earned, missing, total, total - lost, share, self._grade(total - lost, share, best_grade))

    def _grade(self, assured: Decimal, missing_share: Decimal, best_grade: str | None) -> Grade:
        """Return the grade of these points, or the worse one that a cap leaves."""
        policy, ranks = self._policy, self._ranks
        grade = policy.grade_of(assured)
        rank = ranks[grade.name]
        if missing_share > policy.scorecard.max_missing_share:
            rank = max(rank, ranks[policy.scorecard.missing_cap])
        if best_grade is not None:
            rank = max(rank, ranks[best_grade])
        return policy.grades[rank]
