"""Walking the chain from its first event, naming everything that is not as it was written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import sqlalchemy as sa

from admission.model import Record, Text, digest
from casebook.database.binding import BoundRow, RowKey, hidden
from casebook.database.chain import GENESIS, ROTATION, Link, link_of, written_time
from casebook.database.signing import PublicKey, signed_by
from casebook.proof.credentials import Credentials
from casebook.proof.flaws import Flaw, FlawKind, event_named, events_named, named

_FARTHEST_MOVE = 2000


class Head(Record):
    """The end of the chain at one moment, as it was published.

    Attributes:
        at: when it was published, as in `chain.written_time`.
        signature: over the sha256 of the three fields before the key.
    """

    seq: int
    sha256: str
    at: str
    key: str = ""
    signature: str = ""

    @property
    def digest(self) -> str:
        """What is signed."""
        return digest({"seq": self.seq, "sha256": self.sha256, "at": self.at})


class Checkpoint(Head):
    """Where a verification ended that found nothing wrong; signed as such, so that no published head passes for one."""


def _head_named(head: Head) -> Text:
    return Text(en=f"published head of event {head.seq}", zh=f"第 {head.seq} 条记录的已公布链头")


class Bound(NamedTuple):
    """What the chain says of a row: its fingerprint, None where it was removed, and by which event."""

    sha256: str | None
    event: Text


class Walk:
    """One walk along the chain.

    Args:
        keys: the public keys to trust; later ones are trusted when an event signed by a trusted one brings them.
        heads: what was published.
        checkpoint: where an earlier verification ended. The signatures of the events up to there were checked then, and
            are not again: each event holds the fingerprint of the one before, so the checkpoint's signature stands for
            all of them. Events that bring keys are always checked, for a checkpoint is no better than its key.
    """

    def __init__(
        self, keys: Iterable[PublicKey], heads: Iterable[Head] = (), checkpoint: Checkpoint | None = None
    ) -> None:
        self.flaws: list[Flaw] = []
        self.rows: dict[RowKey, Bound] = {}
        self.last = 0
        self.last_sha256 = GENESIS
        self._keys = {key.id: key for key in keys}
        self._key = next(iter(self._keys), "")
        self._heads: dict[int, list[Head]] = {}
        for head in heads:
            self._heads.setdefault(head.seq, []).append(head)
        self._checkpoint = checkpoint
        # True after a flaw: that the next event does not follow from it is no flaw of its own.
        self._doubt = False
        self._range: tuple[FlawKind, int, int, str] | None = None
        self._shift = 1
        self._credentials = Credentials()

    def take(self, row: sa.Row[Any], signed: bool | None = None) -> None:
        """Look at the next event.

        Args:
            row: of the history.
            signed: whether its signature is that of the key that it names, where that was checked already.
        """
        if row.seq > self.last + 1:
            self._note("event.missing", self.last + 1, row.seq - 1, "")
            self._doubt = True
        try:
            link = link_of(row)
        except (TypeError, ValueError):
            self._note("event.changed", row.seq, row.seq, "")
            self._doubt = True
        else:
            self._check(link, signed)
        self._check_heads(row.seq, row.sha256)
        self._check_checkpoint(row.seq, row.sha256)
        self.last, self.last_sha256 = row.seq, row.sha256

    def end(self, counted: int) -> None:
        """Close the walk; `counted` is how many events the casebook says it wrote."""
        if counted > self.last:
            self._note("chain.cut", self.last + 1, counted, "")
        elif counted < self.last:
            self._note("event.added", counted + 1, self.last, "")
        self._flush()
        if self._checkpoint is not None and self._checkpoint.seq > self.last:
            point = self._checkpoint
            self.flaws.append(Flaw(kind="chain.cut", where=event_named(point.seq), since=named(point.at)))
        for heads in self._heads.values():
            for head in heads:
                signed = signed_by(self._keys.get(head.key), "head", head.digest, head.signature)
                if not signed:
                    self.flaws.append(Flaw(kind="head.forged", where=_head_named(head)))
                elif head.seq > self.last:
                    self.flaws.append(Flaw(kind="chain.cut", where=event_named(head.seq), since=named(head.at)))

    def compare(self, rows: Iterable[BoundRow]) -> Iterator[BoundRow]:
        """Hold rows against what the chain says of them, and hand them on."""
        for row in rows:
            bound = self.rows.pop(hidden(row.row), None)
            if bound is None:
                self.flaws.append(Flaw(kind="row.added", where=named(str(row.row))))
            elif bound.sha256 != row.sha256:
                self.flaws.append(Flaw(kind="row.changed", where=named(str(row.row)), since=bound.event))
            yield row

    def missing(self) -> None:
        """Name the rows that the chain knows and nobody showed."""
        for row, bound in self.rows.items():
            if bound.sha256 is not None:
                self.flaws.append(Flaw(kind="row.removed", where=named(str(row)), since=bound.event))

    def _check(self, link: Link, signed: bool | None) -> None:
        kind = self._flaw_of(link, signed)
        event = event_named(link.event.seq, written_time(link.event.at))
        if kind is not None:
            self._note(kind, link.event.seq, link.event.seq, written_time(link.event.at))
        elif link.event.act == ROTATION:
            self._trust(link.event.detail, link)
        self._doubt = kind is not None
        self.flaws += [Flaw(kind="row.added", where=named(str(row))) for row in self._credentials.strays(link)]
        if not self._credentials.proves(link) and kind is None:
            self._flush()
            self.flaws.append(Flaw(kind="vote.unproven", where=event))
        # Rows are compared even where the event is in doubt: the event is named, and its rows may well be sound.
        self.rows.update({row: Bound(sha256, event) for row, sha256 in link.rows.items()})

    def _flaw_of(self, link: Link, checked: bool | None) -> FlawKind | None:
        trusted = self._keys.get(link.key)

        def signed() -> bool:
            return signed_by(trusted, "event", link.sha256, link.signature) if checked is None else checked

        if digest(link.document) != link.sha256:
            return "event.moved" if signed() and self._moved(link) else "event.changed"
        if trusted is None:
            return "key.unknown"
        if not self._was_checked(link) and not signed():
            return "event.forged"
        if link.prev != self.last_sha256 and not self._doubt:
            return "chain.broken"
        return None if link.key == self._key else "key.wrong"

    def _was_checked(self, link: Link) -> bool:
        return self._checkpoint is not None and link.event.seq <= self._checkpoint.seq and link.event.act != ROTATION

    def _moved(self, link: Link) -> bool:
        """True where the event is sound at another place; the last distance found is tried first."""
        seq = link.event.seq
        nearest = sorted(range(max(1, seq - _FARTHEST_MOVE), seq + _FARTHEST_MOVE), key=lambda place: abs(place - seq))
        for place in (seq + self._shift, *nearest):
            if digest(link.at_place(place)) == link.sha256:
                self._shift = place - seq
                return True
        return False

    def _trust(self, detail: Mapping[str, str], link: Link) -> None:
        name = detail.get("key", self._key)
        public = detail.get("public_key", "")
        self._keys.setdefault(name, PublicKey(id=name, public=public, valid_from=link.event.at))
        self._key = name

    def _check_checkpoint(self, seq: int, sha256: str) -> None:
        point = self._checkpoint
        if point is None or point.seq != seq:
            return
        signed = signed_by(self._keys.get(point.key), "checkpoint", point.digest, point.signature)
        if not signed or point.sha256 != sha256:
            self._flush()
            where = Text(en=f"checkpoint of event {seq}", zh=f"第 {seq} 条记录的检查点")
            self.flaws.append(Flaw(kind="chain.rebuilt" if signed else "head.forged", where=where))

    def _check_heads(self, seq: int, sha256: str) -> None:
        for head in self._heads.get(seq, ()):
            if head.sha256 != sha256 and signed_by(self._keys.get(head.key), "head", head.digest, head.signature):
                self._flush()
                where = Text(en=f"event {seq}, published {head.at},", zh=f"{head.at} 公布的第 {seq} 条记录")
                self.flaws.append(Flaw(kind="chain.rebuilt", where=where))

    def _note(self, kind: FlawKind, first: int, last: int, since: str) -> None:
        """Note a flaw of events; neighbours of one kind become one line."""
        if self._range is not None and self._range[0] == kind and self._range[2] + 1 == first:
            self._range = (kind, self._range[1], last, self._range[3])
            return
        self._flush()
        self._range = (kind, first, last, since)

    def _flush(self) -> None:
        if self._range is not None:
            kind, first, last, since = self._range
            self.flaws.append(Flaw(kind=kind, where=events_named(first, last), since=named(since)))
        self._range = None
