"""Where a person is named in the casebook: a look through everything that can still be read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import sqlalchemy as sa

from admission.errors import GatehouseError
from casebook.database import tables
from casebook.database.binding import CASE_COLUMNS
from casebook.database.blobs import Blobs
from casebook.database.lookups import searched_for
from casebook.database.sealing import FREE_WORDS, sealed_columns
from casebook.database.store import Store, event_of

_AT_ONCE = 500


class Naming(NamedTuple):
    """One place where a person is named.

    Attributes:
        case: reference of the case.
        where: the kind of document, such as `evidence`, `votes` or `answer of uk_companies_house`.
        field: the place in it, such as `officers.0.name`; empty where it is no structured document.
        says: what stands there.
    """

    case: str
    where: str
    field: str
    says: str


class PersonSearch:
    """Looks for people in documents, in the words of the history, and in raw answers."""

    def __init__(self, store: Store, blobs: Blobs) -> None:
        self._store = store
        self._blobs = blobs

    def of(self, name: str) -> Iterator[Naming]:
        """Yield every place where a name stands, table by table; letters of any case and width are alike."""
        wanted = searched_for(name)
        for table in tables.metadata.sorted_tables:
            for column in sealed_columns(table):
                yield from self._in_column(table, column, wanted)
        yield from self._in_history(wanted)
        yield from self._in_answers(wanted)

    def asked(self, username: str) -> list[str]:
        """Return the references of the cases that a user asked for."""
        cases = tables.cases.c
        return self._scalars(sa.select(cases.reference).where(cases.requester == username).order_by(cases.reference))

    def voted(self, username: str) -> list[str]:
        """Return the references of the cases on which a user voted."""
        votes = tables.votes.c
        chosen = sa.select(votes.case_ref).where(votes.voter == username).distinct().order_by(votes.case_ref)
        return self._scalars(chosen)

    def acted(self, username: str) -> int:
        """Return how many events of the history are a user's acts."""
        counted = sa.select(sa.func.count()).select_from(tables.history).where(tables.history.c.actor == username)
        with self._store.read() as connection:
            return int(connection.execute(counted).scalar_one())

    def _scalars(self, chosen: sa.Select[tuple[str]]) -> list[str]:
        with self._store.read() as connection:
            return list(connection.execute(chosen).scalars())

    def _in_column(self, table: sa.Table, column: str, wanted: str) -> Iterator[Naming]:
        case = table.c[CASE_COLUMNS.get(table.name, "case_ref")]
        said = table.c[column]
        chosen = sa.select(case.label("case"), said.label("text")).where(said.is_not(None)).order_by(*table.primary_key)
        with self._store.read() as connection:
            for row in connection.execute(chosen.execution_options(yield_per=_AT_ONCE)):
                if wanted in searched_for(row.text):
                    for field, says in _leaves(row.text, wanted):
                        yield Naming(row.case, table.name, field, says)

    def _in_history(self, wanted: str) -> Iterator[Naming]:
        history = tables.history
        chosen = sa.select(history).where(history.c.act.in_(list(FREE_WORDS)), history.c.case_ref.is_not(None))
        with self._store.read() as connection:
            for row in connection.execute(chosen.order_by(history.c.seq).execution_options(yield_per=_AT_ONCE)):
                event = event_of(row)
                said = event.detail.get(FREE_WORDS[event.act], "")
                if wanted in searched_for(said):
                    yield Naming(str(event.case), f"history, {event.act}", FREE_WORDS[event.act], said)

    def _in_answers(self, wanted: str) -> Iterator[Naming]:
        evidence = tables.evidence
        columns = (evidence.c.case_ref, evidence.c.source, evidence.c.body_sha256)
        chosen = sa.select(*columns).where(evidence.c.body_sha256.is_not(None)).distinct().order_by(*columns)
        with self._store.read() as connection:
            rows = connection.execute(chosen).all()
        for row in rows:
            try:
                body = self._blobs.read(row.body_sha256)
            except (GatehouseError, OSError):
                continue
            if wanted in searched_for(body.decode("utf-8", errors="replace")):
                yield Naming(row.case_ref, f"answer of {row.source}", "", f"sha256 {row.body_sha256}")


def _leaves(text: str, wanted: str) -> Iterator[tuple[str, str]]:
    """Yield the texts of a document in which a name stands, each with its place."""
    try:
        document = json.loads(text)
    except ValueError:
        document = text
    yield from _walk(document, "", wanted)


def _walk(value: Any, place: str, wanted: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        if wanted in searched_for(value):
            yield place, value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _walk(inner, f"{place}.{name}" if place else str(name), wanted)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _walk(inner, f"{place}.{number}" if place else str(number), wanted)
