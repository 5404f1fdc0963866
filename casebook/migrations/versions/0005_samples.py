"""Samples of the machine's decisions: seeds, draws, and what people said who looked."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")

# Rows of these tables are only ever added.
APPEND_ONLY = ("sample_seeds", "samples", "looks")


def upgrade() -> None:
    """Make the tables and their triggers."""
    make_tables()
    if op.get_bind().dialect.name == "postgresql":
        guard_postgresql()
    else:
        guard_sqlite()


def make_tables() -> None:
    """Make all tables."""
    op.create_table(
        "sample_seeds",
        sa.Column("quarter", sa.String(6), nullable=False),
        sa.Column("seed", sa.String(64), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("quarter", name=op.f("pk_sample_seeds")),
    )
    op.create_table(
        "samples",
        sa.Column("case_ref", sa.String(20), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("drawn", sa.Boolean(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["case_ref"], ["cases.reference"], name=op.f("fk_samples_case_ref")),
        sa.ForeignKeyConstraint(
            ["case_ref", "round"], ["decisions.case_ref", "decisions.round"], name=op.f("fk_samples_case_ref_round")
        ),
        sa.PrimaryKeyConstraint("case_ref", "round", name=op.f("pk_samples")),
    )
    op.create_table(
        "looks",
        sa.Column("case_ref", sa.String(20), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("looked_by", sa.String(64), nullable=False),
        sa.Column("verdict", sa.String(10), nullable=False),
        sa.Column("opened", sa.String(20), nullable=True),
        sa.Column("opened_round", sa.Integer(), nullable=True),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.CheckConstraint("verdict IN ('agreed', 'reopened')", name=op.f("ck_looks_verdict")),
        sa.ForeignKeyConstraint(["case_ref"], ["cases.reference"], name=op.f("fk_looks_case_ref")),
        sa.ForeignKeyConstraint(["looked_by"], ["people.username"], name=op.f("fk_looks_looked_by")),
        sa.ForeignKeyConstraint(["opened"], ["cases.reference"], name=op.f("fk_looks_opened")),
        sa.ForeignKeyConstraint(
            ["case_ref", "round"], ["samples.case_ref", "samples.round"], name=op.f("fk_looks_case_ref_round")
        ),
        sa.PrimaryKeyConstraint("case_ref", "round", name=op.f("pk_looks")),
    )
    op.create_index("ix_looks_opened", "looks", ["opened"], unique=False)


def guard_sqlite() -> None:
    """Refuse changes on SQLite, and looks at a request of one's own."""
    for table in APPEND_ONLY:
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_refuse_{act.lower()} BEFORE {act} ON {table} BEGIN "
                f"SELECT RAISE(ABORT, 'rows of {table} are never changed or removed'); END"
            )
    op.execute(
        "CREATE TRIGGER looks_refuse_own_case BEFORE INSERT ON looks "
        "WHEN EXISTS (SELECT 1 FROM cases WHERE reference = NEW.case_ref AND requester = NEW.looked_by) "
        "BEGIN SELECT RAISE(ABORT, 'nobody looks at a request of their own'); END"
    )


def guard_postgresql() -> None:
    """Refuse changes on Postgres, with the function of the first migration, and looks at a request of one's own."""
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_refuse_change BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION casebook_refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_refuse_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION casebook_refuse_change()"
        )
    op.execute(
        "CREATE FUNCTION casebook_refuse_own_look() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF EXISTS (SELECT 1 FROM cases WHERE reference = NEW.case_ref AND requester = NEW.looked_by) THEN "
        "RAISE EXCEPTION 'nobody looks at a request of their own'; END IF; RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER looks_refuse_own_case BEFORE INSERT ON looks "
        "FOR EACH ROW EXECUTE FUNCTION casebook_refuse_own_look()"
    )
