"""Opening a case within an open transaction: one open case a company, gapless numbers, the same request once."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from admission.application import Application
from admission.cases import Case, CaseKind, CaseStatus
from admission.errors import Conflict
from casebook import documents, tables
from casebook.case_rows import case_in, case_of, cases_with_decision
from casebook.people import person_named
from casebook.store import SYSTEM, Transaction

_cases = tables.cases


def open_case_in(
    transaction: Transaction,
    application: Application,
    *,
    kind: CaseKind,
    requester: str | None,
    channel: str,
    idempotency_key: str | None,
) -> tuple[Case, bool]:
    """Open a case, or return the one that is already there for this application; see `Cases.open`."""
    text, sha256 = documents.written(application)
    connection = transaction.connection
    lock_opening(connection)
    same = same_case(connection, application, sha256, kind, idempotency_key)
    if same is not None:
        return same, False
    if requester is not None:
        person_named(connection, requester)
    last = last_case(connection, application.subject.company_key)
    reference = next_reference(transaction)
    row = {
        "reference": reference,
        "kind": kind,
        "status": CaseStatus.GATHERING,
        "round": 1,
        "company_key": application.subject.company_key,
        "application": text,
        "application_sha256": sha256,
        "requester": requester,
        "channel": channel,
        "idempotency_key": idempotency_key,
        "opened_at": transaction.now,
        "previous": last,
        "version": 0,
    }
    transaction.add(_cases, row)
    detail = {"kind": kind.value, "channel": channel, "application": sha256}
    transaction.event(requester or SYSTEM, "case.opened", reference, detail)
    return case_in(connection, reference), True


def open_case_of(connection: Connection, company_key: str) -> sa.Row[tuple[object, ...]] | None:
    """Return the row of a company's case that is not concluded, if it has one."""
    chosen = sa.select(_cases).where(_cases.c.company_key == company_key, _cases.c.status != CaseStatus.CONCLUDED)
    return connection.execute(chosen.with_for_update(key_share=True)).one_or_none()


def lock_opening(connection: Connection) -> None:
    """Let one transaction at a time open cases, so that numbers are gapless and the same request opens one case."""
    counters = tables.counters
    connection.execute(sa.select(counters.c.value).where(counters.c.name == "cases").with_for_update())


def same_case(
    connection: Connection, application: Application, sha256: str, kind: CaseKind, idempotency_key: str | None
) -> Case | None:
    """Return the case that this request has opened before, if any; see `Cases.open`.

    Raises:
        Conflict: a different case of this company is open, or the key was used for another application.
    """
    chosen = cases_with_decision()
    if idempotency_key is not None:
        known = connection.execute(chosen.where(_cases.c.idempotency_key == idempotency_key)).one_or_none()
        if known is not None:
            if known.kind != kind or sha256 not in (known.application_sha256, known.submitted_sha256):
                raise Conflict(
                    "This idempotency key was used for another application.",
                    context={"case": known.reference},
                    remedy="use a new key for a new application",
                )
            return case_of(known)
    of_company = chosen.where(_cases.c.company_key == application.subject.company_key)
    current = connection.execute(of_company.where(_cases.c.status != CaseStatus.CONCLUDED)).one_or_none()
    if current is not None:
        if current.kind != kind or sha256 not in (current.application_sha256, current.submitted_sha256):
            raise Conflict(
                f"Another case of this company is open: {current.reference}.",
                context={"case": current.reference},
                remedy="conclude that case first, or carry it on by its reference",
            )
        return case_of(current)
    if kind is not CaseKind.ONBOARDING or idempotency_key is not None:
        return None
    equal = of_company.where(_cases.c.application_sha256 == sha256, _cases.c.kind == kind)
    earlier = connection.execute(equal.order_by(_cases.c.opened_at.desc(), _cases.c.reference.desc()).limit(1)).first()
    return None if earlier is None else case_of(earlier)


def last_case(connection: Connection, company_key: str) -> str | None:
    """Return the reference of a company's newest case, if it has one."""
    newest = sa.select(_cases.c.reference).where(_cases.c.company_key == company_key)
    ordered = newest.order_by(_cases.c.opened_at.desc(), _cases.c.reference.desc()).limit(1)
    return connection.execute(ordered).scalar_one_or_none()


def next_reference(transaction: Transaction) -> str:
    """Return the next reference of the year; call it after `lock_opening`."""
    counters, year = tables.counters, transaction.now.year
    name = f"cases-{year}"
    transaction.insert_new(counters, {"name": name, "value": 0})
    counted = sa.update(counters).where(counters.c.name == name).values(value=counters.c.value + 1)
    number = transaction.connection.execute(counted.returning(counters.c.value)).scalar_one()
    return f"GH-{year}-{number:06d}"
