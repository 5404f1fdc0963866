"""The scorecard as a piece of policy: what a calibration writes for a policy file to take in."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import yaml

from admission.policy import Calibration
from policylab.calibration import Calibrated
from policylab.samples import Sample

PLACES = 6
HEAD = """\
# A calibrated scorecard, to take the place of `scorecard` in a policy. docs/calibration.md tells what to check first.
# logit(probability of default) = intercept + slope x total points
"""


def calibration_of(calibrated: Calibrated, sample: Sample, fitted_on: date) -> Calibration:
    """Return the record of a fit; it counts companies, not rows."""
    return Calibration(
        intercept=round(Decimal(calibrated.intercept), PLACES),
        slope=round(Decimal(calibrated.slope), PLACES),
        outcomes=sample.bad_companies,
        observations=sample.companies,
        fitted_on=fitted_on,
        data_sha256=sample.sha256,
        source=sample.source,
    )


def scorecard_yaml(calibrated: Calibrated, calibration: Calibration) -> str:
    """Return the scorecard with its calibration as YAML, in the shape that a policy has under `scorecard`."""
    document = calibrated.scorecard.model_dump(mode="python", exclude_none=True)
    document["calibration"] = calibration.model_dump(mode="python")
    body = yaml.safe_dump({"scorecard": _plain(document)}, allow_unicode=True, sort_keys=False, width=120)
    return HEAD + body


def _plain(value: Any) -> Any:
    """Turn Decimals into text without exponents, so that no digit is lost, and tuples into lists."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(part) for part in value]
    return value
