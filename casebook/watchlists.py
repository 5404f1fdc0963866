"""Versions of watch lists that were loaded, and what people ruled about companies and entries."""

from __future__ import annotations

import sqlalchemy as sa

from admission.approval.rounds import RoundOpening
from admission.evidence.watchlists import RULINGS, ListVersion, Ruling
from admission.separation import Duty, check_independent
from casebook.database import documents, tables
from casebook.database.case_rows import locked_case
from casebook.database.store import Store
from casebook.people import active_person_named
from casebook.rounds import open_round_in, refusals_noted

_lists, _rulings = tables.watchlists, tables.rulings


class Watchlists:
    """Watch lists and rulings."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, version: ListVersion, actor: str) -> bool:
        """Note that a version was loaded; False where it is the one that was loaded last."""
        text, sha256 = documents.written(version)
        with self._store.write() as transaction:
            if transaction.connection.dialect.name == "postgresql":
                lock = sa.func.pg_advisory_xact_lock(sa.func.hashtext(f"watchlist:{version.list_name}"))
                transaction.connection.execute(sa.select(lock))
            last = transaction.connection.execute(_newest(version.list_name)).first()
            if last is not None and last.version == version.version:
                return False
            row = {
                "list_name": version.list_name,
                "version": version.version,
                "document": text,
                "sha256": sha256,
                "loaded_at": transaction.now,
            }
            transaction.add(_lists, row)
            detail = {"list": version.list_name, "version": version.version, "entries": str(version.entries)}
            transaction.event(actor, "watchlist.loaded", None, detail)
            return True

    def versions(self, list_name: str) -> list[ListVersion]:
        """Return the versions of a list that were loaded, newest first."""
        with self._store.read() as connection:
            rows = connection.execute(_newest(list_name))
            return [documents.read(ListVersion, row.document, row.sha256, row.list_name) for row in rows]

    def rule(self, ruling: Ruling) -> RoundOpening:
        """Keep a ruling; it opens the next round of the case in which it was made.

        Raises:
            NotAllowed: the person asked for this customer, or was shut out.
            Conflict: the case is decided.
            BadInput: no reason.
        """
        text, sha256 = documents.written(ruling)
        act = "ruling.refused"
        with refusals_noted(self._store, act, ruling.case, ruling.by), self._store.write() as transaction:
            case = locked_case(transaction, ruling.case)
            active_person_named(transaction.connection, ruling.by)
            check_independent(Duty.RULE, ruling.by, case.requester, case=ruling.case)
            row = {
                "case_ref": ruling.case,
                "company_key": ruling.company_key,
                "list_name": ruling.list_name,
                "entry": ruling.entry,
                "ruled_by": ruling.by,
                "ruling": ruling.ruling,
                "document": text,
                "sha256": sha256,
            }
            transaction.add(_rulings, row)
            detail = {"list": ruling.list_name, "entry": ruling.entry, "ruling": ruling.ruling, "sha256": sha256}
            transaction.event(ruling.by, "watchlist.ruled", ruling.case, detail)
            reason = f"{ruling.list_name} {ruling.entry}: {RULINGS[ruling.ruling].en}. {ruling.reason}"
            if not ruling.reason.strip():
                reason = ""
            return open_round_in(transaction, case, "ruling", reason, ruling.by)

    def rulings(self, company_key: str) -> list[Ruling]:
        """Return everything ruled about a company, oldest first; which of it still counts, the entries tell."""
        chosen = sa.select(_rulings).where(_rulings.c.company_key == company_key).order_by(_rulings.c.id)
        with self._store.read() as connection:
            rows = connection.execute(chosen)
            return [documents.read(Ruling, row.document, row.sha256, row.case_ref) for row in rows]


def _newest(list_name: str) -> sa.Select[tuple[object, ...]]:
    return sa.select(_lists).where(_lists.c.list_name == list_name).order_by(_lists.c.id.desc())
