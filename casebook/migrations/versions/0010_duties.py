"""Second signatures under evidence and rulings; accounts of programs; scopes of tokens."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OWN = "EXISTS (SELECT 1 FROM cases WHERE reference = NEW.case_ref AND requester = NEW.confirmed_by)"
# What of a token never changes: as 0008 says it, with its scopes.
TOKEN = ("id", "token_sha256", "username", "label", "issued_at", "expires_at", "scopes")
TOKEN_MESSAGE = "rows of api_tokens are never changed or removed"
MESSAGE = "nobody confirms what was put on a request of their own"


def upgrade() -> None:
    """Make table, columns and triggers."""
    op.add_column("people", sa.Column("service", sa.Boolean(), nullable=True))
    op.add_column("api_tokens", sa.Column("scopes", sa.String(200), nullable=True))
    op.create_table(
        "confirmations",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("case_ref", sa.String(20), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("subject", sa.String(100), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("confirmed_by", sa.String(64), nullable=False),
        sa.Column("confirmed_at", MOMENT, nullable=False),
        sa.CheckConstraint("kind IN ('evidence', 'ruling')", name=op.f("ck_confirmations_kind")),
        sa.ForeignKeyConstraint(["case_ref"], ["cases.reference"], name=op.f("fk_confirmations_case_ref")),
        sa.ForeignKeyConstraint(["confirmed_by"], ["people.username"], name=op.f("fk_confirmations_confirmed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirmations")),
        sa.UniqueConstraint("case_ref", "kind", "subject", name=op.f("uq_confirmations_case_ref_kind_subject")),
    )
    if op.get_bind().dialect.name == "postgresql":
        guard_postgresql()
    else:
        guard_sqlite()


def token_changes(differs: str) -> str:
    """Return what a change of a token is, besides its end."""
    return "OLD.revoked_at IS NOT NULL OR " + " OR ".join(f"NEW.{name} {differs} OLD.{name}" for name in TOKEN)


def guard_sqlite() -> None:
    """Refuse changes on SQLite, confirmations on a request of one's own, and other scopes for a token."""
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER confirmations_refuse_{act.lower()} BEFORE {act} ON confirmations BEGIN "
            "SELECT RAISE(ABORT, 'rows of confirmations are never changed or removed'); END"
        )
    op.execute(
        f"CREATE TRIGGER confirmations_refuse_own_case BEFORE INSERT ON confirmations WHEN {OWN} "
        f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
    )
    op.execute("DROP TRIGGER api_tokens_refuse_update")
    op.execute(
        f"CREATE TRIGGER api_tokens_refuse_update BEFORE UPDATE ON api_tokens WHEN {token_changes('IS NOT')} "
        f"BEGIN SELECT RAISE(ABORT, '{TOKEN_MESSAGE}'); END"
    )


def guard_postgresql() -> None:
    """Refuse the same on Postgres, with the function of the first migration for changes."""
    op.execute(
        "CREATE TRIGGER confirmations_refuse_change BEFORE UPDATE OR DELETE ON confirmations "
        "FOR EACH ROW EXECUTE FUNCTION casebook_refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER confirmations_refuse_truncate BEFORE TRUNCATE ON confirmations "
        "FOR EACH STATEMENT EXECUTE FUNCTION casebook_refuse_change()"
    )
    op.execute(
        "CREATE FUNCTION casebook_refuse_own_confirmation() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {OWN} THEN RAISE EXCEPTION '{MESSAGE}'; END IF; RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER confirmations_refuse_own_case BEFORE INSERT ON confirmations "
        "FOR EACH ROW EXECUTE FUNCTION casebook_refuse_own_confirmation()"
    )
    op.execute(
        "CREATE OR REPLACE FUNCTION casebook_refuse_api_tokens_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {token_changes('IS DISTINCT FROM')} THEN RAISE EXCEPTION '{TOKEN_MESSAGE}'; END IF; RETURN NEW; END $$"
    )
