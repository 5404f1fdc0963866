"""Insertions that can say what to do where the key is there already."""

from __future__ import annotations

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
