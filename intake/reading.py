"""Reading JSON, YAML, CSV and XLSX that people write, as plain data: what is doubtful is refused, not guessed at.

Refused are files that are too large, too deep, not UTF-8 or not well formed; a key that is there twice; NaN; and in
YAML all tags and, unless they are asked for, anchors, with which a short file can stand for an endless one.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Hashable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from admission.errors import BadInput, Problem
from admission.files import cannot_open, no_csv, no_rows, no_such_file, no_utf8
from admission.model import Text
from admission.workbooks import Limits, check_workbook

MAX_BYTES = 2_000_000
MAX_TABLE_BYTES = 20_000_000
MAX_UNPACKED_BYTES = 200_000_000
MAX_ROWS = 100_000
MAX_COLUMNS = 200
MAX_CELLS = 2_000_000
MAX_DEPTH = 20
LONGEST_CELL = 131_072
MAX_PARTS = 100_000
# With aliases, which make a small file large: some ten times a policy.
MAX_REPEATED_PARTS = 20_000
MAX_REPEATED_BYTES = 300_000

KEY_TWICE = Text(en="this key is there twice; keep one", zh="此键重复，请只保留一个")
TOO_DEEP = Text(en=f"tables and lists no deeper than {MAX_DEPTH}", zh=f"表和列表的嵌套不超过 {MAX_DEPTH} 层")
NO_ALIASES = Text(en="values written out, not referred to with *", zh="直接写出值，不用 * 引用")
NO_TAGS = Text(en="plain values without a tag such as !!", zh="普通的值，不带 !! 等标签")
COLUMN_ONCE = Text(en="each column once, with a name", zh="每列只出现一次并有列名")
COLUMN_NAMED = Text(en="a name for each column", zh="每列都有列名")


class TableRow(NamedTuple):
    """One row of a table: its number (1 is the first below the header, blank rows count) and its cells."""

    number: int
    cells: list[str]


class Table(NamedTuple):
    """A table: the names of its columns and its rows, without the blank ones."""

    header: list[str]
    rows: list[TableRow]


class Written(NamedTuple):
    """What a document holds, and where: path of keys and places -> line, from 1; JSON tells no lines."""

    document: object
    lines: dict[tuple[str | int, ...], int]


class _Malformed(Exception):
    """On its way to BadInput, which names the file too."""

    def __init__(self, expected: Text, *, key: str = "", line: int | None = None) -> None:
        super().__init__(expected.en)
        self.problem = Problem(key, "", expected, line=line)


def read_document(path: Path, *, anchors: bool = False) -> object:
    """Read a JSON or YAML file.

    Args:
        path: the file; its suffix tells which it is.
        anchors: whether YAML may repeat itself with anchors and aliases.

    Raises:
        BadInput: the file cannot be read; its problem names the line where that is known.
    """
    return read_written(path, anchors=anchors).document


def read_written(path: Path, *, anchors: bool = False) -> Written:
    """Read a JSON or YAML file as `read_document` does, and tell on which line each of its parts stands."""
    text = read_text(path, MAX_REPEATED_BYTES if anchors else MAX_BYTES)
    if not text.strip():
        raise BadInput(
            Text(en=f"{path.name} is empty.", zh=f"{path.name} 是空文件。"),
            remedy=Text(en="write what is asked for into it", zh="请写入所需内容"),
        )
    try:
        if path.suffix.lower() == ".json":
            return Written(_parse_json(text), {})
        return _parse_yaml(text, anchors=anchors)
    except _Malformed as error:
        message = Text(en=f"{path.name} cannot be read.", zh=f"{path.name} 无法读取。")
        raise BadInput(message, problems=[error.problem]) from None


def read_table(path: Path) -> Table:
    """Read a CSV file, or the first sheet of an XLSX file.

    Raises:
        BadInput: the file cannot be read, has no rows or too many, or a column without a name.
    """
    lines = _read_xlsx(path) if path.suffix.lower() == ".xlsx" else _read_csv(path)
    header = header_of(lines[0]) if lines else []
    rows = [TableRow(number, cells) for number, cells in enumerate(lines[1:], 1) if any(cell.strip() for cell in cells)]
    if not header or not rows:
        raise no_rows(path.name)
    if len(rows) > MAX_ROWS:
        raise BadInput(
            Text(
                en=f"{path.name} has {len(rows):,} rows; at most {MAX_ROWS:,} are taken at once.",
                zh=f"{path.name} 有 {len(rows):,} 行；一次最多受理 {MAX_ROWS:,} 行。",
            )
        )
    check_header(path, header)
    return Table(header, rows)


def header_of(cells: Sequence[str]) -> list[str]:
    """Return the names of the columns from the first line of a table; blank cells after the last name are none."""
    header = [name.strip() for name in cells]
    while header and not header[-1]:
        header.pop()
    return header


def check_header(path: Path, header: Sequence[str]) -> None:
    """Refuse columns without a name, or with that of another.

    Raises:
        BadInput: with the first such column.
    """
    for name in header:
        if not name or header.count(name) > 1:
            problem = Problem(name, name, COLUMN_ONCE if name else COLUMN_NAMED, row=0)
            message = Text(en=f"{path.name} has columns that cannot be told apart.", zh=f"{path.name} 有无法区分的列。")
            raise BadInput(message, problems=[problem])


def one_cell_each(columns: int) -> Text:
    """Say how many cells a row of a table has."""
    return Text(en=f"{columns} cells, one for each column", zh=f"{columns} 个单元格，每列一个")


def read_text(path: Path, at_most: int) -> str:
    """Read a text file of at most so many bytes.

    Raises:
        BadInput: there is no such file, it is too large, or it is not UTF-8.
    """
    try:
        return _read_bytes(path, at_most).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise no_utf8(path.name) from None


def check_file(path: Path, at_most: int) -> None:
    """Refuse what is no file, or has more bytes than are read.

    Raises:
        BadInput: there is no such file, it is a folder, or it is too large.
    """
    if path.is_dir():
        name = path.name or path
        raise BadInput(
            Text(en=f"{name} is a folder.", zh=f"{name} 是文件夹。"),
            remedy=Text(en="give the file in it", zh="请指定其中的文件"),
        )
    if not path.is_file():
        raise no_such_file(path.name)
    size = path.stat().st_size
    if size > at_most:
        raise BadInput(
            Text(
                en=f"{path.name} has {size:,} bytes; at most {at_most:,} are read.",
                zh=f"{path.name} 有 {size:,} 字节；最多读取 {at_most:,} 字节。",
            ),
            remedy=Text(en="split it", zh="请拆分文件"),
        )


def _read_bytes(path: Path, at_most: int) -> bytes:
    check_file(path, at_most)
    try:
        return path.read_bytes()
    except OSError as error:
        raise cannot_open(path.name, error) from None


def _parse_json(text: str) -> object:
    def refuse_constant(name: str) -> object:
        raise _Malformed(
            Text(
                en=f"{name} is no amount; write a number or leave the field out",
                zh=f"{name} 不是金额；请写数字，或省略此字段",
            )
        )

    def build_table(pairs: list[tuple[str, object]]) -> dict[str, object]:
        document: dict[str, object] = {}
        for key, value in pairs:
            if key in document:
                raise _Malformed(KEY_TWICE, key=key[:60])
            document[key] = value
        return document

    try:
        # Fractions stay text, so that no digit of an amount is lost.
        return json.loads(text, parse_float=str, parse_constant=refuse_constant, object_pairs_hook=build_table)
    except json.JSONDecodeError as error:
        raise _Malformed(_well_formed("JSON", error.msg), line=error.lineno) from None
    except RecursionError:
        raise _Malformed(TOO_DEEP) from None
    except ValueError:
        raise _Malformed(Text(en="numbers of a sensible length", zh="长度合理的数字")) from None


def _well_formed(language: str, trouble: object) -> Text:
    """Say that the text is not what its language allows; the reader's own words for the trouble are English."""
    return Text(en=f"well-formed {language} ({trouble})", zh=f"格式正确的 {language}（{trouble}）")


class _Plain(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # the C parser where there is one
    """YAML's data without its surprises: NO is Norway, 0500 is not octal, 1:30 is not 90, a day stays as written."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - PyYAML's own way


for _kind, _shape, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("float", r"[-+]?(\d+\.\d*|\.\d+)([eE][-+]?\d+)?|[-+]?\d+[eE][-+]?\d+|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)", None),
    ("int", r"[-+]?(0|[1-9]\d*)", None),
    ("merge", r"<<", "<"),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
):
    first = list(_first) if _first is not None else list("-+.0123456789")
    _Plain.add_implicit_resolver(f"tag:yaml.org,2002:{_kind}", re.compile(rf"^(?:{_shape})$"), first)


def _parse_yaml(text: str, *, anchors: bool) -> Written:
    try:
        _check_yaml(text, anchors=anchors)
        loader = _Plain(text)
        try:
            node = loader.get_single_node()
            _refuse_twins(node, set())
            lines = _lines(node, MAX_REPEATED_PARTS if anchors else MAX_PARTS)
            return Written(loader.construct_document(node) if node is not None else None, lines)
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = error.problem or error.context
        raise _Malformed(_well_formed("YAML", what), line=mark.line + 1 if mark else None) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise _Malformed(_well_formed("YAML", type(error).__name__)) from None


def _check_yaml(text: str, *, anchors: bool) -> None:
    """Refuse what could harm the reader, event by event, before anything is built of it."""
    depth, nodes = 0, 0
    most = MAX_REPEATED_PARTS if anchors else MAX_PARTS
    for event in yaml.parse(text, Loader=_Plain):
        line = event.start_mark.line + 1 if event.start_mark else None
        if isinstance(event, yaml.AliasEvent) and not anchors:
            raise _Malformed(NO_ALIASES, line=line)
        if isinstance(event, yaml.NodeEvent) and getattr(event, "tag", None) not in (None, "!"):
            raise _Malformed(NO_TAGS, line=line)
        nodes += isinstance(event, yaml.NodeEvent)
        if nodes > 2 * most + MAX_DEPTH:
            raise _Malformed(Text(en=f"at most {most:,} values", zh=f"不超过 {most:,} 个值"), line=line)
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            raise _Malformed(TOO_DEEP, line=line)


def _lines(node: yaml.Node | None, most: int) -> dict[tuple[str | int, ...], int]:
    """Return the line of each part; what aliases blow up to more parts than a person writes is refused."""
    lines: dict[tuple[str | int, ...], int] = {}
    for path, line in _lines_of(node, ()):
        lines[path] = line
        if len(lines) > most:
            raise _Malformed(
                Text(
                    en=f"at most {most:,} values, also where aliases repeat them",
                    zh=f"不超过 {most:,} 个值，别名重复的也计算在内",
                )
            )
    return lines


def _lines_of(node: yaml.Node | None, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], int]]:
    """Yield the line of each part: of a table's entry, that of its key; of a list's, that of its value."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode) and key.start_mark:
                yield (*path, key.value), key.start_mark.line + 1
                yield from _lines_of(value, (*path, key.value))
    elif isinstance(node, yaml.SequenceNode):
        for place, value in enumerate(node.value):
            if value.start_mark:
                yield (*path, place), value.start_mark.line + 1
            yield from _lines_of(value, (*path, place))


def _refuse_twins(node: yaml.Node | None, seen: set[int]) -> None:
    """Refuse keys that a table has twice: of two limits, one would silently count."""
    if node is None or id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        keys: set[Hashable] = set()
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in keys:
                    line = key.start_mark.line + 1 if key.start_mark else None
                    raise _Malformed(KEY_TWICE, key=key.value[:60], line=line)
                keys.add(key.value)
            _refuse_twins(value, seen)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            _refuse_twins(value, seen)


def _read_csv(path: Path) -> list[list[str]]:
    text = read_text(path, MAX_TABLE_BYTES)
    # Of the whole process, and other libraries raise it without end (SciPy's reader of ARFF does).
    csv.field_size_limit(LONGEST_CELL)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise no_csv(path.name, error) from None


def _read_xlsx(path: Path) -> list[list[str]]:
    import openpyxl

    content = _read_bytes(path, MAX_TABLE_BYTES)
    try:
        check_workbook(content, Limits(MAX_UNPACKED_BYTES, MAX_UNPACKED_BYTES))
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        try:
            return _read_rows(book.worksheets[0].iter_rows(values_only=True))
        finally:
            book.close()
    except BadInput as error:
        raise BadInput(error.message, context={"file": path.name}, remedy=error.remedy) from None
    except Exception as error:
        # openpyxl raises whatever its zip and XML readers raise; to the user it is one thing.
        trouble = type(error).__name__
        raise BadInput(
            Text(
                en=f"{path.name} cannot be read as XLSX ({trouble}).", zh=f"{path.name} 无法按 XLSX 读取（{trouble}）。"
            ),
            remedy=Text(en="save it as XLSX or CSV again", zh="请重新另存为 XLSX 或 CSV"),
        ) from None


def _read_rows(rows: Iterator[tuple[Any, ...]]) -> list[list[str]]:
    """Read rows, and stop at the first beyond what a table may have: a file may claim any number of either."""
    read: list[list[str]] = []
    cells = 0
    for row in rows:
        cells += len(row)
        if len(row) > MAX_COLUMNS or len(read) > MAX_ROWS or cells > MAX_CELLS:
            raise BadInput(
                Text(
                    en=f"The table has more than {MAX_ROWS:,} rows, {MAX_COLUMNS} columns or {MAX_CELLS:,} cells.",
                    zh=f"表格超过 {MAX_ROWS:,} 行、{MAX_COLUMNS} 列或 {MAX_CELLS:,} 个单元格。",
                ),
                remedy=Text(
                    en="delete what stands far from the table, or split it", zh="请删除远离表格的内容，或拆分文件"
                ),
            )
        read.append([_cell(value) for value in row])
    return read


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.date().isoformat() if hasattr(value, "date") else str(value)
