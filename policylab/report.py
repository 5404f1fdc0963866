"""What a calibration is worth: every figure a risk manager asks for, from companies that the fit had not seen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import numpy as np
from scipy import stats

from admission.model import Record, Text
from policylab.accuracy import Interval, auc, bootstrap, brier, calibration_error, error_by_chance, ks
from policylab.binning import Direction
from policylab.calibration import Calibrated, Line, title_of
from policylab.holdout import Holdout, wrong_signs
from policylab.samples import Sample

ENOUGH_BADS = 40
STABLE = 0.10
TRUE_ENOUGH = 0.02
# What is missing is a warning of its own where its bad rate differs by so many times, and not by chance.
MISSING_RATIO = 2.0
CHANCE = 0.01
# Upper bounds of the probability of default of each grade, as the default policy proposes.
GRADES = (("A", 0.01), ("B", 0.03), ("C", 0.08), ("D", 0.20), ("E", 1.0))


class Figure(Record):
    """A figure with its bootstrap interval of 95 %."""

    value: float
    low: float
    high: float


class BinRow(Record):
    """One bin: up to, and not including, `below`; what was observed in it and what it earns."""

    below: Decimal | None
    points: Decimal
    goods: int
    bads: int
    woe: float

    @property
    def bad_rate(self) -> float:
        """Share of the bad."""
        return self.bads / (self.goods + self.bads)


class AttributeRow(Record):
    """One attribute of the card.

    Attributes:
        safer: whether the outcomes say that a rising or a falling value is safer.
        information_value: of the known values.
        coefficient: of its weight of evidence; above 0, or it would not be on the card.
        in_folds: in how many folds it was on the card.
        missing_points: what a missing value earns.
        missing_goods: good ones without a value.
        missing_bads: bad ones without a value.
        missing_share: share of all companies without a value.
    """

    metric: str
    title: Text
    safer: Direction
    information_value: float
    coefficient: float
    maximum: Decimal
    in_folds: int
    missing_points: Decimal
    missing_goods: int
    missing_bads: int
    missing_share: float
    bins: tuple[BinRow, ...]


class DroppedRow(Record):
    """An attribute that is not on the card, and why."""

    metric: str
    title: Text
    reason: Text
    information_value: float | None
    missing_share: float
    in_folds: int


class GradeRow(Record):
    """A grade cut on the probability of default: from which score, and how its companies turned out, unseen.

    Attributes:
        probability_below: the grade holds probabilities up to this.
        at_least: the score that stands for it.
        low: lower end of the interval of 95 % of the bad rate (Wilson); None where there is no company.
        high: upper end.
    """

    name: str
    probability_below: float
    at_least: float
    companies: int
    bads: int
    low: float | None
    high: float | None


class Report(Record):
    """A calibration's report.

    Attributes:
        auc: area under the ROC curve of all companies, each judged by the card of the fold that left it out.
        fold_aucs: the same fold by fold.
        calibration_error: mean distance between probability and bad rate, over ten groups.
        error_by_chance: what it stays below in 95 % of samples of this size where the probabilities are true.
        stability_mean: stability index of the points between training and left-out part, mean over the folds.
        stability_worst: the largest of them.
        wrong_signs: attributes that point the wrong way, on the card or in a fold; there should be none.
        left_out: columns of the table that were not used.
    """

    source: str
    data_sha256: str
    fitted_on: date
    observations: int
    bads: int
    folds: int
    seed: int
    auc: Figure
    gini: Figure
    ks: Figure
    fold_aucs: tuple[float, ...]
    brier: float
    calibration_error: float
    error_by_chance: float
    stability_mean: float
    stability_worst: float
    wrong_signs: tuple[str, ...]
    attributes: tuple[AttributeRow, ...]
    dropped: tuple[DroppedRow, ...]
    grades: tuple[GradeRow, ...]
    left_out: tuple[str, ...]
    warnings: tuple[Text, ...]


def report_on(sample: Sample, calibrated: Calibrated, holdout: Holdout, *, fitted_on: date, seed: int) -> Report:
    """Measure a calibration.

    Args:
        sample: what it was fitted on.
        calibrated: the card.
        holdout: what cards fitted in the same way made of companies they had not seen.
        fitted_on: the day of the fit.
        seed: of the folds; the bootstrap uses it too.
    """
    bad, risk = sample.bad, holdout.probability
    area = bootstrap(auc, bad, risk, seed=seed)
    stability = [fold.stability for fold in holdout.folds]
    error, by_chance = calibration_error(bad, risk), error_by_chance(risk, seed=seed)
    signs = {name for fold in holdout.folds for name in fold.wrong_signs}
    attributes = tuple(_attribute_row(name, line, calibrated, holdout) for name, line in calibrated.lines.items())
    return Report(
        source=sample.source,
        data_sha256=sample.sha256,
        fitted_on=fitted_on,
        observations=len(bad),
        bads=sample.bads,
        folds=len(holdout.folds),
        seed=seed,
        auc=_figure(area),
        gini=Figure(value=2 * area.value - 1, low=2 * area.low - 1, high=2 * area.high - 1),
        ks=_figure(bootstrap(ks, bad, risk, seed=seed)),
        fold_aucs=tuple(fold.auc for fold in holdout.folds),
        brier=brier(bad, risk),
        calibration_error=error,
        error_by_chance=by_chance,
        stability_mean=float(np.mean(stability)),
        stability_worst=max(stability),
        wrong_signs=tuple(sorted(signs | set(wrong_signs(calibrated.scorecard, sample)))),
        attributes=attributes,
        dropped=tuple(
            DroppedRow(
                metric=name,
                title=title_of(name),
                reason=why.reason,
                information_value=why.information_value,
                missing_share=float(sample.values[name].isna().mean()),
                in_folds=_in_folds(name, holdout),
            )
            for name, why in calibrated.dropped.items()
        ),
        grades=tuple(_grades(sample, calibrated, holdout)),
        left_out=sample.left_out,
        warnings=tuple(_warnings(sample, attributes, error if error > by_chance else 0.0, max(stability))),
    )


def _figure(interval: Interval) -> Figure:
    return Figure(value=interval.value, low=interval.low, high=interval.high)


def _in_folds(name: str, holdout: Holdout) -> int:
    return sum(name in fold.calibrated.lines for fold in holdout.folds)


def _attribute_row(name: str, line: Line, calibrated: Calibrated, holdout: Holdout) -> AttributeRow:
    attribute = next(part for part in calibrated.scorecard.attributes if part.metric == name)
    bins = line.bins
    goods, bads = bins.missing
    return AttributeRow(
        metric=name,
        title=attribute.title,
        safer=bins.direction,
        information_value=bins.information_value,
        coefficient=line.coefficient,
        maximum=attribute.maximum,
        in_folds=_in_folds(name, holdout),
        missing_points=attribute.missing,
        missing_goods=goods,
        missing_bads=bads,
        missing_share=(goods + bads) / sum(bins.base),
        bins=tuple(
            BinRow(below=part.below, points=part.points, goods=good, bads=bad, woe=float(woe))
            for part, good, bad, woe in zip(attribute.bins, bins.goods, bins.bads, bins.woe, strict=True)
        ),
    )


def _grades(sample: Sample, calibrated: Calibrated, holdout: Holdout) -> Iterator[GradeRow]:
    above = 0.0
    for name, bound in GRADES:
        inside = (holdout.probability > above) & (holdout.probability <= bound)
        companies, bads = int(inside.sum()), int(sample.bad[inside].sum())
        interval = stats.binomtest(bads, companies).proportion_ci(method="wilson") if companies else None
        logit = np.log(bound / (1 - bound)) if bound < 1 else np.inf
        score = (logit - calibrated.intercept) / calibrated.slope
        yield GradeRow(
            name=name,
            probability_below=bound,
            at_least=round(float(np.clip(score, 0, 100)), 2),
            companies=companies,
            bads=bads,
            low=float(interval.low) if interval else None,
            high=float(interval.high) if interval else None,
        )
        above = bound


def _warnings(sample: Sample, attributes: tuple[AttributeRow, ...], error: float, stability: float) -> Iterator[Text]:
    if sample.bads < ENOUGH_BADS:
        yield Text(
            en=f"only {sample.bads} bad outcomes, fewer than {ENOUGH_BADS}: treat the card as uncalibrated",
            zh=f"坏样本仅 {sample.bads} 个，少于 {ENOUGH_BADS} 个：评分卡应视为未校准",
        )
    if error > TRUE_ENOUGH:
        yield Text(
            en=f"probabilities miss what was observed by {error:.3f} on average (more than {TRUE_ENOUGH})",
            zh=f"违约概率与实际平均相差 {error:.3f}（超过 {TRUE_ENOUGH}）",
        )
    if stability > STABLE:
        yield Text(
            en=f"scores of unseen companies are spread differently (stability index {stability:.3f}, over {STABLE})",
            zh=f"未见样本的得分分布不同（稳定性指数 {stability:.3f}，超过 {STABLE}）",
        )
    for row in attributes:
        goods, bads = sum(part.goods for part in row.bins), sum(part.bads for part in row.bins)
        missing, rate = row.missing_goods + row.missing_bads, bads / (goods + bads)
        if missing and _differs(
            row.missing_bads / missing, rate, [[row.missing_bads, row.missing_goods], [bads, goods]]
        ):
            shown = f"{row.missing_bads / missing:.1%}"
            yield Text(
                en=f"{row.metric} is missing in {missing} rows, {shown} of them bad against {rate:.1%}: "
                "find out why before the card is used; a missing value earns neutral points all the same",
                zh=f"{row.metric} 有 {missing} 行缺失，其中坏样本占 {shown}（有值者 {rate:.1%}）："
                "使用前请查明原因；缺失值仍取中性分",
            )


def _differs(missing: float, known: float, counts: list[list[int]]) -> bool:
    apart = missing > known * MISSING_RATIO or missing * MISSING_RATIO < known
    return apart and bool(stats.fisher_exact(counts).pvalue < CHANCE)
