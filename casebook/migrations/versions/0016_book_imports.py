"""Imports of a book: what was proposed, and the rows that wait for a second person."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
FIXED = ("id", "proposed_by", "document", "sha256", "proposed_at")
ONCE = (("confirmed_by", "confirmed_at"), ("settled_at", "settled_by", "because", "state", "admitted"))
MESSAGE = "rows of book_imports are settled once, and never removed"


def upgrade() -> None:
    """Make tables and triggers."""
    op.create_table(
        "book_imports",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("proposed_by", sa.String(64), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("proposed_at", MOMENT, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("admitted", sa.Integer(), nullable=False),
        sa.Column("confirmed_by", sa.String(64), nullable=True),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        sa.Column("settled_by", sa.String(64), nullable=True),
        sa.Column("settled_at", MOMENT, nullable=True),
        sa.Column("because", sa.Text(), nullable=True),
        sa.CheckConstraint("confirmed_by <> proposed_by", name=op.f("ck_book_imports_two_people")),
        sa.CheckConstraint(
            "state IN ('proposed', 'confirming', 'confirmed', 'refused', 'expired')", name=op.f("ck_book_imports_state")
        ),
        *(
            sa.ForeignKeyConstraint([name], ["people.username"], name=op.f(f"fk_book_imports_{name}"))
            for name in ("proposed_by", "confirmed_by", "settled_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_book_imports")),
    )
    op.create_table(
        "book_rows",
        sa.Column("book", NUMBER, nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("seal", sa.String(20), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["book"], ["book_imports.id"], name=op.f("fk_book_rows_book")),
        sa.PrimaryKeyConstraint("book", "place", name=op.f("pk_book_rows")),
    )
    if op.get_bind().dialect.name == "postgresql":
        guard_postgresql()
    else:
        guard_sqlite()


def changes(differs: str) -> str:
    """Return what is a change of an import, besides the confirmation and the end that it may get once."""
    parts = [f"NEW.{name} {differs} OLD.{name}" for name in FIXED]
    for group in ONCE:
        differ = " OR ".join(f"NEW.{name} {differs} OLD.{name}" for name in group)
        parts.append(f"(OLD.{group[0]} IS NOT NULL AND ({differ}))")
    return " OR ".join(parts)


def guard_sqlite() -> None:
    """Refuse on SQLite: imports are settled once, and rows change by no other way than to go."""
    op.execute(
        f"CREATE TRIGGER book_imports_refuse_update BEFORE UPDATE ON book_imports WHEN {changes('IS NOT')} "
        f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
    )
    for table, act, message in (
        ("book_imports", "DELETE", MESSAGE),
        ("book_rows", "UPDATE", "rows of book_rows are never changed"),
    ):
        op.execute(
            f"CREATE TRIGGER {table}_refuse_{act.lower()} BEFORE {act} ON {table} BEGIN "
            f"SELECT RAISE(ABORT, '{message}'); END"
        )


def guard_postgresql() -> None:
    """Refuse on Postgres, with the function of the first migration."""
    for table, acts in (("book_imports", "DELETE"), ("book_rows", "UPDATE")):
        op.execute(
            f"CREATE TRIGGER {table}_refuse_change BEFORE {acts} ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION casebook_refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_refuse_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION casebook_refuse_change()"
        )
    op.execute(
        "CREATE TRIGGER book_imports_refuse_update BEFORE UPDATE ON book_imports "
        f"FOR EACH ROW WHEN ({changes('IS DISTINCT FROM')}) EXECUTE FUNCTION casebook_refuse_change()"
    )
