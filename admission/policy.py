"""The policy: admission standards, scorecard, grades, limits, treatments, approval matrix and review intervals as data.

A policy is checked whole when it is loaded; one with a single mistake cannot be used. Its sha256 is taken over its
content, so that a comment may be mended without making another policy of it.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import Field, ValidationError, field_validator, model_validator

from admission.application import COUNTRIES, problems_of
from admission.approvals import Requirement, Stage
from admission.assessment import Effect, PolicyPin, RouteKind, Treatment
from admission.cases import CaseKind
from admission.errors import BadInput, Problem
from admission.metrics import CATALOGUE
from admission.model import Record, Text, digest
from admission.money import Currency

Comparison = Literal["at_most", "at_least", "between", "equals", "one_of", "is_true", "is_false"]
COMPARISONS = {
    "flag": ("is_true", "is_false"),
    "code": ("equals", "one_of"),
    "number": ("at_most", "at_least", "between", "equals"),
}
# Names of what the house itself adds to a route or to terms.
HOLD_STAGE = "hold"
SECURITY_TREATMENT = "security"


class When(Record):
    """For which cases a criterion holds; an empty field holds for all."""

    segments: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    kinds: tuple[CaseKind, ...] = ()

    def holds(self, segment: str, country: str, kind: CaseKind) -> bool:
        """True where the criterion is for this case."""
        return (
            (not self.segments or segment in self.segments)
            and (not self.countries or country in self.countries)
            and (not self.kinds or kind in self.kinds)
        )


class Criterion(Record):
    """One admission rule.

    Attributes:
        value: the bound, the two bounds of `between`, or the names of `one_of`; none for flags.
        effect: what a failed criterion does.
        on_unknown: what an unknown one does; never a pass.
        prescreen: True where the free sources can tell, so that who fails is not paid for.
        source: where the figure comes from.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    metric: str
    comparison: Comparison
    value: Decimal | tuple[Decimal, Decimal] | tuple[str, ...] | str | None = Field(
        default=None, union_mode="left_to_right"
    )
    effect: Effect
    on_unknown: Literal["refer", "hold", "committee"] = "refer"
    prescreen: bool = False
    reason: Text
    source: str
    when: When = When()

    @model_validator(mode="after")
    def _value_fits(self) -> Criterion:
        value = self.value
        fits = {
            "at_most": isinstance(value, Decimal),
            "at_least": isinstance(value, Decimal),
            "between": _is_range(value),
            "equals": isinstance(value, Decimal | str),
            "one_of": isinstance(value, tuple) and len(value) > 0 and all(isinstance(name, str) for name in value),
            "is_true": value is None,
            "is_false": value is None,
        }
        if not fits[self.comparison]:
            raise ValueError(f"{self.id}: the value does not fit the comparison {self.comparison}")
        return self


def _is_range(value: object) -> bool:
    if not isinstance(value, tuple) or len(value) != 2:
        return False
    low, high = value
    return isinstance(low, Decimal) and isinstance(high, Decimal) and low <= high


class Bin(Record):
    """Points up to, and not including, `below`; the last bin has no bound."""

    below: Decimal | None = None
    points: Decimal = Field(ge=0)


class Attribute(Record):
    """One line of the scorecard: bins of a metric in rising order, neutral points where it is missing."""

    metric: str
    title: Text
    bins: tuple[Bin, ...] = Field(min_length=1)
    missing: Decimal = Field(ge=0)
    source: str

    @model_validator(mode="after")
    def _bins_rise(self) -> Attribute:
        bounds = [part.below for part in self.bins]
        if bounds[-1] is not None or any(bound is None for bound in bounds[:-1]):
            raise ValueError(f"{self.metric}: the last bin, and only the last, has no bound `below`")
        inner = [bound for bound in bounds if bound is not None]
        if inner != sorted(set(inner)):
            raise ValueError(f"{self.metric}: the bounds of the bins must rise")
        if self.missing > self.maximum:
            raise ValueError(f"{self.metric}: missing must not earn more than the best bin")
        return self

    @property
    def maximum(self) -> Decimal:
        """Points of the best bin."""
        return max(part.points for part in self.bins)


class Scorecard(Record):
    """Attributes that sum to 100 points.

    Attributes:
        max_missing_share: share of the 100 points that may rest on neutral points before the grade is capped.
        missing_cap: best grade of a case with more missing than that.
    """

    attributes: tuple[Attribute, ...]
    max_missing_share: Decimal = Field(ge=0, le=1)
    missing_cap: str

    @model_validator(mode="after")
    def _hundred(self) -> Scorecard:
        total = sum((attribute.maximum for attribute in self.attributes), Decimal(0))
        if total != 100:
            raise ValueError(f"the best bins sum to {total}, not to 100")
        return self


class Grade(Record):
    """One grade: from which score, and what follows from it.

    Attributes:
        net_worth_factor: multiplies the share of tangible net worth in the limit.
        turnover_factor: multiplies the share of turnover in the limit.
        level_up: by how many amount bands the approval is raised; `top` for the highest.
        review_months: interval of re-reviews; the policy's default where a grade sets none.
    """

    name: str
    at_least: Decimal = Field(ge=0, le=100)
    net_worth_factor: Decimal = Field(ge=0)
    turnover_factor: Decimal = Field(ge=0)
    terms_days: int = Field(ge=0, le=365)
    secured: bool = False
    treatments: tuple[str, ...] = ()
    level_up: int | Literal["top"] = 0
    review_months: int | None = Field(default=None, ge=1, le=36)
    terms_text: Text

    @field_validator("level_up", mode="before")
    @classmethod
    def _not_down(cls, value: object) -> object:
        if value == "top" or (isinstance(value, int) and not isinstance(value, bool) and value >= 0):
            return value
        raise ValueError("by how many bands, 0 or more, or top")


class LimitRule(Record):
    """The limit is the least of need, shares of net worth and turnover, bureau limit and own concentration cap."""

    net_worth_share: Decimal = Field(gt=0, le=1)
    turnover_share: Decimal = Field(gt=0, le=1)
    bureau_limit_counts: bool = True
    concentration_cap: Decimal | None = Field(default=None, gt=0)
    starter_cap: Decimal = Field(ge=0)
    source: str


class Band(Record):
    """Who approves amounts up to `up_to` in the house currency; the last band, unbounded, takes unknown amounts."""

    name: str
    up_to: Decimal | None = None
    committee: bool = False
    stages: tuple[Stage, ...] = Field(min_length=1)


class FastTrack(Record):
    """When the machine may admit alone: these grades, up to this amount, with nothing failed and nothing unknown."""

    grades: tuple[str, ...]
    up_to: Decimal = Field(ge=0)


class Approval(Record):
    """The approval matrix."""

    bands: tuple[Band, ...] = Field(min_length=1)
    fast_track: FastTrack
    source: str

    @model_validator(mode="after")
    def _no_gaps(self) -> Approval:
        bounds = [band.up_to for band in self.bands]
        if bounds[-1] is not None or any(bound is None for bound in bounds[:-1]):
            raise ValueError("the last amount band, and only the last, has no bound `up_to`")
        inner = [bound for bound in bounds if bound is not None]
        if inner != sorted(set(inner)):
            raise ValueError("the amount bands must rise")
        return self

    def requirements(self) -> Iterator[Requirement]:
        """Yield what each stage of each band asks for."""
        for band in self.bands:
            for stage in band.stages:
                yield stage.require


class TimeLimits(Record):
    """When a vote that is still open is reminded of, escalated, and expired. Time never approves."""

    remind_days: int = Field(default=3, ge=1)
    escalate_days: int = Field(default=7, ge=1)
    expire_days: int = Field(default=60, ge=2)

    @model_validator(mode="after")
    def _in_order(self) -> TimeLimits:
        if not self.remind_days < self.escalate_days < self.expire_days:
            raise ValueError("remind_days must be less than escalate_days, and that less than expire_days")
        return self


class OutsideCheck(Record):
    """Something the standards ask for that no source of ours can tell; shown to the people who vote."""

    id: str
    text: Text


class Policy(Record):
    """The whole policy."""

    name: str
    version: str
    effective_from: date
    house_currency: Currency
    segments: tuple[str, ...] = Field(min_length=1)
    criteria: tuple[Criterion, ...] = Field(min_length=1)
    scorecard: Scorecard
    grades: tuple[Grade, ...] = Field(min_length=2)
    limit: LimitRule
    treatments: tuple[Treatment, ...]
    approval: Approval
    default_review_months: int = Field(ge=1, le=36)
    time_limits: TimeLimits = TimeLimits()
    outside: tuple[OutsideCheck, ...] = ()

    @property
    def sha256(self) -> str:
        """Fingerprint of the policy's content."""
        return digest(self.model_dump(mode="json"))

    @property
    def pin(self) -> PolicyPin:
        """What an assessment keeps of it."""
        return PolicyPin(name=self.name, version=self.version, sha256=self.sha256)

    def grade(self, name: str) -> Grade:
        """Return the grade of this name."""
        return next(grade for grade in self.grades if grade.name == name)

    def grade_of(self, score: Decimal) -> Grade:
        """Return the best grade whose bound the score reaches."""
        return next(grade for grade in self.grades if score >= grade.at_least)

    def worse(self, first: Grade, second: Grade) -> Grade:
        """Return the worse of two grades."""
        return max(first, second, key=self.grades.index)

    def treatment(self, name: str) -> Treatment:
        """Return the treatment of this id."""
        return next(treatment for treatment in self.treatments if treatment.id == name)


def load_policy(document: object) -> Policy:
    """Read and check a policy from a parsed document.

    Raises:
        BadInput: with all problems that were found.
    """
    if not isinstance(document, Mapping):
        raise BadInput("This is not a policy.", remedy="a policy is a YAML table; see policies/default.yaml")
    try:
        policy = Policy.model_validate(dict(document))
    except ValidationError as error:
        raise BadInput("The policy cannot be used.", problems=problems_of(error, model=Policy)) from None
    problems = list(_problems(policy))
    if problems:
        raise BadInput("The policy cannot be used.", problems=problems)
    return policy


def _problems(policy: Policy) -> Iterator[Problem]:
    yield from _criteria_problems(policy)
    yield from _repeated("scorecard", [attribute.metric for attribute in policy.scorecard.attributes])
    yield from _repeated("grades", [grade.name for grade in policy.grades])
    yield from _repeated("treatments", [treatment.id for treatment in policy.treatments])
    yield from _repeated("approval.bands", [band.name for band in policy.approval.bands])
    for band in policy.approval.bands:
        yield from _repeated(f"approval.bands.{band.name}.stages", [HOLD_STAGE, *(stage.name for stage in band.stages)])
    grades = [grade.name for grade in policy.grades]
    bounds = [grade.at_least for grade in policy.grades]
    if bounds != sorted(set(bounds), reverse=True) or bounds[-1] != 0:
        yield Problem("grades", str([str(bound) for bound in bounds]), "falling bounds at_least, the last of them 0")
    for attribute in policy.scorecard.attributes:
        if attribute.metric not in CATALOGUE:
            yield _unknown_name("scorecard", attribute.metric, list(CATALOGUE))
        elif CATALOGUE[attribute.metric].kind == "code":
            yield Problem("scorecard", attribute.metric, "a number or a flag; a code has no bins")
    if policy.scorecard.missing_cap not in grades:
        yield _unknown_name("scorecard.missing_cap", policy.scorecard.missing_cap, grades)
    for name in policy.approval.fast_track.grades:
        if name not in grades:
            yield _unknown_name("approval.fast_track.grades", name, grades)
    known = [treatment.id for treatment in policy.treatments]
    for grade in policy.grades:
        for name in grade.treatments:
            if name not in known:
                yield _unknown_name(f"grades.{grade.name}.treatments", name, known)
    if SECURITY_TREATMENT not in known and any(item.effect == "secured_only" for item in policy.criteria):
        yield Problem("treatments", ", ".join(known), f"one of id {SECURITY_TREATMENT}, for criteria of secured_only")


def _criteria_problems(policy: Policy) -> Iterator[Problem]:
    yield from _repeated("criteria", [criterion.id for criterion in policy.criteria])
    for criterion in policy.criteria:
        where = f"criteria.{criterion.id}"
        yield from _measure_problems(where, criterion)
        for segment in criterion.when.segments:
            if segment not in policy.segments:
                yield _unknown_name(f"{where}.when.segments", segment, policy.segments)
        for country in criterion.when.countries:
            if country not in COUNTRIES:
                yield Problem(f"{where}.when.countries", country, "a two-letter ISO 3166 country code, such as GB")


def _measure_problems(where: str, criterion: Criterion) -> Iterator[Problem]:
    spec = CATALOGUE.get(criterion.metric)
    if spec is None:
        yield _unknown_name(f"{where}.metric", criterion.metric, list(CATALOGUE))
        return
    fitting = COMPARISONS.get(spec.kind, COMPARISONS["number"])
    if criterion.comparison not in fitting:
        expected = f"a comparison for a {spec.kind}, which {spec.name} is: {', '.join(fitting)}"
        yield Problem(f"{where}.comparison", criterion.comparison, expected)
    elif criterion.comparison == "equals" and isinstance(criterion.value, str) != (spec.kind == "code"):
        yield Problem(f"{where}.value", str(criterion.value), f"a {spec.kind}, which {spec.name} is")


def _repeated(where: str, names: Sequence[str]) -> Iterator[Problem]:
    for name in dict.fromkeys(names):
        if names.count(name) > 1:
            yield Problem(where, name, "a name that nothing else here has")


def _unknown_name(where: str, name: str, known: Sequence[str]) -> Problem:
    nearest = difflib.get_close_matches(name, known, 1)
    hint = f"did you mean {nearest[0]}?" if nearest else f"one of {', '.join(known)}"
    return Problem(where, name, f"no such name; {hint}")


__all__ = ["Approval", "Attribute", "Band", "Criterion", "Grade", "Policy", "RouteKind", "Scorecard", "load_policy"]
