"""What a person acts with: a session, an API token or a single-use code. It counts only as its signed event brought it.

Whoever can write the database could put a row there. They cannot sign the event that has to come with it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from admission.errors import GatehouseError, NotAllowed
from admission.model import Text, canonical_json, digest
from casebook import passwords
from casebook.database import chain, credential_tables, tables
from casebook.database.binding import BoundRow, RowKey, rows_of
from casebook.database.documents import CHANGED_FROM_OUTSIDE
from casebook.database.signing import KeyRing
from casebook.database.store import SYSTEM

Kind = Literal["session", "token", "code"]
_history = tables.history
_TABLES: dict[Kind, tuple[sa.Table, sa.ColumnElement[str], str]] = {
    "session": (credential_tables.sessions, credential_tables.sessions.c.token_sha256, "person.signed_in"),
    "token": (credential_tables.api_tokens, credential_tables.api_tokens.c.token_sha256, "token.issued"),
    "code": (credential_tables.codes, credential_tables.codes.c.code_sha256, "code.issued"),
}
SIGN_IN_AGAIN = Text(
    en="sign in again; if this comes back, the database was changed from outside: gatehouse verify",
    zh="请重新登录；若再次出现，说明数据库被外部改动：请运行 gatehouse verify",
)


class Credential(NamedTuple):
    """What a person acts with, known by the hash of its secret; the secret itself is nowhere.

    Attributes:
        kind: what it is.
        sha256: as it is stored of the secret.
    """

    kind: Kind
    sha256: str

    @classmethod
    def session(cls, token: str) -> Credential:
        """Return the session that a token opens."""
        return cls("session", passwords.token_hash(token))

    @classmethod
    def token(cls, secret: str) -> Credential:
        """Return the API token of a secret."""
        return cls("token", passwords.token_hash(secret))

    @classmethod
    def code(cls, code: str, case: str) -> Credential:
        """Return the single-use code of a case."""
        return cls("code", passwords.code_hash(code, case))


def name_of(kind: Kind, key: str | int) -> str:
    """Return how the history names a credential: by kind and primary key."""
    return f"{kind} {key}"


def check_credential(
    connection: Connection, ring: KeyRing | None, credential: Credential, username: str, now: datetime
) -> str:
    """Return how the history names this credential of a person, after it was found good.

    Args:
        connection: of the open transaction.
        ring: the house's keys.
        credential: what the person acts with.
        username: who acts.
        now: the moment of the act.

    Raises:
        NotAllowed: it is unknown, over, another person's, or in no event that the house signed.
    """
    table, column, _ = _TABLES[credential.kind]
    row = connection.execute(sa.select(table).where(column == credential.sha256)).one_or_none()
    if row is None or row.username != username or row.expires_at <= now or _ended(row):
        raise NotAllowed(
            Text(en="You are not signed in any more.", zh="您的登录已失效。"),
            remedy=Text(en="sign in again", zh="请重新登录"),
        )
    key = getattr(row, next(iter(table.primary_key)).name)
    if not is_signed(connection, ring, credential.kind, key, username):
        raise NotAllowed(
            Text(en="This sign-in was not made by Gatehouse.", zh="该登录并非由 Gatehouse 建立。"), remedy=SIGN_IN_AGAIN
        )
    return name_of(credential.kind, key)


def is_signed(connection: Connection, ring: KeyRing | None, kind: Kind, key: str | int, username: str) -> bool:
    """True where both a credential's row and its person's are as events that the house signed left them."""
    return is_brought(connection, ring, kind, key, username) and person_is_signed(connection, ring, username)


def is_brought(connection: Connection, ring: KeyRing | None, kind: Kind, key: str | int, username: str) -> bool:
    """True where a credential's row is as an event of this person that the house signed brought it.

    Args:
        connection: to read from.
        ring: the house's keys; without them nothing is known to be the house's.
        kind: what it is.
        key: of its row.
        username: whose it ought to be.
    """
    table, _, act = _TABLES[kind]
    bound = next(rows_of(connection, table, [RowKey(table.name, (key,))]), None)
    if bound is None or ring is None:
        return False
    entry = [bound.row.table, list(bound.row.key), bound.sha256]
    brought = sa.select(_history).where(
        _history.c.actor == username,
        _history.c.act == act,
        _history.c.content.contains(canonical_json(entry), autoescape=True),
    )
    return any(_is_sound(row, ring, bound) for row in connection.execute(brought))


def person_is_signed(connection: Connection, ring: KeyRing | None, username: str) -> bool:
    """True where a person's row is as the last event about it that the house signed left it.

    A password or role that was swapped for a moment and put back would else leave no trace.
    """
    bound = next(rows_of(connection, tables.people, [RowKey("people", (username,))]), None)
    if bound is None or ring is None:
        return False
    about = canonical_json(["people", [username]]).removesuffix("]")
    told = sa.and_(_history.c.act >= "person.", _history.c.act < "person/")
    wrote = sa.select(_history).where(
        _history.c.actor.in_([SYSTEM, username]),
        sa.or_(told, _history.c.act.in_([*chain.BEGINNINGS, "content.bound"])),
        _history.c.content.contains(about, autoescape=True),
    )
    last = connection.execute(wrote.order_by(_history.c.seq.desc()).limit(1)).one_or_none()
    return last is not None and _is_sound(last, ring, bound)


def check_person(connection: Connection, ring: KeyRing | None, username: str) -> None:
    """Refuse where a person's row is not as the house left it: to go on would sign what somebody else wrote.

    Raises:
        GatehouseError: it was changed from outside.
    """
    if not person_is_signed(connection, ring, username):
        raise GatehouseError(
            Text(en="This user was changed by other means than Gatehouse.", zh="该用户被 Gatehouse 以外的方式改动。"),
            context={"username": username},
            remedy=CHANGED_FROM_OUTSIDE,
        )


def _is_sound(row: sa.Row[Any], ring: KeyRing, bound: BoundRow) -> bool:
    try:
        link = chain.link_of(row)
    except (TypeError, ValueError):
        return False
    whole = digest(link.document) == link.sha256 and link.rows.get(bound.row) == bound.sha256
    return whole and ring.signed(link.key, "event", link.sha256, link.signature)


def _ended(row: sa.Row[Any]) -> bool:
    ended = row._mapping.get("used_at"), row._mapping.get("revoked_at")
    return any(moment is not None for moment in ended)
