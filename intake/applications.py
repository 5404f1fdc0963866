"""Files people write: policies, rates, applications. Every problem in them is named."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, Literal, NamedTuple

from admission.application import Application, parse_application
from admission.errors import BadInput, Problem
from admission.model import Record
from admission.money import Rate, RateTable
from admission.people import Person
from admission.policy import Policy, load_policy, quorum_problems, read_policy_document
from admission.spreadsheets import FORMULA_STARTS
from intake.reading import Table, TableRow, Written, read_document, read_table, read_written

SHIPPED = "default.yaml"
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
SMALLEST_RATE = Decimal("1e-9")
# What a file of refused rows adds to them; taken away again when the mended file comes back.
NOTES = ("row", "reason")


class Row(Record):
    """One entry of a file of many: its number, from 1, and what it held."""

    number: int
    given: dict[str, Any]


class BadRow(Record):
    """A row that was refused, and why."""

    row: Row
    reason: str


class Batch(Record):
    """What a file of applications held.

    Attributes:
        rows: where each application stood, in the same order.
        shape: one document, a list of them, or a table.
    """

    applications: tuple[Application, ...]
    rows: tuple[Row, ...] = ()
    bad: tuple[BadRow, ...] = ()
    shape: Literal["document", "list", "table"] = "document"


def read_policy(path: Path | None) -> Policy:
    """Read a policy file, or the shipped default.

    Raises:
        BadInput: with every problem in it, each with its line.
    """
    written = written_policy(path)
    try:
        return load_policy(written.document, written.lines)
    except BadInput as error:
        name = path.name if path else SHIPPED
        remedy = f"gatehouse policy check {name} tells all of it"
        raise BadInput(error.message, problems=error.problems, context={"file": name}, remedy=remedy) from None


def written_policy(path: Path | None) -> Written:
    """Read a policy file, or the shipped default, as it is written and unchecked, with the lines of its parts.

    Raises:
        BadInput: it is no YAML, or not safe to read.
    """
    if path is not None:
        return read_written(path, anchors=True)
    with as_file(files("policies").joinpath(SHIPPED)) as shipped:
        return read_written(shipped, anchors=True)


class PolicyFile(NamedTuple):
    """What a policy file holds: the policy, None where its shape is wrong, and everything that is wrong in it."""

    policy: Policy | None
    problems: list[Problem]


def check_policy(path: Path, people: Sequence[Person] | None = None) -> PolicyFile:
    """Read a policy file and tell of all its problems.

    Args:
        path: the file.
        people: those who could approve; None where they are not known, and then quorums are checked by offices alone.

    Raises:
        BadInput: the file cannot be read, or is no policy at all.
    """
    written = written_policy(path)
    policy, problems = read_policy_document(written.document, written.lines)
    if people is not None:
        problems += quorum_problems(written.document, written.lines, people)
    return PolicyFile(policy, problems)


def read_rates(path: Path | None) -> RateTable:
    """Read the house's exchange rates; no file is an empty table, so that other currencies stay unknown."""
    if path is None:
        return RateTable()
    table = read_table(path)
    return RateTable(_rate(path, table, row) for row in table.rows)


def _rate(path: Path, table: Table, row: TableRow) -> Rate:
    try:
        values = dict(zip(table.header, (cell.strip() for cell in row.cells), strict=True))
        rate = Rate(
            currency=values["currency"],
            to=values["to"],
            on=date.fromisoformat(values["on"]),
            per_unit=Decimal(values["per_unit"]),
        )
        if not SMALLEST_RATE <= rate.per_unit <= 1 / SMALLEST_RATE:
            raise ValueError("a rate between the weakest currency and the strongest")
    except (KeyError, ValueError, InvalidOperation):
        expected = "columns currency,to,on,per_unit, such as GBP,USD,2026-11-20,1.31"
        problem = Problem("", ",".join(row.cells), expected, row.number)
        raise BadInput(f"{path.name} is not a table of rates.", problems=[problem]) from None
    return rate


def read_applications(path: Path) -> Batch:
    """Read one application (JSON, YAML) or many (CSV, XLSX; JSON and YAML lists).

    Raises:
        BadInput: the file cannot be read at all, or the one application it holds is wrong.
    """
    kind = path.suffix.lower()
    if kind in TABLES:
        return _table(path)
    if kind not in DOCUMENTS:
        raise BadInput(f"{path.name} is of a kind that is not read.", remedy="give a .json, .yaml, .csv or .xlsx file")
    document = read_document(path)
    if isinstance(document, list):
        if not document:
            raise BadInput(f"{path.name} is an empty list.", remedy="write applications into it")
        return _batch(_entries(document), lambda given: given, "list")
    try:
        application = parse_application(document)
    except BadInput as error:
        raise BadInput(f"{path.name} cannot be taken.", problems=error.problems) from None
    return Batch(applications=(application,), rows=(Row(number=1, given={}),))


def _entries(document: list[Any]) -> Iterable[Row | BadRow]:
    for number, entry in enumerate(document, 1):
        if isinstance(entry, Mapping):
            yield Row(number=number, given={str(key): value for key, value in entry.items() if key not in NOTES})
        else:
            problem = Problem("", str(entry)[:60], "a table of fields such as legal_name and country", number)
            yield BadRow(row=Row(number=number, given={}), reason=str(problem))


def _table(path: Path) -> Batch:
    table = read_table(path)
    strays = [name for name in table.header if name not in (*COLUMNS, *NOTES)]
    if strays:
        raise BadInput(
            f"{path.name} has columns that are not known.",
            problems=[Problem(name, name, _nearest(name)) for name in strays],
            remedy=f"columns are {', '.join(COLUMNS)}",
        )
    return _batch(_even(table), _from_row, "table")


def _nearest(name: str) -> str:
    nearest = difflib.get_close_matches(name.lower().replace(" ", "_"), COLUMNS, 1)
    return f"no such column; did you mean {nearest[0]}?" if nearest else "no such column"


def _even(table: Table) -> Iterable[Row | BadRow]:
    """Give each cell its column; a row with too few or too many cells is a bad one."""
    width = len(table.header)
    for row in table.rows:
        cells = [_without_guard(cell.strip()) for cell in row.cells]
        while len(cells) > width and not cells[-1]:
            cells.pop()
        named = zip(table.header, cells, strict=False)
        kept = Row(number=row.number, given={name: cell for name, cell in named if name not in NOTES})
        if len(cells) == width:
            yield kept
        else:
            problem = Problem("", f"{len(cells)} cells", f"{width} cells, one for each column", row.number)
            yield BadRow(row=kept, reason=str(problem))


def _without_guard(cell: str) -> str:
    """Take away the apostrophe that keeps a spreadsheet from running a cell (see `admission.spreadsheets`)."""
    return cell[1:] if cell[:1] == "'" and cell[1:].startswith(FORMULA_STARTS) else cell


def _batch(
    entries: Iterable[Row | BadRow],
    shape: Callable[[dict[str, Any]], dict[str, Any]],
    kind: Literal["list", "table"],
) -> Batch:
    applications: list[Application] = []
    rows: list[Row] = []
    bad: list[BadRow] = []
    for entry in entries:
        if isinstance(entry, BadRow):
            bad.append(entry)
            continue
        try:
            applications.append(parse_application(shape(entry.given), row=entry.number))
            rows.append(entry)
        except BadInput as error:
            bad.append(BadRow(row=entry, reason="; ".join(str(problem) for problem in error.problems)))
    return Batch(applications=tuple(applications), rows=tuple(rows), bad=tuple(bad), shape=kind)


def _from_row(cells: dict[str, Any]) -> dict[str, Any]:
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
