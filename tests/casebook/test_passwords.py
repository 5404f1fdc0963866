"""Passwords are hashed slowly, each hash tells how, and those that are guessed first are refused."""

from __future__ import annotations

import hashlib

import pytest

from admission.errors import BadInput
from casebook import passwords
from tests.casebook.build import PASSWORD

# Read while tests are collected: when they run, hashing is cheap.
REAL_COST = passwords.COST
ADA = ("ada", "Ada Brandt")


def scrypt_hash(password: str) -> str:
    """A hash as the release before wrote it, at a low cost."""
    salt = b"0123456789abcdef"
    found = hashlib.scrypt(password.encode(), salt=salt, n=2**4, r=8, p=1, dklen=32)
    return f"scrypt$16$8$1${salt.hex()}${found.hex()}"


@pytest.fixture
def _at_real_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "COST", REAL_COST)


@pytest.mark.usefixtures("_at_real_cost")
def test_a_password_is_hashed_at_a_cost_that_owasp_recommends() -> None:
    stored = passwords.hashed(PASSWORD)
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert passwords.matches(PASSWORD, stored)
    assert not passwords.matches("a wrong password", stored)


@pytest.mark.usefixtures("_at_real_cost")
def test_an_unknown_user_costs_as_much_as_a_known_one() -> None:
    nobody, somebody = passwords.nobody().split("$"), passwords.hashed(PASSWORD).split("$")
    assert nobody[:4] == somebody[:4]
    assert [len(part) for part in nobody[4:]] == [len(part) for part in somebody[4:]]
    assert not passwords.matches(PASSWORD, passwords.nobody())


def test_a_hash_of_another_cost_still_matches_and_is_renewed() -> None:
    stored = passwords.hashed(PASSWORD)
    assert passwords.renewed(PASSWORD, stored) is None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "COST", passwords.Cost(memory=16, passes=2))
        assert passwords.matches(PASSWORD, stored)
        assert str(passwords.renewed(PASSWORD, stored)).startswith("$argon2id$v=19$m=16,t=2,p=1$")


def test_a_scrypt_hash_still_matches_and_is_renewed() -> None:
    stored = scrypt_hash(PASSWORD)
    assert passwords.matches(PASSWORD, stored)
    assert not passwords.matches("a wrong password", stored)
    renewed = passwords.renewed(PASSWORD, stored)
    assert renewed is not None
    assert renewed.startswith("$argon2id$")
    assert passwords.matches(PASSWORD, renewed)


def test_what_is_stored_and_is_no_hash_matches_nothing() -> None:
    assert not passwords.matches(PASSWORD, "$argon2id$v=19$m=8,t=1,p=1$broken")
    assert not passwords.matches(PASSWORD, "")


def test_two_hashes_of_one_password_differ() -> None:
    assert passwords.hashed(PASSWORD) != passwords.hashed(PASSWORD)


@pytest.mark.parametrize(
    ("password", "expected"),
    [
        ("Password123", "not among the common ones"),
        ("Sunshine2026!", "not among the common ones"),
        ("１２３４５６７８９０", "no run"),
        ("qwertyuiop", "no run"),
        ("aaaaabbbbb", "no run"),
        ("AdaBrandt-2026", "more than the username"),
        ("ada.ada.2026", "more than the username"),
        ("gatehouse-2026!", "more than the username"),
        ("short", "10 to 200 characters; this one has 5"),
        ("x1" * 101, "10 to 200 characters; this one has 202"),
    ],
)
def test_what_is_guessed_first_is_refused_and_not_repeated(password: str, expected: str) -> None:
    with pytest.raises(BadInput) as caught:
        passwords.hashed(password, ADA)
    (problem,) = caught.value.problems
    assert expected in problem.expected.en
    assert problem.expected.zh
    assert (problem.field, problem.value) == ("password", "")


@pytest.mark.parametrize("password", [PASSWORD, "ada walks to the harbour", "8391047265", "zJ3-vq_W0xkd"])
def test_a_password_of_its_own_may_stand(password: str) -> None:
    assert passwords.matches(password, passwords.hashed(password, ADA))
