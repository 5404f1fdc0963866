"""The base of all domain records, and text in both languages."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Language = Literal["en", "zh"]


class Record(BaseModel):
    """An immutable record that refuses fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def left_out(default: Any) -> Any:
    """A field that is not written where it has its default.

    A document from before the field was there keeps its fingerprint.
    """
    return Field(default=default, exclude_if=lambda value: value == default)


class Text(Record):
    """One sentence a person reads, in English and in Chinese."""

    en: str
    zh: str

    def to(self, language: Language) -> str:
        """Return the sentence in one language."""
        return self.zh if language == "zh" else self.en


def canonical_json(document: object) -> str:
    """Return one and the same text for equal documents: keys sorted, no blanks, UTF-8.

    Takes what `model_dump(mode="json")` gives. Everything that is hashed goes through here.
    """
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def digest(document: object) -> str:
    """Return the sha256, in hex, of a document's canonical JSON."""
    return hashlib.sha256(canonical_json(document).encode()).hexdigest()
