"""Whether a company is on a list that the house loads by file, such as that of acceptors overdue on commercial paper.

A list that nobody loaded says nothing: unknown, never clean.
"""

from __future__ import annotations

from datetime import date

from admission.evidence.answers import Coverage
from admission.evidence.facts import Facts, LegalKind, LegalStatus
from admission.evidence.topics import Topic
from admission.metrics.catalogue import Metric, known, unknown
from admission.metrics.registers import not_covered
from admission.model import Text

NOT_LOADED = Text(en="the list is not loaded", zh="尚未载入该名单")
# Kinds of record that come from lists by file: the metric that each gives, and the topic of its list.
LISTS = {"commercial_paper_overdue": (LegalKind.COMMERCIAL_PAPER_OVERDUE, Topic.COMMERCIAL_PAPER)}


def listed_metrics(facts: Facts, coverage: Coverage, *, as_of: date) -> list[Metric]:
    """Derive one flag for each list by file.

    Args:
        facts: the usable facts.
        coverage: which lists were searched.
        as_of: the day of the assessment.
    """
    return [_flag(name, kind, topic, facts, coverage, as_of) for name, (kind, topic) in LISTS.items()]


def _flag(name: str, kind: LegalKind, topic: Topic, facts: Facts, coverage: Coverage, as_of: date) -> Metric:
    entries = [record for record in facts.legal if record.kind is kind]
    certain = [record for record in entries if record.status is not LegalStatus.UNCLEAR]
    if certain:
        sources = tuple(dict.fromkeys(record.source for record in certain))
        return known(name, True, sources, max((record.on for record in certain if record.on), default=as_of))
    if entries:
        told = "; ".join(dict.fromkeys(record.title for record in entries))
        why = Text(en=f"entries that may be of it: {told}", zh=f"疑似命中条目：{told}")
        return unknown(name, why, sources=tuple(dict.fromkeys(record.source for record in entries)))
    if coverage.complete(topic):
        return known(name, False, coverage.answered[topic], as_of)
    asked = any(gap.topic == topic for gap in coverage.gaps)
    return unknown(name, not_covered(coverage, topic) if asked else NOT_LOADED)
