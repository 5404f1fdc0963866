"""Tying a notice to a company: by the numbers printed in it, and by its name."""

from __future__ import annotations

import re
import unicodedata
from contextlib import suppress

from admission.identifiers import uk_company_number

_NUMBER = r"\b[A-Z]{0,2}\s?[0-9]{5,8}R?\b"
_PRINTED = re.compile(
    r"\b(?:company|companies|registered|registration)(?:\s+registration)?\s+(?:numbers?|nos?)\b[\s.:\-]*"
    rf"({_NUMBER}(?:\s*(?:,|;|&|/|and)\s*{_NUMBER})*)",
    re.IGNORECASE,
)
_FORMS = frozenset({"limited", "ltd", "plc", "llp", "lp", "cyfyngedig", "cyf", "ccc"})


def printed_numbers(text: str) -> tuple[str, ...]:
    """Return the company numbers that a notice prints, in their one written form and in their order."""
    numbers = []
    for row in _PRINTED.findall(text):
        for found in re.findall(_NUMBER, row, re.IGNORECASE):
            with suppress(ValueError):
                numbers.append(uk_company_number(found))
    return tuple(dict.fromkeys(numbers))


def mentions(text: str, name: str) -> bool:
    """True where the text holds the company's name, whatever its capitals, accents, signs and legal form."""
    wanted = _plain(name)
    return bool(wanted) and f" {wanted} " in f" {_plain(text)} "


def _plain(text: str) -> str:
    bare = "".join(
        character
        for character in unicodedata.normalize("NFKD", text.replace("&", " and ").casefold())
        if not unicodedata.combining(character)
    )
    words = re.findall(r"\w+", re.sub(r"['’.]", "", bare))
    return " ".join(word for word in words if word not in _FORMS)
