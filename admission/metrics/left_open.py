"""Findings on what the answers of sources leave open: people see why something is unknown."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from admission.evidence.facts import Facts, Untold
from admission.evidence.findings import Finding, Verdict, Weight
from admission.metrics.financials import accounts_before, latest_accounts
from admission.metrics.registers import INSOLVENCY_DAYS
from admission.model import Text

CODE = "facts.left_open"


def open_findings(facts: Facts, as_of: date) -> list[Finding]:
    """Return one finding for each thing that an answer leaves open on the day of the assessment.

    Args:
        facts: the usable facts.
        as_of: the day of the assessment.
    """
    topics = (_finding(row.why, row.source) for row in facts.untold if _matters(row, as_of))
    return list(dict.fromkeys((*topics, *_open_figures(facts))))


def _matters(row: Untold, as_of: date) -> bool:
    """False for what is left open of long ago, or from a day to come."""
    far_back = as_of - timedelta(days=INSOLVENCY_DAYS)
    return row.holds_on(as_of) and (row.before is None or row.before > far_back)


def _open_figures(facts: Facts) -> Iterator[Finding]:
    """Figures of the newest accounts, and of those that they are compared with."""
    current = latest_accounts(facts.statements)
    if current is None:
        return
    for accounts in (current, accounts_before(facts.statements, current)):
        for doubt in accounts.doubts if accounts else ():
            yield _finding(doubt.why, current.source)


def _finding(why: Text, source: str) -> Finding:
    return Finding(code=CODE, verdict=Verdict.UNKNOWN, weight=Weight.WARNING, message=why, source=source)
