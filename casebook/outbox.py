"""What the world outside must be told: written with what it tells of, delivered at least once, by one at a time."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from admission.cases import OutboxMessage
from admission.errors import Conflict, NotFound
from admission.model import Text, canonical_json
from casebook.database import tables
from casebook.database.documents import fingerprint
from casebook.database.store import SYSTEM, Store, Transaction

CLAIM = timedelta(seconds=60)
FIRST_PAUSE = timedelta(seconds=10)
LONGEST_PAUSE = timedelta(hours=1)
MOST_TRIES = 12
BATCH, WAKE = "batch", "wake"
# A decision asks for a head of the audit chain; all of half an hour share one.
HEAD_DUE = "audit_head_due"
HEAD_AFTER = timedelta(minutes=30)

_box = tables.outbox


def put_message(
    transaction: Transaction, kind: str, case: str | None, payload: Mapping[str, str], key: str | None = None
) -> int:
    """Write a message in an open transaction and return its id.

    With a key, a waiting message of the same key is made due now instead of being written twice. A message that is
    being delivered at this moment does not count: it may tell of an older state.
    """
    connection = transaction.connection
    if key is not None:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext(key))))
        waiting = sa.select(_box.c.id).where(
            _box.c.key == key, _box.c.state == "pending", _box.c.claimed_until.is_(None)
        )
        found = connection.execute(waiting.order_by(_box.c.id).limit(1)).scalar_one_or_none()
        if found is not None:
            due = sa.update(_box).where(_box.c.id == found, _box.c.claimed_until.is_(None))
            if connection.execute(due.values(next_try_at=transaction.now)).rowcount == 1:
                return int(found)
    message = _new_message(transaction, kind, case, payload, key)
    return int(connection.execute(sa.insert(_box).values(message).returning(_box.c.id)).scalar_one())


def _new_message(
    transaction: Transaction, kind: str, case: str | None, payload: Mapping[str, str], key: str | None
) -> dict[str, Any]:
    return {
        "kind": kind,
        "case_ref": case,
        "payload": canonical_json(dict(payload)),
        "key": key,
        "created_at": transaction.now,
        "tries": 0,
        "next_try_at": transaction.now,
        "last_error": "",
        "state": "pending",
    }


def _holds(connection: Connection, key: str) -> bool:
    return connection.execute(sa.select(_box.c.id).where(_box.c.key == key).limit(1)).first() is not None


def put_wake(transaction: Transaction, reference: str) -> int:
    """Ask for a case's run to be woken, once."""
    return put_message(transaction, WAKE, reference, {"case": reference}, key=f"wake:{reference}")


def put_batch(transaction: Transaction, references: Sequence[str]) -> int:
    """Ask for one run to carry on all these cases; the same cases that wait already are one message."""
    text = " ".join(references)
    number = put_message(transaction, BATCH, None, {"references": text}, key=f"{BATCH}:{fingerprint(text)}")
    detail = {"message": str(number), "kind": BATCH, "cases": str(len(references))}
    transaction.event(SYSTEM, "outbox.put", None, detail)
    return number


def settle_message(transaction: Transaction, number: int, kind: str, case: str | None) -> None:
    """Note that a message has been delivered, or that another one has taken its place."""
    _set(transaction, number, state="delivered", claimed_until=None)
    transaction.event(SYSTEM, "outbox.delivered", case, {"message": str(number), "kind": kind})


def put_head_due(transaction: Transaction) -> None:
    """Ask for a head of the audit chain within the hour; the decisions of half an hour are one message."""
    waiting = sa.select(_box.c.id).where(
        _box.c.key == HEAD_DUE, _box.c.state == "pending", _box.c.claimed_until.is_(None)
    )
    if transaction.connection.execute(waiting.limit(1)).first() is None:
        number = put_message(transaction, HEAD_DUE, None, {}, key=None)
        later = sa.update(_box).where(_box.c.id == number)
        transaction.connection.execute(later.values(key=HEAD_DUE, next_try_at=transaction.now + HEAD_AFTER))


class Outbox:
    """Messages to the world outside."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def put(self, kind: str, case: str | None, payload: Mapping[str, str], key: str | None = None) -> int:
        """Write a message and return its id.

        Args:
            kind: what is to be done with it, such as `notice` or `wake`.
            case: reference of the case it is about, if any.
            payload: short texts.
            key: messages of one key that wait are one message.
        """
        with self._store.write() as transaction:
            number = put_message(transaction, kind, case, payload, key)
            transaction.event(SYSTEM, "outbox.put", case, {"message": str(number), "kind": kind})
            return number

    def holds(self, key: str) -> bool:
        """True where messages of this key were written, delivered or not, and are still kept."""
        with self._store.read() as connection:
            return _holds(connection, key)

    def put_once(self, kind: str, case: str, payloads: Sequence[Mapping[str, str]], key: str) -> bool:
        """Write messages about something that is told once; False where messages of this key were written before.

        Args:
            kind: of the messages.
            case: they are about.
            payloads: one message each; where there is nobody to tell, nothing is written, and it counts as told.
            key: of what they tell.
        """
        with self._store.write() as transaction:
            connection = transaction.connection
            if connection.dialect.name == "postgresql":
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext(key))))
            if _holds(connection, key):
                return False
            for payload in payloads:
                message = _new_message(transaction, kind, case, payload, key)
                number = connection.execute(sa.insert(_box).values(message).returning(_box.c.id)).scalar_one()
                transaction.event(SYSTEM, "outbox.put", case, {"message": str(number), "kind": kind})
            return bool(payloads)

    def alert(self, act: str, detail: Mapping[str, str], notices: Sequence[Mapping[str, str]]) -> None:
        """Note something about the house itself in the history, with the messages that tell of it.

        Whatever else waits is made due as well: what stood in the way of delivery may be gone.

        Args:
            act: name of the event, such as `deployments.restored`.
            detail: what the event tells.
            notices: one message each.
        """
        with self._store.write() as transaction:
            for notice in notices:
                put_message(transaction, "alert", None, notice)
            transaction.event(SYSTEM, act, None, {**detail, "notices": str(len(notices))})
            waiting = sa.and_(_box.c.state == "pending", _box.c.claimed_until.is_(None))
            transaction.connection.execute(sa.update(_box).where(waiting).values(next_try_at=transaction.now))

    def put_newest(self, kind: str, payload: Mapping[str, str], key: str) -> int:
        """Write a message that tells all that an earlier one of its key told; one that still waits is replaced.

        Args:
            kind: what is to be done with it.
            payload: short texts.
            key: what it is a newer one of.
        """
        with self._store.write() as transaction:
            number = put_message(transaction, kind, None, payload, key)
            newest = sa.update(_box).where(_box.c.id == number).values(payload=canonical_json(dict(payload)))
            transaction.connection.execute(newest)
            transaction.event(SYSTEM, "outbox.put", None, {"message": str(number), "kind": kind})
            return number

    def claim(self, limit: int = 20) -> list[OutboxMessage]:
        """Take the messages that are due, for 60 seconds; nobody else gets them meanwhile."""
        with self._store.write() as transaction:
            now = transaction.now
            due = (
                sa.select(_box)
                .where(
                    _box.c.state == "pending",
                    _box.c.next_try_at <= now,
                    sa.or_(_box.c.claimed_until.is_(None), _box.c.claimed_until <= now),
                )
                .order_by(_box.c.next_try_at, _box.c.id)
                .limit(limit)
                .with_for_update(skip_locked=True)
            )
            rows = transaction.connection.execute(due).all()
            taken = sa.update(_box).where(_box.c.id.in_([row.id for row in rows])).values(claimed_until=now + CLAIM)
            if rows:
                transaction.connection.execute(taken)
            return [_message(row) for row in rows]

    def delivered(self, number: int) -> None:
        """Note that a message has been delivered.

        Raises:
            NotFound: there is no such message.
        """
        with self._store.write() as transaction:
            row = _lock(transaction, number)
            if row.state != "delivered":
                settle_message(transaction, number, row.kind, row.case_ref)

    def failed(self, number: int, error: str) -> None:
        """Note that a delivery failed; it is tried again after 10 s, 20 s, 40 s ... 1 h, twelve times in all.

        Args:
            number: id of the message.
            error: what went wrong, without personal data or secrets; the first 500 characters are kept.

        Raises:
            NotFound: there is no such message.
        """
        with self._store.write() as transaction:
            row = _lock(transaction, number)
            if row.state != "pending":
                return
            tries = row.tries + 1
            pause = min(FIRST_PAUSE * 2 ** (tries - 1), LONGEST_PAUSE)
            state = "dead" if tries >= MOST_TRIES else "pending"
            _set(
                transaction,
                number,
                state=state,
                tries=tries,
                next_try_at=transaction.now + pause,
                claimed_until=None,
                last_error=error[:500],
            )
            act = "outbox.dead" if state == "dead" else "outbox.failed"
            detail = {"message": str(number), "kind": row.kind, "tries": str(tries)}
            transaction.event(SYSTEM, act, row.case_ref, detail)

    def dead(self) -> list[OutboxMessage]:
        """Return the messages that were given up, oldest first."""
        with self._store.read() as connection:
            return [_message(row) for row in connection.execute(_in_state("dead"))]

    def waiting(self) -> list[OutboxMessage]:
        """Return the messages that are still to be delivered, oldest first."""
        with self._store.read() as connection:
            return [_message(row) for row in connection.execute(_in_state("pending"))]

    def retry(self, number: int, actor: str) -> None:
        """Let a message that was given up be tried again, from now on as if it were new.

        Args:
            number: id of the message.
            actor: username of who asks for it.

        Raises:
            NotFound: there is no such message.
            Conflict: it was delivered, or is still being tried.
        """
        with self._store.write() as transaction:
            row = _lock(transaction, number)
            if row.state != "dead":
                raise Conflict(
                    Text(en="This message has not been given up.", zh="该消息仍在投递或已送达，无需重试。"),
                    context={"message": str(number), "state": row.state},
                )
            _set(transaction, number, state="pending", tries=0, next_try_at=transaction.now, claimed_until=None)
            transaction.event(actor, "outbox.retried", row.case_ref, {"message": str(number), "kind": row.kind})

    def pending(self) -> int:
        """Return how many messages are still to be delivered, without the head of the chain that is due later."""
        waiting = sa.and_(_box.c.state == "pending", _box.c.kind != HEAD_DUE)
        counted = sa.select(sa.func.count()).select_from(_box).where(waiting)
        with self._store.read() as connection:
            return int(connection.execute(counted).scalar_one())

    def starts_runs_now(self) -> bool:
        """True while somebody is delivering a message that starts or wakes a run."""
        claimed = sa.and_(
            _box.c.state == "pending", _box.c.kind.in_((WAKE, BATCH)), _box.c.claimed_until > self._store.clock()
        )
        with self._store.read() as connection:
            return connection.execute(sa.select(_box.c.id).where(claimed).limit(1)).first() is not None


def _in_state(state: str) -> sa.Select[Any]:
    return sa.select(_box).where(_box.c.state == state).order_by(_box.c.id)


def _lock(transaction: Transaction, number: int) -> sa.Row[Any]:
    chosen = sa.select(_box).where(_box.c.id == number).with_for_update()
    row = transaction.connection.execute(chosen).one_or_none()
    if row is None:
        raise NotFound(
            Text(en="There is no such message in the outbox.", zh="待发消息中没有该消息。"),
            context={"message": str(number)},
        )
    return row


def _set(transaction: Transaction, number: int, **values: object) -> None:
    transaction.connection.execute(sa.update(_box).where(_box.c.id == number).values(**values))


def _message(row: sa.Row[Any]) -> OutboxMessage:
    return OutboxMessage(
        id=row.id,
        kind=row.kind,
        case=row.case_ref,
        payload=json.loads(row.payload),
        created_at=row.created_at,
        tries=row.tries,
        next_try_at=row.next_try_at,
        last_error=row.last_error,
    )
