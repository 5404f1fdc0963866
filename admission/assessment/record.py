"""The machine's view of a case: one immutable document, pinned to a day, a policy and the versions that made it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from pydantic import Field

from admission.approval.stages import Stage
from admission.assessment.exposure import Exposure
from admission.evidence.findings import Finding, Verdict
from admission.evidence.watchlists import Ruling
from admission.metrics.catalogue import Metric
from admission.metrics.industry import IndustryTables
from admission.model import Record, Text, digest, left_out
from admission.policy.criteria import Effect
from admission.policy.document import PolicyPin
from admission.policy.treatments import Treatment

# Raised whenever the same inputs give another assessment, be it by one word: stored ones are derived again to the byte.
ENGINE = "5"
# Engines whose assessments name neither their case nor their company. They are verified and replayed as they are.
UNNAMED = ("1", "2")
# Engines that gave the reasons by points lost, whatever decided.
REASONS_BY_POINTS = ("1", "2", "3", "4")

RouteKind = Literal["fast_track", "desk", "committee", "knock_out"]


class Override(Record):
    """A departure from one criterion for one company; it counts once a second person has confirmed it.

    Attributes:
        until: the last day on which it counts.
        by: username of who proposed it.
        case: the case in which it was proposed.
    """

    company_key: str
    criterion: str
    reason: str
    until: date
    by: str
    at: datetime
    case: str
    confirmed_by: str | None = None
    confirmed_at: datetime | None = None


class CriterionResult(Record):
    """What came of one admission rule.

    Attributes:
        not_asked: whether it is unknown because nothing that could tell it is set up, and asks for nothing then.
        overridden: the override that covers it, where there is one; the verdict stays what it is.
    """

    id: str
    verdict: Verdict
    effect: Effect
    message: Text
    not_asked: bool = left_out(False)
    # Left out where there is none, so that assessments without overrides keep the fingerprint they always had.
    overridden: Override | None = Field(default=None, exclude_if=lambda override: override is None)

    @property
    def open(self) -> bool:
        """True where the rule is not met, or could not be checked, and nobody has signed for that."""
        return self.verdict is not Verdict.PASS and not self.not_asked and self.overridden is None


class ScorePart(Record):
    """Points of one attribute of the scorecard.

    Attributes:
        missing: whether they are the neutral points of what is not known.
        withheld: whether the grade is read with the lowest points in their place.
        not_asked: whether they are neutral because nothing that could tell the figure is set up.
    """

    attribute: str
    points: Decimal
    maximum: Decimal
    missing: bool
    withheld: bool = left_out(False)
    not_asked: bool = left_out(False)
    reason: Text


class LimitBound(Record):
    """One of the amounts whose minimum is the limit; None where it could not be had."""

    name: str
    amount: Decimal | None
    reason: Text


class Limit(Record):
    """The recommended limit in the currency that was asked for, and which bound it comes from."""

    amount: Decimal
    currency: str
    binding: str
    bounds: tuple[LimitBound, ...]


class Terms(Record):
    """Payment terms recommended.

    Attributes:
        secured: True where credit is given against security only.
        open_limit: the part of the limit that needs no cover; None where all of it needs none, or all of it needs some.
        until_known: True where nothing but unknown criteria asks for it; approvers who accept those by name lift it.
    """

    days: int
    secured: bool
    until_known: bool = False
    open_limit: Decimal | None = left_out(None)
    text: Text


class Route(Record):
    """How the decision is to be taken: by the machine (fast track, knock-out) or by people in stages."""

    kind: RouteKind
    stages: tuple[Stage, ...] = ()
    band: str = ""
    reasons: tuple[Text, ...] = ()


class Assessment(Record):
    """The machine's view.

    Attributes:
        case: reference of the case it was made for, so that no two cases have the same fingerprint and a vote on one
            is none on the other; empty in a trial, and in assessments of the engines in `UNNAMED`.
        company: key of the company, empty likewise.
        findings: those made while assessing (what was declared against what was found).
        reasons: at most four, by points lost or weight of the failed criterion.
        grade: one of the policy's grades.
        grade_capped: True where the grade is lower than the score's, because of what is missing or by the segment.
        uncalibrated: True while no probability of default stands behind the points.
        pd: probability of default of the points that the grade was read from; None while uncalibrated.
        pd_outcomes: number of bad outcomes that the calibration was fitted on.
        review_months: interval until the next review, if admitted.
        group_exposure: the limits granted to other companies of the applicant's group, in the house currency; None
            where that is not known. Assessments from before there was one ledger of exposure have those in force here.
        rulings: what people ruled about the list entries that the company may be.
        overrides: the overrides in force for the company on the day.
        reopened: whether people decide because a person's look re-opened what the machine had decided.
        industry: the rows of the house's tables that were looked up.
        exposure: the limits granted to all others, where the policy caps them; None where they were not counted.
    """

    as_of: date
    case: str = left_out("")
    company: str = left_out("")
    engine: str = ENGINE
    parsers: dict[str, str]
    policy: PolicyPin
    facts: str
    metrics: tuple[Metric, ...]
    findings: tuple[Finding, ...] = ()
    criteria: tuple[CriterionResult, ...]
    score: Decimal
    parts: tuple[ScorePart, ...]
    missing_share: Decimal
    grade: str
    grade_capped: bool = False
    uncalibrated: bool = True
    pd: Decimal | None = Field(default=None, exclude_if=lambda pd: pd is None)
    pd_outcomes: int | None = Field(default=None, exclude_if=lambda outcomes: outcomes is None)
    reasons: tuple[Text, ...]
    limit: Limit
    terms: Terms
    treatments: tuple[Treatment, ...]
    route: Route
    review_months: int
    group_exposure: Decimal | None = Field(default=None, exclude_if=lambda amount: amount is None)
    rulings: tuple[Ruling, ...] = Field(default=(), exclude_if=lambda rulings: not rulings)
    overrides: tuple[Override, ...] = Field(default=(), exclude_if=lambda overrides: not overrides)
    reopened: bool = left_out(False)
    industry: IndustryTables = left_out(IndustryTables())
    exposure: Exposure | None = left_out(None)

    @property
    def sha256(self) -> str:
        """Fingerprint of the whole assessment; votes name it."""
        return digest(self.model_dump(mode="json"))

    @property
    def unknowns(self) -> tuple[str, ...]:
        """Ids of the criteria that could not be checked, without those that an override covers."""
        return tuple(result.id for result in self.criteria if result.verdict is Verdict.UNKNOWN and result.open)

    @property
    def not_asked(self) -> tuple[CriterionResult, ...]:
        """Criteria that are only listed, since nothing that could tell them is set up."""
        return tuple(result for result in self.criteria if result.not_asked)

    @property
    def failures(self) -> tuple[str, ...]:
        """Ids of the criteria that failed, caps on exposure among them, without those that an override covers."""
        return tuple(result.id for result in self.criteria if result.verdict is Verdict.FAIL and result.open)
