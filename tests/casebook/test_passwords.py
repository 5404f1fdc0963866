"""Passwords are hashed slowly, and each hash tells how."""

from __future__ import annotations

import pytest

from casebook import passwords
from tests.casebook.build import PASSWORD

# Read while tests are collected: when they run, hashing is cheap.
REAL_COST = passwords.COST


@pytest.fixture
def _at_real_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "COST", REAL_COST)


@pytest.mark.usefixtures("_at_real_cost")
def test_a_password_is_hashed_at_a_cost_that_owasp_recommends() -> None:
    stored = passwords.hashed(PASSWORD)
    assert stored.startswith("scrypt$16384$8$5$")
    assert passwords.matches(PASSWORD, stored)
    assert not passwords.matches("a wrong password", stored)


@pytest.mark.usefixtures("_at_real_cost")
def test_an_unknown_user_costs_as_much_as_a_known_one() -> None:
    nobody, somebody = passwords.nobody().split("$"), passwords.hashed(PASSWORD).split("$")
    assert nobody[:4] == somebody[:4]
    assert [len(part) for part in nobody[4:]] == [len(part) for part in somebody[4:]]
    assert not passwords.matches(PASSWORD, passwords.nobody())


def test_a_hash_of_another_cost_still_matches() -> None:
    stored = passwords.hashed(PASSWORD)
    assert stored.startswith("scrypt$16$8$1$")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "COST", passwords.Cost(n=2**5, r=8, p=2))
        assert passwords.matches(PASSWORD, stored)
        assert passwords.hashed(PASSWORD).startswith("scrypt$32$8$2$")


def test_two_hashes_of_one_password_differ() -> None:
    assert passwords.hashed(PASSWORD) != passwords.hashed(PASSWORD)
