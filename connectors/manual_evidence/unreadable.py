"""What is said of a stored record or judgement that cannot be read any more."""

from __future__ import annotations

from pydantic import ValidationError

from admission.errors import GatehouseError, SourceChanged
from admission.evidence.answers import RawAnswer
from admission.model import Text
from connectors.kit import read_json

RECORD_AGAIN = Text(en="record it again", zh="请重新录入")


def wrong_fields(error: ValidationError) -> dict[str, str]:
    """Return the names of the fields that are wrong, as the context of an error; no values, which may name a person."""
    fields = ", ".join(".".join(map(str, item["loc"])) for item in error.errors(include_url=False))
    return {"fields": fields[:200]}


def require_one_value_each(raw: RawAnswer, message: Text) -> None:
    """Stop at bytes that are no JSON, or tell a field twice: the forms would take the last value.

    Raises:
        SourceChanged: with the message.
    """
    try:
        read_json(raw)
    except GatehouseError as error:
        told = {"field": error.context["field"]} if "field" in error.context else {}
        raise SourceChanged(message, context=told, remedy=RECORD_AGAIN) from None
