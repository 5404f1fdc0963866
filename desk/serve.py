"""The desk as a server."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from desk.app import create_app
from wiring import House

ENDING_SECONDS = 2
# Below what a process may open by default (1,024 files), with room for the database.
MOST_CONNECTIONS = 800
HEAD_SECONDS = 10.0
LARGEST_HEAD = 16_384
SWITCH_SECONDS = 0.0005


class HastyProtocol(H11Protocol):
    """HTTP that waits only so long for the head of a request; a connection that says nothing is closed."""

    head_seconds = HEAD_SECONDS
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """Wait for the first head."""
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        """Take bytes; a head that is not whole after them is still waited for, and not for longer."""
        super().data_received(data)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        super().connection_lost(exc)
        self._stop_watching()

    def _watch(self) -> None:
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
        if self.conn.their_state is h11.IDLE and self.timeout_keep_alive_task is None:
            self.transport.close()


def desk_server(house: House, deliver: Callable[[], None], *, host: str, port: int) -> uvicorn.Server:
    """Return a server that is not running yet; `should_exit` ends it.

    Args:
        house: settings and casebook.
        deliver: delivers what waits in the outbox.
        host: address to listen on.
        port: port to listen on; 0 for any that is free.
    """
    trusted = house.settings.trusted_proxy
    config = uvicorn.Config(
        create_app(house, deliver=deliver),
        host=host,
        port=port,
        http=HastyProtocol,
        # Addresses name cases, and who reads them is nobody's business in a log.
        access_log=False,
        log_level="warning",
        server_header=False,
        ws="none",
        # Whoever may say where a request came from could say it came from anywhere, and guess passwords without end.
        proxy_headers=bool(trusted),
        forwarded_allow_ips=trusted,
        limit_concurrency=MOST_CONNECTIONS,
        h11_max_incomplete_event_size=LARGEST_HEAD,
        timeout_graceful_shutdown=ENDING_SECONDS,
    )
    return uvicorn.Server(config)


def serve(house: House, deliver: Callable[[], None], *, host: str, port: int) -> None:
    """Serve the desk until SIGTERM or SIGINT."""
    # The thread that answers gives the interpreter away at each send; with Python's 5 ms it would wait so long each time
    # that another thread works.
    sys.setswitchinterval(SWITCH_SECONDS)
    desk_server(house, deliver, host=host, port=port).run()
