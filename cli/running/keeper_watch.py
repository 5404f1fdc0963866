"""Watching house-keeping while `gatehouse up` runs: where it gives no sign of life, another is started at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from cli.running.deployments import all_found
from cli.running.lost_runs import UNDER_WAY, crash
from cli.running.reaching import PrefectApi, ask
from services.readiness import KEEPER, silence_of_keeper
from wiring import House

# It gives a sign every fifteen seconds.
SILENT = timedelta(seconds=60)
# So long may one that was started need until it gives its first, on a busy machine.
BEGINS_WITHIN = timedelta(seconds=60)


def see_house_kept(house: House, api: PrefectApi) -> bool:
    """Start house-keeping where no run of it is under way that gives signs of life; tell whether it was started.

    Its schedule would do so within five minutes, and up to ten where Prefect holds a dead run to be under way.

    Raises:
        GatehouseError: Prefect does not answer.
    """
    silence = silence_of_keeper(house)
    deployment = ask(api, "GET", f"/deployments/name/{KEEPER}/{KEEPER}")
    if deployment is None:
        return False
    runs = all_found(
        api,
        "/flow_runs/filter",
        {
            "deployments": {"id": {"any_": [deployment["id"]]}},
            "flow_runs": {
                "state": {"type": {"any_": [*UNDER_WAY, "SCHEDULED"]}},
                "expected_start_time": {"before_": house.clock().isoformat()},
            },
        },
    )
    lives = silence is not None and silence < SILENT
    if runs and (lives or any(house.clock() - _asked_for(run) < BEGINS_WITHIN for run in runs)):
        return False
    for run in runs:
        crash(api, run["id"])
    ask(api, "POST", f"/deployments/{deployment['id']}/create_flow_run", {"state": {"type": "SCHEDULED"}})
    return True


def _asked_for(run: Mapping[str, Any]) -> datetime:
    """Return when a run was asked for: by the schedule, which makes it hours ahead, or by us, at once."""
    return max(datetime.fromisoformat(run[name]) for name in ("created", "expected_start_time"))
