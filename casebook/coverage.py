"""What the casebook tells of reviews: whose day has come, what became of them, and which sources have gone silent."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from admission.approval.votes import standing
from admission.cases import CaseKind, CaseStatus, Customer
from admission.customers.coverage import Counted, DueCustomer, OpenCase, SourceAway
from admission.evidence.answers import Answer
from admission.model import Text
from casebook.cases import CONCLUDED
from casebook.database import documents, tables
from casebook.database.case_rows import NOT_CONCLUDED
from casebook.database.store import Store
from casebook.outbox import WAKE
from casebook.voting import poll_in, votes_in

_cases, _customers, _evidence = tables.cases, tables.customers, tables.evidence
ANSWERED = tuple(answer.value for answer in Answer if answer.answered)
# What was not asked tells nothing of the source.
NOT_ASKED = (Answer.SKIPPED.value, Answer.NOT_CONFIGURED.value)


class ReviewCoverage:
    """Reviews counted over all customers."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def count(self, today: date, since: datetime) -> Counted:
        """Count reviews, as they stand at one moment.

        Args:
            today: customers with an earlier day, or this one, are due.
            since: reviews that were concluded from then on are done.
        """
        active, counted = _customers.c.active, sa.func.count()
        with self._store.snapshot() as connection:

            def number(*where: sa.ColumnElement[bool]) -> int:
                return int(connection.execute(sa.select(counted).select_from(_customers).where(*where)).scalar_one())

            return Counted(
                customers=number(active),
                due_now=number(active, _customers.c.next_review_on <= today),
                done=_concluded(connection, since),
                due=_due(connection, today, self._store.clock()),
                open_reviews=_open_reviews(connection),
            )

    def silent_sources(self, sources: Collection[str], since: datetime, fewest: int) -> list[SourceAway]:
        """Return the sources whose last questions, so many at least, all went without an answer, by name.

        Args:
            sources: those that are looked at.
            since: questions of an earlier time are not.
            fewest: so many questions.
        """
        answered = (
            sa.select(_evidence.c.source, sa.func.max(_evidence.c.fetched_at).label("at"))
            .where(_evidence.c.answer.in_(ANSWERED), _evidence.c.fetched_at >= since)
            .group_by(_evidence.c.source)
            .subquery()
        )
        asked, first = sa.func.count(), sa.func.min(_evidence.c.fetched_at)
        chosen = (
            sa.select(_evidence.c.source, asked.label("questions"), first.label("first"))
            .outerjoin(answered, answered.c.source == _evidence.c.source)
            .where(
                _evidence.c.source.in_(sources),
                _evidence.c.fetched_at >= since,
                _evidence.c.answer.not_in((*ANSWERED, *NOT_ASKED)),
                sa.or_(answered.c.at.is_(None), _evidence.c.fetched_at > answered.c.at),
            )
            .group_by(_evidence.c.source)
            .having(asked >= fewest)
            .order_by(_evidence.c.source)
        )
        with self._store.read() as connection:
            rows = connection.execute(chosen).all()
        return [SourceAway(source=row.source, questions=row.questions, since=row.first) for row in rows]


def _concluded(connection: Connection, since: datetime) -> int:
    history = tables.history
    chosen = (
        sa.select(sa.func.count(sa.distinct(history.c.case_ref)))
        .join(_cases, _cases.c.reference == history.c.case_ref)
        .where(history.c.act == CONCLUDED, history.c.at >= since, _cases.c.kind == CaseKind.REVIEW)
    )
    return int(connection.execute(chosen).scalar_one())


def _open_reviews(connection: Connection) -> int:
    chosen = sa.select(sa.func.count()).select_from(_cases).where(_cases.c.kind == CaseKind.REVIEW, NOT_CONCLUDED)
    return int(connection.execute(chosen).scalar_one())


def _due(connection: Connection, today: date, now: datetime) -> list[DueCustomer]:
    """Return who is due by the documents, each with its open case."""
    box = tables.outbox.c
    about_to_wake = sa.exists().where(box.case_ref == _cases.c.reference, box.kind == WAKE, box.state == "pending")
    chosen = (
        sa.select(
            _customers.c.document,
            _customers.c.sha256,
            _customers.c.last_case,
            *(_cases.c[name] for name in ("reference", "kind", "status", "round")),
            sa.or_(_cases.c.lease_until >= now, about_to_wake).label("moving"),
        )
        .outerjoin(_cases, sa.and_(_cases.c.company_key == _customers.c.company_key, NOT_CONCLUDED))
        .where(_customers.c.active, _customers.c.next_review_on <= today)
    )
    return list(_read(connection, connection.execute(chosen).all(), today))


def _read(connection: Connection, rows: Iterable[sa.Row[tuple[object, ...]]], today: date) -> Iterable[DueCustomer]:
    for row in rows:
        customer = documents.read(Customer, row.document, row.sha256, row.last_case)
        if not customer.active or customer.next_review_on > today:
            continue
        yield DueCustomer(customer.company_key, customer.next_review_on, _open_case(connection, row))


def _open_case(connection: Connection, row: sa.Row[tuple[object, ...]]) -> OpenCase | None:
    if row.reference is None:
        return None
    status = CaseStatus(row.status)
    asks = _asks(connection, row.reference, row.round) if status is CaseStatus.VOTING else None
    return OpenCase(row.reference, CaseKind(row.kind), status, bool(row.moving), asks)


def _asks(connection: Connection, reference: str, round_number: int) -> Text | None:
    poll = poll_in(connection, reference, round_number)
    vote = standing(poll, votes_in(connection, reference, round_number)) if poll is not None else None
    return vote.asks() if vote is not None and vote.stages else None
