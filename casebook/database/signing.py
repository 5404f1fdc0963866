"""Ed25519 keys and signatures. Private keys are files of the machines that write; the database holds public ones."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import os
import stat
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from admission.errors import BadInput, GatehouseError
from admission.model import Record, Text, canonical_json

Purpose = Literal["event", "head", "bundle", "checkpoint"]
PUBLIC_FILE = "public.json"
FORMAT = "gatehouse-keys-1"
_ID_LENGTH = 16
_PUBLIC_LENGTH = 32


class PublicKey(Record):
    """A key that signatures are checked with.

    Attributes:
        id: the first 16 hex digits of the sha256 of the 32 key bytes.
        public: the key bytes (RFC 8032) in base64.
        valid_until: when the next key took over; None for the one in use.
    """

    id: str
    public: str
    valid_from: datetime
    valid_until: datetime | None = None


class KeyRing:
    """The private keys of this machine: one PEM file each, readable by its owner alone.

    Args:
        folder: where they are; made when the first key is.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._loaded: dict[str, Ed25519PrivateKey] = {}

    def make(self) -> tuple[str, str]:
        """Make a key and keep it on disk; return its id and public half in base64."""
        private = Ed25519PrivateKey.generate()
        public = private.public_key().public_bytes_raw()
        name = key_id(public)
        pem = private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(self._path(name), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        self._loaded[name] = private
        return name, base64.b64encode(public).decode()

    def discard(self, name: str) -> None:
        """Remove a key that has not come into use."""
        self._loaded.pop(name, None)
        self._path(name).unlink(missing_ok=True)

    def sign(self, name: str, purpose: Purpose, sha256: str) -> str:
        """Return the signature, in base64, of a fingerprint.

        Args:
            name: id of the key.
            purpose: what is signed, so that a signature of one kind of thing is none of another.
            sha256: its fingerprint, in hex.

        Raises:
            GatehouseError: the key is not on this machine, or others could read it.
        """
        return base64.b64encode(self._private(name).sign(_message(purpose, sha256))).decode()

    def holds(self, name: str) -> None:
        """Raise GatehouseError where the key is not on this machine, or others could read it."""
        self._private(name)

    def signed(self, name: str, purpose: Purpose, sha256: str, signature: str) -> bool:
        """True where one of the house's keys signed: one that this machine has, or that its file of public keys lists.

        The database is not asked, for whoever can write there could bring a key of their own.
        """
        return signed_by(self._public(name), purpose, sha256, signature)

    def _public(self, name: str) -> PublicKey | None:
        if name in self._loaded or self._path(name).is_file():
            public = base64.b64encode(self._private(name).public_key().public_bytes_raw()).decode()
            return PublicKey(id=name, public=public, valid_from=datetime.min.replace(tzinfo=UTC))
        path = self.folder / PUBLIC_FILE
        return read_keys(path.read_text(encoding="utf-8"), path.name).get(name) if path.is_file() else None

    def publish(self, keys: list[PublicKey]) -> None:
        """Write the public keys beside the private ones, for `gatehouse verify` and for whoever audits."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Of this thread alone: two that publish at once would else take each other's file away.
        temporary = self.folder / f".{PUBLIC_FILE}.{os.getpid()}.{threading.get_ident()}"
        temporary.write_text(written_keys(keys), encoding="utf-8")
        temporary.replace(self.folder / PUBLIC_FILE)

    def _private(self, name: str) -> Ed25519PrivateKey:
        if name not in self._loaded:
            self._loaded[name] = self._read(name)
        return self._loaded[name]

    def _read(self, name: str) -> Ed25519PrivateKey:
        path = self._path(name)
        try:
            # A link could lead to a file that others may change.
            handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
            with os.fdopen(handle, "rb") as file:
                mode, pem = stat.S_IMODE(os.fstat(handle).st_mode), file.read()
            if mode & 0o077:
                raise GatehouseError(
                    Text(en="The signing key can be read by others.", zh="签名密钥文件可被他人读取。"),
                    context={"file": f"keys/{path.name}"},
                    remedy=Text(
                        en="chmod 600 the file; if others had access, rotate the key: gatehouse keys rotate",
                        zh="请对该文件执行 chmod 600；若他人可能已读取，请更换密钥：gatehouse keys rotate",
                    ),
                )
            private = serialization.load_pem_private_key(pem, None)
        except FileNotFoundError:
            raise GatehouseError(
                Text(
                    en="This machine does not have the casebook's signing key, so it cannot write.",
                    zh="本机没有台账的签名密钥，无法写入。",
                ),
                context={"key": name},
                remedy=Text(
                    en=f"copy keys/{path.name} of the data folder from the machine that has it, with mode 0600",
                    zh=f"请从持有密钥的机器复制数据文件夹中的 keys/{path.name}，权限设为 0600",
                ),
            ) from None
        except (ValueError, OSError):
            private = None
        if not isinstance(private, Ed25519PrivateKey) or key_id(private.public_key().public_bytes_raw()) != name:
            raise GatehouseError(
                Text(en="The file of the signing key does not hold that key.", zh="签名密钥文件中不是该密钥。"),
                context={"key": name},
                remedy=Text(
                    en=f"restore keys/{path.name} of the data folder from a backup",
                    zh=f"请从备份恢复数据文件夹中的 keys/{path.name}",
                ),
            )
        return private

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.pem"


def key_id(public: bytes) -> str:
    """Return the id of a public key."""
    return hashlib.sha256(public).hexdigest()[:_ID_LENGTH]


def signed_by(key: PublicKey | None, purpose: Purpose, sha256: str, signature: str) -> bool:
    """True where the signature over the fingerprint was made with the key's private half."""
    if key is None:
        return False
    try:
        public = Ed25519PublicKey.from_public_bytes(base64.b64decode(key.public, validate=True))
        public.verify(base64.b64decode(signature, validate=True), _message(purpose, sha256))
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


def written_keys(keys: list[PublicKey]) -> str:
    """Return public keys as the text of a file."""
    return canonical_json({"format": FORMAT, "keys": [key.model_dump(mode="json") for key in keys]}) + "\n"


def read_keys(text: str, where: str) -> Mapping[str, PublicKey]:
    """Read a file of public keys; return them by id, in order.

    Raises:
        BadInput: it is no such file, or a key's id is not that of its bytes.
    """
    try:
        document = json.loads(text)
        if document["format"] != FORMAT:
            raise ValueError
        keys = [PublicKey.model_validate(item) for item in document["keys"]]
        raw = {key.id: base64.b64decode(key.public, validate=True) for key in keys}
    except (KeyError, TypeError, ValueError, binascii.Error):
        raise BadInput(
            Text(en=f"{where} is no file of public keys.", zh=f"{where} 不是公钥文件。"),
            remedy=Text(en="make one with gatehouse keys export", zh="请用 gatehouse keys export 导出"),
        ) from None
    if any(len(public) != _PUBLIC_LENGTH or key_id(public) != name for name, public in raw.items()):
        raise BadInput(
            Text(en=f"{where} holds a key under another key's id.", zh=f"{where} 中有密钥与其编号不符。"),
            remedy=Text(en="get the file from its maker again", zh="请向提供方重新索取该文件"),
        )
    return {key.id: key for key in keys}


def _message(purpose: Purpose, sha256: str) -> bytes:
    return f"gatehouse {purpose} {sha256}".encode()
