"""Transactions on the casebook's database, SQLite or Postgres; a state change writes its event in its transaction."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError, IntegrityError

from admission.cases import Event
from admission.errors import Conflict, GatehouseError
from admission.model import Text
from admission.transitions import READ_AGAIN
from casebook.database import chain, tables
from casebook.database.binding import RowKey, is_audited, key_of, rows_of
from casebook.database.case_keys import CaseKeys, under_seal
from casebook.database.engine import checked_url, engine_of
from casebook.database.inserting import insert_new_of, insert_of
from casebook.database.sealing import FREE_WORDS, opened_detail, reading_with, sealed
from casebook.database.signing import KeyRing

Clock = Callable[[], datetime]
Row = Mapping[str, Any]
SYSTEM = "system"
BATCH = 500
T = TypeVar("T")
# The transaction in which all is read for a while, and whose it is.
_open_reading: ContextVar[tuple[Store | None, Connection | None]] = ContextVar("open_reading", default=(None, None))


class Transaction:
    """One open transaction: its connection, its moment, and the events it will write when it commits.

    Audited rows are written through its methods, so that the events carry their fingerprints. What is personal in them
    is sealed there, with the key of its case.
    """

    def __init__(self, connection: Connection, clock: Clock, ring: KeyRing | None, keys: CaseKeys) -> None:
        self.connection = connection
        self.keys = keys
        self._clock = clock
        self._ring = ring
        self._events: list[tuple[str, str, str | None, dict[str, str]]] = []
        self._written: dict[RowKey, sa.Table] = {}
        self._key: str | None = None

    @cached_property
    def now(self) -> datetime:
        """The moment of this transaction; read it after taking the locks that order it."""
        return self._clock()

    def event(self, actor: str, act: str, case: str | None = None, detail: Mapping[str, str] | None = None) -> None:
        """Note what happened, for the history; free words of people are sealed."""
        noted = dict(detail or {})
        free = FREE_WORDS.get(act, "")
        if case is not None and noted.get(free):
            noted[free] = sealed(noted[free], case, self.keys.made_for(case))
        self._events.append((actor, act, case, noted))

    def sign_with(self, key: str) -> None:
        """Sign this transaction's events with this key, whichever is in use when it ends."""
        self._key = key

    def add(self, table: sa.Table, *rows: Row) -> None:
        """Insert rows."""
        if rows:
            self._insert_returning(table, sa.insert(table), [self._sealed(table, row) for row in rows])

    def insert_new(self, table: sa.Table, row: Row) -> bool:
        """Insert a row unless its key is there already; tell whether it was inserted."""
        return self._insert_returning(table, insert_new_of(self.connection, table), self._sealed(table, row)) == 1

    def upsert(self, table: sa.Table, rows: Sequence[Row]) -> None:
        """Insert rows; where the primary key is there already, replace the other columns."""
        keys = [column.name for column in table.primary_key]
        for some in batches([self._sealed(table, row) for row in rows]):
            statement = insert_of(self.connection, table).values(some)
            changed = {name: statement.excluded[name] for name in some[0] if name not in keys}
            self._insert_returning(table, statement.on_conflict_do_update(index_elements=keys, set_=changed))

    def add_new(self, table: sa.Table, rows: Sequence[Row]) -> None:
        """Insert many rows, leaving those alone whose key is there already."""
        if rows:
            new = [self._sealed(table, row) for row in rows]
            self._insert_returning(table, insert_new_of(self.connection, table), new)

    def change(self, table: sa.Table, key: Row, **values: object) -> bool:
        """Change the row of this primary key; tell whether there is one."""
        written = self._sealed(table, {**key, **values})
        new = {name: written[name] for name in values}
        changed = sa.update(table).where(*(table.c[name] == value for name, value in key.items())).values(**new)
        found = self.connection.execute(changed.execution_options(bound=True)).rowcount == 1
        if found:
            self.bind(table, key)
        return found

    def remove(self, table: sa.Table, *where: sa.ColumnElement[bool]) -> int:
        """Remove rows; return how many there were. The events of this transaction tell that they are gone."""
        gone = sa.delete(table).where(*where).returning(*table.primary_key).execution_options(bound=True)
        rows = self.connection.execute(gone).all()
        for row in rows:
            self.bind(table, row._mapping)
        return len(rows)

    def bind(self, table: sa.Table, row: Row | sa.RowMapping) -> None:
        """Let the events of this transaction carry the row's fingerprint, as it stands at the end."""
        if is_audited(table):
            self._written[key_of(table, row)] = table

    def write_events(self) -> None:
        """Number the noted events, chain, sign and write them.

        This is a transaction's last act: the counter's row lock makes numbers gapless and in the order of commits, and
        nothing else is locked after it, so two writers never wait for each other.

        Raises:
            GatehouseError: the signing key is not on this machine.
        """
        if not self._events:
            if self._written:
                raise GatehouseError(
                    Text(
                        en="A change without an event.",
                        zh="有数据改动，却没有相应的历史记录。",
                    ),
                    context={"row": str(next(iter(self._written)))},
                )
            return
        contents = self._contents()
        first = chain.counted(self.connection, len(self._events))
        if self._ring is None:
            raise GatehouseError(
                Text(
                    en="A casebook that was opened without its keys can only be read.",
                    zh="未带密钥打开的台账只能读取。",
                )
            )
        at = self._clock()
        events = [
            (Event(seq=first + place, at=at, actor=actor, act=act, case=case, detail=detail), contents[place])
            for place, (actor, act, case, detail) in enumerate(self._events)
        ]
        key = self._key or chain.key_in_use(self.connection)
        self.connection.execute(sa.insert(tables.history), chain.extended(self.connection, events, key, self._ring))
        self._events.clear()
        self._written.clear()

    def _sealed(self, table: sa.Table, row: Row) -> dict[str, Any]:
        return under_seal(table, row, self.keys.made_for)

    def _insert_returning(self, table: sa.Table, statement: Any, given: Row | Sequence[Row] | None = None) -> int:
        # Any: the two dialects' Insert classes share no typed base. With rows beside it, a statement is compiled once.
        insertion = statement.returning(*table.primary_key).execution_options(bound=True)
        written = self.connection.execute(insertion, given).all()
        for one in written:
            self.bind(table, one._mapping)
        return len(written)

    def _contents(self) -> list[list[tuple[RowKey, str | None]]]:
        """Return, for each event, the written rows with their fingerprints: a case's rows with its last event."""
        contents: list[list[tuple[RowKey, str | None]]] = [[] for _ in self._events]
        place_of = {case: place for place, (_, _, case, _) in enumerate(self._events)}
        by_table: dict[sa.Table, list[RowKey]] = {}
        for key, table in self._written.items():
            by_table.setdefault(table, []).append(key)
        for table, keys in by_table.items():
            gone = dict.fromkeys(keys)
            for bound in rows_of(self.connection, table, keys):
                gone.pop(bound.row)
                contents[place_of.get(bound.case, len(self._events) - 1)].append((bound.row, bound.sha256))
            contents[-1] += [(key, None) for key in gone]
        return contents


def event_of(row: sa.Row[Any]) -> Event:
    """Read one row of the history, with the words of people as they wrote them."""
    event = chain.link_of(row).event
    return event if event.act not in FREE_WORDS else event.model_copy(update={"detail": opened_detail(event.detail)})


def batches(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """Cut a list into pieces that fit the parameters of one statement."""
    for start in range(0, len(items), BATCH):
        yield items[start : start + BATCH]


class Store:
    """The database behind a casebook, opened on first use and once more after a fork.

    Args:
        url: `sqlite:///path`, `postgresql://...` or `postgresql+pg8000://...`.
        clock: the present time, aware UTC.
        ring: this machine's signing keys; without them nothing can be written.

    Raises:
        BadInput: the URL is for another database.
    """

    def __init__(self, url: str, clock: Clock, ring: KeyRing | None = None) -> None:
        self.url = checked_url(url)
        self.clock = clock
        self.ring = ring
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
                self._engine = engine_of(self.url)
                self._pid = os.getpid()
            return self._engine

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """Open a transaction that writes; it commits when the block ends well."""
        with _plain_errors(), self.engine.connect() as connection:
            connection.execution_options(casebook_writes=True)
            with connection.begin():
                keys = CaseKeys(connection, self.engine)
                with reading_with(keys):
                    transaction = Transaction(connection, self.clock, self.ring, keys)
                    yield transaction
                    transaction.write_events()

    @contextmanager
    def reading_once(self) -> Iterator[None]:
        """Let all that is read in this block be read in one transaction, which is opened once."""
        with self.read() as connection:
            before = _open_reading.set((self, connection))
            try:
                yield
            finally:
                _open_reading.reset(before)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a transaction that only reads, or stay in the one that is open."""
        store, opened = _open_reading.get()
        if store is self and opened is not None:
            yield opened
            return
        with (
            _plain_errors(),
            self.engine.connect() as connection,
            connection.begin(),
            reading_with(CaseKeys(connection, self.engine)),
        ):
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """Open a transaction that reads the database as it stood at one moment, whatever bytes are in it."""
        with _plain_errors(), self.engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection.execution_options(isolation_level="REPEATABLE READ")
                with connection.begin(), reading_with(CaseKeys(connection, self.engine)):
                    yield connection
                return
            driver = connection.connection.driver_connection
            assert driver is not None  # noqa: S101 - a connection that has just been opened
            # Text that is no UTF-8 any more must be found and named, not end the reading.
            driver.text_factory = lambda raw: raw.decode(errors="replace")
            try:
                with connection.begin(), reading_with(CaseKeys(connection, self.engine)):
                    yield connection
            finally:
                driver.text_factory = str

    def close(self) -> None:
        """Close all connections of this process."""
        with self._opening:
            if self._engine is not None:
                self._engine.dispose(close=self._pid == os.getpid())
                self._engine = None


@contextmanager
def _plain_errors() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        if _is_refusal(error):
            raise Conflict(
                Text(en="The casebook refuses this change.", zh="台账拒绝此项改动。"),
                context={"rule": _rule(error)},
                remedy=READ_AGAIN,
            ) from None
        raise GatehouseError(
            Text(en="The casebook's database did not do what was asked.", zh="台账数据库未能完成请求。"),
            context={"database": _rule(error)},
            remedy=Text(
                en="see that it is reachable and that its schema is current (gatehouse doctor)",
                zh="请确认数据库可以连接、结构为当前版本（gatehouse doctor）",
            ),
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
