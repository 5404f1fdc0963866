"""The lines of a table: for which field each is taken, and its amounts by day."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from admission.evidence.uploads import UploadedLine
from admission.model import Text
from connectors.financials_upload import known_lines, labels, wanted
from connectors.financials_upload.amounts import (
    Amount,
    DoubtfulPoint,
    Mark,
    NotAnAmount,
    is_amount,
    read_amount,
    says_nothing,
)
from connectors.financials_upload.blocks import Column
from connectors.financials_upload.characters import plain
from connectors.financials_upload.context import Context
from connectors.financials_upload.denominations import denomination_of
from connectors.financials_upload.sheets import Cell
from connectors.financials_upload.tables import Place, Row, Table

Want = Callable[[Place, Text], None]
# A cut amount is smaller than it was: of these that looks better than it is.
_LESS_IS_BETTER = frozenset(
    {
        *("total_liabilities", "current_liabilities", "inventory", "interest_expense", "goodwill"),
        *("intangible_assets", "receivables", "payables", "cost_of_sales"),
    }
)
_AGAINST = Text(en="its label and the signs of its amounts contradict each other", zh="项目名称与各年金额的正负号矛盾")
_OWN_UNIT = Text(en="its own unit or currency is not that of the table", zh="该行单位或币种与表头不符")


class Reading(NamedTuple):
    """The amounts of one line, by day, of the group or the parent company.

    Attributes:
        line: its place among the lines of the preview.
        field: of `FinancialStatement`; None where the line is not understood, or no field takes it.
        rank: how good its label is for the field; 0 is the best.
        label: in its plain form; empty where it has none.
        blanks: days for which the line stands there without an amount.
        doubts: days for which its amount is left open, with the reason.
        place: where it stands.
        factor: whole currency units in one unit of its table.
    """

    line: int
    field: str | None
    rank: int
    label: str
    values: Mapping[date, Decimal]
    currency: str
    consolidated: bool | None
    kind: labels.StatementKind | None
    chinese: bool
    blanks: frozenset[date]
    doubts: Mapping[date, Text]
    place: Place
    factor: Decimal


@dataclass
class Lines:
    """What was read of all tables; `point_asked` where it was asked what the points in amounts part."""

    lines: list[UploadedLine] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)
    point_asked: bool = False


@dataclass
class _Amounts:
    """The amounts of one line of the group, of the parent company, or of the one whose accounts they are."""

    values: dict[date, Decimal] = field(default_factory=dict)
    blanks: set[date] = field(default_factory=set)
    doubts: dict[date, Text] = field(default_factory=dict)


class LineReader:
    """Reads the lines of one table.

    Args:
        table: the table.
        context: what holds for it.
        days: of each column that is read, by its place.
        mark: what stands before decimals in the file; None where nobody can tell.
        want: told of what must be mended.
    """

    def __init__(
        self, table: Table, context: Context, days: Mapping[int, date], mark: Mark | None, want: Want, *, cut: bool
    ) -> None:
        self._table, self._context, self._days = table, context, days
        self._mark, self._want = mark, want
        self._last = table.body[-1] if cut and table.body else None
        self._factor = context.unit[1] if context.unit else Decimal(1)

    def read(self, into: Lines) -> None:
        """Read all lines."""
        places = list(dict.fromkeys(column.label for column in self._table.columns))
        for row in self._table.body:
            for place in places:
                self._read_line(row, place, into)

    def _read_line(self, row: Row, place: int, into: Lines) -> None:
        label = row.at(place)
        columns = [column for column in self._table.columns if column.label == place and column.place in self._days]
        if label.kind != "text":
            label = Cell("text", text="")
            if not any(is_amount(row.at(column.place)) for column in columns):
                return
        name = labels.bare(label.text)
        found = labels.match(name, self._context.kind)
        line = UploadedLine(
            sheet=self._table.sheet,
            row=row.number,
            label=label.text.strip(),
            understood="not_used",
            factor=self._factor,
        )
        marks = list(dict.fromkeys(column.group for column in columns)) or [None]
        for mark in marks:
            of_mark = [column for column in columns if column.group == mark]
            if found is None:
                self._note_unused(row, of_mark, line, name, into)
            else:
                self._note_used(row, of_mark, line, name, found, into)

    def _note_unused(self, row: Row, columns: list[Column], line: UploadedLine, name: str, into: Lines) -> None:
        cells = [row.at(column.place) for column in columns]
        line = line.model_copy(update=_explain_unused(name, cells))
        into.lines.append(line)
        amounts = _Amounts()
        for column in columns:
            try:
                amount = read_amount(row.at(column.place), self._mark or ".")
            except NotAnAmount:
                continue
            if amount is not None:
                amounts.values[self._days[column.place]] = amount.value * self._factor
        into.readings.append(self._reading(len(into.lines) - 1, None, 0, name, columns, amounts, row))

    def _note_used(
        self, row: Row, columns: list[Column], line: UploadedLine, name: str, found: labels.Match, into: Lines
    ) -> None:
        amounts = _Amounts()
        told = denomination_of(line.label, beside=True) if "(" in plain(line.label) else None
        own_unit = told is not None and (
            any(factor != self._factor for _, factor in told.units)
            or any(code != self._context.currency for code in told.currencies)
        )
        for column in columns:
            self._read_value(row, column, found.field, amounts, into)
        if not own_unit and self._signs_contradict(line.label, amounts):
            own_unit, why = True, _AGAINST
        else:
            why = _OWN_UNIT
        if own_unit:
            amounts.doubts |= dict.fromkeys(amounts.values, why)
            amounts.values = {}
        update: dict[str, Any] = {"field": found.field, "alias": name, "values": amounts.values}
        if amounts.values:
            update |= {"understood": "used", "note": self._whose(columns)}
        elif amounts.doubts:
            update |= {"understood": "ambiguous", "note": next(iter(amounts.doubts.values()))}
        else:
            update["note"] = Text(en="no amount", zh="无金额")
        into.lines.append(line.model_copy(update=update))
        into.readings.append(self._reading(len(into.lines) - 1, found.field, found.rank, name, columns, amounts, row))

    def _reading(
        self, line: int, name: str | None, rank: int, label: str, columns: list[Column], amounts: _Amounts, row: Row
    ) -> Reading:
        group = columns[0].group if columns else None
        return Reading(
            line=line,
            field=name,
            rank=rank,
            label=label,
            values=amounts.values,
            currency=self._context.currency or "",
            consolidated=self._context.consolidated if group is None else group == "group",
            kind=self._context.kind,
            chinese=self._context.chinese,
            blanks=frozenset(amounts.blanks),
            doubts=amounts.doubts,
            place=Place(self._table.sheet, row.number),
            factor=self._factor,
        )

    def _whose(self, columns: list[Column]) -> Text | None:
        group = columns[0].group if columns else None
        if group is None:
            return None
        return (
            Text(en="the group's", zh="合并数") if group == "group" else Text(en="the parent company's", zh="母公司数")
        )

    def _read_value(self, row: Row, column: Column, name: str, amounts: _Amounts, into: Lines) -> None:
        end, cell, where = self._days[column.place], row.at(column.place), Place(self._table.sheet, row.number)
        try:
            amount = read_amount(cell, self._mark)
        except DoubtfulPoint as error:
            # It is so throughout the file; asked once, it is enough.
            if not into.point_asked:
                self._want(where, error.expected)
            into.point_asked = True
            return
        except NotAnAmount as error:
            self._want(where, error.expected)
            return
        if amount is None:
            amounts.blanks.add(end)
            return
        factor = self._factor_of(amount, where)
        if factor is None:
            return
        value = amount.value * factor
        if cell.merged:
            self._want(where, wanted.UNMERGED)
        elif cell.hidden:
            self._want(where, wanted.UNHIDDEN)
        elif amounts.values.get(end, value) != value:
            self._want(where, wanted.one_amount(end))
        elif self._may_be_cut(row, column, name, value):
            amounts.doubts[end] = wanted.CUT
        else:
            amounts.values[end] = value

    def _factor_of(self, amount: Amount, where: Place) -> Decimal | None:
        """How many whole currency units one of the amount is; None where it contradicts its table."""
        currency = self._context.currency
        if amount.currencies and currency is not None and currency not in amount.currencies:
            self._want(
                where,
                wanted.one_currency([currency, *(sorted(amount.currencies) if len(amount.currencies) < 3 else ["$"])]),
            )
            return None
        if amount.unit is None:
            return self._factor
        if self._factor not in (Decimal(1), amount.unit):
            self._want(where, wanted.one_unit([f"{self._factor:,f}", f"{amount.unit:,f}"]))
            return None
        return amount.unit

    def _may_be_cut(self, row: Row, column: Column, name: str, value: Decimal) -> bool:
        """True for the last amount of a file that ends within a line, where less of it would look better."""
        if row is not self._last or row.last != column.place:
            return False
        places = [one.place for one in self._table.columns]
        if column.place < max(places):
            return True
        newest = max(self._days.values()) == self._days[column.place]
        return value < 0 or name in _LESS_IS_BETTER or (name == "revenue" and not newest)

    def _signs_contradict(self, label: str, amounts: _Amounts) -> bool:
        """Turn the amounts of a loss that is written without a sign; True where some years have one and some not."""
        sign = labels.sign_of(label)
        if sign == "as_written":
            return False
        signs = {value > 0 for value in amounts.values.values() if value}
        if sign == "loss" and len(signs) > 1:
            return True
        if sign == "reversed" or True in signs:
            amounts.values = {day: -value for day, value in amounts.values.items()}
        return False


def unheaded(table: Table) -> bool:
    """True where a line that is used has an amount in a column without a heading.

    Numbers of lines and notes may stand before the first column of amounts without one.
    """
    stray: dict[int, list[Cell]] = {}
    first = min((column.place for column in table.columns), default=0)
    for row in table.body:
        label = row.at(min(column.label for column in table.columns))
        if label.kind == "text" and labels.match(labels.bare(label.text), None) is not None:
            for place, cell in enumerate(row.cells):
                if place not in table.block.headed and cell is not label and is_amount(cell):
                    stray.setdefault(place, []).append(cell)
    return any(place > first or not all(map(_is_ordinal, cells)) for place, cells in stray.items() if place > 0)


def _is_ordinal(cell: Cell) -> bool:
    amount = read_amount(cell)
    return amount is not None and amount.value == amount.value.to_integral_value() and 0 <= amount.value < 1000


def _explain_unused(name: str, cells: list[Cell]) -> dict[str, object]:
    if name in labels.VAGUE:
        note = Text(en="it does not say of what it is the total", zh="未说明是何项合计")
        return {"understood": "ambiguous", "note": note}
    if name in known_lines.UNUSED or labels.elsewhere(name):
        return {"understood": "not_used"}
    if all(says_nothing(cell) for cell in cells):
        return {"understood": "not_used", "note": Text(en="a line without amounts", zh="无金额行")}
    if not name:
        return {"understood": "not_understood", "note": Text(en="a line without a label", zh="无项目名称的行")}
    return {"understood": "not_understood"}
