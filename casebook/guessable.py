"""Passwords that are guessed first: common ones, and those made of what everybody knows about their owner.

After NIST SP 800-63B: no rules on kinds of characters, but a list of what is common, and the words of the context.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable
from importlib.resources import files

from admission.model import Text

LIST = "common_passwords.txt"
SERVICE = ("gatehouse", "password", "passwort", "welcome", "changeme", "letmein", "admin", "login", "secret", "mima")
FEWEST_CHARACTERS = 5
# Less than this beside a known word is no secret of its own: some figures, a sign, a letter or two.
FEWEST_LETTERS = 4
_SHORTEST_WORD = 3
_RUNS = (
    "0123456789" * 3,
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
)
_COMMON = Text(
    en="a password that is not among the common ones; figures and signs around a common word do not help",
    zh="不在常用密码之列的密码；在常用词前后加数字或符号仍属常用密码",
)
_KNOWN = Text(
    en="a password that is more than the username, the name or the product with a few characters",
    zh="不只是由用户名、姓名或产品名加少量字符组成的密码",
)
_PATTERN = Text(
    en="a password that is no run such as 1234567890 and no few characters repeated",
    zh="不是 1234567890 这类连续字符，也不是少数字符重复的密码",
)


def why_guessable(password: str, about: Iterable[str] = ()) -> Text | None:
    """Say what a password must be where this one is guessed first; None where it may stand.

    Args:
        password: as it was given.
        about: what everybody knows of its owner: username, name.
    """
    plain = unicodedata.normalize("NFKC", password).lower().strip()
    if len(set(plain)) < FEWEST_CHARACTERS or _is_run(plain):
        return _PATTERN
    if plain in _common() or _core(plain) in _common():
        return _COMMON
    if _is_made_of(plain, {*SERVICE, *_words(about)}):
        return _KNOWN
    return None


def _core(plain: str) -> str:
    """Return what is left without figures and signs at the ends."""
    return re.sub(r"^[\d\W_]+|[\d\W_]+$", "", plain)


def _is_run(plain: str) -> bool:
    return any(plain in row or plain in row[::-1] for row in _RUNS)


def _words(about: Iterable[str]) -> set[str]:
    """Return the words of what is known, whole and in parts."""
    found: set[str] = set()
    for text in about:
        plain = unicodedata.normalize("NFKC", text).lower()
        found |= {re.sub(r"[\W_]+", "", plain), *re.split(r"[\W_]+", plain)}
    return {word for word in found if len(word) >= _SHORTEST_WORD}


def _is_made_of(plain: str, known: set[str]) -> bool:
    rest = plain
    for word in sorted(known, key=len, reverse=True):
        rest = rest.replace(word, "")
    return rest != plain and sum(character.isalpha() for character in rest) < FEWEST_LETTERS


@functools.cache
def _common() -> frozenset[str]:
    lines = files("casebook").joinpath(LIST).read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("# "))
