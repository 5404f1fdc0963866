"""Looking after the limits of customers."""

from __future__ import annotations

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed

from tasks.delivery import deliver_outbox
from tasks.limits import look_at_limits


@flow(
    name="expire-limits",
    description="Tell of limits that end, and of those that have changed; withdraw those of dormant customers.",
)
def expire_limits() -> State:
    """Look once at the limits of all customers, and deliver what is to be told about them.

    Wraps `services.expiring.sweep_limits` and the delivery of the outbox. Runs daily at 05:30 UTC. A limit in force
    changes by itself on its day, whether or not this runs; without it nobody is told, and no limit of a dormant
    customer is withdrawn (`customers.dormant_months` of the policy). Without Prefect:
    `services.expiring.sweep_limits`.
    """
    swept = look_at_limits()
    deliver_outbox()
    said = f"{swept['customers']} customers, {swept['changed']} changed, {swept['ending']} end soon"
    return Completed(name="Swept", message=f"{said}, {swept['exceptions']} not in force")
