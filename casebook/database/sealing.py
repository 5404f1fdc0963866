"""What is personal in the documents of a case, sealed with a key of the case's own: destroying the key erases it.

A sealed text stands in its column from the first moment, so the audit chain holds the fingerprint of the sealed text.
Nothing of it changes when the key is destroyed, in the database or in any copy of it: it can only be read no more.

A sealed text is `sealed:1:CASE:` and, in base64, a nonce of 12 bytes with the AES-256-GCM of the deflated text; the
reference of the case is authenticated with it.
"""

from __future__ import annotations

import base64
import os
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from admission.errors import GatehouseError
from admission.model import Text

MARK = "sealed:1:"
# What is read where the key is gone.
ERASED = "erased"
KEY_BYTES = 32
_NONCE_BYTES = 12
# Free words of people in the details of events, by act.
FREE_WORDS: Mapping[str, str] = {"round.opened": "reason", "question.answered": "answer"}


class Readable(str):
    """A text that is written to a sealed column as it is, for it says nothing personal."""

    __slots__ = ()


class KeysAtHand(Protocol):
    """Where the keys of cases are read."""

    def key_of(self, case: str) -> bytes | None:
        """Return the key of a case; None where it was destroyed, or there never was one."""
        ...


class KeyOf:
    """The key of one case, as it is stored; None where there is none."""

    def __init__(self, case: str, key: str | None) -> None:
        self._case = case
        self._key = key

    def key_of(self, case: str) -> bytes | None:
        """Return the key of this case."""
        return key_bytes(self._key) if self._key is not None and case == self._case else None


_keys_at_hand: ContextVar[KeysAtHand | None] = ContextVar("keys_at_hand", default=None)


@contextmanager
def reading_with(keys: KeysAtHand) -> Iterator[None]:
    """Let what is read in this block be opened with these keys."""
    before = _keys_at_hand.get()
    _keys_at_hand.set(keys)
    try:
        yield
    finally:
        _keys_at_hand.set(before)


def new_key() -> bytes:
    """Return a key for one case, or for the bytes of one answer."""
    return os.urandom(KEY_BYTES)


def encrypted(body: bytes, key: bytes, of: str) -> bytes:
    """Return a nonce and the AES-256-GCM of bytes; what they are of is authenticated with them."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, body, of.encode())


def decrypted(body: bytes, key: bytes, of: str) -> bytes:
    """Return what was encrypted.

    Raises:
        ValueError: the key does not fit, or something was changed.
    """
    try:
        return AESGCM(key).decrypt(body[:_NONCE_BYTES], body[_NONCE_BYTES:], of.encode())
    except InvalidTag:
        raise ValueError("not what was encrypted") from None


def sealed(text: str, case: str, key: bytes) -> str:
    """Seal a text."""
    body = encrypted(zlib.compress(text.encode(), 1), key, case)
    return f"{MARK}{case}:{base64.b64encode(body).decode()}"


def case_of_sealed(text: str) -> str:
    """Return the case with whose key a text is sealed; "" where it is not sealed."""
    return text[len(MARK) :].partition(":")[0] if text.startswith(MARK) else ""


def opened(text: str, keys: KeysAtHand | None = None) -> str:
    """Return what a text says: itself where it is not sealed, `ERASED` where its key is gone.

    Args:
        text: as it is stored.
        keys: those at hand if not given.

    Raises:
        GatehouseError: the key does not fit, or the text was changed.
    """
    if not text.startswith(MARK):
        return text
    case, key = _key_of(text, keys)
    if key is None:
        return ERASED
    try:
        body = base64.b64decode(text[len(MARK) + len(case) + 1 :], validate=True)
        return zlib.decompress(decrypted(body, key, case)).decode()
    except (ValueError, zlib.error):
        raise _cannot_open(case) from None


def is_lost(text: str, keys: KeysAtHand | None = None) -> bool:
    """True where a text is sealed with a key that is gone; see `opened`."""
    return text.startswith(MARK) and _key_of(text, keys)[1] is None


def _key_of(text: str, keys: KeysAtHand | None) -> tuple[str, bytes | None]:
    """Return the case of a sealed text, and its key."""
    case, at_hand = case_of_sealed(text), keys or _keys_at_hand.get()
    if at_hand is None:
        raise RuntimeError("a sealed text was read outside of a transaction of the store")
    try:
        return case, at_hand.key_of(case)
    except ValueError:
        raise _cannot_open(case) from None


def _cannot_open(case: str) -> GatehouseError:
    return GatehouseError(
        Text(en="A sealed text of a case cannot be opened with its key.", zh="申请单的加密内容无法用其密钥打开。"),
        context={"case": case},
        remedy=Text(
            en="the text or the key was changed: run gatehouse verify, and restore from a backup",
            zh="内容或密钥被改动：请运行 gatehouse verify 核验，并从备份恢复",
        ),
    )


def opened_detail(detail: Mapping[str, str]) -> dict[str, str]:
    """Return the detail of an event as people wrote it."""
    return {name: opened(value) for name, value in detail.items()}


class Sealed(TypeDecorator[str]):
    """A text that is sealed in the database and read as it was written. `Transaction` seals what it writes."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Refuse what is not sealed: a mistake here could never be mended."""
        if value is None or isinstance(value, Readable) or value.startswith(MARK):
            return value
        raise GatehouseError(
            Text(en="A personal text was to be written without being sealed.", zh="个人信息未加密，不能写入。"),
            remedy=Text(
                en="write it with the transaction's add, insert_new, upsert or change",
                zh="请使用事务的 add、insert_new、upsert 或 change 写入",
            ),
        )

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Open it; what cannot be opened stays as it is, and is not what its fingerprint tells."""
        if value is None:
            return None
        try:
            return opened(value)
        except GatehouseError:
            return value


def sealed_columns(table: sa.Table) -> tuple[str, ...]:
    """Return the names of a table's sealed columns."""
    return tuple(column.name for column in table.c if isinstance(column.type, Sealed))


def key_text(key: bytes) -> str:
    """Return a key as it is stored."""
    return base64.b64encode(key).decode()


def key_bytes(text: str) -> bytes:
    """Read a stored key.

    Raises:
        ValueError: it is none.
    """
    key = base64.b64decode(text, validate=True)
    if len(key) != KEY_BYTES:
        raise ValueError(f"{len(key)} bytes are no key")
    return key
