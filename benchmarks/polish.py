"""The Polish companies bankruptcy data (UCI 365, Zieba 2016) in the words of the house: columns A1 to A64 by place.

Interest cover. The metric is operating profit / interest expense. The column A27, by its name profit on operating
activities / financial expenses, cannot be taken for it: in the fifth year's file 541 companies have an operating profit
of exactly 0, none of them bankrupt; and between 0 and 1 it goes with 0.8 % bankrupt, above 3 with 3.7 %. The same two
figures follow from other columns: EBIT is A11 (gross profit, extraordinary items and financial expenses), interest is
A11 - A18 (the same less gross profit). Where that is not above 0 the cover is unknown, as in
`admission.metrics.financials`.
"""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pandas as pd

from admission.errors import BadInput
from admission.metrics.catalogue import CATALOGUE, NO_SOURCE, Metric, known, unknown
from admission.model import Text
from policylab.samples import Sample, sample_from
from policylab.tables import DataTable, Floats

ATTRIBUTES = 64
# Section 9 of the scoring notes: the attributes of the calibrated card.
TWELVE = tuple(f"A{number}" for number in (3, 4, 10, 6, 7, 26, 9, 29, 21, 27, 44, 62))
BLOCK = ("altman_z2", "interest_cover", "cash_flow_to_debt", "current_ratio", "equity_ratio")


def polish_sample(table: DataTable) -> Sample:
    """Return all 64 attributes as A1 to A64, and the outcome, which is the last column.

    Raises:
        BadInput: the table has another number of columns, or cannot be calibrated on.
    """
    names = [str(name) for name in table.frame.columns]
    if len(names) != ATTRIBUTES + 1:
        count = len(names)
        raise BadInput(
            Text(en=f"{table.source} has {count} columns.", zh=f"{table.source} 有 {count} 列。"),
            remedy=Text(en=f"give {ATTRIBUTES} attributes and the outcome", zh=f"须为 {ATTRIBUTES} 个属性加结果列"),
        )
    columns = {name: f"A{number}" for number, name in enumerate(names[:-1], 1)}
    return sample_from(table, names[-1], columns)


def altman_z2(values: pd.DataFrame) -> Floats:
    """Return Altman's Z'' without its constant; NaN where a part is missing."""
    parts = 6.56 * values["A3"] + 3.26 * values["A6"] + 6.72 * values["A7"] + 1.05 * values["A8"]
    return parts.to_numpy(dtype=np.float64)


def interest_cover(values: pd.DataFrame) -> Floats:
    """Return EBIT / interest; NaN where interest is not above 0."""
    interest = values["A11"] - values["A18"]
    return (values["A11"] / interest.where(interest > 0)).to_numpy(dtype=np.float64)


def block_values(values: pd.DataFrame) -> dict[str, Floats]:
    """Return the five metrics of the default policy's financial block."""
    return {
        "altman_z2": altman_z2(values),
        "interest_cover": interest_cover(values),
        "cash_flow_to_debt": values["A26"].to_numpy(dtype=np.float64),
        "current_ratio": values["A4"].to_numpy(dtype=np.float64),
        "equity_ratio": values["A10"].to_numpy(dtype=np.float64),
    }


def metrics_of(columns: dict[str, Floats], row: int) -> dict[str, Metric]:
    """Return the metrics of one company; those without a column, and those that are NaN, are unknown."""
    found = {name: unknown(name, NO_SOURCE) for name in CATALOGUE}
    for name, column in columns.items():
        if not np.isnan(column[row]):
            found[name] = known(name, Decimal(repr(float(column[row]))), ("uci_365",), None)
    return found
