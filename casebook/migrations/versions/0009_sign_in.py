"""Sign-ins: how long whoever failed has to wait, failures counted by the hour, devices that people signed in from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")


def upgrade() -> None:
    """Drop the tries that locked a name, and make the three tables."""
    op.drop_table("sign_in_tries")
    op.create_table(
        "sign_in_delays",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sign_in_delays")),
    )
    op.create_index("ix_sign_in_delays_last_at", "sign_in_delays", ["last_at"], unique=False)
    op.create_table(
        "sign_in_refusals",
        sa.Column("hour", MOMENT, nullable=False),
        sa.Column("username", sa.String(64), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("hour", "username", name=op.f("pk_sign_in_refusals")),
    )
    op.create_table(
        "devices",
        sa.Column("token_sha256", sa.String(64), nullable=False),
        sa.Column("username", sa.String(64), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["username"], ["people.username"], name=op.f("fk_devices_username")),
        sa.PrimaryKeyConstraint("token_sha256", name=op.f("pk_devices")),
    )
    op.create_index("ix_devices_expires_at", "devices", ["expires_at"], unique=False)
