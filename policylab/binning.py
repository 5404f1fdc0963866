"""Monotone bins of one attribute, and the weight of evidence of each.

optbinning (Navas-Palencia 2020, "Optimal binning: mathematical programming formulation") cuts so that the bad rate only
rises or only falls; which of the two is learned from the outcomes and never assumed. Weight of evidence is
ln(share of all good / share of all bad) in a bin: 0 is the average of all companies, and a missing value gets that.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

import numpy as np
from optbinning import OptimalBinning
from scipy import stats

from policylab.outcomes import Outcomes
from policylab.tables import Floats

MAX_BINS = 6
LEAST_SHARE_OF_BIN = 0.05
# Cuts are rounded for whoever reads the policy; finer where rounding would spoil the order of the bad rates. Metrics
# are kept to six places, so that nothing finer can be told apart at run time anyway.
DIGITS = (3, 5, 17)

Direction = Literal["rising", "falling"]


@dataclass(frozen=True)
class Bins:
    """The bins of one attribute with what was observed in each.

    Attributes:
        cuts: rising; a value on a cut belongs to the bin above it.
        goods: how many good ones in each bin; one more than there are cuts.
        bads: how many bad ones.
        missing: good and bad ones without a value.
        base: good and bad ones of the whole sample.
    """

    cuts: tuple[Decimal, ...]
    goods: tuple[int, ...]
    bads: tuple[int, ...]
    missing: tuple[int, int]
    base: tuple[int, int]

    @property
    def woe(self) -> Floats:
        """Weight of evidence of each bin; the higher the safer."""
        good_share = np.array(self.goods) / self.base[0]
        return np.asarray(np.log(good_share / (np.array(self.bads) / self.base[1])), np.float64)

    @property
    def neutral(self) -> float:
        """Weight of evidence of a missing value: the average company's, and never more than the best bin's."""
        return min(0.0, float(self.woe.max()))

    @property
    def information_value(self) -> float:
        """Information value of the known values; what is missing adds nothing."""
        difference = np.array(self.goods) / self.base[0] - np.array(self.bads) / self.base[1]
        return float(np.sum(difference * self.woe))

    def chance(self, independent: float = 1.0) -> float:
        """Return the chance of bins that differ so much where the attribute tells nothing (chi-square test).

        Somewhat too low, since the cuts were searched for.

        Args:
            independent: share of the rows that are trials of their own: companies to rows.
        """
        counts = np.array([self.goods, self.bads]) * independent
        return float(stats.chi2_contingency(counts, correction=False).pvalue)

    @property
    def direction(self) -> Direction:
        """Whether a company is safer with a rising or with a falling value."""
        return "rising" if self.woe[-1] > self.woe[0] else "falling"

    @property
    def monotone(self) -> bool:
        """True where each bin holds both outcomes and the bad rate only rises or only falls."""
        if min(self.goods) < 1 or min(self.bads) < 1:
            return False
        steps = np.diff(self.woe)
        return bool(np.all(steps > 0) or np.all(steps < 0))

    def evidence(self, values: Floats) -> Floats:
        """Return the weight of evidence of each value; the neutral one where it is NaN."""
        found = self.woe[place(self.cuts, values)]
        return np.where(np.isnan(values), self.neutral, found)


def place(cuts: tuple[Decimal, ...], values: Floats) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """Return the number of the bin of each value; NaN gets the last, and whoever asks must know."""
    return np.searchsorted(np.array([float(cut) for cut in cuts]), values, side="right")


def find_bins(values: Floats, bad: Outcomes) -> Bins | None:
    """Return the best monotone bins, or None where no cut tells good from bad.

    Args:
        values: of one attribute, NaN where missing.
        bad: 1 bad, 0 good.
    """
    known = ~np.isnan(values)
    if len(np.unique(bad[known])) < 2 or len(np.unique(values[known])) < 2:
        return None
    search = OptimalBinning(
        monotonic_trend="auto_asc_desc",
        max_n_bins=MAX_BINS,
        min_bin_size=LEAST_SHARE_OF_BIN,
        min_bin_n_event=1,
        min_bin_n_nonevent=1,
    )
    search.fit(values[known], bad[known])
    if len(search.splits) == 0:
        return None
    tried = (count_in_bins(_rounded(search.splits, digits), values, bad) for digits in DIGITS)
    return next((bins for bins in tried if bins.monotone), None)


def _rounded(cuts: Floats, digits: int) -> tuple[Decimal, ...]:
    return tuple(sorted({Decimal(f"{float(cut):.{digits}g}") for cut in cuts}))


def count_in_bins(cuts: tuple[Decimal, ...], values: Floats, bad: Outcomes) -> Bins:
    """Count good and bad in given bins."""
    known = ~np.isnan(values)
    inside, outcome = place(cuts, values[known]), bad[known]
    bads = np.bincount(inside, outcome, len(cuts) + 1).astype(int)
    goods = np.bincount(inside, 1 - outcome, len(cuts) + 1).astype(int)
    return Bins(
        cuts=cuts,
        goods=tuple(int(count) for count in goods),
        bads=tuple(int(count) for count in bads),
        missing=(int((1 - bad[~known]).sum()), int(bad[~known].sum())),
        base=(int((1 - bad).sum()), int(bad.sum())),
    )
