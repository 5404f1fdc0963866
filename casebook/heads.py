"""Where the house wants the heads of its audit chain to go."""

from __future__ import annotations

import json
from typing import Literal

import sqlalchemy as sa

from admission.model import Record, canonical_json
from casebook.database import tables
from casebook.database.store import Store

HeadKind = Literal["file", "mail", "webhook", "none"]
_NAME = "heads"


class HeadPlace(Record):
    """A place outside the casebook that heads go to.

    Attributes:
        kind: what it is; `none` where the house wants none.
        to: the file, the mailbox or the address; empty for `none`.
    """

    kind: HeadKind
    to: str = ""


class Heads:
    """The choice of where heads go: one for the house, whatever machine asks."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def chosen(self) -> HeadPlace | None:
        """Return where heads go; None while nobody has chosen."""
        value = sa.select(tables.meta.c.value).where(tables.meta.c.name == _NAME)
        with self._store.read() as connection:
            written = connection.execute(value).scalar_one_or_none()
        return None if written is None else HeadPlace.model_validate(json.loads(written))

    def choose(self, place: HeadPlace, actor: str) -> None:
        """Choose where heads go from now on; the history tells what kind of place, not the address.

        Args:
            place: the place.
            actor: who chose it.
        """
        with self._store.write() as transaction:
            transaction.upsert(tables.meta, [{"name": _NAME, "value": canonical_json(place.model_dump())}])
            transaction.event(actor, "heads.chosen", None, {"kind": place.kind})
