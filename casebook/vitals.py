"""Counts that tell an operator how the house stands: cases, messages, calls in doubt, answers by source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from casebook.database import tables
from casebook.database.store import Store

_box = tables.outbox
# Signs of life are kept beside the counters, as seconds since 1970.
BEAT = "beat:"


@dataclass(frozen=True)
class Vitals:
    """How the casebook stands at one moment.

    Attributes:
        at: the moment.
        events: events in the history.
        cases: cases by status; a status that no case has is not named.
        messages: messages by kind and state, those that are still to be delivered or were given up.
        oldest_wake: since when the oldest wake-up of a run waits; None where none does.
        longest_due: since when the message that should have gone out first is due; None where none is.
        calls_in_doubt: paid calls of unknown end.
        answers: stored answers by source and kind of answer, of all time.
        beats: last signs of life, by what gave them.
    """

    at: datetime
    events: int
    cases: Mapping[str, int]
    messages: Mapping[tuple[str, str], int]
    oldest_wake: datetime | None
    longest_due: datetime | None
    calls_in_doubt: int
    answers: Mapping[tuple[str, str], int]
    beats: Mapping[str, datetime]


class Standing:
    """How the casebook stands."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def longest_due(self) -> datetime | None:
        """Return since when the message that should have gone out first is due; None where none is."""
        with self._store.read() as connection:
            return connection.execute(_first_due(self._store.clock())).scalar_one()

    def beat(self, name: str) -> None:
        """Give a sign of life of something that stays.

        Args:
            name: of what gives it, such as `keep-house`.
        """
        with self._store.write() as transaction:
            row = {"name": f"{BEAT}{name}", "value": int(transaction.now.timestamp())}
            transaction.upsert(tables.counters, [row])

    def last_beat(self, name: str) -> datetime | None:
        """Return when the last sign of life was given; None where there never was one."""
        with self._store.read() as connection:
            return _beats(connection).get(name)

    def vitals(self) -> Vitals:
        """Count everything, as it stands at one moment.

        Raises:
            GatehouseError: the database cannot be reached.
        """
        cases, evidence, counted = tables.cases.c, tables.evidence.c, sa.func.count()
        waits = _box.c.state.in_(("pending", "dead"))
        wakes = sa.select(sa.func.min(_box.c.created_at)).where(_box.c.kind == "wake", _box.c.state == "pending")
        with self._store.snapshot() as connection:
            now = self._store.clock()
            by_status = connection.execute(sa.select(cases.status, counted).group_by(cases.status))
            messages = connection.execute(
                sa.select(_box.c.kind, _box.c.state, counted).where(waits).group_by(_box.c.kind, _box.c.state)
            )
            answers = connection.execute(
                sa.select(evidence.source, evidence.answer, counted).group_by(evidence.source, evidence.answer)
            )
            counters = tables.counters.c
            events = sa.select(counters.value).where(counters.name == "history")
            doubtful = sa.select(counted).select_from(tables.calls).where(tables.calls.c.ended.is_(None))
            return Vitals(
                at=now,
                events=int(connection.execute(events).scalar_one_or_none() or 0),
                cases={row[0]: row[1] for row in by_status},
                messages={(kind, state): count for kind, state, count in messages},
                oldest_wake=connection.execute(wakes).scalar_one(),
                longest_due=connection.execute(_first_due(now)).scalar_one(),
                calls_in_doubt=connection.execute(doubtful).scalar_one(),
                answers={(source, answer): count for source, answer, count in answers},
                beats=_beats(connection),
            )


def _beats(connection: Connection) -> dict[str, datetime]:
    counters = tables.counters.c
    chosen = sa.select(counters.name, counters.value).where(counters.name.startswith(BEAT))
    return {row.name.removeprefix(BEAT): datetime.fromtimestamp(row.value, UTC) for row in connection.execute(chosen)}


def _first_due(now: datetime) -> sa.Select[tuple[datetime | None]]:
    due = sa.and_(_box.c.state == "pending", _box.c.next_try_at <= now)
    return sa.select(sa.func.min(_box.c.next_try_at)).where(due)
