"""From attributes and outcomes to a scorecard in policy form, with a probability of default behind its points.

Bins are monotone (`policylab.binning`); their weights of evidence enter a logistic regression whose coefficients are
bounded at zero, so that no attribute, and with it no reason, can point against what was observed of it. Points are the
regression's terms on another scale: logit(PD) = intercept + slope x total points.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.special import expit

from admission.errors import BadInput
from admission.metrics.catalogue import CATALOGUE
from admission.model import Text
from admission.policy import Attribute, Bin, Scorecard
from policylab.accuracy import gini
from policylab.binning import Bins, find_bins, place
from policylab.samples import Sample
from policylab.tables import Floats

# Below this information value an attribute tells nothing that could be relied on (Siddiqi 2006); nor does it where its
# bins could differ as much by chance, of which all attributes together are allowed this much (Bonferroni).
LEAST_INFORMATION = 0.02
CHANCE = 0.01
# An attribute that ranks so well by itself that no bin would hold both outcomes was most likely known only afterwards.
TOO_GOOD = 0.95
# Weight of the squared coefficients beside the likelihood, as scikit-learn's C=1: a small sample does not run away.
RIDGE = 1.0
POINTS = Decimal("0.01")
# Until a policy says otherwise: as in the default policy.
MAX_MISSING_SHARE = Decimal("0.40")
MISSING_CAP = "C"

NO_CUT = Text(en="no cut of it tells good from bad", zh="任何分箱均不能区分好坏")
WEAK = Text(en="its bins differ little, or could by chance", zh="分箱差异小，或可能出于偶然")
LEAK = Text(
    en="it tells good from bad almost without a mistake: was it known before the outcome?",
    zh="几乎完全区分好坏：该数据在结果发生之前是否已知？",
)
REDUNDANT = Text(
    en="beside the others it adds nothing, or would point the wrong way", zh="与其他指标并用时无增益，或方向会相反"
)


@dataclass(frozen=True)
class Line:
    """One attribute that is on the card.

    Attributes:
        bins: its bins with what was observed.
        coefficient: of its weight of evidence; above 0.
    """

    bins: Bins
    coefficient: float


class Dropped(NamedTuple):
    """An attribute that is not on the card: why, and its information value where it could be binned."""

    reason: Text
    information_value: float | None = None


@dataclass(frozen=True)
class Calibrated:
    """A scorecard in policy form and the line from its points to a probability.

    Attributes:
        scorecard: the points.
        intercept: logit of the probability of default at 0 points.
        slope: change of the logit a point; below 0.
        lines: bins and coefficient behind each attribute, in the scorecard's order.
        dropped: attributes that are not on the card, each with the reason.
    """

    scorecard: Scorecard
    intercept: float
    slope: float
    lines: dict[str, Line]
    dropped: dict[str, Dropped]

    def points(self, values: pd.DataFrame) -> Floats:
        """Return the total points of each row of attributes, as `admission.assessment.scorecard.score` gives them."""
        return sum_of_points(self.scorecard, values)

    def probability(self, points: Floats) -> Floats:
        """Return the probability of default at these points."""
        return np.asarray(expit(self.intercept + self.slope * points), np.float64)


def calibrate(sample: Sample, *, source: str, titles: Mapping[str, Text] | None = None) -> Calibrated:
    """Fit a scorecard on a sample.

    Args:
        sample: attributes and outcomes.
        source: what each attribute of the card says of where its figures come from.
        titles: what people call the attributes; the meaning in the catalogue of metrics where nothing is given.

    Raises:
        BadInput: no attribute tells good from bad.
    """
    found, dropped = _find_useful_bins(sample)
    coefficients = np.zeros(0)
    if found:
        evidence = np.column_stack([bins.evidence(_values(sample, name)) for name, bins in found.items()])
        constant, coefficients = _fit_bounded_logistic(evidence, sample.bad)
    lines = {}
    for (name, bins), coefficient in zip(found.items(), coefficients, strict=True):
        if coefficient > 0:
            lines[name] = Line(bins, float(coefficient))
        else:
            dropped[name] = Dropped(REDUNDANT, bins.information_value)
    if not lines:
        raise BadInput(_nothing_tells(sample, dropped), remedy=Text(en="give others", zh="请提供其他指标"))
    return _scale_to_points(lines, constant, dropped, source=source, titles=titles or {})


def _nothing_tells(sample: Sample, dropped: Mapping[str, Dropped]) -> Text:
    en = "; ".join(f"{name}: {why.reason.en}" for name, why in dropped.items())
    zh = "；".join(f"{name}：{why.reason.zh}" for name, why in dropped.items())
    return Text(
        en=f"No attribute of {sample.source} tells good from bad ({en}).",
        zh=f"{sample.source} 没有能区分好坏的指标（{zh}）。",
    )


def _find_useful_bins(sample: Sample) -> tuple[dict[str, Bins], dict[str, Dropped]]:
    found: dict[str, Bins] = {}
    dropped: dict[str, Dropped] = {}
    allowed, independent = CHANCE / len(sample.values.columns), sample.companies / len(sample.bad)
    for name in sample.values.columns:
        bins = find_bins(_values(sample, name), sample.bad)
        if bins is None:
            dropped[name] = Dropped(LEAK if _too_good(sample, name) else NO_CUT)
        elif bins.information_value < LEAST_INFORMATION or bins.chance(independent) > allowed:
            dropped[name] = Dropped(WEAK, bins.information_value)
        else:
            found[name] = bins
    return found, dropped


def _too_good(sample: Sample, name: str) -> bool:
    values = _values(sample, name)
    known = ~np.isnan(values)
    return len(np.unique(sample.bad[known])) == 2 and abs(gini(sample.bad[known], values[known])) > 2 * TOO_GOOD - 1


def _values(sample: Sample, name: str) -> Floats:
    return sample.values[name].to_numpy(dtype=np.float64)


def _fit_bounded_logistic(evidence: Floats, bad: np.ndarray[tuple[int], np.dtype[np.int64]]) -> tuple[float, Floats]:
    """Return constant and coefficients of logit(PD) = constant - evidence @ coefficients, none of them below 0."""

    def loss(parameters: Floats) -> tuple[float, Floats]:
        logit = parameters[0] - evidence @ parameters[1:]
        excess = expit(logit) - bad
        penalty = RIDGE * parameters[1:]
        value = np.sum(np.logaddexp(0, logit) - bad * logit) + parameters[1:] @ penalty / 2
        return float(value), np.concatenate(([excess.sum()], penalty - evidence.T @ excess))

    rate = bad.mean()
    start = np.concatenate(([np.log(rate / (1 - rate))], np.full(evidence.shape[1], 0.5)))
    bounds = [(None, None), *[(0, None)] * evidence.shape[1]]
    fitted = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds)
    return float(fitted.x[0]), np.asarray(fitted.x[1:], np.float64)


def _scale_to_points(
    lines: dict[str, Line], constant: float, dropped: dict[str, Dropped], *, source: str, titles: Mapping[str, Text]
) -> Calibrated:
    terms = {name: line.coefficient * line.bins.woe for name, line in lines.items()}
    neutral = {name: line.coefficient * line.bins.neutral for name, line in lines.items()}
    floors = {name: min(float(term.min()), neutral[name]) for name, term in terms.items()}
    scale = 100 / sum(float(term.max()) - floors[name] for name, term in terms.items())
    best = _round_to_hundred({name: (float(term.max()) - floors[name]) * scale for name, term in terms.items()})
    attributes = []
    for name, line in lines.items():
        points = [min(_rounded((term - floors[name]) * scale), best[name]) for term in terms[name]]
        points[int(np.argmax(terms[name]))] = best[name]
        bounds = (*line.bins.cuts, None)
        attributes.append(
            Attribute(
                metric=name,
                title=titles.get(name) or title_of(name),
                bins=tuple(Bin(below=below, points=earned) for below, earned in zip(bounds, points, strict=True)),
                missing=min(_rounded((neutral[name] - floors[name]) * scale), best[name]),
                source=source,
            )
        )
    return Calibrated(
        scorecard=Scorecard(attributes=tuple(attributes), max_missing_share=MAX_MISSING_SHARE, missing_cap=MISSING_CAP),
        intercept=constant - sum(floors.values()),
        slope=-1 / scale,
        lines=lines,
        dropped=dropped,
    )


def title_of(name: str) -> Text:
    """Return what the catalogue calls a metric; its own name where it is in no catalogue."""
    return CATALOGUE[name].meaning if name in CATALOGUE else Text(en=name, zh=name)


def _rounded(points: float) -> Decimal:
    return Decimal(points).quantize(POINTS)


def _round_to_hundred(maxima: dict[str, float]) -> dict[str, Decimal]:
    """Round points so that they sum to exactly 100: what is left over goes to the largest remainders."""
    floored = {name: Decimal(int(value / float(POINTS))) * POINTS for name, value in maxima.items()}
    steps = int((100 - sum(floored.values())) / POINTS)
    by_remainder = sorted(maxima, key=lambda name: maxima[name] - float(floored[name]), reverse=True)
    for name in by_remainder[:steps]:
        floored[name] += POINTS
    return floored


def sum_of_points(scorecard: Scorecard, values: pd.DataFrame) -> Floats:
    """Return the total points of each row; a column that is not there counts as missing throughout."""
    total = np.zeros(len(values))
    for attribute in scorecard.attributes:
        column = values.get(attribute.metric)
        if column is None:
            total += float(attribute.missing)
            continue
        known = column.to_numpy(dtype=np.float64)
        cuts = tuple(part.below for part in attribute.bins if part.below is not None)
        points = np.array([float(part.points) for part in attribute.bins])
        total += np.where(np.isnan(known), float(attribute.missing), points[place(cuts, known)])
    return total
