"""Records as canonical JSON with a fingerprint, checked whenever they are read."""

from __future__ import annotations

import hashlib
from typing import TypeVar

from admission.errors import GatehouseError
from admission.model import Record, Text, canonical_json

R = TypeVar("R", bound=Record)
CHANGED_FROM_OUTSIDE = Text(
    en="the database was changed by other means than Gatehouse: run gatehouse verify, and restore it from a backup",
    zh="数据库被 Gatehouse 以外的方式改动：请运行 gatehouse verify 核验，并从备份恢复",
)


def written(record: Record) -> tuple[str, str]:
    """Return a record's canonical JSON and its sha256."""
    text = canonical_json(record.model_dump(mode="json"))
    return text, fingerprint(text)


def read(model: type[R], text: str, sha256: str, where: str) -> R:
    """Read a record back.

    Args:
        model: what the record is.
        text: its canonical JSON, as stored.
        sha256: the fingerprint stored beside it.
        where: case reference or similar, for the message.

    Raises:
        GatehouseError: the text is not what was written.
    """
    if fingerprint(text) != sha256:
        raise GatehouseError(
            Text(
                en=f"A stored {model.__name__} is not what was written.",
                zh=f"已存储的 {model.__name__} 与写入时的内容不符。",
            ),
            context={"where": where, "sha256": sha256},
            remedy=CHANGED_FROM_OUTSIDE,
        )
    return model.model_validate_json(text)


def fingerprint(text: str) -> str:
    """Return the sha256 of a text, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()
