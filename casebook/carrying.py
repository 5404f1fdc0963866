"""What an act on many customers does, written many at once: holds and cuts placed, or those that stand ended."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from admission.cases import Customer
from admission.customers.bulk.acts import GIVING, BulkAct, BulkMember
from admission.customers.bulk.effects import Effect, Target, effect_of
from admission.customers.standing.holds import Hold
from admission.customers.standing.limit_changes import LimitChange
from casebook.customer_files import hold_of
from casebook.customers import customers_in
from casebook.database import documents, tables
from casebook.database.customer_rows import OF_COMPANIES, with_company
from casebook.database.customer_tables import bulk_members, holds, limit_changes
from casebook.database.sealing import ERASED
from casebook.database.store import Transaction, batches
from casebook.limit_changes import change_of

_cases = tables.cases


class _Carried(NamedTuple):
    """One of the list, with the customer as it is now and what is done to it."""

    member: BulkMember
    customer: Customer
    effect: Effect


def members_in(connection: Connection, act: int, *, after: int = 0, most: int | None = None) -> list[BulkMember]:
    """Return those of an act's list after a place; of those whose documents were erased, that they were."""
    chosen = sa.select(bulk_members).where(bulk_members.c.act == act, bulk_members.c.place > after)
    return [_member_of(row) for row in connection.execute(chosen.order_by(bulk_members.c.place).limit(most))]


def requesters_in(connection: Connection, company_keys: Sequence[str]) -> dict[str, frozenset[str]]:
    """Return by company key who ever asked for each of some customers."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    asked = sa.select(_cases.c.company_key, _cases.c.requester).where(_cases.c.requester.is_not(None))
    for row in connection.execute(asked.where(_cases.c.company_key.in_(company_keys)).distinct()):
        found[row.company_key].add(row.requester)
    return {key: frozenset(names) for key, names in found.items()}


def carry_in(
    transaction: Transaction,
    act: BulkAct,
    members: Sequence[BulkMember],
    signers: frozenset[str],
    username: str,
    on: date,
) -> Counter[str]:
    """Do an act to some of its list, within an open transaction; return how many came to what.

    Each is looked at anew: what somebody has placed or ended since is left alone.

    Args:
        transaction: in which it is written.
        act: the act.
        members: of its list.
        signers: who signs for it.
        username: who confirms it, or carries it on.
        on: the day.
    """
    counts = Counter[str]()
    for some in batches(members):
        carried, gone = _looked_at(transaction, act, some, signers, on)
        number = int(act.id[1:])
        told = {
            *_place_holds(transaction, number, carried, username),
            *_place_cuts(transaction, number, carried, username),
            *_end(transaction, number, carried, username, on),
        }
        results = {one.member.place: one.effect.left_out or "done" for one in carried}
        results |= dict.fromkeys((member.place for member in gone), "gone")
        _note_results(transaction, number, some, results, told, username)
        counts.update(results.values())
    return counts


def _looked_at(
    transaction: Transaction, act: BulkAct, members: Sequence[BulkMember], signers: frozenset[str], on: date
) -> tuple[list[_Carried], list[BulkMember]]:
    """Return what is done to each; and those who are customers no more, for their documents were erased."""
    connection = transaction.connection
    keys = [member.company_key for member in members]
    _lock_cases(connection, {member.case for member in members})
    customers = customers_in(connection, keys)
    _lock_cases(connection, {customer.last_case for customer in customers.values()})
    held: defaultdict[str, list[Hold]] = defaultdict(list)
    changed: defaultdict[str, list[LimitChange]] = defaultdict(list)
    for row in connection.execute(_HOLDS, {"keys": keys}):
        held[row.company_key].append(hold_of(row))
    for row in connection.execute(_CHANGES, {"keys": keys}):
        changed[row.company_key].append(change_of(row))
    asked = requesters_in(connection, keys) if act.kind in GIVING else {}
    carried, gone = [], []
    for member in members:
        customer = customers.get(member.company_key)
        if customer is None:
            gone.append(member)
            continue
        key = member.company_key
        target = Target(customer, held[key], changed[key], asked.get(key, frozenset()))
        among = frozenset(member.ends) if act.kind in GIVING else None
        carried.append(_Carried(member, customer, effect_of(act, target, signers, on, among)))
    return carried, gone


def _lock_cases(connection: Connection, references: Iterable[str]) -> None:
    # In one order, so that two acts never wait for each other.
    chosen = sa.select(_cases.c.reference).where(_cases.c.reference.in_(sorted(references)))
    connection.execute(chosen.order_by(_cases.c.reference).with_for_update()).all()


def _place_holds(transaction: Transaction, act: int, carried: Sequence[_Carried], username: str) -> set[str]:
    """Place the holds; return the cases whose history tells of them."""
    made = {one.customer.last_case: one.effect.hold for one in carried if one.effect.hold is not None}
    rows = []
    for case, hold in made.items():
        text, sha256 = documents.written(hold)
        values = {"case_ref": case, "placed_by": hold.placed_by, "document": text, "sha256": sha256}
        rows.append({**values, "placed_at": transaction.now, "bulk_act": act})
    transaction.add(holds, *rows)
    for case, number in _numbers(transaction, holds, act, made):
        until = made[case].until
        detail = {"hold": f"H{number}", "until": "" if until is None else until.isoformat(), "bulk": f"M{act}"}
        transaction.event(username, "hold.placed", case, detail)
    return set(made)


def _place_cuts(transaction: Transaction, act: int, carried: Sequence[_Carried], username: str) -> set[str]:
    """Place the cuts; return the cases whose history tells of them."""
    made = {one.customer.last_case: one.effect.cut for one in carried if one.effect.cut is not None}
    rows, prints = [], {}
    for case, cut in made.items():
        text, prints[case] = documents.written(cut)
        values = {"case_ref": case, "asked_by": cut.asked_by, "document": text, "sha256": prints[case]}
        rows.append({**values, "asked_at": transaction.now, "bulk_act": act})
    transaction.add(limit_changes, *rows)
    for case, number in _numbers(transaction, limit_changes, act, made):
        detail = {"change": f"L{number}", "sha256": prints[case], "bulk": f"M{act}"}
        transaction.event(username, "limit.cut", case, detail)
    return set(made)


def _numbers(
    transaction: Transaction, table: sa.Table, act: int, made: Mapping[str, object]
) -> Iterable[tuple[str, int]]:
    """Return case and number of the rows that were just written; an act places one under a case."""
    if not made:
        return []
    chosen = sa.select(table.c.case_ref, table.c.id).where(table.c.bulk_act == act, table.c.case_ref.in_(list(made)))
    return [(row.case_ref, row.id) for row in transaction.connection.execute(chosen.order_by(table.c.id))]


def _end(transaction: Transaction, act: int, carried: Sequence[_Carried], username: str, on: date) -> set[str]:
    """End holds and cuts; return the cases whose history tells of them."""
    names = [name for one in carried for name in one.effect.ends]
    told = set[str]()
    for letter, table, kind in (("H", holds, "released"), ("L", limit_changes, "ended")):
        numbers = sorted(int(name[1:]) for name in names if name[0] == letter)
        for some in batches(numbers):
            ended = {f"{kind}_by": username, f"{kind}_on": on, "ended_by_act": act}
            _change_all(transaction, table, table.c.id.in_(some), ended)
            rows = transaction.connection.execute(
                sa.select(table.c.id, table.c.case_ref).where(table.c.id.in_(some)).order_by(table.c.id)
            )
            for row in rows:
                about = {"hold": f"H{row.id}"} if letter == "H" else {"change": f"L{row.id}"}
                said = "hold.released" if letter == "H" else "limit.change_ended"
                transaction.event(username, said, row.case_ref, {**about, "bulk": f"M{act}"})
                told.add(row.case_ref)
    return told


def _note_results(
    transaction: Transaction,
    act: int,
    members: Sequence[BulkMember],
    results: Mapping[int, str],
    told: set[str],
    username: str,
) -> None:
    """Note on the list what came of each; the history of its case tells it where nothing else does."""
    for result in sorted(set(results.values())):
        places = [place for place, came in results.items() if came == result]
        chosen = sa.and_(bulk_members.c.act == act, bulk_members.c.place.in_(places))
        _change_all(transaction, bulk_members, chosen, {"result": result})
    for member in members:
        result = results[member.place]
        if result != "done":
            transaction.event(username, "bulk.left_alone", member.case, {"bulk": f"M{act}", "why": result})
        elif member.case not in told:
            transaction.event(username, "bulk.carried", member.case, {"bulk": f"M{act}"})


def _change_all(
    transaction: Transaction, table: sa.Table, chosen: sa.ColumnElement[bool], values: Mapping[str, object]
) -> None:
    """Change many rows to the same in one statement; none of what is written is sealed."""
    changed = sa.update(table).where(chosen).values(**values).returning(*table.primary_key)
    for row in transaction.connection.execute(changed.execution_options(bound=True)).all():
        transaction.bind(table, row._mapping)


def _member_of(row: sa.Row[Any]) -> BulkMember:
    if row.document == ERASED:
        return BulkMember(
            place=row.place,
            company_key="",
            legal_name="",
            case=row.case_ref,
            left_out="gone",
            limit=None,
            in_force=None,
            after=None,
            exposure=None,
            result=row.result,
        )
    read = documents.read(BulkMember, row.document, row.sha256, row.case_ref)
    return read.model_copy(update={"result": row.result})


_HOLDS = with_company(holds).where(OF_COMPANIES)
_CHANGES = with_company(limit_changes).where(OF_COMPANIES)
