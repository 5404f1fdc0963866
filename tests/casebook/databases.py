"""Databases on a Postgres server: made for a test, or copied once and put back as they were after each test."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import sqlalchemy as sa

# Whatever changes the schema writes a newer row into one of these.
CATALOGUES = ("attrdef", "attribute", "class", "constraint", "index", "namespace", "proc", "trigger", "type")
SCHEMA = "SELECT " + ", ".join(
    f"(SELECT concat(count(*), '/', max(xmin::text::bigint)) FROM pg_{name})" for name in CATALOGUES
)
OTHERS_AWAY = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
)


@contextmanager
def connected(url: str | sa.URL) -> Iterator[sa.Connection]:
    """A connection outside of any transaction."""
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@contextmanager
def fresh_database(server: str, template: str = "template1") -> Iterator[str]:
    """Make a database on the server, and drop it at the end; its URL."""
    url = _made(server, template)
    try:
        yield url
    finally:
        _drop(server, url)


def _made(server: str, template: str) -> str:
    name = f"gatehouse_test_{uuid.uuid4().hex}"
    with connected(server) as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    return sa.make_url(server).set(database=name).render_as_string(hide_password=False)


def _drop(server: str, url: str) -> None:
    with connected(server) as connection:
        connection.execute(sa.text(f"DROP DATABASE {sa.make_url(url).database} WITH (FORCE)"))


class _Copy(NamedTuple):
    """A copy of a template, as it was when it was made.

    Attributes:
        url: where it is.
        schema: the newest rows that describe its tables.
        restore: statements that put its rows back.
    """

    url: str
    schema: tuple[str, ...]
    restore: str


class Copies:
    """Copies of templates on a server. To make one costs as much as a dozen tests, so one serves test after test.

    Its rows are put back after each test. One whose schema was changed is dropped.
    """

    def __init__(self, server: str) -> None:
        self._server = server
        self._spare: dict[str, _Copy] = {}

    @contextmanager
    def of(self, template: str) -> Iterator[str]:
        """A copy that nobody else uses; its URL."""
        copy = self._spare.pop(template, None) or self._copied(template)
        yield copy.url
        if _put_back(copy):
            self._spare[template] = copy
        else:
            _drop(self._server, copy.url)

    def close(self) -> None:
        """Drop what is left."""
        for copy in self._spare.values():
            _drop(self._server, copy.url)

    def _copied(self, template: str) -> _Copy:
        url = _made(self._server, template)
        with connected(url) as connection:
            return _Copy(url, _schema(connection), _restoring(connection))


def _schema(connection: sa.Connection) -> tuple[str, ...]:
    return tuple(connection.exec_driver_sql(SCHEMA).one())


def _put_back(copy: _Copy) -> bool:
    """Put all rows back; tell whether the tables are still those of the template."""
    with connected(copy.url) as connection:
        connection.exec_driver_sql(OTHERS_AWAY)
        if _schema(connection) != copy.schema:
            return False
        connection.exec_driver_sql(copy.restore)
    return True


def _restoring(connection: sa.Connection) -> str:
    """Return what puts the rows and the numbers of a database back as they are now."""
    # Neither the triggers that guard the history nor the foreign keys have a say here.
    statements = ["SET session_replication_role = replica"]
    tables = connection.exec_driver_sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").scalars().all()
    for table in tables:
        statements.append(f'DELETE FROM "{table}"')
        rows = connection.exec_driver_sql(f'SELECT json_agg(kept)::text FROM "{table}" AS kept').scalar()
        if rows is not None:
            statements.append(
                f'INSERT INTO "{table}" OVERRIDING SYSTEM VALUE'
                f' SELECT * FROM json_populate_recordset(NULL::"{table}", {_quoted(rows)})'
            )
    numbers = connection.exec_driver_sql("SELECT sequencename, last_value, start_value FROM pg_sequences").all()
    for name, last, start in numbers:
        called = json.dumps(last is not None)
        statements.append(f"SELECT setval('\"{name}\"', {start if last is None else last}, {called})")
    return ";\n".join(statements)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
