"""Which names the desk answers to: a page of another name that leads to this address must not speak with it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from admission.model import Text
from desk.language import language_for_program, language_of
from wiring import Settings

THIS_MACHINE = ("127.0.0.1", "localhost", "::1")
UNKNOWN = Text(en="The desk does not answer to this address.", zh="审批台不以此地址提供服务。")
SET_URL = Text(
    en="open the desk by its own address; behind a proxy, set GATEHOUSE_PUBLIC_URL",
    zh="请用审批台自己的地址打开；使用代理时请设置 GATEHOUSE_PUBLIC_URL",
)


def names_of(settings: Settings) -> frozenset[str]:
    """Return the names under which people open the desk: this machine's, and that of the public address."""
    public = urlsplit(settings.public_url).hostname
    return frozenset(name for name in (*THIS_MACHINE, settings.host, public) if name)


def host_name(header: str) -> str | None:
    """Return the name in a Host header, without its port; None where it is none."""
    if not header or not header.isascii() or any(not ("!" <= sign <= "~") or sign in "/\\@?#%," for sign in header):
        return None
    try:
        parts = urlsplit(f"//{header}")
        _ = parts.port
    except ValueError:
        return None
    return parts.hostname


class KnownHosts:
    """ASGI middleware that answers 400 to any other Host.

    Args:
        app: what is behind it.
        names: the names that are the desk's own; any port is taken, for tunnels have ports of their own.
    """

    def __init__(self, app: ASGIApp, names: Iterable[str]) -> None:
        self.app = app
        self._names = frozenset(name.lower() for name in names)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or self._is_own(scope):
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        if scope["path"].startswith("/api/"):
            language = language_for_program(request, None)
            document = {
                "type": "urn:gatehouse:problem:bad-request",
                "title": UNKNOWN.to(language),
                "status": 400,
                "detail": UNKNOWN.to(language),
                "remedy": SET_URL.to(language),
                "instance": scope["path"],
            }
            kind, body = b"application/problem+json", json.dumps(document, ensure_ascii=False)
        else:
            language = language_of(request, None)
            kind, body = b"text/plain; charset=utf-8", f"{UNKNOWN.to(language)} {SET_URL.to(language)}\n"
        await send({"type": "http.response.start", "status": 400, "headers": [(b"content-type", kind)]})
        await send({"type": "http.response.body", "body": body.encode()})

    def _is_own(self, scope: Scope) -> bool:
        given = [value for name, value in scope["headers"] if name == b"host"]
        return len(given) == 1 and (host_name(given[0].decode("latin-1")) or "") in self._names
