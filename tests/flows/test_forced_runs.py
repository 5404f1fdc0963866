"""Runs that somebody with Prefect's password forces, or starts for what is none of theirs: the casebook decides."""

from __future__ import annotations

from uuid import UUID

import pytest
from prefect.client.orchestration import SyncPrefectClient
from prefect.states import Completed

from admission.cases import CaseStatus
from tasks.delivery import deliver
from tests.flows.acting import SOUND_AND_LARGE, started, taken_up, vote_all
from wiring import House

pytestmark = pytest.mark.prefect


def test_a_run_that_is_forced_to_end_as_admitted_admits_nobody(at: House, client: SyncPrefectClient) -> None:
    reference, run = started(at, client, SOUND_AND_LARGE)
    taken_up(client, run)

    client.set_flow_run_state(run, Completed(name="Admitted"), force=True)

    case = at.casebook.cases.get(reference)
    assert (case.status, case.decision, at.casebook.customers.get(case.company_key)) == (CaseStatus.VOTING, None, None)
    vote_all(at, reference)
    deliver(at)
    second = UUID(at.casebook.cases.runs(reference)[-1])
    assert second != run
    assert taken_up(client, second).name == "Admitted"


def test_a_run_for_the_case_of_another_casts_nothing_and_changes_nothing(at: House, client: SyncPrefectClient) -> None:
    reference, run = started(at, client, SOUND_AND_LARGE)
    taken_up(client, run)
    before = at.casebook.cases.get(reference)
    deployment = client.read_deployment_by_name("onboard-applicant/onboard-applicant")

    second = client.create_flow_run_from_deployment(deployment.id, parameters={"case_ref": reference}).id
    assert taken_up(client, second).name == "Suspended"

    after = at.casebook.cases.get(reference)
    assert (after.status, after.round, after.decision) == (before.status, before.round, None)
    assert at.casebook.voting.votes_of_all_rounds(reference) == []


@pytest.mark.parametrize("reference", ["../../etc/passwd", "GH-2026-000001/../x", "", "GH-2026-999999"])
def test_a_reference_that_is_no_case_touches_none(at: House, client: SyncPrefectClient, reference: str) -> None:
    kept, _ = started(at, client, SOUND_AND_LARGE)
    before = at.casebook.cases.get(kept)
    deployment = client.read_deployment_by_name("onboard-applicant/onboard-applicant")

    run = client.create_flow_run_from_deployment(deployment.id, parameters={"case_ref": reference}).id

    assert taken_up(client, run).type.value == "FAILED"
    assert at.casebook.cases.list() == [before]
