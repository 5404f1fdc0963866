"""Letters of other alphabets that look like Latin ones: `Gаzprom` with a Cyrillic `а` is read as it looks.

The pairs are those of Unicode's confusables for Cyrillic and Greek that a name of a company can hide behind.
"""

from __future__ import annotations

import re
import unicodedata

_CYRILLIC = (
    "АаВвЕеЁёКкМмНнОоРрСсТтУуХхЅѕІіЇїЈјҺһԀԁԚԛԜԝҮүЬЫ",
    "AaBbEeEeKkMmHhOoPpCcTtYyXxSsIiIiJjHhDdQqWwYyBb",
)
_GREEK = ("ΑαΒβΕεΖΗΙιΚκΜΝνΟοΡρΤτΥυΧχ", "AaBbEeZHIiKkMNvOoPpTtYuXx")
_LATIN_LOOKS = dict(zip(_CYRILLIC[0] + _GREEK[0] + "Ϲϲϳ", _CYRILLIC[1] + _GREEK[1] + "Ccj", strict=True))
# The other way, for a Cyrillic or Greek word with a Latin letter in it; capital letters first, as they look alike most.
_CYRILLIC_LOOKS = {latin: letter for letter, latin in reversed(list(zip(*_CYRILLIC, strict=True)))}
_GREEK_LOOKS = {latin: letter for letter, latin in reversed(list(zip(*_GREEK, strict=True)))}
_LOOKS = {"CYRILLIC": _CYRILLIC_LOOKS, "GREEK": _GREEK_LOOKS}
_WORD = re.compile(r"[^\W\d_]+")
_ALPHABETS = ("LATIN", "CYRILLIC", "GREEK")


def mixed_words(name: str) -> tuple[str, ...]:
    """Return the words of a name that mix Latin with Cyrillic or Greek letters, or these two; in their order."""
    if name.isascii():
        return ()
    text = unicodedata.normalize("NFKC", name)
    return tuple(dict.fromkeys(word for word in _WORD.findall(text) if len(_alphabets(word)) > 1))


def as_it_looks(name: str) -> str:
    """Return a name with the words that mix alphabets, in the one alphabet that they look like.

    A word that is all of letters that look Latin is read as Latin, too, where another word of the name is.

    Args:
        name: as it was written; case matters, for some letters look alike in one case alone.
    """
    if name.isascii():
        return name
    latin = any(_alphabets(word) == {"LATIN"} for word in _WORD.findall(name))
    return _WORD.sub(lambda match: _word_as_it_looks(match[0], beside_latin=latin), name)


def _word_as_it_looks(word: str, *, beside_latin: bool) -> str:
    alphabets = _alphabets(word)
    others = [letter for letter in word if _alphabet(letter) in ("CYRILLIC", "GREEK")]
    # One letter alone is a word of its own language, such as `с`, with.
    if not others or (len(alphabets) == 1 and (not beside_latin or len(word) == 1)):
        return word
    if all(letter in _LATIN_LOOKS for letter in others):
        return "".join(_LATIN_LOOKS.get(letter, letter) for letter in word)
    if len(alphabets) == 1:
        return word
    looks = _LOOKS[_alphabet(next(letter for letter in others if letter not in _LATIN_LOOKS))]
    if all(letter in looks for letter in word if _alphabet(letter) == "LATIN"):
        return "".join(looks.get(letter, letter) if _alphabet(letter) == "LATIN" else letter for letter in word)
    return "".join(_LATIN_LOOKS.get(letter, letter) for letter in word)


def _alphabets(word: str) -> set[str]:
    if word.isascii():
        return {"LATIN"}
    return {alphabet for letter in word if (alphabet := _alphabet(letter))}


def _alphabet(letter: str) -> str:
    if letter.isascii():
        return "LATIN" if letter.isalpha() else ""
    name = unicodedata.name(letter, "").partition(" ")[0]
    return name if name in _ALPHABETS else ""
