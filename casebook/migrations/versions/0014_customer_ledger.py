"""The house's own customer ledger: imports, entries, accounts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make tables and triggers."""
    op.create_table(
        "ledgers",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("loaded_by", sa.String(64), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("loaded_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["loaded_by"], ["people.username"], name=op.f("fk_ledgers_loaded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledgers")),
    )
    op.create_table(
        "ledger_entries",
        sa.Column("ledger", NUMBER, nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("customer", sa.String(80), nullable=False),
        sa.Column("form", sa.String(10), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["ledger"], ["ledgers.id"], name=op.f("fk_ledger_entries_ledger")),
        sa.PrimaryKeyConstraint("ledger", "place", name=op.f("pk_ledger_entries")),
    )
    op.create_index("ix_ledger_entries_ledger_customer", "ledger_entries", ["ledger", "customer"], unique=False)
    op.create_table(
        "ledger_accounts",
        sa.Column("customer", sa.String(80), nullable=False),
        sa.Column("company_key", sa.Text(), nullable=False),
        sa.Column("set_by", sa.String(64), nullable=False),
        sa.Column("set_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["set_by"], ["people.username"], name=op.f("fk_ledger_accounts_set_by")),
        sa.PrimaryKeyConstraint("customer", name=op.f("pk_ledger_accounts")),
    )
    op.create_index("ix_ledger_accounts_company_key", "ledger_accounts", ["company_key"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        guard_postgresql()
    else:
        guard_sqlite()


def guard_sqlite() -> None:
    """Refuse on SQLite: imports stay as they are, and entries change by no other way than a new import."""
    for table, acts in (("ledgers", ("UPDATE", "DELETE")), ("ledger_entries", ("UPDATE",))):
        for act in acts:
            op.execute(
                f"CREATE TRIGGER {table}_refuse_{act.lower()} BEFORE {act} ON {table} BEGIN "
                f"SELECT RAISE(ABORT, 'rows of {table} are never changed'); END"
            )


def guard_postgresql() -> None:
    """Refuse on Postgres, with the function of the first migration."""
    for table, acts in (("ledgers", "UPDATE OR DELETE"), ("ledger_entries", "UPDATE")):
        op.execute(
            f"CREATE TRIGGER {table}_refuse_change BEFORE {acts} ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION casebook_refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_refuse_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION casebook_refuse_change()"
        )
