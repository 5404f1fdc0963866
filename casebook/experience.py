"""Experience: snapshots of what was known at decision time, and how the debts went."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from admission.cases import Decision
from admission.customers.experience import DecisionSnapshot, Offered, Performance, drop_corrected
from admission.errors import BadInput, Conflict, NotFound, Problem
from admission.model import Text
from admission.transitions import DECISION_MADE
from casebook.database import documents, snapshots, tables
from casebook.database.case_rows import locked_case
from casebook.database.policy_tables import performance as _performance
from casebook.database.sealing import ERASED
from casebook.database.snapshots import read_performance
from casebook.database.store import Store, Transaction
from casebook.people import acting_person_named

_AT_ONCE = 500
_GRANTED = ("admitted", "kept")


class Experience:
    """What the house has learnt of its decisions."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def snapshots(self, *, since: date | None = None, until: date | None = None) -> Iterator[DecisionSnapshot]:
        """Stream the snapshot of each case's current round with its decision and performance, by reference.

        Args:
            since: only those assessed on this day or later.
            until: only those assessed on this day or earlier.
        """
        with self._store.read() as connection:
            by_case: dict[str, list[Performance]] = {}
            for record in drop_corrected(read_performance(connection)):
                by_case.setdefault(record.case, []).append(record)
            yield from snapshots.stored(connection, by_case, since=since, until=until)

    def offered(self, assessments: Sequence[str]) -> dict[str, Offered]:
        """Return what assessments offered, by their sha256; for snapshots of before it was kept beside them.

        Args:
            assessments: sha256 of each; one that is not there, or was erased, is left out.
        """
        column, found = tables.assessments.c, dict[str, Offered]()
        with self._store.read() as connection:
            for start in range(0, len(assessments), _AT_ONCE):
                some = assessments[start : start + _AT_ONCE]
                chosen = sa.select(column.sha256, column.document).where(column.sha256.in_(some))
                for sha256, text in connection.execute(chosen):
                    if text == ERASED:
                        continue
                    document = json.loads(text)
                    terms = document["terms"]
                    found[sha256] = Offered(document["route"]["band"], terms["days"], terms["secured"])
        return found

    def record(self, performance: Performance, on: date) -> Performance:
        """Keep how a debt went; a correction takes the place of an earlier record, which stays readable.

        Args:
            performance: what happened; its id is given here.
            on: today.

        Raises:
            NotFound: no such case, or no such record to correct.
            NotAllowed: the person was shut out.
            BadInput: a day in the future, or before the credit was granted; or no credit was granted.
            Conflict: the record was corrected already.
        """
        text, sha256 = documents.written(performance)
        with self._store.write() as transaction:
            row = locked_case(transaction, performance.case)
            acting_person_named(transaction.connection, performance.by)
            _check_granted(transaction, row, performance, on)
            if performance.corrects is not None:
                _check_correction(transaction, performance.corrects)
            values = {
                "case_ref": performance.case,
                "company_key": performance.company_key,
                "outcome": performance.outcome,
                "happened_on": performance.on,
                "recorded_by": performance.by,
                "recorded_at": transaction.now,
                "corrects": performance.corrects,
                "document": text,
                "sha256": sha256,
            }
            transaction.add(_performance, values)
            newest = sa.select(sa.func.max(_performance.c.id)).where(_performance.c.case_ref == performance.case)
            number = transaction.connection.execute(newest).scalar_one()
            detail = {"record": str(number), "outcome": performance.outcome, "on": performance.on.isoformat()}
            if performance.corrects is not None:
                detail["corrects"] = str(performance.corrects)
            transaction.event(performance.by, "performance.recorded", performance.case, detail)
            return performance.model_copy(update={"id": number})

    def of(self, reference: str) -> list[Performance]:
        """Return how the debt of a case went, oldest first, with the records that were corrected."""
        with self._store.read() as connection:
            return read_performance(connection, _performance.c.case_ref == reference)

    def of_company(self, company_key: str) -> list[Performance]:
        """Return how the debts of a company went, oldest first, with the records that were corrected."""
        with self._store.read() as connection:
            return read_performance(connection, _performance.c.company_key == company_key)


def _check_granted(transaction: Transaction, case: sa.Row[Any], performance: Performance, on: date) -> None:
    decisions = tables.decisions
    chosen = sa.select(decisions).where(decisions.c.case_ref == case.reference, decisions.c.round == case.round)
    row = transaction.connection.execute(chosen).one_or_none()
    if row is None or row.outcome not in _GRANTED or case.status not in DECISION_MADE:
        raise BadInput(
            Text(
                en="No credit was granted by this case, so it has no performance to record.",
                zh="该申请单未授予信用，没有可登记的履约情况。",
            ),
            context={"case": case.reference, "stands": row.outcome if row is not None else case.status},
            remedy=Text(
                en="give the case by which the credit was granted, or the company key",
                zh="请填写授信所依据的申请单，或企业标识",
            ),
        )
    granted = documents.read(Decision, row.document, row.sha256, case.reference).decided_at.date()
    if not granted <= performance.on <= on:
        expected = Text(
            en=f"a day from {granted}, when credit was granted, to {on}",
            zh=f"{granted}（授信日）至 {on} 之间的日期",
        )
        raise BadInput(
            Text(en="The day cannot be right.", zh="日期不正确。"),
            problems=[Problem("on", str(performance.on), expected)],
        )


def _check_correction(transaction: Transaction, number: int) -> None:
    found = transaction.connection.execute(sa.select(_performance.c.id).where(_performance.c.id == number)).first()
    if found is None:
        raise NotFound(
            Text(en="There is no such record of performance.", zh="没有该履约记录。"), context={"record": str(number)}
        )
    later = sa.select(_performance.c.id).where(_performance.c.corrects == number)
    by = transaction.connection.execute(later).scalar_one_or_none()
    if by is not None:
        raise Conflict(
            Text(en="This record was corrected already.", zh="该履约记录已更正过。"),
            context={"record": str(number)},
            remedy=Text(en=f"correct record {by} instead", zh=f"请更正记录 {by}"),
        )
