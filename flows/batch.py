"""Onboarding many applicants in one run."""

from __future__ import annotations

from collections import Counter
from typing import cast
from uuid import UUID

from prefect import flow
from prefect.artifacts import create_progress_artifact, create_table_artifact, update_progress_artifact
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run
from prefect.states import Completed

from tasks.batch import onboard_chunk

CHUNK = 100


@flow(name="onboard-batch", description="Take many applicants through one run; people vote on those that need them.")
def onboard_batch(case_refs: list[str]) -> State:
    """Gather, validate and assess many cases, chunk by chunk.

    Args:
        case_refs: references of cases that are open, such as `gatehouse onboard book.csv` opens them.
    """
    key = f"batch-{str(flow_run.id)[:8]}"
    # Called from a flow that is not async, it returns the id itself.
    progress = cast(UUID, create_progress_artifact(0.0, key=key, description=f"{len(case_refs)} applicants"))
    rows: list[dict[str, str]] = []
    for number, start in enumerate(range(0, len(case_refs), CHUNK), 1):
        rows += onboard_chunk(case_refs[start : start + CHUNK], number)
        update_progress_artifact(progress, 100.0 * len(rows) / len(case_refs))
    create_table_artifact(rows, key=f"{key}-results", description="where each applicant stands")
    told = ", ".join(f"{count} {stands}" for stands, count in sorted(Counter(row["stands"] for row in rows).items()))
    waiting = any(row["stands"] in ("voting", "unattributed") for row in rows)
    return Completed(name="AwaitingDecision" if waiting else "Onboarded", message=told)
