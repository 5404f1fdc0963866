"""Copying the casebook's database as it stands at one moment, and putting a copy back where there is none."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from pathlib import Path
from typing import Literal

import sqlalchemy as sa

from admission.errors import Conflict, GatehouseError
from admission.model import Text
from casebook.database import schema
from casebook.database.engine import BUSY_SECONDS
from casebook.database.store import Store

DatabaseKind = Literal["sqlite", "postgresql"]
# They are copied apart from what they open; see `casebook.key_copies`.
KEY_TABLES = ("case_keys", "answer_keys")


def kind_of(store: Store) -> DatabaseKind:
    """Tell which database a casebook is kept in."""
    return "sqlite" if store.url.drivername == "sqlite" else "postgresql"


def copy_out(store: Store, target: Path) -> None:
    """Write the database without its keys, as it stands at one moment, to a file; others may write meanwhile.

    Args:
        store: the database.
        target: a file that is not there yet: a SQLite database, or an archive of pg_dump.

    Raises:
        GatehouseError: the database cannot be read, or pg_dump failed or is not installed.
    """
    if kind_of(store) == "postgresql":
        without = [f"--exclude-table-data={name}" for name in KEY_TABLES]
        _run(store, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", *without, f"--file={target}")
        return
    try:
        connection = sqlite3.connect(f"file:{store.url.database}?mode=ro", uri=True, timeout=BUSY_SECONDS)
        try:
            # One reading transaction: what is written meanwhile is not in it, and nobody waits.
            connection.isolation_level = None
            connection.execute("VACUUM INTO ?", (str(target),))
        finally:
            connection.close()
        _forget_keys(target)
    except sqlite3.Error as error:
        raise _failed("SQLite", str(error)) from None


def _forget_keys(copy: Path) -> None:
    """Take the keys out of a SQLite database, bytes and all."""
    connection = sqlite3.connect(copy)
    try:
        connection.execute("PRAGMA secure_delete = ON")
        for name in KEY_TABLES:
            connection.execute(f"DELETE FROM {name}")  # noqa: S608 - names of our own
        connection.commit()
    finally:
        connection.close()


def put_back(store: Store, source: Path) -> None:
    """Put a copy in the place of a casebook that is not there yet.

    Args:
        store: the database; on Postgres it exists and is empty.
        source: what `copy_out` wrote from a database of the same kind.

    Raises:
        Conflict: there is something in the database.
        GatehouseError: the database cannot be reached, or pg_restore failed or is not installed.
    """
    check_empty(store)
    if kind_of(store) == "postgresql":
        _run(
            store, "pg_restore", "--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges", str(source)
        )
        return
    path = Path(str(store.url.database))
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, path)


def check_empty(store: Store) -> None:
    """Make sure that there is no casebook and, on Postgres, no table at all.

    Raises:
        Conflict: there is something.
        GatehouseError: the database cannot be reached.
    """
    if kind_of(store) == "sqlite":
        empty = not Path(str(store.url.database)).exists()
    elif not schema.created(store):
        with store.read() as connection:
            empty = not sa.inspect(connection).get_table_names()
    else:
        empty = False
    if not empty:
        raise Conflict(
            Text(en="There is something in this database already.", zh="该数据库中已有内容。"),
            remedy=Text(
                en="restore into another data folder, or another and empty database of Postgres",
                zh="请恢复到另一数据文件夹，或 Postgres 的另一空数据库",
            ),
        )


def _run(store: Store, program: str, *options: str) -> None:
    """Run a program of Postgres on the casebook's database; the password is in no command line."""
    url = store.url
    if shutil.which(program) is None:
        raise GatehouseError(
            Text(en=f"{program} is not installed on this machine.", zh=f"本机未安装 {program}。"),
            remedy=Text(
                en="install the programs of Postgres, no older than the server: apt-get install postgresql-client",
                zh="请安装不低于服务器版本的 Postgres 客户端程序：apt-get install postgresql-client",
            ),
        )
    given = {
        "PGHOST": url.host,
        "PGPORT": None if url.port is None else str(url.port),
        "PGUSER": url.username,
        "PGPASSWORD": None if url.password is None else str(url.password),
    }
    environment = {**os.environ, **{name: value for name, value in given.items() if value is not None}}
    call = [program, "--no-password", f"--dbname={url.database}", *options]
    ended = subprocess.run(call, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if ended.returncode:
        said = ended.stderr.strip().splitlines()
        raise _failed(program, said[0] if said else f"status {ended.returncode}")


def _failed(program: str, said: str) -> GatehouseError:
    return GatehouseError(
        Text(en=f"{program} could not do it.", zh=f"{program} 未能完成。"), context={"it said": said[:300]}
    )
