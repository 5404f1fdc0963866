"""A run may end anywhere; the next one carries on where the case stands, and asks and buys nothing twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from prefect.client.orchestration import SyncPrefectClient
from prefect.states import Crashed, Running, Scheduled

import flows.walk
from admission.cases import Case, Step
from admission.evidence.answers import Answer, Evidence
from casebook.evidence import EvidenceStore
from flows.onboarding import onboard_applicant
from sandbox.server import Sandbox
from tasks.delivery import deliver
from tasks.rounds import TaskExecutor
from tests.casebook.build import HandClock
from tests.flows.acting import (
    SOUND_AND_LARGE,
    SOUND_AND_SMALL,
    answers,
    application,
    assessment_of,
    opened,
    started,
    taken_up,
    vote_all,
    walked,
)
from wiring import House

pytestmark = pytest.mark.prefect


class PowerCut(Exception):
    """Nobody expected this one."""


def cut(*_args: Any, **_options: Any) -> Any:
    raise PowerCut


def step_of(name: str) -> tuple[Any, str]:
    """Return where a step of the walk is called: the executor of the round, or the flow."""
    return (TaskExecutor, name) if hasattr(TaskExecutor, name) else (flows.walk, name)


@pytest.mark.parametrize("before", ["knocked_out", "validate", "assess", "publish_memo", "await_decision", "conclude"])
def test_cut_off_before_a_step_the_next_run_ends_as_this_one_would_have(
    at: House, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, before: str
) -> None:
    reference = opened(at, SOUND_AND_SMALL)
    with monkeypatch.context() as once:
        once.setattr(*step_of(before), cut)
        assert walked(reference).name == "Failed"
    first = sandbox.log()

    assert walked(reference).name == "Admitted"

    last = sandbox.log()
    assert last["creditsafe"]["reports_bought"] == 1
    assert all(line["count"] == 1 for line in last["requests"])
    if before != "knocked_out":
        assert last["counts"] == first["counts"]
    acts = [event.act for event in at.casebook.history.of(reference)]
    assert acts.count("case.decided") == acts.count("case.concluded") == 1
    assert len(at.casebook.cases.runs(reference)) == 2


def interrupted_after_buying(reference: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Walk a case until the bureau has sold its report, and no further."""
    add = EvidenceStore.add

    def add_all_but_the_report(store: EvidenceStore, reference: str, number: int, evidence: Evidence) -> None:
        if evidence.query.kind == "report":
            raise PowerCut
        add(store, reference, number, evidence)

    with monkeypatch.context() as once:
        once.setattr(EvidenceStore, "add", add_all_but_the_report)
        assert walked(reference).name == "Failed"


def test_cut_off_between_buying_and_keeping_the_report_is_in_doubt_and_not_bought_again(
    at: House, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = opened(at, SOUND_AND_SMALL)
    interrupted_after_buying(reference, monkeypatch)

    assert walked(reference).name == "AwaitingDecision"

    assert sandbox.log()["creditsafe"]["reports_bought"] == 1
    assert Answer.IN_DOUBT in answers(at, reference, "creditsafe")


def test_a_call_in_doubt_is_made_again_only_after_a_named_person_has_released_it(
    at: House, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = opened(at, SOUND_AND_SMALL)
    interrupted_after_buying(reference, monkeypatch)
    assert walked(reference).name == "AwaitingDecision"
    at.casebook.cases.open_round(reference, "what became of the report?", "analyst")
    assert walked(reference).name == "AwaitingDecision"
    assert sandbox.log()["creditsafe"]["reports_bought"] == 1
    ((call, _, _),) = at.casebook.evidence.calls_in_doubt()

    at.casebook.evidence.close_call(call, "released", actor="analyst")
    at.casebook.cases.open_round(reference, "the bureau has not billed it", "analyst")

    assert walked(reference).name == "Admitted"
    assert sandbox.log()["creditsafe"]["reports_bought"] == 2
    assert at.casebook.evidence.calls_in_doubt() == []
    released = [event.actor for event in at.casebook.history.of(reference) if event.act == "call.released"]
    assert released == ["analyst"]


def test_a_run_that_is_tried_again_finds_the_case_it_opened(
    at: House, client: SyncPrefectClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployment = client.read_deployment_by_name("onboard-applicant/onboard-applicant")
    parameters = {"application": application(SOUND_AND_LARGE).model_dump(mode="json")}
    run = client.create_flow_run_from_deployment(deployment.id, parameters=parameters).id
    with monkeypatch.context() as once:
        once.setattr(*step_of("assess"), cut)
        assert taken_up(client, run).name == "Failed"

    client.set_flow_run_state(run, Scheduled(), force=True)

    assert taken_up(client, run).name == "Suspended"
    (case,) = at.casebook.cases.list()
    assert at.casebook.cases.runs(case.reference) == [str(run)]


def test_a_run_needs_an_application_or_a_reference(at: House) -> None:
    both: Any = onboard_applicant(application(SOUND_AND_SMALL), "GH-2026-000001", return_state=True)
    neither: Any = onboard_applicant(return_state=True)

    assert (both.name, neither.name) == ("Failed", "Failed")
    assert "Give either an application or the reference of a case." in both.message
    assert at.casebook.cases.list() == []


def _after_prescreen(patch: pytest.MonkeyPatch, then: Callable[[], object]) -> None:
    """Let something happen as soon as the free sources have been asked."""
    complete = TaskExecutor.complete

    def complete_then(self: TaskExecutor, cases: Sequence[Case], step: Step) -> None:
        complete(self, cases, step)
        if step is Step.PRESCREEN:
            then()

    patch.setattr(TaskExecutor, "complete", complete_then)


def test_a_sandbox_that_goes_down_half_way_costs_no_answer_twice(at: House, sandbox: Sandbox) -> None:
    reference = opened(at, SOUND_AND_SMALL)
    base_url = at.settings.sandbox_url
    assert base_url is not None
    port = int(base_url.rpartition(":")[2])
    with pytest.MonkeyPatch.context() as once:
        _after_prescreen(once, sandbox.stop)
        try:
            assert walked(reference).name == "AwaitingDecision"
        finally:
            sandbox.start(port)

    assert "creditsafe" not in sandbox.log()["counts"]
    assert assessment_of(at, reference).unknowns
    vote_all(at, reference)
    assert walked(reference).name == "Admitted"
    assert all(line["count"] == 1 for line in sandbox.log()["requests"])


def test_a_case_that_another_run_moves_is_left_alone(at: House, sandbox: Sandbox) -> None:
    reference = opened(at, SOUND_AND_SMALL)
    assert at.casebook.cases.acquire_lease(reference, "the other run", 300)
    case, events = at.casebook.cases.get(reference), len(at.casebook.history.of(reference))

    state = walked(reference)

    assert (state.type.value, state.name) == ("COMPLETED", "HeldElsewhere")
    assert at.casebook.cases.get(reference) == case
    assert len(at.casebook.history.of(reference)) == events
    assert at.casebook.cases.runs(reference) == []
    assert sandbox.log()["requests"] == []


def test_a_lease_that_ran_out_stops_nobody(at: House, clock: HandClock) -> None:
    reference = opened(at, SOUND_AND_SMALL)
    assert at.casebook.cases.acquire_lease(reference, "a run whose machine was lost", 300)
    clock.forward(timedelta(seconds=301))

    assert walked(reference).name == "Admitted"


@pytest.mark.parametrize("given_back", [False, True])
def test_a_run_that_stood_still_leaves_the_case_to_the_one_that_took_it_over(
    at: House, clock: HandClock, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, given_back: bool
) -> None:
    reference = opened(at, SOUND_AND_SMALL)

    def stand_still() -> None:
        clock.forward(timedelta(seconds=301))
        assert at.casebook.cases.acquire_lease(reference, "the other run", 300)
        if given_back:
            at.casebook.cases.release_lease(reference, "the other run")

    with monkeypatch.context() as once:
        _after_prescreen(once, stand_still)
        state = walked(reference)

    assert (state.type.value, state.name) == ("COMPLETED", "HeldElsewhere")
    assert "creditsafe" not in sandbox.log()["counts"]
    assert at.casebook.cases.acquire_lease(reference, "the other run", 10), "its lease was not taken from it"


@pytest.mark.parametrize("step", ["assess", None])
def test_a_run_gives_its_lease_back_however_it_ends(
    at: House, client: SyncPrefectClient, monkeypatch: pytest.MonkeyPatch, step: str | None
) -> None:
    reference, run = started(at, client, SOUND_AND_LARGE)
    if step is not None:
        monkeypatch.setattr(*step_of(step), cut)

    assert taken_up(client, run).name == ("Failed" if step else "Suspended")

    assert at.casebook.cases.acquire_lease(reference, "somebody else", 10)


def test_a_crashed_run_is_replaced_at_once(at: House, client: SyncPrefectClient) -> None:
    reference, run = started(at, client, SOUND_AND_SMALL)
    assert at.casebook.cases.acquire_lease(reference, str(run), 300)
    client.set_flow_run_state(run, Crashed(), force=True)
    at.casebook.cases.request_wake(reference)

    assert deliver(at) == 1

    second = UUID(at.casebook.cases.runs(reference)[-1])
    assert second != run
    assert taken_up(client, second).name == "Admitted"


def test_a_run_that_moves_is_not_woken_and_one_that_was_lost_is_replaced(
    at: House, client: SyncPrefectClient, clock: HandClock
) -> None:
    clock.now = datetime.now(UTC)  # Prefect's server has the machine's clock
    reference, run = started(at, client, SOUND_AND_SMALL)
    client.set_flow_run_state(run, Running(), force=True)
    assert at.casebook.cases.acquire_lease(reference, str(run), 300)
    at.casebook.cases.request_wake(reference)

    assert deliver(at) == 0
    clock.forward(timedelta(seconds=290))
    assert at.casebook.cases.acquire_lease(reference, str(run), 300)
    clock.forward(timedelta(seconds=20))
    assert deliver(at) == 0
    assert at.casebook.outbox.pending() == 1
    clock.forward(timedelta(seconds=300))
    assert deliver(at) == 1

    second = UUID(at.casebook.cases.runs(reference)[-1])
    assert second != run
    assert taken_up(client, second).name == "Admitted"
