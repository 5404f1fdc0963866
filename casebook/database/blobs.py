"""Raw bytes in files named after their sha256: written once, never changed, checked whenever they are read.

What a source said of a company is sealed with a key of its own, so that destroying the key erases it in every copy. A
public list stays as it is. A sealed file is `GHSEAL1`, a line feed, the sha256 of what follows, a nonce of 12 bytes,
and the AES-256-GCM of the bytes; whether it is whole can be told without the key.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import tempfile
from pathlib import Path
from typing import Protocol

from admission.errors import Erased, GatehouseError, NotFound
from admission.files import settle
from admission.model import Text
from casebook.database.sealing import decrypted, encrypted

SEAL = b"GHSEAL1\n"
_HEADER = len(SEAL) + hashlib.sha256().digest_size
# A long answer costs more to read and hash again than to keep: the two files of a list, and yesterday's.
_LONG = 256 * 1024
_REMEMBERED = 4


class AnswerKeys(Protocol):
    """The keys of sealed bytes, by the sha256 of the bytes."""

    def of(self, sha256: str) -> bytes | None:
        """Return a key; None where it was destroyed."""
        ...

    def made_for(self, sha256: str) -> bytes:
        """Return a key, made durably where there is none yet."""
        ...


class Blobs:
    """A tree of files `aa/bb/aabb...` below one folder.

    Args:
        root: the folder.
        keys: where the keys of sealed files are.
    """

    def __init__(self, root: Path, keys: AnswerKeys) -> None:
        self._root = root
        self._keys = keys
        self._remembered = functools.lru_cache(maxsize=_REMEMBERED)(self._read_state)

    def keep(self, body: bytes, *, public: bool = False) -> str:
        """Store bytes durably and return their sha256; bytes that are there already stay as they are.

        Args:
            body: the bytes.
            public: whether they are a public list, which is never erased and so not sealed.

        Raises:
            GatehouseError: other bytes are stored under this sha256.
        """
        sha256 = fingerprint_of(body)
        path = self._path(sha256)
        if path.exists():
            with contextlib.suppress(Erased):
                self.read(sha256)
                return sha256
        written = body if public else _sealed(body, self._keys.made_for(sha256))
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".new-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(written)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).rename(path)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                Path(temporary).unlink()
            raise
        for folder in (path.parent, path.parent.parent, self._root):
            settle(folder)
        return sha256

    def read(self, sha256: str) -> bytes:
        """Return the bytes of this sha256.

        Raises:
            NotFound: there are none.
            Erased: their key was destroyed.
            GatehouseError: the stored bytes are not those that were kept.
        """
        try:
            body = self._path(sha256).read_bytes()
        except FileNotFoundError:
            raise NotFound(
                Text(en="Stored bytes are missing.", zh="已存储的原始文件缺失。"),
                context={"sha256": sha256},
                remedy=Text(
                    en="restore the folder of stored bytes from a backup", zh="请从备份恢复存放原始文件的文件夹"
                ),
            ) from None
        opened = self._opened(sha256, body) if body.startswith(SEAL) else body
        if opened is None or fingerprint_of(opened) != sha256:
            raise GatehouseError(
                Text(en="Stored bytes are not what was kept.", zh="已存储的原始文件与存入时不符。"),
                context={"sha256": sha256},
                remedy=Text(
                    en="restore this file of the folder of stored bytes from a backup",
                    zh="请从备份恢复存放原始文件的文件夹中的该文件",
                ),
            )
        return opened

    def holds(self, sha256: str) -> bool:
        """True where there is a file of this sha256; its bytes are not looked at."""
        return self._path(sha256).is_file()

    def recall(self, sha256: str) -> bytes:
        """Return the bytes of this sha256 as `read` does, a long list that all cases are held against from memory.

        Memory serves only while the file is the one that was read: untouched since, and as long.
        """
        try:
            state = self._path(sha256).stat()
        except FileNotFoundError:
            return self.read(sha256)
        if state.st_size < _LONG:
            return self.read(sha256)
        return self._remembered(sha256, (state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns))

    def remove(self, sha256: str) -> None:
        """Take a file away whose key was destroyed."""
        self._path(sha256).unlink(missing_ok=True)

    def _read_state(self, sha256: str, _state: tuple[int, ...]) -> bytes:
        return self.read(sha256)

    def _opened(self, sha256: str, body: bytes) -> bytes | None:
        """Return what a sealed file holds; None where it was changed."""
        key = self._keys.of(sha256)
        if key is None:
            raise erased_bytes(sha256)
        try:
            return decrypted(body[_HEADER:], key, sha256)
        except ValueError:
            return None

    def _path(self, sha256: str) -> Path:
        if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
            raise NotFound(Text(en="This is not a sha256.", zh="这不是 sha256 值。"), context={"sha256": sha256[:80]})
        return self._root / sha256[:2] / sha256[2:4] / sha256


def erased_bytes(sha256: str) -> Erased:
    """Return the error that stored bytes were erased."""
    return Erased(
        Text(en="These bytes were erased.", zh="该原始文件已删除。"),
        context={"sha256": sha256},
        remedy=Text(en="gatehouse privacy list tells by which rule", zh="运行 gatehouse privacy list 查看删除依据"),
    )


def fingerprint_of(body: bytes) -> str:
    """Return the sha256 of bytes, in hex."""
    return hashlib.sha256(body).hexdigest()


def is_whole(name: str, body: bytes) -> bool:
    """True where a stored file of this name holds what was written, as far as that can be told without its key."""
    if body.startswith(SEAL):
        return hashlib.sha256(body[_HEADER:]).digest() == body[len(SEAL) : _HEADER]
    return fingerprint_of(body) == name


def _sealed(body: bytes, key: bytes) -> bytes:
    rest = encrypted(body, key, fingerprint_of(body))
    return SEAL + hashlib.sha256(rest).digest() + rest
