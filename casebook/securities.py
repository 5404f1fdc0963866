"""Securities: each paper once, counted once a second person saw it, ended once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from admission.customers.standing.securities import Security, paper_of
from admission.errors import Conflict
from admission.model import Text, digest
from admission.separation import Duty, check_independent, check_second
from casebook.database import documents, tables
from casebook.database.case_rows import locked_case
from casebook.database.customer_rows import newest_number, over_already, record_of, row_of_name
from casebook.database.customer_tables import securities, security_customers
from casebook.database.sealing import ERASED
from casebook.database.store import Store, Transaction
from casebook.people import acting_person_named

_cases = tables.cases
_NAME = Text(en="security", zh="担保")


class Securities:
    """The securities in the house's hands. Each is written under a case on which a customer's limit rests."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, security: Security, stands_for: Sequence[str]) -> Security:
        """Keep a security; it counts once a second person has seen the paper.

        Args:
            security: its id is given here.
            stands_for: the cases on which the limits of its customers rest, in the order of the allotments.

        Raises:
            NotFound: no such case.
            NotAllowed: the person was shut out.
            Conflict: the same paper is in hand already.
        """
        text, sha256 = documents.written(security)
        paper = digest(paper_of(security))
        with self._store.write() as transaction:
            for case in stands_for:
                locked_case(transaction, case)
            acting_person_named(transaction.connection, security.recorded_by)
            in_hand = sa.select(securities.c.id).where(
                securities.c.paper_sha256 == paper, securities.c.revoked_on.is_(None)
            )
            other = transaction.connection.execute(in_hand).scalar_one_or_none()
            if other is not None:
                raise _same_paper(other)
            values = {
                "case_ref": stands_for[0],
                "paper_sha256": paper,
                "recorded_by": security.recorded_by,
                "document": text,
                "sha256": sha256,
                "recorded_at": transaction.now,
            }
            try:
                transaction.add(securities, values)
            except IntegrityError:
                # Two people recorded it at the same moment.
                raise _same_paper(0) from None
            number = newest_number(transaction, securities, securities.c.paper_sha256 == paper)
            rows = [{"security": number, "case_ref": case} for case in dict.fromkeys(stands_for)]
            transaction.add(security_customers, *rows)
            transaction.event(
                security.recorded_by, "security.recorded", stands_for[0], {"security": f"S{number}", "sha256": sha256}
            )
            return security.model_copy(update={"id": f"S{number}"})

    def confirm(self, name: str, username: str) -> Security:
        """Note that a second person has seen the paper of a security; it counts from now on.

        Raises:
            NotFound: there is no such security.
            NotAllowed: the person recorded it, asked for one of its customers, or was shut out.
            Conflict: it is confirmed or revoked already.
        """
        with self._store.write() as transaction:
            row = _security_row(transaction, name)
            acting_person_named(transaction.connection, username)
            check_second(username, row.recorded_by, case=row.case_ref)
            for requester in _requesters(transaction.connection, row.id):
                check_independent(Duty.CONFIRM_SECURITY, username, requester, case=row.case_ref)
            if row.confirmed_by is not None or row.revoked_on is not None:
                raise over_already(name, Text(en="confirmed or revoked already", zh="已复核或已撤销"))
            transaction.change(securities, {"id": row.id}, confirmed_by=username, confirmed_at=transaction.now)
            transaction.event(username, "security.confirmed", row.case_ref, {"security": name})
            return _security_of(_security_row(transaction, name))

    def revoke(self, name: str, username: str, on: date, because: str) -> Security:
        """Note that a security counts no more.

        Args:
            name: such as `S7`.
            username: who notes it.
            on: from which day.
            because: why.

        Raises:
            NotFound: there is no such security.
            NotAllowed: the person was shut out.
            Conflict: it was revoked before.
        """
        with self._store.write() as transaction:
            row = _security_row(transaction, name)
            acting_person_named(transaction.connection, username)
            if row.revoked_on is not None:
                raise over_already(name, Text(en="revoked already", zh="已撤销"))
            values = {"revoked_by": username, "revoked_on": on, "revoked_because": because}
            # With its case, by whose key the reason is sealed.
            transaction.change(securities, {"id": row.id}, case_ref=row.case_ref, **values)
            detail = {"security": name, "on": on.isoformat()}
            transaction.event(username, "security.revoked", row.case_ref, detail)
            return _security_of(_security_row(transaction, name))

    def of(self, company_keys: Sequence[str]) -> list[Security]:
        """Return the securities that stand for customers, with those of all guarantors behind them, oldest first.

        Those that were revoked are among them, but for those of companies that left and were erased.

        Args:
            company_keys: of the customers; as many as fit one statement.
        """
        found: dict[int, Security] = {}
        asked: set[str] = set()
        open_keys = set(company_keys)
        with self._store.read() as connection:
            while open_keys:
                rows = connection.execute(_STANDING_FOR, {"keys": sorted(open_keys)}).all()
                new = {row.id: _security_of(row) for row in rows if row.id not in found and row.document != ERASED}
                found |= new
                asked |= open_keys
                givers = {item.giver_key for item in new.values() if item.is_guarantee and item.giver_key}
                open_keys = givers - asked
        return [found[number] for number in sorted(found)]

    def get(self, name: str) -> Security:
        """Return a security.

        Raises:
            NotFound: there is none of this name.
        """
        with self._store.read() as connection:
            return _security_of(row_of_name(connection, securities, name, "S", _NAME))


_STANDING_FOR = sa.select(securities).where(
    securities.c.id.in_(
        sa.select(security_customers.c.security)
        .join(_cases, _cases.c.reference == security_customers.c.case_ref)
        .where(_cases.c.company_key.in_(sa.bindparam("keys", expanding=True)))
    )
)


def _requesters(connection: Connection, security: int) -> list[str | None]:
    chosen = (
        sa.select(_cases.c.requester)
        .join(security_customers, security_customers.c.case_ref == _cases.c.reference)
        .where(security_customers.c.security == security)
    )
    return list(connection.execute(chosen).scalars())


def _security_row(transaction: Transaction, name: str) -> sa.Row[Any]:
    return row_of_name(transaction.connection, securities, name, "S", _NAME, locked=True)


def _security_of(row: sa.Row[Any]) -> Security:
    ended = {"revoked_on": row.revoked_on, "revoked_because": row.revoked_because or ""}
    return record_of(Security, row, "S").model_copy(update={"confirmed_by": row.confirmed_by, **ended})


def _same_paper(other: int) -> Conflict:
    return Conflict(
        Text(
            en="This paper is on file already; a security counts once.", zh="该担保文件已登记；同一担保不能重复计算。"
        ),
        context={"security": f"S{other}"} if other else {},
        remedy=Text(
            en="revoke the earlier record, and record the paper anew with all its customers",
            zh="请先撤销原登记，再连同全部客户重新登记",
        ),
    )
