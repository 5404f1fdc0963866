"""`python -m cli.running.prefect worker start ...`: Prefect's own command, with one fault of its workers mended.

A worker with a limit counts a run until the process of the run has ended. A run that is resumed in the moment after it
was suspended is due again before that. The worker then takes it a second time, is refused by its own counter
(RuntimeError: "this borrower is already holding one of this CapacityLimiter's tokens"; seen in 3.8.8, told of in
Prefect's issues 10632 and 16806), and dies with all that runs under it. Here such a run waits for the next look.
"""

from __future__ import annotations

from functools import wraps

from prefect.client.schemas.objects import FlowRun
from prefect.client.schemas.responses import WorkerFlowRunResponse
from prefect.workers.process import ProcessWorker


def let_held_runs_wait(worker: type[ProcessWorker]) -> None:
    """Let workers of a class take no run a second time whose first process has not ended yet."""
    submit = worker._submit_scheduled_flow_runs

    @wraps(submit)
    async def submit_others(self: ProcessWorker, flow_run_response: list[WorkerFlowRunResponse]) -> list[FlowRun]:
        held = self._limiter.statistics().borrowers if self._limiter is not None else ()
        return await submit(self, [entry for entry in flow_run_response if entry.flow_run.id not in held])

    worker._submit_scheduled_flow_runs = submit_others  # type: ignore[assignment, method-assign]


if __name__ == "__main__":
    from prefect.cli import app

    let_held_runs_wait(ProcessWorker)
    app()
