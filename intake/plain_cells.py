"""Amounts and days as people and programs write them into tables; what can be read in two ways is asked about."""

from __future__ import annotations

import functools
import re
import unicodedata
from datetime import date
from decimal import Decimal
from typing import Literal

from admission.errors import Invalid
from admission.model import Text
from admission.money import point_may_part_either
from admission.problems import shortened

DecimalMark = Literal[".", ","]
DayOrder = Literal["ymd", "dmy", "mdy"]

LONGEST = 40
_SHAPES: dict[DecimalMark, re.Pattern[str]] = {
    ".": re.compile(r"(?:\d+|[1-9]\d{0,2}(?:(?:,\d{3})+|(?: \d{3})+|(?:'\d{3})+))(?:\.\d+)?"),
    ",": re.compile(r"(?:\d+|[1-9]\d{0,2}(?:(?:\.\d{3})+|(?: \d{3})+|(?:'\d{3})+))(?:,\d+)?"),
}
_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})|(\d{4})年(\d{1,2})月(\d{1,2})日|(\d{4})(\d{2})(\d{2})")
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})")
_MIDNIGHT = re.compile(r"[ T]0?0:00(?::00(?:\.0+)?)?$")

AN_AMOUNT = Text(en="an amount such as 1250.50, 1,250.50 or -1250", zh="金额，如 1250.50、1,250.50 或 -1250")
A_DAY = Text(en="a day such as 2026-05-31, 2026/5/31 or 20260531", zh="日期，如 2026-05-31、2026/5/31 或 20260531")
WHICH_IS_THE_DAY = Text(
    en="a day that can be read in one way only, such as 2026-05-31; or say in the mapping whether the day or the month "
    "comes first (dates: dmy or mdy)",
    zh="只有一种读法的日期，如 2026-05-31；或在列对照文件中注明日、月的先后（dates: dmy 或 mdy）",
)


def read_amount(written: str, mark: DecimalMark | None = None) -> Decimal:
    """Read an amount, with its sign: -5, (5) and 5- are all minus five.

    Args:
        written: the cell.
        mark: what stands before the decimals in this file; None where nobody has said it. Then only what reads alike
            either way is taken, such as 1250.50 or 1.250,50, and 850.000 is not.

    Raises:
        Invalid: it is no amount, or may be two.
    """
    text = re.sub("[−–—]", "-", unicodedata.normalize("NFKC", written)).strip()
    core, negative = _unsigned(text)
    marks: tuple[DecimalMark, ...] = (mark,) if mark else (".", ",")
    read = {_value(core, each) for each in marks if _SHAPES[each].fullmatch(core)}
    if len(text) > LONGEST or not read:
        raise Invalid(AN_AMOUNT)
    if len(read) > 1:
        raise Invalid(point_may_part_either(core) if "." in core else _comma_may_part_either(core))
    value = read.pop()
    return -value if negative else value


@functools.lru_cache(maxsize=16_384)
def read_day(written: str, order: DayOrder = "ymd") -> date:
    """Read a day, with or without the midnight that programs write behind it.

    Args:
        written: the cell. With the year first and parted by signs, a day is read whatever the order.
        order: in what order the file has year, month and day.

    Raises:
        Invalid: it is no day, or day and month may be either.
    """
    text = _MIDNIGHT.sub("", unicodedata.normalize("NFKC", written).strip())
    first, last = _YEAR_FIRST.fullmatch(text), _YEAR_LAST.fullmatch(text)
    if first is not None and (order == "ymd" or not text.isdecimal()):
        parts = [part for part in first.groups() if part is not None and part.isdecimal()]
        return _day(*parts)
    if last is not None:
        if order == "ymd":
            raise Invalid(WHICH_IS_THE_DAY)
        one, other, year = last[1], last[3], last[4]
        return _day(year, other, one) if order == "dmy" else _day(year, one, other)
    raise Invalid(A_DAY)


def _unsigned(text: str) -> tuple[str, bool]:
    if text.startswith("(") and text.endswith(")"):
        return text[1:-1].strip(), True
    if text.startswith(("-", "+")):
        return text[1:].strip(), text.startswith("-")
    return (text[:-1].strip(), True) if text.endswith("-") else (text, False)


def _value(core: str, mark: DecimalMark) -> Decimal:
    digits = re.sub(r"[ ']", "", core)
    return Decimal(digits.replace(",", "") if mark == "." else digits.replace(".", "").replace(",", "."))


def _comma_may_part_either(amount: str) -> Text:
    whole, _, rest = shortened(amount).partition(",")
    return Text(
        en=f"an amount that can be read in one way only: {amount} may be {whole}{rest} or {whole}.{rest}; say in the "
        "mapping what stands before the decimals (decimal)",
        zh=f"只有一种读法的金额：{amount} 可能是 {whole}{rest}，也可能是 {whole}.{rest}；"
        "请在列对照文件中注明小数点符号（decimal）",
    )


def _day(year: str, month: str, day: str) -> date:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise Invalid(A_DAY) from None
