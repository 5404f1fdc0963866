"""In which unit and currency a line says that amounts are.

Only whole words count, and only where nothing else stands beside them: after a cue such as `in` or 单位, in brackets of
a title, or alone in a cell. So no unit and no currency comes out of the name of a company.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from connectors.financials_upload.characters import has_chinese, plain

_CODES = (
    "CNY USD EUR GBP HKD JPY SGD AUD CAD CHF TWD MOP KRW INR NOK SEK DKK PLN CZK HUF RON TRY NZD ZAR THB MYR IDR VND "
    "PHP AED SAR BRL MXN RUB ILS KZT"
).split()
_ANY_DOLLAR = ""
# Words of currencies, in lower case. A dollar alone may be of many countries.
_CURRENCIES = {
    **{code.casefold(): code for code in _CODES},
    "rmb": "CNY",
    "renminbi": "CNY",
    "yuan": "CNY",
    "chinese yuan": "CNY",
    "人民币": "CNY",
    "cn¥": "CNY",
    "us dollars": "USD",
    "us dollar": "USD",
    "u.s. dollars": "USD",
    "u.s. dollar": "USD",
    "us$": "USD",
    "united states dollars": "USD",
    "united states dollar": "USD",
    "usd$": "USD",
    "美元": "USD",
    "美金": "USD",
    "hk$": "HKD",
    "hong kong dollars": "HKD",
    "hong kong dollar": "HKD",
    "港元": "HKD",
    "港币": "HKD",
    "euros": "EUR",
    "euro": "EUR",
    "€": "EUR",
    "欧元": "EUR",
    "pounds sterling": "GBP",
    "pound sterling": "GBP",
    "sterling": "GBP",
    "british pounds": "GBP",
    "£": "GBP",
    "pounds": "GBP",
    "pound": "GBP",
    "英镑": "GBP",
    "japanese yen": "JPY",
    "yen": "JPY",
    "日元": "JPY",
    "日圆": "JPY",
    "singapore dollars": "SGD",
    "singapore dollar": "SGD",
    "s$": "SGD",
    "新加坡元": "SGD",
    "新元": "SGD",
    "canadian dollars": "CAD",
    "canadian dollar": "CAD",
    "c$": "CAD",
    "加元": "CAD",
    "australian dollars": "AUD",
    "australian dollar": "AUD",
    "a$": "AUD",
    "澳元": "AUD",
    "swiss francs": "CHF",
    "swiss franc": "CHF",
    "瑞士法郎": "CHF",
    "nt$": "TWD",
    "新台币": "TWD",
    "台币": "TWD",
    "澳门元": "MOP",
    "韩元": "KRW",
    "¥": "¥",
    "dollars": _ANY_DOLLAR,
    "dollar": _ANY_DOLLAR,
    "$": _ANY_DOLLAR,
}
# Stated by a person, these words are a unit too: an amount in 美元 is one in whole dollars.
_WHOLE = {
    word for word in _CURRENCIES if word.endswith(("元", "圆", "镑", "郎")) or word in ("美金", "dollars", "dollar")
}
_SIZES = {
    "thousands": 1_000,
    "thousand": 1_000,
    "k": 1_000,
    "millions": 1_000_000,
    "million": 1_000_000,
    "m": 1_000_000,
    "mn": 1_000_000,
    "mm": 1_000_000,
    "mio": 1_000_000,
    "mln": 1_000_000,
    "billions": 10**9,
    "billion": 10**9,
    "bn": 10**9,
    "lakhs": 10**5,
    "lakh": 10**5,
    "crores": 10**7,
    "crore": 10**7,
    "hundreds": 100,
    "hundred": 100,
    "tens": 10,
    "ten": 10,
    "百万": 1_000_000,
    "千万": 10_000_000,
    "十万": 100_000,
    "十亿": 10**9,
    "百亿": 10**10,
    "万": 10_000,
    "千": 1_000,
    "亿": 10**8,
    "百": 100,
}
_TIMES = {"hundreds", "hundred", "tens", "ten"}
_ABBREVIATED = {"k", "m", "mm", "mn"}
_ONES = {"元", "圆", "units", "whole", "full", "single"}
_FILLERS = {"of", "in", "the", "to", "nearest", "整", "x"}
_ZEROS = re.compile(r"[']?(?:10{0,2})?(?:[,']?000){1,3}s?")
_WORDS = sorted({*_CURRENCIES, *_SIZES, *_ONES, *_FILLERS}, key=len, reverse=True)
_WORD = re.compile("|".join(re.escape(word) + (r"(?![a-z])" if word[-1].isalpha() else "") for word in _WORDS))

_ENGLISH_CUE = re.compile(
    r"^(?:(?:all|the)\s+)*(?:amounts?|figures?|values?|numbers?|currency(?:\s+units?)?|denominat\w+|units?|money"
    r"|(?:reporting|presentation|functional)\s+currency|unit\s+of\s+(?:account|currency|measure(?:ment)?)|expressed"
    r"|presented|stated|reported|shown|rounded)(?:\s+(?:are|is|shown|stated|expressed|presented|reported|and))*\s*:?\s*"
)
_GENERAL_ENGLISH = re.compile(
    r"\b(?:amounts?|figures?|values?|numbers?|currency|expressed|presented|stated|reported)\b", re.IGNORECASE
)
_GENERAL_CHINESE = re.compile(r"除.{0,12}外|均[为以]|本报告|本报表|本财务报表|全部金额")
_INTO = re.compile(r"\b(?:in|into)\s+")
_GOES_ON = re.compile(
    r"\s*(?:$|[,.;]|(?:unless|except|translated|converted|as|at|for|rounded|if|with|into|to|and shown|and stated)\b)"
)
_TRANSLATED_FROM = re.compile(
    r"\b(?:convenience\s+)?(?:translat|convert)\w*\s+from\s+[^()\[\];]*?(?=\b(?:in)?to\b|[()\[\];]|$)"
    r"|(?<=translated)\s+from\s+\S+|\bfrom\s+\S+(?:\s+\S+)?(?=\s+(?:in)?to\b)"
)
_TRANSLATED_INTO = re.compile(r"\b(?:translat|convert)\w*\s+((?:in)?to\b.*)")
# As German accounts have it: TEUR, kEUR.
_JOINED = re.compile(r"(?<![a-z])([ktm])(eur|usd|gbp|chf|€|\$|£)(?![a-z])")
_ANY_SIZE = re.compile(r"hundred|thousand|million|billion|lakh|crore|\bmn\b|\bbn\b|000|[百千万亿]")
_CHINESE_TRANSLATED = re.compile(
    r"[由从自](?:人民币|[^;,()]{1,6}?)(?:按[^;,()]*?)?(?:折算|换算|折合)(?:而来|得出)?(?=$|[;,()为成])"
)
_CHINESE_CUE = re.compile(
    r"^(?:除.{0,16}外)?[,，]?(?:本表|下列|以下|上述|报表|财务数据)?(?:金额|货币|计量|数据|币种)?(?:单位|币种|币别|货币|金额|本位币)?"
    r"(?:均|皆|都)?(?:为|是|以|按|折算为|换算为)?:?"
)
_CHINESE_TAIL = re.compile(r"(?:列示|列报|表示|为单位|为计量单位|计量|计价|计|填列|编制|反映|呈列|货币)$")
# Who prepared the sheet, whose name may well begin with 元.
_PREPARER = re.compile(
    r"(?:(?:编\s*制|填报|报送|核算|报告|会计|主管|审计|所属|开户)\s*单\s*位|单位(?:名称|负责人)|(?:企业|公司|纳税人)名称)"
    r".*?(?=\s(?:金额|货币)?单\s*位\s*:|$)"
)


class Denomination(NamedTuple):
    """What a text says of the amounts.

    Attributes:
        units: words of units with how many whole currency units one of them is; more than one is a contradiction.
        currencies: ISO 4217 codes; more than one is a contradiction.
        implied: True where a currency is named alone, such as "in USD": amounts are then in whole units of it, unless
            another line states a unit.
        general: True where it is said of all amounts that follow, not of one table.
    """

    units: tuple[tuple[str, Decimal], ...] = ()
    currencies: tuple[str, ...] = ()
    implied: bool = False
    general: bool = False

    @property
    def empty(self) -> bool:
        """True where nothing is said."""
        return not self.units and not self.currencies and not self.implied


NONE = Denomination()


class _Run(NamedTuple):
    """Words that are all of units and currencies."""

    word: str
    size: Decimal | None
    currencies: tuple[str, ...]
    end: int
    abbreviated: bool
    whole: bool


def denomination_of(text: str, *, beside: bool = False) -> Denomination:
    """Find the unit and the currency that a text states.

    Args:
        text: of one cell.
        beside: True where the text stands beside what it is said of, such as a title or a column's heading, so that
            brackets alone say enough.
    """
    return _read(text, beside)[0]


def only_denomination(text: str) -> Denomination:
    """Find the unit and the currency that a text states, where it says nothing else."""
    found, others = _read(text, beside=False)
    return NONE if others else found


@functools.lru_cache(maxsize=8192)
def _read(text: str, beside: bool) -> tuple[Denomination, int]:
    """Return what a text states, and how many parts it has that say something else."""
    told = _PREPARER.sub("", plain(text))
    lowered = _JOINED.sub(_parted, told.casefold().replace("u.s.", "us"))
    cleaned = _CHINESE_TRANSLATED.sub("", _TRANSLATED_FROM.sub(" ", lowered))
    into = _TRANSLATED_INTO.search(cleaned)
    segments = [*_segments(cleaned[into.start(1) :] if into else cleaned, chinese=has_chinese(told))]
    found: list[_Said] = []
    bare: list[tuple[int, _Run]] = []
    others = 0
    for place, segment in enumerate(segments):
        said = _cued(segment) or _chinese_cued(segment)
        run = _whole_run(segment)
        if said:
            found.extend(said)
        elif run is not None and not (run.abbreviated and not run.currencies):
            bare.append((place, run))
        else:
            others += 1
    for place, run in bare:
        whole = others == 0 or (run.size is not None and bool(run.currencies))
        if whole or (beside and place > 0 and (run.size is not None or place == len(segments) - 1)):
            found.append(_Said(run, named=False))
    summed = _summed(found, told)
    # In "thousands of euros translated into dollars" the thousands are not said of dollars.
    sized = into is not None or (not summed.units and _ANY_SIZE.search(lowered) is not None)
    return summed._replace(implied=summed.implied and not sized), others


def factor_of(word: str) -> tuple[str, Decimal] | None:
    """Read the unit that a person states with a file: 万元, thousand, ten million, 1000."""
    told = plain(word).casefold()
    if re.fullmatch(r"1(0{3,9})?", told):
        return told, Decimal(told)
    run = _whole_run(re.sub(r"^in\s+", "", told))
    if run is None:
        return None
    return (run.word, Decimal(1) if run.size is None else run.size) if run.size is not None or run.whole else None


class _Said(NamedTuple):
    """A run with how it is said: `named` where a cue such as `in` or 单位 says that amounts are in it."""

    run: _Run
    named: bool


def _segments(text: str, *, chinese: bool) -> Iterator[str]:
    if chinese:
        text = re.sub(r"单\s+位", "单位", re.sub(r"币\s+种", "币种", text))
        text = re.sub(r"\s*:\s*", ":", text)
        text = re.sub(r"\s+(?=币种|币别|货币|记账本位币|金额单位|单位|金额|编制|制表|填表|日期|报送|打印)", ";", text)
    for part in re.split(r"[;|()\[\]{}\n。、]|\s[-/]\s|(?<!\d),|,(?!\d)|(?<=\w{3})[.](?=\s|$)", text):
        segment = part.strip()
        if ":" in segment and not _cued(segment) and not _chinese_cued(segment):
            yield from (piece.strip() for piece in segment.split(":") if piece.strip())
        elif segment:
            yield segment


def _summed(found: list[_Said], told: str) -> Denomination:
    units = {said.run.size: said.run.word for said in found if said.run.size is not None}
    codes: dict[str, None] = {}
    for said in found:
        for code in said.run.currencies:
            # The sign of yuan is that of yen.
            codes |= dict.fromkeys(("CNY",) if has_chinese(told) else ("CNY", "JPY")) if code == "¥" else {code: None}
    codes.pop(_ANY_DOLLAR, None)
    implied = any(said.run.size is None and said.named for said in found)
    general = bool(found) and bool(_GENERAL_ENGLISH.search(told) or _GENERAL_CHINESE.search(told))
    return Denomination(tuple((word, size) for size, word in units.items()), tuple(codes), implied, general)


def _parted(joined: re.Match[str]) -> str:
    return f"{'million' if joined[1] == 'm' else 'thousand'} {joined[2]}"


def _cued(segment: str) -> list[_Said]:
    """The runs after `in`, or after a word such as `unit` or `currency`."""
    found: list[_Said] = []
    for cue in _INTO.finditer(segment):
        run = _run(segment, cue.end())
        if run and _GOES_ON.match(segment, run.end) and not (run.abbreviated and not run.currencies):
            before = _whole_run(segment[: cue.start()].strip())
            if before is not None and not run.currencies:
                run = run._replace(currencies=before.currencies)
            found.append(_Said(run, named=True))
    start = _ENGLISH_CUE.match(segment)
    run = _run(segment, start.end()) if start and not found else None
    if start is not None and run is not None and _GOES_ON.match(segment, run.end):
        found.append(_Said(run, named=re.search(r"currency\b(?!\s+units?)", start[0]) is None))
    return found


def _chinese_cued(segment: str) -> list[_Said]:
    segment = re.sub(r"\s+", "", segment)
    cue = _CHINESE_CUE.match(segment)
    core = _CHINESE_TAIL.sub("", segment[cue.end() :] if cue else segment)
    run = _whole_run(core)
    if run is not None and core != segment:
        return [_Said(run, named=cue is None or re.search(r"币种|币别|货币(?!单位)|本位币", cue[0]) is None)]
    for part in re.finditer(r"(?:单位|金额)[:]?", segment):
        run = _whole_run(_CHINESE_TAIL.sub("", segment[part.end() :]))
        if run is not None:
            return [_Said(run, named=True)]
    return []


def _whole_run(text: str) -> _Run | None:
    run = _run(text, 0)
    return run if run is not None and not text[run.end :].strip(" .'") else None


def _run(text: str, start: int) -> _Run | None:
    """Read as many words of units and currencies as follow each other."""
    place, words = start, list[str]()
    while place < len(text):
        if text[place] in " -'’" and not _ZEROS.match(text, place):
            place += 1
            continue
        found = _ZEROS.match(text, place) or _WORD.match(text, place)
        if found is None or (found[0][-1].isdigit() and text[found.end() : found.end() + 1].isdigit()):
            break
        words.append(found[0])
        place = found.end()
    while words and words[-1] in _FILLERS:
        words.pop()
    told = [word for word in words if word not in _FILLERS]
    return _composed(told, text[start:place].strip(" -"), place) if told else None


def _composed(words: list[str], told: str, end: int) -> _Run | None:
    size, times = None, Decimal(1)
    whole = False
    for word in words:
        factor = _factor(word)
        if factor is not None and word in _TIMES:
            times *= factor
        elif factor is not None:
            if size is not None:
                return None
            size = factor
        whole = whole or word in _WHOLE
    if size is None and times != 1:
        return None
    if size is None and any(word in _ONES for word in words):
        size = Decimal(1)
    currencies = tuple(dict.fromkeys(_CURRENCIES[word] for word in words if word in _CURRENCIES))
    total = None if size is None else size * times
    abbreviated = any(word in _ABBREVIATED for word in words)
    return _Run(told, total, currencies, end, abbreviated, whole)


def _factor(word: str) -> Decimal | None:
    if word in _SIZES:
        return Decimal(_SIZES[word])
    if _ZEROS.fullmatch(word):
        digits = re.sub(r"[^01]", "", word)
        return Decimal(digits if digits.startswith("1") else f"1{digits}")
    return None
