"""Segments: kinds of customer that inherit the house's standards and change some of them."""

from __future__ import annotations

from pydantic import Field

from admission.model import Record, Text, left_out
from admission.policy.approval import Band
from admission.policy.criteria import Criterion, CriterionChange
from admission.policy.limit_rules import LimitChange


class Segment(Record):
    """One kind of customer; an empty one has the house's standards as they are.

    Attributes:
        inherits: the segment whose standards it takes over before its own changes.
        criteria: criterion id -> what is different here.
        extra_criteria: criteria for this segment, and those that inherit it, alone.
        limit: what is different in the limit rule.
        bands: an approval matrix of its own, in place of the house's.
        best_grade: best grade that its companies may have, such as that of newcomers whose record is short.
        not_scored: metrics that its companies cannot have, such as ratios of accounts that are not due yet; the points
            of the others then count as the whole.
        max_terms_days: longest terms, whatever the grade allows.
        review_months: longest interval between reviews, whatever the grade allows.
    """

    title: Text | None = left_out(None)
    inherits: str | None = left_out(None)
    criteria: dict[str, CriterionChange] = left_out({})
    extra_criteria: tuple[Criterion, ...] = left_out(())
    limit: LimitChange = left_out(LimitChange())
    bands: tuple[Band, ...] = left_out(())
    best_grade: str | None = left_out(None)
    not_scored: tuple[str, ...] = left_out(())
    max_terms_days: int | None = Field(default=None, ge=0, le=365, exclude_if=lambda days: days is None)
    review_months: int | None = Field(default=None, ge=1, le=36, exclude_if=lambda months: months is None)
