"""Orders of customers: what was found free, what was reserved, and what was blocked and let through.

A row names the case on which the customer's limit rested when it was written, and is sealed with the key of that case;
the customer is found by it. Free checks are many and change nothing but the headroom that is left, so they are not
audited; what is blocked, released or reserved is.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from casebook.database.columns import Amount, Moment
from casebook.database.customer_tables import case_column, number_column, person_column, sealed_document
from casebook.database.sealing import Sealed
from casebook.database.tables import metadata

_ORDER = sa.String(80)


def _order() -> tuple[sa.Column[Any], ...]:
    return (
        number_column(),
        case_column(),
        sa.Column("order_id", _ORDER, nullable=False),
        sa.Column("amount", Amount, nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("deliver_on", sa.Date, nullable=False),
        # Which of our selling units sells it; empty where nobody said so.
        sa.Column("unit", sa.String(12)),
    )


order_checks = sa.Table(
    "order_checks",
    metadata,
    *_order(),
    sa.Column("checked_on", sa.Date, nullable=False),
    sa.Column("checked_at", Moment, nullable=False),
    person_column("checked_by"),
    # False once the order was checked anew, or dropped: then it takes nothing.
    sa.Column("counts", sa.Boolean, nullable=False),
    sa.Index("ix_order_checks_case_ref_counts", "case_ref", "counts"),
)
order_reservations = sa.Table(
    "order_reservations",
    metadata,
    *_order(),
    sa.Column("until", sa.Date, nullable=False),
    sa.Column("reserved_on", sa.Date, nullable=False),
    sa.Column("reserved_at", Moment, nullable=False),
    person_column("reserved_by"),
    sa.Column("ended_on", sa.Date),
    sa.Index("ix_order_reservations_case_ref", "case_ref"),
)
order_blocks = sa.Table(
    "order_blocks",
    metadata,
    number_column(),
    case_column(),
    sa.Column("order_id", _ORDER, nullable=False),
    person_column("asked_by"),
    *sealed_document(),
    sa.Column("blocked_at", Moment, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    person_column("settled_by", nullable=True),
    sa.Column("settled_on", sa.Date),
    sa.Column("ceiling", Amount),
    sa.Column("currency", sa.String(3)),
    sa.Column("until", sa.Date),
    sa.Column("settled_because", Sealed),
    sa.CheckConstraint("state IN ('open', 'released', 'refused')", name="state"),
    sa.CheckConstraint("settled_by <> asked_by", name="two_people"),
    sa.Index("ix_order_blocks_case_ref", "case_ref"),
    sa.Index("ix_order_blocks_state", "state", "id"),
)
