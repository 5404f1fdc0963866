"""The audit chain: each event holds the sha256 of the one before it and is signed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from admission.cases import Event
from admission.errors import GatehouseError
from admission.model import Record, Text, canonical_json, digest
from casebook.database import tables
from casebook.database.binding import RowKey, hidden
from casebook.database.documents import CHANGED_FROM_OUTSIDE
from casebook.database.signing import KeyRing

# What stands in place of the sha256 of an event before the first.
GENESIS = "0" * 64
# Acts whose event brings the first key.
BEGINNINGS = ("casebook.created", "chain.started")
ROTATION = "key.rotated"
# What the detail of an event says from which on every vote names the credential it was cast with.
CREDENTIALS_BOUND = {"credentials": "bound"}

_history, _keys = tables.history, tables.keys
# Made once: making a statement takes as long as asking it, and each transaction that writes asks all of them.
_COUNTED = (
    sa.update(tables.counters)
    .where(tables.counters.c.name == "history")
    .values(value=tables.counters.c.value + sa.bindparam("events", type_=sa.Integer))
    .returning(tables.counters.c.value)
)
_IN_USE = sa.select(_keys.c.id).where(_keys.c.valid_until.is_(None))
_SHA256_OF = sa.select(_history.c.sha256).where(_history.c.seq == sa.bindparam("event"))


class Link(Record):
    """An event in the chain.

    Attributes:
        prev: sha256 of the event before.
        key: id of the key that signed.
        content: for each audited row that was written: table, primary key, sha256 of the row.
        sha256: of everything above, with the event itself.
        signature: of `sha256`, in base64.
    """

    event: Event
    prev: str
    key: str
    content: tuple[tuple[str, tuple[str | int, ...], str | None], ...] = ()
    sha256: str = ""
    signature: str = ""

    @property
    def document(self) -> dict[str, Any]:
        """What is hashed (see docs/audit.md)."""
        return self.at_place(self.event.seq)

    def at_place(self, seq: int) -> dict[str, Any]:
        """Return what would be hashed if the event stood elsewhere."""
        return {
            "seq": seq,
            "at": written_time(self.event.at),
            "actor": self.event.actor,
            "act": self.event.act,
            "case": self.event.case,
            "detail": dict(self.event.detail),
            "content": [[table, list(key), sha256] for table, key, sha256 in self.content],
            "prev": self.prev,
            "key": self.key,
        }

    def signed(self, ring: KeyRing) -> Link:
        """Return the link with its fingerprint and signature."""
        sha256 = digest(self.document)
        return self.model_copy(update={"sha256": sha256, "signature": ring.sign(self.key, "event", sha256)})

    @property
    def row(self) -> dict[str, Any]:
        """The link as a row of the history."""
        return {
            "seq": self.event.seq,
            "at": self.event.at,
            "actor": self.event.actor,
            "act": self.event.act,
            "case_ref": self.event.case,
            "detail": canonical_json(dict(self.event.detail)),
            "content": canonical_json(self.document["content"]),
            "prev": self.prev,
            "key_id": self.key,
            "sha256": self.sha256,
            "signature": self.signature,
        }

    @property
    def rows(self) -> dict[RowKey, str | None]:
        """The rows that this event wrote, as the chain names them, with their fingerprints."""
        return {hidden(RowKey(table, key)): sha256 for table, key, sha256 in self.content}


def link_of(row: sa.Row[Any]) -> Link:
    """Read one row of the history.

    Raises:
        ValueError: the row cannot be what the house wrote.
    """
    event = _event(row)
    content = json.loads(row.content)
    link = Link(event=event, prev=row.prev, key=row.key_id, content=content, sha256=row.sha256, signature=row.signature)
    as_written = not isinstance(row.at, str) or written_time(event.at) == row.at
    if not as_written or canonical_json(event.detail) != row.detail or canonical_json(content) != row.content:
        raise ValueError("not in the form in which the house writes")
    return link


def _event(row: sa.Row[Any]) -> Event:
    detail = json.loads(row.detail)
    return Event(seq=row.seq, at=row.at, actor=row.actor, act=row.act, case=row.case_ref, detail=detail)


def extended(
    connection: Connection, events: Sequence[tuple[Event, Sequence[tuple[RowKey, str | None]]]], key: str, ring: KeyRing
) -> list[dict[str, Any]]:
    """Return the rows that continue the chain with these events; call it while the counter is locked.

    Raises:
        GatehouseError: the key is not on this machine, or the event before is gone.
    """
    prev = GENESIS
    first = events[0][0].seq
    if first > 1:
        before = connection.execute(_SHA256_OF, {"event": first - 1}).scalar_one_or_none()
        if before is None:
            raise GatehouseError(
                Text(
                    en="The end of the history is missing, so nothing can be added.",
                    zh="历史记录的末尾缺失，无法继续写入。",
                ),
                context={"event": str(first - 1)},
                remedy=CHANGED_FROM_OUTSIDE,
            )
        prev = before
    rows = []
    for event, bound in events:
        content = tuple((row.table, hidden(row).key, sha256) for row, sha256 in bound)
        link = Link(event=event, prev=prev, key=key, content=content).signed(ring)
        rows.append(link.row)
        prev = link.sha256
    return rows


def counted(connection: Connection, events: int) -> int:
    """Count so many events more, and return the number of the first; the counter stays locked until the end."""
    last: int = connection.execute(_COUNTED, {"events": events}).scalar_one()
    return last - events + 1


def key_in_use(connection: Connection) -> str:
    """Return the id of the key that signs now.

    Raises:
        GatehouseError: there is not exactly one.
    """
    found = connection.execute(_IN_USE).scalars().all()
    if len(found) != 1:
        raise GatehouseError(
            Text(
                en="The casebook does not have exactly one signing key in use.", zh="台账中在用的签名密钥不是恰好一把。"
            ),
            context={"keys": str(len(found))},
            remedy=CHANGED_FROM_OUTSIDE,
        )
    return str(found[0])


def first_key(connection: Connection, ring: KeyRing, now: datetime) -> None:
    """Make the casebook's first key, and chain and sign what was written before there was one.

    For the migration that brings the chain; the history's triggers must be off.
    """
    name, public = ring.make()
    connection.execute(sa.insert(_keys).execution_options(bound=True).values(id=name, public=public, valid_from=now))
    columns = [_history.c[column] for column in ("seq", "at", "actor", "act", "case_ref", "detail")]
    prev = GENESIS
    for row in connection.execute(sa.select(*columns).order_by(_history.c.seq)).all():
        link = Link(event=_event(row), prev=prev, key=name).signed(ring)
        written = ("detail", "content", "prev", "key_id", "sha256", "signature")
        changed = {column: link.row[column] for column in written}
        connection.execute(sa.update(_history).where(_history.c.seq == row.seq).values(**changed))
        prev = link.sha256


def written_time(at: datetime) -> str:
    """Return a time as it is hashed: UTC with microseconds."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")
