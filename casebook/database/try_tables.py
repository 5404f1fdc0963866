"""The table of wrong codes; see `casebook.database.tables`."""

from __future__ import annotations

import sqlalchemy as sa

from casebook.database.columns import Moment
from casebook.database.tables import metadata

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

code_tries = sa.Table(
    "code_tries",
    metadata,
    sa.Column("id", _NUMBER, primary_key=True, autoincrement=True),
    # What was tried wrongly: one code, or a case with letters that begin none of its codes.
    sa.Column("target", sa.String(80), nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Index("ix_code_tries_target", "target"),
)
