"""What the facts of a case tell, row by row, without how and when an answer was written.

Two rows are the same where they say the same: the order of answers, blanks and capitals of names, trailing zeros of
figures and the addresses of documents make no difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from admission.evidence.fact_base import Fact
from admission.evidence.facts import (
    AMOUNTS,
    CompanyProfile,
    CreditReport,
    Facts,
    Filing,
    FinancialStatement,
    LegalRecord,
    Officer,
    WatchlistHit,
)


class Subject(StrEnum):
    """What a row is about, in the order in which one reads of it."""

    LEGAL = "legal"
    LISTED = "listed"
    REGISTER = "register"
    ACCOUNTS = "accounts"
    REPORT = "report"
    FILING = "filing"
    OFFICERS = "officers"


# The name of the table of facts that a subject is read from.
TABLES = {
    Subject.ACCOUNTS: "financial_statement",
    Subject.REGISTER: "company_profile",
    Subject.REPORT: "credit_report",
    Subject.LEGAL: "legal_record",
    Subject.FILING: "filing",
    Subject.LISTED: "watchlist_hit",
    Subject.OFFICERS: "officer",
}
# What a register has of a company, besides its numbers and what metrics tell.
PROFILE_FIELDS = (
    *("status", "legal_name", "legal_form", "incorporated_on", "industry_code", "address"),
    *("accounts_overdue", "last_accounts_on"),
)
REPORT_FIELDS = ("rated", "score", "band", "limit", "complete")
LEGAL_FIELDS = ("status", "ended_on", "amount", "role", "code")


class Row(NamedTuple):
    """One row of facts.

    Attributes:
        kind: the code of the record: of the legal kind, the form of a filing, the list, the field of the register.
        reference: by which a person finds it at the source; "" for officers, whom no memo names.
        on: the day that it speaks of.
        state: where it stands, as a code or figure; "" where it has no state.
        says: all that is compared, by name of the field.
        evidence: what it was read from.
    """

    kind: str
    reference: str
    on: date | None
    state: str
    says: Mapping[str, str]
    evidence: str


class Place(NamedTuple):
    """Where a row belongs: subject, source, and what makes it this record and no other."""

    subject: Subject
    source: str
    key: tuple[str, ...]


def rows_of(facts: Facts) -> dict[Place, tuple[Row, ...]]:
    """Return what facts tell, by place; of several rows at one place each that says something else, in order."""
    found: dict[Place, dict[tuple[tuple[str, str], ...], Row]] = {}
    for place, row in _read(facts):
        same = found.setdefault(place, {})
        says = tuple(sorted(row.says.items()))
        if says not in same or row.evidence < same[says].evidence:
            same[says] = row
    return {place: tuple(rows[says] for says in sorted(rows)) for place, rows in found.items()}


def _read(facts: Facts) -> Iterator[tuple[Place, Row]]:
    for statement in facts.statements:
        yield _accounts(statement)
    for profile in facts.profiles:
        yield from _register(profile)
    for report in facts.reports:
        yield from _report(report)
    for record in facts.legal:
        yield _legal(record)
    for filing in facts.filings:
        yield _filing(filing)
    for hit in facts.hits:
        yield _listed(hit)
    for officer in facts.officers:
        yield _officer(officer)


def _accounts(fact: FinancialStatement) -> tuple[Place, Row]:
    key = (
        fact.period_end.isoformat(),
        plain(fact.period_start),
        fact.standard,
        fact.currency,
        plain(fact.consolidated),
    )
    doubts = {f"doubt_{doubt.figure}": "open" for doubt in fact.doubts}
    row = Row("accounts", "", fact.period_end, "", {**_says(fact, AMOUNTS), **doubts}, fact.evidence)
    return Place(Subject.ACCOUNTS, fact.source, key), row


def _register(fact: CompanyProfile) -> Iterator[tuple[Place, Row]]:
    for name in PROFILE_FIELDS:
        value = plain(getattr(fact, name))
        row = Row(name, "", None, value, {name: value.casefold()}, fact.evidence)
        yield Place(Subject.REGISTER, fact.source, (name,)), row


def _report(fact: CreditReport) -> Iterator[tuple[Place, Row]]:
    for name in REPORT_FIELDS:
        value = plain(getattr(fact, name))
        row = Row(name, "", fact.reported_on, value, {name: value}, fact.evidence)
        yield Place(Subject.REPORT, fact.source, (name,)), row


def _legal(fact: LegalRecord) -> tuple[Place, Row]:
    key = (fact.kind, plain(fact.reference), plain(fact.on))
    row = Row(fact.kind, fact.reference, fact.on, fact.status, _says(fact, LEGAL_FIELDS), fact.evidence)
    return Place(Subject.LEGAL, fact.source, key), row


def _filing(fact: Filing) -> tuple[Place, Row]:
    events = sorted({f"{event.kind} {event.on}" for event in fact.events})
    kinds = ", ".join(sorted({str(event.kind) for event in fact.events}))
    says = {"form": plain(fact.form), "filed_on": plain(fact.filed_on), "events": "; ".join(events)}
    row = Row(fact.form, fact.reference, fact.filed_on, kinds, says, fact.evidence)
    return Place(Subject.FILING, fact.source, (plain(fact.reference),)), row


def _listed(fact: WatchlistHit) -> tuple[Place, Row]:
    says = {"basis": fact.basis, "content": fact.content}
    row = Row(fact.list_name, fact.entry, None, fact.basis, says, fact.evidence)
    return Place(Subject.LISTED, fact.source, (fact.list_name, fact.entry)), row


def _officer(fact: Officer) -> tuple[Place, Row]:
    key = (plain(fact.name).casefold(), plain(fact.role).casefold(), plain(fact.appointed_on))
    state = "in_office" if fact.resigned_on is None else "resigned"
    row = Row("officer", "", fact.resigned_on or fact.appointed_on, state, _says(fact, ("resigned_on",)), fact.evidence)
    return Place(Subject.OFFICERS, fact.source, key), row


def _says(fact: Fact, names: Iterable[str]) -> dict[str, str]:
    return {name: said for name in names if (said := plain(getattr(fact, name)))}


def plain(value: object) -> str:
    """Return a value as it is compared: figures without trailing zeros, text without needless blanks."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    amount, currency = getattr(value, "amount", None), getattr(value, "currency", None)
    if isinstance(amount, Decimal):
        return f"{plain(amount)} {currency}"
    return " ".join(str(value).split())
