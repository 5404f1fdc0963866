"""Invented companies whose outcomes follow a rule that the tests know."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
from scipy.special import expit

from policylab.calibration import Calibrated, calibrate
from policylab.samples import Sample

SHA256 = "0" * 64


def sample_of(values: dict[str, list[float]], bad: list[int]) -> Sample:
    return Sample(pd.DataFrame(values), np.array(bad, np.int64), "invented.csv", SHA256)


@cache
def companies(rows: int = 1500, seed: int = 7, base: float = -2.2) -> Sample:
    """Current ratio makes safe, debt makes risky, headcount does nothing; cash flow is sometimes not stated."""
    random = np.random.default_rng(seed)
    current, debt, cash = random.normal(1.5, 0.6, rows), random.normal(0.5, 0.2, rows), random.normal(0.1, 0.2, rows)
    logit = base - 1.6 * (current - 1.5) + 5.0 * (debt - 0.5) - 5.0 * (cash - 0.1)
    bad = (random.random(rows) < expit(logit)).astype(np.int64)
    values = {
        "current_ratio": current,
        "debt_ratio": debt,
        "cash_flow_to_debt": np.where(random.random(rows) < 0.1, np.nan, cash),
        "headcount": random.permutation(rows).astype(np.float64),
    }
    return Sample(pd.DataFrame(values), bad, "invented.csv", SHA256)


@cache
def card() -> Calibrated:
    return calibrate(companies(), source="[M] invented")
