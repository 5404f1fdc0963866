"""Amounts, days and units as people write them in statements. What is not plainly one of them is never guessed."""

from __future__ import annotations

import calendar
import re
import unicodedata
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal, NamedTuple

from admission.errors import Invalid
from admission.model import Text
from connectors.financials_upload.sheets import Cell

_EMPTY = {"", "-", "--", "---", "/", "n/a", "na", "nil", "不适用", "无"}
MAX_AMOUNT = 10**15
_PLAIN = re.compile(r"\d+(\.\d+)?|\d{1,3}(,\d{3})+(\.\d+)?|\.\d+")
_YEARS = range(1990, 2101)

# Words for units, longest first, with how many whole currency units one of them is.
UNITS: dict[str, Decimal] = {
    "百万元": Decimal(1_000_000),
    "千万元": Decimal(10_000_000),
    "十万元": Decimal(100_000),
    "万元": Decimal(10_000),
    "千元": Decimal(1_000),
    "亿元": Decimal(100_000_000),
    "元": Decimal(1),
}
_ENGLISH_UNITS: tuple[tuple[str, Decimal], ...] = (
    (r"millions?|\bmn?\b|'000,000|000000", Decimal(1_000_000)),
    (r"ten thousands?|10,000", Decimal(10_000)),
    (r"billions?|\bbn\b", Decimal(1_000_000_000)),
    (r"thousands?|'000|\bk\b", Decimal(1_000)),
    (r"(whole|single) units?|in units|\b(dollars?|yuan|euros?|pounds?)\b", Decimal(1)),
)
_CURRENCIES = {
    "人民币": "CNY",
    "rmb": "CNY",
    "yuan": "CNY",
    "美元": "USD",
    "us dollar": "USD",
    "us$": "USD",
    "港币": "HKD",
    "港元": "HKD",
    "hk$": "HKD",
    "欧元": "EUR",
    "euro": "EUR",
    "日元": "JPY",
    "英镑": "GBP",
    "pounds sterling": "GBP",
}
_CODES = ("CNY", "USD", "EUR", "GBP", "HKD", "JPY", "SGD", "AUD", "CAD", "CHF")
_MONTHS = {name.casefold(): number for number, name in enumerate(calendar.month_name) if name}
_MONTHS |= {name.casefold(): number for number, name in enumerate(calendar.month_abbr) if name}
_SIZE, _NAMED = "(?P<size>百万|千万|十万|万|千|亿)?", "(?:美|港|欧|日)?"
# 编制单位 is who prepared the sheet, whose name may well begin with 元.
_UNIT = re.compile(
    rf"(?:(?<!编制)(?<!填报)(?<!报送)(?<!核算)单位[:：]?|金额|人民币|以|[(])(?:金额|:|人民币)*{_SIZE}{_NAMED}元"
    rf"(?=$|[^\u4e00-\u9fff]|列示|表示|为单位|币种|人民币)"
)
_PREPARED = re.compile(
    r"编制日期|编报日期|打印|报送日期|填报日期|填表日期|审计报告日|prepared on|printed", re.IGNORECASE
)


class NotAnAmount(Invalid):
    """A cell that holds something else than an amount."""


_NO_PERCENTAGE = Text(en="an amount, not a percentage", zh="金额，而非百分比")


class Period(NamedTuple):
    """What a column's heading says: a day or year of its own, or one that follows from the sheet's day.

    Attributes:
        end: last day; None where it follows from the sheet's day.
        back: how many years before the sheet's day; for headings such as 年初余额 and 上期金额.
        opening: True for the balance at the start of the year.
        whole_year: False for a month's or another short period's column.
    """

    end: date | None = None
    back: int = 0
    opening: bool = False
    whole_year: bool = True
    year_only: bool = False


_RELATIVE: tuple[tuple[str, Period], ...] = (
    (
        r"上年同期(累计)?(金额|数|发生额)?|上年(累计)?(金额|数|发生额)|上期(金额|数|发生额)|去年同期(数|金额)?",
        Period(back=1),
    ),
    (r"(上年|上期)(年末|期末)?(余额|数)|年初(余额|数|金额)|期初(余额|数|金额)", Period(back=1, opening=True)),
    (r"期末(余额|数|金额)|年末(余额|数|金额)|本年年末(余额|数)", Period()),
    (r"本年(累计)?(金额|数|发生额)|本年累计|本期累计(金额|数)?|本期(金额|数|发生额)", Period()),
    (r"本月(金额|数|发生额)?|本季(度)?(金额|数)?|上月(金额|数)", Period(whole_year=False)),
)


def plain(text: str) -> str:
    """One width for all characters."""
    return unicodedata.normalize("NFKC", text).strip()


def amount_of(cell: Cell) -> Decimal | None:
    """Read an amount; None for an empty cell or a dash, which say nothing.

    Raises:
        NotAnAmount: a formula error, percent, day or text, thousands in odd groups, or more than any company has.
    """
    amount = _amount_of(cell)
    if amount is not None and abs(amount) > MAX_AMOUNT:
        raise NotAnAmount(Text(en=f"an amount, at most {MAX_AMOUNT:,}", zh=f"金额，不超过 {MAX_AMOUNT:,}"))
    return amount


def _amount_of(cell: Cell) -> Decimal | None:
    if cell.kind == "blank":
        return None
    if cell.kind == "number" and cell.number is not None:
        return cell.number
    if cell.kind == "error":
        found = cell.text[:20]
        raise NotAnAmount(Text(en=f"an amount, not the formula error {found}", zh=f"金额，而非公式错误 {found}"))
    if cell.kind == "uncomputed":
        raise NotAnAmount(
            Text(
                en="an amount: the formula was never computed; open the file in a spreadsheet and save it",
                zh="金额：公式尚未计算，请用电子表格软件打开文件并保存",
            )
        )
    if cell.kind == "percent":
        raise NotAnAmount(_NO_PERCENTAGE)
    if cell.kind == "date":
        raise NotAnAmount(Text(en="an amount, not a day", zh="金额，而非日期"))
    return _written_amount(cell.text)


def _written_amount(text: str) -> Decimal | None:
    written = re.sub(r"[−－–—]", "-", plain(text))
    written = re.sub(r"\s", "", written)
    if written.casefold() in _EMPTY:
        return None
    if written.endswith("%"):
        raise NotAnAmount(_NO_PERCENTAGE)
    negative = False
    if written.startswith("(") and written.endswith(")"):
        negative, written = True, written[1:-1]
    elif written.startswith("-"):
        negative, written = True, written[1:]
    elif written.endswith("-"):
        negative, written = True, written[:-1]
    elif written.startswith("+"):
        written = written[1:]
    if not _PLAIN.fullmatch(written) or len(written) > 40:
        raise NotAnAmount(
            Text(
                en=f"an amount such as 1,234.56, -1234 or (1,234), not {text[:30]!r}",
                zh=f"金额，例如 1,234.56、-1234 或 (1,234)，而非“{text[:30]}”",
            )
        )
    value = Decimal(written.replace(",", ""))
    return -value if negative else value


def unit_of(text: str) -> tuple[str, Decimal] | None:
    """Find the unit that a heading line or a bracket states, such as 单位：万元 or RMB'000."""
    told = plain(text)
    compact = re.sub(r"\s+", "", told)
    found = _UNIT.search(compact) or re.fullmatch(rf"{_SIZE}{_NAMED}元", compact)
    if found:
        size = found["size"]
        word = f"{size or ''}元"
        return word, UNITS[word]
    if not re.search(r"\b(in|unit|units|amounts?|rmb|cny|usd|eur|gbp|hkd|us\$)\b|'000|\$", told, re.IGNORECASE):
        return None
    for pattern, factor in _ENGLISH_UNITS:
        matched = re.search(pattern, told, re.IGNORECASE)
        if matched:
            return matched[0].strip(), factor
    alone = re.search(rf"\bunits?\s*:\s*({'|'.join(_CODES)})\b", told, re.IGNORECASE)
    return (alone[1], Decimal(1)) if alone else None


def stated_unit(word: str) -> tuple[str, Decimal] | None:
    """Read the unit that a person states with a file: 万元, thousand, 1000."""
    if re.fullmatch(r"1(0{3,8})?", word.strip()):
        return word.strip(), Decimal(word.strip())
    return unit_of(word) or unit_of(f"in {word}")


def currency_of(text: str) -> str | None:
    """Find the currency that a heading line states."""
    told = plain(text).casefold()
    for word, code in _CURRENCIES.items():
        if word in told:
            return code
    coded = re.search(rf"\b({'|'.join(_CODES)})", plain(text))
    return coded[1] if coded else None


def day_of(text: str) -> date | None:
    """Read a whole day anywhere in a text; not the day on which a sheet was prepared.

    Raises:
        ValueError: it looks like a day, and there is no such day from 1990 to 2100.
    """
    day = _any_day(text)
    if day is not None and day.year not in _YEARS:
        raise ValueError("a day from 1990 to 2100")
    return day


def _any_day(text: str) -> date | None:
    told = plain(text)
    if _PREPARED.search(told):
        return None
    compact = re.sub(r"\s+", "", told)
    found = re.search(r"(\d{4})年(\d{1,2})月(\d{1,2})日", compact) or re.search(
        r"(?<!\d)(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?!\d)", compact
    )
    if found:
        numbers = [int(part) for part in found.groups() if part.isdigit()]
        return date(*numbers)
    ranged = re.search(r"(\d{4})年(?:0?1月?)(?:[-–—~至到])(\d{1,2})月", compact)
    if ranged:
        return month_end(int(ranged[1]), int(ranged[2]))
    english = re.search(r"(\d{1,2})(?:st|nd|rd|th)?\s+([A-Za-z]{3,9})\.?,?\s+(\d{4})", told)
    if english and english[2].casefold() in _MONTHS:
        return date(int(english[3]), _MONTHS[english[2].casefold()], int(english[1]))
    american = re.search(r"([A-Za-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})", told)
    if american and american[1].casefold() in _MONTHS:
        return date(int(american[3]), _MONTHS[american[1].casefold()], int(american[2]))
    month = re.search(r"(\d{4})年(\d{1,2})月(?!\d)", compact)
    return month_end(int(month[1]), int(month[2])) if month else None


def year_of(text: str) -> int | None:
    """Read a year that stands for itself: 2025, 2025年, 2025年度, FY2025."""
    found = re.fullmatch(
        r"(?:fy\s?)?(\d{4})(?:年度?|年末)?(?:审定数|金额|数)?", plain(text).casefold().replace(" ", "")
    )
    return int(found[1]) if found and int(found[1]) in _YEARS else None


def fiscal_year_of(text: str) -> int | None:
    """Read a year named in a heading line above a table: 2025年度, 报表期间：2025年."""
    if _PREPARED.search(plain(text)):
        return None
    found = re.search(r"(?<!\d)(\d{4})年(?:度|(?!\d{1,2}月))", re.sub(r"\s+", "", plain(text)))
    return int(found[1]) if found and int(found[1]) in _YEARS else None


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


def period_of(cell: Cell) -> Period | None:
    """Read a column's heading; None where it is no period.

    Raises:
        ValueError: it looks like a day, and there is no such day.
    """
    if cell.kind == "number" and cell.number in _YEARS:
        return Period(end=date(int(cell.number or 0), 12, 31), year_only=True)
    if cell.kind in ("date", "number"):
        return Period(end=cell.day) if cell.day is not None else None
    return _written_period(cell.text) if cell.kind == "text" else None


def _written_period(text: str) -> Period | None:
    told = re.sub(r"\s+", "", re.sub(r"\([^()]*\)", "", plain(text)))
    for pattern, period in _RELATIVE:
        if re.fullmatch(pattern, told):
            return period
    if (year := year_of(told)) is not None:
        return Period(end=date(year, 12, 31), year_only=True)
    if len(told) > 40:
        return None
    day = day_of(text)
    return Period(end=day) if day is not None else None


Group = Literal["group", "company", "both"]


def group_of(text: str) -> Group | None:
    """Tell whether a title speaks of a group's accounts, the parent's own, or both side by side."""
    told = plain(text).casefold()
    group, company = "合并" in told or "consolidated" in told, "母公司" in told or "company only" in told
    if group and (company or "合并及公司" in told):
        return "both"
    return "group" if group else "company" if company else None
