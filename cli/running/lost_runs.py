"""Runs that Prefect holds to be under way although their process is gone, as after a power cut."""

from __future__ import annotations

from datetime import timedelta

from cli.running.deployments import all_found, workers_heard_of
from cli.running.reaching import PrefectApi, ask
from services.batches import take_back
from wiring import House

LATELY = timedelta(minutes=10)
UNDER_WAY = ["RUNNING", "PENDING", "CANCELLING"]


def end_lost_runs(house: House, api: PrefectApi, worker: str) -> int:
    """End the runs that nobody executes any more, and have their cases carried on at once; return how many there were.

    To be called while the house's own worker does not run. A worker that Prefect has heard of in the last minute and a
    half may execute them: then nothing is done, and their cases are carried on when their leases have run out.

    Args:
        house: the house.
        api: its own Prefect.
        worker: name of its own worker at Prefect.

    Raises:
        GatehouseError: Prefect does not answer.
    """
    if workers_heard_of(api) - {worker}:
        return 0
    lost = all_found(api, "/flow_runs/filter", {"flow_runs": {"state": {"type": {"any_": UNDER_WAY}}}})
    for run in lost:
        crash(api, run["id"])
    take_back(house, [run["id"] for run in lost])
    return len(lost)


def carry_on_crashed(house: House, api: PrefectApi) -> None:
    """Have the cases of runs carried on that have crashed lately, without waiting for their leases to run out.

    Raises:
        GatehouseError: Prefect does not answer.
    """
    since = (house.clock() - LATELY).isoformat()
    crashed = all_found(
        api,
        "/flow_runs/filter",
        {"flow_runs": {"state": {"type": {"any_": ["CRASHED"]}}, "end_time": {"after_": since}}},
    )
    if crashed:
        take_back(house, [run["id"] for run in crashed])


def crash(api: PrefectApi, run: str) -> None:
    """Tell Prefect that a run is gone, so that it holds no place for it."""
    crashed = {"type": "CRASHED", "name": "Crashed", "message": "its process is gone"}
    ask(api, "POST", f"/flow_runs/{run}/set_state", {"state": crashed})
