"""Acts on many customers: proposed with their list by one person, carried out by a second one, chunk by chunk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from admission.customers.bulk.acts import OPEN_STATES, STATE_WORDS, BulkAct, BulkMember
from admission.errors import Conflict
from admission.model import Text
from admission.separation import check_second
from casebook.carrying import carry_in, members_in, requesters_in
from casebook.database import documents
from casebook.database.customer_rows import newest_number, row_of_name
from casebook.database.customer_tables import bulk_acts, bulk_members
from casebook.database.store import Store, Transaction, batches
from casebook.people import acting_person_named

_NAME = Text(en="act on many customers", zh="批量操作")
_PROPOSE_ANEW = Text(en="propose it anew: gatehouse bulk", zh="请重新提出：gatehouse bulk")


class BulkActs:
    """The acts on many customers."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def propose(self, act: BulkAct, members: Sequence[BulkMember]) -> BulkAct:
        """Keep an act with its list until a second person settles it; nothing is done by that.

        Args:
            act: but for its id and moment.
            members: its list, each with its place.

        Raises:
            NotAllowed: the person was shut out.
            Conflict: the documents of a customer were erased meanwhile.
        """
        text, sha256 = documents.written(act)
        with self._store.write() as transaction:
            acting_person_named(transaction.connection, act.proposed_by)
            values = {"proposed_by": act.proposed_by, "document": text, "sha256": sha256}
            begun = {"proposed_at": transaction.now, "state": "proposed", "carried": 0}
            transaction.add(bulk_acts, {**values, **begun})
            number = newest_number(transaction, bulk_acts)
            for some in batches(members):
                transaction.add(bulk_members, *(_values(number, member) for member in some))
            for member in members:
                # With its own case, so that the history of each customer tells of it, and proves the row.
                detail = {"bulk": f"M{number}", "left_out": member.left_out or ""}
                transaction.event(act.proposed_by, "bulk.listed", member.case, detail)
            detail = {"bulk": f"M{number}", "kind": act.kind, "customers": str(act.sums.customers), "sha256": sha256}
            transaction.event(act.proposed_by, "bulk.proposed", None, detail)
            return _act_of(row_of_name(transaction.connection, bulk_acts, f"M{number}", "M", _NAME))

    def all(self) -> list[BulkAct]:
        """Return all acts, newest first."""
        with self._store.read() as connection:
            rows = connection.execute(sa.select(bulk_acts).order_by(bulk_acts.c.id.desc())).all()
        return [_act_of(row) for row in rows]

    def get(self, name: str) -> BulkAct:
        """Return an act.

        Raises:
            NotFound: there is none of this name.
        """
        with self._store.read() as connection:
            return _act_of(row_of_name(connection, bulk_acts, name, "M", _NAME))

    def members(self, name: str, *, after: int = 0, most: int | None = None) -> list[BulkMember]:
        """Return the list of an act as it was proposed, with what came of each so far.

        Args:
            name: of the act.
            after: only those after this place.
            most: at most so many.

        Raises:
            NotFound: there is no such act.
        """
        with self._store.read() as connection:
            row = row_of_name(connection, bulk_acts, name, "M", _NAME)
            return members_in(connection, row.id, after=after, most=most)

    def requesters(self, company_keys: Sequence[str]) -> dict[str, frozenset[str]]:
        """Return by company key who ever asked for each of some customers.

        Args:
            company_keys: as many as fit one statement.
        """
        with self._store.read() as connection:
            return requesters_in(connection, company_keys)

    def carry(self, name: str, username: str, most: int, on: date) -> BulkAct:
        """Confirm an act, or carry a confirmation on: do it to the next customers of its list, in one transaction.

        The first call confirms; whoever confirmed stays the one who did. The last one settles the act.

        Args:
            name: such as `M3`.
            username: who confirms, or carries it on; never who proposed it.
            most: so many customers at most.
            on: the day.

        Raises:
            NotFound: there is no such act.
            NotAllowed: the person proposed it, or was shut out.
            Conflict: it is settled already, or was proposed too long ago.
        """
        with self._store.write() as transaction:
            row = _open_row(transaction, name)
            acting_person_named(transaction.connection, username)
            check_second(username, row.proposed_by, case=name)
            act = _act_of(row)
            _check_in_time(act, on)
            if row.state == "proposed":
                signed = {"confirmed_by": username, "confirmed_at": transaction.now}
                _change(transaction, row.id, state="confirming", **signed)
                transaction.event(username, "bulk.confirmed", None, {"bulk": name, "proposed_by": row.proposed_by})
            signers = frozenset({row.proposed_by, row.confirmed_by or username, username})
            left = act.sums.customers - row.carried
            some = members_in(transaction.connection, row.id, after=row.carried, most=min(most, left))
            counts = carry_in(transaction, act, some, signers, username, on)
            done = row.carried + len(some)
            _change(transaction, row.id, carried=done)
            detail = {"bulk": name, "altogether": str(done), **{key: str(count) for key, count in counts.items()}}
            transaction.event(username, "bulk.carried", None, detail)
            if done >= act.sums.customers:
                _settle(transaction, row.id, "confirmed", username)
            return _act_of(row_of_name(transaction.connection, bulk_acts, name, "M", _NAME))

    def refuse(self, name: str, username: str, because: str) -> BulkAct:
        """Refuse an act, or what is left of one that was carried out in part.

        Args:
            name: such as `M3`.
            username: who refuses it.
            because: why; without names.

        Raises:
            NotFound: there is no such act.
            NotAllowed: the person was shut out.
            Conflict: it is settled already.
        """
        with self._store.write() as transaction:
            row = _open_row(transaction, name)
            acting_person_named(transaction.connection, username)
            detail = {"bulk": name, "carried": str(row.carried), "because": because}
            transaction.event(username, "bulk.refused", None, detail)
            _settle(transaction, row.id, "refused", username, because)
            return _act_of(row_of_name(transaction.connection, bulk_acts, name, "M", _NAME))

    def results(self, name: str) -> dict[str, int]:
        """Return how many of those an act is for came to what; those that wait count as "".

        Raises:
            NotFound: there is no such act.
        """
        with self._store.read() as connection:
            row = row_of_name(connection, bulk_acts, name, "M", _NAME)
            touched = sa.and_(bulk_members.c.act == row.id, bulk_members.c.place <= _act_of(row).sums.customers)
            counted = sa.select(bulk_members.c.result, sa.func.count()).where(touched)
            found: defaultdict[str, int] = defaultdict(int)
            for result, count in connection.execute(counted.group_by(bulk_members.c.result)):
                found[result or ""] += count
        return dict(found)


def _values(number: int, member: BulkMember) -> dict[str, Any]:
    text, sha256 = documents.written(member)
    return {"act": number, "place": member.place, "case_ref": member.case, "document": text, "sha256": sha256}


def _open_row(transaction: Transaction, name: str) -> sa.Row[Any]:
    """Return the row of an act that nobody has settled, locked."""
    row = row_of_name(transaction.connection, bulk_acts, name, "M", _NAME, locked=True)
    if row.state not in OPEN_STATES:
        state = STATE_WORDS[_act_of(row).state]
        raise Conflict(
            Text(en=f"{name} is settled already: {state.en}.", zh=f"{name} 已办结：{state.zh}。"),
            context={"bulk": name},
        )
    return row


def _check_in_time(act: BulkAct, on: date) -> None:
    if act.lapsed_on(on):
        raise Conflict(
            Text(
                en=f"{act.id} was proposed on {act.proposed_on}; its list and figures are too old.",
                zh=f"{act.id} 提出于 {act.proposed_on}，其清单和数字已过期。",
            ),
            context={"bulk": act.id},
            remedy=_PROPOSE_ANEW,
        )


def _change(transaction: Transaction, number: int, **values: object) -> None:
    transaction.change(bulk_acts, {"id": number}, **values)


def _settle(transaction: Transaction, number: int, state: str, username: str, because: str | None = None) -> None:
    ended = {"state": state, "settled_by": username, "settled_at": transaction.now, "because": because}
    _change(transaction, number, **ended)


def _act_of(row: sa.Row[Any]) -> BulkAct:
    read = documents.read(BulkAct, row.document, row.sha256, f"M{row.id}")
    names = ("proposed_at", "state", "carried", "confirmed_by", "confirmed_at", "settled_by", "settled_at")
    stands = {name: row._mapping[name] for name in names}
    return read.model_copy(update={"id": f"M{row.id}", **stands, "because": row.because or ""})
