"""Delivers what waits in the outbox: at once after a vote, and every two seconds while something waits."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from admission.errors import GatehouseError

LOGGER = logging.getLogger("gatehouse.desk")
EVERY_SECONDS = 2.0
ENDING_SECONDS = 5.0


class Courier:
    """Calls `deliver` for one caller at a time.

    A failure is logged once and not again until a delivery has succeeded or another one appears; the outbox keeps it
    and tries again by its own rules.

    Args:
        deliver: delivers all messages that are due.
        pending: tells how many messages wait.
        every: seconds between two looks.
    """

    def __init__(
        self, deliver: Callable[[], None], pending: Callable[[], int], *, every: float = EVERY_SECONDS
    ) -> None:
        self._deliver = deliver
        self._pending = pending
        self._every = every
        self._one_at_a_time = threading.Lock()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._logged: set[str] = set()

    def deliver_now(self) -> None:
        """Deliver what is due; a failure is logged, never raised."""
        with self._one_at_a_time:
            try:
                self._deliver()
            except Exception as error:
                self._log(error)
            else:
                self._logged.clear()

    def start(self) -> None:
        """Start looking every few seconds, in a thread of its own."""
        self._stopping.clear()
        # A daemon, so that a delivery that hangs cannot keep the process from ending.
        self._thread = threading.Thread(target=self._run, name="desk-courier", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop looking; wait a little for a delivery that is under way."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(ENDING_SECONDS)
            self._thread = None

    def _run(self) -> None:
        while not self._stopping.wait(self._every):
            if self._something_waits():
                self.deliver_now()

    def _something_waits(self) -> bool:
        try:
            return self._pending() > 0
        except GatehouseError as error:
            self._log(error)
            return False

    def _log(self, error: Exception) -> None:
        # Messages of our own errors hold no personal data; those of others might.
        said = error.message.en if isinstance(error, GatehouseError) else "its message is not logged"
        line = f"{type(error).__name__}: {said}"
        if line not in self._logged:
            self._logged.add(line)
            LOGGER.error("delivering the outbox failed; it will be tried again: %s", line)
