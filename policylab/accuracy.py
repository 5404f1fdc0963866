"""How well a score ranks, how true its probabilities are, and how far two samples differ.

Sources: the area under the ROC curve is the chance that a bad company is ranked riskier than a good one, ties half
(Hanley and McNeil 1982); Gini is 2 AUC - 1; KS is the greatest distance between the two distributions of risk; the
stability index and its bounds .10 and .25 are the usual ones of scorecard practice (Siddiqi 2006).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy import stats
from sklearn.metrics import brier_score_loss, roc_auc_score, roc_curve

from policylab.companies import Numbers
from policylab.outcomes import Outcomes
from policylab.tables import Floats

GROUPS = 10
RESAMPLES = 500
CONFIDENCE = 0.95
# Five grades are held against their promises at once: together 95 %, so 99 % each (Bonferroni).
GRADE_CONFIDENCE = 0.99
# Stands in for an empty group in the stability index, whose logarithm would be infinite.
LEAST_SHARE = 1e-4


class Interval(NamedTuple):
    """A figure with its bootstrap interval of 95 %."""

    value: float
    low: float
    high: float


def auc(bad: Outcomes, risk: Floats) -> float:
    """Return the area under the ROC curve; .5 ranks like a coin, 1 without a mistake.

    Args:
        bad: 1 bad, 0 good; both must occur.
        risk: the higher the riskier, in any unit.
    """
    return float(roc_auc_score(bad, risk))


def gini(bad: Outcomes, risk: Floats) -> float:
    """Return 2 AUC - 1."""
    return 2 * auc(bad, risk) - 1


def ks(bad: Outcomes, risk: Floats) -> float:
    """Return the greatest distance between the distributions of risk of the bad and of the good."""
    refused, caught, _ = roc_curve(bad, risk, drop_intermediate=False)
    return float(np.max(np.abs(caught - refused)))


def brier(bad: Outcomes, probability: Floats) -> float:
    """Return the mean squared distance between probability of default and outcome."""
    return float(brier_score_loss(bad, probability))


def auc_alone(bad: Outcomes, values: Floats) -> float | None:
    """Return the area under the ROC curve of one attribute's known values, whichever way they point.

    Returns:
        From .5 on; None where the known values are of one outcome alone.
    """
    known = ~np.isnan(values)
    if len(np.unique(bad[known])) < 2:
        return None
    area = auc(bad[known], values[known])
    return max(area, 1 - area)


def grade_interval(rate: float, trials: int) -> tuple[float, float]:
    """Return the exact interval of a bad rate (C. J. Clopper and E. S. Pearson, Biometrika, 1934).

    Wilson's would hold a promise of .5 % broken by two bad ones of a hundred, which chance brings in one sample of ten.

    Args:
        rate: share of the bad.
        trials: companies that stand behind it; more than 0. Where rows are more, their rate may be of no whole number
            of companies; the bounds are defined between the whole numbers too.
    """
    bads, tail = rate * trials, (1 - GRADE_CONFIDENCE) / 2
    low = float(stats.beta.ppf(tail, bads, trials - bads + 1)) if bads > 0 else 0.0
    high = float(stats.beta.ppf(1 - tail, bads + 1, trials - bads)) if bads < trials else 1.0
    return low, high


def bootstrap(
    measure: Callable[[Outcomes, Floats], float],
    bad: Outcomes,
    risk: Floats,
    *,
    seed: int,
    resamples: int = RESAMPLES,
    company: Numbers | None = None,
) -> Interval:
    """Return a measure with its percentile interval; bad and good are drawn apart, so that both always occur.

    Args:
        measure: what to measure.
        bad: 1 bad, 0 good.
        risk: the higher the riskier.
        seed: of the draws.
        resamples: how many draws.
        company: number of the company of each row, where some have several: companies are drawn, with all their rows.
    """
    if company is not None and len(np.unique(company)) < len(company):
        return _by_company(measure, bad, risk, company, seed, resamples)

    def both(bads: Floats, goods: Floats) -> float:
        return measure(np.repeat(np.array([1, 0]), (len(bads), len(goods))), np.concatenate((bads, goods)))

    drawn = stats.bootstrap(
        (risk[bad == 1], risk[bad == 0]),
        both,
        n_resamples=resamples,
        vectorized=False,
        paired=False,
        confidence_level=CONFIDENCE,
        method="percentile",
        rng=np.random.default_rng(seed),
    )
    low, high = drawn.confidence_interval
    return Interval(measure(bad, risk), float(low), float(high))


def _by_company(
    measure: Callable[[Outcomes, Floats], float],
    bad: Outcomes,
    risk: Floats,
    company: Numbers,
    seed: int,
    resamples: int,
) -> Interval:
    order = np.argsort(company, kind="stable")
    _, starts = np.unique(company[order], return_index=True)
    rows = np.split(order, starts[1:])
    ever_bad = np.array([bool(bad[places].any()) for places in rows])
    sides = [side for side in (np.flatnonzero(ever_bad), np.flatnonzero(~ever_bad)) if side.size]
    random = np.random.default_rng(seed)
    drawn = []
    for _ in range(resamples):
        chosen = np.concatenate([random.choice(side, side.size) for side in sides])
        places = np.concatenate([rows[number] for number in chosen])
        if len(np.unique(bad[places])) == 2:
            drawn.append(measure(bad[places], risk[places]))
    low, high = np.quantile(drawn, ((1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2))
    return Interval(measure(bad, risk), float(low), float(high))


class Group(NamedTuple):
    """Companies of like probability: how many, what was expected of them, and what came."""

    companies: int
    expected: float
    observed: float


def calibration_groups(bad: Outcomes, probability: Floats, groups: int = GROUPS) -> list[Group]:
    """Return groups of about equal number by rising probability; equal probabilities stay together."""
    place = np.searchsorted(_quantiles(probability, groups), probability, side="right")
    return [
        Group(int(inside.sum()), float(probability[inside].mean()), float(bad[inside].mean()))
        for inside in (place == group for group in np.unique(place))
    ]


def calibration_error(bad: Outcomes, probability: Floats, groups: int = GROUPS) -> float:
    """Return the expected calibration error: |expected - observed| averaged over groups, weighted by their number."""
    parts = calibration_groups(bad, probability, groups)
    return sum(part.companies * abs(part.expected - part.observed) for part in parts) / len(bad)


def error_by_chance(probability: Floats, *, seed: int, samples: int = 200, company: Numbers | None = None) -> float:
    """Return the calibration error that true probabilities stay below in 95 % of samples of this size.

    Outcomes are drawn from the probabilities themselves; what such a sample shows is chance alone. Rows of one company
    are drawn together, for they turn out alike.
    """
    random = np.random.default_rng(seed)
    whose = np.arange(len(probability)) if company is None else company
    drawn = [
        calibration_error((random.random(whose.max() + 1)[whose] < probability).astype(np.int64), probability)
        for _ in range(samples)
    ]
    return float(np.quantile(drawn, CONFIDENCE))


def stability_index(expected: Floats, actual: Floats, groups: int = GROUPS) -> float:
    """Return the population stability index of two samples, over groups of equal number of the first.

    Below .10 the samples are alike, above .25 they are not.
    """
    edges = _quantiles(expected, groups)
    first, second = _shares(expected, edges), _shares(actual, edges)
    return float(np.sum((second - first) * np.log(second / first)))


def _quantiles(values: Floats, groups: int) -> Floats:
    return np.unique(np.quantile(values, np.arange(1, groups) / groups))


def _shares(values: Floats, edges: Floats) -> Floats:
    counts = np.bincount(np.searchsorted(edges, values, side="right"), minlength=len(edges) + 1)
    return np.maximum(counts / len(values), LEAST_SHARE)
