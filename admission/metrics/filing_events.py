"""Events of filings that speak against a company without telling of distress by themselves, in the last 24 months.

A change of auditor: 8-K item 4.01 of the SEC, an auditor's resignation at Companies House. A material impairment:
8-K item 2.06, which no other register has, so that its absence is known of SEC filers alone.
"""

from __future__ import annotations

from datetime import date

from admission.evidence.answers import Coverage
from admission.evidence.facts import EventKind, Facts
from admission.evidence.topics import Topic
from admission.metrics.catalogue import NO_SOURCE, Metric, unknown
from admission.metrics.registers import count_filings

TELLS_IMPAIRMENTS = "sec_edgar"


def filing_event_metrics(facts: Facts, coverage: Coverage, *, as_of: date) -> list[Metric]:
    """Count the events of two years.

    Args:
        facts: the usable facts.
        coverage: which topics were asked about.
        as_of: the day of the assessment.
    """
    changes = count_filings("auditor_changes_24m", {EventKind.AUDITOR_CHANGE}, facts, coverage, as_of=as_of)
    impairments = count_filings("impairments_24m", {EventKind.IMPAIRMENT}, facts, coverage, as_of=as_of)
    if impairments.value == 0 and TELLS_IMPAIRMENTS not in coverage.answered[Topic.FILINGS]:
        impairments = unknown("impairments_24m", NO_SOURCE)
    return [changes, impairments]
