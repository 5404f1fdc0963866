"""A company's name without what does not tell companies apart: case, accents, punctuation, legal form."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

# Legal forms as sequences of words. A name loses those it ends with, and those of _LEADING_FORMS it begins with.
_TRAILING_FORMS = frozenset(
    tuple(form.split())
    for form in (
        # English
        "limited|ltd|inc|incorporated|corp|corporation|co|company|llc|lc|llp|lp|plc|pllc|limited liability company|"
        "limited partnership|public limited company|"
        # other European
        "gmbh|mbh|ag|kg|kgaa|ohg|ug|se|ev|sa|sas|sasu|sarl|eurl|snc|srl|spa|sapa|sl|slu|bv|nv|cv|vof|bvba|sprl|ab|as|asa|"
        "oy|oyj|aps|kft|zrt|nyrt|doo|dd|ad|ead|ood|eood|sro|sp z oo|sp z o o|lda|eu|"
        # Latin American
        "sa de cv|s de rl|s de rl de cv|sc de rl de cv|sapi de cv|ca|ltda|limitada|eirl|sac|cia|cia ltda|"
        "sociedad anonima|"
        # Russian and neighbouring
        "ooo|oao|zao|pao|ao|jsc|ojsc|pjsc|cjsc|joint stock company|"
        # Asian, African and Middle Eastern
        "kk|pte|pty|pvt|private|sdn|bhd|berhad|tbk|wll|spc|sae|sal|sarlu|fze|fzc|fzco|fz llc|dmcc|psc|pjs"
    ).split("|")
)
_LONGEST_FORM = max(len(form) for form in _TRAILING_FORMS)
_LEADING_FORMS = frozenset(
    tuple(form.split())
    for form in (
        "the|ooo|oao|zao|pao|ao|too|pt|jsc|ojsc|pjsc|cjsc|joint stock company|open joint stock company|"
        "public joint stock company|closed joint stock company|limited liability company|limited liability"
    ).split("|")
)
_CHINESE_FORM = re.compile(r"(?<=.)(股份有限公司|有限责任公司|有限責任公司|有限公司|公司)$")
_HAN = r"\u3400-\u4dbf\u4e00-\u9fff"
# Latin letters that Unicode does not take apart into a letter and an accent.
_SPELT_OUT = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "þ": "th", "ı": "i"})
_DOT_OF_INITIALS = re.compile(r"(?<=\b\w)\.(?=\w\b)")
_GAP_IN_HAN = re.compile(rf"(?<=[{_HAN}]) (?=[{_HAN}])")


@dataclass(frozen=True)
class NormalName:
    """A name made comparable.

    Attributes:
        tokens: its words in their order, without legal forms at its ends. A run of Chinese characters is one word.
    """

    tokens: tuple[str, ...]

    @property
    def text(self) -> str:
        """The words, in their order, as one text."""
        return " ".join(self.tokens)

    @property
    def joined(self) -> str:
        """The words, in their order, without blanks between them."""
        return "".join(self.tokens)

    @property
    def sorted_text(self) -> str:
        """The words, in alphabetical order, as one text."""
        return " ".join(sorted(self.tokens))

    @property
    def numbers(self) -> tuple[str, ...]:
        """The words with a digit in them, in alphabetical order: `Fund 1` and `Fund 2` are two companies."""
        return tuple(sorted(token for token in self.tokens if any(character.isdigit() for character in token)))


def normalise(name: str) -> NormalName:
    """Make a name comparable: NFKC, case folded, without accents, punctuation and legal forms.

    A name that is nothing but a legal form keeps it, so that no name with a letter in it becomes empty.
    """
    text = unicodedata.normalize("NFKC", name).casefold().translate(_SPELT_OUT)
    text = unicodedata.normalize("NFC", _without_marks(unicodedata.normalize("NFD", text)))
    text = re.sub(r"['’`´]", "", text).replace("&", " and ")
    text = _DOT_OF_INITIALS.sub("", text)
    text = " ".join(re.sub(r"[\W_]+", " ", text).split())
    text = _CHINESE_FORM.sub("", _GAP_IN_HAN.sub("", text)).strip()
    return NormalName(_without_forms(tuple(text.split())))


def _without_marks(text: str) -> str:
    # Marks between Latin letters only: in Japanese or Hindi they tell one letter from another.
    kept: list[str] = []
    latin = False
    for character in text:
        if unicodedata.category(character) == "Mn" and latin:
            continue
        latin = character.isascii()
        kept.append(character)
    return "".join(kept)


def _without_forms(tokens: tuple[str, ...]) -> tuple[str, ...]:
    stripped = tokens
    while size := _leading_form(stripped):
        stripped = stripped[size:]
    while (size := _trailing_form(stripped)) or (len(stripped) > 1 and stripped[-1] == "and"):
        stripped = stripped[: -(size or 1)]
    return stripped


def _trailing_form(tokens: tuple[str, ...]) -> int:
    sizes = range(min(_LONGEST_FORM, len(tokens) - 1), 0, -1)
    return next((size for size in sizes if tokens[-size:] in _TRAILING_FORMS), 0)


def _leading_form(tokens: tuple[str, ...]) -> int:
    sizes = range(min(_LONGEST_FORM, len(tokens) - 1), 0, -1)
    return next((size for size in sizes if tokens[:size] in _LEADING_FORMS), 0)
