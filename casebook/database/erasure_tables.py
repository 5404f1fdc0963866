"""The keys with which personal documents and raw answers are sealed, and which of them were destroyed by what rule.

The keys are no part of the record: they go without a trace. What is left is the row of `erasures`, which the chain
holds.
"""

from __future__ import annotations

from typing import Literal

import sqlalchemy as sa

from casebook.database.columns import Moment
from casebook.database.tables import metadata

ErasureKind = Literal["answers", "personal"]
# What sources sent; and all documents of a case but the decision and its figures.
ANSWERS: ErasureKind = "answers"
PERSONAL: ErasureKind = "personal"
KINDS = (ANSWERS, PERSONAL)
_KEY = sa.String(44)
_REFERENCE = sa.String(20)

# The key of a case, with which the personal documents of its rows are sealed.
case_keys = sa.Table(
    "case_keys",
    metadata,
    sa.Column("case_ref", _REFERENCE, primary_key=True),
    sa.Column("key", _KEY, nullable=False),
)
# The key of the bytes of an answer; all cases that name the same bytes share it.
answer_keys = sa.Table(
    "answer_keys",
    metadata,
    sa.Column("sha256", sa.String(64), primary_key=True),
    sa.Column("key", _KEY, nullable=False),
)
erasures = sa.Table(
    "erasures",
    metadata,
    sa.Column("case_ref", _REFERENCE, sa.ForeignKey("cases.reference"), primary_key=True),
    sa.Column("kind", sa.String(10), primary_key=True),
    # By which rule of the policy, or on whose request.
    sa.Column("rule", sa.String(200), nullable=False),
    sa.Column("erased_by", sa.String(64), nullable=False),
    sa.Column("erased_at", Moment, nullable=False),
    sa.CheckConstraint("kind IN ('answers', 'personal')", name="kind"),
)
