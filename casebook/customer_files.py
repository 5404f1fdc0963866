"""What is on file for customers: conditions met, securities, credit insurance, holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from admission.cases import Condition, ConditionState
from admission.customers.standing.holds import Hold
from admission.customers.standing.insurance import Cover, InsurancePolicy
from admission.customers.standing.securities import Security
from admission.errors import Conflict, NotFound
from admission.model import Record, Text, digest
from admission.separation import Duty, check_independent, check_second
from casebook.case_conditions import condition_of, details_of
from casebook.database import documents, tables
from casebook.database.case_rows import locked_case
from casebook.database.customer_tables import covers, holds, insurance_policies, securities, security_customers
from casebook.database.store import Store, Transaction
from casebook.people import acting_person_named

_cases, _conditions = tables.cases, tables.conditions
R = TypeVar("R", bound=Record)
_SECURITY = Text(en="security", zh="担保")


class Settling(NamedTuple):
    """How a condition is settled.

    Attributes:
        proof: what was seen; or why it is waived.
        valid_until: the last day on which the proof counts; None where it does not end.
    """

    state: ConditionState
    proof: str
    valid_until: date | None = None


class CustomerFiles:
    """The files of all customers. Each row is written under the case on which the customer's limit rests."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def settle(self, case: str, condition_id: str, settling: Settling, username: str, on: date) -> Condition:
        """Find a condition met, or waive it.

        Raises:
            NotFound: no such condition.
            NotAllowed: the person asked for this customer, proposed the condition, or was shut out.
            Conflict: it is settled already, and its proof has not run out.
        """
        with self._store.write() as transaction:
            row = locked_case(transaction, case)
            acting_person_named(transaction.connection, username)
            key = {"case_ref": case, "id": condition_id}
            chosen = sa.select(_conditions).where(_conditions.c.case_ref == case, _conditions.c.id == condition_id)
            found = transaction.connection.execute(chosen).one_or_none()
            if found is None:
                raise NotFound(
                    Text(en="This case has no such condition.", zh="该申请单没有该条件。"),
                    context={"case": case, "condition": condition_id[:100]},
                )
            before = condition_of(found)
            if before.state_on(on) not in ("open", "expired"):
                raise Conflict(
                    Text(en="This condition is settled already.", zh="该条件已落实或已豁免。"),
                    context={"condition": condition_id, "state": before.state},
                )
            check_second(username, before.proposed_by, case=case)
            check_independent(Duty.SETTLE_CONDITION, username, row.requester, case=case)
            after = before.model_copy(update={**settling._asdict(), "settled_by": username, "settled_on": on})
            transaction.change(
                _conditions, key, state=after.state, settled_by=after.settled_by, details=details_of(after)
            )
            transaction.event(username, f"condition.{after.state}", case, {"condition": condition_id})
            return after

    def add_security(self, security: Security, stands_for: Sequence[str]) -> Security:
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
        paper = digest([security.kind, _plain(security.giver), _plain(security.document)])
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
            number = _newest(transaction, securities, securities.c.paper_sha256 == paper)
            rows = [{"security": number, "case_ref": case} for case in dict.fromkeys(stands_for)]
            transaction.add(security_customers, *rows)
            transaction.event(
                security.recorded_by, "security.recorded", stands_for[0], {"security": f"S{number}", "sha256": sha256}
            )
            return security.model_copy(update={"id": f"S{number}"})

    def confirm_security(self, name: str, username: str) -> Security:
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
                raise _over(name, Text(en="confirmed or revoked already", zh="已复核或已撤销"))
            transaction.change(securities, {"id": row.id}, confirmed_by=username, confirmed_at=transaction.now)
            transaction.event(username, "security.confirmed", row.case_ref, {"security": name})
            return _security_of(_security_row(transaction, name))

    def revoke_security(self, name: str, username: str, on: date, because: str) -> Security:
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
                raise _over(name, Text(en="revoked already", zh="已撤销"))
            values = {"revoked_by": username, "revoked_on": on, "revoked_because": because}
            # With its case, by whose key the reason is sealed.
            transaction.change(securities, {"id": row.id}, case_ref=row.case_ref, **values)
            detail = {"security": name, "on": on.isoformat()}
            transaction.event(username, "security.revoked", row.case_ref, detail)
            return _security_of(_security_row(transaction, name))

    def securities_of(self, company_key: str) -> list[Security]:
        """Return the securities that stand for a customer, with those of all guarantors behind them, oldest first."""
        found: dict[str, Security] = {}
        asked: set[str] = set()
        open_keys = {company_key}
        with self._store.read() as connection:
            while open_keys - asked:
                key = min(open_keys - asked)
                asked.add(key)
                for security in _securities_for(connection, key):
                    found[security.id] = security
                    if security.is_guarantee and security.giver_key:
                        open_keys.add(security.giver_key)
        return sorted(found.values(), key=lambda security: int(security.id[1:]))

    def security(self, name: str) -> Security:
        """Return a security.

        Raises:
            NotFound: there is none of this name.
        """
        with self._store.read() as connection:
            row = connection.execute(_by_name(securities, name, "S")).one_or_none()
        if row is None:
            raise _no_such(name)
        return _security_of(row)

    def put_insurance(self, policy: InsurancePolicy, username: str) -> None:
        """Keep a contract with an insurer; under a number that is there already, what it says from now on.

        Raises:
            NotAllowed: the person was shut out.
        """
        text, sha256 = documents.written(policy)
        with self._store.write() as transaction:
            acting_person_named(transaction.connection, username)
            values = {"number": policy.number, "recorded_by": username, "document": text, "sha256": sha256}
            transaction.add(insurance_policies, {**values, "recorded_at": transaction.now})
            transaction.event(username, "insurance.recorded", None, {"policy": policy.number, "sha256": sha256})

    def insurance(self) -> list[InsurancePolicy]:
        """Return the contracts with insurers as they read now, by number."""
        with self._store.read() as connection:
            rows = connection.execute(sa.select(insurance_policies).order_by(insurance_policies.c.id)).all()
        newest = {row.number: row for row in rows}
        return [
            documents.read(InsurancePolicy, row.document, row.sha256, number) for number, row in sorted(newest.items())
        ]

    def add_cover(self, cover: Cover, case: str) -> Cover:
        """Keep what an insurer said about a customer; its id is given here.

        Raises:
            NotFound: no such case, or no such contract.
            NotAllowed: the person was shut out.
        """
        text, sha256 = documents.written(cover)
        with self._store.write() as transaction:
            locked_case(transaction, case)
            acting_person_named(transaction.connection, cover.recorded_by)
            known = sa.select(insurance_policies.c.id).where(insurance_policies.c.number == cover.policy).limit(1)
            if transaction.connection.execute(known).first() is None:
                raise NotFound(
                    Text(en="There is no such insurance policy.", zh="没有该信用保险合同。"),
                    context={"policy": cover.policy},
                    remedy=Text(en="record it: gatehouse insurance add", zh="请先录入：gatehouse insurance add"),
                )
            values = {"case_ref": case, "recorded_by": cover.recorded_by, "document": text, "sha256": sha256}
            transaction.add(covers, {**values, "recorded_at": transaction.now})
            number = _newest(transaction, covers, covers.c.case_ref == case)
            detail = {"cover": f"K{number}", "state": cover.state, "sha256": sha256}
            transaction.event(cover.recorded_by, "cover.recorded", case, detail)
            return cover.model_copy(update={"id": f"K{number}"})

    def covers_of(self, company_key: str) -> list[Cover]:
        """Return what insurers said about a customer, oldest first."""
        with self._store.read() as connection:
            rows = _rows_of(connection, covers, company_key)
            return [_record(Cover, row, "K") for row in rows]

    def place_hold(self, hold: Hold, case: str) -> Hold:
        """Stop deliveries to a customer; the hold's id is given here.

        Raises:
            NotFound: no such case.
            NotAllowed: the person was shut out.
        """
        text, sha256 = documents.written(hold)
        with self._store.write() as transaction:
            locked_case(transaction, case)
            acting_person_named(transaction.connection, hold.placed_by)
            values = {"case_ref": case, "placed_by": hold.placed_by, "document": text, "sha256": sha256}
            transaction.add(holds, {**values, "placed_at": transaction.now})
            number = _newest(transaction, holds, holds.c.case_ref == case)
            detail = {"hold": f"H{number}", "until": "" if hold.until is None else hold.until.isoformat()}
            transaction.event(hold.placed_by, "hold.placed", case, detail)
            return hold.model_copy(update={"id": f"H{number}"})

    def release_hold(self, name: str, username: str, on: date) -> Hold:
        """End a hold.

        Raises:
            NotFound: there is no such hold.
            NotAllowed: the person asked for this customer, or was shut out.
            Conflict: it was released before.
        """
        with self._store.write() as transaction:
            row = transaction.connection.execute(_by_name(holds, name, "H").with_for_update()).one_or_none()
            if row is None:
                raise NotFound(
                    Text(en="There is no such hold.", zh="没有该暂停发货记录。"), context={"hold": name[:20]}
                )
            acting_person_named(transaction.connection, username)
            case = locked_case(transaction, row.case_ref)
            check_independent(Duty.RELEASE_HOLD, username, case.requester, case=row.case_ref)
            if row.released_on is not None:
                raise _over(name, Text(en="released already", zh="已解除"))
            transaction.change(holds, {"id": row.id}, released_by=username, released_on=on)
            transaction.event(username, "hold.released", row.case_ref, {"hold": name})
            again = transaction.connection.execute(_by_name(holds, name, "H")).one()
            return _hold_of(again)

    def holds_of(self, company_key: str) -> list[Hold]:
        """Return the holds of a customer, oldest first, those that ended too."""
        with self._store.read() as connection:
            return [_hold_of(row) for row in _rows_of(connection, holds, company_key)]


def _rows_of(connection: Connection, table: sa.Table, company_key: str) -> Sequence[sa.Row[Any]]:
    chosen = sa.select(table).join(_cases, _cases.c.reference == table.c.case_ref)
    return connection.execute(chosen.where(_cases.c.company_key == company_key).order_by(table.c.id)).all()


def _securities_for(connection: Connection, company_key: str) -> Iterable[Security]:
    chosen = (
        sa.select(securities)
        .join(security_customers, security_customers.c.security == securities.c.id)
        .join(_cases, _cases.c.reference == security_customers.c.case_ref)
        .where(_cases.c.company_key == company_key)
    )
    return [_security_of(row) for row in connection.execute(chosen)]


def _requesters(connection: Connection, security: int) -> list[str | None]:
    chosen = (
        sa.select(_cases.c.requester)
        .join(security_customers, security_customers.c.case_ref == _cases.c.reference)
        .where(security_customers.c.security == security)
    )
    return list(connection.execute(chosen).scalars())


def _security_row(transaction: Transaction, name: str) -> sa.Row[Any]:
    row = transaction.connection.execute(_by_name(securities, name, "S").with_for_update()).one_or_none()
    if row is None:
        raise _no_such(name)
    return row


def _by_name(table: sa.Table, name: str, letter: str) -> sa.Select[Any]:
    number = int(name[1:]) if name[:1] == letter and name[1:].isdecimal() and len(name) < 19 else 0
    return sa.select(table).where(table.c.id == number)


def _newest(transaction: Transaction, table: sa.Table, *where: sa.ColumnElement[bool]) -> int:
    return int(transaction.connection.execute(sa.select(sa.func.max(table.c.id)).where(*where)).scalar_one())


def _record(model: type[R], row: sa.Row[Any], letter: str) -> R:
    read = documents.read(model, row.document, row.sha256, row.case_ref)
    return read.model_copy(update={"id": f"{letter}{row.id}"})


def _security_of(row: sa.Row[Any]) -> Security:
    ended = {"revoked_on": row.revoked_on, "revoked_because": row.revoked_because or ""}
    return _record(Security, row, "S").model_copy(update={"confirmed_by": row.confirmed_by, **ended})


def _hold_of(row: sa.Row[Any]) -> Hold:
    ended = {"released_by": row.released_by, "released_on": row.released_on}
    return _record(Hold, row, "H").model_copy(update=ended)


def _plain(name: str) -> str:
    return "".join(name.casefold().split())


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


def _over(name: str, state: Text) -> Conflict:
    return Conflict(
        Text(en=f"{name} is {state.en}.", zh=f"{name} {state.zh}。"),
        context={"name": name},
    )


def _no_such(name: str, what: Text = _SECURITY) -> NotFound:
    return NotFound(Text(en=f"There is no such {what.en}.", zh=f"没有该{what.zh}。"), context={"name": name[:20]})
