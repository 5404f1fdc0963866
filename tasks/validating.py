"""Having the facts of a case validated by the process that does so for all, where one runs."""

from __future__ import annotations

import logging
import time
from datetime import UTC, datetime, timedelta

from prefect import get_client
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterName,
    FlowRunFilter,
    FlowRunFilterStartTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import StateType

from admission.cases import Step
from services.readiness import KEEPER
from wiring import house

# How long a house-keeping run stays: a little less than a multiple of its schedule's five minutes.
STAY_MINUTES = 58.0
LOOK_SECONDS = 1.0
# Loading Great Expectations takes 4 s of CPU, once an hour; on a busy machine several times as long.
PATIENCE = 30.0
logger = logging.getLogger(__name__)


def validated_for_all(reference: str, round_number: int) -> bool:
    """Wait until the house-keeping process has validated the facts of a case that this run holds.

    It keeps Great Expectations in memory; a run that loads it for itself takes 4 s of CPU and 100 MB more.

    Returns:
        False where no such process runs, or it takes too long: then the run validates its case by itself.
    """
    if not keeper_runs():
        return False
    # The lease, renewed before this step, must outlast the waiting and what may follow it.
    deadline = time.monotonic() + min(PATIENCE, house().settings.lease_seconds / 2)
    while not _done(reference, round_number):
        if time.monotonic() >= deadline:
            logger.warning("%s was not validated by %s in time; its run does so", reference, KEEPER)
            return False
        house().pause(LOOK_SECONDS / 4)
    return True


def keeper_runs() -> bool:
    """True where Prefect says that a house-keeping run is under way; False also where Prefect does not say."""
    try:
        with get_client(sync_client=True) as client:
            return bool(running_keepers(client, datetime.now(UTC)))
    except Exception as error:  # whatever Prefect's client raises, the case can be validated without it
        logger.warning("Prefect did not tell whether %s runs: %s", KEEPER, type(error).__name__)
        return False


def running_keepers(client: SyncPrefectClient, now: datetime) -> list[str]:
    """Return the ids of the house-keeping runs that are under way; there is one at most.

    One that should have ended long ago is dead, and nobody has told Prefect.
    """
    running = FlowRunFilter(
        state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.RUNNING])),
        start_time=FlowRunFilterStartTime(after_=now - timedelta(minutes=STAY_MINUTES + 5)),
    )
    named = DeploymentFilter(name=DeploymentFilterName(any_=[KEEPER]))
    return [str(run.id) for run in client.read_flow_runs(flow_run_filter=running, deployment_filter=named, limit=1)]


def _done(reference: str, round_number: int) -> bool:
    return house().casebook.cases.step_result(reference, round_number, Step.VALIDATE) is not None
