"""Raw bytes in files named after their sha256: written once, never changed, checked whenever they are read."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import tempfile
from pathlib import Path

from admission.errors import GatehouseError, NotFound
from admission.model import Text

# A long answer costs more to read and hash again than to keep: the two files of a list, and yesterday's.
_LONG = 256 * 1024
_REMEMBERED = 4


class Blobs:
    """A tree of files `aa/bb/aabb...` below one folder."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._remembered = functools.lru_cache(maxsize=_REMEMBERED)(self._read_state)

    def keep(self, body: bytes) -> str:
        """Store bytes durably and return their sha256; bytes that are there already stay as they are.

        Raises:
            GatehouseError: other bytes are stored under this sha256.
        """
        sha256 = fingerprint_of(body)
        path = self._path(sha256)
        if path.exists():
            self.read(sha256)
            return sha256
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".new-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(body)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).rename(path)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                Path(temporary).unlink()
            raise
        for folder in (path.parent, path.parent.parent, self._root):
            _settle(folder)
        return sha256

    def read(self, sha256: str) -> bytes:
        """Return the bytes of this sha256.

        Raises:
            NotFound: there are none.
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
        if fingerprint_of(body) != sha256:
            raise GatehouseError(
                Text(en="Stored bytes are not what was kept.", zh="已存储的原始文件与存入时不符。"),
                context={"sha256": sha256},
                remedy=Text(
                    en="restore this file of the folder of stored bytes from a backup",
                    zh="请从备份恢复存放原始文件的文件夹中的该文件",
                ),
            )
        return body

    def _read_state(self, sha256: str, _state: tuple[int, ...]) -> bytes:
        return self.read(sha256)

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

    def _path(self, sha256: str) -> Path:
        if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
            raise NotFound(Text(en="This is not a sha256.", zh="这不是 sha256 值。"), context={"sha256": sha256[:80]})
        return self._root / sha256[:2] / sha256[2:4] / sha256


def fingerprint_of(body: bytes) -> str:
    """Return the sha256 of bytes, in hex."""
    return hashlib.sha256(body).hexdigest()


def _settle(folder: Path) -> None:
    # A renamed file is only sure to be found after a power cut once its folder is on disk too.
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
