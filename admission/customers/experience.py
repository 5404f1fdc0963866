"""Experience: what was known of each case when it was decided, what was decided, and how the debt went."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, NamedTuple

from pydantic import Field, model_validator

from admission.assessment.assessing import Dossier
from admission.assessment.record import Assessment
from admission.cases import CaseKind, DecidedBy, Outcome
from admission.evidence.answers import Answer
from admission.evidence.findings import LIMIT_INCOMPLETE, Finding, Verdict, Weight
from admission.metrics.catalogue import CATALOGUE, Metric, Value
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
            raise ValueError("late asks for the number of days (--days-late), 1 or more")
        if self.outcome == "paid" and self.days_late:
            raise ValueError("paid with days late is late")
        if (self.amount is None) != (self.currency is None):
            raise ValueError("an amount and its currency go together")
        return self


def standing_records(records: Sequence[Performance]) -> tuple[Performance, ...]:
    """Return the records that stand: those that no later one corrects, in their order."""
    corrected = {record.corrects for record in records}
    return tuple(record for record in records if record.id not in corrected)


class DecisionSnapshot(NamedTuple):
    """What was known of a case on the day it was assessed, and what became of it.

    Attributes:
        requested: the limit asked for, in `currency`.
        house_amount: the same in `house_currency` at the rate of the day; None without one.
        metrics: every metric of the day, None where it was unknown. Later facts never enter.
        units: the currencies of those metrics that are amounts.
        failed_finding: a check of weight warning or blocking, besides the criteria, did not pass.
        silent_source: a source that was to be asked gave no answer.
        overridden: an override covered a criterion.
        policy: sha256 of the policy it was assessed under, with its `policy_version`.
        limit: what was recommended, in `currency`.
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
    application, evidence = dossier.application, dossier.evidence
    findings = (*dossier.validation.findings, *assessment.findings)
    requested = application.requested
    amount = exchange.convert(requested.money)
    return DecisionSnapshot(
        reference=reference,
        round=round,
        assessment=assessment.sha256,
        kind=dossier.kind,
        segment=application.segment,
        country=application.country,
        as_of=assessment.as_of,
        requested=requested.limit,
        currency=requested.currency,
        house_amount=None if amount is None else amount.money.amount,
        house_currency=exchange.house_currency,
        terms_days=requested.terms_days,
        metrics={metric.name: metric.value for metric in assessment.metrics},
        units=_units(assessment.metrics),
        failed_finding=any(_stands_against(finding) for finding in findings),
        silent_source=any(not item.answer.answered and item.answer is not Answer.SKIPPED for item in evidence),
        overridden=any(item.overridden is not None for item in assessment.criteria),
        policy=assessment.policy.sha256,
        policy_version=assessment.policy.version,
        route=assessment.route.kind,
        grade=assessment.grade,
        score=assessment.score,
        limit=assessment.limit.amount,
    )


def _stands_against(finding: Finding) -> bool:
    """True where a finding bars the fast track under any policy; the same test as in `admission.assessment.routing`.

    Whether the limit had what it rests on depends on the policy, and is asked anew under each.
    """
    held_up = finding.verdict is not Verdict.PASS and finding.weight is not Weight.INFO
    return held_up and finding.code != LIMIT_INCOMPLETE


def _units(metrics: Sequence[Metric]) -> dict[str, str]:
    return {
        metric.name: metric.unit
        for metric in metrics
        if metric.value is not None and metric.name in CATALOGUE and CATALOGUE[metric.name].kind == "amount"
    }


def metrics_text(metrics: Mapping[str, Value | None]) -> str:
    """Return metrics as JSON, numbers to the last digit: `float` would lose some."""
    parts = (f"{json.dumps(name)}:{_value_text(value)}" for name, value in sorted(metrics.items()))
    return "{" + ",".join(parts) + "}"


def read_metrics(text: str) -> dict[str, Value | None]:
    """Read what `metrics_text` wrote."""
    # Not `decode`, which looks for blanks around the document each time: very many of these are read at once.
    metrics: dict[str, Value | None] = _DECODER.raw_decode(text)[0]
    return metrics


def _value_text(value: Value | None) -> str:
    return f"{value:f}" if isinstance(value, Decimal) else json.dumps(value, ensure_ascii=False)


_DECODER = json.JSONDecoder(parse_float=Decimal, parse_int=Decimal)
