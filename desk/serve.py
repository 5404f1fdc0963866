"""The desk as a server."""

from __future__ import annotations

import sys
from collections.abc import Callable

import uvicorn

from desk.app import create_app
from desk.outside import Prefect
from desk.protocol import HastyProtocol, Line
from wiring import House

ENDING_SECONDS = 2
# Below what a process may open by default (1,024 files), with room for the database.
MOST_CONNECTIONS = 800
LARGEST_HEAD = 16_384
SWITCH_SECONDS = 0.0005


def desk_server(
    house: House, deliver: Callable[[], None], *, host: str, port: int, prefect: Prefect | None = None
) -> uvicorn.Server:
    """Return a server that is not running yet; `should_exit` ends it.

    Args:
        house: settings and casebook.
        deliver: delivers what waits in the outbox.
        host: address to listen on.
        port: port to listen on; 0 for any that is free.
        prefect: the Prefect that moves the cases, for `/ready` and `/metrics`; not looked at if not given.
    """

    class Protocol(HastyProtocol):
        line = Line()

    trusted = house.settings.trusted_proxy
    config = uvicorn.Config(
        create_app(house, deliver=deliver, prefect=prefect),
        host=host,
        port=port,
        http=Protocol,
        # Addresses name cases, and who reads them is nobody's business in a log.
        access_log=False,
        log_level="warning",
        # The handlers of the process then take what uvicorn says.
        log_config=None if house.settings.log_format == "json" else uvicorn.config.LOGGING_CONFIG,
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


def serve(house: House, deliver: Callable[[], None], *, host: str, port: int, prefect: Prefect | None = None) -> None:
    """Serve the desk until SIGTERM or SIGINT."""
    # The thread that answers gives the interpreter away at each send. Where another thread works, it would get it back
    # after Python's 5 ms.
    sys.setswitchinterval(SWITCH_SECONDS)
    desk_server(house, deliver, host=host, port=port, prefect=prefect).run()
