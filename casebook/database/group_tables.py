"""Limits of groups: what was proposed, confirmed and taken away.

A limit is of no one customer, so it names no case and has no key of one: its document is as it was written, and neither
its reason nor the name of its group may name a person. `granted` has the names of groups in the same way.
"""

from __future__ import annotations

import sqlalchemy as sa

from casebook.database.columns import Moment
from casebook.database.customer_tables import number_column, person_column
from casebook.database.tables import metadata

group_limits = sa.Table(
    "group_limits",
    metadata,
    number_column(),
    # In small letters, as groups are told apart.
    sa.Column("group_name", sa.Text, nullable=False),
    person_column("asked_by"),
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("asked_at", Moment, nullable=False),
    person_column("confirmed_by", nullable=True),
    sa.Column("confirmed_on", sa.Date),
    person_column("ended_by", nullable=True),
    sa.Column("ended_on", sa.Date),
    sa.CheckConstraint("confirmed_by <> asked_by", name="two_people"),
    sa.Index("ix_group_limits_group_name", "group_name"),
)
