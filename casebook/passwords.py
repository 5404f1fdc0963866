"""Hashes of passwords, tokens and codes. Only hashes are stored."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata
from typing import NamedTuple

from admission.errors import BadInput, Problem
from admission.lengths import characters_between
from admission.model import Text

SHORTEST, LONGEST = 10, 200
# No 0 O 1 I L, which are read wrongly off a screen.
_CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
# Four letters find a code among those of its case; eight more are the secret.
_CODE_LENGTH, _SELECTOR = 12, 4


class Cost(NamedTuple):
    """What hashing a password costs: scrypt's n (memory and time), r (block size) and p (passes)."""

    n: int
    r: int
    p: int


# 16 MB and five passes, one of the settings of the OWASP Password Storage Cheat Sheet.
COST = Cost(n=2**14, r=8, p=5)


def hashed(password: str) -> str:
    """Return the salted scrypt hash of a password, with its parameters.

    Raises:
        BadInput: the password is too short or too long.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise BadInput(
            Text(en="The password cannot be used.", zh="该密码不可用。"),
            problems=(Problem("password", "", _length_expected(len(password))),),
        )
    salt = secrets.token_bytes(16)
    return f"{_begun(COST)}${salt.hex()}${_scrypt(password, salt, COST).hex()}"


def _length_expected(length: int) -> Text:
    """Say how long a password is, and how long it may be; the password itself is told nowhere."""
    expected = characters_between(SHORTEST, LONGEST)
    return Text(en=f"{expected.en}; this one has {length}", zh=f"{expected.zh}，现为 {length} 个")


def matches(password: str, stored: str) -> bool:
    """True where the password is the one that was hashed; a wrong one takes as long."""
    _, n, r, p, salt, wanted = stored.split("$")
    found = _scrypt(password[:LONGEST], bytes.fromhex(salt), Cost(int(n), int(r), int(p)))
    return hmac.compare_digest(found, bytes.fromhex(wanted)) and len(password) <= LONGEST


def nobody() -> str:
    """Return a hash that no password matches, to spend the same time on an unknown user as on a known one."""
    return f"{_begun(COST)}${'00' * 16}${'00' * 32}"


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


def _begun(cost: Cost) -> str:
    return f"scrypt${cost.n}${cost.r}${cost.p}"


def _scrypt(password: str, salt: bytes, cost: Cost) -> bytes:
    text = unicodedata.normalize("NFC", password).encode("utf-8", "replace")
    n, r, p = cost
    return hashlib.scrypt(text, salt=salt, n=n, r=r, p=p, maxmem=2 * 128 * n * r * p, dklen=32)
