"""Score, grade and reasons in words; see `admission.assessment.engine.points` for how they come about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from admission.assessment.criteria import shown_metric
from admission.assessment.engine.case import Figures
from admission.assessment.engine.points import Points, Scorer
from admission.assessment.record import CriterionResult, ScorePart
from admission.evidence.findings import Verdict
from admission.metrics.catalogue import NO_SOURCE, Metric
from admission.model import Record, Text
from admission.policy import Attribute, Grade, Policy

MAX_REASONS = 4
NO_DATA = Text(en="no data", zh="无数据")
NOT_ASKED = Text(en="not asked", zh="未查询")


class Score(Record):
    """The points of one case and the grade they give.

    Attributes:
        assured: points that the grade is read from: those of the score, with the lowest ones where a figure that the
            company could withhold is missing.
        missing_share: share of the points that rest on neutral points for what was kept back.
        capped: True where the grade is lower than that of the score, because of what is missing, a criterion that
            bounds it, or the segment.
        pd: probability of default that the assured points stand for; None while the scorecard is uncalibrated.
    """

    total: Decimal
    assured: Decimal
    parts: tuple[ScorePart, ...]
    missing_share: Decimal
    grade: Grade
    capped: bool
    pd: Decimal | None


def score(policy: Policy, metrics: Mapping[str, Metric], best_grade: str | None = None) -> Score:
    """Sum the points of the scorecard, read the grade, and say what came of each attribute.

    Args:
        policy: whose scorecard it is.
        metrics: of the company.
        best_grade: best grade that its segment allows; None where any is.
    """
    bounds = () if best_grade is None else (best_grade,)
    return say_score(policy, Scorer(policy).count(Figures.of(metrics.values()), bounds), metrics)


def say_score(policy: Policy, points: Points, metrics: Mapping[str, Metric]) -> Score:
    """Return the points of a company in words.

    Args:
        policy: whose scorecard it is.
        points: what came of it.
        metrics: of the company.
    """
    card, lowest = policy.scorecard, points.withheld
    earned = [
        (place, attribute, its)
        for place, (attribute, its) in enumerate(zip(card.attributes, points.earned, strict=True))
        if its is not None
    ]
    return Score(
        total=points.total,
        assured=points.assured,
        parts=tuple(
            _part(attribute, metrics[attribute.metric], its, missing=place in points.missing, withheld=place in lowest)
            for place, attribute, its in earned
        ),
        missing_share=points.missing_share,
        grade=points.grade,
        capped=points.grade != policy.grade_of(points.total),
        pd=None if card.calibration is None else card.calibration.probability(points.assured),
    )


def _part(attribute: Attribute, metric: Metric, points: Decimal, *, missing: bool, withheld: bool) -> ScorePart:
    title = attribute.title
    if missing:
        why, silence = metric.unknown or NO_SOURCE, NOT_ASKED if metric.not_set_up else NO_DATA
        reason = Text(en=f"{title.en}: {silence.en}, {why.en}", zh=f"{title.zh}：{silence.zh}，{why.zh}")
    else:
        value = shown_metric(metric)
        reason = Text(en=f"{title.en}: {value.en}", zh=f"{title.zh}：{value.zh}")
    return ScorePart(
        attribute=attribute.metric,
        points=points,
        maximum=attribute.maximum,
        missing=missing,
        withheld=withheld and attribute.on_missing == "lowest",
        not_asked=missing and metric.not_set_up,
        reason=reason,
    )


def choose_reasons(results: Sequence[CriterionResult], parts: Sequence[ScorePart]) -> tuple[Text, ...]:
    """Return at most four reasons: failed criteria first, then attributes by points lost against the maximum.

    At most four, as creditors in the United States are expected to give (12 CFR 1002.9, commentary).
    """
    failed = [result.message for result in results if result.verdict is Verdict.FAIL]
    lost = sorted((part for part in parts if part.points < part.maximum), key=lambda part: part.points - part.maximum)
    return tuple((failed + [part.reason for part in lost])[:MAX_REASONS])
