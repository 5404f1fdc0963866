"""Holding the entries of the customer ledger against the fingerprint in the audited document of their import."""

from __future__ import annotations

import json
from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from casebook.database.ledger_tables import ledger_entries, ledgers
from casebook.ledgers import fingerprint_of
from casebook.proof.flaws import Flaw, named, rows_named


def ledger_flaws(connection: Connection) -> Iterator[Flaw]:
    """Name the import that counts where its entries are not those that were loaded, and entries of any other."""
    newest = connection.execute(sa.select(ledgers).order_by(ledgers.c.as_of.desc(), ledgers.c.id.desc()).limit(1))
    row = newest.one_or_none()
    number = 0 if row is None else row.id
    others = sa.select(sa.func.count()).select_from(ledger_entries).where(ledger_entries.c.ledger != number)
    strays = connection.execute(others).scalar_one()
    if strays:
        yield Flaw(kind="ledger.changed", where=rows_named("ledger_entries", strays))
    if row is None:
        return
    try:
        written = json.loads(row.document)["fingerprint"]
    except (ValueError, KeyError, TypeError):
        return  # the document itself was changed, and is named for it
    if fingerprint_of(connection, number) != written:
        yield Flaw(kind="ledger.changed", where=named(f"ledger_entries {number}"))
