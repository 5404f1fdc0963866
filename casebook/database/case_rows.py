"""Reading, locking and changing rows of the case table within an open transaction."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from admission.application import Application
from admission.cases import Case, CaseKind, CaseStatus, Decision, Step
from admission.errors import NOTHING, Conflict, NotFound
from admission.model import Text, canonical_json
from admission.transitions import READ_AGAIN, CaseAct, next_status
from casebook.database import documents, tables
from casebook.database.erasure_tables import case_keys
from casebook.database.lookups import end_turns
from casebook.database.sealing import KeyOf, opened
from casebook.database.store import SYSTEM, Transaction

_cases = tables.cases
# A company has one such case at most; as the index that sees to it says it.
NOT_CONCLUDED = _cases.c.status != CaseStatus.CONCLUDED
_NEAREST_AMONG = 500
# Made once: making a statement takes as long as asking it. key_share: rows that merely refer to the case (history,
# evidence) need not wait, and cannot deadlock with us.
_LOCKED = sa.select(_cases).where(_cases.c.reference == sa.bindparam("case")).with_for_update(key_share=True)


class CaseRequest(NamedTuple):
    """What opens a case; see `Cases.open`."""

    application: Application
    kind: CaseKind
    requester: str | None
    channel: str
    idempotency_key: str | None = None


def cases_with_decision() -> sa.Select[Any]:
    """Return the selection that `case_of` reads: cases with the decision of their current round."""
    decisions = tables.decisions
    joined = _cases.outerjoin(
        decisions, sa.and_(decisions.c.case_ref == _cases.c.reference, decisions.c.round == _cases.c.round)
    ).outerjoin(case_keys, case_keys.c.case_ref == _cases.c.reference)
    plain = (column for column in _cases.c if column.name != "application")
    # With its key, so that none is looked for case by case where many are read.
    sealed = (sa.type_coerce(_cases.c.application, sa.Text).label("application"), case_keys.c.key.label("case_key"))
    columns = (decisions.c.document.label("decision"), decisions.c.sha256.label("decision_sha256"))
    return sa.select(*plain, *sealed, *columns).select_from(joined)


def case_of(row: sa.Row[Any]) -> Case:
    """Read one row of `cases_with_decision`."""
    where = row.reference
    decision = None
    if row.decision is not None:
        decision = documents.read(Decision, row.decision, row.decision_sha256, where)
    return Case(
        reference=row.reference,
        kind=CaseKind(row.kind),
        status=CaseStatus(row.status),
        round=row.round,
        application=documents.read(
            Application, opened(row.application, KeyOf(where, row.case_key)), row.application_sha256, where
        ),
        company_key=row.company_key,
        requester=row.requester,
        channel=row.channel,
        opened_at=row.opened_at,
        previous=row.previous,
        decision=decision,
        version=row.version,
    )


def case_in(connection: Connection, reference: str) -> Case:
    """Return a case.

    Raises:
        NotFound: there is none of this reference.
    """
    row = connection.execute(cases_with_decision().where(_cases.c.reference == reference)).one_or_none()
    if row is None:
        raise _missing_case(connection, reference)
    return case_of(row)


def locked_case(transaction: Transaction, reference: str) -> sa.Row[Any]:
    """Return a case's row, locked against other writers until the transaction ends.

    Raises:
        NotFound: there is none of this reference.
    """
    row = transaction.connection.execute(_LOCKED, {"case": reference}).one_or_none()
    if row is None:
        raise _missing_case(transaction.connection, reference)
    return row


def status_after(act: CaseAct, row: sa.Row[Any]) -> CaseStatus:
    """Return where an act leads a locked case; see `admission.transitions`.

    Raises:
        NotAllowed: the vote on the case is not open.
        Conflict: another act that cannot follow where the case stands.
    """
    return next_status(act, CaseStatus(row.status), case=row.reference)


def check_act(act: CaseAct, row: sa.Row[Any]) -> None:
    """Refuse an act that cannot follow where a locked case stands; see `status_after` for the errors."""
    status_after(act, row)


def change_case(transaction: Transaction, reference: str, **values: object) -> None:
    """Change a case and raise its version; a new status comes from `status_after`."""
    transaction.change(_cases, {"reference": reference}, version=_cases.c.version + 1, **values)


def set_lease(transaction: Transaction, reference: str, **values: object) -> None:
    """Change who holds a case's lease; the case itself stays as it is, and so does its version."""
    leased = sa.update(_cases).where(_cases.c.reference == reference).values(**values)
    # The lease is no part of the record, so nothing is bound.
    transaction.connection.execute(leased.execution_options(bound=True))


def write_decision(transaction: Transaction, row: sa.Row[Any], decision: Decision, actor: str) -> None:
    """Write the decision of a locked case.

    Raises:
        Conflict: the case is decided already.
    """
    reference = row.reference
    status = status_after(CaseAct.DECIDE, row)
    text, sha256 = documents.written(decision)
    kept = {"case_ref": reference, "round": row.round, "outcome": decision.outcome, "document": text, "sha256": sha256}
    if not transaction.insert_new(tables.decisions, kept):
        said = Text(en="This round is decided already.", zh="本轮已完成审批。")
        raise Conflict(said, context={"case": reference}, remedy=READ_AGAIN)
    change_case(transaction, reference, status=status)
    end_turns(transaction.connection, reference)
    detail = {
        "round": str(row.round),
        "outcome": decision.outcome,
        "decided_by": decision.decided_by,
        "assessment": decision.assessment,
        "limit": "" if decision.limit is None else f"{decision.limit} {decision.currency}",
    }
    transaction.event(actor, "case.decided", reference, detail)


def lock_opening(connection: Connection) -> None:
    """Let one transaction at a time open cases, so that numbers are gapless and the same request opens one case."""
    counters = tables.counters
    connection.execute(sa.select(counters.c.value).where(counters.c.name == "cases").with_for_update())


def same_case(connection: Connection, request: CaseRequest, sha256: str) -> Case | None:
    """Return the case that a request has opened before, if any; see `Cases.open`.

    Args:
        connection: to read from.
        request: what would open a case.
        sha256: fingerprint of its application.

    Raises:
        Conflict: a different case of this company is open, or the key was used for another application.
    """
    chosen = cases_with_decision()
    if request.idempotency_key is not None:
        known = connection.execute(chosen.where(_cases.c.idempotency_key == request.idempotency_key)).one_or_none()
        if known is not None:
            if known.kind != request.kind or sha256 not in (known.application_sha256, known.submitted_sha256):
                raise Conflict(
                    Text(
                        en="This idempotency key was used for another application.",
                        zh="该幂等键（idempotency key）已用于另一份申请。",
                    ),
                    context={"case": known.reference},
                    remedy=Text(en="use a new key for a new application", zh="新的申请请使用新的幂等键"),
                )
            return case_of(known)
    of_company = chosen.where(_cases.c.company_key == request.application.subject.company_key)
    current = connection.execute(of_company.where(NOT_CONCLUDED)).one_or_none()
    if current is not None:
        if current.kind != request.kind or sha256 not in (current.application_sha256, current.submitted_sha256):
            raise Conflict(
                Text(
                    en=f"Another case of this company is open: {current.reference}.",
                    zh=f"该企业另有未办结的申请单：{current.reference}。",
                ),
                context={"case": current.reference},
                remedy=Text(
                    en="conclude that case first, or carry it on by its reference",
                    zh="请先办结该申请单，或按其编号继续办理",
                ),
            )
        return case_of(current)
    if request.kind is not CaseKind.ONBOARDING or request.idempotency_key is not None:
        return None
    equal = of_company.where(_cases.c.application_sha256 == sha256, _cases.c.kind == request.kind)
    earlier = connection.execute(equal.order_by(_cases.c.opened_at.desc(), _cases.c.reference.desc()).limit(1)).first()
    return None if earlier is None else case_of(earlier)


def last_case(connection: Connection, company_key: str) -> str | None:
    """Return the reference of a company's newest case, if it has one."""
    newest = sa.select(_cases.c.reference).where(_cases.c.company_key == company_key)
    ordered = newest.order_by(_cases.c.opened_at.desc(), _cases.c.reference.desc()).limit(1)
    return connection.execute(ordered).scalar_one_or_none()


def next_reference(transaction: Transaction) -> str:
    """Return the next reference of the year; call it after `lock_opening`."""
    return next_references(transaction, 1)[0]


def next_references(transaction: Transaction, count: int) -> list[str]:
    """Return the next references of the year; call it after `lock_opening`."""
    counters, year = tables.counters, transaction.now.year
    name = f"cases-{year}"
    transaction.insert_new(counters, {"name": name, "value": 0})
    counted = sa.update(counters).where(counters.c.name == name).values(value=counters.c.value + count)
    last = transaction.connection.execute(counted.returning(counters.c.value)).scalar_one()
    return [f"GH-{year}-{number:06d}" for number in range(last - count + 1, last + 1)]


def no_such_case(reference: str, remedy: Text = NOTHING) -> NotFound:
    """Return the error that there is no case of this reference."""
    return NotFound(
        Text(en="There is no such case.", zh="没有该申请单。"), context={"case": reference[:40]}, remedy=remedy
    )


def _missing_case(connection: Connection, reference: str) -> NotFound:
    """Return the error that there is no case of this reference, with those that look like it."""
    newest = sa.select(_cases.c.reference).order_by(_cases.c.opened_at.desc()).limit(_NEAREST_AMONG)
    nearest = difflib.get_close_matches(reference, connection.execute(newest).scalars().all(), 3)
    if not nearest:
        return no_such_case(
            reference, Text(en="gatehouse cases shows what there is", zh="运行 gatehouse cases 查看全部申请单")
        )
    names = ", ".join(nearest)
    return no_such_case(reference, Text(en=f"did you mean {names}?", zh=f"您要找的是否为 {names}？"))


def note_step(
    transaction: Transaction, reference: str, round_number: int, step: Step, result: Mapping[str, str]
) -> None:
    """Note that a step of a round is done; the first result stays."""
    row = {
        "case_ref": reference,
        "round": round_number,
        "step": step.value,
        "result": canonical_json(dict(result)),
        "completed_at": transaction.now,
    }
    if transaction.insert_new(tables.steps, row):
        change_case(transaction, reference)
        transaction.event(SYSTEM, f"step.{step.value}", reference, {"round": str(round_number), **result})


def is_settled(transaction: Transaction, reference: str, round_number: int) -> bool:
    """True where the facts of a round have been read and validated."""
    steps = tables.steps
    chosen = sa.select(steps.c.step).where(
        steps.c.case_ref == reference, steps.c.round == round_number, steps.c.step == Step.VALIDATE
    )
    return transaction.connection.execute(chosen).first() is not None


def check_unheld(transaction: Transaction, row: sa.Row[Any]) -> None:
    """Refuse to add to a round while a run gathers for it.

    Raises:
        Conflict: a run holds the case.
    """
    # A run that is gathering may have read the round's evidence already, and would settle its facts without this.
    if row.lease_holder is not None and row.lease_until > transaction.now:
        raise Conflict(
            Text(en="A run is moving this case right now.", zh="系统正在处理该申请单。"),
            context={"case": row.reference},
            remedy=Text(
                en="try again in a minute, when its facts are settled; the papers then open the next round",
                zh="请稍候再试；待资料核定后提交，将开启下一轮",
            ),
        )
