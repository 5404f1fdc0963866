"""Sessions: signing in with a password, and whose a session's token is."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from admission.errors import NotAllowed
from admission.model import Text
from admission.people import Person
from casebook import passwords
from casebook.database import tables
from casebook.database.store import SYSTEM, Store, Transaction
from casebook.people import person_of_row

TRIES = 5
TRIES_WITHIN = timedelta(minutes=5)
LOCKED_FOR = timedelta(minutes=5)


class Sessions:
    """The sessions of all people."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def sign_in(self, username: str, password: str, *, lifetime: timedelta) -> str:
        """Open a session and return its token, which is stored nowhere.

        Args:
            username: who.
            password: theirs.
            lifetime: how long the session lasts.

        Raises:
            NotAllowed: unknown name or wrong password (not told which), or five failures within five minutes.
        """
        name = passwords.token_hash(username)
        with self._store.write() as transaction:
            _count_try(transaction, name)
        with self._store.read() as connection:
            row = connection.execute(sa.select(tables.people).where(tables.people.c.username == username)).one_or_none()
        right = passwords.matches(password, row.password if row is not None else passwords.nobody())
        if row is None or not right or not row.active or row.service:
            with self._store.write() as transaction:
                transaction.event(SYSTEM, "person.sign_in_refused", detail={"username": username} if row else {})
            raise NotAllowed(Text(en="Username or password is wrong.", zh="用户名或密码错误。"))
        token = passwords.new_token()
        with self._store.write() as transaction:
            tries = tables.sign_in_tries
            sessions = tables.sessions
            transaction.connection.execute(sa.delete(tries).where(tries.c.name_sha256 == name))
            transaction.connection.execute(sa.delete(sessions).where(sessions.c.expires_at <= transaction.now))
            session = {
                "token_sha256": passwords.token_hash(token),
                "username": username,
                "opened_at": transaction.now,
                "expires_at": transaction.now + lifetime,
            }
            transaction.connection.execute(sa.insert(sessions).values(session))
            transaction.event(username, "person.signed_in")
        return token

    def person_of(self, token: str) -> Person | None:
        """Return who a session's token belongs to; None where it is unknown, over, or the person was shut out."""
        chosen = (
            sa.select(tables.people)
            .join(tables.sessions, tables.sessions.c.username == tables.people.c.username)
            .where(
                tables.sessions.c.token_sha256 == passwords.token_hash(token),
                tables.sessions.c.expires_at > self._store.clock(),
                tables.people.c.active,
            )
        )
        with self._store.read() as connection:
            row = connection.execute(chosen).one_or_none()
        return None if row is None else person_of_row(row)

    def sign_out(self, token: str) -> None:
        """End a session; one that is over already stays over."""
        sessions = tables.sessions
        gone = sa.delete(sessions).where(sessions.c.token_sha256 == passwords.token_hash(token))
        with self._store.write() as transaction:
            username = transaction.connection.execute(gone.returning(sessions.c.username)).scalar_one_or_none()
            if username is not None:
                transaction.event(username, "person.signed_out")


def _count_try(transaction: Transaction, name: str) -> None:
    """Count a sign-in as failed before the password is looked at, so that many at once cannot slip through.

    Success wipes the count. The name is stored as a hash: people type passwords into the wrong field.
    """
    tries, connection = tables.sign_in_tries, transaction.connection
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext(name))))
    now = transaction.now
    connection.execute(sa.delete(tries).where(tries.c.at <= now - TRIES_WITHIN - LOCKED_FOR))
    last = sa.select(tries.c.at).where(tries.c.name_sha256 == name).order_by(tries.c.at.desc()).limit(TRIES)
    times = connection.execute(last).scalars().all()
    if len(times) == TRIES and times[0] - times[-1] <= TRIES_WITHIN and now < times[0] + LOCKED_FOR:
        raise NotAllowed(
            Text(en="Too many failed sign-ins with this name.", zh="该用户名登录失败次数过多。"),
            remedy=Text(en="wait five minutes", zh="请五分钟后再试"),
        )
    connection.execute(sa.insert(tries).values(name_sha256=name, at=now))
