"""Where a house listens on this machine, and the note that a running one leaves of it."""

from __future__ import annotations

from wiring import Settings

LOOPBACK = {"127.0.0.1", "localhost", "::1"}
# In the data folder while `gatehouse up` runs: its process, addresses and children.
STATE = "up.json"


def prefect_url(settings: Settings) -> str:
    """Return the address of the Prefect UI."""
    return f"http://{settings.host}:{settings.prefect_port}"


def prefect_origins(settings: Settings) -> list[str]:
    """Return the origins of the Prefect UI's own pages: this machine has two names, and people type either."""
    names = dict.fromkeys((settings.host, "127.0.0.1", "localhost"))
    return [f"http://{name}:{settings.prefect_port}" for name in names]
