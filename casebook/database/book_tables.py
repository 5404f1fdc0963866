"""Imports of a book: what was proposed and by whom it was settled; and the rows that wait for a second person.

An import is audited, and holds a fingerprint over all its rows. The rows themselves stay only as long as it is open.
They are sealed with a key of the import's own, which is destroyed with them: so no copy of the database tells them.
"""

from __future__ import annotations

import sqlalchemy as sa

from casebook.database.columns import Moment
from casebook.database.customer_tables import NUMBER, number_column, person_column
from casebook.database.sealing import Sealed
from casebook.database.tables import metadata

book_imports = sa.Table(
    "book_imports",
    metadata,
    number_column(),
    person_column("proposed_by"),
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("proposed_at", Moment, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    # How many of its rows are customers by now: all up to this place.
    sa.Column("admitted", sa.Integer, nullable=False),
    person_column("confirmed_by", nullable=True),
    sa.Column("confirmed_at", Moment),
    # Empty where nobody settled it in time.
    person_column("settled_by", nullable=True),
    sa.Column("settled_at", Moment),
    # Without names, as the reason of an erasure.
    sa.Column("because", sa.Text),
    sa.CheckConstraint("confirmed_by <> proposed_by", name="two_people"),
    sa.CheckConstraint("state IN ('proposed', 'confirming', 'confirmed', 'refused', 'expired')", name="state"),
)
# In the order of the file; the number is that of the row in it.
book_rows = sa.Table(
    "book_rows",
    metadata,
    sa.Column("book", NUMBER, sa.ForeignKey("book_imports.id"), primary_key=True),
    sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("seal", sa.String(20), nullable=False),
    sa.Column("document", Sealed, nullable=False),
)
