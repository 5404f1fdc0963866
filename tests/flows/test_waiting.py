"""The human step: a run suspends, is woken, and goes on by what stands in the casebook, never by having been woken."""

from __future__ import annotations

import json
from decimal import Decimal
from uuid import UUID

import pytest
from prefect.client.orchestration import SyncPrefectClient
from prefect.states import Cancelled

from admission.approval.votes import Ballot, Choice
from admission.cases import CaseStatus
from flows.approval import WOKEN
from tasks.delivery import deliver
from tasks.waking import RESUME_TRIES, wake
from tests.flows.acting import (
    SOUND_AND_LARGE,
    SOUND_AND_SMALL,
    application,
    assessment_of,
    code_of,
    next_voter,
    opened,
    started,
    taken_up,
    vote_all,
    walked,
)
from wiring import House

pytestmark = pytest.mark.prefect


def keys(client: SyncPrefectClient, run_id: UUID) -> set[str]:
    """Return the keys under which a run has suspended."""
    return set(client.read_flow_run(run_id).empirical_policy.pause_keys or ())


def resume(client: SyncPrefectClient, run_id: UUID, **form: str) -> None:
    """Press Resume in the Prefect UI, again where a busy server refuses what it takes a moment later."""
    for _ in range(RESUME_TRIES):
        said = client.resume_flow_run(run_id, run_input=dict(form))
        if said.status.value == "ACCEPT":
            return
    raise AssertionError(f"{said.details}; suspended under {keys(client, run_id)}")


def noted(at: House, reference: str) -> list[str]:
    """Return what each waking brought, as the history has it."""
    return [event.detail["form"] for event in at.casebook.history.of(reference) if event.act == WOKEN]


def test_a_suspended_run_is_woken_by_the_decision_and_ends_admitted(at: House, client: SyncPrefectClient) -> None:
    reference, run = started(at, client, SOUND_AND_LARGE)

    assert taken_up(client, run).name == "Suspended"
    assert at.casebook.cases.get(reference).status is CaseStatus.VOTING
    assert keys(client, run) == {"approval-1-0"}
    vote_all(at, reference)
    assert at.casebook.outbox.pending() == 1
    assert deliver(at) == 1
    assert client.read_flow_run(run).state_name == "Resuming"

    assert taken_up(client, run).name == "Admitted"
    assert at.casebook.cases.runs(reference) == [str(run)]
    assert at.casebook.outbox.pending() == 0


def test_the_form_shows_the_memo_and_tells_what_it_asks_for(at: House, client: SyncPrefectClient) -> None:
    reference, run = started(at, client, SOUND_AND_LARGE)
    taken_up(client, run)

    kept = f"/flow_runs/{run}/input/suspended-approval-1-0"
    memo = client.request("GET", f"{kept}-description").json()  # type: ignore[arg-type]
    form = client.request("GET", f"{kept}-schema").json()  # type: ignore[arg-type]

    assert memo.startswith(f"# Credit memo {reference}")
    assert "/cases/" + reference in memo
    assert {name: field["title"] for name, field in form["properties"].items()} == {
        "code": "Single-use code / 一次性代码",
    }


def test_woken_with_nothing_decided_it_suspends_again_under_the_next_key(at: House, client: SyncPrefectClient) -> None:
    reference, run = started(at, client, SOUND_AND_LARGE)
    taken_up(client, run)

    resume(client, run)
    assert taken_up(client, run).name == "Suspended"
    resume(client, run)
    assert taken_up(client, run).name == "Suspended"

    assert keys(client, run) == {"approval-1-0", "approval-1-1", "approval-1-2"}
    assert noted(at, reference) == ["woken", "woken"]
    assert at.casebook.cases.get(reference).decision is None


def test_resuming_twice_at_once_wakes_once(at: House, client: SyncPrefectClient) -> None:
    reference, run = started(at, client, SOUND_AND_LARGE)
    taken_up(client, run)

    resume(client, run)
    assert client.resume_flow_run(run, run_input={}).status.value == "ABORT"

    assert taken_up(client, run).name == "Suspended"
    assert noted(at, reference) == ["woken"]


def test_a_code_in_the_form_casts_the_vote_it_carries_once(at: House, client: SyncPrefectClient) -> None:
    reference, run = started(at, client, SOUND_AND_LARGE)
    taken_up(client, run)
    voter = next_voter(at, reference)
    ballot = Ballot(choice=Choice.APPROVE, comment="sound", conditions=("a deposit",), limit=Decimal(1000))
    code = code_of(at, reference, voter.username, ballot)

    resume(client, run, code=code)
    assert taken_up(client, run).name == "Suspended"
    (vote,) = at.casebook.voting.votes_of_all_rounds(reference)
    assert (vote.voter, vote.ballot, vote.channel) == (voter.username, ballot, "resume_form")

    for given in (code, "no-such-code"):
        resume(client, run, code=given)
        assert taken_up(client, run).name == "Suspended"
    assert noted(at, reference) == [
        "vote recorded",
        "refused: This code is not valid for this case.",
        "refused: This code is not valid for this case.",
    ]
    assert len(at.casebook.voting.votes_of_all_rounds(reference)) == 1
    assert at.casebook.cases.get(reference).status is CaseStatus.VOTING


def test_an_answer_replaced_on_its_way_casts_no_other_vote(at: House, client: SyncPrefectClient) -> None:
    """The attack that flipped a colleague's approval: read the answer in Prefect's store, delete it, put another."""
    reference, run = started(at, client, SOUND_AND_LARGE)
    taken_up(client, run)
    voter = next_voter(at, reference)
    code = code_of(at, reference, voter.username, Ballot(choice=Choice.APPROVE, comment="sound"))
    resume(client, run, code=code)
    kept = f"/flow_runs/{run}/input"
    read = client.request("GET", f"{kept}/suspended-approval-1-0-response").json()  # type: ignore[arg-type]
    assert read == {"code": code}
    client.request("DELETE", f"{kept}/suspended-approval-1-0-response")  # type: ignore[arg-type]
    flipped = json.dumps({"code": code, "vote": "decline", "comment": "flipped"})
    client.request("POST", kept, json={"key": "suspended-approval-1-0-response", "value": flipped})  # type: ignore[arg-type]

    assert taken_up(client, run).name == "Suspended"
    assert at.casebook.voting.votes_of_all_rounds(reference) == []
    assert noted(at, reference) == ["refused: The form holds what it does not ask for."]
    resume(client, run, code=code)
    assert taken_up(client, run).name == "Suspended"
    (vote,) = at.casebook.voting.votes_of_all_rounds(reference)
    assert (vote.voter, vote.ballot.choice, vote.ballot.comment) == (voter.username, Choice.APPROVE, "sound")


@pytest.mark.parametrize("lost", ["deleted", "cancelled"])
def test_where_its_run_is_lost_the_decision_starts_another(at: House, client: SyncPrefectClient, lost: str) -> None:
    reference, run = started(at, client, SOUND_AND_LARGE)
    taken_up(client, run)
    if lost == "deleted":
        client.delete_flow_run(run)
    else:
        client.set_flow_run_state(run, Cancelled(), force=True)

    vote_all(at, reference)
    assert deliver(at) == 1

    assert len(at.casebook.cases.runs(reference)) == 2
    second = UUID(at.casebook.cases.runs(reference)[-1])
    assert client.read_flow_run(second).name == reference
    assert taken_up(client, second).name == "Admitted"


def test_a_message_that_is_delivered_again_makes_no_second_run(at: House, client: SyncPrefectClient) -> None:
    reference, run = started(at, client, SOUND_AND_SMALL)
    at.casebook.cases.request_wake(reference)

    assert deliver(at) == 1

    assert at.casebook.cases.runs(reference) == [str(run)]
    assert [found.id for found in client.read_flow_runs()] == [run]
    assert taken_up(client, run).name == "Admitted"


def test_a_delivery_that_was_cut_off_after_making_its_run_finds_that_run(at: House, client: SyncPrefectClient) -> None:
    reference = opened(at, SOUND_AND_SMALL)
    deployment = client.read_deployment_by_name("onboard-applicant/onboard-applicant")
    made = client.create_flow_run_from_deployment(
        deployment.id, parameters={"case_ref": reference}, idempotency_key="the key of this message"
    )

    wake(at, client, reference, "the key of this message")

    assert at.casebook.cases.runs(reference) == [str(made.id)]
    assert len(client.read_flow_runs()) == 1


def test_a_batch_is_delivered_whole(at: House, client: SyncPrefectClient) -> None:
    reference, _ = started(at, client, SOUND_AND_SMALL)
    for number in range(45):
        at.casebook.outbox.put("wake", reference, {}, key=f"another {number}")

    assert deliver(at) == 45
    assert at.casebook.outbox.pending() == 0


def test_where_too_many_wait_the_run_ends_and_the_decision_starts_another(at: House, client: SyncPrefectClient) -> None:
    at.settings = at.settings.model_copy(update={"waiting_limit": 0})
    reference, run = started(at, client, SOUND_AND_LARGE)

    assert taken_up(client, run).name == "AwaitingDecision"
    vote_all(at, reference)
    deliver(at)

    second = UUID(at.casebook.cases.runs(reference)[-1])
    assert second != run
    assert taken_up(client, second).name == "Admitted"


def test_an_application_without_anybodys_name_waits_for_an_owner(at: House, client: SyncPrefectClient) -> None:
    deployment = client.read_deployment_by_name("onboard-applicant/onboard-applicant")
    asked_for = application(SOUND_AND_SMALL).model_dump(mode="json")
    run = client.create_flow_run_from_deployment(deployment.id, parameters={"application": asked_for}).id

    assert taken_up(client, run).name == "Suspended"
    (case,) = at.casebook.cases.list()
    assert (case.status, case.requester, case.channel) == (CaseStatus.UNATTRIBUTED, None, "prefect")
    assert assessment_of(at, case.reference).route.kind == "fast_track"
    assert at.casebook.voting.poll(case.reference, case.round) is None
    resume(client, run)
    assert taken_up(client, run).name == "Suspended"

    at.casebook.cases.take(case.reference, "analyst")
    assert deliver(at) == 1

    assert taken_up(client, run).name == "Admitted"
    assert at.casebook.cases.get(case.reference).requester == "analyst"
    assert len(at.casebook.cases.list()) == 1


def test_who_takes_an_application_as_theirs_does_not_vote_on_it(at: House, client: SyncPrefectClient) -> None:
    deployment = client.read_deployment_by_name("onboard-applicant/onboard-applicant")
    asked_for = application(SOUND_AND_LARGE).model_dump(mode="json")
    run = client.create_flow_run_from_deployment(deployment.id, parameters={"application": asked_for}).id
    taken_up(client, run)
    (case,) = at.casebook.cases.list()

    at.casebook.cases.take(case.reference, "legal")
    deliver(at)
    assert taken_up(client, run).name == "Suspended"

    poll = at.casebook.voting.poll(case.reference, case.round)
    assert poll is not None
    assert "legal" not in {person.username for person in poll.electorate}
    assert poll.requester == "legal"


def test_a_run_of_a_decided_case_ends_by_the_decision(at: House, client: SyncPrefectClient) -> None:
    reference, run = started(at, client, SOUND_AND_SMALL)
    assert taken_up(client, run).name == "Admitted"

    again = walked(reference)

    assert again.name == "Admitted"
    customer = at.casebook.customers.get(at.casebook.cases.get(reference).company_key)
    assert customer is not None
    assert [event.act for event in at.casebook.history.of(reference)].count("case.concluded") == 1


def test_a_run_whose_place_another_took_does_not_stay_suspended(at: House, client: SyncPrefectClient) -> None:
    reference, first = started(at, client, SOUND_AND_LARGE)
    taken_up(client, first)
    deployment = client.read_deployment_by_name("onboard-applicant/onboard-applicant")
    second = client.create_flow_run_from_deployment(deployment.id, parameters={"case_ref": reference}).id
    assert taken_up(client, second).name == "Suspended"
    vote_all(at, reference)

    assert deliver(at) == 1

    assert client.read_flow_run(first).state_name == "Cancelled"
    assert taken_up(client, second).name == "Admitted"


def test_a_run_that_cannot_be_resumed_is_cancelled_and_a_new_one_ends_the_case(
    at: House, client: SyncPrefectClient
) -> None:
    reference, first = started(at, client, SOUND_AND_LARGE)
    taken_up(client, first)
    client.delete_flow_run_input(first, "suspended-approval-1-0-schema")
    vote_all(at, reference)

    assert deliver(at) == 1

    second = UUID(at.casebook.cases.runs(reference)[-1])
    assert second != first
    assert client.read_flow_run(first).state_name == "Cancelled"
    assert taken_up(client, second).name == "Admitted"


def test_a_case_that_is_concluded_is_not_woken_and_leaves_no_run_suspended(
    at: House, client: SyncPrefectClient
) -> None:
    reference, first = started(at, client, SOUND_AND_LARGE)
    taken_up(client, first)
    vote_all(at, reference)
    assert walked(reference).name == "Admitted"

    assert deliver(at) == 1

    assert client.read_flow_run(first).state_name == "Cancelled"
    assert len(client.read_flow_runs()) == 2, "the suspended one and the one by hand"
