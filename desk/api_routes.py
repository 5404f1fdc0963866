"""What the routes of the JSON API have in common: how a caller is known, and how refusals are documented."""

from __future__ import annotations

from typing import Any

from fastapi import Security
from fastapi.security import APIKeyCookie, HTTPBearer

from desk.api_documents import ProblemDocument
from desk.failures import PROBLEM
from desk.session import SESSION


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return how OpenAPI tells of refusals with these statuses."""
    schema = ProblemDocument.model_json_schema()
    words = {
        400: "the request cannot be read, or came under a name that is not the desk's",
        401: "nobody is signed in",
        403: "not allowed",
        404: "no such case",
        408: "the request did not come to its end in time",
        409: "conflict",
        413: "more than any vote holds",
        422: "bad input",
    }
    return {status: {"description": words[status], "content": {PROBLEM: {"schema": schema}}} for status in statuses}


# They tell OpenAPI how to sign in; `api_person` does it.
WAYS = [
    Security(HTTPBearer(auto_error=False, description="an API token, or a session's")),
    Security(APIKeyCookie(name=SESSION, auto_error=False)),
]
