"""Versions and shadows of the policy, snapshots of what was known at decision time, performance."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

# Rows of these tables are only ever added.
APPEND_ONLY = ("shadow_results", "performance")

# What of a row never changes; the rest is set once, when it ends.
VERSION_FIXED = ("id", "name", "version", "effective_from", "document", "sha256", "text", "proposed_by", "proposed_at")
SHADOW_FIXED = ("id", "policy_version", "until", "started_by", "started_at")
CHANGES = {
    "policy_versions": (VERSION_FIXED, "OLD.published_by IS NOT NULL OR OLD.withdrawn_by IS NOT NULL"),
    "shadows": (SHADOW_FIXED, "OLD.ended_at IS NOT NULL"),
    "snapshots": (
        ("case_ref", "round"),
        "EXISTS (SELECT 1 FROM polls WHERE polls.case_ref = OLD.case_ref AND polls.round = OLD.round)",
    ),
}


def upgrade() -> None:
    """Make the tables and their triggers; the snapshots of stored assessments are made by `casebook.database.schema`."""
    make_policy_tables()
    make_experience_tables()
    guard = guard_postgresql if op.get_bind().dialect.name == "postgresql" else guard_sqlite
    for table in APPEND_ONLY:
        guard(table, "")
    for table, (fixed, ended) in CHANGES.items():
        changed = " OR ".join(f"NEW.{column} <> OLD.{column}" for column in fixed)
        guard(table, f"{ended} OR {changed}")


def make_policy_tables() -> None:
    """Make the tables of versions and shadows."""
    op.create_table(
        "policy_versions",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("version", sa.String(40), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.String(64), nullable=False),
        sa.Column("proposed_at", MOMENT, nullable=False),
        sa.Column("published_by", sa.String(64), nullable=True),
        sa.Column("published_at", MOMENT, nullable=True),
        sa.Column("withdrawn_by", sa.String(64), nullable=True),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
        sa.CheckConstraint("published_by <> proposed_by", name=op.f("ck_policy_versions_two_people")),
        sa.CheckConstraint("published_by IS NULL OR withdrawn_by IS NULL", name=op.f("ck_policy_versions_one_end")),
        sa.CheckConstraint(
            "(published_by IS NULL) = (published_at IS NULL)", name=op.f("ck_policy_versions_published_when")
        ),
        sa.CheckConstraint(
            "(withdrawn_by IS NULL) = (withdrawn_at IS NULL)", name=op.f("ck_policy_versions_withdrawn_when")
        ),
        sa.ForeignKeyConstraint(["proposed_by"], ["people.username"], name=op.f("fk_policy_versions_proposed_by")),
        sa.ForeignKeyConstraint(["published_by"], ["people.username"], name=op.f("fk_policy_versions_published_by")),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["people.username"], name=op.f("fk_policy_versions_withdrawn_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_versions")),
    )
    published = sa.text("published_by IS NOT NULL")
    op.create_index(
        "uq_policy_versions_published",
        "policy_versions",
        ["name", "version"],
        unique=True,
        sqlite_where=published,
        postgresql_where=published,
    )
    op.create_table(
        "shadows",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("policy_version", NUMBER, nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("started_by", sa.String(64), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("ended_by", sa.String(64), nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("running", sa.Integer(), nullable=True),
        sa.CheckConstraint("running = 1", name=op.f("ck_shadows_running")),
        sa.CheckConstraint("(running IS NULL) = (ended_at IS NOT NULL)", name=op.f("ck_shadows_ended")),
        sa.ForeignKeyConstraint(["policy_version"], ["policy_versions.id"], name=op.f("fk_shadows_policy_version")),
        sa.ForeignKeyConstraint(["started_by"], ["people.username"], name=op.f("fk_shadows_started_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shadows")),
        sa.UniqueConstraint("running", name=op.f("uq_shadows_running")),
    )
    op.create_table(
        "shadow_results",
        sa.Column("shadow", NUMBER, nullable=False),
        sa.Column("case_ref", sa.String(20), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("assessment", sa.String(64), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["shadow"], ["shadows.id"], name=op.f("fk_shadow_results_shadow")),
        sa.ForeignKeyConstraint(["case_ref"], ["cases.reference"], name=op.f("fk_shadow_results_case_ref")),
        sa.PrimaryKeyConstraint("shadow", "case_ref", "round", "assessment", name=op.f("pk_shadow_results")),
    )


def make_experience_tables() -> None:
    """Make the tables of snapshots and performance."""
    op.create_table(
        "snapshots",
        sa.Column("case_ref", sa.String(20), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("assessment", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("segment", sa.String(60), nullable=False),
        sa.Column("country", sa.String(2), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("requested", sa.String(60), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("house_amount", sa.String(60), nullable=True),
        sa.Column("house_currency", sa.String(3), nullable=False),
        sa.Column("terms_days", sa.Integer(), nullable=False),
        sa.Column("metrics", sa.Text(), nullable=False),
        sa.Column("units", sa.Text(), nullable=False),
        sa.Column("failed_finding", sa.Boolean(), nullable=False),
        sa.Column("silent_source", sa.Boolean(), nullable=False),
        sa.Column("overridden", sa.Boolean(), nullable=False),
        sa.Column("policy", sa.String(64), nullable=False),
        sa.Column("policy_version", sa.String(40), nullable=False),
        sa.Column("route", sa.String(20), nullable=False),
        sa.Column("grade", sa.String(40), nullable=False),
        sa.Column("score", sa.String(60), nullable=False),
        sa.Column("recommended_limit", sa.String(60), nullable=False),
        sa.ForeignKeyConstraint(["case_ref"], ["cases.reference"], name=op.f("fk_snapshots_case_ref")),
        sa.ForeignKeyConstraint(
            ["case_ref", "round", "assessment"],
            ["assessments.case_ref", "assessments.round", "assessments.sha256"],
            name=op.f("fk_snapshots_case_ref_round_assessment"),
        ),
        sa.PrimaryKeyConstraint("case_ref", "round", name=op.f("pk_snapshots")),
    )
    op.create_table(
        "performance",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("case_ref", sa.String(20), nullable=False),
        sa.Column("company_key", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(10), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.String(64), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("corrects", NUMBER, nullable=True),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.CheckConstraint("outcome IN ('paid', 'late', 'defaulted')", name=op.f("ck_performance_outcome")),
        sa.ForeignKeyConstraint(["case_ref"], ["cases.reference"], name=op.f("fk_performance_case_ref")),
        sa.ForeignKeyConstraint(["recorded_by"], ["people.username"], name=op.f("fk_performance_recorded_by")),
        sa.ForeignKeyConstraint(["corrects"], ["performance.id"], name=op.f("fk_performance_corrects")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_performance")),
        sa.UniqueConstraint("corrects", name=op.f("uq_performance_corrects")),
    )
    op.create_index("ix_performance_case_ref", "performance", ["case_ref"], unique=False)
    op.create_index("ix_performance_company_key", "performance", ["company_key"], unique=False)


def guard_sqlite(table: str, refused: str) -> None:
    """Refuse removals, and changes where the condition holds (no condition: all), on SQLite."""
    message = f"rows of {table} are never changed or removed"
    for act in ("UPDATE", "DELETE"):
        when = f"WHEN {refused} " if act == "UPDATE" and refused else ""
        op.execute(
            f"CREATE TRIGGER {table}_refuse_{act.lower()} BEFORE {act} ON {table} {when}"
            f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
        )


def guard_postgresql(table: str, refused: str) -> None:
    """Refuse removals, and changes where the condition holds, on Postgres."""
    whole = "DELETE" if refused else "UPDATE OR DELETE"
    op.execute(
        f"CREATE TRIGGER {table}_refuse_change BEFORE {whole} ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION casebook_refuse_change()"
    )
    op.execute(
        f"CREATE TRIGGER {table}_refuse_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION casebook_refuse_change()"
    )
    if refused:
        # A trigger's own condition may hold no subquery on Postgres, so the test is in a function.
        op.execute(
            f"CREATE FUNCTION casebook_refuse_{table}_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF {refused} THEN RAISE EXCEPTION 'rows of {table} are never changed or removed'; END IF; "
            "RETURN NEW; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {table}_refuse_update BEFORE UPDATE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION casebook_refuse_{table}_change()"
        )
