"""Lists of companies as people have them: CSV or XLSX with names and, if it has them, social credit codes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

from pydantic import ValidationError

from admission.errors import BadInput, Invalid, Problem
from admission.evidence.company_lists import CompanyList, ListedCompany
from admission.identifiers import checked
from admission.model import Text
from admission.problems import problems_of
from intake.reading import Table, TableRow, one_cell_each, read_table

NAME_COLUMNS = ("企业名称", "公司名称", "单位名称", "承兑人名称", "承兑人", "name")
CODE_COLUMNS = ("统一社会信用代码", "社会信用代码", "信用代码", "uscc")
_COLUMNS = Text(
    en=f"one column of names ({', '.join(NAME_COLUMNS)}), and at most one of codes ({', '.join(CODE_COLUMNS)})",
    zh=f"一列名称（{'、'.join(NAME_COLUMNS)}），最多一列代码（{'、'.join(CODE_COLUMNS)}）",
)
_TWICE = Text(en="each company once; this row is there twice", zh="每家企业只写一行；此行重复")
_NAMED = Text(en="a name in every row", zh="每行均有企业名称")


def read_company_list(path: Path, source: str, listed_on: date) -> CompanyList:
    """Read a list; columns besides name and code are kept in the file alone.

    Args:
        path: of the file.
        source: name of the connector that searches it.
        listed_on: the day as of which it was published.

    Raises:
        BadInput: with every problem of the file, each with its row.
    """
    table = read_table(path)
    heads = [head.strip().casefold() for head in table.header]
    names = [place for place, head in enumerate(heads) if head in NAME_COLUMNS]
    codes = [place for place, head in enumerate(heads) if head in CODE_COLUMNS]
    if len(names) != 1 or len(codes) > 1:
        problem = Problem("", ",".join(table.header)[:200], _COLUMNS, row=0)
        message = Text(en=f"{path.name} is no list of companies.", zh=f"{path.name} 不是企业名单。")
        raise BadInput(message, problems=[problem])
    entries: list[ListedCompany] = []
    problems: list[Problem] = []
    for found in _rows(table, names[0], codes[0] if codes else None):
        if isinstance(found, ListedCompany):
            entries.append(found)
        else:
            problems += found
    problems += _twins(entries)
    if problems:
        raise BadInput(Text(en=f"{path.name} cannot be used.", zh=f"{path.name} 无法使用。"), problems=problems)
    return CompanyList.of(source, listed_on, entries)


def _rows(table: Table, name_at: int, code_at: int | None) -> Iterator[ListedCompany | list[Problem]]:
    for row in table.rows:
        if len(row.cells) < len(table.header):
            yield [Problem("", str(len(row.cells)), one_cell_each(len(table.header)), row.number)]
        else:
            yield _row(row, row.cells[name_at].strip(), "" if code_at is None else row.cells[code_at].strip())


def _row(row: TableRow, name: str, code: str) -> ListedCompany | list[Problem]:
    if not name:
        return [Problem("name", "", _NAMED, row.number)]
    try:
        return ListedCompany(row=row.number, name=name, uscc=checked("uscc", code) if code else None)
    except Invalid as error:
        return [Problem("uscc", code[:24], error.expected, row.number)]
    except ValidationError as error:
        return [replace(problem, row=row.number) for problem in problems_of(error, model=ListedCompany)]


def _twins(entries: list[ListedCompany]) -> Iterator[Problem]:
    seen: set[tuple[str, str | None]] = set()
    for entry in entries:
        if (entry.name, entry.uscc) in seen:
            yield Problem("name", entry.name[:40], _TWICE, entry.row)
        seen.add((entry.name, entry.uscc))
