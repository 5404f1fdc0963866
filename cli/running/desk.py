"""Running the desk alone, such as beside a Prefect server of your own."""

from __future__ import annotations

import click

from admission.errors import GatehouseError, NotAllowed
from cli.running.addresses import LOOPBACK
from cli.running.waking import undelivered
from wiring import build_house


@click.command()
def desk() -> None:
    """Run the desk, where people sign in and vote.

    Example: GATEHOUSE_DESK_PORT=4280 gatehouse desk
    """
    from desk.serve import serve

    house = build_house()
    if house.settings.host not in LOOPBACK:
        raise NotAllowed(
            "The desk listens on this machine only.",
            remedy="leave GATEHOUSE_HOST at 127.0.0.1 and put a proxy with TLS before it",
        )
    house.casebook.check()

    def deliver_now() -> None:
        why = undelivered(house)
        if why:
            raise GatehouseError(f"The runs of decided cases could not be woken: {why}")

    serve(house, deliver_now, host=house.settings.host, port=house.settings.desk_port)
