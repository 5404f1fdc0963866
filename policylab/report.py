"""What a calibration is worth: every figure a risk manager asks for, from companies that the fit had not seen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np

from policylab.accuracy import (
    Interval,
    auc,
    auc_alone,
    bootstrap,
    brier,
    calibration_error,
    error_by_chance,
    grade_interval,
    ks,
)
from policylab.calibration import Calibrated, Line, title_of
from policylab.cautions import cautions_on
from policylab.holdout import Holdout
from policylab.report_record import AttributeRow, BinRow, DroppedRow, Figure, GradeRow, Report
from policylab.samples import Sample

# Upper bounds of the probability of default of each grade, as the default policy proposes.
GRADES = (("A", 0.01), ("B", 0.03), ("C", 0.08), ("D", 0.20), ("E", 1.0))


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
    area = bootstrap(auc, bad, risk, seed=seed, company=sample.of_row)
    stability = [fold.stability for fold in holdout.folds]
    error, by_chance = calibration_error(bad, risk), error_by_chance(risk, seed=seed, company=sample.of_row)
    report = Report(
        source=sample.source,
        data_sha256=sample.sha256,
        fitted_on=fitted_on,
        observations=sample.companies,
        bads=sample.bad_companies,
        rows=len(bad),
        bad_rows=sample.bads,
        folds=len(holdout.folds),
        seed=seed,
        auc=_figure(area),
        gini=Figure(value=2 * area.value - 1, low=2 * area.low - 1, high=2 * area.high - 1),
        ks=_figure(bootstrap(ks, bad, risk, seed=seed, company=sample.of_row)),
        fold_aucs=tuple(fold.auc for fold in holdout.folds),
        brier=brier(bad, risk),
        calibration_error=error,
        error_by_chance=by_chance,
        stability_mean=float(np.mean(stability)),
        stability_worst=max(stability),
        wrong_signs=holdout.wrong_signs,
        attributes=tuple(
            _attribute_row(name, line, calibrated, holdout, sample) for name, line in calibrated.lines.items()
        ),
        dropped=tuple(
            DroppedRow(
                metric=name,
                title=title_of(name),
                reason=why.reason,
                information_value=why.information_value,
                auc_alone=auc_alone(sample.bad, sample.values[name].to_numpy(dtype=np.float64)),
                missing_share=float(sample.values[name].isna().mean()),
                in_folds=_in_folds(name, holdout),
            )
            for name, why in calibrated.dropped.items()
        ),
        grades=tuple(grade_rows(sample, calibrated, holdout)),
        left_out=sample.left_out,
        warnings=(),
    )
    return report.model_copy(update={"warnings": (*sample.cautions, *cautions_on(report))})


def _figure(interval: Interval) -> Figure:
    return Figure(value=interval.value, low=interval.low, high=interval.high)


def _in_folds(name: str, holdout: Holdout) -> int:
    return sum(name in fold.calibrated.lines for fold in holdout.folds)


def _attribute_row(name: str, line: Line, calibrated: Calibrated, holdout: Holdout, sample: Sample) -> AttributeRow:
    attribute = next(part for part in calibrated.scorecard.attributes if part.metric == name)
    bins = line.bins
    goods, bads = bins.missing
    return AttributeRow(
        metric=name,
        title=attribute.title,
        safer=bins.direction,
        information_value=bins.information_value,
        auc_alone=auc_alone(sample.bad, sample.values[name].to_numpy(dtype=np.float64)),
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


def grade_rows(sample: Sample, calibrated: Calibrated, holdout: Holdout) -> Iterator[GradeRow]:
    """Return the grades cut on the probability of default, each with what it promised and what came of it.

    Args:
        sample: the companies.
        calibrated: the card, whose scores stand for the probabilities.
        holdout: what cards that had not seen them promised.
    """
    above = 0.0
    for name, bound in GRADES:
        inside = (holdout.probability > above) & (holdout.probability <= bound)
        companies = len(np.unique(sample.company[inside]))
        promised = float(holdout.probability[inside].mean()) if companies else None
        rate = float(sample.bad[inside].mean()) if companies else None
        interval = grade_interval(rate, companies) if rate is not None else None
        logit = np.log(bound / (1 - bound)) if bound < 1 else np.inf
        score = (logit - calibrated.intercept) / calibrated.slope
        yield GradeRow(
            name=name,
            probability_below=bound,
            at_least=round(float(np.clip(score, 0, 100)), 2),
            companies=companies,
            bads=len(np.unique(sample.company[inside & (sample.bad == 1)])),
            promised=promised,
            rate=rate,
            low=interval[0] if interval else None,
            high=interval[1] if interval else None,
            outside=interval is not None and promised is not None and not interval[0] <= promised <= interval[1],
        )
        above = bound
