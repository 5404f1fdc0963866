"""Score, grade and reasons.

A missing value takes neutral points and says so. Nothing is gained by hiding one: where the policy says `on_missing:
lowest`, the grade is read as if the figure were the worst that it could be, unless a source that could tell it could
not be asked, which is nobody's doing; and too much missing caps the grade.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from admission.assessment.criteria import shown
from admission.assessment.record import CriterionResult, ScorePart
from admission.evidence.findings import Verdict
from admission.metrics.catalogue import NO_SOURCE, Metric
from admission.model import Record, Text
from admission.policy import Attribute, Grade, Policy, Scorecard

MAX_REASONS = 4


class Score(Record):
    """The points of one case and the grade they give.

    Attributes:
        assured: points that the grade is read from: those of the score, with the lowest ones where a figure that the
            company could withhold is missing.
        missing_share: share of all points that rest on neutral points.
        capped: True where the grade is lower than that of the score, because of what is missing or the segment.
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
    """Sum the points of the scorecard and read the grade.

    Args:
        policy: whose scorecard it is.
        metrics: of the company.
        best_grade: best grade that its segment allows; None where any is.
    """
    card = policy.scorecard
    parts = tuple(_part(attribute, metrics[attribute.metric]) for attribute in card.attributes)
    total = sum((part.points for part in parts), Decimal(0))
    scored = zip(card.attributes, parts, strict=True)
    assured = sum((_assured(attribute, part, metrics[attribute.metric]) for attribute, part in scored), Decimal(0))
    missing = _missing_share(card, parts)
    grade = policy.grade_of(assured)
    if missing > card.max_missing_share:
        grade = policy.worse(grade, policy.grade(card.missing_cap))
    if best_grade is not None:
        grade = policy.worse(grade, policy.grade(best_grade))
    return Score(
        total=total,
        assured=assured,
        parts=parts,
        missing_share=missing,
        grade=grade,
        capped=grade != policy.grade_of(total),
        pd=None if card.calibration is None else card.calibration.probability(assured),
    )


def _assured(attribute: Attribute, part: ScorePart, metric: Metric) -> Decimal:
    if part.missing and attribute.on_missing == "lowest" and not metric.not_asked:
        return min(part.points, attribute.minimum)
    return part.points


def _missing_share(card: Scorecard, parts: Sequence[ScorePart]) -> Decimal:
    missing = sum((part.maximum for part in parts if part.missing), Decimal(0))
    return missing / sum((attribute.maximum for attribute in card.attributes), Decimal(0))


def _part(attribute: Attribute, metric: Metric) -> ScorePart:
    if not isinstance(metric.value, Decimal | bool):
        why = metric.unknown or NO_SOURCE
        return ScorePart(
            attribute=attribute.metric,
            points=_neutral(attribute, metric),
            maximum=attribute.maximum,
            missing=True,
            reason=Text(en=f"{attribute.title.en}: no data, {why.en}", zh=f"{attribute.title.zh}：无数据，{why.zh}"),
        )
    value = shown(metric.value)
    return ScorePart(
        attribute=attribute.metric,
        points=attribute.points(metric.value),
        maximum=attribute.maximum,
        missing=False,
        reason=Text(en=f"{attribute.title.en}: {value.en}", zh=f"{attribute.title.zh}：{value.zh}"),
    )


def _neutral(attribute: Attribute, metric: Metric) -> Decimal:
    """Neutral points; where facts that are too old would have earned less, those: growing old never pays."""
    if isinstance(metric.stale, Decimal | bool):
        return min(attribute.missing, attribute.points(metric.stale))
    return attribute.missing


def reasons(results: Sequence[CriterionResult], parts: Sequence[ScorePart]) -> tuple[Text, ...]:
    """Return at most four reasons: failed criteria first, then attributes by points lost against the maximum.

    At most four, as creditors in the United States are expected to give (12 CFR 1002.9, commentary).
    """
    failed = [result.message for result in results if result.verdict is Verdict.FAIL]
    lost = sorted((part for part in parts if part.points < part.maximum), key=lambda part: part.points - part.maximum)
    return tuple((failed + [part.reason for part in lost])[:MAX_REASONS])
