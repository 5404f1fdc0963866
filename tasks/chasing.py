"""Chasing what stands still, as a Prefect task."""

from __future__ import annotations

from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE

from services import chasing
from wiring import house


@task(name="chase-approvals", cache_policy=NO_CACHE)
def chase_approvals() -> dict[str, int]:
    """Wake stuck cases, remind of late votes, expire the oldest; return how many of each."""
    chased = chasing.chase(house())._asdict()
    get_run_logger().info("chased: %s", chased)
    return chased
