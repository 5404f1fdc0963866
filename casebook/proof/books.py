"""Holding the rows that wait for a second person against the fingerprint in the audited document of their import."""

from __future__ import annotations

import json
from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from admission.customers.book.records import OPEN_STATES
from casebook.books import fingerprint_of
from casebook.database.book_tables import book_imports, book_rows
from casebook.proof.flaws import Flaw, named, rows_named


def book_flaws(connection: Connection) -> Iterator[Flaw]:
    """Name the imports that wait and whose rows are not those that were proposed, and rows of any other."""
    waiting = connection.execute(sa.select(book_imports).where(book_imports.c.state.in_(OPEN_STATES))).all()
    others = sa.select(sa.func.count()).select_from(book_rows)
    strays = connection.execute(others.where(book_rows.c.book.not_in([row.id for row in waiting]))).scalar_one()
    if strays:
        yield Flaw(kind="book.changed", where=rows_named("book_rows", strays))
    for row in waiting:
        try:
            written = json.loads(row.document)["fingerprint"]
        except (ValueError, KeyError, TypeError):
            continue  # the document itself was changed, and is named for it
        if fingerprint_of(connection, row.id) != written:
            yield Flaw(kind="book.changed", where=named(f"book_rows {row.id}"))
