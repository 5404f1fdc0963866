"""Numbers in names, in digits: `First` and `1st`, `Forty-Four` and `44`, `Fund II` and `Fund 2`, 第十一 and 第11."""

from __future__ import annotations

import re
from collections.abc import Sequence

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
)
_CARDINALS = {word: number for number, word in enumerate(f"{_ONES} eighteen nineteen".split())}
_ORDINALS = {
    word: number
    for number, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
        "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth".split(),
        start=1,
    )
}
_TENS = {
    word: number
    for number, words in enumerate(
        ("twenty", "thirty", "forty fourty", "fifty", "sixty", "seventy", "eighty", "ninety"), start=2
    )
    for word in words.split()
}
_ROMAN = {"ii": 2, "iii": 3, "iv": 4, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "xi": 11, "xii": 12, "xiii": 13, "xiv": 14}
_WORDS = _CARDINALS.keys() | _ORDINALS.keys() | _TENS.keys() | _ROMAN.keys()

_CHINESE_DIGITS = {
    character: digit for characters, digit in (("〇零", 0), ("二两", 2)) for character in characters
} | dict(zip("一三四五六七八九", (1, 3, 4, 5, 6, 7, 8, 9), strict=True))
_CHINESE_NUMBER = "[〇零一二两三四五六七八九十百]+"
# A numeral counts where the word says so: 第一, 十一局, 三号. 三一重工 and 一汽 are names.
_COUNTED = re.compile(rf"(?<=第){_CHINESE_NUMBER}|(?<![三四五六七八九十百])({_CHINESE_NUMBER})(?=[局号厂院处队矿期])")


def in_digits(tokens: Sequence[str]) -> tuple[str, ...]:
    """Return the words of a name with English number words and Roman numerals in digits.

    Args:
        tokens: case folded; a Roman numeral counts only after another word (`IV Therapy` is no fourth).
    """
    if _WORDS.isdisjoint(tokens):
        return tuple(tokens)
    found: list[str] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        following = tokens[at + 1] if at + 1 < len(tokens) else ""
        if token in _TENS:
            number = _TENS[token] * 10
            if 0 < _ORDINALS.get(following, 0) < 10:
                found.append(_ordinal(number + _ORDINALS[following]))
                at += 1
            elif 0 < (more := _CARDINALS.get(following, int(following) if following in set("123456789") else 0)) < 10:
                found.append(str(number + more))
                at += 1
            else:
                found.append(str(number))
        elif token in _ORDINALS:
            found.append(_ordinal(_ORDINALS[token]))
        elif token in _CARDINALS:
            found.append(str(_CARDINALS[token]))
        elif token in _ROMAN and found:
            found.append(str(_ROMAN[token]))
        else:
            found.append(token)
        at += 1
    return tuple(found)


def chinese_in_digits(text: str) -> str:
    """Return a Chinese name with the numerals that count something in digits."""
    return _COUNTED.sub(lambda match: str(_chinese_number(match[0])), text)


def _chinese_number(text: str) -> int:
    if "十" not in text and "百" not in text:
        return int("".join(str(_CHINESE_DIGITS[character]) for character in text))
    total = part = 0
    for character in text:
        if character in "十百":
            total += (part or 1) * (10 if character == "十" else 100)
            part = 0
        else:
            part = _CHINESE_DIGITS[character]
    return total + part


def _ordinal(number: int) -> str:
    ending = "th" if 10 < number % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
