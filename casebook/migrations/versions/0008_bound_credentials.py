"""Codes that carry a ballot, wrong tries of codes, and the guards of what people vote with.

Everybody signs in anew: a session from before is in no signed event. Codes from before carry no ballot and are refused.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

# What of a row never changes; the column that is not named is set once, when the row ends.
FIXED = {
    "codes": (
        ("code_sha256", "username", "case_ref", "assessment", "expires_at", "round", "selector", "ballot", "sha256"),
        "used_at",
    ),
    "api_tokens": (("id", "token_sha256", "username", "label", "issued_at", "expires_at"), "revoked_at"),
}


def upgrade() -> None:
    """Add columns, table and triggers; end all sessions."""
    op.add_column("codes", sa.Column("selector", sa.String(8), nullable=True))
    op.add_column("codes", sa.Column("ballot", sa.Text(), nullable=True))
    op.add_column("codes", sa.Column("sha256", sa.String(64), nullable=True))
    op.create_index("ix_codes_case_ref_selector", "codes", ["case_ref", "selector"], unique=False)
    op.create_table(
        "code_tries",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("target", sa.String(80), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code_tries")),
    )
    op.create_index("ix_code_tries_target", "code_tries", ["target"], unique=False)
    # Where the event that brought a credential is found, at each vote.
    op.create_index("ix_history_actor_act", "history", ["actor", "act"], unique=False)
    op.execute("DELETE FROM sessions")
    postgresql = op.get_bind().dialect.name == "postgresql"
    for table, (fixed, end) in FIXED.items():
        guard(table, fixed, end, postgresql=postgresql)
    if postgresql:
        op.execute(
            "CREATE TRIGGER sessions_refuse_update BEFORE UPDATE ON sessions "
            "FOR EACH ROW EXECUTE FUNCTION casebook_refuse_change()"
        )
    else:
        op.execute(
            "CREATE TRIGGER sessions_refuse_update BEFORE UPDATE ON sessions "
            "BEGIN SELECT RAISE(ABORT, 'rows of sessions are never changed'); END"
        )


def guard(table: str, fixed: tuple[str, ...], end: str, *, postgresql: bool) -> None:
    """Refuse removals, and every change but the end of a row."""
    differs = "IS DISTINCT FROM" if postgresql else "IS NOT"
    changed = " OR ".join(f"NEW.{column} {differs} OLD.{column}" for column in fixed)
    refused = f"OLD.{end} IS NOT NULL OR {changed}"
    message = f"rows of {table} are never changed or removed"
    if not postgresql:
        op.execute(
            f"CREATE TRIGGER {table}_refuse_delete BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, '{message}'); END"
        )
        op.execute(
            f"CREATE TRIGGER {table}_refuse_update BEFORE UPDATE ON {table} WHEN {refused} "
            f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
        )
        return
    op.execute(
        f"CREATE TRIGGER {table}_refuse_change BEFORE DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION casebook_refuse_change()"
    )
    op.execute(
        f"CREATE TRIGGER {table}_refuse_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION casebook_refuse_change()"
    )
    op.execute(
        f"CREATE FUNCTION casebook_refuse_{table}_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {refused} THEN RAISE EXCEPTION '{message}'; END IF; RETURN NEW; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_refuse_update BEFORE UPDATE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION casebook_refuse_{table}_change()"
    )
