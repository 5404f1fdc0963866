"""What one process does for all cases: it validates what waits, wakes and reminds, and delivers the outbox."""

from __future__ import annotations

import logging
import threading
import time

from services import chasing, retention
from services.readiness import KEEPER
from services.validating import SharedValidation
from tasks.delivery import deliver
from wiring import House

# A case that stands still, and a message that could not be delivered, wait so long at most until somebody looks.
ROUND_SECONDS = 30.0
# Whoever watches takes a minute of silence for its end.
BEAT_SECONDS = 15.0
# A round that starts a book of a thousand cases takes a few minutes; what takes longer than this hangs.
HANGS_SECONDS = 600.0
logger = logging.getLogger(__name__)


class Keeper:
    """Looks after a house for as long as its run lasts; used with `with`, it gives signs of life meanwhile.

    Args:
        at: the house.

    Attributes:
        shared: validates what single runs wait for.
    """

    def __init__(self, at: House) -> None:
        self._at = at
        self.shared = SharedValidation(at)
        self._next_round = self._looked = time.monotonic()
        self._erased = False
        self._ended = threading.Event()
        # A look may take longer than whoever watches is patient.
        self._beating = threading.Thread(target=self._beat, name="beat", daemon=True)

    def __enter__(self) -> Keeper:
        self._beating.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._beating.join()

    def look(self) -> dict[str, int]:
        """Validate what waits for it; twice a minute, chase what stands still and deliver the outbox too.

        The first round also erases what the policy says.

        Returns:
            How much was done of each kind: `rounds`, `validated`, `woken`, `delivered` and the like.
        """
        self._looked = time.monotonic()
        done = {"validated": len(self.shared.validate_waiting())}
        if time.monotonic() >= self._next_round:
            self._next_round = time.monotonic() + ROUND_SECONDS
            try:
                done |= chasing.chase(self._at)._asdict()
                done |= self._erase_due()
            finally:
                # What was chased is delivered in the same round, and all else also where chasing fails.
                done |= {"rounds": 1, "delivered": deliver(self._at)}
        return done

    def _erase_due(self) -> dict[str, int]:
        """Erase what the policy says, once a run, that is once an hour."""
        if self._erased:
            return {}
        self._erased = True
        return {f"erased_{kind}": count for kind, count in retention.erase_due(self._at)._asdict().items()}

    def _beat(self) -> None:
        """Give signs of life, unless a look hangs."""
        while time.monotonic() - self._looked < HANGS_SECONDS:
            try:
                self._at.casebook.standing.beat(KEEPER)
            except Exception as error:  # a database that is away for a moment: the next sign is due soon
                logger.warning("no sign of life could be given: %s", type(error).__name__)
            if self._ended.wait(BEAT_SECONDS):
                return
