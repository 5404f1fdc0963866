"""What is said of a stored record or judgement that cannot be read any more."""

from __future__ import annotations

from pydantic import ValidationError

from admission.model import Text

RECORD_AGAIN = Text(en="record it again", zh="请重新录入")


def wrong_fields(error: ValidationError) -> dict[str, str]:
    """Return the names of the fields that are wrong, as the context of an error; no values, which may name a person."""
    fields = ", ".join(".".join(map(str, item["loc"])) for item in error.errors(include_url=False))
    return {"fields": fields[:200]}
