"""Points of the scorecard, and the grade that they give.

A missing value takes neutral points and says so. Nothing is gained by hiding one: where the policy says `on_missing:
lowest`, the grade is read as if the figure were the worst that it could be, and too much missing caps the grade. What
nobody withholds keeps its neutral points: nothing that could tell it is set up, or a source that alone could tell it
could not be asked. The policy may bound the grade then.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from typing import NamedTuple

from admission.assessment.engine.case import Figures
from admission.policy import Attribute, Grade, Policy

ZERO = Decimal(0)
HUNDRED = Decimal(100)
_CENT = Decimal("0.01")


class Points(NamedTuple):
    """The points of one case and the grade that they give.

    Attributes:
        earned: points of each attribute, in the order of the scorecard; None where it does not count in the segment.
        missing: places of the attributes whose points are neutral ones.
        withheld: places of those among them that the grade is not read with neutral points for.
        assured: points that the grade is read from: all that is earned, with the lowest points where a figure that the
            company could withhold is missing.
        missing_share: share of the points that rest on neutral points for what was kept back.
        bounded: whether the grade is worse than that of the assured points, because something bounds it.
    """

    earned: Sequence[Decimal | None]
    missing: Sequence[int]
    withheld: Sequence[int]
    total: Decimal
    assured: Decimal
    missing_share: Decimal
    grade: Grade
    bounded: bool


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

    def withheld(self, neutral: Decimal) -> Decimal:
        """Return how far neutral points are above what the grade is read from where the figure is kept back."""
        return ZERO if self._lowest is None else max(neutral - self._lowest, ZERO)


class Scorer:
    """The scorecard and grades of a policy, made ready for many cases."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        lines = [_Line(attribute) for attribute in policy.scorecard.attributes]
        self._lines = tuple((line.metric, line.bounds, line.points, line) for line in lines)
        self._ranks = {grade.name: rank for rank, grade in enumerate(policy.grades)}
        self._not_asked_caps = [
            (frozenset(cap.metrics), self._ranks[cap.best_grade]) for cap in policy.scorecard.not_asked_caps
        ]

    def count(
        self, figures: Figures, best_grades: Iterable[str] = (), not_scored: frozenset[str] = frozenset()
    ) -> Points:
        """Sum the points of a company and read its grade.

        Args:
            figures: of the company.
            best_grades: of those, and of what is missing, the worst is the best that it can have.
            not_scored: metrics whose attributes do not count; the points of the others then make up the whole.
        """
        earned, missing, withheld = list[Decimal | None](), list[int](), list[int]()
        metrics, not_asked = figures.metrics, figures.not_asked
        total = lost = without = whole = ZERO
        # The points of bins are written out, for very many are counted.
        for metric, bounds, points, line in self._lines:
            if metric in not_scored:
                earned.append(None)
                continue
            whole += line.maximum
            value = metrics.get(metric)
            if value is None or isinstance(value, str):
                its = line.neutral(figures)
                if metric not in not_asked:
                    lost += line.withheld(its)
                    without += line.maximum
                    withheld.append(len(earned))
                missing.append(len(earned))
            else:
                its = points[bisect_right(bounds, value)] if points else line.points_of(value)
            total += its
            earned.append(its)
        assured, share = total - lost, without / whole if whole else ZERO
        if not_scored:
            total, assured = _of_hundred(total, whole), _of_hundred(assured, whole)
        rank = self._ranks[self._policy.grade_of(assured).name]
        bound = max((rank, *self._bounds(figures, share, best_grades)))
        return Points(
            earned, missing, withheld, total, assured, share, self._policy.grades[bound], bounded=bound > rank
        )

    def _bounds(self, figures: Figures, missing_share: Decimal, best_grades: Iterable[str]) -> Iterator[int]:
        """Yield the ranks of the best grades that what is missing, the segment and the criteria leave."""
        ranks, card = self._ranks, self._policy.scorecard
        yield from (ranks[name] for name in best_grades)
        if missing_share > card.max_missing_share:
            yield ranks[card.missing_cap]
        for metrics, rank in self._not_asked_caps:
            if metrics <= figures.not_asked:
                yield rank


def _of_hundred(points: Decimal, whole: Decimal) -> Decimal:
    """Return points of another whole as points of a hundred, to the hundredth."""
    return (points * HUNDRED / whole).quantize(_CENT, ROUND_HALF_EVEN) if whole else ZERO
