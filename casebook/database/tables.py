"""The casebook's tables, as SQLAlchemy Core; the triggers that refuse tampering are in the migrations.

Documents are canonical JSON beside their sha256; what is searched for has columns of its own. Money is text, so that no
database rounds it; times are aware UTC.
"""

from __future__ import annotations

import sqlalchemy as sa

from casebook.database.columns import Amount, Moment
from casebook.database.sealing import Sealed

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_SHA = sa.String(64)
_KEY = sa.String(16)
_REFERENCE = sa.String(20)
_USERNAME = sa.String(64)
_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _case(*, primary: bool = False, nullable: bool = False) -> sa.Column[str]:
    return sa.Column("case_ref", _REFERENCE, sa.ForeignKey("cases.reference"), primary_key=primary, nullable=nullable)


def _person(name: str = "username", *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, _USERNAME, sa.ForeignKey("people.username"), nullable=nullable)


def _document() -> tuple[sa.Column[str], sa.Column[str]]:
    """Canonical JSON and its fingerprint."""
    return sa.Column("document", sa.Text, nullable=False), sa.Column("sha256", _SHA, nullable=False)


def _sealed_document() -> tuple[sa.Column[str], sa.Column[str]]:
    """Canonical JSON that tells of people, and its fingerprint as it reads when it is opened."""
    return sa.Column("document", Sealed, nullable=False), sa.Column("sha256", _SHA, nullable=False)


meta = sa.Table(
    "meta", metadata, sa.Column("name", sa.String(40), primary_key=True), sa.Column("value", sa.Text, nullable=False)
)
_COUNTED = (sa.Column("name", sa.String(40), primary_key=True), sa.Column("value", sa.BigInteger, nullable=False))
counters = sa.Table("counters", metadata, *_COUNTED)
people = sa.Table(
    "people",
    metadata,
    sa.Column("username", _USERNAME, primary_key=True),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("department", sa.String(20), nullable=False),
    sa.Column("roles", sa.Text, nullable=False),
    sa.Column("language", sa.String(2), nullable=False),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("password", sa.Text, nullable=False),
    sa.Column("added_at", Moment, nullable=False),
    # The account of a program; empty for people.
    sa.Column("service", sa.Boolean),
    # Where reminders are sent; no part of what electorates and memos hold of a person.
    sa.Column("email", sa.String(254)),
)
cases = sa.Table(
    "cases",
    metadata,
    sa.Column("reference", _REFERENCE, primary_key=True),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("status", sa.String(20), nullable=False),
    sa.Column("round", sa.Integer, nullable=False),
    sa.Column("company_key", sa.Text, nullable=False),
    sa.Column("application", Sealed, nullable=False),
    sa.Column("application_sha256", _SHA, nullable=False),
    _person("requester", nullable=True),
    sa.Column("channel", sa.String(40), nullable=False),
    sa.Column("idempotency_key", sa.String(200), unique=True),
    sa.Column("opened_at", Moment, nullable=False),
    sa.Column("previous", _REFERENCE, sa.ForeignKey("cases.reference")),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("lease_holder", sa.String(200)),
    sa.Column("lease_until", Moment),
    # What was handed in first, where it was edited since: who hands in the same again means this case.
    sa.Column("submitted_sha256", _SHA),
    sa.CheckConstraint("kind IN ('onboarding', 'review', 'limit_change')", name="kind"),
    sa.CheckConstraint("status IN ('gathering', 'unattributed', 'voting', 'decided', 'concluded')", name="status"),
    sa.Index(
        "uq_cases_one_open_per_company",
        "company_key",
        unique=True,
        sqlite_where=sa.text("status <> 'concluded'"),
        postgresql_where=sa.text("status <> 'concluded'"),
    ),
    sa.Index("ix_cases_company_key_opened_at", "company_key", "opened_at"),
    sa.Index("ix_cases_status_opened_at", "status", "opened_at"),
    sa.Index("ix_cases_opened_at_reference", "opened_at", "reference"),
    sa.Index("ix_cases_requester_opened_at", "requester", "opened_at"),
)
steps = sa.Table(
    "steps",
    metadata,
    _case(primary=True),
    sa.Column("round", sa.Integer, primary_key=True),
    sa.Column("step", sa.String(20), primary_key=True),
    sa.Column("result", sa.Text, nullable=False),
    sa.Column("completed_at", Moment, nullable=False),
)
decisions = sa.Table(
    "decisions",
    metadata,
    _case(primary=True),
    sa.Column("round", sa.Integer, primary_key=True),
    sa.Column("outcome", sa.String(20), nullable=False),
    *_document(),
    sa.CheckConstraint("outcome IN ('admitted', 'declined', 'kept', 'ended')", name="outcome"),
)
conditions = sa.Table(
    "conditions",
    metadata,
    _case(primary=True),
    sa.Column("id", sa.String(100), primary_key=True),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("text", Sealed, nullable=False),
    sa.Column("proposed_by", _USERNAME, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    # The rest of it, as JSON: due day, clause, proof. Empty in rows from before there were any.
    sa.Column("details", Sealed),
    sa.Column("settled_by", _USERNAME),
    sa.CheckConstraint("state IN ('open', 'met', 'waived', 'expired')", name="state"),
)
runs = sa.Table(
    "runs",
    metadata,
    sa.Column("id", _NUMBER, primary_key=True, autoincrement=True),
    _case(),
    sa.Column("run_id", sa.String(100), nullable=False),
    sa.Column("noted_at", Moment, nullable=False),
    sa.UniqueConstraint("case_ref", "run_id"),
)
evidence = sa.Table(
    "evidence",
    metadata,
    _case(primary=True),
    sa.Column("round", sa.Integer, primary_key=True),
    sa.Column("id", sa.String(100), primary_key=True),
    sa.Column("source", sa.String(60), nullable=False),
    sa.Column("query_sha256", _SHA, nullable=False),
    sa.Column("query_key", Sealed, nullable=False),
    sa.Column("answer", sa.String(20), nullable=False),
    sa.Column("fetched_at", Moment, nullable=False),
    sa.Column("body_sha256", _SHA),
    *_sealed_document(),
    # Who put it on the case; empty for what sources answered, and in rows from before there was the column.
    sa.Column("brought_by", _USERNAME),
    sa.Index("ix_evidence_query_sha256_fetched_at", "query_sha256", "fetched_at"),
    sa.Index("ix_evidence_body_sha256", "body_sha256"),
)
calls = sa.Table(
    "calls",
    metadata,
    sa.Column("id", _NUMBER, primary_key=True, autoincrement=True),
    _case(),
    sa.Column("query_sha256", _SHA, nullable=False),
    sa.Column("query_key", Sealed, nullable=False),
    sa.Column("cost", Amount, nullable=False),
    sa.Column("currency", sa.String(3), nullable=False),
    sa.Column("booked_at", Moment, nullable=False),
    sa.Column("ended", sa.String(10)),
    sa.Column("ended_at", Moment),
    sa.CheckConstraint("ended IN ('answered', 'failed', 'released')", name="ended"),
    sa.Index(
        "uq_calls_one_open_per_query",
        "query_sha256",
        unique=True,
        sqlite_where=sa.text("ended IS NULL"),
        postgresql_where=sa.text("ended IS NULL"),
    ),
    sa.Index("ix_calls_booked_at", "booked_at"),
)
papers = sa.Table(
    "papers",
    metadata,
    _case(primary=True),
    sa.Column("round", sa.Integer, primary_key=True),
    sa.Column("kind", sa.String(20), primary_key=True),
    *_sealed_document(),
    sa.CheckConstraint("kind IN ('facts', 'validation', 'current_assessment')", name="kind"),
)
assessments = sa.Table(
    "assessments",
    metadata,
    _case(primary=True),
    sa.Column("round", sa.Integer, primary_key=True),
    sa.Column("sha256", _SHA, primary_key=True),
    sa.Column("document", Sealed, nullable=False),
    sa.Column("saved_at", Moment, nullable=False),
    sa.Index("ix_assessments_sha256", "sha256"),
)
polls = sa.Table(
    "polls",
    metadata,
    _case(primary=True),
    sa.Column("round", sa.Integer, primary_key=True),
    sa.Column("assessment", _SHA, nullable=False),
    *_document(),
    sa.Column("opened_at", Moment, nullable=False),
    sa.UniqueConstraint("case_ref", "round", "assessment"),
    sa.ForeignKeyConstraint(
        ["case_ref", "round", "assessment"], ["assessments.case_ref", "assessments.round", "assessments.sha256"]
    ),
)
votes = sa.Table(
    "votes",
    metadata,
    sa.Column("id", _NUMBER, primary_key=True, autoincrement=True),
    _case(),
    sa.Column("round", sa.Integer, nullable=False),
    sa.Column("assessment", _SHA, nullable=False),
    _person("voter"),
    sa.Column("choice", sa.String(10), nullable=False),
    *_sealed_document(),
    sa.Column("cast_at", Moment, nullable=False),
    sa.CheckConstraint("choice IN ('approve', 'decline', 'ask')", name="choice"),
    sa.ForeignKeyConstraint(["case_ref", "round", "assessment"], ["polls.case_ref", "polls.round", "polls.assessment"]),
    sa.Index("ix_votes_case_ref_round", "case_ref", "round"),
    sa.Index("ix_votes_voter_case_ref", "voter", "case_ref"),
)
customers = sa.Table(
    "customers",
    metadata,
    sa.Column("company_key", sa.Text, primary_key=True),
    sa.Column("last_case", _REFERENCE, sa.ForeignKey("cases.reference"), nullable=False),
    sa.Column("next_review_on", sa.Date, nullable=False),
    sa.Column("active", sa.Boolean, nullable=False),
    *_sealed_document(),
    sa.Index("ix_customers_next_review_on", "next_review_on"),
)
outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("id", _NUMBER, primary_key=True, autoincrement=True),
    sa.Column("kind", sa.String(40), nullable=False),
    _case(nullable=True),
    sa.Column("payload", sa.Text, nullable=False),
    sa.Column("key", sa.String(200)),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("next_try_at", Moment, nullable=False),
    sa.Column("claimed_until", Moment),
    sa.Column("last_error", sa.Text, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.CheckConstraint("state IN ('pending', 'delivered', 'dead')", name="state"),
    sa.Index("ix_outbox_state_next_try_at", "state", "next_try_at"),
    sa.Index("ix_outbox_key", "key"),
    sa.Index("ix_outbox_case_ref_state_kind", "case_ref", "state", "kind"),
)
history = sa.Table(
    "history",
    metadata,
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("actor", sa.String(64), nullable=False),
    sa.Column("act", sa.String(60), nullable=False),
    _case(nullable=True),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("sha256", _SHA, nullable=False),
    # The defaults are for the migration, which fills what was written before there was a chain.
    sa.Column("content", sa.Text, nullable=False, server_default="[]"),
    sa.Column("prev", _SHA, nullable=False, server_default=""),
    sa.Column("key_id", _KEY, nullable=False, server_default=""),
    sa.Column("signature", sa.String(88), nullable=False, server_default=""),
    sa.Index("ix_history_case_ref_seq", "case_ref", "seq"),
    sa.Index("ix_history_actor_act", "actor", "act"),
    sa.Index("ix_history_act_seq", "act", "seq"),
)
keys = sa.Table(
    "keys",
    metadata,
    sa.Column("id", _KEY, primary_key=True),
    sa.Column("public", sa.String(44), nullable=False),
    sa.Column("valid_from", Moment, nullable=False),
    sa.Column("valid_until", Moment),
)
pins = sa.Table(
    "pins",
    metadata,
    sa.Column("kind", sa.String(10), primary_key=True),
    sa.Column("sha256", _SHA, primary_key=True),
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("pinned_at", Moment, nullable=False),
    sa.CheckConstraint("kind IN ('policy', 'rates')", name="kind"),
)
rounds = sa.Table(
    "rounds",
    metadata,
    _case(primary=True),
    sa.Column("round", sa.Integer, primary_key=True),
    *_sealed_document(),
)
watchlists = sa.Table(
    "watchlists",
    metadata,
    sa.Column("id", _NUMBER, primary_key=True, autoincrement=True),
    sa.Column("list_name", sa.String(100), nullable=False),
    sa.Column("version", _SHA, nullable=False),
    *_document(),
    sa.Column("loaded_at", Moment, nullable=False),
    sa.Index("ix_watchlists_list_name_id", "list_name", "id"),
)
rulings = sa.Table(
    "rulings",
    metadata,
    sa.Column("id", _NUMBER, primary_key=True, autoincrement=True),
    _case(),
    sa.Column("company_key", sa.Text, nullable=False),
    sa.Column("list_name", sa.String(100), nullable=False),
    sa.Column("entry", sa.String(100), nullable=False),
    _person("ruled_by"),
    sa.Column("ruling", sa.String(10), nullable=False),
    *_sealed_document(),
    # Whether it counts only with a second signature; empty in rows from before there was the column.
    sa.Column("two_sign", sa.Boolean),
    sa.CheckConstraint("ruling IN ('same', 'not_same', 'unclear')", name="ruling"),
    sa.Index("ix_rulings_company_key", "company_key"),
)
# Second signatures under evidence that a person brought (subject: its id) and under rulings (subject: the number).
confirmations = sa.Table(
    "confirmations",
    metadata,
    sa.Column("id", _NUMBER, primary_key=True, autoincrement=True),
    _case(),
    sa.Column("kind", sa.String(10), nullable=False),
    sa.Column("subject", sa.String(100), nullable=False),
    # From which round on it counts, so that the assessments of earlier rounds can be made again.
    sa.Column("round", sa.Integer, nullable=False),
    _person("confirmed_by"),
    sa.Column("confirmed_at", Moment, nullable=False),
    sa.CheckConstraint("kind IN ('evidence', 'ruling')", name="kind"),
    sa.UniqueConstraint("case_ref", "kind", "subject"),
)
overrides = sa.Table(
    "overrides",
    metadata,
    sa.Column("id", _NUMBER, primary_key=True, autoincrement=True),
    _case(),
    sa.Column("company_key", sa.Text, nullable=False),
    sa.Column("criterion", sa.String(80), nullable=False),
    _person("proposed_by"),
    *_sealed_document(),
    _person("confirmed_by", nullable=True),
    sa.Column("confirmed_at", Moment),
    sa.CheckConstraint("confirmed_by <> proposed_by", name="two_people"),
    sa.Index("ix_overrides_company_key", "company_key"),
)
sample_seeds = sa.Table(
    "sample_seeds",
    metadata,
    sa.Column("quarter", sa.String(6), primary_key=True),
    sa.Column("seed", sa.String(64), nullable=False),
    sa.Column("made_at", Moment, nullable=False),
)
samples = sa.Table(
    "samples",
    metadata,
    _case(primary=True),
    sa.Column("round", sa.Integer, primary_key=True),
    sa.Column("drawn", sa.Boolean, nullable=False),
    *_document(),
    sa.ForeignKeyConstraint(["case_ref", "round"], ["decisions.case_ref", "decisions.round"]),
)
looks = sa.Table(
    "looks",
    metadata,
    _case(primary=True),
    sa.Column("round", sa.Integer, primary_key=True),
    _person("looked_by"),
    sa.Column("verdict", sa.String(10), nullable=False),
    sa.Column("opened", _REFERENCE, sa.ForeignKey("cases.reference")),
    sa.Column("opened_round", sa.Integer),
    *_document(),
    sa.CheckConstraint("verdict IN ('agreed', 'reopened')", name="verdict"),
    sa.ForeignKeyConstraint(["case_ref", "round"], ["samples.case_ref", "samples.round"]),
    sa.Index("ix_looks_opened", "opened"),
)
