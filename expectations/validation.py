"""From the facts of a batch to what may be judged: findings, and the facts without the rows that cannot be trusted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING

from admission.evidence.facts import Facts
from admission.evidence.findings import Finding, Validation, Verdict, Weight
from expectations.catalogue import CATALOGUE, TABLES, Check
from expectations.messages import message_of, passed

if TYPE_CHECKING:
    from expectations.tables import Row


@dataclass
class _Case:
    findings: list[Finding] = field(default_factory=list)
    lost: dict[str, set[int]] = field(default_factory=dict)


def validate(batch: Mapping[str, Facts], *, as_of: date) -> dict[str, Validation]:
    """Check the facts of all cases of a batch at once; one is a batch of one.

    Each fact table's suite runs once over the rows of all cases, as Great Expectations costs about 0.2 s a run whatever
    the rows. No case's rows are ever compared with another's.

    Args:
        batch: facts by case.
        as_of: the day of the judgement; no date may lie after it.

    Returns:
        For each case, in the order given: findings sorted by code, evidence and source (one for each row and check that
        failed; one `<table>.suite` for each table that has rows and no failure), the facts without the rows that failed
        a blocking check, and the names of the tables that lost rows.

    Raises:
        SuiteError: Great Expectations itself broke down.
    """
    cases = {case: _Case() for case in batch}
    for table in TABLES:
        _validate_table(table, batch, cases, as_of)
    return {case: _validation(batch[case], found) for case, found in cases.items()}


def _validate_table(table: str, batch: Mapping[str, Facts], cases: dict[str, _Case], as_of: date) -> None:
    if not any(getattr(facts, table) for facts in batch.values()):
        return
    from expectations.run import failures_of
    from expectations.tables import Row, frame_of

    rows = [
        Row(case=case, position=position, fact=fact)
        for case, facts in batch.items()
        for position, fact in enumerate(getattr(facts, table))
    ]
    frame = frame_of(table, rows)
    failed: set[str] = set()
    for code, number in failures_of(table, frame, as_of=as_of):
        row, check = rows[number], CATALOGUE[code]
        other = rows[int(frame[check.compared_by].iloc[number])] if check.compared_by else None
        cases[row.case].findings.append(_failure(check, row, other, as_of))
        if check.weight is Weight.BLOCKING:
            cases[row.case].lost.setdefault(table, set()).add(row.position)
        failed.add(row.case)
    for case, own in groupby(rows, key=lambda row: row.case):
        if case not in failed:
            cases[case].findings.append(_success(table, list(own)))


def _failure(check: Check, row: Row, other: Row | None, as_of: date) -> Finding:
    return Finding(
        code=check.code,
        verdict=Verdict.FAIL,
        weight=check.weight,
        message=message_of(check, row.fact, other=other.fact if other else None, as_of=as_of),
        source="" if check.spans_sources else row.fact.source,
        evidence=_evidence([row, other] if other else [row]),
    )


def _success(table: str, rows: list[Row]) -> Finding:
    return Finding(
        code=f"{TABLES[table]}.suite",
        verdict=Verdict.PASS,
        weight=Weight.INFO,
        message=passed(table, len(rows)),
        evidence=_evidence(rows),
    )


def _evidence(rows: Iterable[Row]) -> tuple[str, ...]:
    return tuple(sorted({row.fact.evidence for row in rows if row.fact.evidence}))


def _validation(facts: Facts, case: _Case) -> Validation:
    # Two equal rows say the same of themselves; it is said once.
    findings = sorted(
        dict.fromkeys(case.findings),
        key=lambda finding: (finding.code, finding.evidence, finding.source, finding.message.en),
    )
    kept = {
        table: tuple(fact for position, fact in enumerate(getattr(facts, table)) if position not in positions)
        for table, positions in case.lost.items()
    }
    return Validation(
        findings=tuple(findings),
        usable=facts.model_copy(update=kept) if kept else facts,
        spoiled=tuple(table for table in TABLES if table in kept),
        failed_accounts=tuple(
            fact for position, fact in enumerate(facts.statements) if position in case.lost.get("statements", ())
        ),
    )
