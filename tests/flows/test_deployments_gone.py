"""Deployments and runs that were deleted at Prefect while cases wait: no decided case stands still."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from prefect.client.orchestration import SyncPrefectClient

from admission.cases import CaseStatus, OutboxMessage
from flows.onboarding import onboard_applicant
from services.chasing import chase
from tasks.delivery import deliver
from tasks.waking import ONBOARD
from tests.casebook.build import HandClock
from tests.flows.acting import SOUND_AND_LARGE, SOUND_AND_SMALL, opened, started, taken_up, vote_all
from wiring import House

pytestmark = pytest.mark.prefect
HOUR = timedelta(hours=1)


def delete_deployment(client: SyncPrefectClient) -> None:
    client._client.delete(f"/deployments/{client.read_deployment_by_name(ONBOARD).id}").raise_for_status()


def deploy(client: SyncPrefectClient) -> None:
    client.create_deployment(client.create_flow(onboard_applicant), name="onboard-applicant")


def newest(at: House, reference: str) -> UUID:
    return UUID(at.casebook.cases.runs(reference)[-1])


def wakes(at: House) -> list[OutboxMessage]:
    return [message for message in at.casebook.outbox.waiting() if message.kind == "wake"]


def test_a_wake_waits_until_the_deployment_is_back(at: House, client: SyncPrefectClient, clock: HandClock) -> None:
    reference, run = started(at, client, SOUND_AND_LARGE)
    assert taken_up(client, run).name == "Suspended"
    vote_all(at, reference)
    delete_deployment(client)

    assert deliver(at) == 0
    (message,) = wakes(at)
    assert message.tries == 1
    assert message.last_error.startswith("Prefect has no deployment onboard-applicant/onboard-applicant.")
    assert at.casebook.cases.get(reference).status is CaseStatus.DECIDED
    assert client.read_flow_run(run).state_name == "Suspended"

    deploy(client)
    clock.forward(HOUR)
    deliver(at)
    second = newest(at, reference)
    assert second != run
    assert client.read_flow_run(run).state_name == "Cancelled"
    assert taken_up(client, second).name == "Admitted"
    assert at.casebook.cases.get(reference).status is CaseStatus.CONCLUDED
    assert wakes(at) == []


def test_a_suspended_run_of_a_deployment_that_was_made_anew_is_replaced(at: House, client: SyncPrefectClient) -> None:
    """Prefect resumes such a run, and no worker ever takes it up: the wake would be lost."""
    reference, run = started(at, client, SOUND_AND_LARGE)
    taken_up(client, run)
    delete_deployment(client)
    deploy(client)

    vote_all(at, reference)
    assert deliver(at) == 1
    second = newest(at, reference)
    assert (second != run, client.read_flow_run(run).state_name) == (True, "Cancelled")
    assert taken_up(client, second).name == "Admitted"


def test_a_run_that_waits_for_a_worker_goes_with_its_deployment_and_a_chase_brings_another(
    at: House, client: SyncPrefectClient, clock: HandClock
) -> None:
    reference, run = started(at, client, SOUND_AND_SMALL)
    delete_deployment(client)
    deploy(client)
    assert at.casebook.outbox.pending() == 0

    clock.forward(HOUR)
    assert chase(at).woken == 1
    assert deliver(at) == 1
    second = newest(at, reference)
    assert second != run
    assert taken_up(client, second).name == "Admitted"


def test_a_run_of_another_deployment_that_is_there_is_resumed(at: House, client: SyncPrefectClient) -> None:
    """A review that was asked for by hand, such as one of `review-customer`, is carried on by its own run."""
    own = client.create_deployment(client.create_flow(onboard_applicant), name="of-an-operator")
    reference = opened(at, SOUND_AND_LARGE)
    run = client.create_flow_run_from_deployment(own, parameters={"case_ref": reference}).id
    assert taken_up(client, run).name == "Suspended"

    vote_all(at, reference)
    assert deliver(at) == 1
    assert (newest(at, reference), client.read_flow_run(run).state_name) == (run, "Resuming")
    assert taken_up(client, run).name == "Admitted"


def test_a_suspended_run_that_was_deleted_is_replaced_by_the_decision(at: House, client: SyncPrefectClient) -> None:
    reference, run = started(at, client, SOUND_AND_LARGE)
    taken_up(client, run)
    client.delete_flow_run(run)

    vote_all(at, reference)
    assert deliver(at) == 1
    assert taken_up(client, newest(at, reference)).name == "Admitted"


def test_a_decided_case_whose_messages_were_given_up_is_found_by_the_chase(
    at: House, client: SyncPrefectClient, clock: HandClock
) -> None:
    reference, run = started(at, client, SOUND_AND_LARGE)
    taken_up(client, run)
    vote_all(at, reference)
    delete_deployment(client)
    while not at.casebook.outbox.dead():
        deliver(at)
        assert at.casebook.cases.get(reference).status is CaseStatus.DECIDED
        clock.forward(HOUR)
    deploy(client)

    clock.forward(HOUR)
    assert chase(at).woken == 1
    deliver(at)
    assert taken_up(client, newest(at, reference)).name == "Admitted"


def test_a_case_that_never_ran_is_opened_once_the_deployment_is_there(
    at: House, client: SyncPrefectClient, clock: HandClock
) -> None:
    delete_deployment(client)
    reference = opened(at, SOUND_AND_SMALL)
    at.casebook.cases.request_wake(reference)
    assert (deliver(at), at.casebook.cases.runs(reference)) == (0, [])
    deploy(client)
    clock.forward(HOUR)
    assert deliver(at) == 1
    assert taken_up(client, newest(at, reference)).name == "Admitted"
