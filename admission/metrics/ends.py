"""What a ratio comes to where its denominator is nothing: an end of its scale, never something in between.

A ratio of a bad thing to a base that is not there reads worst, and nothing owed reads best. Figures beyond the scale
read like its end, so that more of a bad thing never reads better.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum

from admission.metrics.catalogue import CATALOGUE, LESS, Metric, known, unknown
from admission.metrics.plausible import Range
from admission.metrics.ratios import NOT_STATED
from admission.model import Text

NEGATIVE = Text(en="a figure that cannot be below zero is", zh="不应为负的项目为负数")
NO_BASE = Text(en="its denominator is zero or negative: the worst end of the scale", zh="分母为零或负数，取量程最差值")
CAPPED = Text(en="beyond the scale: its end", zh="超出量程，取端值")


class End(StrEnum):
    """An end of a metric's scale."""

    BEST = "best"
    WORST = "worst"


Outcome = Decimal | End | Text
"""What working out a ratio gives: a figure, an end of the scale, or why it is not known."""


def burden(bad: Decimal | None, base: Decimal | None, *, nothing: End) -> Outcome:
    """Divide a bad thing, such as what is owed, by the base that it is measured against.

    Args:
        bad: never below zero.
        base: revenue, equity, assets.
        nothing: what it reads where neither is there.
    """
    if bad is None or base is None:
        return NOT_STATED
    if bad < 0:
        return NEGATIVE
    if base > 0:
        return bad / base
    return End.WORST if bad > 0 else nothing


def scale_of(name: str) -> Range:
    """Return the scale of a metric: where cuts of a policy can lie.

    Raises:
        KeyError: no such metric, or one without a scale.
    """
    plausible = CATALOGUE[name].plausible
    if plausible is None:
        raise KeyError(name)
    return plausible.cuts


def end_of(name: str, end: End) -> Decimal:
    """Return the figure at an end of a metric's scale."""
    scale = scale_of(name)
    return scale.high if (CATALOGUE[name].better == LESS) == (end is End.WORST) else scale.low


def measured(
    name: str,
    outcome: Outcome,
    sources: Sequence[str],
    as_of: date | None,
    *,
    why_open: Text = NOT_STATED,
    note: Text | None = None,
) -> Metric:
    """Return a metric of an outcome, within its scale; days are kept to a tenth.

    Args:
        name: of the metric.
        outcome: what was worked out.
        sources: whose facts it rests on.
        as_of: day that they speak of.
        why_open: why a figure that it rests on is not known, where more is known than that it is not stated.
        note: a remark that readers need.
    """
    told = tuple(dict.fromkeys(sources))
    if isinstance(outcome, Text):
        return unknown(name, why_open if outcome == NOT_STATED else outcome, sources=told)
    if isinstance(outcome, End):
        return known(name, end_of(name, outcome), told, as_of, note=NO_BASE if outcome is End.WORST else note)
    scale = scale_of(name)
    within = min(max(outcome, scale.low), scale.high)
    value = round(within, 1) if CATALOGUE[name].kind == "days" else within
    return known(name, value, told, as_of, note=note if within == outcome else CAPPED)
