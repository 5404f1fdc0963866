"""Amounts as people write them in statements. What is not plainly an amount is never guessed."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Literal, NamedTuple

from admission.errors import Invalid
from admission.model import Text
from admission.money import DOUBTFUL_POINT, point_may_part_either
from connectors.financials_upload.characters import plain
from connectors.financials_upload.sheets import Cell

MAX_AMOUNT = 10**15
_EMPTY = {"", "-", "--", "---", "/", "n/a", "na", "nil", "不适用", "无"}
_LONGEST = 40

Mark = Literal[".", ","]
"""What stands before the decimals."""

_POINT = re.compile(r"\d+(\.\d+)?|\.\d+|\d{1,3}(,\d{3})+(\.\d+)?|\d{1,3}([ ']\d{3})+(\.\d+)?")
_COMMA = re.compile(r"\d+(,\d+)?|\d{1,3}(\.\d{3})+(,\d+)?|\d{1,3}([ ']\d{3})+(,\d+)?")
_COMMA_GROUP = re.compile(r"\d{1,3},\d{3}")
_MAY_BE = re.compile(r"[^\w.]*(?:[A-Za-z]{2,3}|人民币)?[^\w.]*[\d.]")
# Several groups, or a group and decimals: the one way of writing amounts, and the other.
_GROUPED_BY_COMMA = re.compile(r"\d{1,3}(,\d{3}){2,}(\.\d+)?|\d{1,3}(,\d{3})+\.\d+")
_GROUPED_BY_POINT = re.compile(r"\d{1,3}(\.\d{3}){2,}(,\d+)?|\d{1,3}(\.\d{3})+,\d+")
# Too many digits before it, or nothing but a nought, for the point to part thousands.
_DECIMAL_POINT = re.compile(r"\d{4,}\.\d+|0?\.\d+|\d{1,3}([ ']\d{3})+\.\d+")
_SHORT_POINT = re.compile(r"\d{1,3}\.(\d{1,2}|\d{4,})")
_DECIMAL_COMMA = re.compile(r"\d+,\d{1,2}|\d{1,3}([ ']\d{3})+,\d+")
# Which currencies a sign may stand for.
_SIGNS: dict[str, frozenset[str]] = {
    "¥": frozenset({"CNY", "JPY"}),
    "€": frozenset({"EUR"}),
    "£": frozenset({"GBP"}),
    "us$": frozenset({"USD"}),
    "hk$": frozenset({"HKD"}),
    "$": frozenset({"USD", "HKD", "SGD", "AUD", "CAD", "NZD", "TWD", "MOP", "MXN"}),
    "rmb": frozenset({"CNY"}),
    "人民币": frozenset({"CNY"}),
    **{code.casefold(): frozenset({code}) for code in ("CNY", "USD", "EUR", "GBP", "HKD", "JPY")},
}
_SIZES = {"百万": 1_000_000, "千万": 10_000_000, "亿": 100_000_000, "万": 10_000, "千": 1_000}
_BEFORE = re.compile("|".join(re.escape(sign) for sign in sorted(_SIGNS, key=len, reverse=True)), re.IGNORECASE)
_AFTER = re.compile(
    rf"(?P<size>{'|'.join(_SIZES)})?(?P<unit>元)?(?P<sign>€|£|\$|eur|usd|gbp|cny|rmb|hkd|jpy)?", re.IGNORECASE
)


class NotAnAmount(Invalid):
    """A cell that holds something else than an amount."""


class DoubtfulPoint(NotAnAmount):
    """An amount such as 850.000 in a file that does not tell whether points part thousands or decimals."""


class Amount(NamedTuple):
    """What a cell says.

    Attributes:
        unit: whole currency units in one, where the cell says so itself, such as 490万; None where it does not.
        currencies: of which one the amount is, where the cell has a sign; None where it has none.
    """

    value: Decimal
    unit: Decimal | None = None
    currencies: frozenset[str] | None = None


_NO_PERCENTAGE = Text(en="an amount, not a percentage", zh="金额，而非百分比")


def read_amount(cell: Cell, mark: Mark | None = ".") -> Amount | None:
    """Read an amount; None for an empty cell or a dash, which say nothing.

    Args:
        cell: of a sheet.
        mark: what stands before decimals in this file; None where nothing in it tells.

    Raises:
        NotAnAmount: a formula error, percent, day or text, thousands in odd groups, a point of which nobody can tell
            whether it parts thousands or decimals, or more than any company has.
    """
    amount = _amount_of(cell, mark)
    if amount is not None and abs(amount.value) > MAX_AMOUNT:
        raise NotAnAmount(Text(en=f"an amount, at most {MAX_AMOUNT:,}", zh=f"金额，不超过 {MAX_AMOUNT:,}"))
    return amount


@functools.lru_cache(maxsize=8192)
def is_amount(cell: Cell) -> bool:
    """True for a number, or for text that is an amount."""
    if cell.kind != "text":
        return cell.kind == "number"
    if not _MAY_BE.match(cell.text):
        return False
    written = _normal(cell.text)
    core = _parts(written).core
    return len(written) <= _LONGEST and bool(core) and bool(_POINT.fullmatch(core) or _COMMA.fullmatch(core))


def says_nothing(cell: Cell) -> bool:
    """True for an empty cell or a dash."""
    return cell.kind == "blank" or (cell.kind == "text" and _normal(cell.text).casefold() in _EMPTY)


def decimal_mark(cells: Iterable[Cell]) -> Mark | None:
    """Tell what stands before the decimals in a file; None where its points may part thousands or decimals.

    Raises:
        NotAnAmount: some amounts can only be read the one way, and some only the other.
    """
    written = [_core(cell.text) for cell in cells if cell.kind == "text" and re.search(r"\d[.,' ]?\d", cell.text)]

    def count(shape: re.Pattern[str]) -> int:
        return sum(shape.fullmatch(text) is not None for text in written)

    either = count(DOUBTFUL_POINT)
    # One amount may have lost a digit; it does not tell how the others are written.
    points = count(_GROUPED_BY_COMMA) or count(_DECIMAL_POINT) or count(_SHORT_POINT) > (1 if either else 0)
    commas = count(_GROUPED_BY_POINT) or count(_DECIMAL_COMMA)
    grouped = count(_COMMA_GROUP) and not count(_GROUPED_BY_POINT)
    if commas and (points or grouped):
        raise NotAnAmount(
            Text(
                en="decimals that are all set off in one way, with a point (1,234.56) or with a comma (1.234,56)",
                zh="小数统一使用一种写法：小数点（1,234.56）或逗号（1.234,56）",
            )
        )
    if commas:
        return ","
    return None if either and not points else "."


def _amount_of(cell: Cell, mark: Mark | None) -> Amount | None:
    if cell.kind == "blank":
        return None
    if cell.kind == "number" and cell.number is not None:
        return Amount(cell.number)
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
    return _written_amount(cell.text, mark)


class _Parts(NamedTuple):
    negative: bool
    core: str
    unit: Decimal | None
    currencies: frozenset[str] | None


def _written_amount(text: str, mark: Mark | None) -> Amount | None:
    written = _normal(text)
    if written.casefold() in _EMPTY:
        return None
    if written.endswith("%"):
        raise NotAnAmount(_NO_PERCENTAGE)
    parts = _parts(written)
    if mark is None and DOUBTFUL_POINT.fullmatch(parts.core):
        raise DoubtfulPoint(point_may_part_either(parts.core))
    shape = _COMMA if mark == "," else _POINT
    if len(written) > _LONGEST or not shape.fullmatch(parts.core):
        raise NotAnAmount(
            Text(
                en=f"an amount such as 1,234.56, -1234 or (1,234), not {text[:30]!r}",
                zh=f"金额，例如 1,234.56、-1234 或 (1,234)，而非“{text[:30]}”",
            )
        )
    digits = re.sub(r"[ ']", "", parts.core)
    digits = digits.replace(".", "").replace(",", ".") if mark == "," else digits.replace(",", "")
    value = Decimal(digits)
    return Amount(-value if parts.negative else value, parts.unit, parts.currencies)


def _normal(text: str) -> str:
    written = re.sub(r"[−－–—]", "-", plain(text))
    return re.sub(r"\s+", " ", re.sub(r"[’‘`´]", "'", written))


def _core(text: str) -> str:
    return _parts(_normal(text)).core


def _parts(written: str) -> _Parts:
    """Take sign, currency and unit off an amount. A triangle before an amount is a minus, as accountants write it."""
    negative = False
    signs: list[frozenset[str]] = []
    for _ in range(3):
        written = written.strip()
        if written.startswith("(") and written.endswith(")"):
            negative, written = True, written[1:-1]
        elif written[:1] in ("-", "△", "▲"):
            negative, written = True, written[1:]
        elif written.startswith("+"):
            written = written[1:]
        elif sign := _BEFORE.match(written):
            signs.append(_SIGNS[sign[0].casefold()])
            written = written[sign.end() :]
    core = re.match(r"[\d.,' ]*", written)
    digits, rest = (core[0].strip(), written[core.end() :].strip()) if core else ("", written)
    if rest == "-" and not negative:
        return _Parts(True, digits, None, signs[0] if signs else None)
    after = _AFTER.fullmatch(rest)
    if after is None:
        return _Parts(negative, written, None, None)
    if after["sign"]:
        signs.append(_SIGNS[after["sign"].casefold()])
    size, unit = after["size"], after["unit"]
    told = Decimal(_SIZES.get(size or "", 1)) if size or unit else None
    return _Parts(negative, digits, told, signs[0] if signs else None)
