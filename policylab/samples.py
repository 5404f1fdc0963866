"""Samples: attributes with the outcome that was later observed, checked before anything is fitted on them."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from admission.errors import BadInput, Problem
from admission.metrics.catalogue import CATALOGUE
from policylab.tables import DataTable, numbers

# Below this no fold of a cross-validation holds both outcomes in any useful number.
LEAST_OUTCOMES = 5

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
                f"No column of {table.source} bears the name of a metric.",
                remedy="give --map FILE, a YAML table of `column: metric`; docs/metrics.md lists the metrics",
            )
        return found
    if not isinstance(mapping, Mapping) or not mapping:
        raise BadInput("This is no map.", remedy="write a YAML table of `column: metric`")
    problems = []
    known = [name for name, spec in CATALOGUE.items() if spec.kind != "code"]
    for column, metric in mapping.items():
        if column not in columns:
            problems.append(Problem(str(column), str(column), _nearest("column", str(column), columns)))
        if metric not in known:
            problems.append(Problem(str(column), str(metric), _nearest("metric that has bins", str(metric), known)))
        elif list(mapping.values()).count(metric) > 1:
            problems.append(Problem(str(column), str(metric), "each metric once"))
    if problems:
        raise BadInput("The map does not fit.", problems=problems)
    return {str(column): str(metric) for column, metric in mapping.items()}


def _nearest(what: str, name: str, known: list[str]) -> str:
    nearest = difflib.get_close_matches(name, known, 1)
    return f"no such {what}; did you mean {nearest[0]}?" if nearest else f"no such {what}"


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
        hint = _nearest("column", outcome, [str(name) for name in table.frame.columns])
        raise BadInput(f"{table.source} has no outcome.", problems=[Problem("outcome", outcome, hint)])
    bad, problems = _outcomes(table, outcome)
    values = {}
    for column, attribute in columns.items():
        values[attribute], wrong = numbers(table.frame, column)
        problems += wrong or _constant(column, pd.Series(values[attribute]))
    if problems:
        raise BadInput(f"{table.source} cannot be calibrated on.", problems=problems)
    left_out = tuple(str(name) for name in table.frame.columns if name != outcome and name not in columns)
    return Sample(pd.DataFrame(values), bad, table.source, table.sha256, left_out)


def _outcomes(table: DataTable, outcome: str) -> tuple[Outcomes, list[Problem]]:
    values, problems = numbers(table.frame, outcome)
    wrong = np.flatnonzero(~np.isin(values, (0, 1)))
    expected = "1 where it went bad, 0 where not; leave out rows whose outcome is not known"
    if wrong.size:
        cells = table.frame[outcome]
        return np.zeros(0, np.int64), [
            Problem(outcome, str(cells.iloc[place])[:40], expected, row=int(place) + 1) for place in wrong[:5]
        ]
    bad = values.astype(np.int64)
    for name, count in (("bad", int(bad.sum())), ("good", int((1 - bad).sum()))):
        if count < LEAST_OUTCOMES:
            problems.append(Problem(outcome, f"{count} {name}", f"at least {LEAST_OUTCOMES} outcomes that are {name}"))
    return bad, problems


def _constant(column: str, values: pd.Series[float]) -> list[Problem]:
    if values.notna().any() and values.nunique() > 1:
        return []
    shown = "no value" if values.isna().all() else f"{values.dropna().iloc[0]:g} in every row"
    return [Problem(column, shown, "a column whose values differ; leave it out of the map")]
