"""Transactions on the casebook's database, SQLite or Postgres; a state change writes its event in its transaction."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError

from admission.cases import Event
from admission.errors import BadInput, Conflict, GatehouseError, Problem
from admission.model import canonical_json
from casebook import tables
from casebook.documents import fingerprint

Clock = Callable[[], datetime]
Row = Mapping[str, Any]
SYSTEM = "system"
BUSY_SECONDS = 30
BATCH = 500
T = TypeVar("T")


class Transaction:
    """One open transaction: its connection, its moment, and the events it will write when it commits."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self.connection = connection
        self._clock = clock
        self._events: list[tuple[str, str, str | None, dict[str, str]]] = []

    @cached_property
    def now(self) -> datetime:
        """The moment of this transaction; read it after taking the locks that order it."""
        return self._clock()

    def event(self, actor: str, act: str, case: str | None = None, detail: Mapping[str, str] | None = None) -> None:
        """Note what happened, for the history."""
        self._events.append((actor, act, case, dict(detail or {})))

    def insert_new(self, table: sa.Table, row: Row) -> bool:
        """Insert a row unless its key is there already; tell whether it was inserted."""
        return self.connection.execute(_insert(self.connection, table).on_conflict_do_nothing(), [row]).rowcount == 1

    def upsert(self, table: sa.Table, rows: Sequence[Row]) -> None:
        """Insert rows; where the primary key is there already, replace the other columns."""
        keys = [column.name for column in table.primary_key]
        for some in batches(rows):
            statement = _insert(self.connection, table).values(some)
            changed = {name: statement.excluded[name] for name in some[0] if name not in keys}
            self.connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=changed))

    def add_new(self, table: sa.Table, rows: Sequence[Row]) -> None:
        """Insert many rows, leaving those alone whose key is there already."""
        for some in batches(rows):
            self.connection.execute(_insert(self.connection, table).values(some).on_conflict_do_nothing())

    def write_events(self) -> None:
        """Number the noted events and write them.

        This is a transaction's last act: the counter's row lock makes numbers gapless and in the order of commits, and
        nothing else is locked after it, so two writers never wait for each other.
        """
        if not self._events:
            return
        counted = (
            sa.update(tables.counters)
            .where(tables.counters.c.name == "history")
            .values(value=tables.counters.c.value + len(self._events))
            .returning(tables.counters.c.value)
        )
        first = self.connection.execute(counted).scalar_one() - len(self._events) + 1
        at = self._clock()
        rows = [
            _event_row(Event(seq=first + place, at=at, actor=actor, act=act, case=case, detail=detail))
            for place, (actor, act, case, detail) in enumerate(self._events)
        ]
        self.connection.execute(sa.insert(tables.history), rows)
        self._events.clear()


def _event_row(event: Event) -> Row:
    return {
        "seq": event.seq,
        "at": event.at,
        "actor": event.actor,
        "act": event.act,
        "case_ref": event.case,
        "detail": canonical_json(event.detail),
        "sha256": fingerprint(canonical_json(event.model_dump(mode="json"))),
    }


def event_of(row: sa.Row[Any]) -> Event:
    """Read one row of the history."""
    return Event(seq=row.seq, at=row.at, actor=row.actor, act=row.act, case=row.case_ref, detail=json.loads(row.detail))


def batches(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """Cut a list into pieces that fit the parameters of one statement."""
    for start in range(0, len(items), BATCH):
        yield items[start : start + BATCH]


def _insert(connection: Connection, table: sa.Table) -> Any:
    # Any: the two dialects' Insert classes share these methods but no typed base.
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(table)
    from sqlalchemy.dialects import sqlite

    return sqlite.insert(table)


class Store:
    """The database behind a casebook, opened on first use and once more after a fork.

    Args:
        url: `sqlite:///path`, `postgresql://...` or `postgresql+pg8000://...`.
        clock: the present time, aware UTC.

    Raises:
        BadInput: the URL is for another database.
    """

    def __init__(self, url: str, clock: Clock) -> None:
        self.url = _checked_url(url)
        self.clock = clock
        self._engine: Engine | None = None
        self._pid = 0
        self._opening = threading.Lock()

    @property
    def engine(self) -> Engine:
        """The engine of this process."""
        with self._opening:
            if self._engine is None or self._pid != os.getpid():
                if self._engine is not None:
                    self._engine.dispose(close=False)
                self._engine = _engine(self.url)
                self._pid = os.getpid()
            return self._engine

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """Open a transaction that writes; it commits when the block ends well."""
        with _plain_errors(), self.engine.connect() as connection:
            connection.execution_options(casebook_writes=True)
            with connection.begin():
                transaction = Transaction(connection, self.clock)
                yield transaction
                transaction.write_events()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a transaction that only reads."""
        with _plain_errors(), self.engine.connect() as connection, connection.begin():
            yield connection

    def close(self) -> None:
        """Close all connections of this process."""
        with self._opening:
            if self._engine is not None:
                self._engine.dispose(close=self._pid == os.getpid())
                self._engine = None


def _checked_url(url: str) -> sa.URL:
    wanted = "sqlite:///path/to/casebook.db or postgresql://user@host/database"
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise BadInput("The casebook's address cannot be read.", problems=(Problem("url", "", wanted),)) from None
    if parsed.drivername in ("postgresql", "postgres", "postgresql+pg8000"):
        return parsed.set(drivername="postgresql+pg8000")
    if parsed.drivername in ("sqlite", "sqlite+pysqlite") and parsed.database not in (None, "", ":memory:"):
        return parsed.set(drivername="sqlite")
    raise BadInput("The casebook cannot be kept there.", problems=(Problem("url", parsed.drivername or "", wanted),))


def _engine(url: sa.URL) -> Engine:
    # hide_parameters: what is written may be personal, and exceptions travel into logs.
    if url.drivername != "sqlite":
        engine = sa.create_engine(url, hide_parameters=True, pool_size=5, max_overflow=20, pool_pre_ping=True)
        # pg8000 sends the rows of a bulk insert one by one; this makes them one statement a thousand rows.
        engine.dialect.use_insertmanyvalues_wo_returning = True
        return engine
    engine = sa.create_engine(
        url, hide_parameters=True, pool_size=5, max_overflow=20, connect_args={"timeout": BUSY_SECONDS}
    )

    @sa.event.listens_for(engine, "connect")
    def _prepare(connection: Any, record: Any) -> None:  # noqa: ARG001
        # The driver's own transaction handling would begin too late and too weakly.
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys = ON")

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A writer takes the write lock at once: one that starts as a reader cannot wait for it later.
        writes = connection.get_execution_options().get("casebook_writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


@contextmanager
def _plain_errors() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        if _is_refusal(error):
            raise Conflict(
                "The casebook refuses this change.", context={"rule": _rule(error)}, remedy="read the case again"
            ) from None
        raise GatehouseError(
            "The casebook's database did not do what was asked.",
            context={"database": _rule(error)},
            remedy="see that it is reachable and that its schema is current (gatehouse doctor)",
        ) from None


def _is_refusal(error: DBAPIError) -> bool:
    """True where a constraint or trigger stood against it; Postgres' driver calls that a programming error."""
    state = _given(error).get("C", "")
    return isinstance(error, IntegrityError) or state.startswith("23") or state == "P0001"


def _given(error: DBAPIError) -> dict[str, str]:
    """Return the fields of Postgres' message; none on SQLite."""
    given = error.orig.args[0] if error.orig is not None and error.orig.args else None
    return given if isinstance(given, dict) else {}


def _rule(error: DBAPIError) -> str:
    """Return what the database says, without the values that Postgres adds to it."""
    given = _given(error)
    if not given:
        return str(error.orig)
    if given.get("C") == "P0001":
        return given["M"]
    return " ".join(given[key] for key in ("C", "t", "n") if key in given)
