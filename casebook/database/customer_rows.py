"""Rows of what is on file for customers: found by name or company, read, and refused with the same words."""

from __future__ import annotations

from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from admission.errors import Conflict, NotFound
from admission.model import Record, Text
from casebook.database import documents, tables
from casebook.database.store import Transaction

R = TypeVar("R", bound=Record)
_cases = tables.cases
# The customers whose company keys are given as `keys`.
OF_COMPANIES = tables.customers.c.company_key.in_(sa.bindparam("keys", expanding=True))


def with_company(table: sa.Table) -> sa.Select[Any]:
    """Select rows with the key of their company, oldest first; not those of companies whose documents were erased."""
    chosen = sa.select(table, _cases.c.company_key).join(_cases, _cases.c.reference == table.c.case_ref)
    return chosen.join(tables.customers, tables.customers.c.company_key == _cases.c.company_key).order_by(table.c.id)


def named_row(table: sa.Table, name: str, letter: str) -> sa.ColumnElement[bool]:
    """Select the row of a name such as `S7`: its letter and its number; no row where it is no such name."""
    digits = name[1:]
    number = int(digits) if name[:1] == letter and digits.isascii() and digits.isdecimal() and len(name) < 19 else 0
    return table.c.id == number


def row_of_name(
    connection: Connection, table: sa.Table, name: str, letter: str, what: Text, *, locked: bool = False
) -> sa.Row[Any]:
    """Return the row of a name such as `S7`.

    Args:
        connection: to read from.
        table: of what is named.
        name: as people write it.
        letter: with which the names of this table begin.
        what: what is named, for the message.
        locked: whether other writers wait for it until the transaction ends.

    Raises:
        NotFound: there is none.
    """
    chosen = sa.select(table).where(named_row(table, name, letter))
    row = connection.execute(chosen.with_for_update() if locked else chosen).one_or_none()
    if row is None:
        raise no_such(name, what)
    return row


def newest_number(transaction: Transaction, table: sa.Table, *where: sa.ColumnElement[bool]) -> int:
    """Return the number of the row that was written last."""
    return int(transaction.connection.execute(sa.select(sa.func.max(table.c.id)).where(*where)).scalar_one())


def record_of(model: type[R], row: sa.Row[Any], letter: str) -> R:
    """Read the document of a row, with its name."""
    read = documents.read(model, row.document, row.sha256, row.case_ref)
    return read.model_copy(update={"id": f"{letter}{row.id}"})


def acts_of(row: sa.Row[Any]) -> dict[str, str | None]:
    """Return the names of the acts on many customers by which a row was written and ended; None for none."""
    return {
        name: None if row._mapping[name] is None else f"M{row._mapping[name]}" for name in ("bulk_act", "ended_by_act")
    }


def over_already(name: str, state: Text) -> Conflict:
    """Return the error that what is named stands otherwise already."""
    return Conflict(
        Text(en=f"{name} is {state.en}.", zh=f"{name} {state.zh}。"),
        context={"name": name},
    )


def no_such(name: str, what: Text) -> NotFound:
    """Return the error that there is nothing of this name."""
    return NotFound(Text(en=f"There is no such {what.en}.", zh=f"没有该{what.zh}。"), context={"name": name[:20]})
