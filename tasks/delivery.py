"""Delivering the outbox: runs are woken, batches started, heads of the audit chain published."""

from __future__ import annotations

import logging

from prefect import get_client, get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.client.orchestration import SyncPrefectClient

from admission.cases import OutboxMessage
from admission.errors import GatehouseError
from admission.model import Text
from casebook.outbox import BATCH as BATCH_DUE
from casebook.outbox import HEAD_DUE, WAKE
from services.alerts import ALERT, deliver_alert
from services.heads import AUDIT_HEAD, deliver_head, publish_head
from services.notices import NOTICE, deliver_notice
from tasks.waking import stand_back, wake
from wiring import House, house

BATCH = "onboard-batch/onboard-batch"
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
            delivered += sum(_deliver(at, client, message) for message in messages)
    return delivered


def _deliver(at: House, client: SyncPrefectClient, message: OutboxMessage) -> bool:
    try:
        _dispatch(at, client, message)
    except GatehouseError as error:
        at.casebook.outbox.failed(message.id, str(error))
        return False
    except Exception as error:  # whatever Prefect's client raises, the message must not be lost
        at.casebook.outbox.failed(message.id, f"Prefect could not be told: {type(error).__name__}")
        logger.warning("message %d was not delivered: %s", message.id, type(error).__name__)
        return False
    at.casebook.outbox.delivered(message.id)
    return True


def _dispatch(at: House, client: SyncPrefectClient, message: OutboxMessage) -> None:
    if message.kind == BATCH_DUE:
        _start_batch(at, client, message)
        return
    if message.kind == HEAD_DUE:
        publish_head(at)
        return
    if message.kind == AUDIT_HEAD:
        deliver_head(at, message)
        return
    if message.kind == NOTICE:
        deliver_notice(at, message)
        return
    if message.kind == ALERT:
        deliver_alert(at, message)
        return
    if message.kind != WAKE or message.case is None:
        raise GatehouseError(
            Text(
                en=f"Nothing delivers messages of the kind {message.kind}.",
                zh=f"没有投递 {message.kind} 类消息的程序。",
            ),
            context={"id": str(message.id)},
        )
    # With the moment: another casebook on the same Prefect server may have the same reference and number.
    wake(at, client, message.case, f"{message.case}:{message.id}:{message.created_at.isoformat()}")


def _start_batch(at: House, client: SyncPrefectClient, message: OutboxMessage) -> None:
    """Start one run for the cases of a batch; should it die, keep-house wakes what it left.

    The run holds its cases from now on, so that none is taken for forgotten before the run has begun.
    """
    deployment = client.read_deployment_by_name(BATCH)
    key = f"batch:{message.id}:{message.created_at.isoformat()}"
    references = message.payload["references"].split()
    run = client.create_flow_run_from_deployment(
        deployment.id, parameters={"case_refs": references}, idempotency_key=key
    )
    held = at.casebook.batches.hold(references, str(run.id), at.settings.lease_seconds)
    stand_back(at, client, held)
