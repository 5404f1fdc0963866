"""Waking the run of a case, or starting a new one where it is gone.

Waking is never approving: the run reads the casebook again and decides by what stands there.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.client.schemas.responses import DeploymentResponse
from prefect.exceptions import ObjectNotFound
from prefect.states import Cancelled

from admission.cases import CaseStatus
from admission.errors import Conflict, NotFound
from admission.model import Text
from wiring import House

ONBOARD = "onboard-applicant/onboard-applicant"
DELIVERY = "delivery"
RESUME_TRIES = 3
MOVING = {StateType.RUNNING, StateType.PENDING}


def wake(at: House, client: SyncPrefectClient, reference: str, key: str) -> None:
    """Wake the run of a case, or start a new one; runs whose place another has taken do not stay suspended.

    A run whose deployment was deleted is never taken up by a worker again, though Prefect still resumes it: a new one
    takes its place.

    Raises:
        Conflict: its run is moving right now; try again in a moment.
        NotFound: the deployment that runs cases is not there; try again once it is.
    """
    runs = at.casebook.cases.runs(reference)
    if at.casebook.cases.get(reference).status is CaseStatus.CONCLUDED:
        _retire(client, runs)
        return
    deployment = _deployment(client, reference)
    last = _read(client, runs[-1]) if runs else None
    if last is not None and last.state is not None:
        # One that has not begun will read the casebook as it stands then.
        if _would_run(client, last) and (
            last.state.is_scheduled() or (last.state.is_paused() and _resume(client, last.id))
        ):
            _retire(client, runs[:-1])
            return
        if last.state.type in MOVING and not _stuck(at, reference, last.state):
            raise Conflict(
                Text(en="The run of this case is moving.", zh="本申请单的运行正在进行。"), context={"case": reference}
            )
    if runs:
        at.casebook.cases.release_lease(reference, runs[-1])
    run = client.create_flow_run_from_deployment(
        deployment.id, parameters={"case_ref": reference}, name=reference, idempotency_key=key
    )
    at.casebook.cases.note_run(reference, str(run.id))
    _retire(client, runs)


def stand_back(at: House, client: SyncPrefectClient, references: Sequence[str]) -> None:
    """Cancel the runs of cases that one run carries on together, where they have nothing left to do.

    That is those that have not begun, and those that wait for a decision that is made. A run that waits on a case in a
    new round stays: what people sent to it is still read.
    """
    for reference in references:
        runs = [run for run in (_read(client, run_id) for run_id in at.casebook.cases.runs(reference)) if run]
        decided = bool(runs) and at.casebook.cases.get(reference).status is CaseStatus.DECIDED
        _cancel(client, [run for run in runs if run.state and (decided or run.state.is_scheduled())])


def _deployment(client: SyncPrefectClient, reference: str) -> DeploymentResponse:
    try:
        return client.read_deployment_by_name(ONBOARD)
    except ObjectNotFound:
        raise NotFound(
            Text(en=f"Prefect has no deployment {ONBOARD}.", zh=f"Prefect 中没有部署 {ONBOARD}。"),
            context={"case": reference},
            remedy=Text(
                en="`gatehouse up` deploys it again; on a server of your own: prefect --no-prompt deploy --all",
                zh="`gatehouse up` 会重新部署；自有服务器请运行：prefect --no-prompt deploy --all",
            ),
        ) from None


def _would_run(client: SyncPrefectClient, run: FlowRun) -> bool:
    """True where a worker would take up a run: its deployment, whichever it is, is still there, and so is its queue."""
    if run.deployment_id is None:
        return False
    try:
        deployment = client.read_deployment(run.deployment_id)
    except ObjectNotFound:
        return False
    return run.work_queue_id == deployment.work_queue_id


def _resume(client: SyncPrefectClient, run: UUID) -> bool:
    """Resume a suspended run. A busy server may refuse what it takes a moment later, so it is asked a few times."""
    return any(str(client.resume_flow_run(run, run_input={}).status.value) == "ACCEPT" for _ in range(RESUME_TRIES))


def _retire(client: SyncPrefectClient, runs: list[str]) -> None:
    """Cancel runs that wait although another one moves their case: nothing would ever end them."""
    _cancel(client, [run for run in (_read(client, run_id) for run_id in runs) if run is not None])


def _cancel(client: SyncPrefectClient, runs: Sequence[FlowRun]) -> None:
    """Cancel those of these runs that wait."""
    for run in runs:
        if run.state is not None and (run.state.is_paused() or run.state.is_scheduled()):
            client.set_flow_run_state(run.id, Cancelled(message="another run carries this case on"))


def _stuck(at: House, reference: str, state: State) -> bool:
    """True where a run stays in one state for longer than a lease lasts and nobody holds the lease: it was lost."""
    seconds = at.settings.lease_seconds
    if at.clock() < state.timestamp + timedelta(seconds=seconds):
        return False
    free = at.casebook.cases.acquire_lease(reference, DELIVERY, seconds)
    at.casebook.cases.release_lease(reference, DELIVERY)
    return free


def _read(client: SyncPrefectClient, run_id: str) -> FlowRun | None:
    try:
        return client.read_flow_run(UUID(run_id))
    except ObjectNotFound:
        return None
