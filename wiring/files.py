"""Files people write: policies, rates, applications. Read safely, with every problem named."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from admission.application import Application, parse_application
from admission.errors import BadInput, Problem
from admission.model import Record
from admission.money import Rate, RateTable
from admission.policy import Policy, load_policy

MAX_BYTES = 2_000_000
MAX_ROWS = 100_000
TABLES = {".csv", ".xlsx"}
DOCUMENTS = {".json", ".yaml", ".yml"}
IDENTIFIER_COLUMNS = ("cik", "uk_company_number", "lei", "uscc", "vat", "ein", "duns")
COLUMNS = (
    "legal_name",
    "country",
    *IDENTIFIER_COLUMNS,
    "segment",
    "limit",
    "currency",
    "terms_days",
    "founded",
    "annual_revenue",
    "annual_revenue_currency",
)


class BadRow(Record):
    """A row that was refused: what it held, and why."""

    row: int
    values: dict[str, str]
    reason: str


class Batch(Record):
    """What a file of applications held."""

    applications: tuple[Application, ...]
    bad: tuple[BadRow, ...] = ()
    table: bool = False


def read_policy(path: Path | None) -> Policy:
    """Read a policy file, or the shipped default."""
    if path is None:
        text = files("policies").joinpath("default.yaml").read_text(encoding="utf-8")
        return load_policy(yaml.safe_load(text))
    return load_policy(read_document(path))


def read_rates(path: Path | None) -> RateTable:
    """Read the house's exchange rates; no file is an empty table, so that other currencies stay unknown."""
    if path is None:
        return RateTable()
    rates = []
    for row, values in enumerate(csv.DictReader(_lines(path)), 1):
        try:
            rates.append(
                Rate(
                    currency=values["currency"],
                    to=values["to"],
                    on=date.fromisoformat(values["on"]),
                    per_unit=Decimal(values["per_unit"]),
                )
            )
        except (KeyError, TypeError, ValueError, InvalidOperation):
            expected = "columns currency,to,on,per_unit, such as GBP,USD,2026-11-20,1.31"
            problem = Problem("", str(dict(values)), expected, row)
            raise BadInput(f"{path.name} is not a table of rates.", problems=[problem]) from None
    return RateTable(rates)


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
        return _batch(enumerate(document, 1), dict)
    return Batch(applications=(_named(path, document),))


def _named(path: Path, document: object) -> Application:
    try:
        return parse_application(document)
    except BadInput as error:
        raise BadInput(f"{path.name} cannot be taken.", problems=error.problems) from None


def _table(path: Path) -> Batch:
    rows = _xlsx_rows(path) if path.suffix.lower() == ".xlsx" else _csv_rows(path)
    if len(rows) > MAX_ROWS:
        raise BadInput(f"{path.name} has {len(rows)} rows; at most {MAX_ROWS} are taken at once.")
    if not rows:
        raise BadInput(f"{path.name} has no rows.", remedy=f"columns are {', '.join(COLUMNS)}")
    strays = [name for name in rows[0] if name not in COLUMNS]
    if strays:
        problems = [Problem(name, name, f"one of the columns {', '.join(COLUMNS)}", 0) for name in strays]
        raise BadInput(f"{path.name} has columns that are not known.", problems=problems)
    batch = _batch(enumerate(rows, 1), _from_row)
    return batch.model_copy(update={"table": True})


def _batch(rows: Any, shape: Any) -> Batch:
    applications, bad = [], []
    for row, values in rows:
        try:
            applications.append(parse_application(shape(values), row=row))
        except (BadInput, TypeError, ValueError) as error:
            problems = error.problems if isinstance(error, BadInput) else ()
            reason = "; ".join(str(problem) for problem in problems) or "not an application"
            kept = {str(key): str(value) for key, value in values.items()} if isinstance(values, Mapping) else {}
            bad.append(BadRow(row=row, values=kept, reason=reason))
    return Batch(applications=tuple(applications), bad=tuple(bad))


def _from_row(values: Mapping[str, str]) -> dict[str, Any]:
    given = {name: text.strip() for name, text in values.items() if text and text.strip()}
    document: dict[str, Any] = {name: given[name] for name in ("legal_name", "country", "segment") if name in given}
    document["identifiers"] = {name: given[name] for name in IDENTIFIER_COLUMNS if name in given}
    document["requested"] = {name: given[name] for name in ("limit", "currency", "terms_days") if name in given}
    declared: dict[str, Any] = {}
    if "founded" in given:
        declared["founded"] = given["founded"]
    if "annual_revenue" in given:
        currency = given.get("annual_revenue_currency", given.get("currency", ""))
        declared["annual_revenue"] = {"amount": given["annual_revenue"], "currency": currency}
    if declared:
        document["declared"] = declared
    return document


def _csv_rows(path: Path) -> list[dict[str, str]]:
    rows = list(csv.DictReader(_lines(path)))
    for row, values in enumerate(rows, 1):
        if None in values or None in values.values():
            problem = Problem("", str(len(values)), "as many cells as the header has columns", row)
            raise BadInput(f"{path.name} is not an even table.", problems=[problem])
    return rows


def _xlsx_rows(path: Path) -> list[dict[str, str]]:
    import openpyxl

    _check_size(path)
    try:
        sheet = openpyxl.load_workbook(path, read_only=True, data_only=True).worksheets[0]
        cells = [[_cell(value) for value in row] for row in sheet.iter_rows(values_only=True)]
    except Exception as error:
        # openpyxl raises whatever its zip and XML readers raise; to the user it is one thing.
        raise BadInput(f"{path.name} cannot be read as XLSX ({type(error).__name__}).") from None
    if not cells:
        return []
    header = cells[0]
    return [dict(zip(header, row, strict=False)) for row in cells[1:] if any(row)]


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.date().isoformat() if hasattr(value, "date") else str(value)


def read_document(path: Path) -> object:
    """Read a JSON or YAML file; figures with a point come as text, so that no digit is lost.

    Raises:
        BadInput: there is no such file, or it is not well-formed.
    """
    text = _text(path)
    try:
        return json.loads(text, parse_float=str) if path.suffix.lower() == ".json" else yaml.safe_load(text)
    except (json.JSONDecodeError, yaml.YAMLError, RecursionError) as error:
        line = getattr(getattr(error, "problem_mark", None), "line", None)
        where = getattr(error, "lineno", None) or (line + 1 if line is not None else None)
        problem = Problem("", "", f"well-formed {path.suffix[1:].upper()}", line=where)
        raise BadInput(f"{path.name} cannot be read.", problems=[problem]) from None


def _check_size(path: Path) -> None:
    if not path.is_file():
        raise BadInput(f"There is no file {path.name}.", remedy="check the path")
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise BadInput(f"{path.name} has {size:,} bytes; at most {MAX_BYTES:,} are read.")


def _text(path: Path) -> str:
    _check_size(path)
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput(f"{path.name} is not UTF-8 text.", remedy="save it as UTF-8") from None


def _lines(path: Path) -> list[str]:
    return _text(path).splitlines(keepends=True)
