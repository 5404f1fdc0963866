"""Experience: what was known of each case when it was decided, what was decided, and how the debt went."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, NamedTuple

from pydantic import Field, model_validator

from admission.assessment.assessing import Dossier, circumstances_of
from admission.assessment.engine.case import Circumstances, Figures
from admission.assessment.record import Assessment
from admission.assessment.routing import bars_fast_track, is_silent
from admission.cases import CaseKind, DecidedBy, Outcome
from admission.errors import Invalid
from admission.evidence.findings import LIMIT_INCOMPLETE, Finding
from admission.metrics.catalogue import Value
from admission.model import Record, Text
from admission.money import Currency, Exchange

PerformanceWord = Literal["paid", "late", "defaulted"]
PERFORMANCES: dict[PerformanceWord, Text] = {
    "paid": Text(en="paid", zh="按期付清"),
    "late": Text(en="paid late", zh="逾期付清"),
    "defaulted": Text(en="defaulted", zh="违约"),
}


class Performance(Record):
    """How a debt went.

    Attributes:
        case: the case by which the credit was granted.
        on: the day it was paid, or the day of the default.
        days_late: days after the due day; asked for where it was paid late.
        by: username of who recorded it.
        corrects: id of the record that this one takes the place of.
    """

    id: int = 0
    case: str
    company_key: str
    outcome: PerformanceWord
    on: date
    days_late: int | None = Field(default=None, ge=0, le=3650)
    amount: Decimal | None = Field(default=None, gt=0, allow_inf_nan=False)
    currency: Currency | None = None
    note: str = Field(default="", max_length=1000)
    by: str
    at: datetime
    corrects: int | None = None

    @model_validator(mode="after")
    def _whole(self) -> Performance:
        if self.outcome == "late" and not self.days_late:
            raise Invalid(
                Text(
                    en="late asks for the number of days (--days-late), 1 or more",
                    zh="逾期付清须填写逾期天数（--days-late），至少 1 天",
                )
            )
        if self.outcome == "paid" and self.days_late:
            raise Invalid(Text(en="paid with days late is late", zh="按期付清却有逾期天数，应记为逾期付清"))
        if (self.amount is None) != (self.currency is None):
            raise Invalid(Text(en="an amount and its currency go together", zh="金额与币种须同时填写"))
        return self


def drop_corrected(records: Sequence[Performance]) -> tuple[Performance, ...]:
    """Return the records that stand: those that no later one corrects, in their order."""
    corrected = {record.corrects for record in records}
    return tuple(record for record in records if record.id not in corrected)


class Offered(NamedTuple):
    """What an assessment said besides route, grade and limit: the band that decides, days to pay, and security."""

    band: str
    terms_days: int
    secured: bool


class DecisionSnapshot(NamedTuple):
    """What was known of a case on the day it was assessed, and what became of it.

    Attributes:
        requested: the limit asked for, in `currency`.
        house_amount: the same in `house_currency` at the rate of the day; None without one.
        metrics: every metric of the day, None where it was unknown. Later facts never enter.
        units: the currencies of those metrics, and old figures, that are amounts.
        failed_finding: a check of weight warning or blocking, besides the criteria, did not pass.
        silent_source: a source that was to be asked gave no answer.
        overridden: an override covered a criterion.
        policy: sha256 of the policy it was assessed under, with its `policy_version`.
        limit: what was recommended, in `currency`.
        old: metric -> what facts said that were too old by then.
        not_asked: metrics that were unknown and that nobody withheld: no source that could tell them was set up, or one
            could not be asked.
        not_set_up: those of them that no source which was set up could tell.
        circumstances: what else the case rested on; None where that is not known, because the case was assessed before
            it was kept, or comes from a table.
        offered: what was recommended besides grade and limit; None where it was not kept beside them.
        outcome: what was decided in the same round; None while nothing is.
        granted: the limit that was granted, in `currency`; None where declined or undecided.
        performance: how the debt went, as far as it is recorded and not corrected.
    """

    reference: str
    round: int
    assessment: str
    kind: CaseKind
    segment: str
    country: str
    as_of: date
    requested: Decimal
    currency: str
    house_amount: Decimal | None
    house_currency: str
    terms_days: int
    metrics: Mapping[str, Value | None]
    units: Mapping[str, str]
    failed_finding: bool
    silent_source: bool
    overridden: bool
    policy: str
    policy_version: str
    route: str
    grade: str
    score: Decimal
    limit: Decimal
    old: Mapping[str, Value] = {}
    not_asked: frozenset[str] = frozenset()
    not_set_up: frozenset[str] = frozenset()
    circumstances: Circumstances | None = None
    offered: Offered | None = None
    outcome: Outcome | None = None
    decided_by: DecidedBy | None = None
    decided_on: date | None = None
    granted: Decimal | None = None
    performance: tuple[Performance, ...] = ()

    @property
    def approved(self) -> bool:
        """True where credit was granted or kept."""
        return self.outcome in ("admitted", "kept")

    @property
    def bad(self) -> bool | None:
        """True where a default was recorded, False where only payments were, None where nothing is known."""
        if not self.performance:
            return None
        return any(record.outcome == "defaulted" for record in self.performance)


def snapshot_of(
    reference: str,
    round: int,  # noqa: A002 - a round of a case
    dossier: Dossier,
    assessment: Assessment,
    exchange: Exchange,
) -> DecisionSnapshot:
    """Take from an assessment, and from what it was made of, what later looks at the policy need.

    Args:
        reference: of the case.
        round: in which it was assessed.
        dossier: what it was assessed on.
        assessment: the machine's view.
        exchange: the rates of its day, and the house currency.
    """
    requested, figures = dossier.application.requested, Figures.of(assessment.metrics)
    findings = (*dossier.validation.findings, *assessment.findings)
    return DecisionSnapshot(
        reference=reference,
        round=round,
        assessment=assessment.sha256,
        kind=dossier.kind,
        segment=dossier.application.segment,
        country=dossier.application.country,
        as_of=assessment.as_of,
        requested=requested.limit,
        currency=requested.currency,
        house_amount=exchange.convert(requested.limit, requested.currency),
        house_currency=exchange.house_currency,
        terms_days=requested.terms_days,
        metrics=figures.metrics,
        units=figures.units,
        failed_finding=any(_stands_against(finding) for finding in findings),
        silent_source=any(is_silent(item) for item in dossier.evidence),
        overridden=any(item.overridden is not None for item in assessment.criteria),
        policy=assessment.policy.sha256,
        policy_version=assessment.policy.version,
        route=assessment.route.kind,
        grade=assessment.grade,
        score=assessment.score,
        limit=assessment.limit.amount,
        old=figures.old,
        not_asked=figures.not_asked,
        not_set_up=figures.not_set_up,
        circumstances=circumstances_of(dossier, assessment.as_of),
        offered=Offered(assessment.route.band, assessment.terms.days, assessment.terms.secured),
    )


def _stands_against(finding: Finding) -> bool:
    """True where a finding bars the fast track under any policy.

    Whether the limit had what it rests on depends on the policy, and is asked anew under each.
    """
    return bars_fast_track(finding) and finding.code != LIMIT_INCOMPLETE
