"""Onboarding many applicants in one run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import cast
from uuid import UUID

from prefect import flow
from prefect.artifacts import create_progress_artifact, create_table_artifact, update_progress_artifact
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run
from prefect.states import Completed, Failed

from admission.transitions import WAITING_FOR_PEOPLE
from tasks.batch import give_back, onboard_chunk

CHUNK = 250
Row = dict[str, str]


@flow(name="onboard-batch", description="Take many applicants through one run; people vote on those that need them.")
def onboard_batch(case_refs: list[str]) -> State:
    """Gather, validate and assess many cases, chunk by chunk; run again, it finds what is done.

    Wraps `services.batches.walk_chunk`, a task a chunk. Runs when asked: the message that opens a book of applicants
    starts it. Without Prefect: `services.batches.walk_chunk` on the same references; to try a book without opening its
    cases, `gatehouse assess book.csv`.

    Args:
        case_refs: references of cases that are open, such as `gatehouse onboard book.csv` opens them.
    """
    references = list(dict.fromkeys(case_refs))
    key = f"batch-{str(flow_run.id)[:8]}"
    # Called from a flow that is not async, it returns the id itself.
    progress = cast(UUID, create_progress_artifact(0.0, key=key, description=f"{len(references)} applicants"))
    rows: list[Row] = []
    try:
        for chunk in chunks(references):
            rows += chunk
            update_progress_artifact(progress, 100.0 * len(rows) / len(references))
    finally:
        give_back(references)
        create_table_artifact(rows, key=f"{key}-results", description="where each applicant stands")
    return ending(rows)


def chunks(references: list[str]) -> Iterator[list[Row]]:
    """Take the cases in chunks; give where each of a chunk stands when it is done."""
    for number, start in enumerate(range(0, len(references), CHUNK), 1):
        yield onboard_chunk(references[start : start + CHUNK], references[start + CHUNK :], number)


def ending(rows: list[Row]) -> State:
    """Tell how the batch ended; it failed where not a single case could be carried on."""
    counts = Counter(row["stands"] for row in rows)
    told = ", ".join(f"{count} {stands}" for stands, count in sorted(counts.items()))
    if set(counts) == {"failed"}:
        return Failed(message=told)
    if "failed" in counts:
        return Completed(name="PartlyOnboarded", message=told)
    if set(counts) == {"held_elsewhere"}:
        return Completed(name="HeldElsewhere", message=told)
    return Completed(name="AwaitingDecision" if WAITING_FOR_PEOPLE & set(counts) else "Onboarded", message=told)
