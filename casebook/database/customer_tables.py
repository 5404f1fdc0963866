"""What is on file for customers between decisions: securities, credit insurance, holds.

A row names the case on which the customer's limit rested when it was written, and is sealed with the key of that case;
the customer is found by it.
"""

from __future__ import annotations

import sqlalchemy as sa

from casebook.database.columns import Moment
from casebook.database.sealing import Sealed
from casebook.database.tables import metadata

_REFERENCE = sa.String(20)
_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _number() -> sa.Column[int]:
    return sa.Column("id", _NUMBER, primary_key=True, autoincrement=True)


def _case(*, primary: bool = False) -> sa.Column[str]:
    return sa.Column("case_ref", _REFERENCE, sa.ForeignKey("cases.reference"), primary_key=primary, nullable=False)


def _person(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(64), sa.ForeignKey("people.username"), nullable=nullable)


def _sealed_document() -> tuple[sa.Column[str], sa.Column[str]]:
    return sa.Column("document", Sealed, nullable=False), sa.Column("sha256", sa.String(64), nullable=False)


securities = sa.Table(
    "securities",
    metadata,
    _number(),
    _case(),
    # Of kind, giver and number of the paper: the same paper is never taken twice.
    sa.Column("paper_sha256", sa.String(64), nullable=False),
    _person("recorded_by"),
    *_sealed_document(),
    sa.Column("recorded_at", Moment, nullable=False),
    _person("confirmed_by", nullable=True),
    sa.Column("confirmed_at", Moment),
    _person("revoked_by", nullable=True),
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
    sa.Column("security", _NUMBER, sa.ForeignKey("securities.id"), primary_key=True),
    _case(primary=True),
    sa.Index("ix_security_customers_case_ref", "case_ref"),
)
# Contracts of the house with insurers; the newest row of a number counts.
insurance_policies = sa.Table(
    "insurance_policies",
    metadata,
    _number(),
    sa.Column("number", sa.String(100), nullable=False),
    _person("recorded_by"),
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("recorded_at", Moment, nullable=False),
)
# What an insurer said about a customer; the newest word counts.
covers = sa.Table(
    "covers",
    metadata,
    _number(),
    _case(),
    _person("recorded_by"),
    *_sealed_document(),
    sa.Column("recorded_at", Moment, nullable=False),
    sa.Index("ix_covers_case_ref", "case_ref"),
)
holds = sa.Table(
    "holds",
    metadata,
    _number(),
    _case(),
    _person("placed_by"),
    *_sealed_document(),
    sa.Column("placed_at", Moment, nullable=False),
    _person("released_by", nullable=True),
    sa.Column("released_on", sa.Date),
    sa.Index("ix_holds_case_ref", "case_ref"),
)
