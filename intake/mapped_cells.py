"""The cells of one row of a table, by our names: read as what they are to be, with all that is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from admission.errors import Invalid, Problem
from admission.model import Text
from admission.problems import one_of, problems_of, shortened
from admission.spreadsheets import unguarded
from intake.mapped_columns import C, TableMapping, Taken, fold
from intake.plain_cells import read_amount, read_day
from intake.reading import TableRow, one_cell_each

V = TypeVar("V")
R = TypeVar("R", bound=BaseModel)

CURRENCIES = {
    "人民币": "CNY",
    "人民币元": "CNY",
    "rmb": "CNY",
    "美元": "USD",
    "欧元": "EUR",
    "港币": "HKD",
    "日元": "JPY",
    "英镑": "GBP",
}
FLAGS = {**dict.fromkeys(("yes", "true", "1", "是"), True), **dict.fromkeys(("no", "false", "0", "否"), False)}
YES_OR_NO = Text(en="yes, no, or nothing", zh="是、否或留空")


def cells_of(row: TableRow, width: int, taken: Taken[C]) -> dict[str, str] | Problem:
    """Return the cells of a row by our names; or what is wrong, where it has not one cell for each column.

    Args:
        row: the row.
        width: how many columns the table has.
        taken: which of them are what.
    """
    cells = row.cells
    if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
        cells = cells[:width]
    if len(cells) != width:
        return Problem("", str(len(cells)), one_cell_each(width), row.number)
    return {ours: unguarded(cells[at].strip()) for ours, at in taken.places.items()}


class MappedCells(Generic[C]):
    """Reads the cells of one row. What cannot be read is told once, and counts as not there.

    Args:
        taken: which columns are what.
        number: of the row.
        given: its cells by our names, with what is the same in every row.
        mapping: how amounts and days are written.

    Attributes:
        given: the cells that are not blank.
        problems: all that is wrong, by the names that the columns have in the file.
    """

    def __init__(self, taken: Taken[C], number: int, given: Mapping[str, str], mapping: TableMapping) -> None:
        self._taken = taken
        self._number = number
        self._mapping = mapping
        self.given = {ours: cell for ours, cell in given.items() if cell}
        self.problems: list[Problem] = []

    def amount(self, column: C) -> Decimal | None:
        """Return an amount; None where there is none, or none that can be read."""
        return self._read(column, lambda cell: read_amount(cell, self._mapping.decimal))

    def days(self, *columns: C) -> dict[str, date]:
        """Return the days of some columns, by our names, without those that are blank or cannot be read."""
        read = {name: self._read(name, lambda cell: read_day(cell, self._mapping.dates)) for name in columns}
        return {name: day for name, day in read.items() if day is not None}

    def currency(self, column: C) -> str:
        """Return a currency, by its code where the cell has one of its other names."""
        cell = self.given[column]
        return CURRENCIES.get(cell.casefold(), cell)

    def flag(self, column: C) -> bool | None:
        """Return yes or no; None where neither is there."""
        return self._read(column, _flag)

    def word(self, column: C, words: Mapping[str, V]) -> V | None:
        """Return what a word means; None where there is none, or none that is known."""

        def meant(cell: str) -> V:
            found = words.get(fold(cell))
            if found is None:
                raise Invalid(one_of(list(dict.fromkeys(map(str, words.values()))), cell))
            return found

        return self._read(column, meant)

    def made(self, model: type[R], fields: Mapping[str, Any], columns: Mapping[str, str]) -> R | list[Problem]:
        """Make a record, or tell what is wrong, by the names that the columns have in the file.

        Args:
            model: what is made.
            fields: of what.
            columns: our columns, by the field of the record that they become; those of the same name are left out.
        """
        try:
            made = model.model_validate(fields)
        except ValidationError as error:
            # What could not be read was left out: it is not missing, and what it belongs to is not judged.
            known = {problem.field for problem in self.problems} | ({""} if self.problems else set())
            for problem in problems_of(error, row=self._number, model=model):
                ours = columns.get(problem.field, problem.field)
                named = replace(
                    problem, field=self._taken.names.get(ours, ours), value=shortened(self.given.get(ours, ""))
                )
                if named.field not in known:
                    self.problems.append(named)
            return self.problems
        return self.problems or made

    def complain(self, column: C, expected: Text) -> None:
        """Note that a cell is not what it ought to be."""
        value = shortened(self.given.get(column, ""))
        self.problems.append(Problem(self._taken.names[column], value, expected, self._number))

    def _read(self, column: C, how: Callable[[str], V]) -> V | None:
        cell = self.given.get(column)
        if cell is None:
            return None
        try:
            return how(cell)
        except Invalid as error:
            self.complain(column, error.expected)
            return None


def _flag(cell: str) -> bool:
    if cell.casefold() not in FLAGS:
        raise Invalid(YES_OR_NO)
    return FLAGS[cell.casefold()]
