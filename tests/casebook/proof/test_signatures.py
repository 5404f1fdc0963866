"""Signatures that are checked ahead of the walk are those that the walk would find, in the order of the events."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from casebook import Casebook
from casebook.database import tables
from casebook.database.signing import PublicKey
from casebook.database.store import Store
from casebook.proof.signatures import with_signatures
from tests.casebook.build import HandClock
from tests.casebook.proof.test_verification import RunSql, unlock


def told(url: str, keys: list[PublicKey], until: int, size: int) -> list[tuple[int, bool | None]]:
    store = Store(url, HandClock())
    with store.read() as connection:
        rows = connection.execute(sa.select(tables.history).order_by(tables.history.c.seq)).all()
    store.close()
    pages = [rows[start : start + size] for start in range(0, len(rows), size)]
    return [(row.seq, signed) for row, signed in with_signatures(pages, keys, until)]


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_each_event_is_told_once_in_its_order(book: Casebook, url: str, run_sql: RunSql, size: int) -> None:
    unlock(run_sql, "history")
    run_sql("UPDATE history SET signature = (SELECT signature FROM history WHERE seq = 3) WHERE seq = 5")
    last = book.audit.end()[0]
    keys = book.keys.all()
    assert told(url, keys, 0, size) == [(seq, seq != 5) for seq in range(1, last + 1)]
    assert told(url, keys, 4, size) == [(seq, None if seq <= 4 else seq != 5) for seq in range(1, last + 1)]
    assert told(url, [], 0, size) == [(seq, None) for seq in range(1, last + 1)]
