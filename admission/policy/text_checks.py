"""Are the texts of a policy in their languages: Chinese where Chinese is read, English where English is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from admission.model import Text
from admission.policy.draft import Draft
from admission.policy.mistakes import Mistake, Path

_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
# Small letters tell words from names that are the same in both languages, such as EBITDA.
_WORD = re.compile(r"[A-Za-z]*[a-z]{2,}")
# Figures that a treatment fills in are words of neither language.
_FILLED = re.compile(r"\{[^{}]*\}")
IN_CHINESE = Text(en="words in Chinese; this has no Chinese characters", zh="中文文字；此处没有汉字")
THE_SAME = Text(en="words in Chinese; this is the English text again", zh="中文文字；此处重复了英文")
IN_ENGLISH = Text(en="words in English; this has Chinese characters", zh="英文文字；此处含有汉字")
NAMED = Text(en="a name or version: it says which policy this is", zh="名称或版本号：用以识别准入政策")
A_SOURCE = Text(en="where the figure comes from", zh="数据出处")


def text_mistakes(draft: Draft) -> Iterator[Mistake]:
    """Yield texts in the wrong language, and names and sources that are not written."""
    yield from _in_language(draft.raw, ())
    for key in ("name", "version"):
        written = draft.raw.get(key)
        if isinstance(written, str) and not written.strip():
            yield Mistake((key,), "", NAMED)
    for path, criterion in draft.criteria:
        if not criterion.source.strip():
            yield Mistake((*path, "source"), "", A_SOURCE)
    for path, attribute in draft.attributes:
        if not attribute.source.strip():
            yield Mistake((*path, "source"), "", A_SOURCE)


def _in_language(value: Any, path: Path) -> Iterator[Mistake]:
    if isinstance(value, dict):
        english, chinese = value.get("en"), value.get("zh")
        if value.keys() == {"en", "zh"} and isinstance(english, str) and isinstance(chinese, str):
            if _HAN.search(english):
                yield Mistake((*path, "en"), english, IN_ENGLISH)
            if not _HAN.search(chinese) and _WORD.search(_FILLED.sub("", chinese)):
                expected = THE_SAME if chinese.strip() == english.strip() else IN_CHINESE
                yield Mistake((*path, "zh"), chinese, expected)
            return
        for name, inner in value.items():
            yield from _in_language(inner, (*path, name))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _in_language(inner, (*path, place))
