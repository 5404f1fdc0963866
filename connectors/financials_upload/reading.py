"""From grids to statements: where a table begins, what its columns and lines are, and what each line was taken for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from admission.evidence.uploads import Preview, PreviewProblem, StatedWithFile, Understood, UploadedLine
from admission.model import Text
from connectors.financials_upload import labels, wanted
from connectors.financials_upload.assembling import Reading, assemble
from connectors.financials_upload.figures import (
    NotAnAmount,
    Period,
    amount_of,
    currency_of,
    day_of,
    fiscal_year_of,
    group_of,
    period_of,
    plain,
    stated_unit,
    unit_of,
    years_before,
)
from connectors.financials_upload.sheets import BLANK, Cell, Grid


class _Place(NamedTuple):
    """A sheet, empty for a CSV file, and a row of it."""

    sheet: str
    row: int | None = None

    @property
    def words(self) -> Text:
        if not self.sheet:
            return Text(en=f"row {self.row}", zh=f"第 {self.row} 行")
        return Text(en=f"sheet {self.sheet}, row {self.row}", zh=f"工作表 {self.sheet} 第 {self.row} 行")


@dataclass(frozen=True)
class _Column:
    label: int
    place: int
    period: Period


@dataclass
class _Section:
    """One table of a sheet, with what the lines above it state."""

    kind: labels.StatementKind | None = None
    unit: tuple[str, Decimal] | None = None
    currency: str | None = None
    base: date | None = None
    consolidated: bool | None = None
    columns: tuple[_Column, ...] = ()
    chinese: bool = False
    skipped: set[int] = field(default_factory=set)


class _Reader:
    """Reads all sheets of one file."""

    def __init__(self, stated: StatedWithFile) -> None:
        self._stated = stated
        self._unit = stated_unit(stated.unit) if stated.unit else None
        self.lines: list[UploadedLine] = []
        self.readings: list[Reading] = []
        self.remarks: list[Text] = []
        self.problems: list[PreviewProblem] = []
        if stated.unit and self._unit is None:
            self._want(_Place("--unit"), wanted.KNOWN_UNIT)

    def read(self, grid: Grid, base: date | None) -> None:
        if grid.hidden:
            told = Text(en=f"sheet {grid.name} is hidden and was not read", zh=f"工作表 {grid.name} 已隐藏，未读取")
            self.remarks.append(told)
            return
        section = _Section(kind=labels.title_of(grid.name), base=base)
        self._settle_group(section, grid.name, _Place(grid.name))
        for number, row in enumerate(grid.rows, 1):
            columns = tuple(_columns(row))
            if columns:
                section = _Section(
                    section.kind, section.unit, section.currency, section.base, section.consolidated, columns
                )
                self._open_table(grid, number, row, section)
            elif _is_line(section, row):
                for label in dict.fromkeys(column.label for column in section.columns):
                    self._read_line(grid, number, row, section, label)
            else:
                self._read_above(grid, number, row, section)

    def _want(self, where: _Place, expected: Text) -> None:
        self.problems.append(PreviewProblem(place=where.sheet, row=where.row, expected=expected))

    def _settle_group(self, section: _Section, text: str, where: _Place) -> None:
        told = group_of(text)
        if told == "both":
            self._want(where, wanted.ONE_GROUP)
        elif told is not None:
            section.consolidated = told == "group"

    def _read_above(self, grid: Grid, number: int, row: tuple[Cell, ...], section: _Section) -> None:
        """Take what a line outside of tables states: title, day, unit, currency."""
        where = _Place(grid.name, number)
        for cell in row:
            if cell.kind == "date" and cell.day is not None:
                self._settle_base(section, cell.day, where)
            if cell.kind != "text":
                continue
            kind = labels.title_of(cell.text)
            if kind is not None:
                section.kind = kind
                section.columns = section.columns if len(_filled_cells(row)) > 1 else ()
            self._settle_group(section, cell.text, where)
            unit = unit_of(cell.text)
            if unit is not None:
                section.unit = self._check_unit(unit, where)
            section.currency = currency_of(cell.text) or section.currency
            try:
                day = day_of(cell.text)
            except ValueError:
                self._want(where, wanted.REAL_DAY)
                continue
            year = fiscal_year_of(cell.text)
            if day is not None or year is not None:
                self._settle_base(section, day or date(year or 0, 12, 31), where)

    def _settle_base(self, section: _Section, day: date, where: _Place) -> None:
        if self._stated.period_end is not None and day != self._stated.period_end:
            self._want(where, wanted.stated_day(self._stated.period_end))
        section.base = day

    def _check_unit(self, unit: tuple[str, Decimal], where: _Place) -> tuple[str, Decimal]:
        if self._unit is not None and unit[1] != self._unit[1]:
            self._want(where, wanted.stated_unit(self._unit[0]))
        return unit

    def _open_table(self, grid: Grid, number: int, row: tuple[Cell, ...], section: _Section) -> None:
        """Settle unit, currency and days for the table that begins here."""
        where = _Place(grid.name, number)
        texts = [cell.text for cell in row if cell.kind == "text"]
        section.chinese = any(labels.has_chinese(text) for text in texts) or _mostly_chinese(grid, number)
        for text in texts:
            unit = unit_of(text) if "(" in plain(text) else None
            section.unit = self._check_unit(unit, where) if unit else section.unit
        if section.unit is None:
            section.unit = self._unit
        if section.unit is None:
            self._want(where, wanted.UNIT)
        section.currency = self._stated.currency or section.currency or ("CNY" if section.chinese else None)
        if section.currency is None:
            self._want(where, wanted.CURRENCY)
        section.base = section.base or self._stated.period_end
        for column in section.columns:
            self._check_period(section, column, where)

    def _check_period(self, section: _Section, column: _Column, where: _Place) -> None:
        end = _end(section, column.period)
        if not column.period.whole_year:
            section.skipped.add(column.place)
            self.remarks.append(_left_out_remark(where, "it is not of a whole year", "不是全年数"))
        elif end is None:
            section.skipped.add(column.place)
            self._want(where, wanted.DAY)
        elif section.chinese and (end.month, end.day) != (12, 31):
            # By article 11 of the Accounting Law the fiscal year is the calendar year.
            section.skipped.add(column.place)
            self.remarks.append(_left_out_remark(where, f"{end} is not the end of a year", f"{end} 不是年末"))

    def _read_line(self, grid: Grid, number: int, row: tuple[Cell, ...], section: _Section, place: int) -> None:
        label = row[place] if place < len(row) else BLANK
        if label.kind != "text":
            return
        columns = [column for column in section.columns if column.label == place and column.place < len(row)]
        cells = [(column, row[column.place]) for column in columns if column.place not in section.skipped]
        line = UploadedLine(
            sheet=grid.name,
            row=number,
            label=label.text.strip(),
            understood="not_used",
            factor=section.unit[1] if section.unit else Decimal(1),
        )
        name = labels.bare(label.text)
        found = labels.match(name, section.kind)
        if found is None:
            self.lines.append(line.model_copy(update=_explain_unused(name, [cell for _, cell in cells])))
            return
        unit = unit_of(label.text) if "(" in plain(label.text) else None
        if unit is not None and section.unit is not None and unit[1] != section.unit[1]:
            why = Text(en=f"its own unit {unit[0]} is not that of the table", zh=f"该行单位 {unit[0]} 与表头不符")
            self.lines.append(line.model_copy(update={"understood": "ambiguous", "note": why}))
            return
        values: dict[date, Decimal] = {}
        for column, cell in cells:
            self._read_value(_Place(grid.name, number), cell, _end(section, column.period), line.factor, values)
        understood, note = ("used", None) if values else ("not_used", Text(en="no amount", zh="无金额"))
        taken = {"field": found.field, "alias": name, "values": values}
        self.lines.append(line.model_copy(update={"understood": understood, "note": note, **taken}))
        self.readings.append(
            Reading(
                line=len(self.lines) - 1,
                field=found.field,
                rank=found.rank,
                alias=name,
                values=values,
                currency=section.currency or "",
                consolidated=section.consolidated,
                kind=section.kind,
                chinese=section.chinese,
            )
        )

    def _read_value(
        self, where: _Place, cell: Cell, end: date | None, factor: Decimal, values: dict[date, Decimal]
    ) -> None:
        try:
            amount = amount_of(cell)
        except NotAnAmount as error:
            self._want(where, error.expected)
            return
        if amount is None or end is None:
            return
        if cell.merged:
            self._want(where, wanted.UNMERGED)
        elif cell.hidden:
            self._want(where, wanted.UNHIDDEN)
        elif values.get(end, amount * factor) != amount * factor:
            self._want(where, wanted.one_amount(end))
        else:
            values[end] = amount * factor


def understand(grids: Iterable[Grid], filename: str, stated: StatedWithFile) -> Preview:
    """Tell how each line of a file was understood, and make statements of it where nothing is wrong."""
    grids = list(grids)
    reader = _Reader(stated)
    base = stated.period_end or _only_day(grids)
    for grid in grids:
        reader.read(grid, base)
    result = assemble(reader.lines, reader.readings)
    problems = [*reader.problems, *result.problems]
    if not result.statements and not problems:
        problems.append(PreviewProblem(expected=wanted.TABLE))
    return Preview(
        filename=filename,
        lines=tuple(result.lines),
        statements=() if problems else tuple(result.statements),
        remarks=tuple(dict.fromkeys((*reader.remarks, *result.remarks))),
        problems=tuple(dict.fromkeys(problems)),
    )


def _only_day(grids: list[Grid]) -> date | None:
    """The one day that the lines above tables state; an income statement may leave it to the balance sheet."""
    days: set[date] = set()
    for grid in grids:
        for row in grid.rows:
            if any(_columns(row)) or grid.hidden:
                break
            for cell in row:
                if cell.kind == "text":
                    days.update(_stated_days(cell.text))
    return next(iter(days)) if len(days) == 1 else None


def _stated_days(text: str) -> Iterator[date]:
    try:
        day = day_of(text)
    except ValueError:
        return
    year = fiscal_year_of(text)
    if day is not None:
        yield day
    elif year is not None:
        yield date(year, 12, 31)


def _columns(row: tuple[Cell, ...]) -> Iterator[_Column]:
    """The value columns of a heading row, each with the column of its labels.

    A heading row holds periods, words over labels and words over columns that are not read, and nothing else; so a line
    of amounts that look like years is none.
    """
    label, columns = 0, []
    for place, cell in enumerate(row):
        if cell.kind == "blank":
            continue
        try:
            period = period_of(cell)
        except ValueError:
            return
        if period is not None and place > label:
            columns.append(_Column(label, place, period))
        elif cell.kind == "text" and _heads_labels(cell.text, first=place == 0):
            label = place
        elif cell.kind != "text" or not _heads_nothing(cell.text):
            return
    yield from columns


def _heads_nothing(text: str) -> bool:
    told = labels.bare(text)
    return any(told.startswith(word) if word.isascii() else word in told for word in labels.IGNORED_HEADS)


def _heads_labels(text: str, *, first: bool) -> bool:
    name = labels.bare(text)
    if first and (labels.title_of(text) is not None or unit_of(text) is not None):
        return True
    return (
        name in labels.LABEL_HEADS
        or (labels.has_chinese(name) and bool(re.fullmatch(r"负债(和|及).*权益.*|.*项目|.*科目", name)))
        or name in ("liabilities and equity", "liabilities")
    )


def _is_line(section: _Section, row: tuple[Cell, ...]) -> bool:
    if not section.columns:
        return False
    if any(cell.kind == "text" and labels.title_of(cell.text) and len(_filled_cells(row)) == 1 for cell in row):
        return False
    states_unit = any(cell.kind == "text" and re.match(r"\s*(金额)?单\s*位", cell.text) for cell in row)
    return not states_unit and any(
        column.label < len(row) and row[column.label].kind == "text" for column in section.columns
    )


def _filled_cells(row: tuple[Cell, ...]) -> list[Cell]:
    return [cell for cell in row if cell.kind != "blank"]


def _mostly_chinese(grid: Grid, heading: int) -> bool:
    words = [
        cell.text for row in grid.rows[heading:] for cell in row if cell.kind == "text" and cell.text[:1].isalpha()
    ]
    return sum(labels.has_chinese(word) for word in words) * 2 > len(words)


def _explain_unused(name: str, cells: list[Cell]) -> dict[str, object]:
    understood: Understood = "not_understood"
    note: Text | None = None
    if name in labels.VAGUE:
        understood, note = "ambiguous", Text(en="it does not say of what it is the total", zh="未说明是何项合计")
    elif name in labels.UNUSED or labels.elsewhere(name):
        understood = "not_used"
    elif all(cell.kind == "blank" for cell in cells):
        understood, note = "not_used", Text(en="a line without amounts", zh="无金额行")
    return {"understood": understood, "note": note}


def _end(section: _Section, period: Period) -> date | None:
    """The last day that a column is of."""
    base = section.base
    if period.end is not None:
        if period.year_only and base is not None and not section.chinese:
            return years_before(base, base.year - period.end.year)
        return None if period.year_only and not section.chinese else period.end
    if base is None:
        return None
    if period.opening:
        # The balance at the start of the year is that at the end of the year before, whatever day the sheet is of.
        return date(base.year - 1, 12, 31) if section.chinese else years_before(base, period.back)
    return years_before(base, period.back)


def _left_out_remark(where: _Place, en: str, zh: str) -> Text:
    return Text(en=f"{where.words.en}: a column is left out: {en}", zh=f"{where.words.zh}：一列未采用：{zh}")
