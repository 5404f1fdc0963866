"""From grids to statements: which tables there are, what holds for each, and what was made of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from admission.evidence.facts import FLOWS, FinancialStatement
from admission.evidence.uploads import Preview, PreviewProblem, StatedWithFile
from admission.model import Text
from connectors.financials_upload import groups, labels, periods, scale, wanted
from connectors.financials_upload.amounts import Mark, NotAnAmount, decimal_mark
from connectors.financials_upload.assembling import assemble
from connectors.financials_upload.blocks import Column
from connectors.financials_upload.context import Context, SheetContexts, file_day
from connectors.financials_upload.days import YEARS
from connectors.financials_upload.denominations import factor_of
from connectors.financials_upload.lines import LineReader, Lines, unheaded
from connectors.financials_upload.sheets import Cell, Grid
from connectors.financials_upload.tables import Parts, Place, Row, Table, amounts_of, parts_of

# The figures by which a table that is not understood is seen to be a statement.
_HEADLINES = frozenset({"total_assets", "total_liabilities", "equity", "revenue", "net_income"})


class _Ready(NamedTuple):
    """A table with what holds for it and the day of each column that is read, by place."""

    table: Table
    context: Context
    days: dict[int, date]


@dataclass
class _Reader:
    """Reads all sheets of one file."""

    stated: StatedWithFile
    lines: Lines = field(default_factory=Lines)
    remarks: list[Text] = field(default_factory=list)
    problems: list[PreviewProblem] = field(default_factory=list)
    left_out: list[PreviewProblem] = field(default_factory=list)
    long: dict[date, Text] = field(default_factory=dict)

    def want(self, where: Place, expected: Text) -> None:
        self.problems.append(PreviewProblem(place=where.sheet, row=where.row, expected=expected))

    def read(self, grids: Sequence[Grid]) -> None:
        self._check_stated()
        shown = [(grid, parts_of(grid)) for grid in grids if not grid.hidden]
        for grid in grids:
            if grid.hidden:
                told = Text(en=f"sheet {grid.name} is hidden and was not read", zh=f"工作表 {grid.name} 已隐藏，未读取")
                self.remarks.append(told)
        default_day = self.stated.period_end or file_day([table for _, parts in shown for table in parts.tables])
        settled: list[tuple[Grid, Parts, list[Context]]] = []
        for grid, parts in shown:
            contexts = SheetContexts(grid, self.stated, default_day, self.want)
            settled.append((grid, parts, [contexts.settle(table) for table in parts.tables]))
        days = periods.part_days(
            (table, context) for _, parts, found in settled for table, context in zip(parts.tables, found, strict=True)
        )
        ready = [
            self._columns(table, context, days)
            for _, parts, found in settled
            for table, context in zip(parts.tables, found, strict=True)
        ]
        mark = self._mark(ready)
        cut = {id(parts.tables[-1]) for grid, parts, _ in settled if grid.cut and parts.tables and not parts.rest}
        for item in ready:
            self._read_table(item, mark, cut=id(item.table) in cut)
        for grid, parts, _ in settled:
            self._tell_unread(grid, parts)

    def _check_stated(self) -> None:
        if self.stated.unit and factor_of(self.stated.unit) is None:
            self.want(Place("--unit"), wanted.KNOWN_UNIT)
        if self.stated.period_end is not None and self.stated.period_end.year not in YEARS:
            self.want(Place("--period-end"), wanted.REAL_DAY)
            self.stated = self.stated.model_copy(update={"period_end": None})

    def _columns(self, table: Table, context: Context, part_days: set[date]) -> _Ready:
        """Tell of each column of a table of which day it is, and which are not read."""
        days: dict[int, date] = {}
        if context.other:
            told = table.place.words
            self.remarks.append(
                Text(
                    en=f"{told.en}: this table is no statement and was not read",
                    zh=f"{told.zh}：此表不是财务报表，未读取",
                )
            )
            return _Ready(table, context, days)
        stated = self.stated.period_end is not None
        for column, found in periods.settle(table, context, part_days, day_stated=stated):
            if isinstance(found, periods.LeftOut):
                self._leave_out(table.place, column, found)
            elif isinstance(found, periods.Asked):
                self.want(table.place, found.expected)
            else:
                days[column.place] = found
        if unheaded(table):
            self.want(table.place, wanted.HEADED)
        return _Ready(table, context, days)

    def _leave_out(self, where: Place, column: Column, found: periods.LeftOut) -> None:
        told, why = where.words, found.why
        if found.end is not None:
            self.long[found.end] = why
        self.remarks.append(
            Text(
                en=f"{told.en}: column {column.words} is left out: {why.en}",
                zh=f"{told.zh}：“{column.words}”列未采用：{why.zh}",
            )
        )
        self.left_out.append(PreviewProblem(place=where.sheet, row=where.row, expected=wanted.whole_year(why)))

    def _mark(self, ready: Sequence[_Ready]) -> Mark | None:
        cells: list[Cell] = [row.at(place) for item in ready for row in item.table.body for place in item.days]
        try:
            return decimal_mark(cells)
        except NotAnAmount as error:
            self.want(Place(""), error.expected)
            return "."

    def _read_table(self, item: _Ready, mark: Mark | None, *, cut: bool) -> None:
        if item.days:
            LineReader(item.table, item.context, item.days, mark, self.want, cut=cut).read(self.lines)

    def _tell_unread(self, grid: Grid, parts: Parts) -> None:
        """Name the rows with amounts that belong to no table; where they are those of a statement, ask for headings."""
        blocks = [table.above for table in parts.tables] + [parts.rest]
        found = False
        for rows in blocks:
            unread = list(amounts_of(rows))
            if not unread:
                continue
            found = True
            first, last = unread[0][0], unread[-1][0]
            titles = [cell.text for row in rows for cell in _heading_cells(row)]
            if _is_statement(grid.name, titles, [label for _, label in unread]):
                self.want(Place(grid.name, first.number), wanted.headings(_words_above(rows, first)))
            else:
                self._not_read(grid.name, first.number, last.number)
        if not parts.tables and parts.rest and not found:
            self._not_read(grid.name, parts.rest[0].number, parts.rest[-1].number)

    def _not_read(self, sheet: str, first: int, last: int) -> None:
        where = Text(en=f"sheet {sheet}, ", zh=f"工作表 {sheet} ") if sheet else Text(en="", zh="")
        self.remarks.append(
            Text(
                en=f"{where.en}rows {first} to {last} are not understood and were not read",
                zh=f"{where.zh}第 {first} 至 {last} 行无法识别，未读取",
            )
        )


def _heading_cells(row: Row) -> list[Cell]:
    """The texts of a row that may be a title."""
    filled = row.filled
    return [cell for cell in filled if cell.kind == "text"] if len(filled) <= 3 else []


def _is_statement(sheet: str, titles: list[str], names: list[str]) -> bool:
    kinds = {kind for text in (sheet, *titles) if (kind := labels.title_of(text)) is not None}
    if "cash_flow" in kinds or any(labels.is_other_table(text) for text in (sheet, *titles)):
        return False
    found = {match.field for name in names if (match := labels.match(name, None)) is not None} & _HEADLINES
    return len(found) > (0 if kinds else 1)


def _words_above(rows: Sequence[Row], first: Row) -> str:
    """The row that stands where the headings should."""
    before = [row for row in rows if row.number < first.number and len(row.filled) > 1]
    return ", ".join(cell.text for cell in before[-1].filled) if before else ""


def _without_long(statement: FinancialStatement, long: Mapping[date, Text]) -> FinancialStatement:
    """Say of a statement why it has no flows, where those of the file are of a period longer than a year."""
    why = long.get(statement.period_end)
    if why is None or any(getattr(statement, name) is not None for name in FLOWS):
        return statement
    doubted = {doubt.figure for doubt in statement.doubts}
    return statement.leaving_open([name for name in FLOWS if name not in doubted], why)


def _newest_left_out(day: date, why: Text) -> Text:
    return Text(
        en=f"the newest accounts, to {day}, could not be used: {why.en}",
        zh=f"最近一期报表（截至 {day}）无法采用：{why.zh}",
    )


def understand(grids: Iterable[Grid], filename: str, stated: StatedWithFile) -> Preview:
    """Tell how each line of a file was understood, and make statements of it where nothing is wrong."""
    reader = _Reader(stated)
    reader.read(list(grids))
    settled = groups.settle(reader.lines.readings)
    result = assemble(reader.lines.lines, settled.readings)
    problems = [*reader.problems, *settled.problems, *result.problems]
    # Without its unit a table is out of proportion to any other.
    scaled = scale.check(() if problems else result.statements)
    problems += scaled.problems
    if not result.statements and not problems:
        problems = reader.left_out or [PreviewProblem(expected=wanted.TABLE)]
    statements = [_without_long(statement, reader.long) for statement in scaled.statements]
    newest = max((statement.period_end for statement in statements), default=date.max)
    newer = max((day for day in reader.long if day > newest), default=None)
    return Preview(
        filename=filename,
        lines=tuple(result.lines),
        statements=() if problems else tuple(statements),
        untold=None if problems or newer is None else _newest_left_out(newer, reader.long[newer]),
        remarks=tuple(dict.fromkeys((*reader.remarks, *settled.remarks, *result.remarks, *scaled.remarks))),
        problems=tuple(dict.fromkeys(problems)),
    )
