"""Tying a notice to a company: by the numbers printed in it, and by its name."""

from __future__ import annotations

import re
import unicodedata
from contextlib import suppress
from typing import NamedTuple

from admission.identifiers import uk_company_number
from admission.misprints import one_slip_apart

_NUMBER = r"\b[A-Z]{0,2}\s?[0-9]{5,8}R?\b"
_LABEL = r"\b(?:company|companies|registered|registration)(?:\s+registration)?\s+(?:numbers?|nos?)\b[\s.:\-]*"
_PRINTED = re.compile(rf"{_LABEL}({_NUMBER}(?:\s*(?:,|;|&|/|and)\s*{_NUMBER})*)", re.IGNORECASE)
# What stands behind a label and begins as a number does, and what of digits follows it.
_BEHIND_LABEL = re.compile(rf"{_LABEL}([A-Z]{{0,2}}\s?[0-9]+R?)((?:[ .\-]{{1,2}}[0-9]+)*)", re.IGNORECASE)
_WHOLE = 8
_FORMS = frozenset({"limited", "ltd", "plc", "llp", "lp", "unlimited", "cyfyngedig", "cyf", "ccc"})
_LIKE_WORDS = {"co": "company", "bros": "brothers"}
_LONG_FORMS = (
    ("public limited company", "plc"),
    ("limited liability partnership", "llp"),
    ("limited partnership", "lp"),
    ("cwmni cyfyngedig cyhoeddus", "ccc"),
)
# Words with which a sentence goes on behind a name; others before a legal form are part of a longer name.
_GO_ON = frozenset(
    "and or the a an of at by in on for to with was is are has have formerly previously trading known also company "
    "registered registration number no v re".split()
)
_LONGER_NAME_WORDS = 5


def printed_numbers(text: str) -> tuple[str, ...]:
    """Return the company numbers that a notice prints, in their one written form and in their order."""
    numbers = []
    for row in _PRINTED.findall(_clean(text)):
        for found in re.findall(_NUMBER, row, re.IGNORECASE):
            with suppress(ValueError):
                numbers.append(uk_company_number(found))
    return tuple(dict.fromkeys(numbers))


def stands_first(text: str, number: str) -> bool:
    """True where the first company number of a notice is this one, printed without fault."""
    first = _BEHIND_LABEL.search(_clean(text))
    if first is None:
        return False
    token, rest = _bare(first[1]), first[2]
    if rest and len(token) < _WHOLE:
        return False
    with suppress(ValueError):
        return uk_company_number(token) == number
    return False


def has_blanks_in(text: str, number: str) -> bool:
    """True where a notice prints this number behind a label, but with blanks or signs in it."""
    return any(_bare(token + rest) == number for token, rest in _BEHIND_LABEL.findall(_clean(text)) if rest)


def nearly_prints(text: str, number: str) -> bool:
    """True where a notice prints a number that differs in one place, or by two neighbours changed over."""
    written = {_bare(form) for token, rest in _BEHIND_LABEL.findall(_clean(text)) for form in (token, token + rest)}
    return any(one_slip_apart(form, number) for given in written for form in (given, given.zfill(_WHOLE)))


def _bare(written: str) -> str:
    return re.sub(r"[^0-9A-Z]", "", written.upper())


class _Word(NamedTuple):
    """A word of a text; `ends` where a break follows it."""

    text: str
    ends: bool


def mentions(text: str, name: str) -> bool:
    """True where the text holds the company's name, whatever its capitals, accents, signs and legal form.

    The name may be part of a longer one, such as that of a subsidiary.
    """
    wanted = _core(name)
    words = [word.text for word in _words(text) if word.text not in _FORMS]
    return bool(wanted) and any(words[at : at + len(wanted)] == wanted for at in range(len(words)))


def holds_name(text: str, name: str) -> bool:
    """True where the text holds this very name, and not only as the beginning of a longer one."""
    wanted, words = _core(name), _words(text)
    bare = [place for place, word in enumerate(words) if word.text not in _FORMS]
    for at in range(len(bare) - len(wanted) + 1 if wanted else 0):
        places = bare[at : at + len(wanted)]
        if [words[place].text for place in places] == wanted and not _goes_on(words, places[-1]):
            return True
    return False


def names_a_company(text: str) -> bool:
    """True where a legal form stands in the text: somebody is named."""
    return any(word.text in _FORMS for word in _words(text))


def _goes_on(words: list[_Word], last: int) -> bool:
    """True where the name goes on behind its last word, up to a legal form that is not its own."""
    for place in range(last, min(last + _LONGER_NAME_WORDS, len(words) - 1)):
        following = words[place + 1].text
        if words[place].ends or following in _GO_ON or following.isdigit():
            return False
        if following in _FORMS:
            return place > last
    return False


def _core(name: str) -> list[str]:
    words = [word.text for word in _words(name) if word.text not in _FORMS]
    return words[1:] if len(words) > 1 and words[0] == "the" else words


def _words(text: str) -> list[_Word]:
    bare = _clean(text).replace("&", " and ").casefold()
    if not bare.isascii():
        parts = unicodedata.normalize("NFKD", bare)
        bare = "".join(character for character in parts if not unicodedata.combining(character))
    for long, short in _LONG_FORMS:
        bare = bare.replace(long, short)
    found = re.findall(r"(\w+)(\W*)", re.sub(r"['’.](?!\s)", "", bare))
    return [_Word(_LIKE_WORDS.get(word, word), bool(re.search(r"[\n.;:]", signs))) for word, signs in found]


def _clean(text: str) -> str:
    """The text in its plain characters: wide digits narrowed, hyphens and marks that nobody sees left out."""
    if text.isascii():
        return text
    plain = unicodedata.normalize("NFKC", text)
    return "".join(character for character in plain if unicodedata.category(character) != "Cf")
