"""The whole policy, and what it says to one segment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, Self

from pydantic import Field, SerializerFunctionWrapHandler, field_serializer, field_validator, model_validator

from admission.approval.mandates import Mandates
from admission.errors import Invalid
from admission.metrics.ages import MaxAge
from admission.model import Record, Text, digest, left_out
from admission.money import Currency
from admission.policy.appetite import Appetite
from admission.policy.approval import Approval, Band, with_members
from admission.policy.criteria import Criterion
from admission.policy.customer_rules import CustomerRules
from admission.policy.grades import Grade
from admission.policy.limit_rules import LimitRule
from admission.policy.scorecard import Scorecard
from admission.policy.segments import Segment
from admission.policy.treatments import Treatment


class PolicyPin(Record):
    """The policy an assessment was made under."""

    name: str
    version: str
    sha256: str


class TimeLimits(Record):
    """When a vote that is still open is reminded of, escalated, and expired. Time never approves."""

    remind_days: int = Field(default=3, ge=1)
    escalate_days: int = Field(default=7, ge=1)
    expire_days: int = Field(default=60, ge=2)

    @model_validator(mode="after")
    def _in_order(self) -> TimeLimits:
        if not self.remind_days < self.escalate_days < self.expire_days:
            raise Invalid(
                Text(
                    en="remind_days less than escalate_days, and that less than expire_days",
                    zh="remind_days 小于 escalate_days，escalate_days 小于 expire_days",
                )
            )
        return self


class Retention(Record):
    """For how many days what is personal is kept; a kind without a number is kept until somebody erases it.

    Attributes:
        answers_days: what sources sent, from the day its case was concluded.
        personal_days: the documents of a case, from the day on which the company's last case was concluded. The
            decision and the figures it was made on stay. A customer's documents are never erased.
        messages_days: what was sent to people, from the day it was written.
    """

    answers_days: int | None = left_out(None)
    personal_days: int | None = left_out(None)
    messages_days: int | None = left_out(None)


class OutsideCheck(Record):
    """Something the standards ask for that no source of ours can tell; shown to the people who vote."""

    id: str
    text: Text


class Standards(Record):
    """What the policy asks of one segment, with everything that it inherits.

    Attributes:
        best_grade: None where the score alone gives the grade.
        not_scored: metrics whose attributes of the scorecard do not count.
        max_terms_days: None where the grades alone bound the terms.
        review_months: None where the grades alone give the interval.
    """

    segment: str
    criteria: tuple[Criterion, ...]
    limit: LimitRule
    bands: tuple[Band, ...]
    best_grade: str | None = None
    max_terms_days: int | None
    review_months: int | None
    not_scored: frozenset[str] = frozenset()


class Policy(Record):
    """The whole policy."""

    name: str
    version: str
    effective_from: date
    house_currency: Currency
    appetite: Appetite = left_out(Appetite())
    segments: dict[str, Segment] = Field(min_length=1)
    criteria: tuple[Criterion, ...] = Field(min_length=1)
    max_age: MaxAge = left_out(MaxAge())
    scorecard: Scorecard
    grades: tuple[Grade, ...] = Field(min_length=2)
    limit: LimitRule
    treatments: tuple[Treatment, ...]
    approval: Approval
    mandates: Mandates = left_out(Mandates())
    default_review_months: int = Field(ge=1, le=36)
    time_limits: TimeLimits = TimeLimits()
    retention: Retention = left_out(Retention())
    customers: CustomerRules = left_out(CustomerRules())
    outside: tuple[OutsideCheck, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _fill_groups(cls, document: Any) -> Any:
        approval = document.get("approval") if isinstance(document, dict) else None
        if not isinstance(approval, dict):
            return document
        return with_members(document, approval.get("groups"))

    @field_validator("segments", mode="before")
    @classmethod
    def _named_alone(cls, value: Any) -> Any:
        """A list of names is as many segments that change nothing."""
        if isinstance(value, list | tuple) and all(isinstance(name, str) for name in value):
            return {name: {} for name in value}
        return value

    @field_serializer("segments", mode="wrap")
    def _names_alone(self, segments: dict[str, Segment], write: SerializerFunctionWrapHandler) -> Any:
        if all(segment == Segment() for segment in segments.values()):
            return list(segments)
        return write(segments)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return a changed copy, which works out anew what follows from its content."""
        copied = super().model_copy(update=update, deep=deep)
        for derived in ("sha256", "_standards", "all_criteria"):
            copied.__dict__.pop(derived, None)
        return copied

    @cached_property
    def sha256(self) -> str:
        """Fingerprint of the policy's content."""
        return digest(self.model_dump(mode="json"))

    @property
    def pin(self) -> PolicyPin:
        """What an assessment keeps of it."""
        return PolicyPin(name=self.name, version=self.version, sha256=self.sha256)

    def lineage(self, segment: str) -> tuple[str, ...]:
        """Return a segment and those it inherits from, the oldest first; one the policy does not know has none."""
        line: list[str] = []
        name: str | None = segment
        while name is not None and name in self.segments and name not in line:
            line.append(name)
            name = self.segments[name].inherits
        return tuple(reversed(line))

    def standards(self, segment: str) -> Standards:
        """Return what is asked of a segment; a segment without changes, or an unknown one, has the house's own."""
        if segment not in self._standards:
            self._standards[segment] = self._inherited(segment)
        return self._standards[segment]

    @cached_property
    def _standards(self) -> dict[str, Standards]:
        return {}

    def _inherited(self, segment: str) -> Standards:
        criteria, limit = self.criteria, self.limit
        bands, best, terms, months = self.approval.bands, None, None, None
        not_scored: frozenset[str] = frozenset()
        for name in self.lineage(segment):
            own = self.segments[name]
            criteria = tuple(_changed(criteria, own)) + own.extra_criteria
            limit = own.limit.applied(limit)
            bands = own.bands or bands
            best = own.best_grade or best
            terms = own.max_terms_days if own.max_terms_days is not None else terms
            months = own.review_months or months
            not_scored |= frozenset(own.not_scored)
        return Standards(
            segment=segment,
            criteria=criteria,
            limit=limit,
            bands=bands,
            best_grade=best,
            max_terms_days=terms,
            review_months=months,
            not_scored=not_scored,
        )

    @cached_property
    def all_criteria(self) -> tuple[Criterion, ...]:
        """The house's criteria and all that segments add."""
        return self.criteria + tuple(item for segment in self.segments.values() for item in segment.extra_criteria)

    def review_months(self, grade: Grade, segment: str) -> int:
        """Return the months until the next review: the shorter of what grade and segment ask for."""
        own = self.standards(segment).review_months
        months = grade.review_months or self.default_review_months
        return months if own is None else min(months, own)

    def grade(self, name: str) -> Grade:
        """Return the grade of this name."""
        return next(grade for grade in self.grades if grade.name == name)

    def default_rate(self, grade: str) -> Decimal | None:
        """Return the probability that a customer of this grade defaults within a year; None where nothing says it.

        The bound of the grade counts where it has one: no customer of the grade is more likely to default.
        """
        bounds = {item.name: item.pd_at_most for item in self.grades}
        bound = bounds.get(grade)
        return self.customers.default_rates.get(grade) if bound is None else bound

    def grade_of(self, points: Decimal) -> Grade:
        """Return the best grade whose bound the points reach.

        Once the scorecard is calibrated and each grade has a bound of its own for it, the probability of default that
        the points stand for is what counts.
        """
        calibration = self.scorecard.calibration
        if calibration is not None and all(grade.pd_at_most is not None for grade in self.grades):
            probability = calibration.probability(points)
            return next(grade for grade in self.grades if grade.pd_at_most and probability <= grade.pd_at_most)
        return next(grade for grade in self.grades if points >= grade.at_least)

    def treatment(self, name: str) -> Treatment:
        """Return the treatment of this id."""
        return next(treatment for treatment in self.treatments if treatment.id == name)


def _changed(criteria: Sequence[Criterion], segment: Segment) -> Iterator[Criterion]:
    for criterion in criteria:
        change = segment.criteria.get(criterion.id)
        if change is None:
            yield criterion
        elif not change.off:
            yield change.applied(criterion)
