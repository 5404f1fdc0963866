"""Facts that are older than the policy lets them be: they count against a company, never for it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Literal, NamedTuple

from pydantic import Field

from admission.evidence.answers import Coverage, Evidence, Gap
from admission.evidence.fact_base import Fact
from admission.evidence.facts import Facts
from admission.evidence.findings import Finding, Verdict, Weight
from admission.evidence.topics import Topic
from admission.metrics.catalogue import Metric, unknown
from admission.metrics.official_records import RECORD_TOPICS
from admission.model import Record, Text

Kind = Literal["statements", "reports", "profiles", "filings", "legal", "hits"]
KINDS: tuple[Kind, ...] = ("statements", "reports", "profiles", "filings", "legal", "hits")
# What is known by having asked, and so grows old with the asking.
ASKED: dict[Kind, tuple[Topic, ...]] = {
    "profiles": (Topic.IDENTITY, Topic.REGISTRATION),
    "filings": (Topic.FILINGS,),
    "legal": (Topic.INSOLVENCY, Topic.CHARGES, *RECORD_TOPICS),
    "hits": (Topic.WATCHLIST,),
}


class MaxAge(Record):
    """How many days old a kind of fact may be; what depends on an older one is unknown. None: any age.

    Attributes:
        statements: since the day of the balance sheet.
        reports: since the day of the report.
        profiles, filings, legal, hits: since the source was asked.
    """

    statements: int | None = Field(default=None, ge=1, exclude_if=lambda days: days is None)
    reports: int | None = Field(default=None, ge=1, exclude_if=lambda days: days is None)
    profiles: int | None = Field(default=None, ge=1, exclude_if=lambda days: days is None)
    filings: int | None = Field(default=None, ge=1, exclude_if=lambda days: days is None)
    legal: int | None = Field(default=None, ge=1, exclude_if=lambda days: days is None)
    hits: int | None = Field(default=None, ge=1, exclude_if=lambda days: days is None)


class Stale(NamedTuple):
    """Facts that do not count for the company, being too old or declared, and what is left where they are put aside.

    Attributes:
        why: a sentence for people.
        facts, coverage: all facts and topics without the stale ones of this kind.
    """

    kind: Kind | Literal["declared"]
    why: Text
    facts: Facts
    coverage: Coverage


def find_stale(
    facts: Facts, coverage: Coverage, evidence: Sequence[Evidence], max_age: MaxAge, as_of: date
) -> list[Stale]:
    """Return the kinds of fact that are older than the policy lets them be.

    Args:
        facts: the usable facts.
        coverage: which topics were asked about.
        evidence: what was asked, and when.
        max_age: the policy's limits.
        as_of: the day of the assessment.
    """
    found = (_stale(kind, facts, coverage, evidence, max_age, as_of) for kind in KINDS)
    return [stale for stale in found if stale is not None]


def _stale(
    kind: Kind, facts: Facts, coverage: Coverage, evidence: Sequence[Evidence], max_age: MaxAge, as_of: date
) -> Stale | None:
    days: int | None = getattr(max_age, kind)
    if days is None:
        return None
    if kind == "statements":
        why, fresh = _old_accounts(facts, days, as_of)
        return Stale(kind, why, _with(facts, kind, fresh), coverage) if why is not None else None
    if kind == "reports":
        why, fresh = _old_reports(facts, evidence, days, as_of)
        return Stale(kind, why, _with(facts, kind, fresh), coverage) if why is not None else None
    old = [item for item in evidence if (as_of - item.fetched_at.date()).days > days and _told(item, kind, facts)]
    if not old:
        return None
    ids = {item.id for item in old}
    kept = [row for row in _rows(facts, kind) if row.evidence not in ids]
    return Stale(kind, _asked(old, days), _with(facts, kind, kept), leave_gaps(coverage, old, ASKED[kind]))


def _old_accounts(facts: Facts, days: int, as_of: date) -> tuple[Text | None, Sequence[Fact]]:
    """Accounts are old where the newest are; those of the years before are there to be compared with."""
    newest = max((statement.period_end for statement in facts.statements), default=as_of)
    if (as_of - newest).days <= days:
        return None, facts.statements
    return _of("the accounts are", "报表", newest, days), ()


def _old_reports(
    facts: Facts, evidence: Sequence[Evidence], days: int, as_of: date
) -> tuple[Text | None, Sequence[Fact]]:
    """A bureau that does not date its report tells what it knew when it was asked."""
    asked = {item.id: item.fetched_at.date() for item in evidence}
    dated = [(report, report.reported_on or asked.get(report.evidence, as_of)) for report in facts.reports]
    old = [on for _, on in dated if (as_of - on).days > days]
    if not old:
        return None, facts.reports
    fresh = [report for report, on in dated if (as_of - on).days <= days]
    return _of("the report is", "征信报告", max(old), days), fresh


def _told(item: Evidence, kind: Kind, facts: Facts) -> bool:
    """True where an answer told something of this kind, were it that there is nothing."""
    covered = item.answer.answered and any(topic in item.query.topics for topic in ASKED[kind])
    return covered or any(row.evidence == item.id for row in _rows(facts, kind))


def _rows(facts: Facts, kind: Kind) -> tuple[Fact, ...]:
    rows: tuple[Fact, ...] = getattr(facts, kind)
    return rows


def _with(facts: Facts, kind: Kind, fresh: Sequence[Fact]) -> Facts:
    return facts.model_copy(update={kind: tuple(fresh)})


def leave_gaps(coverage: Coverage, old: Iterable[Evidence], topics: Collection[Topic]) -> Coverage:
    """Return the coverage with gaps in some topics where these answers covered them."""
    gaps = tuple(
        Gap(topic=topic, source=item.source, answer=item.answer)
        for item in old
        for topic in item.query.topics
        if topic in topics
    )
    return Coverage(answered=coverage.answered, gaps=(*coverage.gaps, *gaps))


def _of(what: str, was: str, on: date, days: int) -> Text:
    return Text(en=f"stale: {what} of {on}, older than {days} days", zh=f"已过期：{was}日期为 {on}，超过 {days} 天")


def _asked(old: Sequence[Evidence], days: int) -> Text:
    first = min(old, key=lambda item: (item.fetched_at, item.source))
    source, on = first.source, first.fetched_at.date()
    return Text(
        en=f"stale: {source} was asked on {on}, longer ago than {days} days",
        zh=f"已过期：{source} 查询于 {on}，超过 {days} 天",
    )


def put_aside_stale(name: str, with_all: Metric, without: Iterable[tuple[Text, Metric]]) -> Metric:
    """Return a metric as it stands where facts that are too old do not count for the company.

    A metric that is the same without them does not depend on them. One that is not is unknown, and keeps what the old
    facts said, to be held against the company; what was unknown stays unknown, whatever is left.

    Args:
        name: of the metric.
        with_all: derived from all facts.
        without: why facts of a kind are stale, and the metric derived without them.
    """
    why = [reason for reason, metric in without if metric != with_all]
    if with_all.value is None or not why:
        return with_all
    why = list(dict.fromkeys(why))
    reason = Text(en="; ".join(item.en for item in why), zh="；".join(item.zh for item in why))
    stale = unknown(name, reason, unit=with_all.unit, sources=with_all.sources)
    return stale.model_copy(update={"stale": with_all.value, "as_of": with_all.as_of})


def age_findings(metrics: Iterable[Metric], declared: Collection[Text] = ()) -> list[Finding]:
    """Return one finding for each reason why metrics are stale: people see it, and the machine admits nobody on it.

    Args:
        metrics: all of a case.
        declared: reasons that are no matter of age; `confirmation_findings` tells them.
    """
    reasons = dict.fromkeys(
        (metric.unknown, metric.sources)
        for metric in metrics
        if metric.stale is not None and metric.unknown and metric.unknown not in declared
    )
    by_reason: dict[Text, str] = {}
    for reason, sources in reasons:
        by_reason.setdefault(reason, sources[0] if sources else "")
    return [
        Finding(code="facts.stale", verdict=Verdict.UNKNOWN, weight=Weight.WARNING, message=reason, source=source)
        for reason, source in by_reason.items()
    ]
