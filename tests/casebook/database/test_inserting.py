"""Insertions of rows whose key may be there already, on SQLite and Postgres."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from casebook import Casebook
from casebook.database.inserting import insert_new_of
from casebook.database.store import Store
from casebook.database.tables import counters
from tests.casebook.build import HandClock


@pytest.fixture
def store(casebook: Casebook, url: str) -> Store:
    casebook.close()
    return Store(url, HandClock())


def test_a_row_whose_key_is_there_already_stays_as_it_is(store: Store) -> None:
    with store.write() as transaction:
        for value in (1, 2):
            insertion = insert_new_of(transaction.connection, counters)
            transaction.connection.execute(insertion, {"name": "of this test", "value": value})
        chosen = sa.select(counters.c.value).where(counters.c.name == "of this test")
        assert transaction.connection.execute(chosen).scalar_one() == 1
    store.close()


def test_what_has_been_inserted_once_is_not_compiled_again(store: Store) -> None:
    hits: list[str] = []

    @sa.event.listens_for(store.engine, "before_cursor_execute")
    def _note(connection: object, cursor: object, text: str, given: object, context: object, many: object) -> None:
        if "ON CONFLICT" in text:
            hits.append(context.cache_hit.name)  # type: ignore[attr-defined]

    with store.write() as transaction:
        for number in range(3):
            given = {"name": f"of this test {number}", "value": number}
            transaction.connection.execute(insert_new_of(transaction.connection, counters), given)
    assert hits[1:] == ["CACHE_HIT", "CACHE_HIT"]
    store.close()
