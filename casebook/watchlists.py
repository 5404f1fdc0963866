"""Versions of watch lists that were loaded, and what people ruled about companies and entries."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from admission.approval.rounds import ROUNDS_A_DAY, RoundOpening
from admission.evidence.watchlists import RULINGS, ListVersion, Ruling
from admission.separation import Duty, check_independent
from admission.transitions import CaseAct
from casebook.database import documents, tables
from casebook.database.case_rows import check_act, locked_case
from casebook.database.store import Store
from casebook.people import acting_person_named
from casebook.rounds import check_reason, open_round_in, refusals_noted

_lists, _rulings, _confirmations = tables.watchlists, tables.rulings, tables.confirmations


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

    def rule(self, ruling: Ruling, *, most: int = ROUNDS_A_DAY) -> RoundOpening | None:
        """Keep a ruling; it opens the next round of the case in which it was made.

        One that waits for a second signature changes nothing yet, and so opens none.

        Args:
            ruling: the ruling.
            most: how many rounds of a case one person may open in a day.

        Raises:
            NotAllowed: the person asked for this customer, or was shut out.
            Conflict: the case is decided.
            BadInput: no reason.
        """
        text, sha256 = documents.written(ruling)
        act = "ruling.refused"
        with refusals_noted(self._store, act, ruling.case, ruling.by), self._store.write() as transaction:
            case = locked_case(transaction, ruling.case)
            acting_person_named(transaction.connection, ruling.by)
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
                "two_sign": ruling.two_sign,
            }
            transaction.add(_rulings, row)
            detail = {"list": ruling.list_name, "entry": ruling.entry, "ruling": ruling.ruling, "sha256": sha256}
            transaction.event(ruling.by, "watchlist.ruled", ruling.case, detail)
            reason = f"{ruling.list_name} {ruling.entry}: {RULINGS[ruling.ruling].en}. {ruling.reason}"
            if not ruling.reason.strip():
                reason = ""
            if not ruling.counts:
                check_act(CaseAct.OPEN_ROUND, case)
                check_reason(reason)
                return None
            return open_round_in(transaction, case, "ruling", reason, ruling.by, most=most)

    def rulings(self, company_key: str) -> list[Ruling]:
        """Return everything ruled about a company, oldest first; which of it still counts, the entries tell."""
        with self._store.read() as connection:
            return rulings_in(connection, company_key)


def rulings_in(connection: Connection, company_key: str) -> list[Ruling]:
    """Return everything ruled about a company, with its second signatures, oldest first."""
    joined = _rulings.outerjoin(_confirmations, second_signature())
    chosen = sa.select(_rulings, _confirmations.c.confirmed_by).select_from(joined)
    rows = connection.execute(chosen.where(_rulings.c.company_key == company_key).order_by(_rulings.c.id))
    return [_ruling_of(row) for row in rows]


def second_signature() -> sa.ColumnElement[bool]:
    """Select the second signature under a ruling, among the confirmations."""
    return sa.and_(
        _confirmations.c.case_ref == _rulings.c.case_ref,
        _confirmations.c.kind == "ruling",
        _confirmations.c.subject == sa.cast(_rulings.c.id, sa.String(100)),
    )


def _ruling_of(row: sa.Row[tuple[object, ...]]) -> Ruling:
    ruling = documents.read(Ruling, row.document, row.sha256, row.case_ref)
    if not ruling.two_sign:
        return ruling
    return ruling.model_copy(update={"number": row.id, "confirmed_by": row.confirmed_by})


def _newest(list_name: str) -> sa.Select[tuple[object, ...]]:
    return sa.select(_lists).where(_lists.c.list_name == list_name).order_by(_lists.c.id.desc())
