"""The safety net behind delivery at once."""

from __future__ import annotations

from prefect import flow

from tasks.delivery import deliver_outbox as deliver_messages


@flow(name="deliver-outbox", description="Deliver what the desk could not deliver at once.")
def deliver_outbox() -> int:
    """Deliver all messages that are due."""
    return deliver_messages()
