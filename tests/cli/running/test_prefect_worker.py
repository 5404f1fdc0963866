"""A worker with a limit survives a run that is due again while its first process is still ending."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import anyio
import pytest
from prefect.client.schemas.objects import FlowRun
from prefect.client.schemas.responses import WorkerFlowRunResponse
from prefect.workers.process import ProcessWorker

from cli.running.prefect import let_held_runs_wait


def due(*runs: FlowRun) -> list[WorkerFlowRunResponse]:
    return [WorkerFlowRunResponse(work_pool_id=uuid4(), work_queue_id=uuid4(), flow_run=run) for run in runs]


def looked(worker: ProcessWorker, held: FlowRun, *runs: FlowRun) -> list[str]:
    """Let a worker of two places, one of which a run holds, look at what is due; return what it took."""

    async def look() -> list[FlowRun]:
        worker._limiter = anyio.CapacityLimiter(2)
        worker._limiter.acquire_on_behalf_of_nowait(held.id)
        taken: list[FlowRun] = await worker._submit_scheduled_flow_runs(flow_run_response=due(*runs))
        return taken

    worker._runs_task_group = Started()  # type: ignore[assignment]
    return [run.name for run in asyncio.run(look())]


class Started:
    """In the place of the task group: what a worker would start is not started."""

    def start_soon(self, *_: Any) -> None:
        return


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> ProcessWorker:
    monkeypatch.setattr(ProcessWorker, "_submit_scheduled_flow_runs", ProcessWorker._submit_scheduled_flow_runs)
    return ProcessWorker(work_pool_name="gatehouse", limit=2)


def test_prefect_itself_dies_of_it(worker: ProcessWorker) -> None:
    """Where this fails, Prefect has mended it, and `cli/running/prefect.py` can go."""
    held = FlowRun(flow_id=uuid4(), name="held")
    with pytest.raises(RuntimeError, match="already holding one of this CapacityLimiter's tokens"):
        looked(worker, held, held)


def test_a_run_that_is_still_ending_waits_and_the_others_are_taken(worker: ProcessWorker) -> None:
    let_held_runs_wait(ProcessWorker)
    held, other, third = (FlowRun(flow_id=uuid4(), name=name) for name in ("held", "other", "third"))
    # Of two places one is free.
    assert looked(worker, held, held, other, third) == ["other"]
    assert looked(worker, third, held) == ["held"]


def test_a_worker_without_a_limit_takes_all(worker: ProcessWorker) -> None:
    let_held_runs_wait(ProcessWorker)
    run = FlowRun(flow_id=uuid4(), name="run")
    worker._runs_task_group = Started()  # type: ignore[assignment]
    assert [one.name for one in asyncio.run(worker._submit_scheduled_flow_runs(due(run)))] == ["run"]
