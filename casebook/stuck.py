"""Cases that should move and do not, and votes that are late."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from admission.approvals import Poll
from admission.cases import CaseStatus
from casebook import documents, tables
from casebook.store import Store

_cases, _box = tables.cases, tables.outbox


class Stuck:
    """What `chase-approvals` looks for."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def cases(self, idle_since: datetime) -> list[str]:
        """Return the cases with work still to do that no run holds and no message is about to wake.

        Args:
            idle_since: only cases whose last event is older than this.
        """
        with self._store.read() as connection:
            now = self._store.clock()
            last_event = (
                sa.select(sa.func.max(tables.history.c.at))
                .where(tables.history.c.case_ref == _cases.c.reference)
                .scalar_subquery()
            )
            about_to_wake = sa.exists().where(
                _box.c.case_ref == _cases.c.reference, _box.c.kind == "wake", _box.c.state == "pending"
            )
            chosen = (
                sa.select(_cases.c.reference)
                .where(
                    _cases.c.status.in_([CaseStatus.GATHERING, CaseStatus.DECIDED]),
                    sa.or_(_cases.c.lease_until.is_(None), _cases.c.lease_until < now),
                    last_event < idle_since,
                    ~about_to_wake,
                )
                .order_by(_cases.c.reference)
            )
            return list(connection.execute(chosen).scalars())

    def late_polls(self, opened_before: datetime) -> list[Poll]:
        """Return the polls of cases still in voting that opened before a time."""
        polls = tables.polls
        chosen = (
            sa.select(polls.c.case_ref, polls.c.document, polls.c.sha256)
            .join(_cases, sa.and_(_cases.c.reference == polls.c.case_ref, _cases.c.round == polls.c.round))
            .where(_cases.c.status == CaseStatus.VOTING, polls.c.opened_at < opened_before)
            .order_by(polls.c.case_ref)
        )
        with self._store.read() as connection:
            return [documents.read(Poll, row.document, row.sha256, row.case_ref) for row in connection.execute(chosen)]
