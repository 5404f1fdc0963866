"""Sheets in parts: tables with the lines above them, and the rows that belong to none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from admission.model import Text
from connectors.financials_upload import labels
from connectors.financials_upload.amounts import is_amount, says_nothing
from connectors.financials_upload.blocks import Block, Column, block_at
from connectors.financials_upload.days import days_in, span_of
from connectors.financials_upload.denominations import denomination_of
from connectors.financials_upload.headings import heads_labels
from connectors.financials_upload.sheets import BLANK, Cell, Grid


class Place(NamedTuple):
    """A sheet, empty for a CSV file, and a row of it."""

    sheet: str
    row: int | None = None

    @property
    def words(self) -> Text:
        """It in words."""
        if not self.sheet:
            return Text(en=f"row {self.row}", zh=f"第 {self.row} 行")
        if self.row is None:
            return Text(en=f"sheet {self.sheet}", zh=f"工作表 {self.sheet}")
        return Text(en=f"sheet {self.sheet}, row {self.row}", zh=f"工作表 {self.sheet} 第 {self.row} 行")


class Row(NamedTuple):
    """A row with its number, from 1."""

    number: int
    cells: tuple[Cell, ...]

    def at(self, place: int) -> Cell:
        """The cell at a place; blank beyond the row's end."""
        return self.cells[place] if place < len(self.cells) else BLANK

    @property
    def filled(self) -> list[Cell]:
        """The cells that are not blank."""
        return [cell for cell in self.cells if cell.kind != "blank"]

    @property
    def last(self) -> int:
        """The place of the last cell that is not blank; -1 where there is none."""
        return max((place for place, cell in enumerate(self.cells) if cell.kind != "blank"), default=-1)


@dataclass
class Table:
    """One table of a sheet.

    Attributes:
        above: the rows between it and the table before it.
        start: number of its first row of headings.
        apart: True where a blank row parts it from what is above.
    """

    sheet: str
    above: list[Row]
    block: Block
    start: int
    apart: bool
    body: list[Row] = field(default_factory=list)

    @property
    def place(self) -> Place:
        """Where it begins."""
        return Place(self.sheet, self.start)

    @property
    def columns(self) -> tuple[Column, ...]:
        """Its columns of amounts."""
        return self.block.columns


class Parts(NamedTuple):
    """The tables of a sheet, and the rows after the last of them that belong to none."""

    tables: list[Table]
    rest: list[Row]


def parts_of(grid: Grid) -> Parts:
    """Part a sheet into its tables."""
    tables: list[Table] = []
    above: list[Row] = []
    open_table: Table | None = None
    apart = False
    number = 0
    while number < len(grid.rows):
        row = Row(number + 1, grid.rows[number])
        block = block_at(grid.rows, number) if row.filled else None
        if not row.filled:
            apart = True
        elif block is not None:
            if open_table is not None and not open_table.body:
                # A title with its day beside it, and no headings.
                above = _taken_back(tables.pop(), grid) + above
            open_table = Table(grid.name, above, block, row.number, apart)
            tables.append(open_table)
            above, apart = [], False
        elif open_table is not None and _is_line(open_table, row):
            open_table.body.append(row)
            apart = False
        else:
            if open_table is not None and not open_table.body:
                above = _taken_back(tables.pop(), grid)
            open_table = None
            above.append(row)
        number += block.rows if block is not None else 1
    return Parts(tables, above)


def _taken_back(table: Table, grid: Grid) -> list[Row]:
    """The rows of a table without lines: they belong to the table below."""
    last = table.start + table.block.rows
    return table.above + [Row(number, grid.rows[number - 1]) for number in range(table.start, last)]


def goes_on(table: Table, before: Table) -> bool:
    """Tell whether a table is the other side of the one before it, or its next page, and not another one."""
    if table.block.continues:
        return not any(labels.title_of(cell.text) for row in table.above for cell in row.cells if cell.kind == "text")
    if any(labels.same_title_goes_on(cell.text) for row in table.above for cell in row.cells if cell.kind == "text"):
        return _same_columns(table, before)
    return not table.above and not table.apart and _same_columns(table, before)


def amounts_of(rows: Iterable[Row]) -> Iterator[tuple[Row, str]]:
    """Yield the rows that have amounts beside a label, with the label in its plain form."""
    for row in rows:
        told = [place for place, cell in enumerate(row.cells) if cell.kind == "text" and not is_amount(cell)]
        for place in told[:1]:
            if any(is_amount(cell) for cell in row.cells[place + 1 :]):
                yield row, labels.bare(row.cells[place].text)


def _same_columns(table: Table, before: Table) -> bool:
    return [column.words for column in table.columns] == [column.words for column in before.columns]


def _is_line(table: Table, row: Row) -> bool:
    """Tell a line of a table from the title, the unit or the day of the next one."""
    values = {column.place for column in table.columns}
    if any(is_amount(row.at(place)) for place in values):
        return True
    texts = [cell for cell in row.filled if cell.kind == "text"]
    if any(labels.title_of(cell.text) and not labels.same_title_goes_on(cell.text) for cell in texts):
        return False
    others = [cell for cell in texts if not says_nothing(cell)]
    if any(not denomination_of(cell.text).empty for cell in others):
        return False
    if len(others) > 1 and (heads_labels(others[0].text) or row.cells[0].kind == "blank"):
        return False
    return len(row.filled) > 1 or not _states_time(row.filled[0])


def _states_time(cell: Cell) -> bool:
    """True for a cell that alone in its row states a day or a span of time."""
    if cell.kind == "date":
        return True
    try:
        return any(day.of_sheet for day in days_in(cell.text)) or (
            span_of(cell.text) is not None and any(character.isdigit() for character in cell.text)
        )
    except ValueError:
        return True
