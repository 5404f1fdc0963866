"""Tables that only help to find things: who sits where, names to search for, granted limits.

Every row follows from audited documents and is written in the transaction that writes them, by
`casebook.database.lookups`. The documents remain the truth, and `gatehouse verify` holds these rows against them.
"""

from __future__ import annotations

import sqlalchemy as sa

from casebook.database.columns import Amount
from casebook.database.tables import metadata

_USERNAME = sa.String(64)
# What `stage` says while a person cannot vote.
NO_TURN = ""
# Digits after the point of `granted.units`; more than any currency has.
UNIT_DIGITS = 4


def _case() -> sa.Column[str]:
    return sa.Column("case_ref", sa.String(20), sa.ForeignKey("cases.reference"), primary_key=True, nullable=False)


# Who has a seat in the vote of a round, and the stage in which the person could vote now.
seats = sa.Table(
    "seats",
    metadata,
    _case(),
    sa.Column("round", sa.Integer, primary_key=True),
    sa.Column("username", _USERNAME, primary_key=True),
    sa.Column("stage", sa.String(100), nullable=False),
    sa.Index("ix_seats_username_case_ref", "username", "case_ref"),
    sa.Index(
        "ix_seats_turns",
        "username",
        "case_ref",
        sqlite_where=sa.text("stage <> ''"),
        postgresql_where=sa.text("stage <> ''"),
    ),
)
# What a case is searched by: reference, company and official numbers, in small letters.
case_names = sa.Table("case_names", metadata, _case(), sa.Column("text", sa.Text, nullable=False))
# The limit granted to each active customer, and under which names it counts for the caps of the policy.
granted = sa.Table(
    "granted",
    metadata,
    sa.Column("company_key", sa.Text, sa.ForeignKey("customers.company_key"), primary_key=True),
    sa.Column("currency", sa.String(3), nullable=False),
    sa.Column("amount", Amount, nullable=False),
    # The amount as a whole number of ten-thousandths, which every database adds exactly; empty where it is none.
    sa.Column("units", sa.BigInteger),
    sa.Column("grade", sa.Text, nullable=False),
    sa.Column("segment", sa.Text, nullable=False),
    sa.Column("country", sa.Text, nullable=False),
    sa.Column("industry", sa.Text, nullable=False),
    # In small letters, as groups are told apart; empty where the customer names none.
    sa.Column("group_name", sa.Text),
    *(
        sa.Index(f"ix_granted_{column}", column, "currency", "units")
        for column in ("grade", "segment", "country", "industry", "group_name")
    ),
    sa.Index("ix_granted_currency", "currency", "units"),
)
