"""The house's tables of industries, as CSV or XLSX that people keep."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from admission.errors import BadInput, Problem
from admission.metrics.catalogue import CATALOGUE
from admission.metrics.industry import Benchmark, IndustryRisk, IndustryTables
from admission.model import Text
from admission.problems import no_such, problems_of
from intake.reading import Table, TableRow, one_cell_each, read_table

R = TypeVar("R", Benchmark, IndustryRisk)
EXAMPLES = {
    Benchmark: "uk-sic:47,current_ratio,0.9,1.3,2.1,trade body,2026-06-30",
    IndustryRisk: "uk-sic:47,3,own judgement,2026-06-30",
}
WITHOUT_QUARTILES = ("amount", "flag", "code")
METRIC = Text(en="metric", zh="指标")
ROW_TWICE = Text(en="each industry once a day; this row is there twice", zh="同一行业同一日期只写一行；此行重复")


def read_industry_tables(benchmarks: Path | None, risks: Path | None) -> IndustryTables:
    """Read both tables; without a file a table is empty, and what depends on it unknown.

    Raises:
        BadInput: with every problem of a table, each with its row.
    """
    return IndustryTables(
        benchmarks=_read(benchmarks, Benchmark, _benchmark_key) if benchmarks else (),
        risks=_read(risks, IndustryRisk, lambda row: (row.code, row.date)) if risks else (),
    )


def _benchmark_key(row: Benchmark) -> tuple[object, ...]:
    return row.code, row.metric, row.date


def _read(path: Path, model: type[R], key: Callable[[R], tuple[object, ...]]) -> tuple[R, ...]:
    table, columns = read_table(path), list(model.model_fields)
    if sorted(table.header) != sorted(columns):
        expected = Text(
            en=f"columns {','.join(columns)}, such as {EXAMPLES[model]}",
            zh=f"列为 {','.join(columns)}，如 {EXAMPLES[model]}",
        )
        problem = Problem("", ",".join(table.header), expected, row=0)
        message = Text(en=f"{path.name} is not such a table.", zh=f"{path.name} 不是这样的表。")
        raise BadInput(message, problems=[problem])
    rows: dict[tuple[object, ...], R] = {}
    problems: list[Problem] = []
    for row in table.rows:
        read = _read_row(table, row, model)
        if not isinstance(read, list) and key(read) in rows:
            read = [Problem("", ",".join(row.cells), ROW_TWICE, row.number)]
        if isinstance(read, list):
            problems += read
        else:
            rows[key(read)] = read
    if problems:
        raise BadInput(
            Text(en=f"{path.name} cannot be used.", zh=f"{path.name} 无法使用。"),
            problems=problems,
            remedy=Text(en=f"a row is such as {EXAMPLES[model]}", zh=f"每行如 {EXAMPLES[model]}"),
        )
    return tuple(rows.values())


def _read_row(table: Table, row: TableRow, model: type[R]) -> R | list[Problem]:
    """Read one row, or tell its problems."""
    if len(row.cells) != len(table.header):
        return [Problem("", str(len(row.cells)), one_cell_each(len(table.header)), row.number)]
    cells = {name: cell.strip() for name, cell in zip(table.header, row.cells, strict=True)}
    problems = list(_cell_problems(cells, row.number))
    try:
        read = model.model_validate(cells)
    except ValidationError as error:
        whole = ",".join(row.cells)
        told = problems_of(error, row=row.number, model=model)
        return problems + [item if item.field else replace(item, value=whole) for item in told]
    return problems or read


def _cell_problems(cells: dict[str, str], row: int) -> Iterator[Problem]:
    """Yield what the row's own shape does not tell: a metric that there is not, or that has no quartiles."""
    if "metric" not in cells:
        return
    spec = CATALOGUE.get(cells["metric"])
    if spec is None:
        yield Problem("metric", cells["metric"], no_such(METRIC, cells["metric"], CATALOGUE), row)
    elif spec.kind in WITHOUT_QUARTILES:
        expected = Text(
            en=f"a metric with quartiles; {spec.name} is of kind {spec.kind}",
            zh=f"有四分位数的指标；{spec.name} 属于 {spec.kind}",
        )
        yield Problem("metric", spec.name, expected, row)
