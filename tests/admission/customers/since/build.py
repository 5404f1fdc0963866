"""Two rounds of one company, for tests of what changed between them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from admission.customers.since.records import Answered
from admission.evidence.answers import Answer, Evidence
from admission.evidence.facts import AnyFact, Facts, LegalKind, LegalStatus, Officer
from admission.evidence.findings import Validation
from tests.admission.build import evidence, hit, legal, profile, report, statement

SOURCES = ("register", "court", "bureau", "lists")
TOLD = datetime(2026, 5, 1, 9, 0, tzinfo=UTC)
OFFICER = Officer(source="register", evidence="ev-register-profile", name="Ann Invented", role="director")
FACTS: tuple[AnyFact, ...] = (
    profile(evidence="ev-register-profile", address="1 High Street,  Leeds"),
    statement(evidence="ev-register-profile"),
    report(evidence="ev-bureau-profile"),
    legal(LegalKind.CHARGE, LegalStatus.OPEN, evidence="ev-court-profile"),
    hit("E-1", evidence="ev-lists-profile"),
    OFFICER,
)


def asked(answers: dict[str, Answer] | None = None) -> tuple[Evidence, ...]:
    """Every source was asked, and found something unless it is said otherwise."""
    said = dict.fromkeys(SOURCES, Answer.FOUND) | (answers or {})
    return tuple(evidence(source, answer, fetched_at=TOLD) for source, answer in said.items())


def answered(
    facts: Iterable[AnyFact] = FACTS,
    items: Sequence[Evidence] | None = None,
    *,
    spoiled: tuple[str, ...] = (),
    **readers: str,
) -> Answered:
    """What was told in a round; the readers of all sources have version 1 unless it is said otherwise."""
    validation = Validation(findings=(), usable=Facts.of(facts), spoiled=spoiled)
    return Answered(validation, asked() if items is None else items, dict.fromkeys(SOURCES, "1") | readers)


def without(table: str) -> tuple[AnyFact, ...]:
    return tuple(fact for fact in FACTS if fact.table != table)
