"""Cuts of limits, and raises for a time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0016"

TABLE = "limit_changes"
MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MESSAGE = f"rows of {TABLE} are signed and ended once, and never removed"
FIXED = ("id", "case_ref", "asked_by", "document", "sha256", "asked_at")
# What a row gets once.
ONCE = (("confirmed_by", "confirmed_on"), ("ended_by", "ended_on"))
PEOPLE = ("asked_by", "confirmed_by", "ended_by")


def upgrade() -> None:
    """Make table and triggers."""
    op.create_table(
        TABLE,
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("case_ref", sa.String(20), nullable=False),
        sa.Column("asked_by", sa.String(64), nullable=True),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("confirmed_by", sa.String(64), nullable=True),
        sa.Column("confirmed_on", sa.Date(), nullable=True),
        sa.Column("ended_by", sa.String(64), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.CheckConstraint("confirmed_by <> asked_by", name=op.f(f"ck_{TABLE}_two_people")),
        sa.ForeignKeyConstraint(["case_ref"], ["cases.reference"], name=op.f(f"fk_{TABLE}_case_ref")),
        *(sa.ForeignKeyConstraint([name], ["people.username"], name=op.f(f"fk_{TABLE}_{name}")) for name in PEOPLE),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
    )
    op.create_index(f"ix_{TABLE}_case_ref", TABLE, ["case_ref"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        guard_postgresql()
    else:
        guard_sqlite()


def changes(differs: str) -> str:
    """Return what is a change of a row, besides the signature and the end that it may get once."""
    parts = [f"NEW.{name} {differs} OLD.{name}" for name in FIXED]
    for group in ONCE:
        differ = " OR ".join(f"NEW.{name} {differs} OLD.{name}" for name in group)
        parts.append(f"(OLD.{group[1]} IS NOT NULL AND ({differ}))")
    return " OR ".join(parts)


def guard_sqlite() -> None:
    """Refuse on SQLite."""
    op.execute(
        f"CREATE TRIGGER {TABLE}_refuse_update BEFORE UPDATE ON {TABLE} WHEN {changes('IS NOT')} "
        f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
    )
    op.execute(
        f"CREATE TRIGGER {TABLE}_refuse_delete BEFORE DELETE ON {TABLE} BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
    )


def guard_postgresql() -> None:
    """Refuse on Postgres, with the function of the first migration."""
    op.execute(
        f"CREATE TRIGGER {TABLE}_refuse_change BEFORE DELETE ON {TABLE} "
        "FOR EACH ROW EXECUTE FUNCTION casebook_refuse_change()"
    )
    op.execute(
        f"CREATE TRIGGER {TABLE}_refuse_truncate BEFORE TRUNCATE ON {TABLE} "
        "FOR EACH STATEMENT EXECUTE FUNCTION casebook_refuse_change()"
    )
    op.execute(
        f"CREATE TRIGGER {TABLE}_refuse_update BEFORE UPDATE ON {TABLE} "
        f"FOR EACH ROW WHEN ({changes('IS DISTINCT FROM')}) EXECUTE FUNCTION casebook_refuse_change()"
    )
