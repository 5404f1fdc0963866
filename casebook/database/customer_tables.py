"""What is on file for customers between decisions: securities, insurance, holds, limits, acts on many; their columns.

A row names the case on which the customer's limit rested when it was written, and is sealed with the key of that case;
the customer is found by it.
"""

from __future__ import annotations

import sqlalchemy as sa

from casebook.database.columns import Moment
from casebook.database.sealing import Sealed
from casebook.database.tables import metadata

_REFERENCE = sa.String(20)
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def number_column() -> sa.Column[int]:
    """Return the column by which rows are named."""
    return sa.Column("id", NUMBER, primary_key=True, autoincrement=True)


def case_column(*, primary: bool = False) -> sa.Column[str]:
    """Return the column of the case under which a row is written."""
    return sa.Column("case_ref", _REFERENCE, sa.ForeignKey("cases.reference"), primary_key=primary, nullable=False)


def person_column(name: str, *, nullable: bool = False) -> sa.Column[str]:
    """Return a column that names a person."""
    return sa.Column(name, sa.String(64), sa.ForeignKey("people.username"), nullable=nullable)


def act_column(name: str) -> sa.Column[int]:
    """Return a column that names the act on many customers by which a row was written or ended; mostly empty."""
    return sa.Column(name, NUMBER, sa.ForeignKey("bulk_acts.id"))


def sealed_document() -> tuple[sa.Column[str], sa.Column[str]]:
    """Return the columns of a document under seal, with its fingerprint."""
    return sa.Column("document", Sealed, nullable=False), sa.Column("sha256", sa.String(64), nullable=False)


securities = sa.Table(
    "securities",
    metadata,
    number_column(),
    case_column(),
    # Of kind, giver and number of the paper: the same paper is never taken twice.
    sa.Column("paper_sha256", sa.String(64), nullable=False),
    person_column("recorded_by"),
    *sealed_document(),
    sa.Column("recorded_at", Moment, nullable=False),
    person_column("confirmed_by", nullable=True),
    sa.Column("confirmed_at", Moment),
    person_column("revoked_by", nullable=True),
    sa.Column("revoked_on", sa.Date),
    sa.Column("revoked_because", Sealed),
    sa.CheckConstraint("confirmed_by <> recorded_by", name="two_people"),
    sa.Index(
        "uq_securities_paper_in_hand",
        "paper_sha256",
        unique=True,
        sqlite_where=sa.text("revoked_on IS NULL"),
        postgresql_where=sa.text("revoked_on IS NULL"),
    ),
)
# For which customers a security stands, each by a case of theirs.
security_customers = sa.Table(
    "security_customers",
    metadata,
    sa.Column("security", NUMBER, sa.ForeignKey("securities.id"), primary_key=True),
    case_column(primary=True),
    sa.Index("ix_security_customers_case_ref", "case_ref"),
)
# Contracts of the house with insurers; the newest row of a number counts.
insurance_policies = sa.Table(
    "insurance_policies",
    metadata,
    number_column(),
    sa.Column("number", sa.String(100), nullable=False),
    person_column("recorded_by"),
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("recorded_at", Moment, nullable=False),
)
# What an insurer said about a customer; the newest word counts.
covers = sa.Table(
    "covers",
    metadata,
    number_column(),
    case_column(),
    person_column("recorded_by"),
    *sealed_document(),
    sa.Column("recorded_at", Moment, nullable=False),
    sa.Index("ix_covers_case_ref", "case_ref"),
)
holds = sa.Table(
    "holds",
    metadata,
    number_column(),
    case_column(),
    person_column("placed_by"),
    *sealed_document(),
    sa.Column("placed_at", Moment, nullable=False),
    person_column("released_by", nullable=True),
    sa.Column("released_on", sa.Date),
    act_column("bulk_act"),
    act_column("ended_by_act"),
    sa.Index("ix_holds_case_ref", "case_ref"),
    sa.Index("ix_holds_bulk_act", "bulk_act"),
)
# Cuts, and raises for a time. What a rule of the policy asked for names nobody.
limit_changes = sa.Table(
    "limit_changes",
    metadata,
    number_column(),
    case_column(),
    person_column("asked_by", nullable=True),
    *sealed_document(),
    sa.Column("asked_at", Moment, nullable=False),
    person_column("confirmed_by", nullable=True),
    sa.Column("confirmed_on", sa.Date),
    person_column("ended_by", nullable=True),
    sa.Column("ended_on", sa.Date),
    act_column("bulk_act"),
    act_column("ended_by_act"),
    sa.CheckConstraint("confirmed_by <> asked_by", name="two_people"),
    sa.Index("ix_limit_changes_case_ref", "case_ref"),
    sa.Index("ix_limit_changes_bulk_act", "bulk_act"),
)
# Acts on many customers: what was proposed, by whom it was confirmed, and how far it is carried out.
bulk_acts = sa.Table(
    "bulk_acts",
    metadata,
    number_column(),
    person_column("proposed_by"),
    # Not sealed: by what customers are selected, sums, and a reason without names.
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("proposed_at", Moment, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    # How many of its list are carried out or left alone by now: all up to this place.
    sa.Column("carried", sa.Integer, nullable=False),
    person_column("confirmed_by", nullable=True),
    sa.Column("confirmed_at", Moment),
    person_column("settled_by", nullable=True),
    sa.Column("settled_at", Moment),
    sa.Column("because", sa.Text),
    sa.CheckConstraint("confirmed_by <> proposed_by", name="two_people"),
    sa.CheckConstraint("state IN ('proposed', 'confirming', 'confirmed', 'refused')", name="state"),
)
# The list of an act as it was proposed, and what came of each.
bulk_members = sa.Table(
    "bulk_members",
    metadata,
    sa.Column("act", NUMBER, sa.ForeignKey("bulk_acts.id"), primary_key=True, autoincrement=False),
    sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
    case_column(),
    *sealed_document(),
    sa.Column("result", sa.String(10)),
    sa.Index("ix_bulk_members_case_ref", "case_ref"),
)
