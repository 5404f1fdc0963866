from __future__ import annotations

from datetime import timedelta

import pytest

from admission.errors import Conflict, NotFound
from casebook import Casebook
from tests.casebook.build import HandClock, opened

SECOND = timedelta(seconds=1)


def test_a_message_is_kept_whole_and_delivered_once(casebook: Casebook, clock: HandClock) -> None:
    case = opened(casebook)
    number = casebook.outbox.put("notice", case.reference, {"to": "crm", "text": "已批准"})
    (message,) = casebook.outbox.claim()
    assert (message.id, message.kind, message.case) == (number, "notice", case.reference)
    assert message.payload == {"to": "crm", "text": "已批准"}
    assert (message.created_at, message.tries, message.last_error) == (clock.now, 0, "")
    assert casebook.outbox.pending() == 1
    casebook.outbox.delivered(number)
    casebook.outbox.delivered(number)
    clock.forward(timedelta(days=1))
    assert casebook.outbox.claim() == []
    assert casebook.outbox.pending() == 0


def test_a_claimed_message_is_left_alone_for_a_minute(casebook: Casebook, clock: HandClock) -> None:
    for number in range(3):
        casebook.outbox.put("notice", None, {"n": str(number)})
    assert [message.payload["n"] for message in casebook.outbox.claim(limit=2)] == ["0", "1"]
    assert [message.payload["n"] for message in casebook.outbox.claim()] == ["2"]
    clock.forward(59 * SECOND)
    assert casebook.outbox.claim() == []
    clock.forward(SECOND)
    assert len(casebook.outbox.claim()) == 3


def test_failures_are_tried_again_ever_later_and_given_up(casebook: Casebook, clock: HandClock) -> None:
    number = casebook.outbox.put("notice", None, {})
    pauses = []
    for tries in range(1, 12):
        assert [message.id for message in casebook.outbox.claim()] == [number]
        casebook.outbox.failed(number, f"refused {tries}")
        paused = 0
        while not (claimed := casebook.outbox.claim()):
            clock.forward(10 * SECOND)
            paused += 10
        assert (claimed[0].tries, claimed[0].last_error) == (tries, f"refused {tries}")
        pauses.append(paused)
        clock.forward(60 * SECOND)
    assert pauses == [10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600]
    assert casebook.outbox.dead() == []
    casebook.outbox.failed(number, "x" * 1000)
    (dead,) = casebook.outbox.dead()
    assert (dead.id, dead.tries, dead.last_error) == (number, 12, "x" * 500)
    clock.forward(timedelta(days=1))
    assert casebook.outbox.claim() == []
    assert casebook.outbox.pending() == 0
    assert [event.act for event in casebook.history.tail(12)] == ["outbox.failed"] * 11 + ["outbox.dead"]


def test_a_message_that_was_given_up_is_tried_again_when_a_person_says_so(casebook: Casebook, clock: HandClock) -> None:
    number = casebook.outbox.put("notice", None, {})
    with pytest.raises(Conflict, match="has not been given up"):
        casebook.outbox.retry(number, "bo")
    for _ in range(12):
        clock.forward(timedelta(hours=2))
        casebook.outbox.claim()
        casebook.outbox.failed(number, "refused")
    assert [message.id for message in casebook.outbox.dead()] == [number]
    casebook.outbox.retry(number, "bo")
    assert casebook.outbox.dead() == []
    assert [message.tries for message in casebook.outbox.waiting()] == [0]
    assert [message.id for message in casebook.outbox.claim()] == [number]
    last = casebook.history.tail(1)[-1]
    assert (last.actor, last.act) == ("bo", "outbox.retried")
    with pytest.raises(NotFound):
        casebook.outbox.retry(999, "bo")


def test_messages_of_one_key_that_wait_are_one(casebook: Casebook, clock: HandClock) -> None:
    first = casebook.outbox.put("wake", None, {}, key="wake:1")
    assert casebook.outbox.put("wake", None, {}, key="wake:1") == first
    assert casebook.outbox.put("wake", None, {}, key="wake:2") != first
    assert casebook.outbox.pending() == 2


def test_a_message_that_is_being_delivered_does_not_swallow_a_new_one(casebook: Casebook) -> None:
    first = casebook.outbox.put("wake", None, {}, key="wake:1")
    casebook.outbox.claim()
    second = casebook.outbox.put("wake", None, {}, key="wake:1")
    assert second != first
    casebook.outbox.delivered(first)
    assert [message.id for message in casebook.outbox.claim()] == [second]


def test_a_new_request_makes_a_message_that_waits_due_at_once(casebook: Casebook) -> None:
    first = casebook.outbox.put("wake", None, {}, key="wake:1")
    casebook.outbox.claim()
    casebook.outbox.failed(first, "no server")
    assert casebook.outbox.claim() == []
    assert casebook.outbox.put("wake", None, {}, key="wake:1") == first
    assert [message.tries for message in casebook.outbox.claim()] == [1]


def test_unknown_messages_are_told(casebook: Casebook) -> None:
    with pytest.raises(NotFound):
        casebook.outbox.delivered(99)
    with pytest.raises(NotFound):
        casebook.outbox.failed(99, "x")


def test_an_alert_is_noted_and_makes_all_that_waits_due(casebook: Casebook) -> None:
    case = opened(casebook)
    waiting = casebook.outbox.put("wake", case.reference, {})
    casebook.outbox.claim()
    casebook.outbox.failed(waiting, "the deployment is gone")
    assert casebook.outbox.claim() == []

    casebook.outbox.alert("deployments.restored", {"what": "it"}, [{"to": "mail"}, {"to": "webhook"}])

    assert [(message.kind, message.payload.get("to")) for message in casebook.outbox.claim()] == [
        ("wake", None),
        ("alert", "mail"),
        ("alert", "webhook"),
    ]
    (event,) = casebook.history.tail(1)
    assert (event.act, event.case) == ("deployments.restored", None)
    assert event.detail == {"what": "it", "notices": "2"}
