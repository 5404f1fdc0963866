"""The house's own customer ledger: what was imported, its entries, and whose customer numbers are whose.

An import is audited, and holds a fingerprint over all its entries. The entries are not audited row by row, for there
may be a million: they are those of the newest import alone, and go when the next one is loaded.
"""

from __future__ import annotations

import sqlalchemy as sa

from casebook.database.columns import Moment
from casebook.database.customer_tables import NUMBER, number_column, person_column
from casebook.database.tables import metadata

ledgers = sa.Table(
    "ledgers",
    metadata,
    number_column(),
    sa.Column("as_of", sa.Date, nullable=False),
    person_column("loaded_by"),
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("loaded_at", Moment, nullable=False),
)
# In the order of the file. A form of `refused` says that a row of this customer was refused; it has no document.
ledger_entries = sa.Table(
    "ledger_entries",
    metadata,
    sa.Column("ledger", NUMBER, sa.ForeignKey("ledgers.id"), primary_key=True),
    sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("customer", sa.String(80), nullable=False),
    sa.Column("form", sa.String(10), nullable=False),
    sa.Column("document", sa.Text, nullable=False),
    sa.Index("ix_ledger_entries_ledger_customer", "ledger", "customer"),
)
ledger_accounts = sa.Table(
    "ledger_accounts",
    metadata,
    sa.Column("customer", sa.String(80), primary_key=True),
    sa.Column("company_key", sa.Text, nullable=False),
    person_column("set_by"),
    sa.Column("set_at", Moment, nullable=False),
    sa.Index("ix_ledger_accounts_company_key", "company_key"),
)
