"""Single-use codes: each casts the one vote it was issued for, ends with its person's account, and is hard to guess."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from alembic import command

from admission.approval.votes import Ballot, Choice, Poll
from admission.errors import NotAllowed
from casebook import Casebook
from casebook.database import schema
from casebook.database.store import Store
from tests.casebook.build import HandClock, opened, signed_in, voting_on
from tests.casebook.earlier import forget_duties_and_credentials

RunSql = Callable[[str], list[Any]]
APPROVE = Ballot(choice=Choice.APPROVE)
FULL = Ballot(
    choice=Choice.APPROVE,
    comment="sound",
    conditions=("a deposit",),
    limit=Decimal("1000.50"),
    accepted={"pays_late": "asked by phone"},
)


@pytest.fixture
def poll(casebook: Casebook) -> Poll:
    return voting_on(casebook, opened(casebook), unknowns=("pays_late",))


def code_of(casebook: Casebook, poll: Poll, username: str = "bo", ballot: Ballot = APPROVE) -> str:
    return casebook.codes.issue(username, poll.case, poll.assessment, ballot, signed_in(casebook, username))


def refusals(casebook: Casebook, case: str) -> list[dict[str, str]]:
    return [dict(event.detail) for event in casebook.history.of(case) if event.act == "code.refused"]


def test_a_code_casts_the_vote_it_was_issued_for_with_all_it_says(casebook: Casebook, poll: Poll) -> None:
    code = code_of(casebook, poll, ballot=FULL)
    assert casebook.voting.votes(poll.case, 1) == []
    casebook.codes.cast(f" {code.lower().replace('-', ' ')} ", poll.case)
    (vote,) = casebook.voting.votes(poll.case, 1)
    assert (vote.voter, vote.ballot, vote.assessment, vote.channel) == ("bo", FULL, poll.assessment, "resume_form")
    with pytest.raises(NotAllowed, match="not valid"):
        casebook.codes.cast(code, poll.case)
    assert len(casebook.voting.votes(poll.case, 1)) == 1
    assert [len(part) for part in code.split("-")] == [4, 4, 4]


@pytest.mark.parametrize(
    ("username", "ballot", "reason"),
    [
        ("ana", APPROVE, "You asked for this customer"),
        ("max", APPROVE, "no seat"),
        ("bo", Ballot(choice=Choice.DECLINE), "needs a comment"),
        ("bo", Ballot(choice=Choice.APPROVE, accepted={"other": "why"}), "Not an unknown or failed criterion"),
        ("bo", Ballot(choice=Choice.APPROVE, limit=Decimal(9000)), "not raise it"),
    ],
)
def test_a_vote_that_would_not_count_gets_no_code(
    casebook: Casebook, poll: Poll, run_sql: RunSql, username: str, ballot: Ballot, reason: str
) -> None:
    with pytest.raises(NotAllowed, match=reason):
        code_of(casebook, poll, username, ballot)
    assert run_sql("SELECT * FROM codes") == []
    assert [event.act for event in casebook.history.of(poll.case)][-1] == "vote.refused"


def test_the_vote_is_judged_again_when_the_code_is_used_and_a_refused_code_is_used_up(
    casebook: Casebook, poll: Poll
) -> None:
    first, second = code_of(casebook, poll), code_of(casebook, poll, ballot=FULL)
    casebook.codes.cast(second, poll.case)
    with pytest.raises(NotAllowed, match="voted on this assessment already"):
        casebook.codes.cast(first, poll.case)
    with pytest.raises(NotAllowed, match="not valid"):
        casebook.codes.cast(first, poll.case)
    assert [vote.ballot for vote in casebook.voting.votes(poll.case, 1)] == [FULL]


def out_and_in(book: Casebook) -> None:
    for active in (False, True):
        book.people.set_active("bo", active)


ENDS: dict[str, Callable[[Casebook], object]] = {
    "a new password": lambda book: book.people.set_password("bo", "another long password"),
    "shut out and let in again": out_and_in,
    "another role": lambda book: book.people.change("bo", roles=("analyst",)),
    "another department": lambda book: book.people.change("bo", department="finance"),
    "another address": lambda book: book.people.set_email("bo", "bo@example.org"),
}


@pytest.mark.parametrize("end", ENDS)
def test_codes_end_with_password_role_and_account_changes(casebook: Casebook, poll: Poll, end: str) -> None:
    code, others = code_of(casebook, poll), code_of(casebook, poll, "cy")
    ENDS[end](casebook)
    with pytest.raises(NotAllowed, match="not valid"):
        casebook.codes.cast(code, poll.case)
    assert casebook.voting.votes(poll.case, 1) == []
    ended = [event for event in casebook.history.of(poll.case) if event.act == "code.ended"]
    assert [event.detail["username"] for event in ended] == ["bo"]
    casebook.codes.cast(others, poll.case)
    assert [vote.voter for vote in casebook.voting.votes(poll.case, 1)] == ["cy"]


def test_a_code_is_for_its_case_and_its_week(casebook: Casebook, poll: Poll, clock: HandClock) -> None:
    other = voting_on(casebook, opened(casebook, "Southern Example Works Ltd"), days=45)
    code = code_of(casebook, poll)
    for wrong, reference in ((code, other.case), ("AAAA-AAAA-AAAA", poll.case), ("", poll.case), (code, "GH-1")):
        with pytest.raises(NotAllowed, match="not valid"):
            casebook.codes.cast(wrong, reference)
    clock.forward(timedelta(days=7))
    with pytest.raises(NotAllowed, match="not valid"):
        casebook.codes.cast(code, poll.case)
    assert [detail["reason"] for detail in refusals(casebook, poll.case)] == ["unknown", "unknown", "over"]


def test_guessing_is_slowed_down_summed_up_and_keeps_no_right_code_waiting(
    casebook: Casebook, poll: Poll, clock: HandClock
) -> None:
    code = code_of(casebook, poll)
    guesses, waits = 0, 0
    for _ in range(600):
        try:
            casebook.codes.cast("AAAA-BBBB-CCCC", poll.case)
        except NotAllowed as refusal:
            waits += "Too many wrong codes" in refusal.message.en
            guesses += "not valid" in refusal.message.en
        clock.forward(timedelta(seconds=1))
    assert guesses + waits == 600
    assert guesses == 16
    told = refusals(casebook, poll.case)
    assert [detail["tries"] for detail in told] == ["1", "2", "4", "8", "16"]
    casebook.codes.cast(code, poll.case)
    assert [vote.voter for vote in casebook.voting.votes(poll.case, 1)] == ["bo"]


def test_guessing_the_rest_of_a_code_is_slowed_down_and_its_owner_waits_a_minute_at_most(
    casebook: Casebook, poll: Poll, clock: HandClock
) -> None:
    code = code_of(casebook, poll)
    for _ in range(40):
        with pytest.raises(NotAllowed):
            casebook.codes.cast(f"{code[:4]}-AAAA-AAAA", poll.case)
        clock.forward(timedelta(seconds=61))
    with pytest.raises(NotAllowed):
        casebook.codes.cast(f"{code[:4]}-AAAA-AAAA", poll.case)
    with pytest.raises(NotAllowed, match="Too many wrong codes") as caught:
        casebook.codes.cast(code, poll.case)
    assert caught.value.remedy.en == "try again in 60 seconds"
    clock.forward(timedelta(seconds=60))
    casebook.codes.cast(code, poll.case)
    assert [vote.voter for vote in casebook.voting.votes(poll.case, 1)] == ["bo"]


def test_guessing_in_many_cases_at_once_is_slowed_down_too(casebook: Casebook, clock: HandClock) -> None:
    cases = [opened(casebook, f"Example {number} Ltd").reference for number in range(30)]
    said = []
    for case in cases:
        with pytest.raises(NotAllowed) as caught:
            casebook.codes.cast("AAAA-BBBB-CCCC", case)
        said.append(caught.value.message.en)
    assert said.count("Too many wrong codes were given.") == 10


@pytest.mark.usefixtures("unsealed")
def test_a_code_from_before_codes_carried_a_vote_is_refused_with_the_reason(
    empty_url: str, casebook: Casebook, poll: Poll, url: str, run_sql: RunSql
) -> None:
    code = code_of(casebook, poll)
    casebook.close()
    store = Store(url, HandClock())
    with store.engine.begin() as connection:
        forget_duties_and_credentials(connection)
        command.stamp(schema.alembic_config(connection), "0007")
    store.close()
    casebook.create()
    assert run_sql("SELECT * FROM sessions") == []
    with pytest.raises(NotAllowed, match="issued before codes carried a vote"):
        casebook.codes.cast(code, poll.case)
    assert casebook.voting.votes(poll.case, 1) == []
    bound = next(event for event in casebook.history.tail(20) if event.act == "credentials.bound")
    assert bound.detail == {"codes": "1", "credentials": "bound"}
