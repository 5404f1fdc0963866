"""`prefect.yaml`, from which `gatehouse up` and `prefect deploy` both deploy."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
import yaml
from prefect import Flow
from prefect.client.schemas.schedules import CronSchedule
from prefect.flows import load_flow_from_entrypoint
from prefect.server.schemas.schedules import CronSchedule as ServerCronSchedule

from tasks.delivery import BATCH
from tasks.waking import ONBOARD
from tests.conftest import ROOT

DOCUMENT: dict[str, Any] = yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))
DEPLOYMENTS = {entry["name"]: entry for entry in DOCUMENT["deployments"]}
PARAMETERS = {
    "onboard-applicant": {"application", "case_ref"},
    "review-due-customers": set(),
    "review-customer": {"company_key"},
    "rescore-book": set(),
    "keep-house": {"minutes"},
    "deliver-outbox": set(),
    "chase-approvals": set(),
    "expire-limits": set(),
    "onboard-batch": {"case_refs"},
    "publish-audit-head": set(),
}


def flow_of(name: str) -> Flow[Any, Any]:
    flow: Flow[Any, Any] = load_flow_from_entrypoint(DEPLOYMENTS[name]["entrypoint"])
    return flow


def test_all_deployments_are_known_here() -> None:
    assert set(DEPLOYMENTS) == set(PARAMETERS)
    assert DOCUMENT["pull"] == []


@pytest.mark.parametrize("name", PARAMETERS)
def test_its_entrypoint_is_a_flow_of_the_same_name(name: str) -> None:
    flow = flow_of(name)

    assert flow.name == name
    assert flow.description
    assert flow.retries == 0
    assert not flow.log_prints


@pytest.mark.parametrize(("name", "parameters"), PARAMETERS.items())
def test_it_is_given_references_and_company_data_only(name: str, parameters: set[str]) -> None:
    assert set(flow_of(name).parameters.properties) == parameters
    assert "parameters" not in DEPLOYMENTS[name]


@pytest.mark.parametrize("started", [ONBOARD, BATCH])
def test_delivery_starts_runs_of_a_deployment_that_exists(started: str) -> None:
    flow, _, deployment = started.partition("/")

    assert flow_of(deployment).name == flow


@pytest.mark.parametrize(
    ("name", "first_two"),
    [
        ("rescore-book", [datetime(2027, 1, 1, 5, tzinfo=UTC), datetime(2027, 7, 1, 5, tzinfo=UTC)]),
        ("review-due-customers", [datetime(2026, 11, 24, 6, tzinfo=UTC), datetime(2026, 11, 25, 6, tzinfo=UTC)]),
        ("keep-house", [datetime(2026, 11, 23, 9, 5, tzinfo=UTC), datetime(2026, 11, 23, 9, 10, tzinfo=UTC)]),
    ],
)
def test_its_schedule_says_when(name: str, first_two: list[datetime]) -> None:
    (schedule,) = DEPLOYMENTS[name]["schedules"]
    asked = CronSchedule(cron=schedule["cron"], timezone=schedule["timezone"])
    kept = ServerCronSchedule(cron=asked.cron, timezone=asked.timezone)

    dates = asyncio.run(kept.get_dates(2, datetime(2026, 11, 23, 9, 1, tzinfo=UTC)))

    assert list(dates) == first_two


@pytest.mark.parametrize(
    "name", ["expire-limits", "keep-house", "deliver-outbox", "chase-approvals", "publish-audit-head"]
)
def test_one_of_house_keeping_runs_at_a_time(name: str) -> None:
    assert DEPLOYMENTS[name]["concurrency_limit"] == {"limit": 1, "collision_strategy": "CANCEL_NEW"}


def test_what_keep_house_does_has_no_schedule_that_is_on_besides() -> None:
    active = {name: [item["active"] for item in entry.get("schedules", [])] for name, entry in DEPLOYMENTS.items()}

    assert {name for name, schedules in active.items() if True in schedules} == {
        "expire-limits",
        "keep-house",
        "publish-audit-head",
        "rescore-book",
        "review-due-customers",
    }
    # An installation from before it has them on: only what is said to be off is turned off by a new deploy.
    assert (active["deliver-outbox"], active["chase-approvals"]) == ([False], [False])
