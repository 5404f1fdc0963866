"""A chunk of a batch as one Prefect task."""

from __future__ import annotations

from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.runtime import flow_run

from wiring import batch, house


@task(name="onboard-chunk", task_run_name="cases {number}", cache_policy=NO_CACHE)
def onboard_chunk(references: list[str], number: int) -> list[dict[str, str]]:
    """Carry a chunk of cases as far as no person is needed; return where each stands."""
    rows = [row._asdict() for row in batch.walk_chunk(house(), references, str(flow_run.id))]
    get_run_logger().info("chunk %d: %d case(s)", number, len(rows))
    return rows
