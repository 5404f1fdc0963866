"""What was known of each case at decision time: one compact row a round, so that very many are read at once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from admission.application import Application
from admission.assessment.assessing import Dossier
from admission.assessment.record import Assessment
from admission.cases import CaseKind, Step
from admission.customers.experience import DecisionSnapshot, Performance, snapshot_of
from admission.customers.snapshot_text import StoredMetrics, circumstances_text, metrics_text, read_circumstances
from admission.evidence.answers import Evidence, latest
from admission.evidence.facts import Facts
from admission.evidence.findings import Validation
from admission.model import canonical_json
from admission.money import Exchange, RateTable
from casebook.database import documents, tables
from casebook.database.policy_tables import performance as _performance
from casebook.database.policy_tables import snapshots as _snapshots
from casebook.database.store import SYSTEM, Transaction

_AT_ONCE = 2000


def row_of(snapshot: DecisionSnapshot) -> dict[str, Any]:
    """Return a snapshot as its row; what is decided later is joined when it is read."""
    return {
        "case_ref": snapshot.reference,
        "round": snapshot.round,
        "assessment": snapshot.assessment,
        "kind": snapshot.kind.value,
        "segment": snapshot.segment,
        "country": snapshot.country,
        "as_of": snapshot.as_of,
        "requested": snapshot.requested,
        "currency": snapshot.currency,
        "house_amount": snapshot.house_amount,
        "house_currency": snapshot.house_currency,
        "terms_days": snapshot.terms_days,
        "metrics": metrics_text(snapshot.metrics),
        "units": canonical_json(dict(snapshot.units)),
        "failed_finding": snapshot.failed_finding,
        "silent_source": snapshot.silent_source,
        "overridden": snapshot.overridden,
        "policy": snapshot.policy,
        "policy_version": snapshot.policy_version,
        "route": snapshot.route,
        "grade": snapshot.grade,
        "score": snapshot.score,
        "recommended_limit": snapshot.limit,
        "circumstances": circumstances_text(snapshot),
    }


def stored(
    connection: Connection,
    performance: Mapping[str, Sequence[Performance]],
    *,
    since: date | None = None,
    until: date | None = None,
) -> Iterator[DecisionSnapshot]:
    """Yield the snapshot of each case's current round with its decision and performance, by reference.

    Args:
        connection: to read from.
        performance: the records that stand, by case.
        since: only those assessed on this day or later.
        until: only those assessed on this day or earlier.
    """
    cases, decisions = tables.cases, tables.decisions
    current = sa.and_(cases.c.reference == _snapshots.c.case_ref, cases.c.round == _snapshots.c.round)
    decided = sa.and_(decisions.c.case_ref == _snapshots.c.case_ref, decisions.c.round == _snapshots.c.round)
    chosen = (
        sa.select(*_snapshots.c, decisions.c.outcome, decisions.c.document.label("decision"))
        .select_from(_snapshots.join(cases, current).outerjoin(decisions, decided))
        .order_by(_snapshots.c.case_ref)
    )
    if since is not None:
        chosen = chosen.where(_snapshots.c.as_of >= since)
    if until is not None:
        chosen = chosen.where(_snapshots.c.as_of <= until)
    reader = _Reader(performance)
    for rows in connection.execute(chosen.execution_options(yield_per=_AT_ONCE)).partitions():
        for row in rows:
            yield reader.read(row)


class _Reader:
    """Reads rows of `stored`; what many rows have in common it reads once."""

    def __init__(self, performance: Mapping[str, Sequence[Performance]]) -> None:
        self._performance = performance
        self._kinds = {kind.value: kind for kind in CaseKind}
        self._units: dict[str, Mapping[str, str]] = {}
        self._decode = json.JSONDecoder().raw_decode

    def _units_of(self, text: str) -> Mapping[str, str]:
        if text not in self._units:
            self._units[text] = json.loads(text)
        return self._units[text]

    def read(self, row: sa.Row[Any]) -> DecisionSnapshot:
        """Return the snapshot of a row."""
        # By place: the columns of the table stand in the order of the fields, and very many rows are read at once.
        *known, outcome, document = row
        decision = self._decode(document)[0] if document is not None else None
        granted = decision["limit"] if decision else None
        fields = (
            *known[:3],
            self._kinds[known[3]],
            *known[4:12],
            StoredMetrics(known[12]),
            self._units_of(known[13]),
            *known[14:23],
            *read_circumstances(known[23]),
            outcome,
            decision["decided_by"] if decision else None,
            date.fromisoformat(decision["decided_at"][:10]) if decision else None,
            None if granted is None else Decimal(granted),
            tuple(self._performance.get(known[0], ())),
        )
        return DecisionSnapshot._make(fields)


def fill_in(transaction: Transaction) -> None:
    """Make the snapshots of assessments that were stored before there were any, for each case's current round.

    Rounds before that are left out: the application they were made on may have been edited since.
    """
    for snapshot in _made_again(transaction.connection):
        transaction.upsert(_snapshots, [row_of(snapshot)])
        transaction.event(SYSTEM, "snapshot.filled_in", snapshot.reference, {"round": str(snapshot.round)})


def fill_in_circumstances(transaction: Transaction) -> None:
    """Add to the snapshots of each case's current round what they did not keep yet; assessment and application tell.

    In those of rounds before that it stays unknown: the application they were made on may have been edited since.
    """
    for snapshot in _made_again(transaction.connection):
        key, row = {"case_ref": snapshot.reference, "round": snapshot.round}, row_of(snapshot)
        if transaction.change(_snapshots, key, circumstances=row["circumstances"], units=row["units"]):
            transaction.event(SYSTEM, "snapshot.filled_in", snapshot.reference, {"round": str(snapshot.round)})


def _made_again(connection: Connection) -> Iterator[DecisionSnapshot]:
    """Yield the snapshot of each case's current round, made from what is stored."""
    cases, papers, assessments = tables.cases, tables.papers, tables.assessments
    chosen = (
        sa.select(cases.c.reference, cases.c.round, cases.c.kind, cases.c.application, assessments.c.document)
        .join(papers, sa.and_(papers.c.case_ref == cases.c.reference, papers.c.round == cases.c.round))
        .join(
            assessments,
            sa.and_(
                assessments.c.case_ref == papers.c.case_ref,
                assessments.c.round == papers.c.round,
                assessments.c.sha256 == papers.c.sha256,
            ),
        )
        .where(papers.c.kind == "current_assessment")
        .order_by(cases.c.reference)
    )
    pins = _Pins(connection)
    for row in connection.execute(chosen).all():
        yield _snapshot_again(connection, row, pins)


class _Pins:
    """The house currency of pinned policies, and pinned rates, each read once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._read: dict[tuple[str, str], Any] = {}

    def house_currency(self, policy: str) -> str | None:
        document = self._document("policy", policy)
        return None if document is None else str(document["house_currency"])

    def rates(self, sha256: str) -> RateTable:
        document = self._document("rates", sha256)
        return RateTable() if document is None else RateTable.read(canonical_json(document))

    def _document(self, kind: str, sha256: str) -> Any:
        if (kind, sha256) not in self._read:
            pins = tables.pins.c
            chosen = sa.select(pins.document).where(pins.kind == kind, pins.sha256 == sha256)
            text = self._connection.execute(chosen).scalar_one_or_none()
            self._read[kind, sha256] = None if text is None else json.loads(text)
        return self._read[kind, sha256]


def _snapshot_again(connection: Connection, row: sa.Row[Any], pins: _Pins) -> DecisionSnapshot:
    papers, steps, evidence = tables.papers.c, tables.steps.c, tables.evidence.c
    assessment = Assessment.model_validate_json(row.document)
    of_round = sa.select(papers.document).where(
        papers.case_ref == row.reference, papers.round == row.round, papers.kind == "validation"
    )
    validation = connection.execute(of_round).scalar_one_or_none()
    step = sa.select(steps.result).where(
        steps.case_ref == row.reference, steps.round == row.round, steps.step == Step.ASSESS.value
    )
    noted = json.loads(connection.execute(step).scalar_one_or_none() or "{}")
    asked = sa.select(evidence.document).where(evidence.case_ref == row.reference, evidence.round == row.round)
    answers = [Evidence.model_validate_json(text) for text in connection.execute(asked).scalars()]
    currency = pins.house_currency(assessment.policy.sha256)
    return snapshot_of(
        row.reference,
        row.round,
        Dossier(
            Application.model_validate_json(row.application),
            CaseKind(row.kind),
            latest(answers),
            Validation.model_validate_json(validation) if validation else Validation(findings=(), usable=Facts()),
            overrides=assessment.overrides,
            reopened=assessment.reopened,
            group_exposure=assessment.group_exposure,
            exposure=assessment.exposure,
        ),
        assessment,
        # A policy that was not kept leaves the house's currency, and with it the amount in it, unknown.
        Exchange(pins.rates(noted.get("rates", "")) if currency else RateTable(), currency or "", assessment.as_of),
    )


def read_performance(connection: Connection, *conditions: sa.ColumnElement[bool]) -> list[Performance]:
    """Return records of performance, oldest first, those too that were corrected."""
    chosen = sa.select(_performance).where(*conditions).order_by(_performance.c.id)
    return [
        documents.read(Performance, row.document, row.sha256, row.case_ref).model_copy(update={"id": row.id})
        for row in connection.execute(chosen)
    ]
