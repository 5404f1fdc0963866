"""A finding: one check with a stable code, and what came of it."""

from __future__ import annotations

from enum import StrEnum

from admission.evidence.facts import Facts, FinancialStatement
from admission.model import Record, Text, left_out

# Something that a method of the limit needs is not known.
LIMIT_INCOMPLETE = "limit.incomplete"


class Verdict(StrEnum):
    """How a check ended. Unknown is not a pass."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    FAIL = "fail"
    UNKNOWN = "unknown"


class Weight(StrEnum):
    """How much a failed check matters."""

    INFO = "info"
    WARNING = "warning"
    BLOCKING = "blocking"


class Finding(Record):
    """One check of one case.

    Attributes:
        code: stable, such as `statement.balance_identity`.
        source: whose data was checked; "" where the check spans sources.
        evidence: ids of the evidence it rests on.
    """

    code: str
    verdict: Verdict
    weight: Weight
    message: Text
    source: str = ""
    evidence: tuple[str, ...] = ()


class Validation(Record):
    """What the expectations say of one case's facts.

    Attributes:
        findings: one per check that failed, and one per suite that passed.
        usable: the facts without the rows that failed a blocking check.
        spoiled: names of the fact tables that lost rows; what depends on them is unknown.
        failed_accounts: the accounts that failed a blocking check; older ones do not take their place.
    """

    findings: tuple[Finding, ...]
    usable: Facts
    spoiled: tuple[str, ...] = ()
    failed_accounts: tuple[FinancialStatement, ...] = left_out(())
