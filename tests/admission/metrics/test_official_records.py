"""Flags and counts of Chinese court and regulator records: known only where somebody looked."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from admission.evidence.answers import Answer, Coverage, Gap
from admission.evidence.facts import CompanyStatus, Facts, LegalKind, LegalRecord, LegalStatus
from admission.evidence.topics import Topic
from admission.metrics.catalogue import Metric, Value
from admission.metrics.official_records import NOBODY_LOOKED, official_metrics
from admission.metrics.registers import register_metrics
from tests.admission.build import AS_OF, answered, application, legal, profile


def derived(*records: LegalRecord, seen: Coverage | None = None) -> dict[str, Metric]:
    found = official_metrics(Facts.of(records), answered() if seen is None else seen, as_of=AS_OF)
    return {metric.name: metric for metric in found}


NAMES: list[tuple[str, Topic, Value]] = [
    ("dishonest_debtor", Topic.DISHONEST_DEBTORS, False),
    ("consumption_limit", Topic.CONSUMPTION_LIMITS, False),
    ("abnormal_operations", Topic.ABNORMAL_OPERATIONS, False),
    ("abnormal_operations_history", Topic.ABNORMAL_OPERATIONS, False),
    ("open_enforcement", Topic.ENFORCEMENT, Decimal(0)),
    ("penalties_36m", Topic.PENALTIES, Decimal(0)),
]


@pytest.mark.parametrize(("name", "topic", "absent"), NAMES, ids=[row[0] for row in NAMES])
def test_absence_is_known_only_where_somebody_looked(name: str, topic: Topic, absent: Value) -> None:
    assert (derived()[name].value, derived()[name].sources) == (absent, ("register",))
    others = answered(*(other for other in Topic if other is not topic))
    assert (derived(seen=others)[name].value, derived(seen=others)[name].unknown) == (None, NOBODY_LOOKED)
    gap = Gap(topic=topic, source="portal", answer=Answer.CHALLENGED)
    missed = derived(seen=answered().model_copy(update={"gaps": (gap,)}))[name]
    assert missed.value is None
    assert missed.unknown is not None
    assert missed.unknown.en == "could not be checked: portal (challenged)"


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (LegalKind.DISHONEST_DEBTOR, "dishonest_debtor"),
        (LegalKind.CONSUMPTION_LIMIT, "consumption_limit"),
        (LegalKind.ABNORMAL_OPERATIONS, "abnormal_operations"),
    ],
)
def test_an_entry_counts_until_it_is_removed(kind: LegalKind, name: str) -> None:
    standing = derived(legal(kind, LegalStatus.OPEN), seen=Coverage())[name]
    assert (standing.value, standing.as_of) == (True, date(2026, 3, 1))
    assert derived(legal(kind, LegalStatus.UNCLEAR))[name].value is True
    assert derived(legal(kind, LegalStatus.CLOSED))[name].value is False


def test_a_removed_abnormal_operations_entry_is_history_and_no_veto() -> None:
    removed = legal(LegalKind.ABNORMAL_OPERATIONS, LegalStatus.CLOSED, ended_on=date(2026, 4, 1))
    found = derived(removed)
    assert found["abnormal_operations"].value is False
    assert found["abnormal_operations"].note is not None
    assert found["abnormal_operations"].note.zh == "已于 2026-04-01 移出"
    assert found["abnormal_operations_history"].value is True


def test_enforcement_and_penalties_are_counted() -> None:
    records = (
        legal(LegalKind.ENFORCEMENT, LegalStatus.OPEN, reference="a"),
        legal(LegalKind.ENFORCEMENT, LegalStatus.OPEN, reference="b"),
        legal(LegalKind.ENFORCEMENT, LegalStatus.CLOSED, reference="c"),
        legal(LegalKind.PENALTY, LegalStatus.CLOSED, reference="d"),
        legal(LegalKind.PENALTY, LegalStatus.CLOSED, reference="e", on=date(2020, 1, 1)),
    )
    found = derived(*records)
    assert (found["open_enforcement"].value, found["penalties_36m"].value) == (Decimal(2), Decimal(1))
    assert derived(*records, seen=Coverage())["open_enforcement"].value is None


def test_a_company_whose_licence_was_revoked_is_not_active() -> None:
    facts = Facts.of([profile(status=CompanyStatus.REVOKED)])
    found = {item.name: item for item in register_metrics(facts, answered(), application().subject, as_of=AS_OF)}
    assert found["registered_active"].value is False
    assert found["open_insolvency"].value is False
