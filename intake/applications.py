"""Files of applications: one document, or a table or list of many. Every problem in them is named."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from admission.application import AN_APPLICATION, Application, parse_application
from admission.errors import BadInput, Problem
from admission.model import Record, Text
from admission.money import DOUBTFUL_POINT, point_may_part_either
from admission.problems import in_one_line, no_such, shortened
from admission.spreadsheets import unguarded
from intake.reading import Table, one_cell_each, read_document, read_table

TABLES = {".csv", ".xlsx"}
DOCUMENTS = {".json", ".yaml", ".yml"}
IDENTIFIER_COLUMNS = ("cik", "uk_company_number", "lei", "uscc", "vat", "ein", "duns")
REQUESTED_COLUMNS = ("limit", "currency", "terms_days", "annual_sales", "cover")
COLUMNS = (
    "legal_name",
    "country",
    *IDENTIFIER_COLUMNS,
    "segment",
    "group",
    *REQUESTED_COLUMNS,
    "founded",
    "annual_revenue",
    "annual_revenue_currency",
)
AMOUNTS = frozenset({"limit", "annual_sales", "cover", "annual_revenue", "amount"})
# What a file of refused rows adds to them; taken away again when the mended file comes back.
NOTES = ("row", "reason")
COLUMN = Text(en="column", zh="列")


class Row(Record):
    """One entry of a file of many: its number, from 1, and what it held."""

    number: int
    given: dict[str, Any]


class BadRow(Record):
    """A row that was refused, and why."""

    row: Row
    reason: Text


class ApplicationFile(Record):
    """What a file of applications held.

    Attributes:
        rows: where each application stood, in the same order.
        shape: one document, a list of them, or a table.
    """

    applications: tuple[Application, ...]
    rows: tuple[Row, ...] = ()
    bad: tuple[BadRow, ...] = ()
    shape: Literal["document", "list", "table"] = "document"


def read_applications(path: Path) -> ApplicationFile:
    """Read one application (JSON, YAML) or many (CSV, XLSX; JSON and YAML lists).

    Raises:
        BadInput: the file cannot be read at all, or the one application it holds is wrong.
    """
    kind = path.suffix.lower()
    if kind in TABLES:
        return _read_rows(path)
    if kind not in DOCUMENTS:
        raise BadInput(
            Text(en=f"{path.name} is of a kind that is not read.", zh=f"不支持 {path.name} 的文件类型。"),
            remedy=Text(en="give a .json, .yaml, .csv or .xlsx file", zh="请提供 .json、.yaml、.csv 或 .xlsx 文件"),
        )
    document = read_document(path)
    if isinstance(document, list):
        if not document:
            raise BadInput(
                Text(en=f"{path.name} is an empty list.", zh=f"{path.name} 是空列表。"),
                remedy=Text(en="write applications into it", zh="请写入准入申请"),
            )
        return _parse_each(_entries(document), lambda given: given, "list")
    application, problems = _parse(document, None, document)
    if application is None:
        message = Text(en=f"{path.name} cannot be taken.", zh=f"{path.name} 无法受理。")
        raise BadInput(message, problems=problems)
    return ApplicationFile(applications=(application,), rows=(Row(number=1, given={}),))


def _entries(document: list[Any]) -> Iterable[Row | BadRow]:
    for number, entry in enumerate(document, 1):
        if isinstance(entry, Mapping):
            yield Row(number=number, given={str(key): value for key, value in entry.items() if key not in NOTES})
        else:
            problem = Problem("", shortened(entry), AN_APPLICATION, number)
            yield BadRow(row=Row(number=number, given={}), reason=in_one_line([problem]))


def _read_rows(path: Path) -> ApplicationFile:
    table = read_table(path)
    strays = [name for name in table.header if name not in (*COLUMNS, *NOTES)]
    if strays:
        raise BadInput(
            Text(en=f"{path.name} has columns that are not known.", zh=f"{path.name} 有无法识别的列。"),
            problems=[Problem(name, name, _no_such_column(name)) for name in strays],
            remedy=Text(en=f"columns are {', '.join(COLUMNS)}", zh=f"可用的列：{'、'.join(COLUMNS)}"),
        )
    return _parse_each(_named_cells(table), _document_of, "table")


def _no_such_column(name: str) -> Text:
    return no_such(COLUMN, name.lower().replace(" ", "_"), COLUMNS, list_all=False)


def _named_cells(table: Table) -> Iterable[Row | BadRow]:
    """Give each cell its column; a row with too few or too many cells is a bad one."""
    width = len(table.header)
    for row in table.rows:
        cells = [unguarded(cell.strip()) for cell in row.cells]
        while len(cells) > width and not cells[-1]:
            cells.pop()
        named = zip(table.header, cells, strict=False)
        kept = Row(number=row.number, given={name: cell for name, cell in named if name not in NOTES})
        if len(cells) == width:
            yield kept
        else:
            problem = Problem("", str(len(cells)), one_cell_each(width), row.number)
            yield BadRow(row=kept, reason=in_one_line([problem]))


def _parse_each(
    entries: Iterable[Row | BadRow],
    shape: Callable[[dict[str, Any]], dict[str, Any]],
    kind: Literal["list", "table"],
) -> ApplicationFile:
    applications: list[Application] = []
    rows: list[Row] = []
    bad: list[BadRow] = []
    for entry in entries:
        if isinstance(entry, BadRow):
            bad.append(entry)
            continue
        application, problems = _parse(shape(entry.given), entry.number, entry.given)
        if application is None:
            bad.append(BadRow(row=entry, reason=in_one_line(problems)))
        else:
            applications.append(application)
            rows.append(entry)
    return ApplicationFile(applications=tuple(applications), rows=tuple(rows), bad=tuple(bad), shape=kind)


def _parse(document: object, row: int | None, written: object) -> tuple[Application | None, list[Problem]]:
    """Read one application; None, and what must be mended, where it is wrong.

    Args:
        document: the application.
        row: its number in a file of many.
        written: what was in the file, under the names that it has there.
    """
    problems = list(_doubtful_points(written, row))
    try:
        application = parse_application(document, row=row)
    except BadInput as error:
        problems += [problem for problem in error.problems if problem not in problems]
        return None, problems
    return (None if problems else application), problems


def _doubtful_points(written: object, row: int | None, path: str = "") -> Iterator[Problem]:
    """Ask about amounts such as 50.000: 50 in one country, and 50,000 in another."""
    if isinstance(written, Mapping):
        for key, value in written.items():
            where = f"{path}.{key}" if path else str(key)
            if key in AMOUNTS and isinstance(value, str) and DOUBTFUL_POINT.fullmatch(_unsigned(value.strip())):
                yield Problem(where, shortened(value), point_may_part_either(value.strip()), row)
            else:
                yield from _doubtful_points(value, row, where)
    elif isinstance(written, list):
        for place, value in enumerate(written):
            yield from _doubtful_points(value, row, f"{path}[{place}]")


def _unsigned(amount: str) -> str:
    return amount[1:] if amount.startswith(("-", "+")) else amount


def _document_of(cells: dict[str, Any]) -> dict[str, Any]:
    given = {name: text for name, text in cells.items() if text}
    document: dict[str, Any] = {
        name: given[name] for name in ("legal_name", "country", "segment", "group") if name in given
    }
    document["identifiers"] = {name: given[name] for name in IDENTIFIER_COLUMNS if name in given}
    document["requested"] = {name: given[name] for name in REQUESTED_COLUMNS if name in given}
    declared: dict[str, Any] = {}
    if "founded" in given:
        declared["founded"] = given["founded"]
    if "annual_revenue" in given:
        currency = given.get("annual_revenue_currency", given.get("currency", ""))
        declared["annual_revenue"] = {"amount": given["annual_revenue"], "currency": currency}
    if declared:
        document["declared"] = declared
    return document
