"""The keys that the history is signed with: shown, exported, rotated."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from admission.errors import Conflict
from admission.model import Text
from casebook.database import chain, tables
from casebook.database.signing import KeyRing, PublicKey
from casebook.database.store import Store

_keys = tables.keys


class Keys:
    """Public keys in the database; private ones in this machine's files."""

    def __init__(self, store: Store, ring: KeyRing) -> None:
        self._store = store
        self._ring = ring

    def all(self) -> list[PublicKey]:
        """Return all public keys, oldest first."""
        with self._store.read() as connection:
            rows = connection.execute(sa.select(_keys).order_by(_keys.c.valid_from, _keys.c.id))
            return [
                PublicKey(id=row.id, public=row.public, valid_from=row.valid_from, valid_until=row.valid_until)
                for row in rows
            ]

    def check(self) -> str:
        """Return the id of the key in use.

        Raises:
            GatehouseError: this machine does not have it, so it cannot write.
        """
        with self._store.read() as connection:
            name = chain.key_in_use(connection)
        self._ring.holds(name)
        return name

    def sign_head(self, sha256: str) -> tuple[str, str]:
        """Sign the fingerprint of a published head; return the key's id and the signature."""
        name = self.check()
        return name, self._ring.sign(name, "head", sha256)

    def sign_checkpoint(self, sha256: str) -> tuple[str, str]:
        """Sign the fingerprint of where a sound verification ended; return the key's id and the signature."""
        name = self.check()
        return name, self._ring.sign(name, "checkpoint", sha256)

    def sign_bundle(self, sha256: str) -> tuple[str, str]:
        """Sign the fingerprint of a bundle's manifest; return the key's id and the signature."""
        name = self.check()
        return name, self._ring.sign(name, "bundle", sha256)

    def publish(self) -> None:
        """Write the public keys to a file beside the private ones."""
        self._ring.publish(self.all())

    def rotate(self, actor: str) -> PublicKey:
        """Make a new key that signs from now on; the old one signs the event that brings it.

        The old private key stays on disk until somebody removes it; nothing needs it any more.

        Raises:
            Conflict: somebody else rotates at this moment.
            GatehouseError: this machine does not have the key in use.
        """
        self.check()
        name, public = self._ring.make()
        try:
            with self._store.write() as transaction:
                current = sa.select(_keys).where(_keys.c.valid_until.is_(None)).with_for_update()
                row = transaction.connection.execute(current).one_or_none()
                if row is None:
                    raise Conflict(
                        Text(en="Somebody else rotates the key at this moment.", zh="此刻有他人正在更换密钥。"),
                        remedy=Text(en="see gatehouse keys list", zh="请查看 gatehouse keys list"),
                    )
                self._ring.holds(row.id)
                transaction.sign_with(row.id)
                # Keys are told apart in time, whatever the clocks of two machines say.
                now = max(transaction.now, row.valid_from + timedelta(microseconds=1))
                transaction.change(_keys, {"id": row.id}, valid_until=now)
                transaction.add(_keys, {"id": name, "public": public, "valid_from": now})
                detail = {"from": row.id, "key": name, "public_key": public}
                transaction.event(actor, chain.ROTATION, detail=detail)
        except BaseException:
            self._ring.discard(name)
            raise
        self.publish()
        return PublicKey(id=name, public=public, valid_from=now)
