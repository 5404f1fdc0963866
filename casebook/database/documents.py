"""Records as canonical JSON with a fingerprint, checked whenever they are read."""

from __future__ import annotations

import hashlib
from typing import TypeVar

from admission.errors import GatehouseError
from admission.model import Record, canonical_json

R = TypeVar("R", bound=Record)


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
            f"A stored {model.__name__} is not what was written.",
            context={"where": where, "sha256": sha256},
            remedy="the database was changed by other means than Gatehouse: restore it from a backup",
        )
    return model.model_validate_json(text)


def fingerprint(text: str) -> str:
    """Return the sha256 of a text, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()
