"""Bringing a casebook's database to the schema of this version, and telling whether it is there."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from admission.errors import GatehouseError
from admission.model import Text
from casebook.database import chain, credential_tables, snapshots, tables
from casebook.database.binding import AUDITED
from casebook.database.chain import CREDENTIALS_BOUND
from casebook.database.engine import BUSY_SECONDS
from casebook.database.lookups import fill_lookups
from casebook.database.signing import KeyRing
from casebook.database.store import SYSTEM, Store, Transaction

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0020"
MIGRATIONS = Path(__file__).parents[1] / "migrations"
# Any fixed number will do, as long as nothing else in the database locks by it.
_MIGRATION_LOCK = 4_728_417_001


def migrate(store: Store, *, demo: bool) -> None:
    """Bring the database to the newest schema; safe while another process does the same.

    Args:
        store: the database.
        demo: whether this is a demonstration; remembered when the casebook is new.
    """
    if store.url.drivername == "sqlite":
        Path(str(store.url.database)).parent.mkdir(parents=True, exist_ok=True)
        _use_write_ahead_log(store)
    with store.write() as transaction:
        connection = transaction.connection
        if connection.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_MIGRATION_LOCK)))
        before = revision(connection)
        had_snapshots = sa.inspect(connection).has_table("snapshots")
        had_credentials = sa.inspect(connection).has_table("code_tries")
        had_lookups = sa.inspect(connection).has_table("seats")
        if before != HEAD:
            from alembic import command

            config = alembic_config(connection)
            config.attributes["first_key"] = lambda: chain.first_key(connection, _ring(store), store.clock())
            command.upgrade(config, "head")
        value = "true" if demo else "false"
        if transaction.insert_new(tables.meta, {"name": "demo", "value": value}):
            detail = {"schema": HEAD, "demo": value, **CREDENTIALS_BOUND, **_key(transaction)}
            transaction.event(SYSTEM, "casebook.created", detail=detail)
            return
        if not had_lookups:
            fill_lookups(connection)
        if not had_snapshots:
            snapshots.fill_in(transaction)
        elif before == "0006":
            snapshots.fill_in_circumstances(transaction)
        if before == "0001":
            _bind_everything(transaction)
        elif not had_credentials:
            _bind_codes(transaction)


def _ring(store: Store) -> KeyRing:
    if store.ring is None:
        raise GatehouseError(
            Text(en="A casebook is made with a folder for its keys.", zh="创建台账须指定存放密钥的文件夹。")
        )
    return store.ring


def _key(transaction: Transaction) -> dict[str, str]:
    """Return the first key as its event tells it, and bind its row."""
    row = transaction.connection.execute(sa.select(tables.keys)).one()
    transaction.bind(tables.keys, row._mapping)
    return {"key": row.id, "public_key": row.public}


def _bind_everything(transaction: Transaction) -> None:
    """Bind all rows that were written before there was a chain; what they were before today, nobody can prove."""
    connection = transaction.connection
    events = connection.execute(sa.select(sa.func.count()).select_from(tables.history)).scalar_one()
    for name in AUDITED:
        table = tables.metadata.tables[name]
        for row in connection.execute(sa.select(*table.primary_key)).all():
            transaction.bind(table, row._mapping)
    for reference in connection.execute(sa.select(tables.cases.c.reference)).scalars().all():
        transaction.event(SYSTEM, "content.bound", reference)
    detail = {"schema": HEAD, "events_before": str(events), **CREDENTIALS_BOUND, **_key(transaction)}
    transaction.event(SYSTEM, "chain.started", detail=detail)


def _bind_codes(transaction: Transaction) -> None:
    """Bind the codes from before codes were audited; from here on every vote names what it was cast with."""
    rows = transaction.connection.execute(sa.select(credential_tables.codes.c.code_sha256)).all()
    for row in rows:
        transaction.bind(credential_tables.codes, row._mapping)
    transaction.event(SYSTEM, "credentials.bound", detail={"codes": str(len(rows)), **CREDENTIALS_BOUND})


def alembic_config(connection: Connection) -> Config:
    """Return Alembic's configuration for a connection; there is no alembic.ini."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def revision(connection: Connection) -> str | None:
    """Return the schema revision of the database; None where it is empty."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def check(store: Store) -> str:
    """Tell database and schema, such as `SQLite 3.40.1, schema 0001`.

    Raises:
        GatehouseError: the database cannot be reached, or its schema is not this version's.
    """
    if store.url.drivername == "sqlite" and not Path(str(store.url.database)).is_file():
        raise GatehouseError(
            Text(en="There is no casebook yet.", zh="尚未创建台账。"),
            remedy=Text(en="create it: gatehouse init", zh="请先创建：gatehouse init"),
        )
    try:
        with store.engine.connect() as connection:
            found = revision(connection)
            database = _database(connection)
    except DBAPIError:
        raise GatehouseError(
            Text(en="The casebook's database cannot be reached.", zh="无法连接台账数据库。"),
            remedy=Text(
                en="see that it runs and that the casebook's address is right",
                zh="请确认数据库正在运行，且台账地址正确",
            ),
        ) from None
    if found != HEAD:
        raise GatehouseError(
            Text(en="The casebook's schema is not the one of this version.", zh="台账的数据库结构与当前版本不符。"),
            context={"found": found or "none", "needed": HEAD},
            remedy=Text(en="bring it up to date: gatehouse init", zh="请升级：gatehouse init"),
        )
    return f"{database}, schema {HEAD}"


def created(store: Store) -> bool:
    """Tell whether the database holds a casebook, of whatever version.

    Raises:
        GatehouseError: the database cannot be reached.
    """
    if store.url.drivername == "sqlite" and not Path(str(store.url.database)).is_file():
        return False
    with store.read() as connection:
        return revision(connection) is not None


def _database(connection: Connection) -> str:
    version = ".".join(str(part) for part in connection.dialect.server_version_info or ())
    return f"{'PostgreSQL' if connection.dialect.name == 'postgresql' else 'SQLite'} {version}"


def _use_write_ahead_log(store: Store) -> None:
    # SQLite does not wait for a lock here by itself, however long the busy time-out.
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        connection = store.engine.raw_connection()
        try:
            connection.cursor().execute("PRAGMA journal_mode = WAL")
            return
        except Exception as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        finally:
            connection.close()
