"""Files as grids of cells. Whatever is hostile, locked or broken is refused before a library opens it."""

from __future__ import annotations

import csv
import io
import math
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from admission.errors import BadInput
from admission.evidence.uploads import MAX_UPLOAD
from admission.model import Text

MAX_UNPACKED = 60_000_000
MAX_XML = 5_000_000
MAX_PARTS = 2_000
MAX_ROWS = 5_000
MAX_COLUMNS = 200
MAX_SHEETS = 40
MAX_SPANNED = 100_000
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# openpyxl makes a cell for every place of a merged or linked range, of which a sheet has room for 17 billion.
_SPANNING = re.compile(rb"<(?:\w+:)?(?:mergeCell|hyperlink)\b[^>]*?\sref\s*=\s*[\"']([^\"']*)[\"']")
_RANGE = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})(?::\$?([A-Z]{1,3})\$?(\d{1,7}))?")
_SERIALS = (32_874, 73_415)  # 1990 to 2100 as days of Excel's calendar

Kind = Literal["blank", "text", "number", "percent", "date", "error", "uncomputed"]


@dataclass(frozen=True)
class Cell:
    """One cell; `merged` where it spans several columns, `hidden` where its row or column is."""

    kind: Kind = "blank"
    text: str = ""
    number: Decimal | None = None
    day: date | None = None
    merged: bool = False
    hidden: bool = False


BLANK = Cell()


@dataclass(frozen=True)
class Grid:
    """One sheet."""

    name: str
    rows: tuple[tuple[Cell, ...], ...]
    hidden: bool = False


@dataclass
class _Spans:
    merged: set[tuple[int, int]] = field(default_factory=set)
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
        _check_package(body)
        return _read_xlsx(body)
    return [_read_csv(body)]


def _check_package(body: bytes) -> None:
    """Look at the package's directory, and at its XML in bounded pieces, before anything interprets it."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as package:
            parts = package.infolist()
            _check_parts(parts)
            for part in parts:
                if part.filename.lower().endswith((".xml", ".rels")):
                    _check_xml(package, part)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, RuntimeError, OSError, ValueError) as error:
        raise _not_xlsx(error) from None


def _check_parts(parts: list[zipfile.ZipInfo]) -> None:
    names = {part.filename.lower() for part in parts}
    if any(part.flag_bits & 1 for part in parts):
        raise BadInput(
            Text(en="The file is locked with a password.", zh="文件设有密码。"),
            remedy=Text(en="take the password off", zh="请取消密码"),
        )
    if any(name.endswith(("vbaproject.bin", ".xlm")) or "/macrosheets/" in name for name in names):
        raise BadInput(
            Text(en="The file holds macros.", zh="文件含有宏。"),
            remedy=Text(en="save it as .xlsx, without macros", zh="请另存为不含宏的 .xlsx"),
        )
    if "xl/workbook.xml" not in names:
        raise BadInput(
            Text(en="The file is an archive, but no XLSX workbook.", zh="文件是压缩包，而非 XLSX 工作簿。"),
            remedy=Text(en="save it as .xlsx or .csv", zh="请另存为 .xlsx 或 .csv"),
        )
    unpacked = sum(part.file_size for part in parts)
    xml = sum(part.file_size for part in parts if part.filename.lower().endswith((".xml", ".rels")))
    if unpacked > MAX_UNPACKED or xml > MAX_XML or len(parts) > MAX_PARTS:
        raise BadInput(
            Text(
                en=f"The file unpacks to {unpacked:,} bytes; statements are far smaller.",
                zh=f"文件解压后为 {unpacked:,} 字节，远大于一般财务报表。",
            ),
            remedy=Text(
                en="upload the statements alone, without pictures and other sheets",
                zh="请只上传财务报表，不含图片和其他工作表",
            ),
        )


def _check_xml(package: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    # zipfile reads no more than the size that the directory states, which was summed above.
    text = package.read(part)
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text or text[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in text[:64]:
        raise BadInput(
            Text(
                en="The file holds XML that spreadsheets do not write.", zh="文件含有电子表格软件不会写入的 XML 内容。"
            ),
            remedy=Text(en="save it again as .xlsx", zh="请重新另存为 .xlsx"),
        )
    if sum(_places(ref.decode("latin-1")) for ref in _SPANNING.findall(text)) > MAX_SPANNED:
        raise BadInput(
            Text(
                en="The file merges or links far more cells than statements have.",
                zh="文件合并或链接的单元格远多于一般财务报表。",
            ),
            remedy=Text(en="take the merges off", zh="请取消合并单元格"),
        )


def _places(ref: str) -> int:
    """How many cells a range spans; one that is not plainly written counts as too many."""
    found = _RANGE.fullmatch(ref)
    if found is None:
        return MAX_SPANNED + 1
    left, top, right, bottom = found.groups()
    width = _column(right or left) - _column(left) + 1
    return max(width, 1) * max(int(bottom or top) - int(top) + 1, 1)


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _not_xlsx(error: Exception) -> BadInput:
    kind = type(error).__name__
    return BadInput(
        Text(en=f"The file cannot be read as XLSX ({kind}).", zh=f"文件无法按 XLSX 读取（{kind}）。"),
        remedy=Text(en="save it again", zh="请重新保存"),
    )


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
        raise _not_xlsx(error) from None


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
            spans.merged.add((merged.min_row, merged.min_col))
    spans.rows = {number for number, shape in sheet.row_dimensions.items() if shape.hidden}
    for shape in sheet.column_dimensions.values():
        if shape.hidden:
            spans.columns.update(range(shape.min or 0, (shape.max or 0) + 1))
    return spans


def _read_cell(cell: Any, computed: bool, spans: _Spans, place: tuple[int, int], epoch: datetime) -> Cell:
    told = _read_content(cell, computed, epoch)
    merged, hidden = place in spans.merged, place[0] in spans.rows or place[1] in spans.columns
    return replace(told, merged=merged, hidden=hidden) if merged or hidden else told


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
        return Cell("text", text=str(value)) if str(value).strip() else BLANK
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
    lines = _decode(body).splitlines(keepends=True)
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
    return Grid("", tuple(tuple(_text_cells(row)) for row in rows))


def _text_cells(row: list[str]) -> Iterator[Cell]:
    for text in row:
        if not text.strip():
            yield BLANK
        elif text.strip().startswith("#") and text.strip().endswith(("!", "?", "N/A")):
            yield Cell("error", text=text.strip())
        else:
            yield Cell("text", text=text.strip())


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
