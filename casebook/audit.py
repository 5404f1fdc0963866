"""Proof that the casebook is what Gatehouse wrote: the chain, the rows it speaks of, and the raw bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from admission.errors import Conflict, Erased, GatehouseError, NotFound
from admission.evidence.uploads import attachment_of
from admission.evidence.watchlists import ListVersion
from admission.model import Record, Text, canonical_json
from casebook.database import tables
from casebook.database.binding import AUDITED, BoundRow, has_case, rows_of
from casebook.database.blobs import Blobs
from casebook.database.case_keys import CaseKeys
from casebook.database.case_rows import no_such_case
from casebook.database.chain import BEGINNINGS, GENESIS, ROTATION, Link, link_of
from casebook.database.erasure_tables import ANSWERS
from casebook.database.lookups import fill_lookups
from casebook.database.sealing import opened
from casebook.database.signing import PublicKey
from casebook.database.store import SYSTEM, Store
from casebook.proof.books import book_flaws
from casebook.proof.flaws import Flaw, FlawKind, answer_named, named
from casebook.proof.ledgers import ledger_flaws
from casebook.proof.lookups import lookup_flaws
from casebook.proof.seals import ErasedBy, Seals
from casebook.proof.signatures import with_signatures
from casebook.proof.triggers import trigger_flaws
from casebook.proof.verification import Checkpoint, Head, Walk

_PAGE = 1000
_history = tables.history


class Proof(Record):
    """What was looked at, and what is wrong.

    Attributes:
        end: number and sha256 of the last event that was looked at.
        answers: how many stored files were read and hashed: answers, attachments, lists.
        erased: how many cases each rule erased; that they can be read no more is no flaw.
    """

    end: tuple[int, str]
    events: int
    rows: int
    answers: int
    heads: int
    flaws: tuple[Flaw, ...]
    erased: tuple[ErasedBy, ...] = ()


class Audit:
    """The audit chain of the casebook."""

    def __init__(self, store: Store, blobs: Blobs) -> None:
        self._store = store
        self._blobs = blobs

    def end(self) -> tuple[int, str]:
        """Return number and sha256 of the last event."""
        with self._store.read() as connection:
            last = sa.select(_history.c.seq, _history.c.sha256).order_by(_history.c.seq.desc()).limit(1)
            row = connection.execute(last).one_or_none()
        return (0, GENESIS) if row is None else (row.seq, row.sha256)

    def verify(
        self,
        keys: Sequence[PublicKey],
        heads: Sequence[Head],
        tell: Callable[[Text], None],
        checkpoint: Checkpoint | None = None,
    ) -> Proof:
        """Walk the whole chain; hold every audited row and stored answer against it, and the triggers against the code.

        Args:
            keys: the public keys to trust, oldest first.
            heads: published heads to compare with.
            tell: is told how far it is.
            checkpoint: where an earlier verification ended; see `Walk`.
        """
        walk = Walk(keys, heads, checkpoint)
        rows, answers = 0, set[str]()
        with self._store.snapshot() as connection:
            counters = tables.counters
            counted = sa.select(counters.c.value).where(counters.c.name == "history")
            total = int(connection.execute(counted).scalar_one_or_none() or 0)
            checked_until = 0 if checkpoint is None else checkpoint.seq
            for row, signed in with_signatures(_pages(connection), keys, checked_until):
                walk.take(row, signed)
                if walk.last % _PAGE == 0:
                    tell(Text(en=f"{walk.last} of {total} events", zh=f"已核验 {walk.last} / {total} 条记录"))
            walk.end(total)
            seals = Seals(connection)
            for name in AUDITED:
                for bound in walk.compare(rows_of(connection, tables.metadata.tables[name])):
                    rows += 1
                    walk.flaws += seals.flaws_of(bound)
                    self._check_files(bound, answers, walk.flaws, seals)
                tell(Text(en=f"table {name}", zh=f"数据表 {name}"))
            walk.flaws += seals.undone()
            walk.flaws += lookup_flaws(connection)
            walk.flaws += ledger_flaws(connection)
            walk.flaws += book_flaws(connection)
            walk.flaws += trigger_flaws(connection)
        walk.missing()
        end = (walk.last, walk.last_sha256)
        return Proof(
            end=end,
            events=walk.last,
            rows=rows,
            answers=len(answers),
            heads=len(heads),
            flaws=tuple(walk.flaws),
            erased=seals.summary,
        )

    def mend_lookups(self) -> list[Flaw]:
        """Write the lookup tables anew from the documents, where they say something else; return what was wrong.

        Raises:
            Conflict: a document that they follow from was changed itself.
        """
        with self._store.write() as transaction:
            flaws = list(lookup_flaws(transaction.connection))
            if flaws:
                try:
                    fill_lookups(transaction.connection)
                except (GatehouseError, ValueError, KeyError, TypeError):
                    raise Conflict(
                        Text(
                            en="A document that lookup tables follow from was changed.",
                            zh="检索表所依据的文件已被改动。",
                        ),
                        remedy=Text(
                            en="see what `gatehouse verify` names, and restore that from a backup first",
                            zh="请查看 `gatehouse verify` 列出的项目，并先从备份恢复",
                        ),
                    ) from None
                transaction.event(SYSTEM, "lookups.mended", None, {"wrong": str(len(flaws))})
        return flaws

    def export(self, reference: str) -> tuple[list[Link], list[BoundRow], bytes | None]:
        """Return what a bundle of one case holds: its events with those that bring keys, its rows, and their key.

        Raises:
            NotFound: no such case.
        """
        with self._store.snapshot() as connection:
            rows = [
                bound
                for name in AUDITED
                if has_case(tables.metadata.tables[name])
                for bound in rows_of(connection, tables.metadata.tables[name], case=reference)
            ]
            if not rows:
                raise no_such_case(reference)
            pinned = _pins_of(connection, rows)
            about_pins = sa.and_(
                _history.c.act.in_(["policy.pinned", "rates.pinned"]),
                _history.c.detail.in_([canonical_json({"sha256": bound.values["sha256"]}) for bound in pinned]),
            )
            wanted = sa.or_(
                _history.c.case_ref == reference,
                _history.c.act.in_([*BEGINNINGS, ROTATION, "credentials.bound"]),
                about_pins,
                _history.c.seq.in_(_sign_ins(connection, reference)),
            )
            chosen = _selected(connection).where(wanted).order_by(_history.c.seq)
            links = [link_of(row) for row in connection.execute(chosen)]
            return links, [*rows, *pinned], CaseKeys(connection, self._store.engine).key_of(reference)

    def _check_files(self, bound: BoundRow, seen: set[str], flaws: list[Flaw], seals: Seals) -> None:
        """Read and hash the files that a row names: an answer, what came with a site's record, a list's files."""
        since = str(bound.values.get("fetched_at") or bound.values.get("loaded_at") or "")
        erased = seals.erased(bound.case, ANSWERS)
        for sha256 in _files_of(bound):
            body = self._check_body(sha256, bound, since, seen, flaws, erased=erased)
            attachment = None if body is None else attachment_of(str(bound.values.get("source", "")), body)
            if attachment is not None:
                self._check_body(attachment, bound, since, seen, flaws, erased=erased)

    def _check_body(
        self, sha256: str, bound: BoundRow, since: str, seen: set[str], flaws: list[Flaw], *, erased: bool
    ) -> bytes | None:
        if sha256 in seen:
            return None
        try:
            body = self._blobs.read(sha256)
        except NotFound as error:
            # Another case may name the same bytes, and need them.
            if erased:
                return None
            kind: FlawKind = "key.missing" if isinstance(error, Erased) else "answer.missing"
            flaws.append(Flaw(kind=kind, where=answer_named(sha256, bound.row), since=named(since)))
            body = None
        except (GatehouseError, OSError):
            flaws.append(Flaw(kind="answer.changed", where=answer_named(sha256, bound.row), since=named(since)))
            body = None
        seen.add(sha256)
        return body


def _files_of(bound: BoundRow) -> list[str]:
    """Return the sha256 of each stored file that a row names itself."""
    if bound.row.table == "evidence":
        sha256 = bound.values.get("body_sha256")
        return [] if sha256 is None else [str(sha256)]
    if bound.row.table == "watchlists":
        try:
            return list(ListVersion.model_validate_json(str(bound.values["document"])).files.values())
        except ValueError:
            return []  # the row was changed, and is named for it
    return []


def _selected(connection: Connection) -> sa.Select[Any]:
    if connection.dialect.name != "sqlite":
        return sa.select(_history)
    # SQLite's raw text, so that no other way to write the same time goes unseen.
    raw = sa.type_coerce(_history.c.at, sa.String).label("at")
    return sa.select(*(column for column in _history.c if column.name != "at"), raw)


def _pages(connection: Connection) -> Iterator[Sequence[sa.Row[Any]]]:
    last = -1
    while True:
        page = _selected(connection).where(_history.c.seq > last).order_by(_history.c.seq).limit(_PAGE)
        rows = connection.execute(page).all()
        yield rows
        if len(rows) < _PAGE:
            return
        last = rows[-1].seq


def _sign_ins(connection: Connection, reference: str) -> list[int]:
    """Return the events that brought what the votes and codes of a case were made with."""
    of_case = sa.select(_history).where(
        _history.c.case_ref == reference, _history.c.act.in_(["vote.cast", "code.issued"])
    )
    events = [link_of(row).event for row in connection.execute(of_case)]
    named = {event.detail.get("by", "") for event in events}
    bring = sa.select(_history).where(
        _history.c.actor.in_({event.actor for event in events}),
        _history.c.act.in_(["person.signed_in", "token.issued"]),
    )
    brought = [link_of(row).event for row in connection.execute(bring)]
    return [
        event.seq
        for event in brought
        if {f"session {event.detail.get('session')}", f"token {event.detail.get('token')}"} & named
    ]


def _pins_of(connection: Connection, rows: Sequence[BoundRow]) -> list[BoundRow]:
    """Return the policies and rates that a case's rows name."""
    texts = [value for bound in rows for value in (bound.values.get("document"), bound.values.get("result"))]
    written = [opened(str(text)) for text in texts]
    everything = rows_of(connection, tables.pins)
    return [pin for pin in everything if any(pin.values["sha256"] in text for text in written)]
