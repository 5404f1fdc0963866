"""Opening a case within an open transaction, so that one or a whole book of them is opened at once."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from admission.cases import Case
from admission.transitions import BEGINNING
from casebook.database import documents, tables
from casebook.database.case_rows import (
    NOT_CONCLUDED,
    CaseRequest,
    case_in,
    last_case,
    lock_opening,
    next_reference,
    same_case,
)
from casebook.database.lookups import write_name
from casebook.database.store import SYSTEM, Transaction
from casebook.people import acting_person_named


def open_case_in(transaction: Transaction, request: CaseRequest) -> tuple[Case, bool]:
    """Open a case, or return the one that is already there; see `Cases.open`.

    Raises:
        Conflict: a different case of this company is open, or the key was used for another application; nothing has
            been written then.
        NotFound: no such requester.
    """
    connection = transaction.connection
    text, sha256 = documents.written(request.application)
    lock_opening(connection)
    same = same_case(connection, request, sha256)
    if same is not None:
        return same, False
    if request.requester is not None:
        acting_person_named(connection, request.requester)
    company_key = request.application.subject.company_key
    last = last_case(connection, company_key)
    reference = next_reference(transaction)
    row = {
        "reference": reference,
        "kind": request.kind,
        "status": BEGINNING,
        "round": 1,
        "company_key": company_key,
        "application": text,
        "application_sha256": sha256,
        "requester": request.requester,
        "channel": request.channel,
        "idempotency_key": request.idempotency_key,
        "opened_at": transaction.now,
        "previous": last,
        "version": 0,
    }
    transaction.add(tables.cases, row)
    write_name(connection, reference, text)
    detail = {"kind": request.kind.value, "channel": request.channel, "application": sha256}
    transaction.event(request.requester or SYSTEM, "case.opened", reference, detail)
    return case_in(connection, reference), True


def open_case_of(connection: Connection, company_key: str) -> sa.Row[tuple[object, ...]] | None:
    """Return the row of a company's case that is not concluded, locked, if it has one."""
    cases = tables.cases
    chosen = sa.select(cases).where(cases.c.company_key == company_key, NOT_CONCLUDED)
    return connection.execute(chosen.with_for_update(key_share=True)).one_or_none()
