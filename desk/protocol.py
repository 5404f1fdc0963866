"""HTTP as the desk speaks it: heads are waited for only so long, and sign-ins stand in a line of their own."""

from __future__ import annotations

import asyncio
from collections import deque

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_SECONDS = 10.0
# Some 2 ms of work before everything else has its turn again.
SIGN_INS_A_TURN = 4
SIGN_IN = b"POST /sign-in"


class Line:
    """Sign-ins that were sent and not looked at yet.

    The loop takes what comes in the order in which it comes; of five hundred sign-ins at once, all would be read before
    the request of somebody who is in already. So they wait here, and a few are taken each turn.
    """

    def __init__(self) -> None:
        self._waiting: deque[HastyProtocol] = deque()

    def join(self, connection: HastyProtocol) -> None:
        """Stand at the end of the line."""
        self._waiting.append(connection)
        if len(self._waiting) == 1:
            connection.loop.call_soon(self._take_some)

    def _take_some(self) -> None:
        loop = self._waiting[0].loop
        for _ in range(min(SIGN_INS_A_TURN, len(self._waiting))):
            self._waiting.popleft().have_turn()
        if self._waiting:
            loop.call_soon(self._take_some)


class HastyProtocol(H11Protocol):
    """A connection. One server has a subclass of it, with the server's own line.

    Attributes:
        head_seconds: how long the head of a request is waited for.
        line: where the sign-ins of all connections stand.
    """

    head_seconds = HEAD_SECONDS
    line: Line
    _deadline: asyncio.TimerHandle | None = None
    _unread: bytes = b""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """Wait for the first head."""
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        """Take bytes, those of a sign-in when it is its turn."""
        if self._unread:
            self._unread += data
        elif data.startswith(SIGN_IN) and self.conn.their_state is h11.IDLE:
            self._unread = data
            self.flow.pause_reading()
            self.line.join(self)
        else:
            self._take(data)

    def have_turn(self) -> None:
        """Take the bytes that waited in the line."""
        data, self._unread = self._unread, b""
        if not self.transport.is_closing():
            self.flow.resume_reading()
            self._take(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        super().connection_lost(exc)
        self._stop_watching()

    def _take(self, data: bytes) -> None:
        super().data_received(data)
        self._watch()

    def _watch(self) -> None:
        """Wait for a head that is not whole, from its first byte on, and not longer because more of it comes."""
        if self.conn.their_state is not h11.IDLE:
            self._stop_watching()
        elif self._deadline is None:
            self._deadline = self.loop.call_later(self.head_seconds, self._give_up)

    def _stop_watching(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        self._deadline = None
        # Between two requests there is a time-out of uvicorn's own.
        if self.conn.their_state is h11.IDLE and self.timeout_keep_alive_task is None and not self._unread:
            self.transport.close()
