"""Sessions: signing in with a password, and whose a session's token is."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from admission.errors import NotAllowed
from admission.model import Text
from admission.people import Person
from casebook import passwords
from casebook.credentials import check_person, is_brought, person_is_signed
from casebook.database import chain, tables
from casebook.database.store import SYSTEM, Store, Transaction
from casebook.people import active_person_named, person_of_row

TRIES = 5
TRIES_WITHIN = timedelta(minutes=5)
LOCKED_FOR = timedelta(minutes=5)
# How long a demo's person stays after `--as`.
STAND_IN = timedelta(minutes=5)


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
        if row is None or not right or not row.active:
            with self._store.write() as transaction:
                transaction.event(SYSTEM, "person.sign_in_refused", detail={"username": username} if row else {})
            raise NotAllowed(Text(en="Username or password is wrong.", zh="用户名或密码错误。"))
        token = passwords.new_token()
        with self._store.write() as transaction:
            # Before anything of the person is written: a password put in from outside must not be signed by the house.
            check_person(transaction.connection, self._store.ring, username)
            tries = tables.sign_in_tries
            transaction.connection.execute(sa.delete(tries).where(tries.c.name_sha256 == name))
            _open(transaction, token, username, lifetime)
        return token

    def stand_in(self, username: str) -> str:
        """Open a short session without a password, for `--as` on a demo's casebook; return its token.

        Raises:
            NotFound: no such person.
            NotAllowed: the casebook was not made for a demo, or the person has been shut out.
        """
        token = passwords.new_token()
        with self._store.write() as transaction:
            demo = sa.select(tables.meta.c.value).where(tables.meta.c.name == "demo")
            if transaction.connection.execute(demo).scalar_one_or_none() != "true":
                raise NotAllowed(
                    Text(en="Only a demo's casebook is used without a password.", zh="仅演示台账可免密码使用。")
                )
            active_person_named(transaction.connection, username)
            _open(transaction, token, username, STAND_IN, how="demo")
        return token

    def person_of(self, token: str) -> Person | None:
        """Return who a session's token belongs to; None where it is unknown, over, or the person was shut out.

        A row that no signed event brought is no session, nor is a person somebody changed from outside anybody.
        """
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
            if row is None or not self._is_sound(connection, passwords.token_hash(token), row.username):
                return None
        return person_of_row(row)

    def _is_sound(self, connection: Connection, key: str, username: str) -> bool:
        ring = self._store.ring
        return is_brought(connection, ring, "session", key, username) and person_is_signed(connection, ring, username)

    def sign_out(self, token: str) -> None:
        """End a session; one that is over already stays over."""
        sessions, key = tables.sessions, passwords.token_hash(token)
        with self._store.write() as transaction:
            known = sa.select(sessions.c.username).where(sessions.c.token_sha256 == key)
            username = transaction.connection.execute(known).scalar_one_or_none()
            if username is not None and transaction.remove(sessions, sessions.c.token_sha256 == key):
                transaction.event(username, "person.signed_out", detail={"session": key})


def _open(transaction: Transaction, token: str, username: str, lifetime: timedelta, how: str = "password") -> None:
    """Write a session and the event that brings it; those that are over go with it."""
    sessions, until = tables.sessions, transaction.now + lifetime
    transaction.remove(sessions, sessions.c.expires_at <= transaction.now)
    key = passwords.token_hash(token)
    transaction.add(
        sessions, {"token_sha256": key, "username": username, "opened_at": transaction.now, "expires_at": until}
    )
    detail = {"session": key, "until": chain.written_time(until), "how": how}
    transaction.event(username, "person.signed_in", detail=detail)


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
