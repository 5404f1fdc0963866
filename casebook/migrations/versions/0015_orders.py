"""Orders of customers: what was found free, reserved, blocked and let through."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MESSAGES = {
    "order_reservations": "rows of order_reservations are ended once, and never removed",
    "order_blocks": "rows of order_blocks are settled once, and never removed",
}
FIXED = {
    "order_reservations": (
        *("id", "case_ref", "order_id", "amount", "currency", "deliver_on", "until"),
        *("reserved_on", "reserved_at", "reserved_by"),
    ),
    "order_blocks": ("id", "case_ref", "order_id", "asked_by", "blocked_at"),
}
OVER = {"order_reservations": "OLD.ended_on IS NOT NULL", "order_blocks": "OLD.state <> 'open'"}


def upgrade() -> None:
    """Make tables and triggers."""
    op.create_table(
        "order_checks",
        *_order(),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("checked_at", MOMENT, nullable=False),
        sa.Column("checked_by", sa.String(64), nullable=False),
        sa.Column("counts", sa.Boolean(), nullable=False),
        *_keys("order_checks", "checked_by"),
    )
    op.create_index("ix_order_checks_case_ref_counts", "order_checks", ["case_ref", "counts"], unique=False)
    op.create_table(
        "order_reservations",
        *_order(),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("reserved_on", sa.Date(), nullable=False),
        sa.Column("reserved_at", MOMENT, nullable=False),
        sa.Column("reserved_by", sa.String(64), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        *_keys("order_reservations", "reserved_by"),
    )
    op.create_index("ix_order_reservations_case_ref", "order_reservations", ["case_ref"], unique=False)
    op.create_table(
        "order_blocks",
        *_order()[:3],
        sa.Column("asked_by", sa.String(64), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("blocked_at", MOMENT, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("settled_by", sa.String(64), nullable=True),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.Column("ceiling", sa.String(60), nullable=True),
        sa.Column("currency", sa.String(3), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("settled_because", sa.Text(), nullable=True),
        sa.CheckConstraint("state IN ('open', 'released', 'refused')", name=op.f("ck_order_blocks_state")),
        sa.CheckConstraint("settled_by <> asked_by", name=op.f("ck_order_blocks_two_people")),
        *_keys("order_blocks", "asked_by", "settled_by"),
    )
    op.create_index("ix_order_blocks_case_ref", "order_blocks", ["case_ref"], unique=False)
    op.create_index("ix_order_blocks_state", "order_blocks", ["state", "id"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        guard_postgresql()
    else:
        guard_sqlite()


def _order() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("case_ref", sa.String(20), nullable=False),
        sa.Column("order_id", sa.String(80), nullable=False),
        sa.Column("amount", sa.String(60), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("deliver_on", sa.Date(), nullable=False),
    ]


def _keys(table: str, *people: str) -> list[sa.Constraint]:
    return [
        sa.ForeignKeyConstraint(["case_ref"], ["cases.reference"], name=op.f(f"fk_{table}_case_ref")),
        *(sa.ForeignKeyConstraint([name], ["people.username"], name=op.f(f"fk_{table}_{name}")) for name in people),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def changes(table: str, differs: str) -> str:
    """Return what is a change of a row that nobody makes: of what it began with, or after its end."""
    return " OR ".join([OVER[table], *(f"NEW.{name} {differs} OLD.{name}" for name in FIXED[table])])


def guard_sqlite() -> None:
    """Refuse on SQLite."""
    for table, message in MESSAGES.items():
        op.execute(
            f"CREATE TRIGGER {table}_refuse_update BEFORE UPDATE ON {table} WHEN {changes(table, 'IS NOT')} "
            f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
        )
        op.execute(
            f"CREATE TRIGGER {table}_refuse_delete BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, '{message}'); END"
        )


def guard_postgresql() -> None:
    """Refuse on Postgres, with the function of the first migration."""
    for table in MESSAGES:
        op.execute(
            f"CREATE TRIGGER {table}_refuse_change BEFORE DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION casebook_refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_refuse_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION casebook_refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_refuse_update BEFORE UPDATE ON {table} "
            f"FOR EACH ROW WHEN ({changes(table, 'IS DISTINCT FROM')}) EXECUTE FUNCTION casebook_refuse_change()"
        )
