"""What operators see in Prefect: the memo and its tables under the case's reference, and nobody's name."""

from __future__ import annotations

import json

import pytest
from prefect.client.orchestration import SyncPrefectClient

from admission.approval.votes import Ballot, Choice
from cli.running.demo import PEOPLE
from flows.onboarding import onboard_applicant
from tasks.delivery import deliver
from tests.flows.acting import (
    SOUND_AND_SMALL,
    SOURCE_DOWN,
    application,
    code_of,
    next_voter,
    started,
    taken_up,
    vote_all,
)
from wiring import House

pytestmark = pytest.mark.prefect

OFFICERS = ("SAMPLE", "SPECIMEN", "PLACEHOLDER", "Bertram", "Invented S")


def artifacts(client: SyncPrefectClient) -> dict[str, str]:
    """Return the latest artifact of each key."""
    return {str(found.key): str(found.data) for found in client.read_latest_artifacts()}


def test_memo_and_tables_carry_the_reference(at: House, client: SyncPrefectClient) -> None:
    reference, run = started(at, client, SOURCE_DOWN)
    taken_up(client, run)
    key = reference.lower()

    found = artifacts(client)

    assert f"# Credit memo {reference}" in found[f"memo-{key}-en"]
    assert f"# 授信审批表 {reference}" in found[f"memo-{key}-zh"]
    assert "Larkhollow Packaging Limited" in found[f"memo-{key}-en"]
    criteria = {row["id"]: row["verdict"] for row in json.loads(found[f"criteria-{key}"])}
    assert criteria["pays_late"] == "unknown"
    assert criteria["open_insolvency"] == "pass"
    score = json.loads(found[f"score-{key}"])
    assert {row["attribute"]: row["points"] for row in score if row["missing"]}["days_beyond_terms"] == 12
    assert sum(row["points"] for row in score) <= 100
    evidence = json.loads(found[f"evidence-{key}"])
    assert {row["source"]: row["answer"] for row in evidence}["creditsafe"] == "unavailable"
    assert all(len(row["sha256"]) == 64 for row in evidence if row["answer"] == "found")


def test_the_run_has_the_reference_for_a_name_and_tells_its_kind(at: House, client: SyncPrefectClient) -> None:
    deployment = client.read_deployment_by_name("onboard-applicant/onboard-applicant")
    parameters = {"application": application(SOUND_AND_SMALL).model_dump(mode="json")}
    run = client.create_flow_run_from_deployment(deployment.id, parameters=parameters, tags=["gatehouse"]).id
    taken_up(client, run)

    named = client.read_flow_run(run)

    (case,) = at.casebook.cases.list()
    assert named.name == case.reference
    assert sorted(named.tags) == ["GB", "gatehouse", "onboarding", "standard"]


def everything_in_prefect(client: SyncPrefectClient) -> str:
    """Return all that the server keeps of runs, tasks, states, artifacts and logs, as text."""
    paths = ("flow_runs", "task_runs", "artifacts", "logs", "deployments", "flows")
    return "\n".join(client.request("POST", f"/{path}/filter", json={}).text for path in paths)  # type: ignore[arg-type]


def test_nobodys_name_enters_prefect(
    at: House, client: SyncPrefectClient, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    reference, run = started(at, client, SOURCE_DOWN)
    taken_up(client, run)
    ballot = Ballot(choice=Choice.ASK, comment="by hand")
    code = code_of(at, reference, next_voter(at, reference).username, ballot)
    client.resume_flow_run(run, run_input={"code": code})
    taken_up(client, run)
    vote_all(at, reference)
    deliver(at)
    assert taken_up(client, run).name == "Admitted"

    told = everything_in_prefect(client) + caplog.text + capsys.readouterr().err

    assert reference in told
    for name in (*(person.name for person in PEOPLE), *OFFICERS, code, "voted in a test", "accepted in a test"):
        assert name not in told


def test_what_a_run_is_given_holds_no_person_and_no_secret() -> None:
    schema = onboard_applicant.parameters.model_dump()
    fields = json.dumps(schema["definitions"])

    assert set(schema["properties"]) == {"application", "case_ref"}
    for word in (
        "password",
        "secret",
        "token",
        "username",
        "email",
        "phone",
        "person",
        "birth",
        "requester",
        "director",
    ):
        assert word not in fields.lower()
