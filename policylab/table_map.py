"""The map of a user's table, one form for `calibrate` and `compare`: which metric comes from which columns.

Always `metric: column`, or in place of the column a formula of columns (`policylab.formulas`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from pydantic import Field, ValidationError

from admission.errors import BadInput, Invalid, Problem
from admission.metrics.catalogue import CATALOGUE
from admission.model import Record, Text
from admission.problems import no_such, problems_of, shortened
from policylab.formulas import Column, Formula, Number, Operation, columns_of, evaluate, parse_formula
from policylab.number_style import Mark
from policylab.tables import DataTable, Floats, numbers

NOT_USABLE = Text(en="The map cannot be used.", zh="对应表无法使用。")
NO_MAP = Text(en="This is no map.", zh="这不是对应表。")
HOW_TO_MAP = Text(
    en="write a YAML table with `metrics: {metric: column}`", zh="请写含有 `metrics: {指标: 列名}` 的 YAML 表"
)
COLUMN = Text(en="column", zh="列")
METRIC = Text(en="metric that is a figure", zh="数值型指标")
_NO_COLUMN = Text(en="a formula that names at least one column", zh="公式中至少须有一个列名")
TURNED = Text(
    en="the map has `column: metric`, which is the other way round; it was read as `metric: column`. "
    "Turn its lines round",
    zh="对应表写成了“列: 指标”，方向相反；已按“指标: 列”读取。请将各行对调",
)


class Quotient(Record):
    """One weighted sum of columns over another; unknown where the denominator is zero or less."""

    numerator: dict[str, float] = Field(min_length=1)
    denominator: dict[str, float] = Field(min_length=1)


Source = str | Quotient | dict[str, float]


class TableMap(Record):
    """Which columns of a table are what.

    Attributes:
        reference: column that names the company of each row; rows are numbered where there is none.
        outcome: column that tells how it ended: 1 where it went bad and 0 where it did not, or words.
        bad: the words of the outcome that mean it went bad; empty where the outcome is 1 and 0.
        segment, country: the same for all rows; `compare` alone needs them.
        requested: column with what was asked for, in the policy's house currency; for `compare`.
        metrics: metric -> its column; a formula of columns, such as "debt / assets"; a weighted sum of columns, such as
            {X3: 6.56, X6: 3.26}; or a quotient of two such sums.
    """

    reference: str | None = None
    outcome: str | None = None
    bad: tuple[str, ...] = ()
    segment: str = "standard"
    country: str = "US"
    requested: str | None = None
    metrics: dict[str, Source] = Field(min_length=1)


def read_map(document: object, columns: Sequence[str] = ()) -> tuple[TableMap, tuple[Text, ...]]:
    """Check a map.

    Without `metrics`, its lines are those of the metrics themselves. A map of `column: metric` is taken where it can be
    nothing else.

    Args:
        document: what the file holds.
        columns: of the table.

    Returns:
        The map, and what the person should know of how it was read.

    Raises:
        BadInput: with everything that is wrong with it.
    """
    if not isinstance(document, Mapping) or not document:
        raise BadInput(NO_MAP, remedy=HOW_TO_MAP)
    fields = {str(name): value for name, value in document.items()}
    if "metrics" not in fields:
        fields = {name: value for name, value in fields.items() if name in TableMap.model_fields} | {
            "metrics": {name: value for name, value in fields.items() if name not in TableMap.model_fields}
        }
    if isinstance(fields.get("bad"), str):
        fields["bad"] = [fields["bad"]]
    turned = _turned_round(fields["metrics"], columns)
    if turned is not None:
        fields["metrics"] = turned
    try:
        found = TableMap.model_validate(fields)
    except ValidationError as error:
        raise BadInput(NOT_USABLE, problems=problems_of(error, model=TableMap)) from None
    figures = [name for name, spec in CATALOGUE.items() if spec.kind != "code"]
    problems = [
        Problem(f"metrics.{name}", shortened(name), no_such(METRIC, name, figures))
        for name in found.metrics
        if name not in figures
    ]
    if problems:
        raise BadInput(NOT_USABLE, problems=problems)
    return found, () if turned is None else (TURNED,)


def _turned_round(metrics: object, columns: Sequence[str]) -> dict[str, str] | None:
    """Return the lines turned round, where each has a column on the left and a metric on the right."""
    if not isinstance(metrics, Mapping) or not metrics:
        return None
    lines = [(str(left), str(right)) for left, right in metrics.items()]
    told = all(left in columns and left not in CATALOGUE and right in CATALOGUE for left, right in lines)
    return {right: left for left, right in lines} if told and len({right for _, right in lines}) == len(lines) else None


@dataclass(frozen=True)
class Drawn:
    """The figures that a map draws from a table.

    Attributes:
        figures: metric -> its figure in each row; NaN where not known.
        columns: the columns they come from.
        mark: the decimal mark that the table was read with.
    """

    figures: dict[str, Floats]
    columns: tuple[str, ...]
    mark: Mark


def formulas_of(table: DataTable, sources: Mapping[str, Source]) -> dict[str, Formula]:
    """Return what each metric comes from, checked against the columns that there are.

    Args:
        table: the table.
        sources: metric -> column, formula, weighted sum or quotient. What is the name of a column is that column,
            whatever signs it holds.

    Raises:
        BadInput: with every column that is not there and every formula that is none.
    """
    columns, found, problems = set(table.columns), dict[str, Formula](), list[Problem]()
    for name, source in sources.items():
        try:
            formula = _formula(source, columns)
        except Invalid as error:
            problems.append(Problem(name, shortened(source), error.expected))
            continue
        strays = sorted({column for column in columns_of(formula) if column not in columns})
        problems += [Problem(name, shortened(stray), no_such(COLUMN, stray, table.columns)) for stray in strays]
        found[name] = formula
    if problems:
        message = Text(en=f"{table.source} does not fit the map.", zh=f"{table.source} 与对应表不符。")
        raise BadInput(message, problems=problems)
    return found


def draw(
    table: DataTable, formulas: Mapping[str, Formula], also: Sequence[str | None] = ()
) -> tuple[Drawn, list[Problem]]:
    """Return the figures of formulas, and a problem for each cell in use that is no finite number.

    Args:
        table: the table.
        formulas: metric -> what it comes from.
        also: further columns of figures, which tell of the decimal mark too; None among them stands for none.
    """
    used = tuple(dict.fromkeys(column for formula in formulas.values() for column in columns_of(formula)))
    mark = table.mark_of(dict.fromkeys((*used, *(name for name in also if name is not None))))
    read = {column: numbers(table.frame, column, mark) for column in used}
    problems = [problem for _, wrong in read.values() for problem in wrong]
    rows = len(table.frame)
    figures = {
        name: np.broadcast_to(evaluate(formula, lambda column: read[column][0]), (rows,))
        for name, formula in formulas.items()
    }
    return Drawn(figures, used, mark), problems


def _formula(source: Source, columns: set[str]) -> Formula:
    if isinstance(source, Quotient):
        return Operation("/", _weighted(source.numerator), _weighted(source.denominator))
    if isinstance(source, dict):
        return _weighted(source)
    if source in columns:
        return Column(source)
    formula = parse_formula(source)
    if next(columns_of(formula), None) is None:
        raise Invalid(_NO_COLUMN)
    return formula


def _weighted(weights: Mapping[str, float]) -> Formula:
    first, *others = [Operation("*", Number(weight), Column(column)) for column, weight in weights.items()]
    total: Formula = first
    for part in others:
        total = Operation("+", total, part)
    return total
