"""The safety net behind delivery at once."""

from __future__ import annotations

from prefect import flow

from tasks.delivery import deliver_outbox as deliver_messages
from tasks.delivery import publish_audit_head as publish_head


@flow(name="deliver-outbox", description="Deliver what the desk could not deliver at once.")
def deliver_outbox() -> int:
    """Deliver all messages that are due."""
    return deliver_messages()


@flow(name="publish-audit-head", description="Let the head of the audit chain leave the machine.")
def publish_audit_head() -> int:
    """Publish the head of the audit chain; return its number."""
    return publish_head()
