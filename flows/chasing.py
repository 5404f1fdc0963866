"""Looking after cases that stand still."""

from __future__ import annotations

from prefect import flow

from tasks.chasing import chase_approvals as chase
from tasks.delivery import deliver_outbox


@flow(name="chase-approvals", description="Wake stuck cases, remind of late votes; time never approves.")
def chase_approvals() -> dict[str, int]:
    """Look once after every case that stands still, and deliver what follows from it.

    Wraps `services.chasing.chase` and the delivery of the outbox. Runs when asked; `keep-house` chases twice a minute.
    Without Prefect: `services.chasing.chase`; what it wakes are runs, which need Prefect.
    """
    chased = chase()
    deliver_outbox()
    return chased
