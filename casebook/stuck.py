"""Cases that should move and do not, and votes that are late."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from admission.approval.votes import Poll
from admission.cases import CaseStatus
from admission.transitions import MOVABLE
from casebook.database import documents, tables
from casebook.database.case_rows import locked_case
from casebook.database.store import SYSTEM, Store, Transaction
from casebook.outbox import BATCH, WAKE, put_message

_cases, _box = tables.cases, tables.outbox


class Stuck:
    """What `keep-house` looks for."""

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
                sa.select(tables.history.c.at)
                .where(tables.history.c.case_ref == _cases.c.reference)
                .order_by(tables.history.c.seq.desc())
                .limit(1)
                .scalar_subquery()
            )
            about_to_wake = sa.exists().where(
                _box.c.case_ref == _cases.c.reference, _box.c.kind == WAKE, _box.c.state == "pending"
            )
            chosen = (
                sa.select(_cases.c.reference)
                .where(
                    _cases.c.status.in_(MOVABLE),
                    sa.or_(_cases.c.lease_until.is_(None), _cases.c.lease_until < now),
                    last_event < idle_since,
                    ~about_to_wake,
                )
                .order_by(_cases.c.reference)
            )
            in_batches = _about_to_go(connection)
            return [reference for reference in connection.execute(chosen).scalars() if reference not in in_batches]

    def late_polls(
        self, opened_before: datetime, *, opened_after: datetime | None = None, untold: str | None = None
    ) -> list[Poll]:
        """Return the polls of cases still in voting that are late.

        Args:
            opened_before: only those that opened at this time or before.
            opened_after: only those that opened later than this.
            untold: only those of whose round no event of this name tells yet, such as `vote.reminded`.
        """
        polls, history = tables.polls, tables.history
        chosen = (
            sa.select(polls.c.case_ref, polls.c.document, polls.c.sha256)
            .join(_cases, sa.and_(_cases.c.reference == polls.c.case_ref, _cases.c.round == polls.c.round))
            .where(_cases.c.status == CaseStatus.VOTING, polls.c.opened_at <= opened_before)
            .order_by(polls.c.case_ref)
        )
        if opened_after is not None:
            chosen = chosen.where(polls.c.opened_at > opened_after)
        if untold is not None:
            of_round = history.c.detail.contains(
                sa.literal('"round":"').concat(sa.cast(polls.c.round, sa.String)).concat('"')
            )
            # Not by the index of acts: SQLite would walk all reminders ever sent for each vote, not the case's events.
            act = history.c.act.concat("")
            told = sa.exists().where(history.c.case_ref == polls.c.case_ref, act == untold, of_round)
            chosen = chosen.where(~told)
        with self._store.read() as connection:
            return [documents.read(Poll, row.document, row.sha256, row.case_ref) for row in connection.execute(chosen)]

    def tell_once(self, poll: Poll, act: str, detail: Mapping[str, str], notices: Sequence[Mapping[str, str]]) -> bool:
        """Note on a case that its voters were told something, and put the notices into the outbox; once a round.

        Args:
            poll: the vote that is late.
            act: name of the event, such as `vote.reminded`.
            detail: what the event tells besides the round.
            notices: one message each.

        Returns:
            False where it was told before, or the vote is over by now.
        """
        with self._store.write() as transaction:
            row = locked_case(transaction, poll.case)
            if (row.status, row.round) != (CaseStatus.VOTING, poll.round) or _told(transaction, poll, act):
                return False
            for notice in notices:
                put_message(transaction, "notice", poll.case, notice)
            told = {**detail, "round": str(poll.round), "notices": str(len(notices))}
            transaction.event(SYSTEM, act, poll.case, told)
            return True


def _told(transaction: Transaction, poll: Poll, act: str) -> bool:
    history = tables.history
    chosen = sa.select(history.c.detail).where(history.c.case_ref == poll.case, history.c.act == act)
    details = transaction.connection.execute(chosen).scalars()
    return any(json.loads(text).get("round") == str(poll.round) for text in details)


def _about_to_go(connection: Connection) -> set[str]:
    """Return the cases of batches whose run is still to be started."""
    waiting = sa.select(_box.c.payload).where(_box.c.kind == BATCH, _box.c.state == "pending")
    payloads = connection.execute(waiting).scalars()
    return {reference for payload in payloads for reference in json.loads(payload)["references"].split()}
