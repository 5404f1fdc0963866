"""House-keeping in one process that stays: starting one every few minutes costs more than all that it does."""

from __future__ import annotations

import time
from collections import Counter

from prefect import flow, get_run_logger

from tasks.keeping import Keeper
from tasks.validating import LOOK_SECONDS, STAY_MINUTES
from wiring import house


@flow(name="keep-house", description="Validate, chase and deliver for all cases, in one process.")
def keep_house(minutes: float = STAY_MINUTES) -> dict[str, int]:
    """Look after the house for about an hour; the next run of the schedule takes over. Return how much was done.

    Wraps `services.validating` (what single runs wait for, every second), `services.chasing.chase` and the delivery
    of the outbox (twice a minute). Scheduled every five minutes; while one runs, the others are cancelled at once,
    without a process. Without it: `chase-approvals` and `deliver-outbox`, whose schedules are turned off; each case
    then validates its own facts.

    Args:
        minutes: how long to stay.
    """
    counts = Counter[str]()
    ends = time.monotonic() + 60 * minutes
    with Keeper(house()) as keeper:
        while True:
            done = keeper.look()
            counts.update(done)
            if any(number for kind, number in done.items() if kind != "rounds"):
                get_run_logger().info("%s", done)
            if time.monotonic() >= ends:
                return dict(counts)
            house().pause(LOOK_SECONDS)
