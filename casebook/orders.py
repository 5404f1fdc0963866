"""Orders of customers: checked one at a time for each customer, so that no two take the same headroom."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, NamedTuple

import sqlalchemy as sa

from admission.customers.orders.asked import BlockState, OnRecord, OrderAsked, Release, Taken
from admission.customers.orders.blocks import Block, Settled
from admission.customers.orders.check import OrderCheck
from admission.errors import Conflict, NotFound
from admission.model import Text
from admission.separation import Duty, check_independent
from casebook.database import documents, tables
from casebook.database.case_rows import locked_case
from casebook.database.customer_rows import named_row, newest_number, no_such, with_company
from casebook.database.lookup_tables import granted
from casebook.database.order_tables import order_blocks, order_checks, order_reservations
from casebook.database.store import Store, Transaction, batches
from casebook.finding import part_of, parts_of
from casebook.people import acting_person_named

_cases, _customers = tables.cases, tables.customers
_WHAT = Text(en="blocked order", zh="冻结订单")


class Checked(NamedTuple):
    """What came of a check, and the name of the blocked order; None where it is free."""

    check: OrderCheck
    block: str | None


class Orders:
    """The orders of all customers. Each row is written under the case on which the customer's limit rests."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def check(
        self,
        company_key: str,
        asked: OrderAsked,
        username: str,
        judge: Callable[[OnRecord], OrderCheck],
        group: str = "",
    ) -> Checked:
        """Check an order, and keep what came of it; other orders of the customer, or of its group, wait meanwhile.

        Args:
            company_key: of the customer.
            asked: the order; asked for anew, it counts once.
            username: who asks.
            judge: says what comes of it, from what is on record at this moment.
            group: of the customer, where that has a limit, by its name in small letters.

        Raises:
            NotFound: the company is no customer any more.
        """
        with self._store.write() as transaction:
            locked = _locked_group(transaction, company_key, group) if group else [company_key]
            case = _locked_customer(transaction, company_key)
            running = _running(transaction.connection, company_key)
            others = _taken_by(transaction.connection, [key for key in locked if key != company_key])
            taken = _taken(running)
            made = judge(OnRecord(taken=taken, others=others))
            if made.result == "free":
                _take(transaction, case, made, running, username)
                return Checked(made, None)
            newest = _newest_blocks(transaction.connection, company_key, asked.order)
            if "released" in newest:
                made = judge(OnRecord(taken=taken, others=others, release=newest["released"].release))
                if made.result == "free":
                    _take(transaction, case, made, running, username)
                    return Checked(made, None)
            return Checked(made, _block(transaction, case, made, newest.get("open"), username))

    def drop(self, company_key: str, order: str, username: str) -> bool:
        """Give back what an order has taken of the headroom; tell whether it had taken any.

        Raises:
            NotFound: the company is no customer any more.
        """
        with self._store.write() as transaction:
            _locked_customer(transaction, company_key)
            running = [row for row in _running(transaction.connection, company_key) if row.order_id == order]
            _end(transaction, running, username)
            return bool(running)

    def forget(self, delivered_before: date) -> int:
        """Forget free checks that take headroom no more: of deliveries before a day; return how many there were.

        What was blocked, released or reserved stays, for it is in the signed history.
        """
        checks = order_checks.c
        over = sa.and_(checks.deliver_on < delivered_before, checks.checked_on < delivered_before)
        with self._store.write() as transaction:
            gone = sa.delete(order_checks).where(over)
            return transaction.connection.execute(gone).rowcount

    def taken(self, company_key: str) -> tuple[Taken, ...]:
        """Return what orders have taken of a customer's headroom, oldest first."""
        with self._store.read() as connection:
            return _taken(_running(connection, company_key))

    def taken_by(self, company_keys: Sequence[str]) -> dict[str, tuple[Taken, ...]]:
        """Return what orders have taken of the headroom of some customers, by company key."""
        with self._store.read() as connection:
            return _taken_by(connection, company_keys)

    def blocks(
        self, *, state: BlockState | None = None, company_key: str = "", most: int = 200, seen_by: str | None = None
    ) -> list[Block]:
        """Return blocked orders, newest first.

        Args:
            state: only those in it.
            company_key: only those of this customer.
            most: at most so many.
            seen_by: only those of customers on whose case this person has a part, see `Cases.list`.
        """
        chosen = with_company(order_blocks).order_by(None)
        if state is not None:
            chosen = chosen.where(order_blocks.c.state == state)
        if company_key:
            chosen = chosen.where(_cases.c.company_key == company_key)
        if seen_by is not None:
            chosen = chosen.where(_cases.c.reference.in_(sa.union(*parts_of(seen_by))), part_of(seen_by))
        with self._store.read() as connection:
            rows = connection.execute(chosen.order_by(order_blocks.c.id.desc()).limit(most)).all()
            return [_block_of(row) for row in rows]

    def block(self, name: str) -> Block:
        """Return a blocked order.

        Raises:
            NotFound: there is none of this name.
        """
        with self._store.read() as connection:
            return _block_of(_row(connection, name))

    def release(self, name: str, settled: Settled, username: str, on: date) -> Block:
        """Let a blocked order through; it takes its headroom from then on.

        Raises:
            NotFound: there is no such blocked order.
            NotAllowed: the person asked for the order or for the customer, or was shut out.
            Conflict: it was settled before.
        """
        values = {"ceiling": settled.ceiling, "currency": settled.currency, "until": settled.until}
        return self._settle(name, "released", settled.because, username, on, values)

    def refuse(self, name: str, because: str, username: str, on: date) -> Block:
        """Say that a blocked order does not go through.

        Raises:
            NotFound: there is no such blocked order.
            NotAllowed: the person asked for the order or for the customer, or was shut out.
            Conflict: it was settled before.
        """
        return self._settle(name, "refused", because, username, on, {})

    def _settle(
        self, name: str, state: BlockState, because: str, username: str, on: date, values: dict[str, Any]
    ) -> Block:
        with self._store.write() as transaction:
            row = _row(transaction.connection, name)
            case = _locked_customer(transaction, row.company_key)
            acting_person_named(transaction.connection, username)
            # Again, for it may have been settled while this waited for its turn.
            block = _block_of(_row(transaction.connection, name))
            requester = locked_case(transaction, block.case).requester
            for asked_by in (block.asked_by, requester):
                check_independent(Duty.RELEASE_ORDER, username, asked_by, case=block.case)
            if block.state != "open":
                raise Conflict(
                    Text(en=f"{name} is settled already.", zh=f"{name} 已处理。"), context={"state": block.state}
                )
            key = {"id": row.id}
            settled = {"state": state, "settled_by": username, "settled_on": on, "settled_because": because}
            transaction.change(order_blocks, {**key, "case_ref": block.case}, **settled, **values)
            detail = {"block": name, "order": block.check.asked.order}
            transaction.event(username, f"order.{state}", block.case, detail)
            after = _block_of(_row(transaction.connection, name))
            if state == "released":
                _take(transaction, case, block.check, _running(transaction.connection, row.company_key), username)
            return after


def _locked_customer(transaction: Transaction, company_key: str) -> str:
    """Return the case on which a customer's limit rests; until the end of the transaction no other order is checked."""
    case = transaction.connection.execute(_LAST_CASE, {"key": company_key}).scalar_one_or_none()
    if case is None:
        raise NotFound(Text(en="This company is no customer.", zh="该企业不是客户。"))
    return str(case)


def _locked_group(transaction: Transaction, company_key: str, group: str) -> list[str]:
    """Return the customers of a group, and one that is perhaps none of it any more; no other order of them is checked.

    All of them are locked in the order of their keys, so that two orders of one group never wait for each other.
    """
    rows = transaction.connection.execute(_OF_GROUP, {"group": group, "key": company_key})
    return [str(key) for key in rows.scalars()]


def _taken_by(connection: sa.Connection, company_keys: Sequence[str]) -> dict[str, tuple[Taken, ...]]:
    """Return what orders of some customers have taken; a customer without any is there too."""
    if not company_keys:
        return {}
    by_key: dict[str, list[sa.Row[Any]]] = {key: [] for key in company_keys}
    for some in batches(company_keys):
        for row in connection.execute(_RUNNING_OF, {"keys": list(some)}).all():
            by_key[row.company_key].append(row)
    return {key: _taken(sorted(rows, key=_oldest_first)) for key, rows in by_key.items()}


def _running(connection: sa.Connection, company_key: str) -> Sequence[sa.Row[Any]]:
    """Return all that takes headroom of a customer, each oldest first: what is reserved, then free orders."""
    # Databases promise no order of what is put together of two selections.
    return sorted(connection.execute(_RUNNING, {"key": company_key}).all(), key=_oldest_first)


def _oldest_first(row: sa.Row[Any]) -> tuple[bool, int]:
    return row.until is None, row.id


def _taken(running: Sequence[sa.Row[Any]]) -> tuple[Taken, ...]:
    """Return what has been taken: of an order that is reserved, what was reserved, or found free later."""
    by_order: dict[str, Taken] = {}
    for row in running:
        reserved = by_order.get(row.order_id)
        until = row.until if reserved is None else reserved.until
        by_order[row.order_id] = _taken_of(row, row.on_day, until)
    return tuple(by_order.values())


def _taken_of(row: sa.Row[Any], on: date, until: date | None) -> Taken:
    return Taken(
        order=row.order_id,
        amount=row.amount,
        currency=row.currency,
        deliver_on=row.deliver_on,
        checked_on=on,
        until=until,
        unit=row.unit,
    )


def _take(transaction: Transaction, case: str, made: OrderCheck, running: Sequence[sa.Row[Any]], username: str) -> None:
    """Let an order take its headroom, in place of what it has taken before."""
    asked = made.asked
    common = {
        "case_ref": case,
        "order_id": asked.order,
        "amount": asked.amount,
        "currency": asked.currency,
        "deliver_on": asked.deliver_on,
        "unit": asked.unit,
    }
    before = [row for row in running if row.order_id == asked.order]
    if asked.reserve_until is None:
        _end(transaction, [row for row in before if row.until is None], username)
        kept = {"checked_on": made.as_of, "checked_at": transaction.now, "checked_by": username, "counts": True}
        transaction.connection.execute(_KEEP_FREE, {**common, **kept})
        return
    _end(transaction, before, username)
    kept = {"until": asked.reserve_until, "reserved_on": made.as_of, "reserved_at": transaction.now}
    transaction.add(order_reservations, {**common, **kept, "reserved_by": username})
    detail = {"order": asked.order, "until": asked.reserve_until.isoformat()}
    transaction.event(username, "order.reserved", case, detail)


def _end(transaction: Transaction, rows: Sequence[sa.Row[Any]], username: str) -> None:
    """Let what was found free or reserved take no headroom any more."""
    for row in rows:
        if row.until is None:
            over = sa.update(order_checks).where(order_checks.c.id == row.id).values(counts=False)
            transaction.connection.execute(over)
        else:
            transaction.change(order_reservations, {"id": row.id}, ended_on=transaction.now.date())
            transaction.event(username, "order.reservation_ended", row.case_ref, {"order": row.order_id})


def _block(transaction: Transaction, case: str, made: OrderCheck, waiting: Block | None, username: str) -> str:
    """Keep that an order is blocked: as one small case, however often it is asked for; return its name."""
    text, sha256 = documents.written(made)
    detail = {"order": made.asked.order, "codes": ", ".join(made.codes), "sha256": sha256}
    if waiting is not None:
        if (waiting.check.asked, waiting.check.codes) != (made.asked, made.codes):
            key = {"id": int(waiting.id[1:]), "case_ref": waiting.case}
            transaction.change(order_blocks, key, document=text, sha256=sha256)
            transaction.event(username, "order.blocked", waiting.case, {"block": waiting.id, **detail})
        return waiting.id
    values = {"case_ref": case, "order_id": made.asked.order, "asked_by": username, "document": text, "sha256": sha256}
    transaction.add(order_blocks, {**values, "blocked_at": transaction.now, "state": "open"})
    name = f"O{newest_number(transaction, order_blocks, order_blocks.c.case_ref == case)}"
    transaction.event(username, "order.blocked", case, {"block": name, **detail})
    return name


def _newest_blocks(connection: sa.Connection, company_key: str, order: str) -> dict[BlockState, Block]:
    """Return the newest block of an order in each state; one that was refused takes nothing from an earlier release."""
    rows = connection.execute(_BLOCKS_OF_ORDER, {"key": company_key, "order": order}).all()
    newest: dict[BlockState, sa.Row[Any]] = {row.state: row for row in rows}
    return {state: _block_of(row) for state, row in newest.items()}


def _takers(
    table: sa.Table, day: sa.ColumnElement[Any], until: sa.ColumnElement[Any], whose: sa.ColumnElement[bool]
) -> sa.Select[Any]:
    columns = (table.c[name] for name in ("id", "case_ref", "order_id", "amount", "currency", "deliver_on", "unit"))
    chosen = sa.select(_cases.c.company_key, *columns, day.label("on_day"), until)
    return chosen.join(_cases, _cases.c.reference == table.c.case_ref).where(whose)


def _all_takers(whose: sa.ColumnElement[bool]) -> sa.CompoundSelect[Any]:
    checks, kept = order_checks.c, order_reservations.c
    never = sa.cast(sa.null(), sa.Date).label("until")
    return sa.union_all(
        _takers(order_reservations, kept.reserved_on, kept.until, whose).where(kept.ended_on.is_(None)),
        _takers(order_checks, checks.checked_on, never, whose).where(checks.counts),
    )


# Made once: making a statement takes as long as asking it, and orders are asked for all day.
_LAST_CASE = sa.select(_customers.c.last_case).where(_customers.c.company_key == sa.bindparam("key")).with_for_update()
_KEEP_FREE = sa.insert(order_checks)
_RUNNING = _all_takers(_cases.c.company_key == sa.bindparam("key"))
_RUNNING_OF = _all_takers(_cases.c.company_key.in_(sa.bindparam("keys", expanding=True)))
_OF_GROUP = (
    sa.select(_customers.c.company_key)
    .where(
        _customers.c.company_key.in_(
            sa.union(
                sa.select(granted.c.company_key).where(granted.c.group_name == sa.bindparam("group")),
                sa.select(sa.cast(sa.bindparam("key"), sa.Text)),
            )
        )
    )
    .order_by(_customers.c.company_key)
    .with_for_update()
)
_BLOCKS_OF_ORDER = with_company(order_blocks).where(
    _cases.c.company_key == sa.bindparam("key"), order_blocks.c.order_id == sa.bindparam("order")
)


def _row(connection: sa.Connection, name: str) -> sa.Row[Any]:
    row = connection.execute(with_company(order_blocks).where(named_row(order_blocks, name, "O"))).one_or_none()
    if row is None:
        raise no_such(name, _WHAT)
    return row


def _block_of(row: sa.Row[Any]) -> Block:
    name = f"O{row.id}"
    check = documents.read(OrderCheck, row.document, row.sha256, row.case_ref)
    release = None
    if row.state == "released":
        release = Release(
            block=name,
            by=row.settled_by,
            ceiling=row.ceiling,
            currency=row.currency,
            until=row.until,
            released_on=row.settled_on,
            holds=check.holds,
            because=row.settled_because,
        )
    return Block(
        id=name,
        company_key=row.company_key,
        case=row.case_ref,
        check=check,
        asked_by=row.asked_by,
        blocked_at=row.blocked_at,
        state=row.state,
        settled_by=row.settled_by,
        settled_on=row.settled_on,
        because=row.settled_because or "",
        release=release,
    )
