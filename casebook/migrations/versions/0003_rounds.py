"""Rounds, watch lists, rulings and overrides."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

# Rows of these tables are only ever added.
APPEND_ONLY = ("rounds", "watchlists", "rulings")


def upgrade() -> None:
    """Make the tables and their triggers."""
    op.add_column("cases", sa.Column("submitted_sha256", sa.String(64), nullable=True))
    op.add_column("codes", sa.Column("round", sa.Integer(), nullable=True))
    make_tables()
    postgresql = op.get_bind().dialect.name == "postgresql"
    for table in APPEND_ONLY:
        if postgresql:
            guard_postgresql(table)
        else:
            guard_sqlite(table)


def make_tables() -> None:
    """Make all tables."""
    op.create_table(
        "rounds",
        sa.Column("case_ref", sa.String(20), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["case_ref"], ["cases.reference"], name=op.f("fk_rounds_case_ref")),
        sa.PrimaryKeyConstraint("case_ref", "round", name=op.f("pk_rounds")),
    )
    op.create_table(
        "watchlists",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("list_name", sa.String(100), nullable=False),
        sa.Column("version", sa.String(64), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("loaded_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watchlists")),
    )
    op.create_index("ix_watchlists_list_name_id", "watchlists", ["list_name", "id"], unique=False)
    op.create_table(
        "rulings",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("case_ref", sa.String(20), nullable=False),
        sa.Column("company_key", sa.Text(), nullable=False),
        sa.Column("list_name", sa.String(100), nullable=False),
        sa.Column("entry", sa.String(100), nullable=False),
        sa.Column("ruled_by", sa.String(64), nullable=False),
        sa.Column("ruling", sa.String(10), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.CheckConstraint("ruling IN ('same', 'not_same', 'unclear')", name=op.f("ck_rulings_ruling")),
        sa.ForeignKeyConstraint(["case_ref"], ["cases.reference"], name=op.f("fk_rulings_case_ref")),
        sa.ForeignKeyConstraint(["ruled_by"], ["people.username"], name=op.f("fk_rulings_ruled_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rulings")),
    )
    op.create_index("ix_rulings_company_key", "rulings", ["company_key"], unique=False)
    op.create_table(
        "overrides",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("case_ref", sa.String(20), nullable=False),
        sa.Column("company_key", sa.Text(), nullable=False),
        sa.Column("criterion", sa.String(80), nullable=False),
        sa.Column("proposed_by", sa.String(64), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("confirmed_by", sa.String(64), nullable=True),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        sa.CheckConstraint("confirmed_by <> proposed_by", name=op.f("ck_overrides_two_people")),
        sa.ForeignKeyConstraint(["case_ref"], ["cases.reference"], name=op.f("fk_overrides_case_ref")),
        sa.ForeignKeyConstraint(["proposed_by"], ["people.username"], name=op.f("fk_overrides_proposed_by")),
        sa.ForeignKeyConstraint(["confirmed_by"], ["people.username"], name=op.f("fk_overrides_confirmed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_overrides")),
    )
    op.create_index("ix_overrides_company_key", "overrides", ["company_key"], unique=False)


def guard_sqlite(table: str) -> None:
    """Refuse changes on SQLite."""
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_refuse_{act.lower()} BEFORE {act} ON {table} BEGIN "
            f"SELECT RAISE(ABORT, 'rows of {table} are never changed or removed'); END"
        )


def guard_postgresql(table: str) -> None:
    """Refuse changes on Postgres, with the function of the first migration."""
    op.execute(
        f"CREATE TRIGGER {table}_refuse_change BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION casebook_refuse_change()"
    )
    op.execute(
        f"CREATE TRIGGER {table}_refuse_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION casebook_refuse_change()"
    )
