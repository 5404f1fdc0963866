"""Rules on a single value that Great Expectations has no expectation for; frames carry what they say as a column."""

from __future__ import annotations

import math
from decimal import Decimal

from admission.identifiers import CHECKS, taken


def wrong_identifiers(identifiers: dict[str, str]) -> dict[str, str]:
    """Return the numbers whose shape or check digits are wrong; kinds that we have no rule for are left out.

    A social credit code whose check characters do not fit may be real; the assessment has a finding for it.
    """
    return {kind: number for kind, number in identifiers.items() if kind in CHECKS and not _is_valid(kind, number)}


def _is_valid(kind: str, number: str) -> bool:
    try:
        taken(kind, number)
    except ValueError:
        return False
    return True


def names_a_meeting(form: str) -> bool:
    """True for proxy and information statements (SEC schedules 14A and 14C).

    Their period is the day of a meeting to come: in the recorded SEC submissions of six companies, all filings whose
    period lies after the day of filing are of forms DEF 14A and PRE 14A.
    """
    return "14A" in form or "14C" in form


def number(value: Decimal | None) -> float:
    """Return an amount as float64: NaN where none is stated, infinity where it is not finite or too large to hold."""
    if value is None:
        return math.nan
    return float(value) if value.is_finite() else math.inf
