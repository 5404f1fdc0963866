"""The Polish companies bankruptcy data (UCI 365, Zieba 2016) in the words of the house: columns A1 to A64 by place.

The columns are ratios; with total assets of a round sum each row is a set of annual accounts, of which the house's own
code makes metrics, known or unknown as for a case. The parts agree: current assets less short-term liabilities over
them, and equity over liabilities, give the columns of these names in more than 99.98 % of rows.

Interest cover. The metric is operating profit / interest expense. The column A27, by its name profit on operating
activities / financial expenses, cannot be taken for it: in the fifth year's file 541 companies have an operating profit
of exactly 0, none of them bankrupt; and between 0 and 1 it goes with 0.8 % bankrupt, above 3 with 3.7 %. The same two
figures follow from other columns: EBIT is A11 (gross profit, extraordinary items and financial expenses), interest is
A11 - A18 (the same less gross profit). It is 0 in 2,598 of 5,910 rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd

from admission.assessment.engine.case import Figures
from admission.assessment.engine.points import Scorer
from admission.errors import BadInput
from admission.evidence.facts import FinancialStatement
from admission.metrics.catalogue import CATALOGUE, NO_SOURCE, Metric, unknown
from admission.metrics.financials import financial_metrics
from admission.model import Text
from admission.policy import Policy
from policylab.samples import Sample, sample_from
from policylab.tables import DataTable, Floats

ATTRIBUTES = 64
# Section 9 of the scoring notes: the attributes of the calibrated card.
TWELVE = tuple(f"A{number}" for number in (3, 4, 10, 6, 7, 26, 9, 29, 21, 27, 44, 62))
TOTAL_ASSETS = 1_000_000
# Interest is a difference of two columns, which are given to six places; what is smaller is no interest.
NEXT_TO_NOTHING = 1e-6
START, END, AS_OF = date(2012, 1, 1), date(2012, 12, 31), date(2013, 6, 30)


def polish_sample(table: DataTable) -> Sample:
    """Return all 64 attributes as A1 to A64, and the outcome, which is the last column.

    Raises:
        BadInput: the table has another number of columns, or cannot be calibrated on.
    """
    names = table.columns
    if len(names) != ATTRIBUTES + 1:
        count = len(names)
        raise BadInput(
            Text(en=f"{table.source} has {count} columns.", zh=f"{table.source} 有 {count} 列。"),
            remedy=Text(en=f"give {ATTRIBUTES} attributes and the outcome", zh=f"须为 {ATTRIBUTES} 个属性加结果列"),
        )
    return sample_from(table, names[-1], {f"A{number}": name for number, name in enumerate(names[:-1], 1)})


def altman_z2(values: pd.DataFrame) -> Floats:
    """Return Altman's Z'' as published, without its constant; NaN where a part is missing."""
    parts = 6.56 * values["A3"] + 3.26 * values["A6"] + 6.72 * values["A7"] + 1.05 * values["A8"]
    return parts.to_numpy(dtype=np.float64)


def accounts(values: pd.DataFrame) -> Iterator[FinancialStatement]:
    """Return each row as a year's accounts; a figure that does not follow from the columns is not stated."""
    interest = values["A11"] - values["A18"]
    shares = pd.DataFrame(
        {
            "total_assets": values["A2"].where(values["A2"].isna(), 1.0),
            "current_assets": values["A3"] + values["A51"],
            "current_liabilities": values["A51"],
            "total_liabilities": values["A2"],
            "equity": values["A10"],
            "retained_earnings": values["A6"],
            "revenue": values["A9"],
            "operating_profit": values["A11"],
            "interest_expense": interest.mask(interest.abs() < NEXT_TO_NOTHING, 0.0),
            "net_income": values["A1"],
            "depreciation": values["A26"] * values["A2"] - values["A1"],
        }
    )
    names = list(shares.columns)
    for row in (shares.to_numpy(dtype=np.float64) * TOTAL_ASSETS).round(2):
        stated = {name: Decimal(repr(float(x))) for name, x in zip(names, row, strict=True) if not np.isnan(x)}
        yield FinancialStatement(
            source="uci_365",
            evidence="uci_365",
            period_start=START,
            period_end=END,
            currency="PLN",
            standard="pl-gaap",
            **stated,
        )


def metrics_of(statement: FinancialStatement) -> dict[str, Metric]:
    """Return the metrics that the house makes of one company's accounts; all others are unknown."""
    found = {name: unknown(name, NO_SOURCE) for name in CATALOGUE}
    found |= {metric.name: metric for metric in financial_metrics([statement], as_of=AS_OF, why_none=None)}
    return found


def block_of(policy: Policy) -> Policy:
    """Return a policy whose scorecard has only what annual accounts can earn: its financial block."""
    names = {metric.name for metric in financial_metrics([], as_of=AS_OF, why_none=None)}
    card = policy.scorecard
    block = tuple(attribute for attribute in card.attributes if attribute.metric in names)
    return policy.model_copy(update={"scorecard": card.model_copy(update={"attributes": block})})


def block_points(policy: Policy, values: pd.DataFrame) -> Floats:
    """Return the points that each row's grade is read from, in the policy's financial block, by the product's code.

    What is unknown earns what the policy says of figures that the company could withhold, as in a case.
    """
    scorer = Scorer(block_of(policy))
    return np.array(
        [float(scorer.count(Figures.of(metrics_of(statement).values())).assured) for statement in accounts(values)]
    )


def altman_as_read(values: pd.DataFrame) -> Floats:
    """Return Z'' as the house makes it of the accounts; the lowest of all where it is unknown, as the policy has it."""
    read = [metrics_of(statement)["altman_z2"].value for statement in accounts(values)]
    known = np.array([np.nan if value is None else float(value) for value in read])
    return np.where(np.isnan(known), np.nanmin(known) - 1, known)
