"""Looks at the parts of the house for whoever asks, however many ask: one look at a time, each bounded in time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple

from admission.errors import GatehouseError

Look = Callable[[], object]


class Seen(NamedTuple):
    """What a look at a part gave: whether the part answered well, and with what."""

    well: bool
    value: object = None


class Lookout:
    """Looks at several parts at once and remembers for a moment what it saw.

    A part that does not answer in time keeps its one thread; nobody looks at it again before that look has ended. So
    strangers who ask without end take no more than a thread a part.

    Args:
        looks: by name of the part; one that raises is not well.
        patience: seconds that a part may take to answer.
        fresh: seconds for which what was seen is told again.
    """

    def __init__(self, looks: Mapping[str, Look], *, patience: float = 5.0, fresh: float = 2.0) -> None:
        self._looks = dict(looks)
        self._patience = patience
        self._fresh = fresh
        self._threads = ThreadPoolExecutor(max(1, len(looks)), "desk-lookout")
        self._under_way: dict[str, Future[Seen]] = {}
        self._one_at_a_time = asyncio.Lock()
        self._seen: dict[str, Seen] = {}
        self._seen_at = float("-inf")

    async def look(self) -> Mapping[str, Seen]:
        """Return what is seen of each part, not older than `fresh` seconds."""
        async with self._one_at_a_time:
            now = asyncio.get_running_loop().time
            if now() - self._seen_at >= self._fresh:
                self._seen = await self._look_now()
                self._seen_at = now()
            return self._seen

    def close(self) -> None:
        """Wait for nothing: a look that hangs must not keep the desk from ending."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _look_now(self) -> dict[str, Seen]:
        for name, look in self._looks.items():
            if name not in self._under_way:
                self._under_way[name] = self._threads.submit(_looked, look)
        waited = [asyncio.wrap_future(future) for future in self._under_way.values()]
        if waited:
            await asyncio.wait(waited, timeout=self._patience)
        seen = {name: future.result() if future.done() else Seen(False) for name, future in self._under_way.items()}
        self._under_way = {name: future for name, future in self._under_way.items() if not future.done()}
        return {name: seen[name] for name in self._looks}


def _looked(look: Look) -> Seen:
    try:
        return Seen(True, look())
    except (GatehouseError, OSError):
        return Seen(False)
