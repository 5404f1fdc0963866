"""Triggers that were dropped, switched off, changed or put in are flaws."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from casebook import Casebook
from casebook.database.store import Store
from casebook.proof.triggers import expected_triggers, triggers_in
from tests.casebook.build import HandClock
from tests.casebook.proof.test_verification import unlock, verified

RunSql = Callable[[str], list[Any]]


def found(book: Casebook) -> list[tuple[str, str]]:
    return [(flaw.kind, flaw.where.en) for flaw in verified(book).flaws]


def test_what_is_kept_of_the_triggers_is_what_the_migrations_make(casebook: Casebook, url: str) -> None:
    """After a new migration: `python -m casebook.proof.triggers URL` on a casebook just made, for both databases."""
    store = Store(url, HandClock())
    with store.read() as connection:
        made = triggers_in(connection)
        assert made == expected_triggers(connection.dialect.name)
    store.close()
    assert {name.partition(".")[0] for name in made} >= {"history", "votes", "polls", "decisions", "codes", "sessions"}


def test_a_dropped_trigger_is_a_flaw(book: Casebook, run_sql: RunSql, url: str) -> None:
    sqlite = url.startswith("sqlite")
    run_sql("DROP TRIGGER votes_refuse_update" if sqlite else "DROP TRIGGER votes_refuse_change ON votes")
    name = "votes.votes_refuse_update" if sqlite else "votes.votes_refuse_change"
    assert found(book) == [("trigger.missing", f"trigger {name}")]


def test_a_trigger_that_does_something_else_is_a_flaw(book: Casebook, run_sql: RunSql, url: str) -> None:
    if url.startswith("sqlite"):
        run_sql("DROP TRIGGER votes_refuse_update")
        run_sql("CREATE TRIGGER votes_refuse_update BEFORE UPDATE ON votes BEGIN SELECT 1; END")
        assert found(book) == [("trigger.changed", "trigger votes.votes_refuse_update")]
    else:
        run_sql(
            "CREATE OR REPLACE FUNCTION casebook_refuse_key_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RETURN NEW; END $$"
        )
        assert found(book) == [("trigger.changed", "trigger keys.keys_refuse_update")]


# SQLite cannot switch one off.
@pytest.mark.parametrize("url", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
def test_a_trigger_that_is_switched_off_is_a_flaw(book: Casebook, run_sql: RunSql) -> None:
    run_sql("ALTER TABLE votes DISABLE TRIGGER votes_refuse_change")
    assert found(book) == [("trigger.missing", "trigger votes.votes_refuse_change")]


# One database is enough: the comparison is the same.
@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_trigger_that_nobody_of_the_house_made_is_a_flaw(book: Casebook, run_sql: RunSql) -> None:
    run_sql("CREATE TRIGGER tidy AFTER INSERT ON votes BEGIN SELECT 1; END")
    assert found(book) == [("trigger.added", "trigger votes.tidy")]


def test_all_triggers_of_a_table_taken_away_are_named(book: Casebook, run_sql: RunSql) -> None:
    unlock(run_sql, "history")
    assert {kind for kind, _ in found(book)} == {"trigger.missing"}
