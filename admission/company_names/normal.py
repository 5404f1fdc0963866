"""A company's name without what does not tell companies apart: case, accents, punctuation, legal form, place."""

from __future__ import annotations

import functools
import re
import unicodedata
from dataclasses import dataclass

from admission.company_names.chinese import HAN, ChineseForm, ChineseName, take_apart
from admission.company_names.forms import FormTable
from admission.company_names.lookalikes import as_it_looks
from admission.company_names.numbers import in_digits
from admission.company_names.traditional import SIMPLIFIED

# Latin letters that Unicode does not take apart into a letter and an accent.
_SMALL = {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "þ": "th", "ı": "i", "ß": "ss"}
_SPELT_OUT = str.maketrans(_SMALL | {letter.upper(): plain for letter, plain in _SMALL.items() if letter not in "ıß"})
_DOT_OF_INITIALS = re.compile(r"(?<=\b\w)[./](?=\w\b)")
_GAP_IN_HAN = re.compile(rf"(?<=[{HAN}]) +(?=[{HAN}])")
_HAN = re.compile(f"[{HAN}]")
_HAS_DIGIT = re.compile(r"\d")
_DIGITS = re.compile(r"\d+")
_APOSTROPHES = re.compile(r"['’‘`´ʼ]")
_NO_WORD = re.compile(r"[\W_]+")
# What the SEC puts behind the names of companies it knows two of: a state, a country, or what they are.
_STATES = (
    "AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA "
    "RI "
    "SC SD TN TX UT VT VA WA WV WI WY DC PR"
).split()
_SEC_SUFFIX = re.compile(
    rf"(?:\s+/\s*[A-Z]{{2,4}}\s*/?|(?<=\w\w)/(?:{'|'.join(_STATES)}|ADR|ADS|NEW|OLD|CAN|FI|UK|GB|CN|BM)/?|"
    r"(?<=\w)/\s*[A-Z]{2,4}\s*/)\s*$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class NormalName:
    """A name made comparable.

    Attributes:
        tokens: its words in their order, without legal forms at its ends, numbers in digits. A run of Chinese
            characters is one word, the region at its end.
        chinese: its parts, where it is a Chinese name.
    """

    tokens: tuple[str, ...]
    chinese: ChineseName | None = None

    @functools.cached_property
    def text(self) -> str:
        """The words, in their order, as one text."""
        return " ".join(self.tokens)

    @functools.cached_property
    def joined(self) -> str:
        """The words, in their order, without blanks between them."""
        return "".join(self.tokens)

    @functools.cached_property
    def sorted_text(self) -> str:
        """The words, in alphabetical order, as one text."""
        return " ".join(sorted(self.tokens))

    @functools.cached_property
    def numbers(self) -> tuple[str, ...]:
        """The words with a digit in them, in alphabetical order: `Fund 1` and `Fund 2` are two companies.

        Of Chinese words, the numbers themselves.
        """
        found: list[str] = []
        for token in self.tokens:
            if _HAS_DIGIT.search(token):
                found.extend(_DIGITS.findall(token) if _HAN.search(token) else [token])
        return tuple(sorted(found))

    @property
    def form(self) -> ChineseForm:
        """The legal form of a Chinese name; empty where it says none, and for other names."""
        return self.chinese.form if self.chinese else ""


def normalise(name: str) -> NormalName:
    """Make a name comparable: NFKC, case folded, without accents, punctuation and legal forms, as it looks.

    A name that is nothing but a legal form keeps it, so that no name with a letter in it becomes empty.
    """
    text = unicodedata.normalize("NFKC", name)
    if not text.isascii():
        # Such as a blank of no width inside a word, which nobody sees.
        text = "".join(letter for letter in text if unicodedata.category(letter) != "Cf")
        text = as_it_looks(_without_accents(text)).translate(SIMPLIFIED)
    text = _SEC_SUFFIX.sub("", text) or text
    if _HAN.search(text):
        chinese = take_apart(_GAP_IN_HAN.sub("", text.strip()))
        words = _fold(chinese.text).split()
        if words:
            return NormalName(_forms().strip(tuple(words)), chinese)
    stripped = _forms().strip(tuple(_fold(text).split()))
    return NormalName(in_digits(stripped) if len(stripped) > 1 else stripped)


def same_name(one: str, other: str) -> bool:
    """True where two names say the same of one company: all that differs is how it is written.

    有限公司 and 股份有限公司 do not say the same, and neither do a company and its branch.
    """
    return one == other or equal_names(normalise(one), normalise(other))


def equal_names(one: NormalName, other: NormalName) -> bool:
    """As `same_name`, of names that were made comparable."""
    return one.tokens != () and one.text == other.text and not differ_in_form(one, other)


def differ_in_form(one: NormalName, other: NormalName) -> bool:
    """True where both names say a legal form, and not the same, or only one is of a branch."""
    if one.chinese is None or other.chinese is None:
        return False
    return bool(one.form and other.form and one.form != other.form) or one.chinese.branch != other.chinese.branch


def _fold(text: str) -> str:
    """Return the words of a text without case, accents and punctuation, with one blank between."""
    text = text.casefold()
    if not text.isascii():
        text = _without_accents(text)
    text = _APOSTROPHES.sub("", text).replace("&", " and ")
    text = _DOT_OF_INITIALS.sub("", text)
    text = _GAP_IN_HAN.sub("", _NO_WORD.sub(" ", text).strip())
    # Once more, for what is one word only now; and some letters look alike in small letters alone.
    return text if text.isascii() else as_it_looks(text)


def _without_accents(text: str) -> str:
    marked = unicodedata.normalize("NFD", text.translate(_SPELT_OUT))
    return unicodedata.normalize("NFC", _without_marks(marked))


def _without_marks(text: str) -> str:
    # Marks on Latin and Greek letters only: in Japanese or Hindi they tell one letter from another.
    kept: list[str] = []
    latin = False
    for character in text:
        if unicodedata.category(character) == "Mn" and latin:
            continue
        latin = character.isascii() or "\u0370" <= character <= "\u03ff"
        kept.append(character)
    return "".join(kept)


@functools.cache
def _forms() -> FormTable:
    return FormTable(_fold)
