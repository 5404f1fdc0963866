"""The desk as one web application."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib.resources import files

import anyio.to_thread
from fastapi import Depends, FastAPI
from starlette.staticfiles import StaticFiles

from desk import (
    api,
    bulk_api,
    bulk_pages,
    case_pages,
    customer_pages,
    failures,
    group_pages,
    limit_pages,
    order_api,
    order_pages,
    pages,
    vitals,
)
from desk.courier import EVERY_SECONDS, Courier
from desk.doorkeeper import Door, Doorkeeper
from desk.guard import Guard
from desk.hosts import KnownHosts, names_of
from desk.outside import Prefect
from desk.session import check_origin
from wiring import House


def create_app(
    house: House,
    *,
    deliver: Callable[[], None],
    prefect: Prefect | None = None,
    every: float = EVERY_SECONDS,
    version: str = "0.1.0",
) -> FastAPI:
    """Make the desk of a house.

    Args:
        house: settings and casebook; the casebook must exist.
        deliver: delivers what waits in the outbox. It is called after each vote, and every few seconds while something
            waits; what it raises is logged, not shown.
        prefect: the Prefect that moves the cases, for `/ready` and `/metrics`; not looked at if not given.
        every: seconds between two looks at the outbox.
        version: told in the OpenAPI document.
    """
    doorkeeper = Doorkeeper()
    courier = Courier(deliver, house.casebook.outbox.pending, every=every)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        courier.start()
        try:
            yield
        finally:
            await anyio.to_thread.run_sync(courier.stop)
            doorkeeper.close()
            app.state.ready_lookout.close()
            app.state.metrics_lookout.close()

    app = FastAPI(
        title="Gatehouse desk",
        description="Read cases and vote on them.",
        version=version,
        # The pages of the documentation load scripts from a CDN, which the desk does not allow.
        docs_url=None,
        redoc_url=None,
        dependencies=[Depends(check_origin)],
        lifespan=lifespan,
        # Spans and logs of requests would carry case references and what people typed.
        telemetry={
            "tracing": False,
            "metrics": False,
            "logs": False,
            "operation_spans": False,
            "auto_configure": False,
        },
    )
    app.state.house = house
    app.state.courier = courier
    app.state.doorkeeper = doorkeeper
    app.state.ready_lookout = vitals.ready_lookout(house, prefect)
    app.state.metrics_lookout = vitals.metrics_lookout(house, prefect)
    # The last one added is the first that a request meets.
    app.add_middleware(Door, doorkeeper=doorkeeper)
    app.add_middleware(KnownHosts, names=names_of(house.settings))
    app.add_middleware(Guard)
    failures.install(app)
    shown = (pages, vitals, case_pages, customer_pages, limit_pages, group_pages, order_pages, bulk_pages)
    rooms = (*shown, order_api, bulk_api, api)
    app.state.routers = tuple(room.router for room in rooms)
    for router in app.state.routers:
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=str(files("desk").joinpath("static"))), name="static")
    return app
