"""What is on file for customers: proofs of conditions, securities, credit insurance, holds."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# Rows that are written once, and the columns of the others that are: they get a second signature and an end, once.
FIXED = ("security_customers", "insurance_policies", "covers")
ONCE = {
    "securities": (
        ("id", "case_ref", "paper_sha256", "recorded_by", "document", "sha256", "recorded_at"),
        (("confirmed_by", "confirmed_at"), ("revoked_by", "revoked_on", "revoked_because")),
    ),
    "holds": (
        ("id", "case_ref", "placed_by", "document", "sha256", "placed_at"),
        (("released_by", "released_on"),),
    ),
}


def upgrade() -> None:
    """Make tables, columns and triggers."""
    op.add_column("conditions", sa.Column("details", sa.Text(), nullable=True))
    op.add_column("conditions", sa.Column("settled_by", sa.String(64), nullable=True))
    op.create_table(
        "securities",
        *_begun(),
        sa.Column("paper_sha256", sa.String(64), nullable=False),
        sa.Column("recorded_by", sa.String(64), nullable=False),
        *_document("recorded_at"),
        sa.Column("confirmed_by", sa.String(64), nullable=True),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        sa.Column("revoked_by", sa.String(64), nullable=True),
        sa.Column("revoked_on", sa.Date(), nullable=True),
        sa.Column("revoked_because", sa.Text(), nullable=True),
        sa.CheckConstraint("confirmed_by <> recorded_by", name=op.f("ck_securities_two_people")),
        *_keys("securities", "recorded_by", "confirmed_by", "revoked_by"),
    )
    in_hand = sa.text("revoked_on IS NULL")
    op.create_index(
        "uq_securities_paper_in_hand",
        "securities",
        ["paper_sha256"],
        unique=True,
        sqlite_where=in_hand,
        postgresql_where=in_hand,
    )
    op.create_table(
        "security_customers",
        sa.Column("security", NUMBER, nullable=False),
        sa.Column("case_ref", sa.String(20), nullable=False),
        sa.ForeignKeyConstraint(["security"], ["securities.id"], name=op.f("fk_security_customers_security")),
        sa.ForeignKeyConstraint(["case_ref"], ["cases.reference"], name=op.f("fk_security_customers_case_ref")),
        sa.PrimaryKeyConstraint("security", "case_ref", name=op.f("pk_security_customers")),
    )
    op.create_index("ix_security_customers_case_ref", "security_customers", ["case_ref"], unique=False)
    op.create_table(
        "insurance_policies",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("number", sa.String(100), nullable=False),
        sa.Column("recorded_by", sa.String(64), nullable=False),
        *_document("recorded_at"),
        sa.ForeignKeyConstraint(["recorded_by"], ["people.username"], name=op.f("fk_insurance_policies_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_insurance_policies")),
    )
    op.create_table(
        "covers",
        *_begun(),
        sa.Column("recorded_by", sa.String(64), nullable=False),
        *_document("recorded_at"),
        *_keys("covers", "recorded_by"),
    )
    op.create_index("ix_covers_case_ref", "covers", ["case_ref"], unique=False)
    op.create_table(
        "holds",
        *_begun(),
        sa.Column("placed_by", sa.String(64), nullable=False),
        *_document("placed_at"),
        sa.Column("released_by", sa.String(64), nullable=True),
        sa.Column("released_on", sa.Date(), nullable=True),
        *_keys("holds", "placed_by", "released_by"),
    )
    op.create_index("ix_holds_case_ref", "holds", ["case_ref"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        guard_postgresql()
    else:
        guard_sqlite()


def _begun() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("case_ref", sa.String(20), nullable=False),
    ]


def _document(at: str) -> list[sa.Column[Any]]:
    return [
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column(at, MOMENT, nullable=False),
    ]


def _keys(table: str, *people: str) -> list[sa.Constraint]:
    return [
        sa.ForeignKeyConstraint(["case_ref"], ["cases.reference"], name=op.f(f"fk_{table}_case_ref")),
        *(sa.ForeignKeyConstraint([name], ["people.username"], name=op.f(f"fk_{table}_{name}")) for name in people),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def changes(table: str, differs: str) -> str:
    """Return what is a change of a row, besides the signature and the end that it may get once."""
    fixed, once = ONCE[table]
    parts = [f"NEW.{name} {differs} OLD.{name}" for name in fixed]
    for group in once:
        differ = " OR ".join(f"NEW.{name} {differs} OLD.{name}" for name in group)
        parts.append(f"(OLD.{group[0]} IS NOT NULL AND ({differ}))")
    return " OR ".join(parts)


def guard_sqlite() -> None:
    """Refuse on SQLite."""
    for table in FIXED:
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_refuse_{act.lower()} BEFORE {act} ON {table} BEGIN "
                f"SELECT RAISE(ABORT, 'rows of {table} are never changed or removed'); END"
            )
    for table in ONCE:
        message = f"rows of {table} are signed and ended once, and never removed"
        op.execute(
            f"CREATE TRIGGER {table}_refuse_update BEFORE UPDATE ON {table} WHEN {changes(table, 'IS NOT')} "
            f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
        )
        op.execute(
            f"CREATE TRIGGER {table}_refuse_delete BEFORE DELETE ON {table} BEGIN "
            f"SELECT RAISE(ABORT, '{message}'); END"
        )


def guard_postgresql() -> None:
    """Refuse on Postgres, with the function of the first migration."""
    for table in (*FIXED, *ONCE):
        acts = "UPDATE OR DELETE" if table in FIXED else "DELETE"
        op.execute(
            f"CREATE TRIGGER {table}_refuse_change BEFORE {acts} ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION casebook_refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_refuse_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION casebook_refuse_change()"
        )
    for table in ONCE:
        op.execute(
            f"CREATE TRIGGER {table}_refuse_update BEFORE UPDATE ON {table} "
            f"FOR EACH ROW WHEN ({changes(table, 'IS DISTINCT FROM')}) EXECUTE FUNCTION casebook_refuse_change()"
        )
