"""One heading of a column: of which day or year it is, whose, in which unit, or that it holds no amounts.

A heading is understood whole or not at all: a word that is not known may turn its meaning round, as 预测 does.
"""

from __future__ import annotations

import functools
import re
from datetime import date
from typing import Literal, NamedTuple

from connectors.financials_upload import labels
from connectors.financials_upload.characters import has_chinese, plain
from connectors.financials_upload.days import YEARS, Found, Span, checked, days_in, span_of, year_of
from connectors.financials_upload.denominations import NONE, Denomination, denomination_of, only_denomination
from connectors.financials_upload.sheets import Cell

Group = Literal["group", "company"]


class Period(NamedTuple):
    """What a column's heading says: a day or year of its own, or one that follows from the sheet's day.

    Attributes:
        end: last day; None where it follows from the sheet's day.
        back: how many years before the sheet's day; for headings such as 年初余额 and 上期金额.
        opening: True for the balance at the start of the year.
        year_only: True where a year alone is named.
        span: what the heading says of the span of time; None where it does not.
        flow: True for a heading such as 本期金额, which is of a span of time that the sheet states.
        cumulative: True for 本年累计, which is of the year to the sheet's day.
    """

    end: date | None = None
    back: int = 0
    opening: bool = False
    year_only: bool = False
    span: Span | None = None
    flow: bool = False
    cumulative: bool = False


class Heading(NamedTuple):
    """What one cell of a row of headings says; `span` is over how many columns it is merged."""

    kind: Literal["period", "group", "label", "title", "unit", "ignored"]
    period: Period | None = None
    group: Group | None = None
    denomination: Denomination = NONE
    words: str = ""
    span: int = 1


_CURRENT_FLOW = r"(金额|数|发生额|累计数?|实际数?)?"
_RELATIVE: tuple[tuple[str, Period], ...] = (
    (rf"(上年|上年度|上一年度?|去年)(同期)?累计{_CURRENT_FLOW}", Period(back=1, cumulative=True)),
    (r"上年同期(金额|数|发生额)?|去年同期(金额|数|发生额)?|上期(金额|数|发生额)?", Period(back=1, flow=True)),
    (rf"(上年|去年|上年度|上一年度?){_CURRENT_FLOW}|prioryear|previousyear|lastyear", Period(back=1)),
    (
        r"(上年|上期|上年度|上一年度?)(年末|期末|末)?余额|(上年|上期)(年末|期末|末)数?|(年初|期初)(余额|数|金额)?|上年末(余额|数)?",
        Period(back=1, opening=True),
    ),
    (r"(本年|本期)?(期末|年末)(账面)?(余额|数|金额|价值)?|本期末(余额|数)?|currentyear|thisyear", Period()),
    (rf"(本年|本年度|本期)?累计(金额|数|发生额)?|本年累计{_CURRENT_FLOW}", Period(cumulative=True)),
    (rf"(本年|本年度){_CURRENT_FLOW}|实际数?", Period()),
    (r"本期(金额|数|发生额|实际数?)?|currentperiod", Period(flow=True)),
    (rf"0?1月?-12月(份)?累计{_CURRENT_FLOW}|全年(累计)?{_CURRENT_FLOW}", Period(cumulative=True)),
    (r"\d{1,2}月(份)?(金额|数|发生额|实际数?)?", Period(span="part")),
    (r"(jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]*", Period(span="part")),
    (r"(本月|当月|本季度?|当季|上月|单月|当期)(金额|数|发生额|实际数?)?", Period(span="part")),
)
_GROUP_WORDS = r"合并(?:数|报表)?|本集团|集团|consolidated|(?:the )?group"
_COMPANY_WORDS = (
    r"母公司(?:数|报表)?|本公司|公司|单体|个别|(?:the )?(?:parent )?company(?: only)?|parent|standalone|separate"
)
_GROUP = re.compile(
    rf"^({_GROUP_WORDS})(?=$|[\s_:\-]|[\u4e00-\u9fff\d])[\s_:\-]*|[\s_:\-]*({_GROUP_WORDS})$", re.IGNORECASE
)
_COMPANY = re.compile(
    rf"^({_COMPANY_WORDS})(?=$|[\s_:\-]|[\u4e00-\u9fff\d])[\s_:\-]*|[\s_:\-]*({_COMPANY_WORDS})$", re.IGNORECASE
)
_STATE = re.compile(
    r"\b(?:un)?audited\b|\brestated\b|\bactuals?\b|\bas reported\b|\brevised\b|\bfinal\b|未经审计|经审计|已审计?"
    r"|未审计?|审定数?|重述后?|调整后|追溯调整后?",
    re.IGNORECASE,
)
_AROUND_ENGLISH = re.compile(
    r"(?:(?:as|at|of|on|for|the|years?|fiscal|financial|annual|full|twelve|12|52|53|weeks|months|ended|ending|end|to|from"
    r"|period|balance|closing|fye?|ye|date|and)\b|[\s.,:'&-])*",
    re.IGNORECASE,
)
_AROUND_CHINESE = re.compile(
    r"(?:截至|截止|于|止|年度|余额|金额|数|期末|年末|报告期|的|日|累计|本期|本年|为|自|至|账面|价值|发生额|会计|[\s:,.、\-—])*"
)
OTHER_SIDE = re.compile(r"负债(?:和|及|与)?.*权益.*")
MORE_LABEL_HEADS = ("liabilities and equity", "liabilities", "equity and liabilities")


def group_of(text: str) -> Group | Literal["both"] | None:
    """Tell whether a title speaks of a group's accounts, the parent's own, or both side by side."""
    told = plain(text).casefold()
    compact = re.sub(r"\s+", "", told)
    company = bool(
        re.search(r"母公司|单体|个别(?:报表|财务)", compact)
        or re.search(
            r"\b(?:company|parent)[- ]only\b|\bparent company\b|\b(?:un|non-?)consolidated\b|\bstandalone\b", told
        )
    )
    group = bool(
        re.search(r"合并|综合(?:资产负债表|财务状况表|现金流量表|利润表|损益表(?!及))", compact)
        or re.search(
            r"(?<!un)(?<!non-)\bconsolidated (?:balance|income|statements?|financial|profit|cash|accounts|group)\b"
            r"|\bgroup (?:balance sheet|income statement|accounts|statements?|profit)\b",
            told,
        )
    )
    if group and (company or "合并及公司" in compact or re.search(r"\bconsolidated and (?:company|parent)\b", told)):
        return "both"
    return "group" if group else "company" if company else None


def period_of(cell: Cell) -> Period | None:
    """Read a column's heading; None where it is no period.

    Raises:
        ValueError: it looks like a day, and there is no such day.
    """
    heading = heading_of(cell)
    return heading.period if heading is not None else None


def heads_labels(text: str) -> bool:
    """True for a word that stands over labels."""
    name = labels.bare(text)
    return (
        name in labels.LABEL_HEADS
        or name in MORE_LABEL_HEADS
        or (has_chinese(name) and bool(OTHER_SIDE.fullmatch(name) or re.fullmatch(r".*项目|.*科目|补充资料", name)))
    )


@functools.lru_cache(maxsize=8192)
def heading_of(cell: Cell) -> Heading | None:
    """Read one cell of a row of headings; None where it is no heading.

    Raises:
        ValueError: it looks like a day, and there is no such day.
    """
    if cell.kind == "number" and cell.number in YEARS:
        period = Period(end=date(int(cell.number or 0), 12, 31), year_only=True)
        return Heading("period", period, words=cell.text, span=cell.span)
    if cell.kind in ("date", "number"):
        if cell.day is None:
            return None
        return Heading("period", Period(end=checked(cell.day)), words=cell.text, span=cell.span)
    if cell.kind != "text":
        return None
    found = _written(cell.text)
    return None if found is None else found._replace(words=cell.text.strip(), span=cell.span)


def _written(text: str) -> Heading | None:
    told = plain(text)
    if _heads_nothing(told):
        return Heading("ignored")
    denomination = denomination_of(told, beside=True)
    core, asides = _parted(told)
    group, core = _taken_off(core)
    core, unit = _without_unit(_STATE.sub(" ", core).strip())
    if not unit.empty:
        denomination = merged([unit] if denomination.empty else [denomination, unit])
    period = _period(core, asides, told) if len(told) <= 80 else None
    if period is not None and all(_understood(aside) for aside in asides):
        beside = next((whose for aside in asides if (whose := _taken_off(aside)[0])), None)
        return Heading("period", period, group or beside, denomination)
    if group is not None and not core and all(_understood(aside) for aside in asides):
        return Heading("group", group=group, denomination=denomination)
    if heads_labels(told):
        return Heading("label")
    if not (only := only_denomination(told)).empty:
        return Heading("unit", denomination=only)
    return None


def _heads_nothing(told: str) -> bool:
    name = labels.bare(told)
    if name in ("金额", "余额", "amount", "amounts"):
        return True
    return any(name.startswith(word) if word.isascii() else word in name for word in labels.IGNORED_HEADS)


def _parted(told: str) -> tuple[str, list[str]]:
    """The heading without its brackets, and what stands in them."""
    asides = [aside.strip() for aside in re.findall(r"\(([^()]*)\)", told)]
    return re.sub(r"\([^()]*\)", " ", told).strip(), [aside for aside in asides if aside]


def _taken_off(core: str) -> tuple[Group | None, str]:
    for pattern, group in ((_GROUP, "group"), (_COMPANY, "company")):
        found = pattern.search(core)
        if found:
            rest = (core[: found.start()] + core[found.end() :]).strip()
            return ("group" if group == "group" else "company"), rest
    return None, core


def _understood(aside: str) -> bool:
    """True for brackets that leave a heading what it is: a unit, a day, that it was audited, the number of a note."""
    if not denomination_of(aside).empty or span_of(aside) is not None or year_of(aside) is not None:
        return True
    if not _STATE.sub("", aside).strip(" ,、&/") or days_in(aside):
        return True
    group, rest = _taken_off(aside)
    return (group is not None and not rest) or re.fullmatch(r"(?:注|note)?\s?\d{1,2}", aside, re.IGNORECASE) is not None


def _period(core: str, asides: list[str], told: str) -> Period | None:
    span = span_of(told)
    relative = _relative(core)
    found = [day for text in (core, *asides) for day in days_in(text)]
    if len({day.day.year for day in found}) > 1 and span not in ("year", "part", "long"):
        return None
    day = next((day.day for day in found if day.of_sheet), None)
    if relative is not None:
        return _dated(relative, day, asides, span)
    if span in ("forecast", "part", "long"):
        return Period(end=day, span=span)
    if (year := year_of(core)) is not None:
        return Period(end=date(year, 12, 31), year_only=True, span=span)
    in_core = [day for day in days_in(core) if day.of_sheet]
    if len(in_core) != 1 or not _nothing_else(core, in_core[0]):
        return None
    return Period(end=in_core[0].day, span=span, cumulative="累计" in core)


def _dated(relative: Period, day: date | None, asides: list[str], span: Span | None) -> Period:
    """A heading such as 期末余额 with the day that stands in its brackets."""
    year = next((year for aside in asides if (year := year_of(aside))), None)
    end = day or (date(year, 12, 31) if year else None)
    return relative._replace(end=end, year_only=bool(year and not day), span=relative.span or span)


def _relative(core: str) -> Period | None:
    compact = re.sub(r"\s+", "", core.casefold())
    return next((period for pattern, period in _RELATIVE if re.fullmatch(pattern, compact)), None)


def _nothing_else(core: str, day: Found) -> bool:
    rest = f"{core[: day.start]} {core[day.end :]}"
    around = _AROUND_CHINESE if has_chinese(rest) else _AROUND_ENGLISH
    return around.fullmatch(rest) is not None


def _without_unit(core: str) -> tuple[str, Denomination]:
    """Take the unit off a heading such as 2025 £'000."""
    for gap in re.finditer(r"[\s,]+", core):
        unit = only_denomination(core[gap.end() :])
        if gap.start() and not unit.empty:
            return core[: gap.start()], unit
    return core, NONE


def merged(denominations: list[Denomination]) -> Denomination:
    """Put together what several headings of one column say of its amounts."""
    if len(denominations) < 2:
        return denominations[0] if denominations else NONE
    units = dict.fromkeys(unit for one in denominations for unit in one.units)
    codes = dict.fromkeys(code for one in denominations for code in one.currencies)
    return Denomination(tuple(units), tuple(codes), any(one.implied for one in denominations))
