"""What goes over the wire: a request as a stand-in sees it, and the reply it gives."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

JSON = "application/json"
HTML = "text/html; charset=utf-8"
XML = "application/xml"
CSV = "text/csv"
PLAIN = "text/plain; charset=utf-8"


class SandboxError(ValueError):
    """A story, a map or an order to misbehave is malformed; the message names the file or field."""


@dataclass(frozen=True)
class Request:
    """One HTTP request, with the source's prefix taken off its path.

    Attributes:
        path: decoded, starts with a slash.
        query: each parameter with all its values, blank ones included.
        target: path and query as they came, without the prefix; this is what rules of misbehaviour look at.
        headers: by lower-case name.
    """

    method: str
    path: str
    target: str = ""
    query: Mapping[str, list[str]] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def value(self, name: str, default: str = "") -> str:
        """Return the first value of a query parameter."""
        return self.query.get(name, [default])[0]

    def whole_number(self, name: str, default: int) -> int:
        """Return a query parameter as a number of zero or more, or the default where it is none."""
        text = self.value(name)
        return int(text) if text.isascii() and text.isdigit() else default

    @property
    def basic_user(self) -> str | None:
        """The user of HTTP Basic; None where the header is missing or is not of that kind."""
        scheme, _, credentials = self.headers.get("authorization", "").partition(" ")
        if scheme.casefold() != "basic":
            return None
        try:
            return base64.b64decode(credentials, validate=True).decode().partition(":")[0]
        except (binascii.Error, UnicodeDecodeError):
            return None

    @property
    def bearer(self) -> str:
        """The bearer token, or an empty text."""
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() if scheme.casefold() == "bearer" else ""


@dataclass(frozen=True)
class Reply:
    """One HTTP reply and the way it is delivered.

    Attributes:
        delay: seconds to wait before the first byte.
        hold: send nothing at all, until the client gives up or the server stops.
        cut_off: announce the whole body, send half of it and hang up.
    """

    status: int
    body: bytes = b""
    content_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    hold: bool = False
    cut_off: bool = False


class Source(Protocol):
    """A stand-in for one source."""

    name: str

    def answer(self, request: Request) -> Reply:
        """Answer one request as the real source would."""

    def refusal(self, status: int) -> Reply:
        """Return the source's own body for 401, 403, 404 or 429."""

    def reset(self) -> None:
        """Forget log-ins, purchases and lock-outs."""


def json_reply(document: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    """Return a JSON reply."""
    return Reply(status, json.dumps(document, ensure_ascii=False).encode(), JSON, headers or {})


def page(title: str, content: str, status: int = 200) -> Reply:
    """Return a small HTML page."""
    html = f"<!DOCTYPE html>\n<html><head><title>{title}</title></head><body><h1>{title}</h1>{content}</body></html>\n"
    return Reply(status, html.encode(), HTML)
