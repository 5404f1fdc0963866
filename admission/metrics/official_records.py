"""Metrics from the public records of Chinese courts and market regulators.

A dishonest-debtor entry counts while it is not removed, as does a consumption limit; an abnormal-operations entry that
was removed is history and no veto. Absence is only known where somebody looked.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from admission.evidence.answers import Coverage
from admission.evidence.facts import Facts, LegalKind, LegalRecord, LegalStatus
from admission.evidence.topics import Topic
from admission.metrics.catalogue import Metric, known, unknown
from admission.metrics.registers import not_covered
from admission.model import Text

# What the records are about, and the topic under which somebody looked for them.
RECORD_TOPICS = (
    Topic.DISHONEST_DEBTORS,
    Topic.ENFORCEMENT,
    Topic.CONSUMPTION_LIMITS,
    Topic.ABNORMAL_OPERATIONS,
    Topic.PENALTIES,
    Topic.JUDGMENTS,
    Topic.LAWSUITS,
    Topic.COMMERCIAL_PAPER,
)
PENALTY_DAYS = 1096
NOBODY_LOOKED = Text(
    en="nobody has recorded what the official site shows (`gatehouse evidence add`)",
    zh="尚无人录入官方网站查询结果（gatehouse evidence add）",
)


def official_metrics(facts: Facts, coverage: Coverage, *, as_of: date) -> list[Metric]:
    """Derive flags and counts from court and regulator records of one company.

    Args:
        facts: the usable facts.
        coverage: which topics somebody looked at.
        as_of: the day of the assessment.
    """
    register = _Register(facts, coverage, as_of)
    entries = register.of(LegalKind.ABNORMAL_OPERATIONS)
    return [
        register.flag("dishonest_debtor", _open(register.of(LegalKind.DISHONEST_DEBTOR)), Topic.DISHONEST_DEBTORS),
        register.flag("consumption_limit", _open(register.of(LegalKind.CONSUMPTION_LIMIT)), Topic.CONSUMPTION_LIMITS),
        register.flag("abnormal_operations", _open(entries), Topic.ABNORMAL_OPERATIONS, past=entries),
        register.flag("abnormal_operations_history", entries, Topic.ABNORMAL_OPERATIONS),
        register.count("open_enforcement", _open(register.of(LegalKind.ENFORCEMENT)), Topic.ENFORCEMENT),
        register.count("penalties_36m", register.recent(LegalKind.PENALTY), Topic.PENALTIES),
    ]


def _open(records: list[LegalRecord]) -> list[LegalRecord]:
    """What is not known to have ended counts as running."""
    return [record for record in records if record.status is not LegalStatus.CLOSED]


class _Register:
    """The records of one company on one day."""

    def __init__(self, facts: Facts, coverage: Coverage, as_of: date) -> None:
        self._records = facts.legal
        self._coverage = coverage
        self._as_of = as_of

    def of(self, kind: LegalKind) -> list[LegalRecord]:
        return [record for record in self._records if record.kind is kind]

    def recent(self, kind: LegalKind) -> list[LegalRecord]:
        since = self._as_of - timedelta(days=PENALTY_DAYS)
        return [record for record in self.of(kind) if record.on is None or record.on >= since]

    def flag(
        self, name: str, records: list[LegalRecord], topic: Topic, *, past: list[LegalRecord] | None = None
    ) -> Metric:
        if records:
            return known(name, True, _sources(records), _newest(records))
        removed = [record.ended_on for record in past or () if record.ended_on]
        note = Text(en=f"removed on {max(removed)}", zh=f"已于 {max(removed)} 移出") if removed else None
        return self._absent(name, topic, False, note)

    def count(self, name: str, records: list[LegalRecord], topic: Topic) -> Metric:
        if records and self._coverage.complete(topic):
            return known(name, Decimal(len(records)), _sources(records), _newest(records))
        return self._absent(name, topic, Decimal(0), None)

    def _absent(self, name: str, topic: Topic, value: Decimal | bool, note: Text | None) -> Metric:
        if self._coverage.complete(topic):
            return known(name, value, self._coverage.answered[topic], self._as_of, note=note)
        asked = any(gap.topic == topic for gap in self._coverage.gaps)
        return unknown(name, not_covered(self._coverage, topic) if asked else NOBODY_LOOKED)


def _sources(records: list[LegalRecord]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(record.source for record in records))


def _newest(records: list[LegalRecord]) -> date | None:
    return max((record.on for record in records if record.on), default=None)
