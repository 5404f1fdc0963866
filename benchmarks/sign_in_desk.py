"""The desk that `make bench-signin` measures, as it is, or with a fault planted: `--plant NAME`."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import anyio.to_thread

from casebook import throttle
from desk import doorkeeper, pages
from desk.serve import serve
from wiring import House, Settings


class Locking(throttle.Pace):
    """The longest pause at once, from so many failures on."""

    def pause(self, failures: int) -> timedelta:
        return timedelta(0) if failures < self.free else self.longest


async def _run_in_shared_threads(_: doorkeeper.Doorkeeper, work: Callable[[], Any]) -> Any:
    return await anyio.to_thread.run_sync(work)


def plant_shared_threads() -> None:
    """As it was: the threads that serve everything, `/health` too, hash passwords, and nobody is turned away."""
    setattr(doorkeeper.Doorkeeper, "run", _run_in_shared_threads)  # noqa: B010 - mypy refuses a plain assignment
    doorkeeper.Doorkeeper.__init__.__defaults__ = (10_000, 0)
    pages.router.routes[:] = [route for route in pages.router.routes if getattr(route, "path", "") != "/health"]
    pages.router.add_api_route("/health", lambda: {"status": "ok"})


def plant_locked_names() -> None:
    """As it was: whoever fails with a name closes it, from whatever address."""
    setattr(throttle, "_place", lambda _: "everywhere")  # noqa: B010 - mypy refuses a plain assignment
    setattr(throttle, "ACCOUNT", Locking(free=5, longest=timedelta(minutes=5)))  # noqa: B010
    setattr(throttle, "ADDRESS", throttle.Pace(free=10_000, longest=timedelta(0)))  # noqa: B010


PLANTS = {"shared-threads": plant_shared_threads, "locked-names": plant_locked_names}


def main() -> None:
    """Serve until SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sign_in_desk", description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--plant", choices=sorted(PLANTS))
    arguments = parser.parse_args()
    if arguments.plant:
        PLANTS[arguments.plant]()
    # The addresses that the clients of this measurement come from are told as a proxy tells them.
    settings = Settings(data=arguments.data, trusted_proxy="127.0.0.1")
    serve(House(settings), lambda: None, host="127.0.0.1", port=arguments.port)


if __name__ == "__main__":
    main()
