from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest

from admission.cases import Case, CaseStatus, Step
from admission.errors import Conflict, NotFound
from casebook import Casebook
from casebook.batches import StepDone
from tests.casebook.build import HandClock, application, opened

LEASE = 300


def book_of(count: int) -> list[str]:
    return [f"Example {number} Ltd" for number in range(count)]


def references(outcomes: list[Case | Conflict]) -> list[str]:
    return [item.reference for item in outcomes if isinstance(item, Case)]


def put(casebook: Casebook, count: int) -> list[str]:
    given = [application(name) for name in book_of(count)]
    return references(casebook.batches.open(given, requester="ana", channel="cli"))


def woken(casebook: Casebook, count: int, requester: str | None = "ana") -> list[str]:
    """Open cases one by one, each with the message that wakes its run."""
    found = [opened(casebook, name, requester).reference for name in book_of(count)]
    for reference in found:
        casebook.cases.request_wake(reference)
    return found


def test_a_book_is_opened_with_one_message_for_all(casebook: Casebook) -> None:
    found = put(casebook, 3)
    assert found == ["GH-2026-000001", "GH-2026-000002", "GH-2026-000003"]
    (message,) = casebook.outbox.claim()
    assert (message.kind, message.payload) == ("batch", {"references": " ".join(found)})
    case = casebook.cases.get(found[1])
    assert (case.status, case.requester, case.channel) == (CaseStatus.GATHERING, "ana", "cli")
    assert [event.act for event in casebook.history.of(found[1])] == ["case.opened"]


def test_the_same_book_again_is_the_same_cases_and_the_same_message(casebook: Casebook) -> None:
    assert put(casebook, 3) == put(casebook, 3)
    assert casebook.outbox.pending() == 1


def test_a_book_of_one_asks_for_a_run_of_its_own(casebook: Casebook) -> None:
    (reference,) = put(casebook, 1)
    (message,) = casebook.outbox.claim()
    assert (message.kind, message.case) == ("wake", reference)


def test_a_row_that_is_refused_leaves_the_others(casebook: Casebook) -> None:
    first = opened(casebook, "Example 1 Ltd")
    given = [application(name, limit="77") for name in book_of(3)]
    outcomes = casebook.batches.open(given, requester="ana", channel="cli")
    assert isinstance(outcomes[1], Conflict)
    assert first.reference in str(outcomes[1])
    assert len(references(outcomes)) == 2


def test_nothing_is_opened_for_somebody_unknown(casebook: Casebook) -> None:
    with pytest.raises(NotFound):
        casebook.batches.open([application()], requester="nobody", channel="cli")
    assert casebook.cases.list() == []
    assert casebook.outbox.pending() == 0


def test_leases_of_many_are_taken_renewed_and_given_back(casebook: Casebook, clock: HandClock) -> None:
    found = put(casebook, 3)
    assert casebook.cases.acquire_lease(found[0], "another run", LEASE)
    assert casebook.batches.hold([*found, "GH-2026-999999"], "batch", LEASE) == found[1:]
    assert casebook.batches.hold(found, "third", LEASE) == []
    clock.forward(timedelta(seconds=LEASE - 1))
    assert casebook.batches.hold(found[1:], "batch", LEASE) == found[1:]
    clock.forward(timedelta(seconds=2))
    assert casebook.batches.hold(found, "third", LEASE) == found[:1]
    assert "lease.taken_over" in [event.act for event in casebook.history.of(found[0])]
    casebook.batches.give_back(found, "batch")
    assert casebook.batches.hold(found, "fourth", LEASE) == found[1:]


def test_cases_that_wait_for_people_are_not_held(casebook: Casebook) -> None:
    found = put(casebook, 2)
    unattributed, _ = casebook.cases.open(
        application("Nobody's Ltd"), kind=casebook.cases.get(found[0]).kind, requester=None, channel="prefect"
    )
    casebook.cases.wait_for_owner(unattributed.reference)
    assert casebook.batches.hold([*found, unattributed.reference], "batch", LEASE) == found


def test_steps_of_many_are_done_once(casebook: Casebook) -> None:
    found = put(casebook, 2)
    done = [StepDone(reference, 1, Step.VALIDATE, {"as_of": "2026-11-02"}) for reference in found]
    casebook.batches.complete_steps(done)
    casebook.batches.complete_steps([item._replace(result={"as_of": "2027-01-01"}) for item in done])
    casebook.batches.complete_steps([])
    assert casebook.batches.steps_done([*found, "GH-2026-999999"]) == {(name, 1, Step.VALIDATE) for name in found}
    assert casebook.cases.step_result(found[0], 1, Step.VALIDATE) == {"as_of": "2026-11-02"}
    assert [event.act for event in casebook.history.of(found[0])].count("step.validate") == 1


def test_a_case_awaits_validation_from_its_last_answer_while_its_own_run_holds_it(
    casebook: Casebook, clock: HandClock
) -> None:
    own, of_a_book, unasked = put(casebook, 3)
    for reference in (own, unasked):
        casebook.cases.note_run(reference, f"an earlier run of {reference}")
        casebook.cases.note_run(reference, f"run of {reference}")
        assert casebook.cases.acquire_lease(reference, f"run of {reference}", LEASE)
    assert casebook.batches.hold([of_a_book], "book", LEASE) == [of_a_book]
    asked = [StepDone(reference, 1, Step.INVESTIGATE, {}) for reference in (own, of_a_book)]
    assert casebook.batches.awaiting_validation() == []
    casebook.batches.complete_steps(asked)
    assert casebook.batches.awaiting_validation() == [own]
    clock.forward(timedelta(seconds=LEASE))
    assert casebook.batches.awaiting_validation() == []
    assert casebook.cases.acquire_lease(own, f"run of {own}", LEASE)
    assert casebook.batches.awaiting_validation() == [own]
    casebook.batches.complete_steps([StepDone(own, 1, Step.VALIDATE, {})])
    assert casebook.batches.awaiting_validation() == []


def test_what_lost_runs_held_is_free_at_once(casebook: Casebook) -> None:
    found = put(casebook, 4)
    casebook.batches.hold(found[:2], "lost", LEASE)
    casebook.batches.hold(found[2:3], "lives", LEASE)
    assert casebook.cases.acquire_lease(found[3], "lost too", LEASE)

    assert casebook.batches.take_back(["lost", "lost too", "held nothing"]) == [found[0], found[1], found[3]]

    assert casebook.batches.hold(found, "another", LEASE) == [found[0], found[1], found[3]]
    assert [event.act for event in casebook.history.of(found[3])] == ["case.opened", "lease.taken_back"]
    assert casebook.batches.take_back([]) == []


def test_progress_and_failures_are_told_by_case(casebook: Casebook) -> None:
    found = put(casebook, 3)
    casebook.batches.hold(found[:1], "batch", LEASE)
    casebook.cases.note_run(found[1], "a run")
    told = casebook.batches.progress([*found, "GH-2026-999999"])
    assert {name: item.moving for name, item in told.items()} == dict(zip(found, (True, True, False), strict=True))
    since, _ = casebook.audit.end()
    casebook.batches.note_failures({found[2]: "Stored bytes are missing."})
    casebook.batches.note_failures({})
    assert casebook.batches.failures_since(found, since) == {found[2]: "Stored bytes are missing."}
    assert casebook.batches.failures_since(found, casebook.audit.end()[0]) == {}


def test_a_batch_whose_run_is_still_to_start_is_not_stuck(casebook: Casebook, clock: HandClock) -> None:
    found = put(casebook, 3)
    clock.forward(timedelta(hours=1))
    assert casebook.stuck.cases(clock.now) == []
    (message,) = casebook.outbox.claim()
    casebook.outbox.delivered(message.id)
    assert casebook.stuck.cases(clock.now) == found


def test_many_messages_that_waited_give_way_to_those_of_a_few_runs(casebook: Casebook, clock: HandClock) -> None:
    found = woken(casebook, 5)
    casebook.cases.request_wake(found[0])
    notice = casebook.outbox.put("notice", found[0], {})
    gather = partial(casebook.batches.gather_wakes, clock.now + timedelta(seconds=60), most=2)
    assert gather(fewest=5) == 0
    assert casebook.batches.gather_wakes(clock.now, fewest=0, most=2) == 0
    assert [item.kind for item in casebook.outbox.waiting()] == ["wake"] * 5 + ["notice"]

    assert gather(fewest=4) == 5

    waiting = casebook.outbox.waiting()
    assert [(item.kind, item.payload.get("references", item.case)) for item in waiting] == [
        ("notice", found[0]),
        ("batch", f"{found[0]} {found[1]}"),
        ("batch", f"{found[2]} {found[3]}"),
        ("wake", found[4]),
    ]
    assert notice == waiting[0].id
    assert casebook.audit.verify(casebook.keys.all(), [], lambda _: None).flaws == ()


def test_what_is_being_delivered_or_waits_for_people_is_not_gathered(casebook: Casebook, clock: HandClock) -> None:
    found = woken(casebook, 4, requester=None)
    casebook.cases.wait_for_owner(found[0])
    assert [item.case for item in casebook.outbox.claim(limit=2)] == found[:2]
    gather = partial(casebook.batches.gather_wakes, clock.now + timedelta(hours=1), fewest=0, most=10)
    assert gather() == 2
    clock.forward(timedelta(seconds=61))
    assert gather() == 1


def test_what_is_written_for_many_is_in_the_chain(casebook: Casebook) -> None:
    found = put(casebook, 3)
    casebook.batches.hold(found, "batch", LEASE)
    casebook.batches.complete_steps([StepDone(name, 1, Step.PRESCREEN, {}) for name in found])
    casebook.batches.give_back(found, "batch")
    assert casebook.audit.verify(casebook.keys.all(), [], lambda _: None).flaws == ()
