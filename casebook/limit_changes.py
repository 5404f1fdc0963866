"""Changes of limits between two decisions: a raise counts once a second person confirmed it; each is ended once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from admission.customers.standing.limit_changes import LimitChange
from admission.errors import Conflict
from admission.model import Text
from admission.separation import Duty, check_independent, check_second
from casebook.database import documents
from casebook.database.case_rows import locked_case
from casebook.database.customer_rows import (
    OF_COMPANIES,
    acts_of,
    newest_number,
    over_already,
    record_of,
    row_of_name,
    with_company,
)
from casebook.database.customer_tables import limit_changes
from casebook.database.store import SYSTEM, Store, Transaction
from casebook.people import acting_person_named

_ACTS = {
    ("cut", False): "limit.cut",
    ("raise", False): "limit.raise_proposed",
    ("raise", True): "limit.step_earned",
}
_NAME = Text(en="change of a limit", zh="额度调整记录")


class LimitChanges:
    """The changes of all limits. Each is written under the case on which the customer's limit rests."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, change: LimitChange, case: str) -> LimitChange:
        """Keep a cut or an earned raise, which counts from its day on, or a raise that waits for a second person.

        Its id is given here.

        Raises:
            NotFound: no such case.
            NotAllowed: the person was shut out.
        """
        text, sha256 = documents.written(change)
        with self._store.write() as transaction:
            locked_case(transaction, case)
            by_person = change.asked_by != SYSTEM
            if by_person:
                acting_person_named(transaction.connection, change.asked_by)
            values = {"case_ref": case, "document": text, "sha256": sha256, "asked_at": transaction.now}
            transaction.add(limit_changes, {**values, "asked_by": change.asked_by if by_person else None})
            name = f"L{newest_number(transaction, limit_changes, limit_changes.c.case_ref == case)}"
            transaction.event(
                change.asked_by, _ACTS[change.kind, change.earned is not None], case, {"change": name, "sha256": sha256}
            )
            return change.model_copy(update={"id": name})

    def confirm(self, name: str, username: str, on: date) -> LimitChange:
        """Note that a second person confirms a raise; it counts from that day on.

        Raises:
            NotFound: there is no such change.
            NotAllowed: the person proposed it, asked for this customer, or was shut out.
            Conflict: it is a cut, or is confirmed or ended already.
        """
        with self._store.write() as transaction:
            row = _locked_row(transaction, name)
            acting_person_named(transaction.connection, username)
            before = change_of(row)
            requester = locked_case(transaction, row.case_ref).requester
            check_second(username, before.asked_by, case=row.case_ref)
            check_independent(Duty.CONFIRM_LIMIT, username, requester, case=row.case_ref)
            if before.state != "waits":
                raise over_already(name, Text(en="in force or ended already", zh="已生效或已结束"))
            transaction.change(limit_changes, {"id": row.id}, confirmed_by=username, confirmed_on=on)
            transaction.event(username, "limit.raise_confirmed", row.case_ref, {"change": name})
            return before.model_copy(update={"confirmed_by": username, "confirmed_on": on})

    def end(self, name: str, username: str, on: date) -> LimitChange:
        """Take a change back from a day on.

        Raises:
            NotFound: there is no such change.
            NotAllowed: the person asked for this customer and would lift a cut, or was shut out.
            Conflict: it was ended before.
        """
        with self._store.write() as transaction:
            row = _locked_row(transaction, name)
            acting_person_named(transaction.connection, username)
            before = change_of(row)
            requester = locked_case(transaction, row.case_ref).requester
            if before.kind == "cut":
                check_independent(Duty.LIFT_CUT, username, requester, case=row.case_ref)
            if before.state == "ended":
                raise over_already(name, Text(en="ended already", zh="已结束"))
            transaction.change(limit_changes, {"id": row.id}, ended_by=username, ended_on=on)
            transaction.event(username, "limit.change_ended", row.case_ref, {"change": name})
            return before.model_copy(update={"ended_by": username, "ended_on": on})

    def fall_back(self, name: str, on: date, why: str) -> None:
        """End an earned raise by the system, from a day on; nothing where somebody ended it meanwhile.

        Args:
            name: of the change.
            on: the day.
            why: for the history, such as `late`.

        Raises:
            NotFound: there is no such change.
            Conflict: it is none that was earned, so that a person has to end it.
        """
        with self._store.write() as transaction:
            row = _locked_row(transaction, name)
            before = change_of(row)
            if before.earned is None:
                raise Conflict(
                    Text(en="This change of a limit was not earned.", zh="该额度调整并非凭按时付款所得。"),
                    context={"change": name},
                    remedy=Text(en="a person ends it: gatehouse customer limit-end", zh="请用 customer limit-end 撤销"),
                )
            if before.state == "ended":
                return
            transaction.change(limit_changes, {"id": row.id}, ended_on=on)
            transaction.event(SYSTEM, "limit.step_ended", row.case_ref, {"change": name, "why": why})

    def get(self, name: str) -> LimitChange:
        """Return a change.

        Raises:
            NotFound: there is none of this name.
        """
        with self._store.read() as connection:
            return change_of(row_of_name(connection, limit_changes, name, "L", _NAME))

    def of(self, company_keys: Sequence[str]) -> dict[str, list[LimitChange]]:
        """Return the changes of some customers' limits, by company key, oldest first.

        Args:
            company_keys: of the customers; as many as fit one statement.
        """
        found: defaultdict[str, list[LimitChange]] = defaultdict(list)
        with self._store.read() as connection:
            for row in connection.execute(_OF_COMPANIES, {"keys": company_keys}):
                found[row.company_key].append(change_of(row))
        return found


_OF_COMPANIES = with_company(limit_changes).where(OF_COMPANIES)


def _locked_row(transaction: Transaction, name: str) -> sa.Row[Any]:
    return row_of_name(transaction.connection, limit_changes, name, "L", _NAME, locked=True)


def change_of(row: sa.Row[Any]) -> LimitChange:
    """Read a change of a limit."""
    signed = {"confirmed_by": row.confirmed_by, "confirmed_on": row.confirmed_on}
    ended = {"ended_by": row.ended_by, "ended_on": row.ended_on}
    return record_of(LimitChange, row, "L").model_copy(update={**signed, **ended, **acts_of(row)})
