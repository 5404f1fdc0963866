"""API tokens: programs act as the person who issued them, until they are over or revoked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from admission.errors import BadInput, NotAllowed, NotFound, Problem
from admission.free_text import PLAIN, is_plain
from admission.lengths import characters_between
from admission.model import Text
from admission.people import SCOPES, ApiToken, Person, Scope
from casebook import passwords
from casebook.credentials import is_signed
from casebook.database import credential_tables, tables
from casebook.database.store import Store
from casebook.people import active_person_named, person_of_row, revoke_token

# So that a token that lies around in a file is known for what it is, by people and by scanners for secrets.
PREFIX = "gatehouse_"
LONGEST_LABEL = 80
# For how long rows that were proven are not proven anew.
PROVEN_FOR = timedelta(seconds=5)
LONGEST_LIFE = timedelta(days=366)
_tokens = credential_tables.api_tokens


class Tokens:
    """The API tokens of all people."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._proven: dict[tuple[object, ...], datetime] = {}

    def issue(
        self, username: str, label: str, lifetime: timedelta, *, scopes: Sequence[Scope] = ("read",), by: str = ""
    ) -> tuple[ApiToken, str]:
        """Issue a token; return it with its secret, which is stored nowhere.

        Args:
            username: whose acts the bearer's acts are.
            label: what it is for, 1 to 80 characters.
            lifetime: at least a minute, at most 366 days.
            scopes: what it may be used for.
            by: who issues it, where that is another: the account of a program has nobody to sign in.

        Raises:
            NotFound: no such person.
            NotAllowed: the person has been shut out.
            BadInput: a label or lifetime that cannot be.
        """
        problems = []
        if not 1 <= len(label.strip()) <= LONGEST_LABEL:
            problems.append(Problem("label", label[:40], characters_between(1, LONGEST_LABEL)))
        if not is_plain(label, layout=""):
            problems.append(Problem("label", "", PLAIN))
        if not timedelta(minutes=1) <= lifetime <= LONGEST_LIFE:
            expected = Text(
                en=f"at least a minute, at most {LONGEST_LIFE.days} days", zh=f"至少一分钟，最多 {LONGEST_LIFE.days} 天"
            )
            problems.append(Problem("lifetime", str(lifetime), expected))
        if problems:
            raise BadInput(Text(en="The token cannot be issued.", zh="无法签发该令牌。"), problems=problems)
        secret = PREFIX + passwords.new_token()
        with self._store.write() as transaction:
            active_person_named(transaction.connection, username)
            row = {
                "token_sha256": passwords.token_hash(secret),
                "username": username,
                "label": label.strip(),
                "issued_at": transaction.now,
                "expires_at": transaction.now + lifetime,
                "scopes": " ".join(sorted(set(scopes))),
            }
            transaction.add(_tokens, row)
            chosen = sa.select(_tokens).where(_tokens.c.token_sha256 == row["token_sha256"])
            token = _token(transaction.connection.execute(chosen).one())
            detail = {"token": str(token.id), "label": token.label, "until": token.expires_at.isoformat()}
            detail |= {"scopes": ", ".join(token.scopes)} | ({"username": username} if by else {})
            transaction.event(by or username, "token.issued", detail=detail)
        return token, secret

    def of(self, username: str) -> list[ApiToken]:
        """Return a person's tokens, oldest first, also those that are over."""
        chosen = sa.select(_tokens).where(_tokens.c.username == username).order_by(_tokens.c.id)
        with self._store.read() as connection:
            return [_token(row) for row in connection.execute(chosen)]

    def revoke(self, number: int, username: str) -> None:
        """Revoke a token of this person; one that is revoked stays so.

        Raises:
            NotFound: the person has no such token.
        """
        with self._store.write() as transaction:
            chosen = sa.select(_tokens.c.revoked_at).where(_tokens.c.id == number, _tokens.c.username == username)
            row = transaction.connection.execute(chosen).one_or_none()
            if row is None:
                raise NotFound(Text(en="You have no such token.", zh="您没有该令牌。"), context={"token": str(number)})
            if row.revoked_at is None:
                revoke_token(transaction, number, username, username)

    def person_of(self, secret: str, scope: Scope = "read") -> Person | None:
        """Return whose token this is; None where it is unknown, over or revoked, or the person was shut out.

        A row that no signed event brought is no token, nor is a person somebody changed from outside anybody.

        Raises:
            NotAllowed: the token is good, and not for this.
        """
        if not secret.startswith(PREFIX):
            return None
        given = {"secret": passwords.token_hash(secret), "now": self._store.clock()}
        with self._store.read() as connection:
            row = connection.execute(_WHOSE, given).one_or_none()
            if row is None or not self._is_signed(connection, row):
                return None
        if scope not in _scopes(row):
            raise NotAllowed(
                Text(en=f"This token is not for this: it has no scope {scope}.", zh=f"该令牌没有 {scope} 权限。"),
                remedy=Text(
                    en=f"make one with it: gatehouse token new ... --scope {scope}",
                    zh=f"请签发带该权限的令牌：gatehouse token new ... --scope {scope}",
                ),
            )
        return person_of_row(row)

    def _is_signed(self, connection: Connection, row: sa.Row[Any]) -> bool:
        """True where token and person are as signed events left them; rows that were so a moment ago still are.

        Programs ask many times a second, and to prove it anew each time takes longer than what they ask. Whether the
        token was revoked or the person shut out is read each time, and a row that was changed is proven anew.
        """
        now, stands = self._store.clock(), tuple(row)
        since = self._proven.get(stands)
        if since is not None and since <= now < since + PROVEN_FOR:
            return True
        if not is_signed(connection, self._store.ring, "token", row.number, row.username):
            return False
        self._proven = {known: at for known, at in self._proven.items() if now < at + PROVEN_FOR} | {stands: now}
        return True


# All columns of both, so that no change of either goes unseen; a person's name stands for both.
_WHOSE = (
    sa.select(
        tables.people,
        _tokens.c.id.label("number"),
        *(column.label(f"token_{column.name}") for column in _tokens.c if column.name not in ("id", "scopes")),
        _tokens.c.scopes,
    )
    .join(_tokens, _tokens.c.username == tables.people.c.username)
    .where(
        _tokens.c.token_sha256 == sa.bindparam("secret"),
        _tokens.c.expires_at > sa.bindparam("now"),
        _tokens.c.revoked_at.is_(None),
        tables.people.c.active,
    )
)


def _scopes(row: sa.Row[Any]) -> tuple[Scope, ...]:
    """Return the scopes of a token; one from before there were any reads alone."""
    kept = str(row.scopes or "read").split()
    return tuple(scope for scope in SCOPES if scope in kept)


def _token(row: sa.Row[Any]) -> ApiToken:
    return ApiToken(
        id=row.id,
        username=row.username,
        label=row.label,
        issued_at=row.issued_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        scopes=_scopes(row),
    )
