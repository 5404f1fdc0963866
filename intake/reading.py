"""Reading JSON, YAML, CSV and XLSX that people write, as plain data: what is doubtful is refused, not guessed at.

Refused are files that are too large, too deep, not UTF-8 or not well formed; a key that is there twice; NaN; and in
YAML all tags and, unless they are asked for, anchors, with which a short file can stand for an endless one.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Hashable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from admission.errors import BadInput, Problem

MAX_BYTES = 2_000_000
MAX_TABLE_BYTES = 20_000_000
MAX_UNPACKED_BYTES = 200_000_000
MAX_ROWS = 100_000
MAX_DEPTH = 20
LONGEST_CELL = 131_072
MAX_PARTS = 100_000
# With aliases, which make a small file large: some ten times a policy.
MAX_REPEATED_PARTS = 20_000
MAX_REPEATED_BYTES = 300_000


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

    def __init__(self, expected: str, *, key: str = "", line: int | None = None) -> None:
        super().__init__(expected)
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
        raise BadInput(f"{path.name} is empty.", remedy="write what is asked for into it")
    try:
        return Written(_json(text), {}) if path.suffix.lower() == ".json" else _yaml(text, anchors=anchors)
    except _Malformed as error:
        raise BadInput(f"{path.name} cannot be read.", problems=[error.problem]) from None


def read_table(path: Path) -> Table:
    """Read a CSV file, or the first sheet of an XLSX file.

    Raises:
        BadInput: the file cannot be read, has no rows or too many, or a column without a name.
    """
    lines = _xlsx(path) if path.suffix.lower() == ".xlsx" else _csv(path)
    header = [name.strip() for name in lines[0]] if lines else []
    while header and not header[-1]:
        header.pop()
    rows = [TableRow(number, cells) for number, cells in enumerate(lines[1:], 1) if any(cell.strip() for cell in cells)]
    if not header or not rows:
        raise BadInput(f"{path.name} has no rows.", remedy="give a line of column names and one row for each company")
    if len(rows) > MAX_ROWS:
        raise BadInput(f"{path.name} has {len(rows):,} rows; at most {MAX_ROWS:,} are taken at once.")
    for name in header:
        if not name or header.count(name) > 1:
            problem = Problem(name, name, "each column once, with a name" if name else "a name for each column", row=0)
            raise BadInput(f"{path.name} has columns that cannot be told apart.", problems=[problem])
    return Table(header, rows)


def read_text(path: Path, at_most: int) -> str:
    """Read a text file of at most so many bytes.

    Raises:
        BadInput: there is no such file, it is too large, or it is not UTF-8.
    """
    try:
        return _bytes(path, at_most).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput(f"{path.name} is not UTF-8 text.", remedy="save it as UTF-8 (in Excel: CSV UTF-8)") from None


def _bytes(path: Path, at_most: int) -> bytes:
    if path.is_dir():
        raise BadInput(f"{path.name or path} is a folder.", remedy="give the file in it")
    if not path.is_file():
        raise BadInput(f"There is no file {path.name}.", remedy="check the path")
    size = path.stat().st_size
    if size > at_most:
        raise BadInput(f"{path.name} has {size:,} bytes; at most {at_most:,} are read.", remedy="split it")
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path.name} cannot be opened ({error.strerror}).", remedy="check its permissions") from None


def _json(text: str) -> object:
    def constant(name: str) -> object:
        raise _Malformed(f"{name} is no amount; write a number or leave the field out")

    def table(pairs: list[tuple[str, object]]) -> dict[str, object]:
        document: dict[str, object] = {}
        for key, value in pairs:
            if key in document:
                raise _Malformed("this key is there twice; keep one", key=key[:60])
            document[key] = value
        return document

    try:
        # Fractions stay text, so that no digit of an amount is lost.
        return json.loads(text, parse_float=str, parse_constant=constant, object_pairs_hook=table)
    except json.JSONDecodeError as error:
        raise _Malformed(f"well-formed JSON ({error.msg})", line=error.lineno) from None
    except RecursionError:
        raise _Malformed("tables and lists that are not so deep") from None
    except ValueError:
        raise _Malformed("numbers of a sensible length") from None


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


def _yaml(text: str, *, anchors: bool) -> Written:
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
        raise _Malformed(f"well-formed YAML ({what})", line=mark.line + 1 if mark else None) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise _Malformed(f"well-formed YAML ({type(error).__name__})") from None


def _check_yaml(text: str, *, anchors: bool) -> None:
    """Refuse what could harm the reader, event by event, before anything is built of it."""
    depth, nodes = 0, 0
    most = MAX_REPEATED_PARTS if anchors else MAX_PARTS
    for event in yaml.parse(text, Loader=_Plain):
        line = event.start_mark.line + 1 if event.start_mark else None
        if isinstance(event, yaml.AliasEvent) and not anchors:
            raise _Malformed("values written out, not referred to with *", line=line)
        if isinstance(event, yaml.NodeEvent) and getattr(event, "tag", None) not in (None, "!"):
            raise _Malformed("plain values without a tag such as !!", line=line)
        nodes += isinstance(event, yaml.NodeEvent)
        if nodes > 2 * most + MAX_DEPTH:
            raise _Malformed(f"at most {most:,} values", line=line)
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            raise _Malformed(f"tables and lists no deeper than {MAX_DEPTH}", line=line)


def _lines(node: yaml.Node | None, most: int) -> dict[tuple[str | int, ...], int]:
    """Return the line of each part; what aliases blow up to more parts than a person writes is refused."""
    lines: dict[tuple[str | int, ...], int] = {}
    for path, line in _lines_of(node, ()):
        lines[path] = line
        if len(lines) > most:
            raise _Malformed(f"at most {most:,} values, also where aliases repeat them")
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
                    raise _Malformed("this key is there twice; keep one", key=key.value[:60], line=line)
                keys.add(key.value)
            _refuse_twins(value, seen)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            _refuse_twins(value, seen)


def _csv(path: Path) -> list[list[str]]:
    text = read_text(path, MAX_TABLE_BYTES)
    # Of the whole process, and other libraries raise it without end (SciPy's reader of ARFF does).
    csv.field_size_limit(LONGEST_CELL)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise BadInput(f"{path.name} cannot be read as CSV ({error}).", remedy="check its quotation marks") from None


def _xlsx(path: Path) -> list[list[str]]:
    import openpyxl

    content = _bytes(path, MAX_TABLE_BYTES)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            unpacked = sum(item.file_size for item in packed.infolist())
        if unpacked > MAX_UNPACKED_BYTES:
            raise BadInput(f"{path.name} unpacks to {unpacked:,} bytes; at most {MAX_UNPACKED_BYTES:,} are read.")
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        try:
            return [[_cell(value) for value in row] for row in book.worksheets[0].iter_rows(values_only=True)]
        finally:
            book.close()
    except BadInput:
        raise
    except Exception as error:
        # openpyxl raises whatever its zip and XML readers raise; to the user it is one thing.
        raise BadInput(
            f"{path.name} cannot be read as XLSX ({type(error).__name__}).", remedy="save it as XLSX or CSV again"
        ) from None


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.date().isoformat() if hasattr(value, "date") else str(value)
