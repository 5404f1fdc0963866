"""A large casebook for measurements: 100,000 cases and 20,000 customers, written past the audit chain.

Only its reading is measured, so nothing is signed; the documents are whole, and read as those of a real casebook.
"""

from __future__ import annotations

import csv
import io
import itertools
import random
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

import sqlalchemy as sa

from admission.application import Application, parse_application
from admission.approval.votes import Ballot, Choice, Poll, Vote, electorate
from admission.assessment.assessing import Dossier, assess
from admission.assessment.exposure import CapKind
from admission.assessment.record import Assessment
from admission.cases import CaseKind, CaseStatus, Customer, Decision
from admission.evidence.facts import Facts
from admission.evidence.findings import Validation
from admission.model import Text, canonical_json
from admission.money import RateTable
from admission.people import Person
from admission.policy import Policy
from casebook.database import documents, tables
from casebook.database.case_keys import CaseKeys, under_seal
from casebook.database.erasure_tables import case_keys
from casebook.database.sealing import key_text, new_key, reading_with

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
BATCH = 1000
VOTER, SELLER = "finance_1", "seller_1"
# Name of the group of people, its department, its role, and how many there are.
STAFF: tuple[tuple[str, str, tuple[str, ...], int], ...] = (
    ("finance", "finance", (), 8),
    ("legal", "legal", (), 4),
    ("sales_head", "sales", ("approver",), 2),
    ("committee", "management", ("committee",), 5),
    ("president", "management", ("president",), 1),
    ("seller", "sales", ("requester",), 200),
)
WORDS = "Amber Birch Cedar Delta Ember Fjord Grove Haven Indigo Jasper Kestrel Linden Maple North Orchid Pine".split()
TRADES = ("Instruments", "Joinery", "Tea Blenders", "Logistics", "Foods", "Textiles", "Pumps", "Glass")
INDUSTRIES = tuple(f"uk-sic:{code}" for code in range(10000, 60000, 1000))
CAPPED_GROUP = "Moor Group"
CAPPED: dict[CapKind, tuple[str, ...]] = {
    "total": ("",),
    "grade": ("A", "B", "C", "D"),
    "segment": ("standard",),
    "country": ("GB", "US", "CN"),
    "industry": ("uk-sic:41", "uk-sic:5"),
    "group": (CAPPED_GROUP.casefold(),),
}


class Size(NamedTuple):
    """How much is in a casebook.

    Attributes:
        voting: cases whose vote is open.
        stuck: cases that gather and stand still, half of them with a message that is about to wake them.
        voted: concluded cases that people decided.
        untold: late votes of which nobody has been reminded.
        history: whether the history tells of the cases; its rows are not signed, so that nothing can be written after.
    """

    cases: int = 100_000
    customers: int = 20_000
    voting: int = 1_000
    stuck: int = 4_000
    voted: int = 10_000
    untold: int = 20
    history: bool = True

    def times(self, share: float) -> Size:
        """Return a size with a share of each."""
        cases, customers, voting, stuck, voted, untold = (int(count * share) for count in self[:-1])
        return Size(cases, customers, voting, stuck, voted, untold, self.history)


class Row(NamedTuple):
    """A row to be written, and its table."""

    table: sa.Table
    values: dict[str, Any]


def staff() -> list[Person]:
    """Return the people of the house."""
    return [
        Person.model_validate(
            {"username": f"{title}_{number}", "name": f"{title} {number}", "department": department, "roles": roles}
        )
        for title, department, roles, count in STAFF
        for number in range(1, count + 1)
    ]


def fill(engine: sa.Engine, policy: Policy, size: Size, finish: Callable[[sa.Connection], None]) -> None:
    """Write all rows; the casebook must have been created.

    Args:
        engine: of its database.
        policy: that its cases are assessed under.
        size: how much is written.
        finish: writes what follows from the rows.
    """
    rows = _under_seal(itertools.chain(_people(), _cases(policy, size), _messages(size)))
    with engine.begin() as connection, reading_with(CaseKeys(connection, engine)):
        held: dict[str, list[dict[str, Any]]] = {}
        for row in rows:
            batch = held.setdefault(row.table.name, [])
            batch.append(row.values)
            # A row is written after those that it refers to: all that wait go together.
            if len(batch) >= BATCH:
                _write(connection, held)
        _write(connection, held)
        finish(connection)
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("ANALYZE")
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")


def _under_seal(rows: Iterator[Row]) -> Iterator[Row]:
    """Seal what is personal as the casebook does, each case with a key of its own."""
    keys: dict[str, bytes] = {}
    for row in rows:
        known = len(keys)
        written = under_seal(row.table, row.values, lambda case: keys.setdefault(case, new_key()))
        if len(keys) > known:
            case, key = next(reversed(keys.items()))
            yield Row(case_keys, {"case_ref": case, "key": key_text(key)})
        yield Row(row.table, written)


def _write(connection: sa.Connection, held: dict[str, list[dict[str, Any]]]) -> None:
    for table in tables.metadata.sorted_tables:
        rows = held.pop(table.name, [])
        if rows and connection.dialect.name == "postgresql":
            _copy(connection, table, rows)
        elif rows:
            connection.execute(sa.insert(table), rows)


def _copy(connection: sa.Connection, table: sa.Table, rows: list[dict[str, Any]]) -> None:
    """Copy rows in, which takes a tenth of the time that inserting them does."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    for row in rows:
        writer.writerow(["\\N" if value is None else value for value in row.values()])
    stream.seek(0)
    names = ", ".join(f'"{name}"' for name in rows[0])
    cursor = connection.connection.cursor()
    command: Any = cursor.execute
    command(f"COPY {table.name} ({names}) FROM STDIN WITH (FORMAT csv, NULL '\\N')", stream=stream)


def _people() -> Iterator[Row]:
    for person in staff():
        values = {**person.model_dump(exclude={"roles", "service"}), "roles": canonical_json(list(person.roles))}
        yield Row(tables.people, {**values, "password": "none", "added_at": NOW})


def application_of(number: int) -> Application:
    """Return the application of the company of this number."""
    chance = random.Random(number)
    name = f"{WORDS[number % len(WORDS)]} {WORDS[number // 16 % len(WORDS)]} {TRADES[number % 8]} {number} Ltd"
    asked: dict[str, Any] = {
        "legal_name": name,
        "country": chance.choice(("GB", "US", "CN")),
        "requested": {"limit": str(chance.randint(5, 400) * 1000), "currency": "GBP", "terms_days": 30},
    }
    if number % 50 == 0:
        asked["group"] = CAPPED_GROUP if number % 500 == 0 else f"Group {number % 400}"
    return parse_application(asked)


def reference_of(number: int) -> str:
    """Return the reference of a case, the first being number 1."""
    return f"GH-2026-{number:06d}"


def _status(number: int, size: Size) -> CaseStatus:
    if number > size.cases - size.voting:
        return CaseStatus.VOTING
    if number > size.cases - size.voting - size.stuck:
        return CaseStatus.GATHERING
    return CaseStatus.CONCLUDED


def _cases(policy: Policy, size: Size) -> Iterator[Row]:
    people = {person.username: person for person in staff()}
    template = application_of(0)
    dossier = Dossier(template, CaseKind.ONBOARDING, (), Validation(findings=(), usable=Facts()))
    made = assess(dossier, policy, RateTable(), as_of=NOW.date())
    events = itertools.count(2)
    apart = timedelta(minutes=1_500_000 / size.cases)
    for number in range(1, size.cases + 1):
        application, status = application_of(number), _status(number, size)
        reference, opened = reference_of(number), NOW - apart * (size.cases - number)
        requester = f"seller_{number % 200 + 1}"
        text, sha256 = documents.written(application)
        yield Row(
            tables.cases,
            {
                "reference": reference,
                "kind": CaseKind.ONBOARDING.value,
                "status": status.value,
                "round": 1,
                "company_key": application.subject.company_key,
                "application": text,
                "application_sha256": sha256,
                "requester": requester,
                "channel": "bench",
                "opened_at": opened,
                "version": 1,
            },
        )
        acts = ["case.opened", "step.assess"]
        if status is CaseStatus.VOTING or number <= size.voted:
            yield from _vote(reference, made, people, requester, opened)
            acts += ["voting.opened", "vote.cast"]
        if status is CaseStatus.VOTING and number > size.cases - size.voting + size.untold:
            acts.append("vote.reminded")
        if status is CaseStatus.CONCLUDED:
            yield _document(tables.decisions, reference, _decision(number, size, opened), round=1)
            acts += ["case.decided", "case.concluded"]
            if number <= size.customers:
                yield _customer(application, reference, number)
        for act in acts if size.history else ():
            yield _event(next(events), act, reference, opened)


def _vote(
    reference: str, made: Assessment, people: Mapping[str, Person], requester: str, opened: datetime
) -> Iterator[Row]:
    text, sha256 = documents.written(made)
    kept = {"case_ref": reference, "round": 1, "sha256": sha256, "document": text, "saved_at": opened}
    yield Row(tables.assessments, kept)
    stages = made.route.stages
    poll = Poll(
        case=reference,
        round=1,
        assessment=sha256,
        stages=stages,
        electorate=electorate(stages, people.values(), requester),
        unknowns=made.unknowns,
        requester=requester,
        recommended_limit=made.limit.amount,
        currency=made.limit.currency,
        opened_at=opened,
    )
    yield _document(tables.polls, reference, poll, round=1, assessment=sha256, opened_at=opened)
    voter = next(person for person in poll.electorate if person.department == "legal")
    vote = Vote(
        voter=voter.username,
        department=voter.department,
        stage=stages[0].name,
        round=1,
        assessment=sha256,
        ballot=Ballot(choice=Choice.ASK, comment="What are the terms of the largest supplier?"),
        cast_at=opened,
    )
    columns = {"assessment": sha256, "voter": voter.username, "choice": "ask", "cast_at": opened}
    yield _document(tables.votes, reference, vote, round=1, **columns)


def _decision(number: int, size: Size, at: datetime) -> Decision:
    return Decision(
        outcome="admitted" if number <= size.customers else "declined",
        decided_by="people" if number <= size.voted else "fast_track",
        assessment="0" * 64,
        limit=Decimal(10_000) if number <= size.customers else None,
        currency="GBP",
        terms_days=30,
        reason=Text(en="as assessed", zh="按评估结果"),
        decided_at=at,
    )


def _customer_of(application: Application, reference: str, number: int) -> Customer:
    chance = random.Random(number)
    limit = Decimal(chance.randint(5, 400) * 1000)
    return Customer(
        company_key=application.subject.company_key,
        legal_name=application.legal_name,
        country=application.country,
        application=application,
        grade=chance.choice("ABCD"),
        limit=limit,
        limit_in_force=limit,
        currency=chance.choice(("GBP", "USD", "EUR")),
        terms_days=30,
        admitted_by=reference,
        last_case=reference,
        admitted_on=date(2026, 1, 5),
        next_review_on=date(2026, 11, 27) + timedelta(days=number % 365),
        industry_code=chance.choice(("", *INDUSTRIES)),
        open_limit=limit,
    )


def _customer(application: Application, reference: str, number: int) -> Row:
    made = _customer_of(application, reference, number)
    text, sha256 = documents.written(made)
    columns = {
        "company_key": made.company_key,
        "last_case": reference,
        "next_review_on": made.next_review_on,
        "active": made.active,
    }
    return Row(tables.customers, {**columns, "document": text, "sha256": sha256})


def _document(table: sa.Table, reference: str, record: Any, **columns: object) -> Row:
    text, sha256 = documents.written(record)
    values: dict[str, Any] = {"case_ref": reference, **columns, "document": text, "sha256": sha256}
    if table is tables.decisions:
        values["outcome"] = record.outcome
    return Row(table, values)


def _event(seq: int, act: str, reference: str, at: datetime) -> Row:
    values = {"seq": seq, "at": at, "actor": "system", "act": act, "case_ref": reference, "detail": '{"round":"1"}'}
    unsigned = {"content": "[]", "prev": "0" * 64, "key_id": "0" * 16, "sha256": "0" * 64, "signature": ""}
    return Row(tables.history, {**values, **unsigned})


def _messages(size: Size) -> Iterator[Row]:
    """Yield a message of each case: delivered, but for every second case that stands still."""
    for number in range(1, size.cases + 1):
        waits = _status(number, size) is CaseStatus.GATHERING and number % 2 == 0
        yield Row(
            tables.outbox,
            {
                "kind": "wake",
                "case_ref": reference_of(number),
                "payload": canonical_json({"case": reference_of(number)}),
                "key": f"wake:{reference_of(number)}",
                "created_at": NOW,
                "tries": 0,
                "next_try_at": NOW + timedelta(days=1),
                "last_error": "",
                "state": "pending" if waits else "delivered",
            },
        )
