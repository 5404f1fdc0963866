"""Large books: indexes for what is asked often, and the tables of `casebook.database.lookup_tables`."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

INDEXES = (
    ("cases", ("opened_at", "reference")),
    ("cases", ("requester", "opened_at")),
    ("outbox", ("case_ref", "state", "kind")),
    ("history", ("act", "seq")),
    ("votes", ("voter", "case_ref")),
)


def upgrade() -> None:
    """Make the indexes and the tables; `casebook.database.schema` fills the tables."""
    for table, columns in INDEXES:
        op.create_index(f"ix_{table}_{'_'.join(columns)}", table, list(columns), unique=False)
    op.create_table(
        "seats",
        sa.Column("case_ref", sa.String(20), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("username", sa.String(64), nullable=False),
        sa.Column("stage", sa.String(100), nullable=False),
        sa.ForeignKeyConstraint(["case_ref"], ["cases.reference"], name=op.f("fk_seats_case_ref")),
        sa.PrimaryKeyConstraint("case_ref", "round", "username", name=op.f("pk_seats")),
    )
    op.create_index("ix_seats_username_case_ref", "seats", ["username", "case_ref"], unique=False)
    turns = sa.text("stage <> ''")
    op.create_index(
        "ix_seats_turns", "seats", ["username", "case_ref"], unique=False, sqlite_where=turns, postgresql_where=turns
    )
    op.create_table(
        "case_names",
        sa.Column("case_ref", sa.String(20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_ref"], ["cases.reference"], name=op.f("fk_case_names_case_ref")),
        sa.PrimaryKeyConstraint("case_ref", name=op.f("pk_case_names")),
    )
    op.create_table(
        "granted",
        sa.Column("company_key", sa.Text(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("amount", sa.String(60), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=True),
        sa.Column("grade", sa.Text(), nullable=False),
        sa.Column("segment", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("industry", sa.Text(), nullable=False),
        sa.Column("group_name", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["company_key"], ["customers.company_key"], name=op.f("fk_granted_company_key")),
        sa.PrimaryKeyConstraint("company_key", name=op.f("pk_granted")),
    )
    for column in ("grade", "segment", "country", "industry", "group_name"):
        op.create_index(f"ix_granted_{column}", "granted", [column, "currency", "units"], unique=False)
    op.create_index("ix_granted_currency", "granted", ["currency", "units"], unique=False)
