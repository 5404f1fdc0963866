"""Lookup tables follow from the documents: after every act, after an upgrade; and `verify` names what does not."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command

from admission.errors import Conflict
from casebook import Casebook
from casebook.database import schema
from casebook.database.lookup_tables import case_names, granted, seats
from casebook.database.store import Store
from tests.casebook.build import HandClock, customer, opened, voting_on
from tests.casebook.conftest import furnish
from tests.casebook.earlier import forget_lookups
from tests.casebook.proof.test_verification import RunSql, found, unlock
from tests.casebook.test_voting import cast

REFERENCE = "GH-2026-000001"
KEY = "name:GB:northern example works ltd"


def lookups(url: str) -> list[list[tuple[object, ...]]]:
    store = Store(url, HandClock())
    with store.read() as connection:
        rows = [
            sorted((tuple(row) for row in connection.execute(sa.select(table))), key=str)
            for table in (seats, case_names, granted)
        ]
    store.close()
    return rows


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ("DELETE FROM seats WHERE username = 'bo'", f"seats {REFERENCE}/1"),
        ("UPDATE seats SET stage = 'desk' WHERE username = 'bo'", f"seats {REFERENCE}/1"),
        (f"INSERT INTO seats VALUES ('{REFERENCE}', 1, 'ana', 'desk')", f"seats {REFERENCE}/1"),
        (f"INSERT INTO seats VALUES ('{REFERENCE}', 2, 'ana', 'desk')", "1 row(s) of seats"),
        ("DELETE FROM case_names", f"case_names {REFERENCE}"),
        ("UPDATE case_names SET text = 'nobody'", f"case_names {REFERENCE}"),
        ("DELETE FROM granted", f"granted {KEY}"),
        ("UPDATE granted SET amount = '1'", f"granted {KEY}"),
        ("UPDATE granted SET units = 1", f"granted {KEY}"),
        ("UPDATE granted SET group_name = 'moor group'", f"granted {KEY}"),
    ],
)
def test_a_lookup_that_was_changed_is_named(book: Casebook, run_sql: RunSql, change: str, where: str) -> None:
    assert found(book) == []
    run_sql(change)
    assert found(book) == [("lookup.wrong", where)]


def test_lookups_that_were_changed_are_mended_and_the_history_tells(book: Casebook, run_sql: RunSql) -> None:
    assert book.audit.mend_lookups() == []
    run_sql("UPDATE seats SET stage = 'desk' WHERE username = 'bo'")
    run_sql("DELETE FROM granted")
    run_sql(f"INSERT INTO seats VALUES ('{REFERENCE}', 2, 'ana', 'desk')")
    assert len(book.audit.mend_lookups()) == 3
    assert found(book) == []
    (event,) = [event for event in book.history.tail(5) if event.act == "lookups.mended"]
    assert event.detail == {"wrong": "3"}
    assert book.audit.mend_lookups() == []


def test_lookups_do_not_follow_a_document_that_was_changed(book: Casebook, run_sql: RunSql) -> None:
    unlock(run_sql, "cases")
    run_sql("UPDATE cases SET application = '{}'")
    run_sql("DELETE FROM granted")
    with pytest.raises(Conflict, match="was changed"):
        book.audit.mend_lookups()
    assert ("lookup.wrong", f"granted {KEY}") in found(book)


def test_a_changed_document_is_named_once(book: Casebook, run_sql: RunSql) -> None:
    unlock(run_sql, "cases")
    run_sql("UPDATE cases SET application = '{}'")
    assert [kind for kind, _ in found(book)] == ["row.changed"]


def test_lookups_follow_open_votes(casebook: Casebook) -> None:
    case = opened(casebook, "Open Ltd")
    voting_on(casebook, case)
    assert found(casebook) == []
    cast(casebook, case.reference, "bo")
    assert found(casebook) == []
    casebook.cases.open_round(case.reference, "new accounts", "system")
    assert found(casebook) == []
    voting_on(casebook, casebook.cases.get(case.reference), number=2)
    assert found(casebook) == []


@pytest.mark.usefixtures("unsealed")
def test_an_upgrade_fills_the_lookups(empty_url: str, tmp_path: Path) -> None:
    url = empty_url
    furnish(url, tmp_path / "blobs")
    casebook = Casebook.open(url, tmp_path / "blobs", clock=HandClock())
    decided, case = opened(casebook, "Decided Ltd"), opened(casebook, "Open Ltd")
    for one in (decided, case):
        voting_on(casebook, one)
        cast(casebook, one.reference, "bo")
    cast(casebook, decided.reference, "cy")
    casebook.cases.conclude(decided.reference, customer=customer(decided), conditions=[], notices=[])
    before = lookups(url)
    casebook.close()
    store = Store(url, HandClock())
    with store.engine.begin() as connection:
        forget_lookups(connection)
        command.stamp(schema.alembic_config(connection), "0010")
    store.close()
    casebook.create()
    assert lookups(url) == before
    assert [len(rows) for rows in before] == [6, 2, 1]
    assert found(casebook) == []
    casebook.close()
