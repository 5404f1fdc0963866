"""The safety net behind delivery at once."""

from __future__ import annotations

from prefect import flow

from tasks.delivery import deliver_outbox as deliver_messages
from tasks.delivery import publish_audit_head as publish_head


@flow(name="deliver-outbox", description="Deliver what the desk could not deliver at once.")
def deliver_outbox() -> int:
    """Deliver all messages that are due; return how many were delivered.

    Wraps `tasks.delivery.deliver`. Runs when asked; `keep-house` delivers twice a minute, and whoever casts a vote, at
    the desk or on the command line, at once. Without a flow: `tasks.delivery.deliver`; `gatehouse outbox` shows what
    waits.
    """
    return deliver_messages()


@flow(name="publish-audit-head", description="Let the head of the audit chain leave the machine.")
def publish_audit_head() -> int:
    """Publish the head of the audit chain; return its number.

    Wraps `services.heads.publish_head` and the delivery of the outbox. Runs daily at 03:30 UTC, besides the heads that
    decisions ask for. Without Prefect: `services.heads.publish_head`, then `services.heads.deliver_head`.
    """
    return publish_head()
