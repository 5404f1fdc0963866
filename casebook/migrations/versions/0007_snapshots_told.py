"""What a case rested on besides its amount and metrics: told by the application, granted to others, too old."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

VOTED = "EXISTS (SELECT 1 FROM polls WHERE polls.case_ref = OLD.case_ref AND polls.round = OLD.round)"
# What of a snapshot never changes once people vote. What it rested on is filled in once where it is not there yet, by
# `casebook.database.schema`, and with it the currencies of figures that were too old.
FIXED = (
    "assessment", "kind", "segment", "country", "as_of", "requested", "currency", "house_amount", "house_currency",
    "terms_days", "metrics", "failed_finding", "silent_source", "overridden", "policy", "policy_version", "route",
    "grade", "score", "recommended_limit",
)


def upgrade() -> None:
    """Add the column, and let it be filled in where people have voted already."""
    op.add_column("snapshots", sa.Column("circumstances", sa.Text(), nullable=True))
    postgresql = op.get_bind().dialect.name == "postgresql"
    differs = "IS DISTINCT FROM" if postgresql else "IS NOT"
    other = " OR ".join(f"NEW.{column} {differs} OLD.{column}" for column in FIXED)
    filled_in = f"OLD.circumstances IS NULL AND NEW.circumstances IS NOT NULL AND NOT ({other})"
    moved = "NEW.case_ref <> OLD.case_ref OR NEW.round <> OLD.round"
    refused = f"{moved} OR ({VOTED} AND NOT ({filled_in}))"
    message = "rows of snapshots are never changed or removed"
    if postgresql:
        op.execute(
            "CREATE OR REPLACE FUNCTION casebook_refuse_snapshots_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF {refused} THEN RAISE EXCEPTION '{message}'; END IF; RETURN NEW; END $$"
        )
        return
    op.execute("DROP TRIGGER snapshots_refuse_update")
    op.execute(
        f"CREATE TRIGGER snapshots_refuse_update BEFORE UPDATE ON snapshots WHEN {refused} "
        f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
    )
