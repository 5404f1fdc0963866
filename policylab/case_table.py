"""Cases from a table of the user's own: columns become decision-time metrics by a map that a person writes."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
from pydantic import Field, ValidationError

from admission.application import problems_of
from admission.cases import CaseKind
from admission.customers.experience import DecisionSnapshot
from admission.errors import BadInput, Problem
from admission.metrics.catalogue import CATALOGUE, Value
from admission.model import Record, Text
from admission.policy import Policy
from policylab.comparison import PastCase
from policylab.tables import DataTable, Floats, numbers

# Metrics are kept to six places at run time; finer figures of a table would be judged as no real case is.
PLACES = 6
NOT_USED = Text(en="The map cannot be used.", zh="无法使用该列映射。")
EACH_ROW = Text(en="an amount in each row", zh="每行均须填写金额")


class Quotient(Record):
    """One weighted sum of columns over another; unknown where the denominator is zero or less."""

    numerator: dict[str, float] = Field(min_length=1)
    denominator: dict[str, float] = Field(min_length=1)


Source = str | Quotient | dict[str, float]


class TableMap(Record):
    """Which columns of a table are what.

    Attributes:
        reference: column that names the rows; numbered where there is none.
        outcome: column with 1 where the debt went bad and 0 where it did not; without one performance is unknown.
        segment, country: the same for all rows.
        requested: column with what was asked for, in the policy's house currency.
        metrics: metric -> its column; a weighted sum of columns, such as {X3: 6.56, X6: 3.26}; or a quotient of two.
    """

    reference: str | None = None
    outcome: str | None = None
    segment: str = "standard"
    country: str = "US"
    requested: str | None = None
    metrics: dict[str, Source] = Field(min_length=1)


def read_map(document: object) -> TableMap:
    """Check a map.

    Raises:
        BadInput: with everything that is wrong with it.
    """
    if not isinstance(document, Mapping):
        raise BadInput(
            Text(en="This is no map.", zh="这不是列映射表。"),
            remedy=Text(
                en="write a YAML table with `metrics: {metric: column}`",
                zh="请写成 YAML 表，含 `metrics: {指标: 列名}`",
            ),
        )
    try:
        found = TableMap.model_validate(dict(document))
    except ValidationError as error:
        raise BadInput(NOT_USED, problems=problems_of(error, model=TableMap)) from None
    unknown = [name for name in found.metrics if name not in CATALOGUE or CATALOGUE[name].kind == "code"]
    if unknown:
        problems = [Problem(f"metrics.{name}", name, _nearest(name, list(CATALOGUE))) for name in unknown]
        raise BadInput(NOT_USED, problems=problems)
    return found


def past_cases(table: DataTable, mapped: TableMap, policy: Policy, as_of: date) -> list[PastCase]:
    """Return a table's rows as cases that were decided on what they hold.

    Args:
        table: the table.
        mapped: which columns are what; what is not mapped is unknown.
        policy: whose house currency the amounts are in.
        as_of: the day that stands for the day of decision.

    Raises:
        BadInput: the map names a column that is not there, or a cell is no finite number.
    """
    columns = [str(name) for name in table.frame.columns]
    wanted = {name for source in mapped.metrics.values() for name in _columns(source)}
    wanted |= {name for name in (mapped.reference, mapped.outcome, mapped.requested) if name is not None}
    strays = sorted(wanted - set(columns))
    if strays:
        problems = [Problem(name, name, _nearest(name, columns)) for name in strays]
        message = Text(en=f"{table.source} does not fit the map.", zh=f"{table.source} 与列映射不符。")
        raise BadInput(message, problems=problems)
    problems = []
    metrics: dict[str, list[Value | None]] = {}
    for name, source in mapped.metrics.items():
        values, wrong = _values(table, source)
        problems += wrong
        metrics[name] = [_value(name, value) for value in values]
    outcomes, wrong = _outcomes(table, mapped.outcome)
    requested, more = _requested(table, mapped.requested)
    if problems + wrong + more:
        message = Text(en=f"{table.source} cannot be used.", zh=f"无法使用 {table.source}。")
        raise BadInput(message, problems=[*problems, *wrong, *more])
    return list(_rows(table, mapped, metrics, outcomes, requested, policy, as_of))


def _rows(
    table: DataTable,
    mapped: TableMap,
    metrics: Mapping[str, list[Value | None]],
    outcomes: list[bool | None],
    requested: list[Decimal],
    policy: Policy,
    as_of: date,
) -> Iterator[PastCase]:
    count = len(table.frame)
    names = [str(row) for row in range(1, count + 1)]
    if mapped.reference is not None:
        names = [str(cell) for cell in table.frame[mapped.reference]]
    currency = policy.house_currency
    amounts = {name: currency for name in metrics if CATALOGUE[name].kind == "amount"}
    for place in range(count):
        snapshot = DecisionSnapshot(
            reference=names[place],
            round=1,
            assessment="",
            kind=CaseKind.ONBOARDING,
            segment=mapped.segment,
            country=mapped.country,
            as_of=as_of,
            requested=requested[place],
            currency=currency,
            house_amount=requested[place] if mapped.requested is not None else None,
            house_currency=currency,
            terms_days=0,
            metrics={name: values[place] for name, values in metrics.items()},
            units=amounts,
            failed_finding=False,
            silent_source=False,
            overridden=False,
            policy=policy.sha256,
            policy_version=policy.version,
            route="desk",
            grade="",
            score=Decimal(0),
            limit=Decimal(0),
        )
        yield PastCase(snapshot, outcomes[place])


def _columns(source: Source) -> Iterable[str]:
    if isinstance(source, Quotient):
        return (*source.numerator, *source.denominator)
    return [source] if isinstance(source, str) else source


def _values(table: DataTable, source: Source) -> tuple[Floats, list[Problem]]:
    if isinstance(source, str):
        return numbers(table.frame, source)
    if isinstance(source, Quotient):
        over, wrong = _values(table, source.numerator)
        under, more = _values(table, source.denominator)
        meaningful = np.where(under > 0, under, np.nan)
        return over / meaningful, wrong + more
    total = np.zeros(len(table.frame))
    problems = []
    for column, weight in source.items():
        values, wrong = numbers(table.frame, column)
        total += weight * values
        problems += wrong
    return total, problems


def _value(metric: str, value: Any) -> Value | None:
    if np.isnan(value):
        return None
    return bool(value) if CATALOGUE[metric].kind == "flag" else Decimal(repr(round(float(value), PLACES)))


def _outcomes(table: DataTable, column: str | None) -> tuple[list[bool | None], list[Problem]]:
    if column is None:
        return [None] * len(table.frame), []
    values, problems = numbers(table.frame, column)
    wrong = np.flatnonzero(~np.isnan(values) & ~np.isin(values, (0, 1)))[:5]
    expected = Text(
        en="1 where it went bad, 0 where not, nothing where it is not known", zh="违约填 1，未违约填 0，未知留空"
    )
    cells = table.frame[column]
    problems += [Problem(column, str(cells.iloc[place])[:40], expected, row=int(place) + 1) for place in wrong]
    return [None if np.isnan(value) else bool(value == 1) for value in values], problems


def _requested(table: DataTable, column: str | None) -> tuple[list[Decimal], list[Problem]]:
    """Return what was asked for; one unit of currency where the table does not tell, so that only shape counts."""
    if column is None:
        return [Decimal(1)] * len(table.frame), []
    values, problems = numbers(table.frame, column)
    missing = np.flatnonzero(np.isnan(values))[:5]
    problems += [Problem(column, "", EACH_ROW, row=int(place) + 1) for place in missing]
    return [Decimal(0) if np.isnan(value) else Decimal(repr(float(value))) for value in values], problems


def _nearest(name: str, known: list[str]) -> Text:
    nearest = difflib.get_close_matches(name, known, 1)
    if nearest:
        return Text(en=f"no such name; did you mean {nearest[0]}?", zh=f"没有该名称；是否指 {nearest[0]}？")
    some = known[:20]
    return Text(en=f"no such name; known are {', '.join(some)}", zh=f"没有该名称；可用：{'、'.join(some)}")
