"""Reading tables of millions of rows, a row at a time: what is doubtful is refused as in `intake.reading`."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from admission.errors import BadInput
from admission.files import cannot_open, no_csv, no_rows, no_utf8
from admission.model import Text
from intake.reading import (
    LONGEST_CELL,
    MAX_COLUMNS,
    TableRow,
    check_file,
    check_header,
    header_of,
    read_table,
)

MAX_STREAMED_BYTES = 2_000_000_000
MAX_STREAMED_ROWS = 5_000_000


class TableFile:
    """A CSV or XLSX file whose rows are read when they are asked for.

    A CSV file is never in memory whole, whatever its size. An XLSX file is, for it is packed; it may have as many rows
    as `intake.reading` takes, and longer tables come as CSV.

    Args:
        path: of the file.
        delimiter: what parts the cells of a CSV file.

    Attributes:
        header: the names of its columns.

    Raises:
        BadInput: the file cannot be read, has no line of column names, or a column without a name.
    """

    def __init__(self, path: Path, delimiter: str = ",") -> None:
        self.path = path
        self._delimiter = delimiter
        self._read: list[TableRow] | None = None
        if path.suffix.lower() == ".xlsx":
            table = read_table(path)
            self.header, self._read = table.header, table.rows
            return
        with self._lines() as lines:
            self.header = header_of(next(lines, []))
        if not self.header:
            raise no_rows(path.name)
        check_header(path, self.header)

    def rows(self) -> Iterator[TableRow]:
        """Yield the rows in order, without the blank ones, from the first each time that it is called.

        Raises:
            BadInput: at the first row that cannot be read, or at the end where there was none.
        """
        if self._read is not None:
            yield from self._read
            return
        found = False
        with self._lines() as lines:
            next(lines, None)
            for number, cells in enumerate(lines, 1):
                self._check_size(number, cells)
                if any(cell.strip() for cell in cells):
                    found = True
                    yield TableRow(number, cells)
        if not found:
            raise no_rows(self.path.name)

    @contextmanager
    def _lines(self) -> Iterator[Iterator[list[str]]]:
        check_file(self.path, MAX_STREAMED_BYTES)
        # Of the whole process, and other libraries raise it without end.
        csv.field_size_limit(LONGEST_CELL)
        try:
            with self.path.open(encoding="utf-8-sig", newline="") as text:
                yield csv.reader(text, strict=True, delimiter=self._delimiter)
        except OSError as error:
            raise cannot_open(self.path.name, error) from None
        except UnicodeDecodeError:
            raise no_utf8(self.path.name) from None
        except csv.Error as error:
            raise no_csv(self.path.name, error) from None

    def _check_size(self, number: int, cells: list[str]) -> None:
        name = self.path.name
        if number > MAX_STREAMED_ROWS or len(cells) > MAX_COLUMNS:
            raise BadInput(
                Text(
                    en=f"{name} has more than {MAX_STREAMED_ROWS:,} rows or {MAX_COLUMNS} columns.",
                    zh=f"{name} 超过 {MAX_STREAMED_ROWS:,} 行或 {MAX_COLUMNS} 列。",
                ),
                remedy=Text(en="split it", zh="请拆分文件"),
            )
