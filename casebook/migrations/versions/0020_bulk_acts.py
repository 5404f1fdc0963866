"""Acts on many customers, with the list each is for; holds and changes of limits name the act they are part of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# The columns of rows that are written once, and the groups of those that each row gets once.
ONCE = {
    "bulk_acts": (
        ("id", "proposed_by", "document", "sha256", "proposed_at"),
        (("confirmed_by", "confirmed_at"), ("settled_at", "settled_by", "because", "state", "carried")),
        "rows of bulk_acts are confirmed and settled once, and never removed",
    ),
    "bulk_members": (
        ("act", "place", "case_ref", "document", "sha256"),
        (("result",),),
        "rows of bulk_members are carried out once, and never removed",
    ),
    "holds": (
        ("id", "case_ref", "placed_by", "document", "sha256", "placed_at", "bulk_act"),
        (("released_on", "released_by", "ended_by_act"),),
        "rows of holds are signed and ended once, and never removed",
    ),
    "limit_changes": (
        ("id", "case_ref", "asked_by", "document", "sha256", "asked_at", "bulk_act"),
        (("confirmed_on", "confirmed_by"), ("ended_on", "ended_by", "ended_by_act")),
        "rows of limit_changes are signed and ended once, and never removed",
    ),
}
NEW, OLD = ("bulk_acts", "bulk_members"), ("holds", "limit_changes")


def upgrade() -> None:
    """Make tables, columns and triggers."""
    op.create_table(
        "bulk_acts",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("proposed_by", sa.String(64), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("proposed_at", MOMENT, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("carried", sa.Integer(), nullable=False),
        sa.Column("confirmed_by", sa.String(64), nullable=True),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        sa.Column("settled_by", sa.String(64), nullable=True),
        sa.Column("settled_at", MOMENT, nullable=True),
        sa.Column("because", sa.Text(), nullable=True),
        sa.CheckConstraint("confirmed_by <> proposed_by", name=op.f("ck_bulk_acts_two_people")),
        sa.CheckConstraint(
            "state IN ('proposed', 'confirming', 'confirmed', 'refused')", name=op.f("ck_bulk_acts_state")
        ),
        *(
            sa.ForeignKeyConstraint([name], ["people.username"], name=op.f(f"fk_bulk_acts_{name}"))
            for name in ("proposed_by", "confirmed_by", "settled_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_acts")),
    )
    op.create_table(
        "bulk_members",
        sa.Column("act", NUMBER, autoincrement=False, nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("case_ref", sa.String(20), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("result", sa.String(10), nullable=True),
        sa.ForeignKeyConstraint(["act"], ["bulk_acts.id"], name=op.f("fk_bulk_members_act")),
        sa.ForeignKeyConstraint(["case_ref"], ["cases.reference"], name=op.f("fk_bulk_members_case_ref")),
        sa.PrimaryKeyConstraint("act", "place", name=op.f("pk_bulk_members")),
    )
    op.create_index("ix_bulk_members_case_ref", "bulk_members", ["case_ref"], unique=False)
    postgresql = op.get_bind().dialect.name == "postgresql"
    for table in OLD:
        op.execute(f"DROP TRIGGER {table}_refuse_update" + (f" ON {table}" if postgresql else ""))
        for column in ("bulk_act", "ended_by_act"):
            # SQLite takes a reference only with its column.
            number = "BIGINT" if postgresql else "INTEGER"
            reference = f"CONSTRAINT fk_{table}_{column} REFERENCES bulk_acts (id)"
            op.execute(f"ALTER TABLE {table} ADD COLUMN {column} {number} {reference}")
        op.create_index(f"ix_{table}_bulk_act", table, ["bulk_act"], unique=False)
    if postgresql:
        guard_postgresql()
    else:
        guard_sqlite()


def changes(table: str, differs: str) -> str:
    """Return what is a change of a row, besides what it may get once."""
    fixed, once, _ = ONCE[table]
    parts = [f"NEW.{name} {differs} OLD.{name}" for name in fixed]
    for group in once:
        differ = " OR ".join(f"NEW.{name} {differs} OLD.{name}" for name in group)
        parts.append(f"(OLD.{group[0]} IS NOT NULL AND ({differ}))")
    return " OR ".join(parts)


def guard_sqlite() -> None:
    """Refuse on SQLite."""
    for table, (_, _, message) in ONCE.items():
        op.execute(
            f"CREATE TRIGGER {table}_refuse_update BEFORE UPDATE ON {table} WHEN {changes(table, 'IS NOT')} "
            f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
        )
    for table in NEW:
        op.execute(
            f"CREATE TRIGGER {table}_refuse_delete BEFORE DELETE ON {table} BEGIN "
            f"SELECT RAISE(ABORT, '{ONCE[table][2]}'); END"
        )


def guard_postgresql() -> None:
    """Refuse on Postgres, with the function of the first migration."""
    for table in NEW:
        op.execute(
            f"CREATE TRIGGER {table}_refuse_change BEFORE DELETE ON {table} "
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
