"""Files as grids of cells. Whatever is hostile, locked or broken is refused before a library opens it."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from admission.errors import BadInput
from admission.evidence.uploads import MAX_UPLOAD
from admission.model import Text
from admission.workbooks import Limits, check_workbook, no_workbook

MAX_UNPACKED = 60_000_000
MAX_XML = 5_000_000
MAX_ROWS = 5_000
MAX_COLUMNS = 200
MAX_CELLS = 100_000
MAX_SHEETS = 40
LONGEST_TEXT = 300
"""Longer text is a note; only its beginning is looked at."""
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SERIALS = (32_874, 73_415)  # 1990 to 2100 as days of Excel's calendar

Kind = Literal["blank", "text", "number", "percent", "date", "error", "uncomputed"]


@dataclass(frozen=True)
class Cell:
    """One cell; `span` is how many columns it is merged over, `hidden` where its row or column is."""

    kind: Kind = "blank"
    text: str = ""
    number: Decimal | None = None
    day: date | None = None
    span: int = 1
    hidden: bool = False

    @property
    def merged(self) -> bool:
        """True where it spans several columns."""
        return self.span > 1


BLANK = Cell()


@dataclass(frozen=True)
class Grid:
    """One sheet.

    Attributes:
        name: of the sheet; empty for a CSV file.
        cut: True where the file ends within a line, as a file does that was cut off.
    """

    name: str
    rows: tuple[tuple[Cell, ...], ...]
    hidden: bool = False
    cut: bool = False


@dataclass
class _Spans:
    merged: dict[tuple[int, int], int] = field(default_factory=dict)
    rows: set[int] = field(default_factory=set)
    columns: set[int] = field(default_factory=set)


def read_grids(body: bytes) -> list[Grid]:
    """Read XLSX or CSV by its content; the name of the file is not trusted.

    Raises:
        BadInput: empty, too large, locked, with macros, packed too tightly, or neither XLSX nor CSV.
    """
    if not body.strip():
        raise BadInput(Text(en="The file is empty.", zh="文件为空。"))
    if len(body) > MAX_UPLOAD:
        raise BadInput(
            Text(
                en=f"The file has {len(body):,} bytes; at most {MAX_UPLOAD:,} are taken.",
                zh=f"文件有 {len(body):,} 字节，最多接受 {MAX_UPLOAD:,} 字节。",
            )
        )
    if body.startswith(_OLE):
        raise BadInput(
            Text(
                en="The file is locked with a password, or an old .xls workbook.",
                zh="文件设有密码，或为旧版 .xls 工作簿。",
            ),
            remedy=Text(en="take the password off and save it as .xlsx", zh="请取消密码并另存为 .xlsx"),
        )
    if body.startswith(b"PK"):
        check_workbook(body, Limits(MAX_UNPACKED, MAX_XML, MAX_CELLS))
        return [_legible(grid) for grid in _read_xlsx(body)]
    return [_legible(_read_csv(body))]


def _legible(grid: Grid) -> Grid:
    """Refuse text of which characters were lost: what is left of a label may well be another label."""
    for number, row in enumerate(grid.rows, 1):
        if any("\ufffd" in cell.text for cell in row):
            raise BadInput(
                Text(en=f"Characters of row {number} were lost.", zh=f"第 {number} 行有字符丢失。"),
                context={"sheet": grid.name} if grid.name else {},
                remedy=Text(
                    en="save the file again from where it comes from, as .xlsx or as CSV in UTF-8",
                    zh="请从原始文件重新另存为 .xlsx 或 UTF-8 编码的 CSV",
                ),
            )
    return grid


def _read_xlsx(body: bytes) -> list[Grid]:
    import openpyxl

    try:
        values = openpyxl.load_workbook(io.BytesIO(body), data_only=True, keep_links=False)
        formulas = openpyxl.load_workbook(io.BytesIO(body), data_only=False, keep_links=False)
        sheets = [sheet for sheet in values.worksheets if hasattr(sheet, "iter_rows")]
        if len(sheets) > MAX_SHEETS:
            raise BadInput(
                Text(
                    en=f"The file has {len(sheets)} sheets; at most {MAX_SHEETS} are read.",
                    zh=f"文件有 {len(sheets)} 张工作表，最多读取 {MAX_SHEETS} 张。",
                )
            )
        return [_read_sheet(sheet, formulas[sheet.title], values.epoch) for sheet in sheets]
    except BadInput:
        raise
    except Exception as error:
        # openpyxl raises whatever its zip and XML readers raise; to the user it is one thing.
        raise no_workbook(error) from None


def _read_sheet(sheet: Any, formulas: Any, epoch: datetime) -> Grid:
    if sheet.sheet_state != "visible":
        return Grid(sheet.title, (), hidden=True)
    if sheet.max_row > MAX_ROWS or sheet.max_column > MAX_COLUMNS:
        raise BadInput(
            Text(
                en=f"Sheet {sheet.title} has {sheet.max_row} rows and {sheet.max_column} columns; "
                f"at most {MAX_ROWS} and {MAX_COLUMNS} are read.",
                zh=f"工作表 {sheet.title} 有 {sheet.max_row} 行、{sheet.max_column} 列，"
                f"最多读取 {MAX_ROWS} 行、{MAX_COLUMNS} 列。",
            )
        )
    spans = _find_spans(sheet)
    rows = []
    for row, (told, written) in enumerate(zip(sheet.iter_rows(), formulas.iter_rows(), strict=True), 1):
        cells = (
            _read_cell(value, formula.data_type == "f", spans, (row, column), epoch)
            for column, (value, formula) in enumerate(zip(told, written, strict=True), 1)
        )
        rows.append(tuple(cells))
    return Grid(sheet.title, tuple(rows))


def _find_spans(sheet: Any) -> _Spans:
    spans = _Spans()
    for merged in sheet.merged_cells.ranges:
        if merged.max_col > merged.min_col:
            spans.merged[merged.min_row, merged.min_col] = merged.max_col - merged.min_col + 1
    spans.rows = {number for number, shape in sheet.row_dimensions.items() if shape.hidden}
    for shape in sheet.column_dimensions.values():
        if shape.hidden:
            # A shape may claim to reach to any column.
            spans.columns.update(range(shape.min or 0, min(shape.max or 0, MAX_COLUMNS) + 1))
    return spans


def _read_cell(cell: Any, computed: bool, spans: _Spans, place: tuple[int, int], epoch: datetime) -> Cell:
    told = _read_content(cell, computed, epoch)
    span, hidden = spans.merged.get(place, 1), place[0] in spans.rows or place[1] in spans.columns
    return replace(told, span=span, hidden=hidden) if span > 1 or hidden else told


def _read_content(cell: Any, computed: bool, epoch: datetime) -> Cell:
    value = cell.value
    if value is None:
        return Cell("uncomputed") if computed else BLANK
    if cell.data_type == "e" or (isinstance(value, float) and not math.isfinite(value)):
        return Cell("error", text=str(value))
    if isinstance(value, datetime | date):
        day = value.date() if isinstance(value, datetime) else value
        return Cell("date", text=day.isoformat(), day=day)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return Cell("text", text=str(value)[:LONGEST_TEXT]) if str(value).strip() else BLANK
    number = Decimal(repr(value))
    if "%" in str(cell.number_format):
        return Cell("percent", text=f"{number}", number=number)
    return Cell("number", text=f"{number}", number=number, day=_serial(value, epoch))


def _serial(value: float, epoch: datetime) -> date | None:
    """The day that a bare number would be in Excel's calendar; used where a heading must be a day."""
    from openpyxl.utils.datetime import from_excel

    if value != int(value) or not _SERIALS[0] <= value <= _SERIALS[1]:
        return None
    day = from_excel(value, epoch)
    return day.date() if isinstance(day, datetime) else None


def _read_csv(body: bytes) -> Grid:
    text = _decode(body)
    lines = text.splitlines(keepends=True)
    if len(lines) > MAX_ROWS:
        raise BadInput(
            Text(
                en=f"The file has {len(lines)} lines; at most {MAX_ROWS} are read.",
                zh=f"文件有 {len(lines)} 行，最多读取 {MAX_ROWS} 行。",
            )
        )
    delimiter = max(",\t;", key=lambda mark: sum(line.count(mark) for line in lines))
    try:
        rows = list(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise BadInput(
            Text(en=f"The file cannot be read as CSV: {error}.", zh=f"文件无法按 CSV 读取：{error}。"),
            remedy=Text(en="save it again as CSV or XLSX", zh="请重新另存为 CSV 或 XLSX"),
        ) from None
    if any(len(row) > MAX_COLUMNS for row in rows):
        raise BadInput(Text(en=f"A line has more than {MAX_COLUMNS} columns.", zh=f"有一行超过 {MAX_COLUMNS} 列。"))
    return Grid("", tuple(tuple(_text_cells(row)) for row in rows), cut=not text.endswith(("\n", "\r")))


def _text_cells(row: list[str]) -> Iterator[Cell]:
    for text in row:
        if not text.strip():
            yield BLANK
        elif text.strip().startswith("#") and text.strip().endswith(("!", "?", "N/A")):
            yield Cell("error", text=text.strip())
        else:
            yield Cell("text", text=text.strip()[:LONGEST_TEXT])


def _decode(body: bytes) -> str:
    """Text of a CSV file: UTF-8, UTF-16 with its mark (Excel's "Unicode text"), or GB 18030, which holds GBK."""
    encodings = ("utf-16",) if body[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = body.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not any(ord(character) < 32 and character not in "\r\n\t" for character in text):
            return text
    raise BadInput(
        Text(en="The file is neither XLSX nor CSV text.", zh="文件既不是 XLSX，也不是 CSV 文本。"),
        remedy=Text(en="save it as .xlsx, or as CSV in UTF-8 or GBK", zh="请另存为 .xlsx，或 UTF-8、GBK 编码的 CSV"),
    )
