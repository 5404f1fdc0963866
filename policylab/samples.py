"""Samples: attributes with the outcome that was later observed, checked before anything is fitted on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from admission.errors import BadInput, Problem
from admission.metrics.catalogue import CATALOGUE
from admission.model import Text
from admission.problems import no_such
from policylab.companies import Companies, Numbers, find_companies
from policylab.formulas import columns_of
from policylab.outcomes import Outcomes, read_outcomes
from policylab.ranges import check_ranges
from policylab.table_map import COLUMN, Source, draw, formulas_of
from policylab.tables import DataTable, Floats

# Below this no fold of a cross-validation holds both outcomes in any useful number.
LEAST_OUTCOMES = 5
TOO_FEW = {
    "bad": Text(en=f"at least {LEAST_OUTCOMES} outcomes that are bad", zh=f"至少 {LEAST_OUTCOMES} 个坏样本"),
    "good": Text(en=f"at least {LEAST_OUTCOMES} outcomes that are good", zh=f"至少 {LEAST_OUTCOMES} 个好样本"),
}
OUTCOME_USED = Text(en="another column than the outcome itself", zh="不能使用结果列本身")
NO_VALUE = Text(en="a column that has values; leave it out of the map", zh="有数据的列；请从对应表中去掉此列")
ONE_VALUE = Text(
    en="a column whose values differ, not the same in every row; leave it out of the map",
    zh="取值有差异的列，而非每行相同；请从对应表中去掉此列",
)


@dataclass(frozen=True, eq=False)
class Sample:
    """Companies with what was known of them and how they turned out.

    Attributes:
        values: one column of numbers for each attribute; NaN where not known.
        bad: 1 where the debt went bad, else 0; as long as `values`.
        source: name of the file.
        sha256: fingerprint of the file.
        left_out: columns of the file that are not used.
        of_row: number of the company that each row is of; None where each row is another.
        cautions: what the person should know of how the table was read.
    """

    values: pd.DataFrame
    bad: Outcomes
    source: str
    sha256: str
    left_out: tuple[str, ...] = ()
    of_row: Numbers | None = None
    cautions: tuple[Text, ...] = ()

    @property
    def bads(self) -> int:
        """How many rows turned out bad."""
        return int(self.bad.sum())

    @property
    def company(self) -> Numbers:
        """Number of the company of each row."""
        return np.arange(len(self.bad), dtype=np.int64) if self.of_row is None else self.of_row

    @property
    def companies(self) -> int:
        """How many companies there are."""
        return len(np.unique(self.company))

    @property
    def bad_companies(self) -> int:
        """How many companies turned out bad, in any of their rows."""
        return len(np.unique(self.company[self.bad == 1]))

    def rows(self, places: npt.NDArray[np.intp]) -> Sample:
        """Return these rows alone."""
        return Sample(
            self.values.iloc[places],
            self.bad[places],
            self.source,
            self.sha256,
            self.left_out,
            None if self.of_row is None else self.of_row[places],
            self.cautions,
        )

    def only(self, attributes: Sequence[str]) -> Sample:
        """Return the same companies with these attributes alone."""
        values = self.values[list(attributes)]
        return Sample(values, self.bad, self.source, self.sha256, self.left_out, self.of_row, self.cautions)


def metric_sources(table: DataTable, outcome: str) -> dict[str, Source]:
    """Return the columns that bear the names of metrics themselves, for a table without a map.

    Args:
        table: the table.
        outcome: the column of the outcome, which is no metric.

    Raises:
        BadInput: there is none.
    """
    found: dict[str, Source] = {
        name: name for name in table.columns if name != outcome and name in CATALOGUE and CATALOGUE[name].kind != "code"
    }
    if not found:
        raise BadInput(
            Text(
                en=f"No column of {table.source} bears the name of a metric.",
                zh=f"{table.source} 没有以指标命名的列。",
            ),
            remedy=Text(
                en="give --map FILE, a YAML table of `metric: column`; docs/metrics.md lists the metrics",
                zh="用 --map FILE 提供“指标: 列名”的 YAML 对应表；指标见 docs/metrics.md",
            ),
        )
    return found


def sample_from(
    table: DataTable,
    outcome: str,
    sources: Mapping[str, Source],
    *,
    bad_words: Sequence[str] = (),
    reference: str | None = None,
) -> Sample:
    """Check a table and take from it what is asked.

    Args:
        table: the table.
        outcome: the column that tells how it turned out: 1 bad, 0 good, or words.
        sources: attribute -> its column, or a formula of columns.
        bad_words: the words of the outcome that mean it went bad; none where the outcome is 1 and 0.
        reference: the column that names the company of each row; None where the table is to tell.

    Raises:
        BadInput: with everything that is wrong: an outcome that tells nothing, too few of either, a cell that is no
            finite number, figures that their metric cannot be, an attribute that is empty or the same in every row.
    """
    if outcome not in table.columns:
        hint = no_such(COLUMN, outcome, table.columns)
        message = Text(en=f"{table.source} has no outcome.", zh=f"{table.source} 没有结果列。")
        raise BadInput(message, problems=[Problem("outcome", outcome, hint)])
    read = read_outcomes(table, outcome, bad_words)
    formulas = formulas_of(table, sources)
    drawn, wrong = draw(table, formulas)
    values = pd.DataFrame(drawn.figures)
    companies = find_companies(table, values, (outcome, *drawn.columns), reference)
    problems = list(read.problems) or _unless_enough(outcome, read.bad, companies)
    if outcome in drawn.columns:
        problems.append(Problem(outcome, outcome, OUTCOME_USED))
    amiss = {problem.field for problem in wrong}
    sound = {name: figures for name, figures in drawn.figures.items() if amiss.isdisjoint(columns_of(formulas[name]))}
    ranges = check_ranges(sound)
    problems += [problem for name, figures in sound.items() for problem in _unless_varied(name, figures)]
    problems += wrong + ranges.problems
    if problems:
        message = Text(en=f"{table.source} cannot be calibrated on.", zh=f"{table.source} 不能用于校准。")
        raise BadInput(message, problems=problems)
    used = {outcome, reference, *drawn.columns}
    return Sample(
        values,
        read.bad,
        table.source,
        table.sha256,
        left_out=tuple(name for name in table.columns if name not in used),
        of_row=companies.of_row,
        cautions=(*read.cautions, *companies.cautions, *ranges.cautions),
    )


def _unless_enough(outcome: str, bad: Outcomes, companies: Companies) -> list[Problem]:
    """Return the problem of too few companies of either outcome; where rows are more, how they came to be so few."""
    problems = []
    for name, value in (("bad", 1), ("good", 0)):
        rows, count = int((bad == value).sum()), len(np.unique(companies.of_row[bad == value]))
        if count >= LEAST_OUTCOMES:
            continue
        expected = TOO_FEW[name]
        if rows > count:
            column = companies.column
            by = (f" by {column}", f"（按 {column}）") if column is not None else ("", "")
            expected = Text(
                en=f"{expected.en}; {rows} rows are taken for so many companies{by[0]}",
                zh=f"{expected.zh}；{rows} 行视为 {count} 家企业{by[1]}",
            )
        problems.append(Problem(outcome, str(count), expected))
    return problems


def _unless_varied(attribute: str, figures: Floats) -> list[Problem]:
    """Return the problem of an attribute that tells nothing: without figures, or with one and the same."""
    known = figures[~np.isnan(figures)]
    if not known.size:
        return [Problem(attribute, "", NO_VALUE)]
    if (known == known[0]).all():
        return [Problem(attribute, f"{known[0]:g}", ONE_VALUE)]
    return []
