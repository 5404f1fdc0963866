"""The way in under load: few passwords are hashed at a time, few wait for it, and whoever comes beyond is told at once.

Hashing a password is meant to be slow. Without a bound, strangers at the sign-in form would take the threads and the
memory that people who are in already need for their work.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from typing import TypeVar

from fastapi import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from admission.errors import BadInput
from admission.model import Text
from desk.language import language_for_program

T = TypeVar("T")
PATH = "/sign-in"
AT_ONCE = 2
WAITING = 14
RETRY_SECONDS = 2
BUSY = Text(en="Too many people sign in at this moment.", zh="当前登录人数过多。")
COME_AGAIN = Text(en=f"wait {RETRY_SECONDS} s, then try again", zh=f"请在 {RETRY_SECONDS} 秒后重试")
TOO_MANY = Text(en="Too many at once", zh="请求过多")


class Doorkeeper:
    """Hashes passwords in threads of its own, and knows how many sign-ins are under way.

    Args:
        at_once: how many passwords are hashed at a time.
        waiting: how many more may wait for it.
    """

    def __init__(self, at_once: int = AT_ONCE, waiting: int = WAITING) -> None:
        self._threads = ThreadPoolExecutor(at_once, "desk-sign-in")
        self._most = at_once + waiting
        self._inside = 0

    @contextlib.contextmanager
    def entered(self) -> Iterator[bool]:
        """Take one of the places for the length of the block; tell whether there was one."""
        if self._inside >= self._most:
            yield False
            return
        self._inside += 1
        try:
            yield True
        finally:
            self._inside -= 1

    async def run(self, work: Callable[[], T]) -> T:
        """Run what hashes a password, when it is its turn."""
        return await asyncio.wrap_future(self._threads.submit(work))

    def close(self) -> None:
        """End the threads once they are idle."""
        self._threads.shutdown(wait=False, cancel_futures=True)


class Door:
    """ASGI middleware: a sign-in that was sent whole takes a place, or is answered 429 before anybody reads it.

    The place is taken only when the whole form is there, so that slow senders keep nobody out.
    """

    def __init__(self, app: ASGIApp, doorkeeper: Doorkeeper) -> None:
        self.app = app
        self._doorkeeper = doorkeeper

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["method"] != "POST" or scope["path"] != PATH:
            await self.app(scope, receive, send)
            return
        sent: list[Message] = []
        try:
            while not sent or sent[-1].get("more_body", False):
                sent.append(await receive())
        except BadInput as error:
            # Too much, or too slow: the desk tells it as it tells all errors.
            await self.app(scope, _raising(error), send)
            return
        with self._doorkeeper.entered() as there_is_room:
            if there_is_room:
                await self.app(scope, _again(sent, receive), send)
            else:
                await _refuse(scope, send)


def doorkeeper_of(request: Request) -> Doorkeeper:
    """Return the doorkeeper of the desk."""
    doorkeeper: Doorkeeper = request.app.state.doorkeeper
    return doorkeeper


def _raising(error: BadInput) -> Receive:
    async def refused() -> Message:
        raise error

    return refused


def _again(sent: list[Message], receive: Receive) -> Receive:
    """Return what hands over what was received already, and then goes on receiving."""
    left = iter(sent)

    async def again() -> Message:
        message = next(left, None)
        return message if message is not None else await receive()

    return again


async def _refuse(scope: Scope, send: Send) -> None:
    request = Request(scope)
    if "json" in request.headers.get("accept", ""):
        language = language_for_program(request, None)
        document = {
            "type": "urn:gatehouse:problem:too-many-requests",
            "title": TOO_MANY.to(language),
            "status": 429,
            "detail": BUSY.to(language),
            "remedy": COME_AGAIN.to(language),
            "instance": PATH,
        }
        kind, body = b"application/problem+json", json.dumps(document, ensure_ascii=False).encode()
    else:
        kind, body = b"text/html; charset=utf-8", _BUSY_PAGE
    headers = [
        (b"content-type", kind),
        (b"content-length", str(len(body)).encode()),
        (b"retry-after", str(RETRY_SECONDS).encode()),
    ]
    await send({"type": "http.response.start", "status": 429, "headers": headers})
    await send({"type": "http.response.body", "body": body})


# No template: when it is needed, there is no time to render one for everybody.
_BUSY_PAGE = files("desk").joinpath("templates/busy.html").read_bytes()
