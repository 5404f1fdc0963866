"""Score, grade and reasons. A missing value takes neutral points and says so; too much missing caps the grade."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from admission.assessment import CriterionResult, ScorePart
from admission.criteria import shown
from admission.findings import Verdict
from admission.metrics import NO_SOURCE, Metric
from admission.model import Record, Text
from admission.policy import Attribute, Grade, Policy, Scorecard

MAX_REASONS = 4


class Score(Record):
    """The points of one case and the grade they give.

    Attributes:
        missing_share: share of all points that rest on neutral points.
        capped: True where the grade was lowered because too much is missing.
    """

    total: Decimal
    parts: tuple[ScorePart, ...]
    missing_share: Decimal
    grade: Grade
    capped: bool


def score(policy: Policy, metrics: Mapping[str, Metric]) -> Score:
    """Sum the points of the scorecard and read the grade."""
    card = policy.scorecard
    parts = tuple(_part(attribute, metrics[attribute.metric]) for attribute in card.attributes)
    total = sum((part.points for part in parts), Decimal(0))
    missing = _missing_share(card, parts)
    grade = policy.grade_of(total)
    if missing > card.max_missing_share:
        capped = policy.worse(grade, policy.grade(card.missing_cap))
        return Score(total=total, parts=parts, missing_share=missing, grade=capped, capped=capped != grade)
    return Score(total=total, parts=parts, missing_share=missing, grade=grade, capped=False)


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
    points = _points(attribute, metric.value)
    value = shown(metric.value)
    return ScorePart(
        attribute=attribute.metric,
        points=points,
        maximum=attribute.maximum,
        missing=False,
        reason=Text(en=f"{attribute.title.en}: {value.en}", zh=f"{attribute.title.zh}：{value.zh}"),
    )


def _points(attribute: Attribute, value: Decimal | bool) -> Decimal:
    return next(part.points for part in attribute.bins if part.below is None or value < part.below)


def _neutral(attribute: Attribute, metric: Metric) -> Decimal:
    """Neutral points; where facts that are too old would have earned less, those: growing old never pays."""
    if isinstance(metric.stale, Decimal | bool):
        return min(attribute.missing, _points(attribute, metric.stale))
    return attribute.missing


def reasons(results: Sequence[CriterionResult], parts: Sequence[ScorePart]) -> tuple[Text, ...]:
    """Return at most four reasons: failed criteria first, then attributes by points lost against the maximum.

    At most four, as creditors in the United States are expected to give (12 CFR 1002.9, commentary).
    """
    failed = [result.message for result in results if result.verdict is Verdict.FAIL]
    lost = sorted((part for part in parts if part.points < part.maximum), key=lambda part: part.points - part.maximum)
    return tuple((failed + [part.reason for part in lost])[:MAX_REASONS])
