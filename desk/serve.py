"""The desk as a server."""

from __future__ import annotations

from collections.abc import Callable

import uvicorn

from desk.app import create_app
from wiring import House

ENDING_SECONDS = 2


def desk_server(house: House, deliver: Callable[[], None], *, host: str, port: int) -> uvicorn.Server:
    """Return a server that is not running yet; `should_exit` ends it.

    Args:
        house: settings and casebook.
        deliver: delivers what waits in the outbox.
        host: address to listen on.
        port: port to listen on; 0 for any that is free.
    """
    config = uvicorn.Config(
        create_app(house, deliver=deliver),
        host=host,
        port=port,
        # Addresses name cases, and who reads them is nobody's business in a log.
        access_log=False,
        log_level="warning",
        server_header=False,
        ws="none",
        timeout_graceful_shutdown=ENDING_SECONDS,
    )
    return uvicorn.Server(config)


def serve(house: House, deliver: Callable[[], None], *, host: str, port: int) -> None:
    """Serve the desk until SIGTERM or SIGINT."""
    desk_server(house, deliver, host=host, port=port).run()
