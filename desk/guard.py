"""What holds for every answer: security headers, a size limit, and no trace of what people wrote in the logs."""

from __future__ import annotations

import asyncio
import functools
import json
import logging
import traceback
from importlib.resources import files
from uuid import uuid4

from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from admission.errors import BadInput
from admission.evidence.uploads import MAX_UPLOAD
from admission.model import Language, Text
from desk.language import language_for_program

LOGGER = logging.getLogger("gatehouse.desk")
MAX_BODY = 200_000
BODY_SECONDS = 20.0
HEADERS = (
    (
        b"content-security-policy",
        b"default-src 'self'; script-src 'none'; object-src 'none'; base-uri 'none'; form-action 'self'; "
        b"frame-ancestors 'none'",
    ),
    (b"x-frame-options", b"DENY"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
)


class TooLarge(BadInput):
    """More was sent than any form of ours holds."""


class TooSlow(BadInput):
    """A request was begun and not sent to its end in time."""


class Guard:
    """ASGI middleware around the whole desk."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        answer = _Answer(send, personal=not scope["path"].startswith("/static/"))
        try:
            await self.app(scope, _limit(receive, _most_bytes(scope)), answer.send)
        except ClientDisconnect:
            # Whoever left in the middle of a form is owed no answer, and nothing went wrong here.
            LOGGER.debug("a client left before its request was whole")
        except Exception as error:
            # The message of an unforeseen error may quote what a person typed, so only its kind and place are logged.
            incident = uuid4().hex[:12]
            frames = "".join(traceback.format_tb(error.__traceback__)[-6:])
            LOGGER.error("request failed, incident %s: %s\n%s", incident, type(error).__name__, frames)
            if not answer.started:
                await answer.send_broken(incident, scope)


class _Answer:
    def __init__(self, send: Send, *, personal: bool) -> None:
        self._send = send
        self._personal = personal
        self.started = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            names = {name.lower() for name, _ in message["headers"]}
            added = [pair for pair in HEADERS if pair[0] not in names]
            if self._personal and b"cache-control" not in names:
                added.append((b"cache-control", b"no-store"))
            message = {**message, "headers": [*message["headers"], *added]}
        await self._send(message)

    async def send_broken(self, incident: str, scope: Scope) -> None:
        if scope["path"].startswith("/api/"):
            kind = b"application/problem+json"
            body = _broken_document(incident, language_for_program(Request(scope), None))
        else:
            kind, body = b"text/html; charset=utf-8", _broken_page().replace("INCIDENT", incident)
        await self.send({"type": "http.response.start", "status": 500, "headers": [(b"content-type", kind)]})
        await self.send({"type": "http.response.body", "body": body.encode()})


def _broken_document(incident: str, language: Language) -> str:
    remedy = Text(en=f"tell your operator: incident {incident}", zh=f"请将事故编号 {incident} 告知管理员")
    document = {
        "type": "urn:gatehouse:problem:internal",
        "title": Text(en="Internal error", zh="系统内部错误").to(language),
        "status": 500,
        "detail": Text(en="Something went wrong on our side.", zh="系统出错。").to(language),
        "remedy": remedy.to(language),
    }
    return json.dumps(document, ensure_ascii=False)


@functools.cache
def _broken_page() -> str:
    # No template of the usual frame: that may be what is broken.
    return files("desk").joinpath("templates/broken.html").read_text(encoding="utf-8")


def _most_bytes(scope: Scope) -> int:
    """Return how large the body of a request may be: one form of ours holds a file."""
    return MAX_BODY + MAX_UPLOAD if scope["path"].endswith("/evidence") else MAX_BODY


def _limit(receive: Receive, most: int) -> Receive:
    """Bound a request's body in size and time; what comes after it, such as that the client left, may take its time."""
    size, whole = 0, False
    began = asyncio.get_running_loop().time()

    async def limited() -> Message:
        nonlocal size, whole
        try:
            async with asyncio.timeout_at(None if whole else began + BODY_SECONDS):
                message = await receive()
        except TimeoutError:
            raise TooSlow(
                Text(en="The request did not come to its end in time.", zh="请求未在规定时间内发送完毕。"),
                remedy=Text(en="send it again", zh="请重新提交"),
            ) from None
        whole = not message.get("more_body", False)
        size += len(message.get("body", b""))
        if size > most:
            raise TooLarge(
                Text(en="Too much was sent.", zh="提交内容过大。"),
                remedy=Text(en="shorten what you wrote", zh="请缩短内容"),
            )
        return message

    return limited
