"""Tables of the policy's versions and shadows, and of the experience made with it; see `casebook.database.tables`."""

from __future__ import annotations

import sqlalchemy as sa

from casebook.database.columns import Amount, Moment
from casebook.database.tables import metadata

_SHA = sa.String(64)
_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _id() -> sa.Column[int]:
    return sa.Column("id", _NUMBER, primary_key=True, autoincrement=True)


def _person(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(64), sa.ForeignKey("people.username"), nullable=nullable)


def _case(*, primary: bool = False) -> sa.Column[str]:
    return sa.Column("case_ref", sa.String(20), sa.ForeignKey("cases.reference"), primary_key=primary, nullable=False)


policy_versions = sa.Table(
    "policy_versions",
    metadata,
    _id(),
    sa.Column("name", sa.String(100), nullable=False),
    sa.Column("version", sa.String(40), nullable=False),
    sa.Column("effective_from", sa.Date, nullable=False),
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("sha256", _SHA, nullable=False),
    # The file as it was proposed, so that comments and order stay readable when the format has long moved on.
    sa.Column("text", sa.Text, nullable=False),
    _person("proposed_by"),
    sa.Column("proposed_at", Moment, nullable=False),
    _person("published_by", nullable=True),
    sa.Column("published_at", Moment),
    _person("withdrawn_by", nullable=True),
    sa.Column("withdrawn_at", Moment),
    sa.CheckConstraint("published_by <> proposed_by", name="two_people"),
    sa.CheckConstraint("published_by IS NULL OR withdrawn_by IS NULL", name="one_end"),
    sa.CheckConstraint("(published_by IS NULL) = (published_at IS NULL)", name="published_when"),
    sa.CheckConstraint("(withdrawn_by IS NULL) = (withdrawn_at IS NULL)", name="withdrawn_when"),
    sa.Index(
        "uq_policy_versions_published",
        "name",
        "version",
        unique=True,
        sqlite_where=sa.text("published_by IS NOT NULL"),
        postgresql_where=sa.text("published_by IS NOT NULL"),
    ),
)
shadows = sa.Table(
    "shadows",
    metadata,
    _id(),
    sa.Column("policy_version", _NUMBER, sa.ForeignKey("policy_versions.id"), nullable=False),
    sa.Column("until", sa.Date, nullable=False),
    _person("started_by"),
    sa.Column("started_at", Moment, nullable=False),
    sa.Column("ended_by", sa.String(64)),
    sa.Column("ended_at", Moment),
    # 1 while it has not ended: the unique column lets there be one.
    sa.Column("running", sa.Integer, unique=True),
    sa.CheckConstraint("running = 1", name="running"),
    sa.CheckConstraint("(running IS NULL) = (ended_at IS NOT NULL)", name="ended"),
)
shadow_results = sa.Table(
    "shadow_results",
    metadata,
    sa.Column("shadow", _NUMBER, sa.ForeignKey("shadows.id"), primary_key=True),
    _case(primary=True),
    sa.Column("round", sa.Integer, primary_key=True),
    sa.Column("assessment", _SHA, primary_key=True),
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("sha256", _SHA, nullable=False),
)
snapshots = sa.Table(
    "snapshots",
    metadata,
    _case(primary=True),
    sa.Column("round", sa.Integer, primary_key=True),
    sa.Column("assessment", _SHA, nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("segment", sa.String(60), nullable=False),
    sa.Column("country", sa.String(2), nullable=False),
    sa.Column("as_of", sa.Date, nullable=False),
    sa.Column("requested", Amount, nullable=False),
    sa.Column("currency", sa.String(3), nullable=False),
    sa.Column("house_amount", Amount),
    sa.Column("house_currency", sa.String(3), nullable=False),
    sa.Column("terms_days", sa.Integer, nullable=False),
    sa.Column("metrics", sa.Text, nullable=False),
    sa.Column("units", sa.Text, nullable=False),
    sa.Column("failed_finding", sa.Boolean, nullable=False),
    sa.Column("silent_source", sa.Boolean, nullable=False),
    sa.Column("overridden", sa.Boolean, nullable=False),
    sa.Column("policy", _SHA, nullable=False),
    sa.Column("policy_version", sa.String(40), nullable=False),
    sa.Column("route", sa.String(20), nullable=False),
    sa.Column("grade", sa.String(40), nullable=False),
    sa.Column("score", Amount, nullable=False),
    sa.Column("recommended_limit", Amount, nullable=False),
    sa.Column("circumstances", sa.Text),
    sa.ForeignKeyConstraint(
        ["case_ref", "round", "assessment"], ["assessments.case_ref", "assessments.round", "assessments.sha256"]
    ),
)
performance = sa.Table(
    "performance",
    metadata,
    _id(),
    _case(),
    sa.Column("company_key", sa.Text, nullable=False),
    sa.Column("outcome", sa.String(10), nullable=False),
    sa.Column("happened_on", sa.Date, nullable=False),
    _person("recorded_by"),
    sa.Column("recorded_at", Moment, nullable=False),
    sa.Column("corrects", _NUMBER, sa.ForeignKey("performance.id"), unique=True),
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("sha256", _SHA, nullable=False),
    sa.CheckConstraint("outcome IN ('paid', 'late', 'defaulted')", name="outcome"),
    sa.Index("ix_performance_case_ref", "case_ref"),
    sa.Index("ix_performance_company_key", "company_key"),
)
