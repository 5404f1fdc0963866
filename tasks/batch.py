"""A chunk of a batch as one Prefect task."""

from __future__ import annotations

from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE

from services import batches as batch
from tasks.casework import run_id
from wiring import house


@task(name="onboard-chunk", task_run_name="cases {number}", cache_policy=NO_CACHE)
def onboard_chunk(references: list[str], later: list[str], number: int) -> list[dict[str, str]]:
    """Carry a chunk of cases as far as no person is needed; return where each stands.

    Args:
        references: the cases of this chunk.
        later: those whose turn comes after them.
        number: which chunk this is, from 1.
    """
    rows = batch.walk_chunk(house(), references, run_id(), later)
    logger = get_run_logger()
    for row in rows:
        if row.problem:
            logger.warning("%s is %s: %s", row.case, row.stands, row.problem)
    logger.info("chunk %d: %d case(s)", number, len(rows))
    return [row._asdict() for row in rows]


def give_back(references: list[str]) -> None:
    """Give back the leases of this run, so that whoever comes next need not wait for them to run out."""
    batch.give_back(house(), references, run_id())
