"""Tables of sessions, codes and API tokens, and of how sign-ins go; see `casebook.database.tables`."""

from __future__ import annotations

import sqlalchemy as sa

from casebook.database.columns import Moment
from casebook.database.tables import metadata

_SHA = sa.String(64)
_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _person() -> sa.Column[str]:
    return sa.Column("username", sa.String(64), sa.ForeignKey("people.username"), nullable=False)


def _case() -> sa.Column[str]:
    return sa.Column("case_ref", sa.String(20), sa.ForeignKey("cases.reference"), nullable=False)


sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("token_sha256", _SHA, primary_key=True),
    _person(),
    sa.Column("opened_at", Moment, nullable=False),
    sa.Column("expires_at", Moment, nullable=False),
    sa.Index("ix_sessions_username", "username"),
)
sign_in_delays = sa.Table(
    "sign_in_delays",
    metadata,
    sa.Column("key", _SHA, primary_key=True),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("last_at", Moment, nullable=False),
    sa.Column("until", Moment, nullable=False),
    sa.Index("ix_sign_in_delays_last_at", "last_at"),
)
sign_in_refusals = sa.Table(
    "sign_in_refusals",
    metadata,
    sa.Column("hour", Moment, primary_key=True),
    # Empty for names that nobody has.
    sa.Column("username", sa.String(64), primary_key=True),
    sa.Column("count", sa.Integer, nullable=False),
)
devices = sa.Table(
    "devices",
    metadata,
    sa.Column("token_sha256", _SHA, primary_key=True),
    _person(),
    sa.Column("expires_at", Moment, nullable=False),
    sa.Index("ix_devices_expires_at", "expires_at"),
)
codes = sa.Table(
    "codes",
    metadata,
    sa.Column("code_sha256", _SHA, primary_key=True),
    _person(),
    _case(),
    sa.Column("assessment", _SHA, nullable=False),
    sa.Column("expires_at", Moment, nullable=False),
    sa.Column("used_at", Moment),
    sa.Column("round", sa.Integer),
    # How it begins, and the ballot it carries with its fingerprint; codes of earlier releases have none.
    sa.Column("selector", sa.String(8)),
    sa.Column("ballot", sa.Text),
    sa.Column("sha256", _SHA),
    sa.Index("ix_codes_case_ref_selector", "case_ref", "selector"),
)
code_tries = sa.Table(
    "code_tries",
    metadata,
    sa.Column("id", _NUMBER, primary_key=True, autoincrement=True),
    # What was tried wrongly: one code, or a case with letters that begin none of its codes.
    sa.Column("target", sa.String(80), nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Index("ix_code_tries_target", "target"),
)
api_tokens = sa.Table(
    "api_tokens",
    metadata,
    sa.Column("id", _NUMBER, primary_key=True, autoincrement=True),
    sa.Column("token_sha256", _SHA, nullable=False, unique=True),
    _person(),
    sa.Column("label", sa.String(80), nullable=False),
    sa.Column("issued_at", Moment, nullable=False),
    sa.Column("expires_at", Moment, nullable=False),
    sa.Column("revoked_at", Moment),
    # Blank-separated; empty for a token from before there were scopes, which may read alone.
    sa.Column("scopes", sa.String(200)),
    sa.Index("ix_api_tokens_username", "username"),
)
