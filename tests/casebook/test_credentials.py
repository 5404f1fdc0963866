"""Somebody who can write the database but not sign: nothing they put there acts for anybody, and verify names it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from admission.approval.votes import Ballot, Choice, Poll
from admission.errors import GatehouseError, NotAllowed
from casebook import Casebook, passwords
from casebook.credentials import Credential
from tests.casebook.build import PASSWORD, HandClock, opened, signed_in, voting_on

RunSql = Callable[[str], list[Any]]
APPROVE = Ballot(choice=Choice.APPROVE)
LATER = "2027-01-01T00:00:00.000000+00:00"
NOW = "2026-11-02T09:00:00.000000+00:00"
TOKEN = "gatehouse_made-up"


@pytest.fixture
def poll(casebook: Casebook) -> Poll:
    return voting_on(casebook, opened(casebook))


def vote(casebook: Casebook, poll: Poll, username: str, credential: Credential) -> None:
    person = casebook.people.get(username)
    casebook.voting.cast(poll.case, person, poll.assessment, APPROVE, channel="api", credential=credential)


def kinds(casebook: Casebook) -> set[tuple[str, str]]:
    flaws = casebook.audit.verify(casebook.keys.all(), (), lambda _: None).flaws
    return {(flaw.kind, flaw.where.en.split()[0]) for flaw in flaws}


def insert_session(run_sql: RunSql, username: str = "bo") -> Credential:
    credential = Credential.session("made-up")
    run_sql(f"INSERT INTO sessions VALUES ('{credential.sha256}', '{username}', '{NOW}', '{LATER}')")
    return credential


def test_an_inserted_session_is_nobodys_and_is_found(casebook: Casebook, poll: Poll, run_sql: RunSql) -> None:
    credential = insert_session(run_sql)
    assert casebook.sessions.person_of("made-up") is None
    with pytest.raises(NotAllowed, match="not made by Gatehouse"):
        vote(casebook, poll, "bo", credential)
    with pytest.raises(NotAllowed, match="not made by Gatehouse"):
        casebook.codes.issue("bo", poll.case, poll.assessment, APPROVE, credential)
    assert casebook.voting.votes(poll.case, 1) == []
    assert kinds(casebook) == {("row.added", "sessions")}


def test_an_inserted_api_token_is_nobodys_and_is_found(casebook: Casebook, poll: Poll, run_sql: RunSql) -> None:
    credential = Credential.token(TOKEN)
    run_sql(
        "INSERT INTO api_tokens (id, token_sha256, username, label, issued_at, expires_at) "
        f"VALUES (9, '{credential.sha256}', 'bo', 'x', '{NOW}', '{LATER}')"
    )
    assert casebook.tokens.person_of(TOKEN) is None
    with pytest.raises(NotAllowed, match="not made by Gatehouse"):
        vote(casebook, poll, "bo", credential)
    assert kinds(casebook) == {("row.added", "api_tokens")}


def test_an_inserted_code_casts_no_vote_and_is_found(casebook: Casebook, poll: Poll, run_sql: RunSql) -> None:
    real = casebook.codes.issue("cy", poll.case, poll.assessment, APPROVE, signed_in(casebook, "cy"))
    assert real
    columns = "case_ref, assessment, expires_at, round, ballot, sha256"
    sealed = passwords.code_hash("AAAA-BBBB-CCCC", poll.case)
    run_sql(
        f"INSERT INTO codes (code_sha256, username, selector, {columns}) "
        f"SELECT '{sealed}', 'bo', 'AAAA', {columns} FROM codes"
    )
    with pytest.raises(NotAllowed, match="not made by Gatehouse"):
        casebook.codes.cast("AAAA-BBBB-CCCC", poll.case)
    assert casebook.voting.votes(poll.case, 1) == []
    assert kinds(casebook) == {("row.added", "codes")}


def test_what_was_put_in_stays_found_after_gatehouse_itself_has_touched_it(
    casebook: Casebook, poll: Poll, run_sql: RunSql, clock: HandClock
) -> None:
    """A row that the house ends or removes is bound by that event; it is still none that the house brought."""
    insert_session(run_sql)
    sealed = passwords.code_hash("AAAA-BBBB-CCCC", poll.case)
    run_sql(
        "INSERT INTO codes (code_sha256, username, case_ref, assessment, expires_at, round, selector) "
        f"VALUES ('{sealed}', 'bo', '{poll.case}', '{poll.assessment}', '{LATER}', 1, 'AAAA')"
    )
    run_sql(
        "INSERT INTO api_tokens (id, token_sha256, username, label, issued_at, expires_at) "
        f"VALUES (9, 'x', 'bo', 'x', '{NOW}', '{LATER}')"
    )
    casebook.people.set_password("bo", "another long password")
    assert run_sql("SELECT * FROM sessions") == []
    assert kinds(casebook) == {("row.added", "sessions"), ("row.added", "codes"), ("row.added", "api_tokens")}


def test_a_signed_event_of_ones_own_sign_in_serves_for_no_other_row(
    casebook: Casebook, poll: Poll, run_sql: RunSql
) -> None:
    """Take one's own session, make it a colleague's: the event that brought it is signed, but says another row."""
    own = signed_in(casebook, "max")
    run_sql(f"DELETE FROM sessions WHERE token_sha256 = '{own.sha256}'")
    run_sql(f"INSERT INTO sessions VALUES ('{own.sha256}', 'bo', '{NOW}', '{LATER}')")
    with pytest.raises(NotAllowed, match="not made by Gatehouse"):
        vote(casebook, poll, "bo", own)
    assert kinds(casebook) == {("row.changed", "sessions")}


def test_an_event_without_the_houses_signature_brings_no_session(
    casebook: Casebook, poll: Poll, run_sql: RunSql
) -> None:
    credential = insert_session(run_sql)
    signed = signed_in(casebook, "bo")
    columns = "at, actor, act, prev, key_id, sha256, signature"
    last = casebook.audit.end()[0]
    run_sql(f"UPDATE counters SET value = {last + 1} WHERE name = 'history'")
    run_sql(
        f"INSERT INTO history (seq, detail, content, {columns}) SELECT {last + 1}, "
        f"replace(detail, '{signed.sha256}', '{credential.sha256}'), "
        f"replace(content, '{signed.sha256}', '{credential.sha256}'), {columns} FROM history WHERE seq = {last}"
    )
    assert casebook.sessions.person_of("made-up") is None
    with pytest.raises(NotAllowed, match="not made by Gatehouse"):
        vote(casebook, poll, "bo", credential)


def test_a_password_or_role_swapped_for_a_moment_lets_nobody_in(
    casebook: Casebook, poll: Poll, run_sql: RunSql
) -> None:
    (kept,) = run_sql("SELECT password FROM people WHERE username = 'bo'")
    run_sql(f"UPDATE people SET password = '{passwords.hashed('my own password')}' WHERE username = 'bo'")
    with pytest.raises(GatehouseError, match="changed by other means"):
        signed_in(casebook, "bo", "my own password")
    with pytest.raises(GatehouseError, match="changed by other means"):
        casebook.people.set_email("bo", "thief@example.org")
    run_sql(f"UPDATE people SET password = '{kept.password}' WHERE username = 'bo'")
    token = casebook.sessions.sign_in("bo", PASSWORD, lifetime=timedelta(hours=1))
    run_sql("UPDATE people SET roles = '[\"president\"]' WHERE username = 'bo'")
    assert casebook.sessions.person_of(token) is None
    run_sql("""UPDATE people SET roles = '["analyst","credit_manager"]' WHERE username = 'bo'""")
    assert casebook.sessions.person_of(token) is not None


def test_a_vote_names_what_it_was_cast_with_and_never_a_secret(casebook: Casebook, poll: Poll) -> None:
    token, secret = casebook.tokens.issue("bo", "report", timedelta(days=1))
    vote(casebook, poll, "bo", Credential.token(secret))
    code = casebook.codes.issue("cy", poll.case, poll.assessment, APPROVE, signed_in(casebook, "cy"))
    casebook.codes.cast(code, poll.case)
    named = [event.detail["by"] for event in casebook.history.of(poll.case) if event.act == "vote.cast"]
    assert named == [f"token {token.id}", f"code {passwords.code_hash(code, poll.case)}"]
    assert kinds(casebook) == set()


def test_an_ended_credential_casts_no_vote(casebook: Casebook, poll: Poll, clock: HandClock) -> None:
    session = casebook.sessions.sign_in("bo", PASSWORD, lifetime=timedelta(hours=1))
    token, secret = casebook.tokens.issue("bo", "report", timedelta(days=1))
    casebook.tokens.revoke(token.id, "bo")
    for credential in (Credential.token(secret), Credential.session("another")):
        with pytest.raises(NotAllowed, match="not signed in any more"):
            vote(casebook, poll, "bo", credential)
    with pytest.raises(NotAllowed, match="not signed in any more"):
        vote(casebook, poll, "cy", Credential.session(session))
    clock.forward(timedelta(hours=1))
    with pytest.raises(NotAllowed, match="not signed in any more"):
        vote(casebook, poll, "bo", Credential.session(session))


def test_sessions_leave_the_chain_sound_however_they_end(casebook: Casebook, clock: HandClock) -> None:
    tokens = [casebook.sessions.sign_in(name, PASSWORD, lifetime=timedelta(hours=1)) for name in ("bo", "cy", "max")]
    casebook.sessions.sign_out(tokens[0])
    casebook.people.set_password("cy", "another long password")
    clock.forward(timedelta(hours=2))
    signed_in(casebook, "bo")
    assert kinds(casebook) == set()


def test_nobody_stands_in_for_a_person_on_a_real_casebook(casebook: Casebook) -> None:
    with pytest.raises(NotAllowed, match="Only a demo's casebook"):
        casebook.sessions.stand_in("bo")
