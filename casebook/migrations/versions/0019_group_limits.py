"""Limits of groups of companies; orders name the selling unit."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

TABLE = "group_limits"
MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MESSAGE = f"rows of {TABLE} are signed and ended once, and never removed"
FIXED = ("id", "group_name", "asked_by", "document", "sha256", "asked_at")
# What a row gets once.
ONCE = (("confirmed_by", "confirmed_on"), ("ended_by", "ended_on"))
PEOPLE = ("asked_by", "confirmed_by", "ended_by")
RESERVATIONS = "order_reservations"
RESERVATION_MESSAGE = f"rows of {RESERVATIONS} are ended once, and never removed"
RESERVED = (
    *("id", "case_ref", "order_id", "amount", "currency", "deliver_on", "unit", "until"),
    *("reserved_on", "reserved_at", "reserved_by"),
)


def upgrade() -> None:
    """Make table, columns and triggers."""
    op.create_table(
        TABLE,
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("group_name", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.String(64), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("confirmed_by", sa.String(64), nullable=True),
        sa.Column("confirmed_on", sa.Date(), nullable=True),
        sa.Column("ended_by", sa.String(64), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.CheckConstraint("confirmed_by <> asked_by", name=op.f(f"ck_{TABLE}_two_people")),
        *(sa.ForeignKeyConstraint([name], ["people.username"], name=op.f(f"fk_{TABLE}_{name}")) for name in PEOPLE),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
    )
    op.create_index(f"ix_{TABLE}_group_name", TABLE, ["group_name"], unique=False)
    for table in ("order_checks", RESERVATIONS):
        op.add_column(table, sa.Column("unit", sa.String(12), nullable=True))
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


def reservation_changes(differs: str) -> str:
    """Return what is a change of a reservation that nobody makes, its unit among it."""
    return " OR ".join(["OLD.ended_on IS NOT NULL", *(f"NEW.{name} {differs} OLD.{name}" for name in RESERVED)])


def guard_sqlite() -> None:
    """Refuse on SQLite."""
    op.execute(
        f"CREATE TRIGGER {TABLE}_refuse_update BEFORE UPDATE ON {TABLE} WHEN {changes('IS NOT')} "
        f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
    )
    op.execute(
        f"CREATE TRIGGER {TABLE}_refuse_delete BEFORE DELETE ON {TABLE} BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
    )
    op.execute(f"DROP TRIGGER {RESERVATIONS}_refuse_update")
    op.execute(
        f"CREATE TRIGGER {RESERVATIONS}_refuse_update BEFORE UPDATE ON {RESERVATIONS} "
        f"WHEN {reservation_changes('IS NOT')} BEGIN SELECT RAISE(ABORT, '{RESERVATION_MESSAGE}'); END"
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
    op.execute(f"DROP TRIGGER {RESERVATIONS}_refuse_update ON {RESERVATIONS}")
    op.execute(
        f"CREATE TRIGGER {RESERVATIONS}_refuse_update BEFORE UPDATE ON {RESERVATIONS} "
        f"FOR EACH ROW WHEN ({reservation_changes('IS DISTINCT FROM')}) EXECUTE FUNCTION casebook_refuse_change()"
    )
