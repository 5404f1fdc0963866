"""Delivering the outbox: waking the run of a case, or starting a new one where it is gone.

Waking is never approving: the run reads the casebook again and decides by what stands there.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from uuid import UUID

from prefect import get_client, get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.exceptions import ObjectNotFound
from prefect.states import Cancelled

from admission.cases import OutboxMessage
from admission.errors import Conflict, GatehouseError
from wiring import House, house
from wiring.audit import AUDIT_HEAD, deliver_head, publish_head
from wiring.notices import NOTICE, deliver_notice

ONBOARD = "onboard-applicant/onboard-applicant"
BATCH = "onboard-batch/onboard-batch"
DELIVERY = "delivery"
RESUME_TRIES = 3
MOVING = {StateType.RUNNING, StateType.PENDING}
logger = logging.getLogger(__name__)


@task(name="deliver-outbox", cache_policy=NO_CACHE)
def deliver_outbox() -> int:
    """Deliver what is due; return how many messages were delivered."""
    delivered = deliver(house())
    get_run_logger().info("%d message(s) delivered", delivered)
    return delivered


@task(name="publish-audit-head", cache_policy=NO_CACHE)
def publish_audit_head() -> int:
    """Publish the head of the audit chain and deliver it; return its number."""
    head = publish_head(house())
    delivered = deliver(house())
    get_run_logger().info("head %d published; %d message(s) delivered", head.seq, delivered)
    return head.seq


def deliver(at: House) -> int:
    """Deliver all messages that are due; what fails stays in the outbox with its error and is tried again."""
    delivered = 0
    while messages := at.casebook.outbox.claim():
        with get_client(sync_client=True) as client:
            delivered += sum(_delivered(at, client, message) for message in messages)
    return delivered


def _delivered(at: House, client: SyncPrefectClient, message: OutboxMessage) -> bool:
    try:
        _deliver_one(at, client, message)
    except GatehouseError as error:
        at.casebook.outbox.failed(message.id, str(error))
        return False
    except Exception as error:  # whatever Prefect's client raises, the message must not be lost
        at.casebook.outbox.failed(message.id, f"Prefect could not be told: {type(error).__name__}")
        logger.warning("message %d was not delivered: %s", message.id, type(error).__name__)
        return False
    at.casebook.outbox.delivered(message.id)
    return True


def _deliver_one(at: House, client: SyncPrefectClient, message: OutboxMessage) -> None:
    if message.kind == "batch":
        _start_batch(at, client, message)
        return
    if message.kind == AUDIT_HEAD:
        deliver_head(at, message)
        return
    if message.kind == NOTICE:
        deliver_notice(at, message)
        return
    if message.kind != "wake" or message.case is None:
        raise GatehouseError(f"Nothing delivers messages of the kind {message.kind}.", context={"id": str(message.id)})
    # With the moment: another casebook on the same Prefect server may have the same reference and number.
    wake(at, client, message.case, f"{message.case}:{message.id}:{message.created_at.isoformat()}")


def _start_batch(at: House, client: SyncPrefectClient, message: OutboxMessage) -> None:
    """Start one run for the cases of a batch; should it die, chase-approvals wakes what it left.

    The run holds its cases from now on, so that none is taken for forgotten before the run has begun.
    """
    deployment = client.read_deployment_by_name(BATCH)
    key = f"batch:{message.id}:{message.created_at.isoformat()}"
    references = message.payload["references"].split()
    run = client.create_flow_run_from_deployment(
        deployment.id, parameters={"case_refs": references}, idempotency_key=key
    )
    at.casebook.batches.hold(references, str(run.id), at.settings.lease_seconds)


def wake(at: House, client: SyncPrefectClient, reference: str, key: str) -> str:
    """Wake the run of a case, or start a new one; return the id of the run that moves it.

    Raises:
        Conflict: its run is moving right now; try again in a moment.
    """
    runs = at.casebook.cases.runs(reference)
    last = _read(client, runs[-1]) if runs else None
    if last is not None and last.state is not None:
        if last.state.is_scheduled():
            # It has not begun, so it will read the casebook as it stands now.
            return str(last.id)
        if last.state.is_paused():
            if _resumed(client, last.id):
                _retire(client, runs[:-1])
                return str(last.id)
        elif last.state.type in MOVING and not _stuck(at, reference, last.state):
            raise Conflict("The run of this case is moving.", context={"case": reference})
    if runs:
        at.casebook.cases.release_lease(reference, runs[-1])
    deployment = client.read_deployment_by_name(ONBOARD)
    run = client.create_flow_run_from_deployment(
        deployment.id, parameters={"case_ref": reference}, name=reference, idempotency_key=key
    )
    at.casebook.cases.note_run(reference, str(run.id))
    _retire(client, runs)
    return str(run.id)


def _resumed(client: SyncPrefectClient, run: UUID) -> bool:
    """Resume a suspended run. A busy server may refuse what it takes a moment later, so it is asked a few times."""
    return any(str(client.resume_flow_run(run, run_input={}).status.value) == "ACCEPT" for _ in range(RESUME_TRIES))


def _retire(client: SyncPrefectClient, runs: list[str]) -> None:
    """Cancel runs that are suspended although another one moves their case: nothing would ever end them."""
    for run in filter(None, (_read(client, run_id) for run_id in runs)):
        if run.state is not None and run.state.is_paused():
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
