"""The admitted companies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from admission.cases import Customer
from admission.errors import NotFound
from admission.model import Text
from casebook.database import documents, tables
from casebook.database.case_rows import NOT_CONCLUDED
from casebook.database.lookups import write_granted
from casebook.database.store import Store, Transaction
from casebook.finding import named, part_of, parts_of

_customers = tables.customers
_OF_COMPANY = sa.select(_customers).where(_customers.c.company_key == sa.bindparam("key"))


class Customers:
    """The customers of the house."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, company_key: str) -> Customer | None:
        """Return a company's customer record; None where it is no customer."""
        with self._store.read() as connection:
            return customer_in(connection, company_key)

    def all(self, active: bool = True) -> list[Customer]:
        """Return all customers, or those that are none any more, by company key."""
        chosen = sa.select(_customers).where(_customers.c.active == active).order_by(_customers.c.company_key)
        with self._store.read() as connection:
            return _read(connection, chosen)

    def of(self, company_keys: Sequence[str]) -> dict[str, Customer]:
        """Return some customers by company key, also those that are none any more.

        Args:
            company_keys: as many as fit one statement.
        """
        with self._store.read() as connection:
            return customers_in(connection, company_keys)

    def page(self, *, text: str = "", after: str = "", most: int = 200, seen_by: str | None = None) -> list[Customer]:
        """Return active customers by company key, a page of them.

        Args:
            text: only those in whose name or official numbers this stands.
            after: only those whose key comes after this one.
            most: at most so many.
            seen_by: only those on whose last case this person has a part, see `Cases.list`.
        """
        cases = tables.cases
        chosen = sa.select(_customers).join(cases, cases.c.reference == _customers.c.last_case)
        chosen = chosen.where(_customers.c.active, _customers.c.company_key > after)
        with self._store.read() as connection:
            if text.strip():
                chosen = chosen.where(named(connection, text, None, each=False))
            if seen_by is not None:
                chosen = chosen.where(cases.c.reference.in_(sa.union(*parts_of(seen_by))), part_of(seen_by))
            return _read(connection, chosen.order_by(_customers.c.company_key).limit(most))

    def due(self, on: date) -> list[Customer]:
        """Return the active customers whose review is due on this day and who have no open case, longest due first."""
        cases = tables.cases
        open_case = sa.exists().where(cases.c.company_key == _customers.c.company_key, NOT_CONCLUDED)
        chosen = sa.select(_customers).where(_customers.c.active, _customers.c.next_review_on <= on, ~open_case)
        with self._store.read() as connection:
            return _read(connection, chosen.order_by(_customers.c.next_review_on, _customers.c.company_key))

    def reschedule(self, company_key: str, next_review_on: date, actor: str) -> None:
        """Set the day of a customer's next review.

        Raises:
            NotFound: the company is no customer.
        """
        with self._store.write() as transaction:
            chosen = sa.select(_customers).where(_customers.c.company_key == company_key).with_for_update()
            found = _read(transaction.connection, chosen)
            if not found:
                raise NotFound(Text(en="This company is no customer.", zh="该企业不是客户。"))
            before = found[0]
            store_customer(transaction, before.model_copy(update={"next_review_on": next_review_on}))
            days = {"from": before.next_review_on.isoformat(), "to": next_review_on.isoformat()}
            transaction.event(actor, "review.rescheduled", before.last_case, days)


def customer_in(connection: Connection, company_key: str) -> Customer | None:
    """Return a company's customer record within an open transaction; None where it is no customer."""
    rows = connection.execute(_OF_COMPANY, {"key": company_key}).all()
    return _customers_of(rows)[0] if rows else None


def customers_in(connection: Connection, company_keys: Sequence[str]) -> dict[str, Customer]:
    """Return some customers by company key, within an open transaction."""
    chosen = sa.select(_customers).where(_customers.c.company_key.in_(company_keys))
    return {customer.company_key: customer for customer in _read(connection, chosen)}


def store_customer(transaction: Transaction, customer: Customer) -> None:
    """Write a customer as it stands from now on, within an open transaction."""
    text, sha256 = documents.written(customer)
    row = {
        "company_key": customer.company_key,
        "last_case": customer.last_case,
        "next_review_on": customer.next_review_on,
        "active": customer.active,
        "document": text,
        "sha256": sha256,
    }
    transaction.upsert(_customers, [row])
    write_granted(transaction.connection, customer)


def _read(connection: Connection, chosen: sa.Select[tuple[object, ...]]) -> list[Customer]:
    return _customers_of(connection.execute(chosen))


def _customers_of(rows: Iterable[sa.Row[Any]]) -> list[Customer]:
    return [documents.read(Customer, row.document, row.sha256, row.last_case) for row in rows]
