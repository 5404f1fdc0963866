"""House-keeping in one process: it validates for single runs, wakes what stands still and delivers the outbox."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.objects import State, StateType

from admission.cases import CaseStatus, Step
from admission.errors import BadInput
from flows.keeping import keep_house
from services.readiness import KEEPER, silence_of_keeper
from tasks.keeping import ROUND_SECONDS, Keeper
from tasks.validating import STAY_MINUTES, keeper_runs, running_keepers, validated_for_all
from tests import stepping
from tests.casebook.build import HandClock
from tests.flows.acting import SOUND_AND_LARGE, SOUND_AND_SMALL, new_process, opened, started, taken_up
from wiring import House

pytestmark = pytest.mark.prefect


def running_keeper(client: SyncPrefectClient) -> UUID:
    """Let Prefect have a house-keeping run that is under way; return its id."""
    deployment = client.create_deployment(client.create_flow(keep_house), name=KEEPER)
    run = client.create_flow_run_from_deployment(deployment).id
    client.set_flow_run_state(run, State(type=StateType.RUNNING), force=True)
    return run


def awaiting(at: House) -> str:
    """Return a case whose run holds it, with all sources asked."""
    reference = opened(at, SOUND_AND_SMALL)
    at.casebook.cases.note_run(reference, "its run")
    assert at.casebook.cases.acquire_lease(reference, "its run", at.settings.lease_seconds)
    stepping.ask_all(at, reference)
    at.casebook.cases.complete_step(reference, 1, Step.INVESTIGATE, {})
    return reference


def test_one_look_delivers_what_waits_and_wakes_what_stands_still(
    at: House, client: SyncPrefectClient, clock: HandClock
) -> None:
    asked = opened(at, SOUND_AND_SMALL)
    at.casebook.cases.request_wake(asked)
    forgotten = opened(at, SOUND_AND_LARGE)
    clock.forward(timedelta(seconds=at.settings.lease_seconds + 1))

    done = keep_house(minutes=0)

    assert {name: done[name] for name in ("rounds", "woken", "delivered")} == {"rounds": 1, "woken": 1, "delivered": 2}
    assert [len(at.casebook.cases.runs(reference)) for reference in (asked, forgotten)] == [1, 1]
    assert at.casebook.outbox.pending() == 0


def test_what_waits_is_delivered_also_where_chasing_fails(
    at: House, client: SyncPrefectClient, clock: HandClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = opened(at, SOUND_AND_SMALL)
    at.casebook.cases.request_wake(reference)
    broken = tmp_path / "policy.yaml"
    broken.write_text("no policy", encoding="utf-8")
    monkeypatch.setenv("GATEHOUSE_POLICY", str(broken))

    with pytest.raises(BadInput):
        Keeper(new_process(clock)).look()

    assert at.casebook.outbox.pending() == 0
    assert len(at.casebook.cases.runs(reference)) == 1


def test_between_two_rounds_it_only_validates(at: House, client: SyncPrefectClient) -> None:
    keeper = Keeper(at)
    assert keeper.look()["rounds"] == 1
    reference = awaiting(at)
    at.casebook.cases.request_wake(reference)

    assert ROUND_SECONDS == 30
    assert keeper.look() == {"validated": 1}
    assert at.casebook.outbox.pending() == 1
    assert at.casebook.cases.step_result(reference, 1, Step.VALIDATE) is not None


def test_it_gives_signs_of_life_for_as_long_as_it_lasts(at: House, clock: HandClock) -> None:
    assert silence_of_keeper(at) is None
    with Keeper(at):
        pass
    assert silence_of_keeper(at) == timedelta(0)
    clock.forward(timedelta(seconds=40))
    assert silence_of_keeper(at) == timedelta(seconds=40)


def test_one_that_hangs_gives_no_sign_of_life(at: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasks.keeping.HANGS_SECONDS", 0.0)
    with Keeper(at):
        pass
    assert silence_of_keeper(at) is None


def test_a_run_takes_the_validation_of_the_keeper(at: House, client: SyncPrefectClient) -> None:
    running_keeper(client)
    reference, run = started(at, client, SOUND_AND_LARGE)
    keeper, ended = Keeper(at), threading.Event()
    validated: list[str] = []

    def keep() -> None:
        while not ended.is_set():
            validated.extend(keeper.shared.validate_waiting())

    thread = threading.Thread(target=keep)
    thread.start()
    try:
        taken_up(client, run)
    finally:
        ended.set()
        thread.join()

    assert validated == [reference]
    assert at.casebook.cases.get(reference).status is CaseStatus.VOTING


def test_without_a_keeper_a_run_validates_by_itself(at: House, client: SyncPrefectClient) -> None:
    reference = awaiting(at)

    assert not keeper_runs()
    assert not validated_for_all(reference, 1)


def test_a_keeper_that_should_have_ended_long_ago_is_dead(at: House, client: SyncPrefectClient) -> None:
    run = running_keeper(client)
    ends = datetime.now(UTC) + timedelta(minutes=STAY_MINUTES)

    assert running_keepers(client, ends) == [str(run)]
    assert running_keepers(client, ends + timedelta(minutes=6)) == []


def test_a_keeper_that_does_not_validate_is_not_waited_for_without_end(
    at: House, client: SyncPrefectClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = running_keeper(client)
    reference = awaiting(at)
    assert keeper_runs()
    monkeypatch.setattr("tasks.validating.PATIENCE", 0.0)

    assert not validated_for_all(reference, 1)

    client.set_flow_run_state(run, State(type=StateType.CRASHED), force=True)
    assert not keeper_runs()
