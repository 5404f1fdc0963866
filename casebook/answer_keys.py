"""The keys of raw answers: made before the bytes are stored, destroyed when they are erased."""

from __future__ import annotations

import sqlalchemy as sa

from casebook.database.erasure_tables import answer_keys
from casebook.database.sealing import key_bytes, key_text, new_key
from casebook.database.store import Store

# Made once: making a statement takes as long as asking it.
_KEY = sa.select(answer_keys.c.key).where(answer_keys.c.sha256 == sa.bindparam("answer"))


class StoredAnswerKeys:
    """The keys of raw answers, in the casebook's database."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def of(self, sha256: str) -> bytes | None:
        """Return the key of the bytes of this sha256; None where it was destroyed, or there never was one."""
        with self._store.read() as connection:
            return _key(connection, sha256)

    def made_for(self, sha256: str) -> bytes:
        """Return the key of the bytes of this sha256, made durably where there is none yet."""
        known = self.of(sha256)
        if known is not None:
            return known
        with self._store.write() as transaction:
            transaction.insert_new(answer_keys, {"sha256": sha256, "key": key_text(new_key())})
            key = _key(transaction.connection, sha256)
        assert key is not None  # noqa: S101 - it was written in this transaction, or by another one before
        return key


def _key(connection: sa.Connection, sha256: str) -> bytes | None:
    text = connection.execute(_KEY, {"answer": sha256}).scalar_one_or_none()
    return None if text is None else key_bytes(text)
