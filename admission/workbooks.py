"""XLSX packages: what is hostile, locked or far too large is refused before a library opens it."""

from __future__ import annotations

import io
import re
import zipfile
from typing import NamedTuple

from admission.errors import BadInput
from admission.model import Text

MAX_PARTS = 2_000
MAX_SPANNED = 100_000
SAVE_AGAIN = Text(en="save it again as .xlsx", zh="请重新另存为 .xlsx")
# What pictures begin with, and XML never does. A part's name tells nothing: any part can be made a sheet of.
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"\1\0\0\0", b"\xd7\xcd\xc6\x9a", b"II*\0", b"MM\0*")
_LONGEST_MARK = 4
# openpyxl makes a cell for every place of a merged or linked range, of which a sheet has room for 17 billion.
_SPANNING = re.compile(rb"<(?:\w+:)?(?:mergeCell|hyperlink)\b[^>]*?\sref\s*=\s*[\"']([^\"']*)[\"']")
_RANGE = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})(?::\$?([A-Z]{1,3})\$?(\d{1,7}))?")
_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
_PLACED = re.compile(rb"<(?:\w+:)?(?:c|row)\s[^>]*?\br\s*=\s*[\"']([^\"']*)[\"']")
_PLACE = re.compile(r"([A-Z]{0,3})(\d{1,7})")
_ENCODING = re.compile(rb"^<\?xml[^>]*?\bencoding\s*=\s*[\"']([^\"']*)[\"']")
_UTF_8 = {b"utf-8", b"utf8", b"us-ascii", b"ascii"}


class Limits(NamedTuple):
    """How large a workbook may be.

    Attributes:
        unpacked: bytes of all parts together.
        xml: bytes of all parts that are no pictures.
        cells: cells that are written, and places up to the last row and column that are; None where the reader stops
            by itself.
    """

    unpacked: int
    xml: int
    cells: int | None = None


def check_workbook(body: bytes, limits: Limits) -> None:
    """Look at a package's directory, and at all that may be XML in it, before anything interprets it.

    Raises:
        BadInput: locked, with macros, no workbook, too large, or with XML that spreadsheets do not write.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as package:
            parts = package.infolist()
            _check_parts(parts)
            texts = [part for part in parts if not _is_picture(package, part)]
            _check_sizes(parts, texts, limits)
            cells = 0
            for part in texts:
                # zipfile reads no more than the size that the directory states, which was summed above.
                text = package.read(part)
                _check_text(part.filename, text)
                if limits.cells is not None:
                    cells += _cells_of(text)
                    _check_cells(cells, limits.cells)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, RuntimeError, OSError, ValueError) as error:
        raise no_workbook(error) from None


def no_workbook(error: Exception) -> BadInput:
    """Return the error of a file that cannot be read as XLSX."""
    kind = type(error).__name__
    return BadInput(
        Text(en=f"The file cannot be read as XLSX ({kind}).", zh=f"文件无法按 XLSX 读取（{kind}）。"),
        remedy=Text(en="save it again", zh="请重新保存"),
    )


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


def _is_picture(package: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    with package.open(part) as begun:
        return begun.read(_LONGEST_MARK).startswith(_PICTURES)


def _check_sizes(parts: list[zipfile.ZipInfo], texts: list[zipfile.ZipInfo], limits: Limits) -> None:
    unpacked, xml = sum(part.file_size for part in parts), sum(part.file_size for part in texts)
    if unpacked > limits.unpacked or xml > limits.xml or len(parts) > MAX_PARTS:
        raise BadInput(
            Text(
                en=f"The file unpacks to {unpacked:,} bytes; what is asked for is far smaller.",
                zh=f"文件解压后为 {unpacked:,} 字节，远大于所需内容。",
            ),
            remedy=Text(
                en="give the table alone, without pictures and other sheets",
                zh="请只提供所需表格，不含图片和其他工作表",
            ),
        )


def _check_text(name: str, text: bytes) -> None:
    encoding = _ENCODING.match(text.lstrip(b"\xef\xbb\xbf"))
    foreign = encoding is not None and encoding[1].strip().lower() not in _UTF_8
    # UTF-16 and UTF-32, in which the words below would not be found. Settings of printers are binary, and hold NULs.
    wide = text[:2] in (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<", b"\0\0")
    if name.lower().endswith((".xml", ".rels")):
        wide = wide or b"\0" in text[:64]
    if foreign or wide or b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise BadInput(
            Text(
                en="The file holds XML that spreadsheets do not write.", zh="文件含有电子表格软件不会写入的 XML 内容。"
            ),
            remedy=SAVE_AGAIN,
        )
    if sum(_places(ref.decode("latin-1")) for ref in _SPANNING.findall(text)) > MAX_SPANNED:
        raise BadInput(
            Text(
                en="The file merges or links far more cells than statements have.",
                zh="文件合并或链接的单元格远多于一般财务报表。",
            ),
            remedy=Text(en="take the merges off", zh="请取消合并单元格"),
        )


def _cells_of(text: bytes) -> int:
    """Return how many cells a reader makes of a part: those that are written, or all up to the farthest of them.

    A place that is not plainly written counts as the farthest there is.
    """
    rows, columns = 0, 0
    for written in set(_PLACED.findall(text)):
        place = _PLACE.fullmatch(written.decode("latin-1"))
        if place is None:
            return 17_179_869_184
        columns, rows = max(columns, _column(place[1])), max(rows, int(place[2]))
    return max(len(_CELL.findall(text)), rows * columns)


def _check_cells(cells: int, most: int) -> None:
    if cells > most:
        raise BadInput(
            Text(
                en=f"The file has {cells:,} cells up to its last row and column; at most {most:,} are read.",
                zh=f"文件至末行末列共 {cells:,} 个单元格，最多读取 {most:,} 个。",
            ),
            remedy=Text(
                en="delete what stands far from the table, and save it again", zh="请删除远离表格的内容后重新保存"
            ),
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
