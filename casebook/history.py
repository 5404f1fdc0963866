"""What happened, in order, for good: rows are only ever added."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from admission.cases import Event
from casebook.database import tables
from casebook.database.store import Store, event_of


class History:
    """The history of the casebook. Each event carries the sha256 of its canonical form, for the audit chain."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, actor: str, act: str, case: str | None, detail: Mapping[str, str]) -> None:
        """Write one event.

        Args:
            actor: a username, or `system`.
            act: what was done, such as `memo.published`.
            case: reference of the case it is about, if any.
            detail: short texts; ids and figures, no personal data.
        """
        with self._store.write() as transaction:
            transaction.event(actor, act, case, detail)

    def of(self, reference: str) -> list[Event]:
        """Return a case's events, oldest first."""
        chosen = sa.select(tables.history).where(tables.history.c.case_ref == reference).order_by(tables.history.c.seq)
        with self._store.read() as connection:
            return [event_of(row) for row in connection.execute(chosen)]

    def last(self, act: str) -> Event | None:
        """Return the last event of this name; None where it never happened."""
        history = tables.history
        chosen = sa.select(history).where(history.c.act == act).order_by(history.c.seq.desc()).limit(1)
        with self._store.read() as connection:
            row = connection.execute(chosen).one_or_none()
        return None if row is None else event_of(row)

    def cases_since(self, seq: int) -> set[str]:
        """Return the cases that have had an event after the one of this number."""
        chosen = sa.select(tables.history.c.case_ref).where(tables.history.c.seq > seq).distinct()
        with self._store.read() as connection:
            return {case for case in connection.execute(chosen).scalars() if case is not None}

    def fingerprint(self, seq: int) -> str | None:
        """Return the sha256 of the event of this number, as it is chained; None where there is none."""
        chosen = sa.select(tables.history.c.sha256).where(tables.history.c.seq == seq)
        with self._store.read() as connection:
            return connection.execute(chosen).scalar_one_or_none()

    def tail(self, n: int) -> list[Event]:
        """Return the casebook's last `n` events, oldest first."""
        chosen = sa.select(tables.history).order_by(tables.history.c.seq.desc()).limit(n)
        with self._store.read() as connection:
            return [event_of(row) for row in connection.execute(chosen)][::-1]
