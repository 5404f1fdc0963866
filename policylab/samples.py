"""Samples: attributes with the outcome that was later observed, checked before anything is fitted on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from admission.errors import BadInput, Problem
from admission.metrics.catalogue import CATALOGUE
from admission.model import Text
from admission.problems import no_such
from policylab.tables import DataTable, numbers

# Below this no fold of a cross-validation holds both outcomes in any useful number.
LEAST_OUTCOMES = 5
COLUMN = Text(en="column", zh="列")
METRIC_WITH_BINS = Text(en="metric that has bins", zh="可分箱的指标")
ONCE = Text(en="each metric once", zh="每个指标只写一次")
ZERO_OR_ONE = Text(
    en="1 where it went bad, 0 where not; leave out rows whose outcome is not known",
    zh="违约为 1，未违约为 0；结果未知的行请删除",
)
TOO_FEW = {
    "bad": Text(en=f"at least {LEAST_OUTCOMES} outcomes that are bad", zh=f"至少 {LEAST_OUTCOMES} 个坏样本"),
    "good": Text(en=f"at least {LEAST_OUTCOMES} outcomes that are good", zh=f"至少 {LEAST_OUTCOMES} 个好样本"),
}
NO_VALUE = Text(en="a column that has values; leave it out of the map", zh="有数据的列；请从对应表中去掉此列")
ONE_VALUE = Text(
    en="a column whose values differ, not the same in every row; leave it out of the map",
    zh="取值有差异的列，而非每行相同；请从对应表中去掉此列",
)

Outcomes = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Sample:
    """Companies with what was known of them and how they turned out.

    Attributes:
        values: one column of numbers for each attribute; NaN where not known.
        bad: 1 where the debt went bad, else 0; as long as `values`.
        source: name of the file.
        sha256: fingerprint of the file.
        left_out: columns of the file that are not used.
    """

    values: pd.DataFrame
    bad: Outcomes
    source: str
    sha256: str
    left_out: tuple[str, ...] = ()

    @property
    def bads(self) -> int:
        """How many turned out bad."""
        return int(self.bad.sum())

    def rows(self, places: npt.NDArray[np.intp]) -> Sample:
        """Return these rows alone."""
        return Sample(self.values.iloc[places], self.bad[places], self.source, self.sha256, self.left_out)


def metric_columns(table: DataTable, outcome: str, mapping: object = None) -> dict[str, str]:
    """Return which column is which metric of the catalogue.

    Args:
        table: the table.
        outcome: the column of the outcome, which is no metric.
        mapping: columns and the metrics they are, as read from a file of the user's; None where columns bear the names
            of metrics themselves.

    Raises:
        BadInput: the mapping names a column or a metric that is not there, or nothing is left.
    """
    columns = [str(name) for name in table.frame.columns if name != outcome]
    if mapping is None:
        found = {name: name for name in columns if name in CATALOGUE and CATALOGUE[name].kind != "code"}
        if not found:
            raise BadInput(
                Text(
                    en=f"No column of {table.source} bears the name of a metric.",
                    zh=f"{table.source} 没有以指标命名的列。",
                ),
                remedy=Text(
                    en="give --map FILE, a YAML table of `column: metric`; docs/metrics.md lists the metrics",
                    zh="用 --map FILE 提供“列名: 指标”的 YAML 对应表；指标见 docs/metrics.md",
                ),
            )
        return found
    if not isinstance(mapping, Mapping) or not mapping:
        raise BadInput(
            Text(en="This is no map.", zh="这不是对应表。"),
            remedy=Text(en="write a YAML table of `column: metric`", zh="请写“列名: 指标”的 YAML 表"),
        )
    problems = []
    known = [name for name, spec in CATALOGUE.items() if spec.kind != "code"]
    for column, metric in mapping.items():
        if column not in columns:
            problems.append(Problem(str(column), str(column), no_such(COLUMN, str(column), columns)))
        if metric not in known:
            problems.append(Problem(str(column), str(metric), no_such(METRIC_WITH_BINS, str(metric), known)))
        elif list(mapping.values()).count(metric) > 1:
            problems.append(Problem(str(column), str(metric), ONCE))
    if problems:
        raise BadInput(Text(en="The map does not fit.", zh="对应表与数据不符。"), problems=problems)
    return {str(column): str(metric) for column, metric in mapping.items()}


def sample_from(table: DataTable, outcome: str, columns: Mapping[str, str]) -> Sample:
    """Check a table and take from it what is asked.

    Args:
        table: the table.
        outcome: the column that tells how it turned out: 1 bad, 0 good.
        columns: which column is which attribute.

    Raises:
        BadInput: with everything that is wrong: an outcome other than 0 and 1, too few of either, a cell that is no
            finite number, a column that is empty or the same in every row.
    """
    if outcome not in table.frame.columns:
        hint = no_such(COLUMN, outcome, [str(name) for name in table.frame.columns])
        message = Text(en=f"{table.source} has no outcome.", zh=f"{table.source} 没有结果列。")
        raise BadInput(message, problems=[Problem("outcome", outcome, hint)])
    bad, problems = _read_outcomes(table, outcome)
    values = {}
    for column, attribute in columns.items():
        values[attribute], wrong = numbers(table.frame, column)
        problems += wrong or _unless_varied(column, pd.Series(values[attribute]))
    if problems:
        message = Text(en=f"{table.source} cannot be calibrated on.", zh=f"{table.source} 不能用于校准。")
        raise BadInput(message, problems=problems)
    left_out = tuple(str(name) for name in table.frame.columns if name != outcome and name not in columns)
    return Sample(pd.DataFrame(values), bad, table.source, table.sha256, left_out)


def _read_outcomes(table: DataTable, outcome: str) -> tuple[Outcomes, list[Problem]]:
    values, problems = numbers(table.frame, outcome)
    wrong = np.flatnonzero(~np.isin(values, (0, 1)))
    if wrong.size:
        cells = table.frame[outcome]
        return np.zeros(0, np.int64), [
            Problem(outcome, str(cells.iloc[place])[:40], ZERO_OR_ONE, row=int(place) + 1) for place in wrong[:5]
        ]
    bad = values.astype(np.int64)
    for name, count in (("bad", int(bad.sum())), ("good", int((1 - bad).sum()))):
        if count < LEAST_OUTCOMES:
            problems.append(Problem(outcome, str(count), TOO_FEW[name]))
    return bad, problems


def _unless_varied(column: str, values: pd.Series[float]) -> list[Problem]:
    """Return the problem of a column that tells nothing: without values, or with one and the same."""
    if values.isna().all():
        return [Problem(column, "", NO_VALUE)]
    if values.nunique() == 1:
        return [Problem(column, f"{values.dropna().iloc[0]:g}", ONE_VALUE)]
    return []
