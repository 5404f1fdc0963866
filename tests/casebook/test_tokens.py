"""API tokens: shown once, kept as a hash, over when they are over, and worth no more than the person behind them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from admission.errors import BadInput, NotAllowed, NotFound
from casebook import Casebook
from tests.casebook.build import HandClock
from tests.casebook.proof.test_verification import unlock

RunSql = Callable[[str], list[Any]]
MONTH = timedelta(days=30)


def acts(casebook: Casebook) -> list[tuple[str, str]]:
    return [(event.actor, event.act) for event in casebook.history.tail(100) if event.act.startswith("token.")]


def test_a_token_is_its_persons_and_only_its_hash_is_kept(casebook: Casebook, run_sql: RunSql) -> None:
    made, secret = casebook.tokens.issue("bo", " nightly report ", MONTH)
    assert casebook.tokens.person_of(secret) == casebook.people.get("bo")
    assert secret.startswith("gatehouse_")
    assert (made.label, made.expires_at - made.issued_at) == ("nightly report", MONTH)
    assert casebook.tokens.of("bo") == [made]
    assert casebook.tokens.of("cy") == []
    kept = str(run_sql("SELECT * FROM api_tokens")) + str(run_sql("SELECT * FROM history"))
    assert secret not in kept
    assert secret.removeprefix("gatehouse_") not in kept


@pytest.mark.parametrize("given", ["", "gatehouse_", "gatehouse_unknown", "unknown"])
def test_what_was_never_issued_is_nobodys(casebook: Casebook, given: str) -> None:
    casebook.tokens.issue("bo", "report", MONTH)
    assert casebook.tokens.person_of(given) is None


def test_a_token_is_over_on_its_day(casebook: Casebook, clock: HandClock) -> None:
    _, secret = casebook.tokens.issue("bo", "report", MONTH)
    clock.forward(MONTH - timedelta(seconds=1))
    assert casebook.tokens.person_of(secret) is not None
    clock.forward(timedelta(seconds=1))
    assert casebook.tokens.person_of(secret) is None


def test_a_token_is_revoked_by_its_owner_alone_and_for_good(casebook: Casebook) -> None:
    made, secret = casebook.tokens.issue("bo", "report", MONTH)
    with pytest.raises(NotFound, match="no such token"):
        casebook.tokens.revoke(made.id, "cy")
    assert casebook.tokens.person_of(secret) is not None
    casebook.tokens.revoke(made.id, "bo")
    casebook.tokens.revoke(made.id, "bo")
    assert casebook.tokens.person_of(secret) is None
    assert acts(casebook) == [("bo", "token.issued"), ("bo", "token.revoked")]


def test_who_is_shut_out_or_gets_a_new_password_has_no_tokens_left(casebook: Casebook) -> None:
    _, first = casebook.tokens.issue("bo", "report", MONTH)
    casebook.people.set_password("bo", "another long enough one")
    _, second = casebook.tokens.issue("bo", "report", MONTH)
    casebook.people.set_active("bo", False)
    with pytest.raises(NotAllowed, match="has been deactivated"):
        casebook.tokens.issue("bo", "report", MONTH)
    casebook.people.set_active("bo", True)
    assert [casebook.tokens.person_of(secret) for secret in (first, second)] == [None, None]


@pytest.mark.parametrize(("label", "lifetime"), [(" ", MONTH), ("x" * 81, MONTH), ("x", timedelta(days=400))])
def test_a_token_needs_a_purpose_and_an_end(casebook: Casebook, label: str, lifetime: timedelta) -> None:
    with pytest.raises(BadInput):
        casebook.tokens.issue("bo", label, lifetime)
    with pytest.raises(NotFound):
        casebook.tokens.issue("nobody", "report", MONTH)


def test_a_token_row_put_in_or_changed_behind_the_casebooks_back_is_found(casebook: Casebook, run_sql: RunSql) -> None:
    casebook.tokens.issue("bo", "report", MONTH)
    unlock(run_sql, "api_tokens")
    run_sql("UPDATE api_tokens SET username = 'max'")
    columns = "username, label, issued_at, expires_at"
    run_sql(f"INSERT INTO api_tokens (id, token_sha256, {columns}) SELECT 9, 'x', {columns} FROM api_tokens")
    flaws = casebook.audit.verify(casebook.keys.all(), (), lambda _: None).flaws
    assert {(flaw.kind, flaw.where.en) for flaw in flaws if flaw.kind != "trigger.missing"} == {
        ("row.changed", "api_tokens 1"),
        ("row.added", "api_tokens 9"),
    }
