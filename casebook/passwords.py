"""Hashes of passwords, tokens and codes. Only hashes are stored."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import ARGON2_VERSION

from admission.errors import BadInput, Problem
from admission.lengths import characters_between
from admission.model import Text
from casebook.guessable import why_guessable

SHORTEST, LONGEST = 10, 200
# No 0 O 1 I L, which are read wrongly off a screen.
_CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
# Four letters find a code among those of its case; eight more are the secret.
_CODE_LENGTH, _SELECTOR = 12, 4
_SCRYPT = "scrypt$"


class Cost(NamedTuple):
    """What hashing a password costs: argon2id's memory (KiB), passes over it, and lanes beside one another."""

    memory: int
    passes: int
    lanes: int = 1


# 19 MiB and two passes on one lane, a setting of the OWASP Password Storage Cheat Sheet: people at the desk share the
# machine's cores and memory with whoever signs in.
COST = Cost(memory=19 * 1024, passes=2)
_SALT_LENGTH, _HASH_LENGTH = 16, 32


def hashed(password: str, about: Iterable[str] = ()) -> str:
    """Return the salted argon2id hash of a password, with its parameters.

    Args:
        password: what a person chose.
        about: what everybody knows of them (username, name): a password made of it is guessed first.

    Raises:
        BadInput: the password is too short, too long, common, or made of what is known of its owner.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise _refusal(_length_expected(len(password)))
    guessable = why_guessable(password, about)
    if guessable is not None:
        raise _refusal(guessable)
    return _hasher().hash(_plain(password))


def _refusal(expected: Text) -> BadInput:
    """The error of a password that cannot be used; the password itself is told nowhere."""
    return BadInput(
        Text(en="The password cannot be used.", zh="该密码不可用。"), problems=(Problem("password", "", expected),)
    )


def _length_expected(length: int) -> Text:
    """Say how long a password is, and how long it may be."""
    expected = characters_between(SHORTEST, LONGEST)
    return Text(en=f"{expected.en}; this one has {length}", zh=f"{expected.zh}，现为 {length} 个")


def matches(password: str, stored: str) -> bool:
    """True where the password is the one that was hashed; a wrong one takes as long."""
    given = password[:LONGEST]
    if stored.startswith(_SCRYPT):
        found = _matches_scrypt(given, stored)
    else:
        try:
            found = _hasher().verify(stored, _plain(given))
        except (VerificationError, InvalidHashError):
            found = False
    return found and len(password) <= LONGEST


def renewed(password: str, stored: str) -> str | None:
    """Return a hash of today's kind and cost for a password that matched; None where the stored one is.

    Passwords used to be hashed with scrypt; they are hashed anew when their owner signs in.
    """
    if not stored.startswith(_SCRYPT) and not _hasher().check_needs_rehash(stored):
        return None
    return _hasher().hash(_plain(password))


def nobody() -> str:
    """Return a hash that no password matches, to spend the same time on an unknown user as on a known one."""
    salt, digest = (base64.b64encode(bytes(size)).decode().rstrip("=") for size in (_SALT_LENGTH, _HASH_LENGTH))
    return f"$argon2id$v={ARGON2_VERSION}$m={COST.memory},t={COST.passes},p={COST.lanes}${salt}${digest}"


def new_token() -> str:
    """Return an unguessable token."""
    return secrets.token_urlsafe(32)


def new_code() -> str:
    """Return a short code to type, such as `K7QF-2MXD-9PRT`."""
    letters = "".join(secrets.choice(_CODE_LETTERS) for _ in range(_CODE_LENGTH))
    return "-".join(letters[start : start + 4] for start in range(0, _CODE_LENGTH, 4))


def token_hash(token: str) -> str:
    """Return what is stored of a token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def code_hash(code: str, case: str) -> str:
    """Return what is stored of a code for a case; blanks, dashes and small letters do not matter."""
    return token_hash(f"{case}:{_letters(code)}")


def code_selector(code: str) -> str:
    """Return the letters by which a code is found."""
    return _letters(code)[:_SELECTOR]


def _letters(code: str) -> str:
    return "".join(character for character in code.upper() if character.isalnum())


def _plain(password: str) -> bytes:
    return unicodedata.normalize("NFC", password).encode("utf-8", "replace")


def _hasher() -> PasswordHasher:
    return PasswordHasher(
        time_cost=COST.passes,
        memory_cost=COST.memory,
        parallelism=COST.lanes,
        hash_len=_HASH_LENGTH,
        salt_len=_SALT_LENGTH,
    )


def _matches_scrypt(password: str, stored: str) -> bool:
    _, n, r, p, salt, wanted = stored.split("$")
    cost = {"n": int(n), "r": int(r), "p": int(p)}
    memory = 2 * 128 * cost["n"] * cost["r"] * cost["p"]
    found = hashlib.scrypt(_plain(password), salt=bytes.fromhex(salt), **cost, maxmem=memory, dklen=_HASH_LENGTH)
    return hmac.compare_digest(found, bytes.fromhex(wanted))
