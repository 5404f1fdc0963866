"""The engine behind a casebook: SQLite or Postgres, set up so that both behave alike and no row goes past the chain."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.sql.dml import UpdateBase

from admission.errors import BadInput, GatehouseError, Problem
from admission.model import Text
from casebook.database.binding import is_audited

BUSY_SECONDS = 30


def checked_url(url: str) -> sa.URL:
    """Return the address of a database with the driver that it is reached by.

    Raises:
        BadInput: it is for another kind of database, or none.
    """
    wanted = Text(
        en="sqlite:///path/to/casebook.db or postgresql://user@host/database",
        zh="sqlite:///path/to/casebook.db 或 postgresql://user@host/database",
    )
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise BadInput(
            Text(en="The casebook's address cannot be read.", zh="无法识别台账地址。"),
            problems=(Problem("url", "", wanted),),
        ) from None
    if parsed.drivername in ("postgresql", "postgres", "postgresql+pg8000"):
        return parsed.set(drivername="postgresql+pg8000")
    if parsed.drivername in ("sqlite", "sqlite+pysqlite") and parsed.database not in (None, "", ":memory:"):
        return parsed.set(drivername="sqlite")
    raise BadInput(
        Text(en="The casebook cannot be kept there.", zh="台账不能存放在该数据库中。"),
        problems=(Problem("url", parsed.drivername or "", wanted),),
    )


def engine_of(url: sa.URL) -> Engine:
    """Return an engine that refuses to write an audited row past the chain."""
    engine = _plain_engine(url)

    @sa.event.listens_for(engine, "before_execute")
    def _check_bound(connection: Any, statement: Any, many: Any, one: Any, options: Mapping[str, Any]) -> None:  # noqa: ARG001
        # A row written past the chain would look like tampering for ever, so the mistake ends here.
        audited = isinstance(statement, UpdateBase) and isinstance(statement.table, sa.Table)
        if audited and is_audited(statement.table) and not options.get("bound"):
            raise GatehouseError(
                Text(
                    en="An audited row was to be written without being bound into the chain.",
                    zh="受审计的数据未纳入审计链，不能写入。",
                ),
                context={"table": statement.table.name},
                remedy=Text(
                    en="write it with the transaction's add, insert_new, upsert or change",
                    zh="请使用事务的 add、insert_new、upsert 或 change 写入",
                ),
            )

    return engine


def _plain_engine(url: sa.URL) -> Engine:
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
