from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from admission.errors import BadInput, GatehouseError
from casebook import Casebook
from casebook.database import schema, tables
from casebook.database.store import Store
from tests.casebook.build import HandClock
from tests.conftest import ROOT

CREATE = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from casebook import Casebook
casebook = Casebook.open(sys.argv[1], Path(sys.argv[2]), clock=lambda: datetime.now(UTC))
print("ready", flush=True)
sys.stdin.readline()
casebook.create(demo=sys.argv[3] == "demo")
print(casebook.check())
casebook.close()
"""


def test_migrations_make_exactly_the_tables_that_the_code_uses(casebook: Casebook, url: str) -> None:
    store = Store(url, HandClock())
    with store.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, tables.metadata) == []
    store.close()


def test_the_schema_named_in_the_code_is_the_newest_migration(casebook: Casebook, url: str) -> None:
    store = Store(url, HandClock())
    with store.read() as connection:
        scripts = ScriptDirectory.from_config(schema.alembic_config(connection))
    store.close()
    assert scripts.get_heads() == [schema.HEAD]


def test_check_tells_database_and_schema(casebook: Casebook) -> None:
    assert re.fullmatch(rf"(SQLite 3|PostgreSQL 1)[\d.]+, schema {schema.HEAD}", casebook.check())


def test_check_before_creation_tells_what_to_do(empty_url: str, blobs: Path) -> None:
    casebook = Casebook.open(empty_url, blobs, clock=HandClock())
    with pytest.raises(GatehouseError) as caught:
        casebook.check()
    casebook.close()
    assert "gatehouse init" in caught.value.remedy.en


def test_an_older_schema_is_told(casebook: Casebook, run_sql: object) -> None:
    assert callable(run_sql)
    run_sql("UPDATE alembic_version SET version_num = '0000'")
    with pytest.raises(GatehouseError, match="not the one of this version") as caught:
        casebook.check()
    assert caught.value.context == {"found": "0000", "needed": schema.HEAD}


def test_a_server_that_does_not_answer_is_told(blobs: Path) -> None:
    casebook = Casebook.open("postgresql://nobody@127.0.0.1:1/none", blobs, clock=HandClock())
    with pytest.raises(GatehouseError, match="cannot be reached"):
        casebook.check()
    with pytest.raises(GatehouseError, match="did not do what was asked"):
        casebook.cases.waiting()
    casebook.close()


@pytest.mark.parametrize("url", ["mysql://root@127.0.0.1/x", "sqlite://", "sqlite:///:memory:", "no url"])
def test_other_databases_are_refused(url: str, blobs: Path) -> None:
    with pytest.raises(BadInput, match=r"sqlite:///path/to/casebook\.db or postgresql://"):
        Casebook.open(url, blobs, clock=HandClock())


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+pg8000"])
def test_all_ways_to_write_postgres_use_the_same_driver(scheme: str) -> None:
    assert Store(f"{scheme}://user@host/database", HandClock()).url.drivername == "postgresql+pg8000"


def test_demo_is_remembered_from_the_creation_only(empty_url: str, blobs: Path) -> None:
    casebook = Casebook.open(empty_url, blobs, clock=HandClock())
    casebook.create(demo=True)
    casebook.create(demo=False)
    assert casebook.demo is True
    assert [event.act for event in casebook.history.tail(10)] == ["casebook.created"]
    casebook.close()


def test_a_casebook_in_use_is_no_demo(casebook: Casebook) -> None:
    casebook.create(demo=True)
    assert casebook.demo is False


def test_two_processes_create_one_casebook_at_once(empty_url: str, blobs: Path) -> None:
    started = [
        subprocess.Popen(
            [sys.executable, "-W", "error", "-c", CREATE, empty_url, str(blobs), kind],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        for kind in ("demo", "real", "demo")
    ]
    for process in started:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in started:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    ended = [process.communicate(timeout=60) for process in started]
    assert [(process.returncode, error) for process, (_, error) in zip(started, ended, strict=True)] == [(0, "")] * 3
    assert {told.strip().split(", ")[1] for told, _ in ended} == {f"schema {schema.HEAD}"}
    casebook = Casebook.open(empty_url, blobs, clock=HandClock())
    assert [event.seq for event in casebook.history.tail(10)] == [1]
    casebook.close()


def test_sqlite_casebooks_use_the_write_ahead_log_and_check_references(sqlite_template: Path) -> None:
    store = Store(f"sqlite:///{sqlite_template}", HandClock())
    with store.read() as connection:
        assert connection.execute(sa.text("PRAGMA journal_mode")).scalar_one() == "wal"
        assert connection.execute(sa.text("PRAGMA foreign_keys")).scalar_one() == 1
        assert connection.execute(sa.text("PRAGMA busy_timeout")).scalar_one() == 30_000
    store.close()
