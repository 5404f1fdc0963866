"""Figures that a file leaves open: what was not understood in it may be part of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from admission.model import Text
from connectors.financials_upload import known_lines, labels
from connectors.financials_upload.labels import AFTER_FINANCE_COST
from connectors.financials_upload.lines import Reading

_LONGEST_SUM = 60
INTANGIBLES = ("goodwill", "intangible_assets")


def doubt_of_intangibles(readings: Sequence[Reading], day: date) -> Text | None:
    """Tell why it is not known what goodwill and intangible assets there are on a day; None where that is known.

    Equity less intangibles looks better without them, so they are only taken for none where the sheet has no line of
    them, or where the other assets that are not current add up to their total.

    Args:
        readings: all lines of one set of accounts.
        day: the balance sheet's.
    """
    balance = [item for item in readings if item.kind in ("balance", None)]
    strange = [item for item in balance if item.field is None and _is_strange(item) and day in item.values]
    for item in strange:
        if known_lines.speaks_of_intangibles(item.label):
            return _not_understood(item)
    lines = [item for item in balance if item.field in INTANGIBLES]
    empty = [item for item in lines if day in item.blanks and day not in item.values]
    odd = [item for item in strange if known_lines.may_be_anything(item.label) and not _is_subtotal(item, balance, day)]
    if not (empty or odd):
        return None
    missing = _unexplained(balance, day, detailed=bool(lines))
    if missing is not None and missing == 0:
        return None
    if odd:
        return _not_understood(odd[0])
    others = any(item.values for item in empty) or any(not item.values and len(item.blanks) == 1 for item in empty)
    if others or missing is not None:
        label = empty[0].label
        return Text(
            en=f"{label} has no amount for {day}, and the other assets do not add up to the total",
            zh=f"{day} “{label}”无金额，且其他资产合计与总数不符",
        )
    return None


def doubt_of_interest(readings: Sequence[Reading], day: date, *, stated: bool) -> Text | None:
    """Tell why it is not known what interest was paid; None where that is known.

    Args:
        readings: all lines of one set of accounts.
        day: the last of the year.
        stated: True where interest itself is stated, and not the whole of finance cost in its place.
    """
    if stated:
        return None
    income = [item for item in readings if item.kind in ("income", None) and item.field is None and day in item.values]
    for item in income:
        unreadable = item.kind is not None and not item.label
        if _is_strange(item) and (unreadable or known_lines.speaks_of_interest(item.label)):
            return _not_understood(item)
    return None


def doubt_of_fallback(readings: Sequence[Reading], chosen: Reading, day: date) -> Text | None:
    """Tell why a line may not stand in for a better one that is there without an amount; None where it may."""
    for item in readings:
        better = item.rank < chosen.rank and day in item.blanks and day not in item.values
        opposite = labels.sign_of(chosen.label) == "loss" or labels.sign_of(item.label) == "loss"
        if better and not opposite and (item.values or len(item.blanks) == 1):
            return Text(en=f"{item.label} has no amount for {day}", zh=f"{day} “{item.label}”无金额")
    return None


def _is_strange(reading: Reading) -> bool:
    """True for a line that is not understood."""
    label = reading.label
    return label not in known_lines.UNUSED and label not in labels.VAGUE and not labels.elsewhere(label)


def _not_understood(reading: Reading) -> Text:
    row = reading.place.row
    if not reading.label:
        return Text(en=f"row {row} has amounts and no label", zh=f"第 {row} 行有金额而无项目名称")
    return Text(
        en=f"it is not understood what {reading.label[:60]!r} (row {row}) is",
        zh=f"第 {row} 行“{reading.label[:60]}”无法识别",
    )


def _is_subtotal(reading: Reading, balance: Sequence[Reading], day: date) -> bool:
    """True for a line without a label that is the sum of those right above it, as English balance sheets have them."""
    if reading.label:
        return False
    total = Decimal(0)
    before = [item for item in balance if item.line < reading.line and item.place.sheet == reading.place.sheet]
    for item in reversed(before[-_LONGEST_SUM:]):
        total += item.values.get(day, Decimal(0))
        if total == reading.values[day]:
            return True
    return False


def _unexplained(balance: Sequence[Reading], day: date, *, detailed: bool) -> Decimal | None:
    """How much of the assets that are not current is on no line that is understood; None where nothing tells.

    Args:
        balance: lines of the balance sheet.
        day: its day.
        detailed: True where it is known that the sheet goes into details, though it has no other of these assets.
    """
    total = _one(balance, known_lines.TOTAL_NON_CURRENT, day)
    if total is None:
        whole, current = _field(balance, "total_assets", day), _field(balance, "current_assets", day)
        total = whole - current if whole is not None and current is not None else None
    if total is None:
        return None
    net = any(_one(balance, {name}, day) is not None for name in known_lines.NET_FIXED_ASSETS)
    counted, lines = Decimal(0), 0
    for item in balance:
        known = item.label in known_lines.NON_CURRENT and not (net and item.label == "固定资产")
        if (known or item.field in INTANGIBLES) and day in item.values:
            counted, lines = counted + item.values[day], lines + 1
    if lines == 0 and not detailed:
        return None
    factor = max(item.factor for item in balance)
    # Each line may be rounded by half a unit of its table.
    return Decimal(0) if abs(total - counted) <= factor * Decimal("0.5") else total - counted


def _one(balance: Sequence[Reading], names: frozenset[str] | set[str], day: date) -> Decimal | None:
    return next((item.values[day] for item in balance if item.label in names and day in item.values), None)


def _field(balance: Sequence[Reading], name: str, day: date) -> Decimal | None:
    return next((item.values[day] for item in balance if item.field == name and day in item.values), None)


def figure_of(field: str) -> str:
    """Return the figure that a field of a sheet gives."""
    return "operating_profit" if field == AFTER_FINANCE_COST else field
