"""Shares of counts with their uncertainty, and how far two distributions are apart."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from decimal import Decimal

from admission.model import Record

# The 97.5 % point of the normal distribution, for intervals of 95 %.
Z95 = 1.959963984540054
# Added to each count, so that an empty bin does not make the index infinite.
SMOOTHING = 0.5


class Proportion(Record):
    """How many of how many, with the Wilson interval of 95 %.

    Attributes:
        share: None where there is nothing to divide by, and so are the bounds.
    """

    count: int
    of: int
    share: float | None
    low: float | None
    high: float | None


def proportion(count: int, of: int) -> Proportion:
    """Return a share with its interval (E. B. Wilson, Journal of the American Statistical Association, 1927)."""
    if of == 0:
        return Proportion(count=0, of=0, share=None, low=None, high=None)
    share, z2 = count / of, Z95 * Z95
    centre = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = Z95 * math.sqrt(share * (1 - share) / of + z2 / (4 * of * of)) / (1 + z2 / of)
    # At the ends the formula gives exactly 0 and 1, which floating-point numbers miss by a hair.
    low, high = (0.0 if count == 0 else centre - half), (1.0 if count == of else centre + half)
    return Proportion(count=count, of=of, share=share, low=low, high=high)


class Stability(Record):
    """How far the scores of one time are from those of another.

    Attributes:
        index: population stability index; below 0.10 little has changed, from 0.25 on much has (N. Siddiqi, Credit Risk
            Scorecards, 2006). None where one of the two has no scores.
        cuts: bounds between the bins, deciles of the earlier scores; a score on a bound belongs to the bin above.
        before, now: scores in each bin.
    """

    index: float | None
    cuts: tuple[Decimal, ...]
    before: tuple[int, ...]
    now: tuple[int, ...]


def stability(before: Sequence[Decimal], now: Sequence[Decimal]) -> Stability:
    """Compare two sets of scores over the deciles of the earlier one."""
    ordered = sorted(before)
    places = (len(ordered) * tenth // 10 for tenth in range(1, 10))
    # A decile at the lowest score would leave an empty bin below it.
    cuts = tuple(sorted({ordered[place] for place in places} - set(ordered[:1]))) if ordered else ()
    counts = [_counted(scores, cuts) for scores in (before, now)]
    index = _index(*counts) if before and now else None
    return Stability(index=index, cuts=cuts, before=counts[0], now=counts[1])


def _counted(scores: Sequence[Decimal], cuts: Sequence[Decimal]) -> tuple[int, ...]:
    counts = [0] * (len(cuts) + 1)
    for score in scores:
        counts[bisect_right(cuts, score)] += 1
    return tuple(counts)


def _index(before: Sequence[int], now: Sequence[int]) -> float:
    shares = [_shares(counts) for counts in (before, now)]
    return math.fsum((later - earlier) * math.log(later / earlier) for earlier, later in zip(*shares, strict=True))


def _shares(counts: Sequence[int]) -> list[float]:
    total = sum(counts) + SMOOTHING * len(counts)
    return [(count + SMOOTHING) / total for count in counts]
