"""Rows bound into the audit chain: each event carries the fingerprint of every audited row it wrote."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from admission.model import digest
from casebook.database import tables
from casebook.database.columns import Amount, Moment
from casebook.database.sealing import Sealed

# The audited tables, each with the columns that come and go without being part of the record. The other tables hold
# what only matters for a while: leases, tries, runs and messages under way. What people act with (sessions, codes, API
# tokens) is audited, for whoever could put a row there would act as anybody.
AUDITED: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(
        ("meta", "people", "steps", "decisions", "conditions", "evidence", "calls", "papers", "assessments"),
        frozenset[str](),
    ),
    **dict.fromkeys(
        ("polls", "votes", "rounds", "rulings", "confirmations", "overrides", "watchlists"), frozenset[str]()
    ),
    **dict.fromkeys(("customers", "keys", "pins", "api_tokens", "sessions", "codes"), frozenset[str]()),
    **dict.fromkeys(("sample_seeds", "samples", "looks"), frozenset[str]()),
    "erasures": frozenset(),
    **dict.fromkeys(("securities", "security_customers", "insurance_policies", "covers", "holds"), frozenset[str]()),
    **dict.fromkeys(("limit_changes", "order_reservations", "order_blocks"), frozenset[str]()),
    **dict.fromkeys(("bulk_acts", "bulk_members"), frozenset[str]()),
    **dict.fromkeys(("ledgers", "ledger_accounts", "book_imports", "group_limits"), frozenset[str]()),
    **dict.fromkeys(("policy_versions", "shadows", "shadow_results", "snapshots", "performance"), frozenset[str]()),
    "cases": frozenset({"lease_holder", "lease_until"}),
}
# The columns that name the case of a row, where it is not `case_ref`; rows of a book have a key and no case yet.
CASE_COLUMNS = {"cases": "reference", "customers": "last_case", "book_rows": "seal"}
_MOST_KEYS = 200
HIDDEN = "sha256:"


class RowKey(NamedTuple):
    """Which row: its table, and the values of its primary key."""

    table: str
    key: tuple[str | int, ...]

    def __str__(self) -> str:
        return f"{self.table} {'/'.join(str(value) for value in self.key)}"


class BoundRow(NamedTuple):
    """A row as it stands: its fingerprint, the case it belongs to, and what it says (for exports)."""

    row: RowKey
    sha256: str
    case: str | None
    values: dict[str, Any]


def is_audited(table: sa.Table) -> bool:
    """True where rows of the table are bound into the chain."""
    return table.name in AUDITED


def key_of(table: sa.Table, row: Mapping[str, Any] | sa.RowMapping) -> RowKey:
    """Return which row this is."""
    return RowKey(table.name, tuple(_plain(row[column.name]) for column in table.primary_key))


def hidden(row: RowKey) -> RowKey:
    """Return a row as the chain names it: a company by a fingerprint of its key, which may be a person's name."""
    if row.table != "customers" or str(row.key[0]).startswith(HIDDEN):
        return row
    return RowKey(row.table, (f"{HIDDEN}{digest(row.key[0])}",))


def rows_of(
    connection: Connection, table: sa.Table, keys: Sequence[RowKey] | None = None, case: str | None = None
) -> Iterator[BoundRow]:
    """Yield rows as they stand in the database: all, those of some keys, or those of a case."""
    chosen = _chosen(table, raw=connection.dialect.name == "sqlite")
    if case is not None:
        chosen = chosen.where(table.c[_case_column(table)] == case)
    if keys is None:
        yield from _bound(table, connection.execute(chosen.order_by(*table.primary_key)))
        return
    primary = list(table.primary_key)
    for start in range(0, len(keys), _MOST_KEYS):
        wanted = [item.key for item in keys[start : start + _MOST_KEYS]]
        if len(primary) == 1:
            some = chosen.where(primary[0].in_([key[0] for key in wanted]))
        else:
            some = chosen.where(sa.tuple_(*primary).in_(wanted))
        yield from _bound(table, connection.execute(some))


def bound_row(table: str, values: Mapping[str, Any]) -> BoundRow:
    """Return a row that was exported, with the fingerprint it ought to have."""
    case = values.get(CASE_COLUMNS.get(table, "case_ref"))
    # Empty values are left out, so that a nullable column which a later version adds changes no fingerprint.
    held = {name: value for name, value in values.items() if value is not None}
    return BoundRow(key_of(tables.metadata.tables[table], values), digest(held), case, dict(values))


def has_case(table: sa.Table) -> bool:
    """True where rows of the table belong to a case."""
    return _case_column(table) in table.c


def _case_column(table: sa.Table) -> str:
    return CASE_COLUMNS.get(table.name, "case_ref")


def _bound(table: sa.Table, rows: Iterable[sa.Row[Any]]) -> Iterator[BoundRow]:
    for row in rows:
        yield bound_row(table.name, {name: _plain(value) for name, value in row._mapping.items()})


@functools.cache
def _chosen(table: sa.Table, *, raw: bool) -> sa.Select[Any]:
    """Return the selection of the columns that count: sealed ones as they are stored, and SQLite's as raw text.

    So no rewriting of a value goes unseen. Made once a table, for each transaction that writes reads its rows so.
    """
    kept = [column for column in table.c if column.name not in AUDITED[table.name]]
    columns = [_raw(column).label(column.name) if raw or isinstance(column.type, Sealed) else column for column in kept]
    return sa.select(*columns).execution_options(yield_per=_MOST_KEYS)


def _raw(column: sa.Column[Any]) -> sa.ColumnElement[Any]:
    if isinstance(column.type, sa.Boolean):
        return sa.type_coerce(column, sa.Integer)
    if isinstance(column.type, Moment | Amount | Sealed | sa.Date):
        return sa.type_coerce(column, sa.String)
    return column


def _plain(value: Any) -> Any:
    """Return a value as JSON can hold it, the same for both databases."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal | str) else value
