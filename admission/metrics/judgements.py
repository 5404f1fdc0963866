"""Metrics from what people of the house judged: the qualitative side of the scorecard."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from admission.approval.seats import SEAT_NAMES
from admission.evidence.facts import Judgement
from admission.metrics.catalogue import JUDGED, Metric, known, unknown
from admission.model import Text

NOBODY_JUDGED = Text(en="nobody has judged it (`gatehouse judge`)", zh="尚无人评价（gatehouse judge）")


def judged_metrics(judgements: Sequence[Judgement]) -> list[Metric]:
    """Derive one metric for each aspect; of two judgements of one aspect the newer counts, of one day the lower.

    The note names the department; who judged, and why, is with the facts and not in memos, which name no persons.
    """
    return [_judged(aspect, [item for item in judgements if item.aspect == aspect]) for aspect in JUDGED]


def _judged(aspect: str, judgements: Sequence[Judgement]) -> Metric:
    newest = max(judgements, key=lambda item: (item.on, -item.points), default=None)
    if newest is None:
        return unknown(aspect, NOBODY_JUDGED)
    note = Text(en=f"judged by a person of {newest.department}", zh=f"由{SEAT_NAMES[newest.department].zh}人员评价")
    return known(aspect, Decimal(newest.points), (newest.source,), newest.on, note=note)
