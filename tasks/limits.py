"""Limits that dates change, as a Prefect task."""

from __future__ import annotations

from prefect import get_run_logger, task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE

from services.expiring import sweep_limits
from wiring import house


@task(name="sweep-limits", cache_policy=NO_CACHE)
def look_at_limits() -> dict[str, int]:
    """Tell of limits that dates have changed or will; publish which are not in force; return the counts."""
    swept = sweep_limits(house())
    table = [{**item._asdict(), "until": str(item.until or "")} for item in swept.exceptions]
    said = f"{len(table)} of {swept.customers} limits not in force, or not all of them"
    create_table_artifact(table, key="limits-not-in-force", description=said)
    counts = {**swept._asdict(), "exceptions": len(table)}
    get_run_logger().info("limits: %s", counts)
    return counts
