"""The policies and rate tables that assessments were made with, kept whole, so that they can be made again."""

from __future__ import annotations

from typing import Literal

import sqlalchemy as sa

from admission.errors import BadInput
from admission.model import Text
from casebook.database import tables
from casebook.database.documents import fingerprint
from casebook.database.store import SYSTEM, Store

PinKind = Literal["policy", "rates"]
_pins = tables.pins


class Pins:
    """Documents by kind and sha256; each is kept when it is first used, and stays."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: set[tuple[str, str]] = set()

    def keep(self, kind: PinKind, sha256: str, document: str) -> None:
        """Keep a document; once is enough.

        Args:
            kind: what it is.
            sha256: of the document.
            document: its canonical JSON.

        Raises:
            BadInput: the sha256 is not the document's.
        """
        if fingerprint(document) != sha256:
            raise BadInput(
                Text(en="The fingerprint of a pinned document is not its own.", zh="所存档文件的指纹与内容不符。"),
                context={"kind": kind},
            )
        if (kind, sha256) in self._known:
            return
        if self.document(kind, sha256) is None:
            with self._store.write() as transaction:
                row = {"kind": kind, "sha256": sha256, "document": document, "pinned_at": transaction.now}
                if transaction.insert_new(_pins, row):
                    transaction.event(SYSTEM, f"{kind}.pinned", detail={"sha256": sha256})
        self._known.add((kind, sha256))

    def document(self, kind: PinKind, sha256: str) -> str | None:
        """Return a kept document; None where it was never used here."""
        chosen = sa.select(_pins.c.document).where(_pins.c.kind == kind, _pins.c.sha256 == sha256)
        with self._store.read() as connection:
            return connection.execute(chosen).scalar_one_or_none()
