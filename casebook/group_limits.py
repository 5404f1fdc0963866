"""Limits of groups: each counts once a second person confirmed it, and is ended once; and who is in a group."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from admission.assessment.exposure import group_key
from admission.customers.standing.group_limits import GroupLimit
from admission.errors import Conflict
from admission.model import Text
from admission.separation import Duty, check_independent, check_second
from casebook.database import documents, tables
from casebook.database.customer_rows import newest_number, over_already, row_of_name
from casebook.database.group_tables import group_limits
from casebook.database.lookup_tables import granted
from casebook.database.store import Store, Transaction
from casebook.people import acting_person_named

_NAME = Text(en="limit of a group", zh="集团额度")
_cases, _customers = tables.cases, tables.customers
# Any fixed number will do, as long as nothing else in the database locks by it.
_SETTLING_LOCK = 4_728_417_021


class GroupLimits:
    """The limits of all groups."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def propose(self, limit: GroupLimit) -> GroupLimit:
        """Keep a limit that waits for a second person; its id is given here.

        Raises:
            NotAllowed: the person was shut out.
        """
        text, sha256 = documents.written(limit)
        with self._store.write() as transaction:
            _one_at_a_time(transaction)
            acting_person_named(transaction.connection, limit.asked_by)
            values = {"group_name": group_key(limit.group), "asked_by": limit.asked_by, "asked_at": transaction.now}
            transaction.add(group_limits, {**values, "document": text, "sha256": sha256})
            name = f"G{newest_number(transaction, group_limits)}"
            transaction.event(limit.asked_by, "group_limit.proposed", None, {"limit": name, "sha256": sha256})
            return limit.model_copy(update={"id": name})

    def confirm(self, name: str, username: str, on: date) -> GroupLimit:
        """Note that a second person confirms a limit; it counts from that day on, if its first day has come.

        Raises:
            NotFound: there is no such limit.
            NotAllowed: the person proposed it, asked for a customer of the group, or was shut out.
            Conflict: it is confirmed, ended or over already, or a newer one of the group is confirmed.
        """
        with self._store.write() as transaction:
            before = _settled_by(transaction, name, username)
            check_second(username, before.asked_by, case=name)
            if before.state != "waits":
                raise over_already(name, Text(en="confirmed or ended already", zh="已复核或已结束"))
            if before.is_over(on):
                raise over_already(name, Text(en="over: its last day has passed", zh="已过截止日期"))
            newer = [one for one in _of(transaction.connection, before.group) if int(one.id[1:]) > int(name[1:])]
            if any(one.confirmed_on is not None for one in newer):
                raise Conflict(
                    Text(en="A newer limit of this group is confirmed.", zh="该集团已有更新的额度通过复核。"),
                    context={"limit": name},
                    remedy=Text(en="propose it anew", zh="请重新提出"),
                )
            number = int(name[1:])
            transaction.change(group_limits, {"id": number}, confirmed_by=username, confirmed_on=on)
            transaction.event(username, "group_limit.confirmed", None, {"limit": name})
            return before.model_copy(update={"confirmed_by": username, "confirmed_on": on})

    def end(self, name: str, username: str, on: date) -> GroupLimit:
        """Take a limit away from a day on; whoever proposed one takes it back while it waits.

        Raises:
            NotFound: there is no such limit.
            NotAllowed: the person asked for a customer of the group, or was shut out.
            Conflict: it was ended before.
        """
        with self._store.write() as transaction:
            before = _settled_by(transaction, name, username)
            if before.state == "ended":
                raise over_already(name, Text(en="ended already", zh="已结束"))
            transaction.change(group_limits, {"id": int(name[1:])}, ended_by=username, ended_on=on)
            transaction.event(username, "group_limit.ended", None, {"limit": name})
            return before.model_copy(update={"ended_by": username, "ended_on": on})

    def get(self, name: str) -> GroupLimit:
        """Return a limit.

        Raises:
            NotFound: there is none of this name.
        """
        with self._store.read() as connection:
            return _limit_of(row_of_name(connection, group_limits, name, "G", _NAME))

    def of(self, group: str) -> tuple[GroupLimit, ...]:
        """Return all limits of a group, oldest first, by its name in any capitals."""
        with self._store.read() as connection:
            return _of(connection, group)

    def all(self) -> tuple[GroupLimit, ...]:
        """Return the limits of all groups, oldest first."""
        with self._store.read() as connection:
            rows = connection.execute(sa.select(group_limits).order_by(group_limits.c.id)).all()
            return tuple(_limit_of(row) for row in rows)

    def members(self, group: str) -> tuple[str, ...]:
        """Return the company keys of the active customers of a group."""
        with self._store.read() as connection:
            return tuple(connection.execute(_MEMBERS, {"group": group_key(group)}).scalars())

    def groups(self) -> dict[str, int]:
        """Return how many active customers each group has, by its name in small letters."""
        counted = sa.select(granted.c.group_name, sa.func.count()).where(granted.c.group_name.is_not(None))
        with self._store.read() as connection:
            rows = connection.execute(counted.group_by(granted.c.group_name).order_by(granted.c.group_name)).all()
            return {str(name): int(count) for name, count in rows}


def _one_at_a_time(transaction: Transaction) -> None:
    """Let limits of groups be written one after the other; SQLite writes so anyway."""
    if transaction.connection.dialect.name == "postgresql":
        transaction.connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_SETTLING_LOCK)))


def _settled_by(transaction: Transaction, name: str, username: str) -> GroupLimit:
    """Return a limit to somebody who is about to confirm or end it, and asked for no customer of its group.

    Who proposed a limit takes it back while it waits, whatever customers they asked for: that sets nobody free.
    """
    _one_at_a_time(transaction)
    connection = transaction.connection
    limit = _limit_of(row_of_name(connection, group_limits, name, "G", _NAME, locked=True))
    acting_person_named(connection, username)
    if limit.state == "waits" and limit.asked_by == username:
        return limit
    for reference, requester in connection.execute(_REQUESTERS, {"group": group_key(limit.group)}).all():
        check_independent(Duty.DECIDE_GROUP_LIMIT, username, requester, case=reference)
    return limit


def _of(connection: Connection, group: str) -> tuple[GroupLimit, ...]:
    return tuple(_limit_of(row) for row in connection.execute(_OF_GROUP, {"group": group_key(group)}))


def _limit_of(row: sa.Row[Any]) -> GroupLimit:
    signed = {"confirmed_by": row.confirmed_by, "confirmed_on": row.confirmed_on}
    ended = {"ended_by": row.ended_by, "ended_on": row.ended_on}
    name = f"G{row.id}"
    read = documents.read(GroupLimit, row.document, row.sha256, name)
    return read.model_copy(update={"id": name, **signed, **ended})


# Made once: making a statement takes as long as asking it, and orders are checked all day.
_OF_GROUP = (
    sa.select(group_limits).where(group_limits.c.group_name == sa.bindparam("group")).order_by(group_limits.c.id)
)
_MEMBERS = sa.select(granted.c.company_key).where(granted.c.group_name == sa.bindparam("group")).order_by("company_key")
# Who asked for the customers of a group, in their last case or the one that admitted them.
_REQUESTERS = (
    sa.select(_cases.c.reference, _cases.c.requester)
    .join(granted, granted.c.company_key == _cases.c.company_key)
    .where(granted.c.group_name == sa.bindparam("group"), _cases.c.requester.is_not(None))
    .order_by(_cases.c.reference)
)
