"""Insertions that say what to do where the key is there already."""

from __future__ import annotations

from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection


def insert_of(connection: Connection, table: sa.Table) -> Any:
    """Return an insertion in the dialect of a connection."""
    # Any: the two dialects' Insert classes share these methods but no typed base.
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(table)
    from sqlalchemy.dialects import sqlite

    return sqlite.insert(table)


def insert_new_of(connection: Connection, table: sa.Table) -> Any:
    """Return an insertion in the dialect of a connection that leaves alone the rows whose key is there already.

    It is `on_conflict_do_nothing()`, but compiled once: SQLAlchemy 2.0 keeps no compiled statement that has a conflict
    clause, for there may be targets and conditions in it. In this one there are none.
    """
    statement = sa.insert(table)
    statement._post_values_clause = _without_target(connection.dialect.name)
    return statement


@cache
def _without_target(dialect: str) -> Any:
    """Return the conflict clause of a dialect with a key that says all that is in it: nothing."""
    from sqlalchemy.dialects import postgresql, sqlite

    clause = (postgresql if dialect == "postgresql" else sqlite).dml.OnConflictDoNothing
    return type(clause.__name__, (clause,), {"__module__": __name__, "_traverse_internals": ()})()
