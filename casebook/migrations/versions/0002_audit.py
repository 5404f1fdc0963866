"""The audit chain: each event holds the one before and is signed; keys; policies and rates pinned for replay."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context, op

revision = "0002"
down_revision = "0001"

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")


def upgrade() -> None:
    """Add columns and tables; chain and sign what is there already."""
    for column in (
        sa.Column('content', sa.Text(), nullable=False, server_default='[]'),
        sa.Column('prev', sa.String(64), nullable=False, server_default=''),
        sa.Column('key_id', sa.String(16), nullable=False, server_default=''),
        sa.Column('signature', sa.String(88), nullable=False, server_default=''),
    ):
        op.add_column('history', column)
    op.create_table('keys',
    sa.Column('id', sa.String(length=16), nullable=False),
    sa.Column('public', sa.String(length=44), nullable=False),
    sa.Column('valid_from', MOMENT, nullable=False),
    sa.Column('valid_until', MOMENT, nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_keys'))
    )
    op.create_table('pins',
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('document', sa.Text(), nullable=False),
    sa.Column('pinned_at', MOMENT, nullable=False),
    sa.CheckConstraint("kind IN ('policy', 'rates')", name=op.f('ck_pins_kind')),
    sa.PrimaryKeyConstraint('kind', 'sha256', name=op.f('pk_pins'))
    )
    postgres = op.get_bind().dialect.name == "postgresql"
    if postgres:
        op.execute("DROP TRIGGER history_refuse_change ON history")
    else:
        op.execute("DROP TRIGGER history_refuse_update")
    context.config.attributes["first_key"]()
    if postgres:
        guard_postgresql()
    else:
        guard_sqlite()


def guard_sqlite() -> None:
    """The history's trigger again, and those of the pins; a key's row is only ever ended."""
    refuse_sqlite("history", "UPDATE")
    for act in ("UPDATE", "DELETE"):
        refuse_sqlite("pins", act)
    refuse_sqlite("keys", "DELETE")
    op.execute(
        "CREATE TRIGGER keys_refuse_update BEFORE UPDATE ON keys WHEN OLD.valid_until IS NOT NULL "
        "OR NEW.id <> OLD.id OR NEW.public <> OLD.public OR NEW.valid_from <> OLD.valid_from "
        "BEGIN SELECT RAISE(ABORT, 'keys are never changed'); END"
    )


def refuse_sqlite(table: str, act: str) -> None:
    """Make a trigger that refuses one kind of change."""
    op.execute(
        f"CREATE TRIGGER {table}_refuse_{act.lower()} BEFORE {act} ON {table} BEGIN "
        f"SELECT RAISE(ABORT, 'rows of {table} are never changed or removed'); END"
    )


def guard_postgresql() -> None:
    """The history's trigger again, and those of the pins; a key's row is only ever ended."""
    for table, acts in (("history", "UPDATE OR DELETE"), ("pins", "UPDATE OR DELETE"), ("keys", "DELETE")):
        op.execute(
            f"CREATE TRIGGER {table}_refuse_change BEFORE {acts} ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION casebook_refuse_change()"
        )
    for table in ("pins", "keys"):
        op.execute(
            f"CREATE TRIGGER {table}_refuse_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION casebook_refuse_change()"
        )
    op.execute(
        "CREATE FUNCTION casebook_refuse_key_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF OLD.valid_until IS NOT NULL OR NEW.id <> OLD.id OR NEW.public <> OLD.public "
        "OR NEW.valid_from <> OLD.valid_from THEN "
        "RAISE EXCEPTION 'keys are never changed'; END IF; RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER keys_refuse_update BEFORE UPDATE ON keys "
        "FOR EACH ROW EXECUTE FUNCTION casebook_refuse_key_change()"
    )
