"""Days, months and years in the text of statements, and which of them are no end of a year.

The day on which somebody signed, approved, audited or printed a sheet is not the day that the sheet is of.
"""

from __future__ import annotations

import calendar
import functools
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Literal, NamedTuple

from admission.evidence.facts import YEAR_DAYS
from connectors.financials_upload.characters import plain

YEARS = range(1990, 2101)
_MONTHS = {name.casefold(): number for number, name in enumerate(calendar.month_name) if name}
_MONTHS |= {name.casefold(): number for number, name in enumerate(calendar.month_abbr) if name} | {"sept": 9}
_NAME = "|".join(sorted(_MONTHS, key=len, reverse=True))
_TO = r"\s*(?:-|~|至|到|to|until|through)\s*"

_SHAPES = tuple(
    re.compile(shape, re.IGNORECASE)
    for shape in (
        r"(?P<y>\d{4})\s*年\s*(?P<m>\d{1,2})\s*月\s*(?P<d>\d{1,2})\s*日",
        r"(?<!\d)(?P<y>\d{4})(?P<mark>[-/.])(?P<m>\d{1,2})(?P=mark)(?P<d>\d{1,2})(?!\d)",
        rf"(?<!\d)(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?:\s+of)?[\s-]+(?P<name>{_NAME})\.?,?[\s-]+(?P<y>\d{{4}})(?!\d)",
        rf"(?<![a-z])(?P<name>{_NAME})\.?\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y>\d{{4}})(?!\d)",
        r"(?<!\d)(?P<a>\d{1,2})(?P<mark>[-/.])(?P<b>\d{1,2})(?P=mark)(?P<y>\d{4})(?!\d)",
        rf"(?<!\d)(?P<d>\d{{1,2}})-(?P<name>{_NAME})-(?P<short>\d{{2}})(?!\d)",
        rf"(?P<y>\d{{4}})\s*年\s*(?P<first>\d{{1,2}})\s*月?{_TO}(?P<m>\d{{1,2}})\s*月",
        r"(?P<y>\d{4})\s*年\s*(?P<m>\d{1,2})\s*月(?!\s*\d)",
        r"(?<![\d./-])(?P<y>(?:19|20)\d{2})(?P<mark>[-/.])(?P<m>0?[1-9]|1[0-2])(?![\d./-])",
        rf"(?<![a-z\d])(?P<from>{_NAME})\.?{_TO}(?P<name>{_NAME})\.?\s*,?\s*(?P<y>\d{{4}})(?!\d)",
        rf"(?<![a-z\d])(?P<name>{_NAME})[\s.'-]+(?P<y>\d{{4}})(?!\d)",
        rf"(?<![a-z\d])(?<!\d-)(?P<name>{_NAME})(?:-|\s?')(?P<short>\d{{2}})(?!\d)",
    )
)
_YEAR_ALONE = re.compile(
    r"(?:fye?\s?|fiscal year |year )?(\d{4})(?:年度?|年?年末|年?年底|年期末)?(?:审定数|实际数?|金额|数|余额)?a?"
)
_NOT_THE_YEARS_END = re.compile(
    r"approv|signed|signature|authori[sz]ed|date of (?:this|the|issue|print|sign|audit|report)"
    r"|board (?:of directors|meeting)"
    r"|audit(?:ed|or)?\S*\s+(?:on|report|opinion|by|date)|report(?:ed)?\s+dated|printed|print date|prepared (?:on|by)"
    r"|issued|filed|published|submitted|exported|generated|downloaded|created|certified on"
    r"|编制日期|编报日期|制表日期|填表日期|填报日期|报送日期|报出|审批|批准|签发|签署|签字|签章|盖章|董事会|股东会|审计报告|审计日|审计意见"
    r"|报告日|出具|印发|公告|打印|导出|生成|下载|查询日期|提交日期|成立日期|注册日期|营业期限",
    re.IGNORECASE,
)
_SAID_AFTER = re.compile(
    r"^[\s,(]*(?:date of approval|approved|signed|authori[sz]ed|printed|批准|签发|签署|报出|董事会|打印|审批(?!人))",
    re.IGNORECASE,
)


class Found(NamedTuple):
    """A day in a text.

    Attributes:
        day: the day; of a month, its last.
        whole: True for a day, False where a month alone is named.
        start, end: its place in the text.
        first: first day of the period, where the text names one that ends on the day.
        of_sheet: False where it is the day on which somebody signed, approved, audited or printed.
    """

    day: date
    whole: bool
    start: int
    end: int
    first: date | None = None
    of_sheet: bool = True


@functools.lru_cache(maxsize=8192)
def days_in(text: str) -> tuple[Found, ...]:
    """Find all days in a text, in their order; two that are parted by `to` are one period.

    Raises:
        ValueError: one looks like a day, and there is no such day from 1990 to 2100.
    """
    told = re.sub(r"[−–—～]", "-", plain(text))
    spans: list[tuple[int, int, re.Match[str]]] = []
    for shape in _SHAPES:
        for found in shape.finditer(told):
            if all(found.end() <= start or found.start() >= end for start, end, _ in spans):
                spans.append((found.start(), found.end(), found))
    days = [_read(found) for _, _, found in sorted(spans, key=lambda span: span[0])]
    return tuple(_judged(told, _joined(told, [day for day in days if day is not None])))


def names_another_day(text: str) -> bool:
    """True for words such as 'approved by the board on', after which a day is not that of the sheet."""
    return bool(_NOT_THE_YEARS_END.search(plain(text)))


def year_of(text: str) -> int | None:
    """Read a year that stands for itself: 2025, 2025年, 2025年度, FY2025, 2025A."""
    found = _YEAR_ALONE.fullmatch(plain(text).casefold())
    return int(found[1]) if found and int(found[1]) in YEARS else None


def fiscal_years_in(text: str) -> tuple[int, ...]:
    """Read the years named in a heading line above a table: 2025年度, 报表期间：2025年."""
    if names_another_day(text):
        return ()
    told = re.sub(r"\s+", "", plain(text))
    found = re.findall(
        r"(?<!\d)(\d{4})年(?:度|(?!\d{1,2}[-~月]|[上下]半|第?[一二三四1-4]季|前[一二三]季|中期|半年))", told
    )
    return tuple(int(year) for year in found if int(year) in YEARS)


def month_end(year: int, month: int) -> date:
    """Last day of a month.

    Raises:
        ValueError: there is no such month.
    """
    if not 1 <= month <= 12:
        raise ValueError("a month from 1 to 12")
    return date(year, month, calendar.monthrange(year, month)[1])


def years_before(day: date, years: int) -> date:
    """The same day some years earlier; the end of February stays the end of February."""
    if (day + timedelta(days=1)).month != day.month:
        return month_end(day.year - years, day.month)
    return day.replace(year=day.year - years)


def checked(day: date) -> date:
    """Return a day of a year that statements may be of.

    Raises:
        ValueError: it is not from 1990 to 2100.
    """
    if day.year not in YEARS:
        raise ValueError("a day from 1990 to 2100")
    return day


def _read(found: re.Match[str]) -> Found | None:
    parts = found.groupdict()
    year = int(parts["y"]) if parts.get("y") else 2000 + int(parts["short"])
    if parts.get("a"):
        day_first = _day_first(int(parts["a"]), int(parts["b"]), parts["mark"])
        if day_first is None:
            return None
        day, month = day_first
        return Found(checked(date(year, month, day)), True, found.start(), found.end())
    month = _MONTHS[parts["name"].casefold()] if parts.get("name") else int(parts["m"])
    if parts.get("d"):
        return Found(checked(date(year, month, int(parts["d"]))), True, found.start(), found.end())
    last = checked(month_end(year, month))
    if parts.get("first") or parts.get("from"):
        start = int(parts["first"]) if parts.get("first") else _MONTHS[parts["from"].casefold()]
        first = month_end(year - (start > month), start).replace(day=1)
        return Found(last, True, found.start(), found.end(), first)
    return Found(last, False, found.start(), found.end())


def _day_first(one: int, other: int, mark: str) -> tuple[int, int] | None:
    """Day and month of 31/12/2025; None where nobody can tell which is which."""
    if one > 12 or mark == "." or one == other:
        return one, other
    return (other, one) if other > 12 else None


def _joined(told: str, days: list[Found]) -> Iterator[Found]:
    """Join two days that are parted by `to` to one period."""
    place = 0
    while place < len(days):
        day = days[place]
        after = days[place + 1] if place + 1 < len(days) else None
        if after is not None and re.fullmatch(_TO, told[day.end : after.start], re.IGNORECASE):
            first = day.day if day.whole else day.day.replace(day=1)
            yield Found(after.day, True, day.start, after.end, first)
            place += 1
        else:
            yield day
        place += 1


def _judged(told: str, days: Iterator[Found]) -> Iterator[Found]:
    """Mark the days that are not those of the sheet, by the words before each, or after the last one."""
    all_days = list(days)
    for place, day in enumerate(all_days):
        before = told[all_days[place - 1].end if place else 0 : day.start]
        last = place == len(all_days) - 1
        another = names_another_day(before) or (last and _SAID_AFTER.match(told[day.end :]) is not None)
        yield day._replace(of_sheet=not another)


Span = Literal["forecast", "part", "long", "month", "year"]

_NUMBER = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|"
    r"nineteen|twenty|twenty[- ]four|(?!12\b)\d{1,2}"
)
_FORECAST = re.compile(
    r"\bforecast\w*|\bbudget\w*|\bproject(?:ed|ions?)\b|\bplan(?:ned|s)?\b|\bestimate[ds]?\b|\bpro[- ]?forma\b"
    r"|\btargets?\b"
    r"|\boutlook\b|\bscenario\b|\bpredict\w*|\bexpected\b|\bguidance\b|\bsimulat\w*|(?<!\d)20\d{2}\s?[efpb]\b|预测|预算|预计|预期|推算|预估|计划|测算|概算|目标|规划|模拟|备考|假设|展望|估算|估计",
    re.IGNORECASE,
)
_PART = re.compile(
    rf"\b(?:{_NUMBER})[- ]months?\b|\b(?!5[23]\b)\d{{1,2}}[- ]weeks?\b|\bmonth[- ](?:ended|to)\b|\bmonthly\b"
    r"|\bhalf[- ]?year(?:ly)?\b|\b(?:first|second|1st|2nd)[- ]half\b|\bsemi-?annual\w*|\bsemester\b|\btrimester\b"
    r"|(?<![a-z\d])(?:h[12]|[12]h|q[1-4]|[1-4]q)(?=$|[^a-z\d]|'?\d{2}(?:\d{2})?(?!\d))|(?<=\d{4})(?:h[12]|q[1-4])\b"
    r"|(?<![a-z\d])(?!12)\d{1,2}m(?=$|[^a-z])|\b(?:ltm|ttm|trailing|rolling)\b|\bhy\s?'?(?:\d{2,4})?\b|(?<![\d年])(?!0?1月?-12月)\d{1,2}月?-\d{1,2}月"
    r"|\bquarter(?:ly|s)?\b|\binterim\b|\bytd\b|\byear[- ]to[- ]date\b|\b(?:stub|short|long) period\b"
    r"|(?:[一二三四五六七八九十]|(?<!\d)(?!12)\d{1,2})\s*个月|(?<!十)二个月|[上下]半年|半年|中期|前[一二三]季|第?[一二三四1-4]季度|季报|季度|月报"
    r"|月度|本季|当季",
    re.IGNORECASE,
)
_LONG = re.compile(
    r"\b(?:thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|twenty[- ]\w+|1[3-9]|2\d)[- ]months?\b"
    r"|\b(?:5[4-9]|[6-9]\d|1\d\d)[- ]weeks?\b|\blong period\b"
    r"|(?:十[三四五六七八九]|二十[一二三四五六七八九]?|(?<!\d)(?:1[3-9]|2\d))\s*个月",
    re.IGNORECASE,
)
_TWELVE = re.compile(r"(?:十二|12)\s*个月")
_PERIOD = re.compile(r"\bperiods? (?:ended|ending|to|from)\b|\bsince incorporation\b", re.IGNORECASE)
_YEAR = re.compile(
    r"\byears?[- ](?:ended|ending|end|to)\b|\b(?:twelve|12)[- ]months?\b|\b5[23][- ]weeks?\b|\bfull[- ]year\b"
    r"|\bannual\b"
    r"|\b(?:fiscal|financial) year\b|\bfy\s?'?\d{2,4}\b|年度|全年|十二个月|12个月|年报|止年度",
    re.IGNORECASE,
)


@functools.lru_cache(maxsize=8192)
def span_of(text: str) -> Span | None:
    """Tell of what span of time a text says that figures are.

    Returns:
        `forecast` for what has not happened, `part` for less than a year, `long` for more than a year and where the
        length is not told, `month` where a month alone is named (the month, or the year to it?), `year` for a whole
        year; None where the text does not tell.

    Raises:
        ValueError: it holds a day that there is not.
    """
    told = plain(text)
    if _FORECAST.search(told):
        return "forecast"
    days = [day for day in days_in(text) if day.of_sheet]
    lengths = [(day.day - day.first).days for day in days if day.first is not None]
    if any(length > YEAR_DAYS[-1] for length in lengths) or _LONG.search(told):
        return "long"
    if any(length < YEAR_DAYS[0] for length in lengths) or _PART.search(_plain_parts(told)):
        return "part"
    if lengths or _YEAR.search(told):
        return "year"
    if _PERIOD.search(told):
        return "long"
    return "month" if days and not any(day.whole for day in days) else None


def _plain_parts(told: str) -> str:
    return _TWELVE.sub("", re.sub(r"\s*[−–—～~至到]\s*", "-", told))
