"""The desk that `make bench-orders` measures, as it is, or with a fault planted: `--plant NAME`.

It times each request from its first byte, or from the accept of its connection, to the last byte of its answer.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import desk.serve
from admission.customers.orders.asked import OnRecord
from admission.customers.orders.check import OrderCheck
from casebook import orders
from desk.protocol import HastyProtocol
from services import orders as order_services
from wiring import House, Settings

TIMES: list[tuple[str, float]] = []
SLOW_SECONDS = 0.03


class Timed(HastyProtocol):
    """A connection whose requests are timed."""

    _came: float | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """Note when the connection was accepted."""
        self._came = time.perf_counter()
        super().connection_made(transport)

    def data_received(self, data: bytes) -> None:
        """Note when a request came."""
        if self._came is None:
            self._came = time.perf_counter()
        super().data_received(data)

    def on_response_complete(self) -> None:
        """Note how long the answer took."""
        path = str(self.scope["path"])
        if self._came is not None:
            TIMES.append((path, time.perf_counter() - self._came))
        self._came = None
        super().on_response_complete()


def plant_reads_before_the_lock() -> None:
    """As it might have been: what other orders have taken is read before their turn is waited for."""
    inside = orders.Orders.check

    def check(self: orders.Orders, company_key: str, asked: Any, username: str, judge: Any) -> orders.Checked:
        before = judge(OnRecord(taken=self.taken(company_key)))
        return inside(self, company_key, asked, username, lambda _: before)

    setattr(orders.Orders, "check", check)  # noqa: B010 - mypy refuses a plain assignment


def plant_counts_twice() -> None:
    """As it might have been: an order that is asked for anew is counted beside what it took before."""
    setattr(orders, "_end_checks", lambda *_: False)  # noqa: B010 - mypy refuses a plain assignment
    inside = vars(order_services)["check_by"]

    def check_by(asked: Any, now: Any, record: Any, rules: Any, exchange: Any) -> OrderCheck:
        other = asked.model_copy(update={"order": f"{asked.order} "})
        made: OrderCheck = inside(other, now, record, rules, exchange)
        return made.model_copy(update={"asked": asked})

    setattr(order_services, "check_by", check_by)  # noqa: B010


def plant_slow() -> None:
    """Each check takes 30 ms more."""
    inside = vars(order_services)["owed"]

    def owed(*given: Any) -> Any:
        time.sleep(SLOW_SECONDS)
        return inside(*given)

    setattr(order_services, "owed", owed)  # noqa: B010 - mypy refuses a plain assignment


PLANTS: dict[str, Callable[[], None]] = {
    "reads-before-the-lock": plant_reads_before_the_lock,
    "counts-twice": plant_counts_twice,
    "slow": plant_slow,
}


def main() -> None:
    """Serve until SIGINT; then write the times."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.orders_desk", description=__doc__)
    parser.add_argument("--settings", required=True, help="JSON of the house's settings")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--times", type=Path, required=True)
    parser.add_argument("--plant", choices=sorted(PLANTS))
    arguments = parser.parse_args()
    if arguments.plant:
        PLANTS[arguments.plant]()
    setattr(desk.serve, "HastyProtocol", Timed)  # noqa: B010 - mypy refuses a plain assignment
    settings = Settings.model_validate_json(arguments.settings)
    # The server hands an interrupt on once it has ended; SIGTERM would end the process there.
    with contextlib.suppress(KeyboardInterrupt):
        desk.serve.serve(House(settings), lambda: None, host="127.0.0.1", port=arguments.port)
    arguments.times.write_text(json.dumps(TIMES), encoding="utf-8")


if __name__ == "__main__":
    main()
