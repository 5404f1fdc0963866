"""Chasing with a clock moved by hand: stuck cases are woken, late votes are reminded of, escalated, and expire."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_string
from email.message import Message
from pathlib import Path

import pytest
from pydantic import SecretStr

from admission.approval.votes import Ballot, Choice
from admission.cases import CaseStatus
from admission.errors import AccessRefused, GatehouseError
from cli.running.demo import PEOPLE
from sandbox.server import Sandbox
from services import concluding, rounds
from services.chasing import ESCALATED, REMINDED, Chased, chase
from services.notices import deliver_notice
from tests import stepping
from tests.casebook.build import PASSWORD, HandClock, signed_in
from tests.services.conftest import assessed, house_in
from tests.services.listening import mail_server, web_server
from wiring import House

REFERENCE = "GH-2026-000001"
NOTHING = Chased(0, 0, 0, 0)


def forward(at: House, **span: float) -> None:
    assert isinstance(at.clock, HandClock)
    at.clock.forward(timedelta(**span))


@pytest.fixture(scope="module")
def before(created: Path, running_sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a house with the demo's people and one case that is assessed; made once, for it takes long."""
    folder = tmp_path_factory.mktemp("before")
    running_sandbox.reset()
    shutil.copytree(created, folder, dirs_exist_ok=True)
    with house_in(folder, running_sandbox) as house:
        for person in PEOPLE:
            house.casebook.people.add(person, PASSWORD, email=f"{person.username}@example.org")
        assert assessed(house, "2_sound_and_large") == REFERENCE
    return folder


@pytest.fixture
def at(before: Path, running_sandbox: Sandbox, tmp_path: Path) -> Iterator[House]:
    """A house with one assessed case."""
    folder = tmp_path / "house"
    shutil.copytree(before, folder)
    with house_in(folder, running_sandbox) as house:
        yield house


@pytest.fixture
def reference(at: House) -> str:
    """The reference of the case, with its vote open."""
    assert stepping.open_voting(at, REFERENCE) is not None
    return REFERENCE


def approve(at: House, reference: str) -> str:
    """Let the next person whose turn it is approve; return who it was."""
    poll = at.casebook.voting.poll(reference, 1)
    assert poll is not None
    voter = next(person for person in PEOPLE if at.casebook.voting.inbox(person))
    ballot = Ballot(choice=Choice.APPROVE, accepted=dict.fromkeys(poll.to_accept, "asked by phone"))
    at.casebook.voting.cast(
        reference, voter, poll.assessment, ballot, channel="desk", credential=signed_in(at.casebook, voter.username)
    )
    return voter.username


def noted(at: House, reference: str) -> list[tuple[str, str]]:
    return [
        (event.act, event.detail["round"])
        for event in at.casebook.history.of(reference)
        if event.act in (REMINDED, ESCALATED)
    ]


@contextmanager
def mailing(at: House, **settings: object) -> Iterator[list[str]]:
    """Let the house send mail to a server on this machine; yield what it took."""
    before = at.settings
    with mail_server() as (smtp, taken):
        sender = {"smtp": SecretStr(smtp), "mail_from": "gatehouse@example.org"}
        at.settings = before.model_copy(update={**sender, **settings})
        yield taken
    at.settings = before


def delivered(at: House) -> list[tuple[str, str]]:
    """Deliver all notices; return what each was about and where it went."""
    messages = [message for message in at.casebook.outbox.claim() if message.kind == "notice"]
    for message in messages:
        deliver_notice(at, message)
        at.casebook.outbox.delivered(message.id)
    return [(one.payload["about"], one.payload.get("username", one.payload["to"])) for one in messages]


def letters(taken: list[str]) -> list[Message]:
    return [message_from_string(text) for text in taken]


def test_who_voted_is_told_of_an_answer_once_and_nobody_after_the_decision(at: House, reference: str) -> None:
    with mailing(at, public_url="https://gatehouse.example.org") as taken:
        poll = at.casebook.voting.poll(reference, 1)
        assert poll is not None
        first = approve(at, reference)
        asker = next(person for person in PEOPLE if at.casebook.voting.inbox(person))
        question = Ballot(choice=Choice.ASK, comment="what of the loan?")
        credential = signed_in(at.casebook, asker.username)
        at.casebook.voting.cast(reference, asker, poll.assessment, question, channel="desk", credential=credential)
        rounds.answer(at, reference, "repaid in May", at.casebook.people.get("analyst"))

        assert sorted(delivered(at)) == sorted([("answer", first), ("answer", asker.username)])
        assert delivered(at) == []
        (letter, _) = letters(taken)
        encoded = letter.get_payload(decode=True)
        assert isinstance(encoded, bytes)
        body = encoded.decode()
        assert "has been answered. The votes that were cast count." in body
        assert "提问已获答复" in body
        assert "repaid in May" not in body


def test_a_case_that_stands_still_is_woken_once(at: House) -> None:
    assert chase(at) == NOTHING
    forward(at, seconds=at.settings.lease_seconds + 1)
    assert chase(at) == Chased(1, 0, 0, 0)
    assert chase(at) == NOTHING
    assert [(message.kind, message.case) for message in at.casebook.outbox.claim()] == [("wake", REFERENCE)]


def test_a_case_that_a_run_holds_is_left_alone_until_its_lease_is_over(at: House) -> None:
    at.casebook.cases.acquire_lease(REFERENCE, "a run", 1000)
    forward(at, seconds=999)
    assert chase(at) == NOTHING
    forward(at, seconds=2)
    assert chase(at).woken == 1


def test_a_case_that_waits_for_people_is_not_woken_and_a_decided_one_is(at: House, reference: str) -> None:
    forward(at, days=1)
    assert chase(at) == NOTHING
    while at.casebook.cases.get(reference).status is CaseStatus.VOTING:
        approve(at, reference)
    (wake,) = at.casebook.outbox.claim()
    at.casebook.outbox.delivered(wake.id)
    forward(at, days=1)
    assert chase(at).woken == 1


def test_a_late_vote_is_reminded_of_once_a_round_and_again_in_the_next(at: House, reference: str) -> None:
    forward(at, days=2, hours=23)
    assert chase(at) == NOTHING
    forward(at, hours=2)
    assert chase(at).reminded == 1
    assert chase(at) == NOTHING

    at.casebook.cases.open_round(reference, "a new judgment was found", "system", kind="evidence")
    stepping.ask_all(at, reference)
    stepping.validate(at, reference)
    stepping.assess(at, reference)
    assert stepping.open_voting(at, reference) is not None
    assert chase(at) == NOTHING
    forward(at, days=4)
    assert chase(at).reminded == 1
    assert noted(at, reference) == [(REMINDED, "1"), (REMINDED, "2")]


def test_a_vote_that_stays_late_is_escalated_once(at: House, reference: str) -> None:
    for _ in range(9):
        forward(at, days=1, minutes=1)
        chase(at)
    assert noted(at, reference) == [(REMINDED, "1"), (ESCALATED, "1")]


@pytest.mark.parametrize("votes", [0, 1, 2])
def test_at_the_limit_the_case_ends_without_admission_whatever_was_approved_so_far(
    at: House, reference: str, votes: int
) -> None:
    for _ in range(votes):
        approve(at, reference)
    assert at.casebook.cases.get(reference).status is CaseStatus.VOTING
    for day in range(60):
        forward(at, days=1)
        assert chase(at).expired == (day == 59)
    case = at.casebook.cases.get(reference)
    assert case.decision is not None
    assert (case.status, case.decision.outcome, case.decision.decided_by) == (CaseStatus.DECIDED, "declined", "expiry")
    assert case.decision.limit is None
    assert chase(at) == NOTHING
    assert concluding.conclude(at, reference).status is CaseStatus.CONCLUDED
    assert at.casebook.customers.get(case.company_key) is None


def test_a_vote_that_is_decided_in_time_does_not_expire(at: House, reference: str) -> None:
    while at.casebook.cases.get(reference).status is CaseStatus.VOTING:
        approve(at, reference)
    forward(at, days=100)
    assert chase(at).expired == 0
    decision = at.casebook.cases.get(reference).decision
    assert decision is not None
    assert decision.outcome == "admitted"


def test_a_reminder_goes_to_those_whose_turn_it_is_and_names_the_case_alone(at: House, reference: str) -> None:
    voted = approve(at, reference)
    forward(at, days=3)
    with mailing(at, public_url="https://desk.example.org/") as taken:
        assert chase(at).reminded == 1
        told = delivered(at)
    turn = {person.username for person in PEOPLE if at.casebook.voting.inbox(person)}
    assert {name for _, name in told} == turn
    assert turn
    assert voted not in turn
    mails = letters(taken)
    assert {mail["To"] for mail in mails} == {f"{name}@example.org" for name in turn}
    body = mails[0].get_payload(decode=True)
    assert isinstance(body, bytes)
    text = body.decode()
    assert f"https://desk.example.org/cases/{reference}" in text
    assert "has been open for 3 days" in text
    assert "投票已开放 3 天" in text
    company = at.casebook.cases.get(reference).application.legal_name
    assert not any(word in part for part in (text, *taken) for word in (company, "Graywether"))


def test_the_reminder_of_a_later_round_names_who_opened_it(at: House, reference: str) -> None:
    at.casebook.rounds.open(reference, "a new judgment was found", "analyst", kind="evidence")
    stepping.ask_all(at, reference)
    stepping.validate(at, reference)
    stepping.assess(at, reference)
    assert stepping.open_voting(at, reference) is not None
    forward(at, days=4)
    with mailing(at) as taken:
        chase(at)
        delivered(at)
        body = letters(taken)[0].get_payload(decode=True)
    assert isinstance(body, bytes)
    assert "analyst opened this round." in body.decode()
    assert "本轮由 analyst 开启。" in body.decode()


def test_the_house_is_told_of_people_without_an_address_and_of_every_escalation(at: House, reference: str) -> None:
    without = next(person.username for person in PEOPLE if at.casebook.voting.inbox(person))
    at.casebook.people.set_email(without, None)
    with web_server() as (url, posted), mailing(at, notice_mail="credit@example.org", notice_webhook=SecretStr(url)):
        forward(at, days=3)
        chase(at)
        assert {"mail", "webhook"} <= {place for about, place in delivered(at) if about == "reminder"}
        forward(at, days=4)
        chase(at)
        assert {"mail", "webhook"} <= {place for about, place in delivered(at) if about == "escalation"}
        forward(at, days=60)
        chase(at)
        concluding.conclude(at, reference)
        assert {"analyst", "mail", "webhook"} <= {place for about, place in delivered(at) if about == "expiry"}
    assert [document["about"] for document in posted] == ["reminder", "escalation", "expiry"]
    assert all(document["case"] == reference and document["kind"] == "notice" for document in posted)
    assert without in posted[0]["awaited"].split(", ")


def test_without_a_place_set_up_a_late_vote_is_noted_on_the_case_alone(at: House, reference: str) -> None:
    forward(at, days=3)
    assert chase(at).reminded == 1
    assert at.casebook.outbox.pending() == 0
    assert noted(at, reference) == [(REMINDED, "1")]


def test_a_notice_about_a_vote_that_is_over_is_let_go(at: House, reference: str) -> None:
    forward(at, days=3)
    with mailing(at) as taken:
        chase(at)
        while at.casebook.cases.get(reference).status is CaseStatus.VOTING:
            approve(at, reference)
        assert delivered(at)
    assert taken == []


def test_a_notice_that_is_not_taken_is_told_without_the_address(at: House, reference: str) -> None:
    forward(at, days=3)
    with mailing(at):
        chase(at)
    notices = [message for message in at.casebook.outbox.claim() if message.case == reference]
    with pytest.raises(GatehouseError, match="not set up any more"):
        deliver_notice(at, notices[0])
    with mail_server("550 nobody here") as (smtp, _):
        at.settings = at.settings.model_copy(update={"smtp": SecretStr(smtp), "mail_from": "gatehouse@example.org"})
        with pytest.raises(AccessRefused) as caught:
            deliver_notice(at, notices[0])
    assert "example.org" not in str(caught.value)
