"""Cases from a table of the user's own: columns become decision-time metrics by a map that a person writes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np

from admission.cases import CaseKind
from admission.customers.experience import DecisionSnapshot
from admission.errors import BadInput, Problem
from admission.metrics.catalogue import CATALOGUE, Value
from admission.model import Text
from admission.policy import Policy
from admission.problems import NAME, no_such
from policylab.comparison import PastCase
from policylab.number_style import Mark
from policylab.outcomes import read_outcomes, words_of
from policylab.ranges import check_ranges
from policylab.table_map import TableMap, draw, formulas_of
from policylab.tables import MISSING, DataTable, Floats, numbers

# Metrics are kept to six places at run time; finer figures of a table would be judged as no real case is.
PLACES = 6
OUTCOME = Text(
    en="1 where it went bad, 0 where not, nothing where it is not known", zh="违约为 1，未违约为 0，未知则留空"
)
AN_AMOUNT = Text(en="an amount in each row", zh="每行须有金额")


class TableCases(NamedTuple):
    """A table's rows as cases, and what the person should know of how it was read."""

    cases: list[PastCase]
    cautions: tuple[Text, ...]


def past_cases(table: DataTable, mapped: TableMap, policy: Policy, as_of: date) -> TableCases:
    """Return a table's rows as cases that were decided on what they hold.

    Args:
        table: the table.
        mapped: which columns are what; what is not mapped is unknown.
        policy: whose house currency the amounts are in.
        as_of: the day that stands for the day of decision.

    Raises:
        BadInput: the map names a column that is not there, a cell is no finite number, or figures are what their metric
            cannot be.
    """
    wanted = [name for name in (mapped.reference, mapped.outcome, mapped.requested) if name is not None]
    strays = sorted({name for name in wanted if name not in table.columns})
    if strays:
        problems = [Problem(name, name, no_such(NAME, name, table.columns)) for name in strays]
        message = Text(en=f"{table.source} does not fit the map.", zh=f"{table.source} 与对应表不符。")
        raise BadInput(message, problems=problems)
    drawn, problems = draw(table, formulas_of(table, mapped.metrics), (mapped.requested,))
    ranges = check_ranges(drawn.figures)
    outcomes, wrong = _outcomes(table, mapped)
    requested, more = _requested(table, mapped.requested, drawn.mark)
    problems = [*problems, *ranges.problems, *wrong, *more]
    if problems:
        message = Text(en=f"{table.source} cannot be used.", zh=f"{table.source} 无法使用。")
        raise BadInput(message, problems=problems)
    metrics = {name: [_value(name, value) for value in figures] for name, figures in drawn.figures.items()}
    cases = list(_rows(table, mapped, metrics, outcomes, requested, policy, as_of))
    return TableCases(cases, tuple(ranges.cautions))


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
    # What the table has no column for was kept back by nobody.
    no_column = frozenset(CATALOGUE) - set(metrics)
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
            not_asked=no_column,
            not_set_up=no_column,
        )
        yield PastCase(snapshot, outcomes[place])


def _value(metric: str, value: Any) -> Value | None:
    if np.isnan(value):
        return None
    return bool(value) if CATALOGUE[metric].kind == "flag" else Decimal(repr(round(float(value), PLACES)))


def _outcomes(table: DataTable, mapped: TableMap) -> tuple[list[bool | None], list[Problem]]:
    column = mapped.outcome
    if column is None:
        return [None] * len(table.frame), []
    told = (~words_of(table.frame[column]).isin(MISSING)).to_numpy()
    if mapped.bad and told.any():
        known = DataTable(table.frame[told], table.source, table.sha256)
        read = read_outcomes(known, column, mapped.bad)
        found = np.full(len(told), np.nan)
        if not read.problems:
            found[told] = read.bad
        return _three_valued(found), list(read.problems)
    values, problems = numbers(table.frame, column)
    wrong = np.flatnonzero(~np.isnan(values) & ~np.isin(values, (0, 1)))[:5]
    cells = table.frame[column]
    problems += [Problem(column, str(cells.iloc[place])[:40], OUTCOME, row=int(place) + 1) for place in wrong]
    return _three_valued(values), problems


def _three_valued(values: Floats) -> list[bool | None]:
    return [None if np.isnan(value) else bool(value == 1) for value in values]


def _requested(table: DataTable, column: str | None, mark: Mark) -> tuple[list[Decimal], list[Problem]]:
    """Return what was asked for; one unit of currency where the table does not tell, so that only shape counts."""
    if column is None:
        return [Decimal(1)] * len(table.frame), []
    values, problems = numbers(table.frame, column, mark)
    missing = np.flatnonzero(np.isnan(values))[:5]
    problems += [Problem(column, "", AN_AMOUNT, row=int(place) + 1) for place in missing]
    return [Decimal(0) if np.isnan(value) else Decimal(repr(float(value))) for value in values], problems
