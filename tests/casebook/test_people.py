from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from admission.approval.votes import Ballot, Choice
from admission.errors import BadInput, Conflict, NotAllowed, NotFound
from admission.people import Person
from casebook import Casebook
from casebook.credentials import Credential
from tests.casebook.build import PASSWORD, PEOPLE, HandClock, opened, voting_on

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
RunSql = Callable[[str], list[Any]]


def test_people_are_kept_as_they_were_added(casebook: Casebook) -> None:
    assert casebook.people.get("bo") == PEOPLE[1]
    assert casebook.people.all() == sorted(PEOPLE, key=lambda person: person.username)


def test_a_username_is_given_once(casebook: Casebook) -> None:
    with pytest.raises(Conflict, match="taken"):
        casebook.people.add(Person(username="bo", name="Another", department="legal"), PASSWORD)
    assert casebook.people.get("bo").department == "credit"


def test_unknown_people_are_told(casebook: Casebook) -> None:
    with pytest.raises(NotFound):
        casebook.people.get("nobody")
    with pytest.raises(NotFound):
        casebook.people.set_password("nobody", PASSWORD)
    with pytest.raises(NotFound):
        casebook.people.set_active("nobody", False)


@pytest.mark.parametrize("password", ["short", "123456789", "x" * 201])
def test_passwords_have_a_decent_length(casebook: Casebook, password: str) -> None:
    with pytest.raises(BadInput) as caught:
        casebook.people.add(Person(username="new", name="New", department="legal"), password)
    assert caught.value.problems[0].expected.en == f"10 to 200 characters; this one has {len(password)}"
    assert password not in str(caught.value)


def test_a_session_belongs_to_who_signed_in(casebook: Casebook, clock: HandClock) -> None:
    token = casebook.sessions.sign_in("bo", PASSWORD, lifetime=HOUR)
    assert casebook.sessions.person_of(token) == PEOPLE[1]
    assert casebook.sessions.person_of(token + "x") is None
    clock.forward(HOUR)
    assert casebook.sessions.person_of(token) is None


def test_signing_out_ends_one_session(casebook: Casebook) -> None:
    first, second = (casebook.sessions.sign_in("bo", PASSWORD, lifetime=HOUR) for _ in range(2))
    casebook.sessions.sign_out(first)
    casebook.sessions.sign_out(first)
    assert casebook.sessions.person_of(first) is None
    assert casebook.sessions.person_of(second) == PEOPLE[1]


def test_neither_token_nor_password_nor_code_is_stored(casebook: Casebook, run_sql: RunSql) -> None:
    poll = voting_on(casebook, opened(casebook))
    token = casebook.sessions.sign_in("bo", PASSWORD, lifetime=HOUR)
    approve = Ballot(choice=Choice.APPROVE)
    code = casebook.codes.issue("bo", poll.case, poll.assessment, approve, Credential.session(token))
    stored = "".join(
        str(run_sql(f"SELECT * FROM {table}"))
        for table in ("people", "sessions", "codes", "history", "sign_in_delays", "sign_in_refusals", "devices")
    )
    for secret in (token, PASSWORD, code, code.replace("-", "")):
        assert secret not in stored


def test_wrong_password_and_unknown_name_are_told_alike(casebook: Casebook) -> None:
    told = []
    for username, password in (("bo", "a wrong password"), ("nobody", PASSWORD)):
        with pytest.raises(NotAllowed) as caught:
            casebook.sessions.sign_in(username, password, lifetime=HOUR)
        told.append(str(caught.value))
    assert told == ["Username or password is wrong."] * 2


def test_a_person_who_is_shut_out_is_out_at_once(casebook: Casebook) -> None:
    token = casebook.sessions.sign_in("bo", PASSWORD, lifetime=HOUR)
    casebook.people.set_active("bo", False)
    assert casebook.sessions.person_of(token) is None
    with pytest.raises(NotAllowed, match="wrong"):
        casebook.sessions.sign_in("bo", PASSWORD, lifetime=HOUR)
    casebook.people.set_active("bo", True)
    assert casebook.sessions.person_of(token) is None
    assert casebook.sessions.sign_in("bo", PASSWORD, lifetime=HOUR)


def test_a_new_password_ends_the_sessions_of_the_old(casebook: Casebook) -> None:
    token = casebook.sessions.sign_in("bo", PASSWORD, lifetime=HOUR)
    casebook.people.set_password("bo", "another long password")
    assert casebook.sessions.person_of(token) is None
    with pytest.raises(NotAllowed):
        casebook.sessions.sign_in("bo", PASSWORD, lifetime=HOUR)
    assert casebook.sessions.sign_in("bo", "another long password", lifetime=HOUR)
