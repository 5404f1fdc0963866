"""The Prefect that moves this casebook's cases, as the desk's `/ready` and `/metrics` see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from admission.errors import GatehouseError
from admission.model import Text
from cli.running.deployments import PAGE
from cli.running.reaching import PrefectApi, ask, prefect_api, see_ready
from desk.outside import RunTimes
from wiring import House

LATELY = timedelta(hours=1)
ENDED = ["COMPLETED", "FAILED", "CRASHED", "CANCELLED"]
# Beyond this many in an hour, the oldest are not counted.
MOST_RUNS = 2000


class RunningPrefect:
    """Asks Prefect's API, wherever it is at that moment.

    Args:
        house: the house; its settings and what runs on its data folder tell where Prefect is.
    """

    def __init__(self, house: House) -> None:
        self._house = house

    def see(self) -> None:
        """See that Prefect answers and reaches its own database.

        Raises:
            GatehouseError: it does not.
        """
        see_ready(prefect_api(self._house.settings))

    def run_times(self) -> Sequence[RunTimes]:
        """Return how long the runs took that ended within the last hour.

        Raises:
            GatehouseError: Prefect does not answer.
        """
        api = prefect_api(self._house.settings)
        since = (self._house.clock() - LATELY).isoformat()
        runs = _runs_ended(api, since)
        flows = {
            str(flow["id"]): str(flow["name"]) for flow in ask(api, "POST", "/flows/filter", {"limit": PAGE}) or ()
        }
        grouped: dict[tuple[str, str], list[float]] = {}
        for run in runs:
            key = (flows.get(str(run["flow_id"]), "unknown"), str(run["state_type"]))
            grouped.setdefault(key, []).append(float(run["total_run_time"]))
        return [
            RunTimes(flow, state, len(times), sum(times), max(times))
            for (flow, state), times in sorted(grouped.items())
        ]


def _runs_ended(api: PrefectApi, since: str) -> list[Mapping[str, Any]]:
    wanted = {"end_time": {"after_": since}, "state": {"type": {"any_": ENDED}}}
    found: list[Mapping[str, Any]] = []
    while len(found) < MOST_RUNS:
        page = {"flow_runs": wanted, "sort": "END_TIME_DESC", "limit": PAGE, "offset": len(found)}
        some = ask(api, "POST", "/flow_runs/filter", page)
        if not isinstance(some, list):
            raise GatehouseError(Text(en="Prefect did not list its runs.", zh="Prefect 未列出其运行。"))
        found.extend(some)
        if len(some) < PAGE:
            break
    return found
