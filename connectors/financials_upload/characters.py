"""Text in one form: one width for all characters, and simplified characters for those that our words are written in."""

from __future__ import annotations

import functools
import re
import unicodedata

from admission.company_names.traditional import SIMPLIFIED

# These are written in simplified texts too, such as 著作权, and are left alone.
_IN_BOTH = frozenset(map(ord, "著乾藉瞭"))
_SIMPLIFIED = {character: simplified for character, simplified in SIMPLIFIED.items() if character not in _IN_BOTH}
_LEGAL_FORM = re.compile(
    r"\b(?:ltd|limited|inc|incorporated|corp|corporation|llc|llp|plc|gmbh|ag|s\.?a\.?|b\.?v\.?|n\.?v\.?|pte|pty|co)\b\.?"
    r"|公司|厂$|合作社|编制单位|填报单位|纳税人名称|企业名称",
    re.IGNORECASE,
)
_DIGITS = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_WRITTEN_YEAR = re.compile(r"[〇零○一二三四五六七八九]{4}(?=\s*年)")
_WRITTEN_DAY = re.compile(r"(?<=[年月])\s*([一二三]?)(十?)([一二三四五六七八九]?)\s*(?=[月日])")


@functools.lru_cache(maxsize=8192)
def plain(text: str) -> str:
    """Return a text in one width, in simplified characters, days in figures, without blanks at its ends."""
    told = unicodedata.normalize("NFKC", text).translate(_SIMPLIFIED).strip()
    if _WRITTEN_YEAR.search(told):
        # 二〇二五年十二月三十一日, as audited accounts have it.
        told = _WRITTEN_YEAR.sub(lambda year: year[0].translate(_DIGITS), told)
        told = _WRITTEN_DAY.sub(_in_figures, told)
    return told


def _in_figures(found: re.Match[str]) -> str:
    tens, ten, ones = found[1].translate(_DIGITS), found[2], found[3].translate(_DIGITS)
    if not ten:
        return tens + ones
    return f"{tens or 1}{ones or 0}"


def is_traditional(text: str) -> bool:
    """True where a text is written in traditional characters."""
    return any(ord(character) in _SIMPLIFIED for character in text)


def is_company(text: str) -> bool:
    """True where a text has a legal form, as names of companies have, or says that one follows."""
    return bool(_LEGAL_FORM.search(plain(text)))


def has_chinese(text: str) -> bool:
    """True where a text has Chinese characters."""
    return any("\u4e00" <= character <= "\u9fff" for character in text)
