"""Sessions: signing in with a password, and whose a session's token is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from admission.errors import NotAllowed
from admission.model import Text
from admission.people import Person
from casebook import passwords, throttle
from casebook.database import tables
from casebook.database.store import Store, Transaction
from casebook.people import person_of_row
from casebook.throttle import COMMAND_LINE


class Sessions:
    """The sessions of all people."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def sign_in(
        self, username: str, password: str, *, lifetime: timedelta, address: str = COMMAND_LINE, device: str = ""
    ) -> str:
        """Open a session and return its token, which is stored nowhere.

        Args:
            username: who.
            password: theirs.
            lifetime: how long the session lasts.
            address: where the try comes from; failures are counted by it.
            device: token of the device that it comes from, where somebody signed in from it before.

        Raises:
            NotAllowed: unknown name or wrong password (not told which).
            TryLater: too many failed from this address, with this name or at all.
        """
        with self._store.write() as transaction:
            throttle.sum_up(transaction)
            admitted = throttle.admit(transaction, username, address, device)
        with self._store.read() as connection:
            row = connection.execute(sa.select(tables.people).where(tables.people.c.username == username)).one_or_none()
        right = passwords.matches(password, row.password if row is not None else passwords.nobody())
        if row is None or not right or not row.active or row.service:
            with self._store.write() as transaction:
                throttle.note_refusal(transaction, row.username if row is not None else "")
            raise _wrong()
        renewed = passwords.renewed(password, row.password)
        token = passwords.new_token()
        with self._store.write() as transaction:
            if not _is_unchanged(transaction, row):
                raise _wrong()
            throttle.forgive(transaction, admitted)
            if renewed is not None:
                transaction.change(tables.people, {"username": username}, password=renewed)
            sessions = tables.sessions
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

    def sum_up_refusals(self) -> None:
        """Put the refused sign-ins of the hours that are over into the history, one event a name and hour."""
        with self._store.write() as transaction:
            throttle.sum_up(transaction)

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


def _is_unchanged(transaction: Transaction, row: sa.Row[Any]) -> bool:
    """True where the person may still come in with the password that was looked at: hashing it took a while."""
    people = tables.people
    chosen = sa.select(people.c.password).where(people.c.username == row.username, people.c.active)
    stored: str | None = transaction.connection.execute(chosen.with_for_update()).scalar_one_or_none()
    return stored is not None and stored == str(row.password)


def _wrong() -> NotAllowed:
    return NotAllowed(Text(en="Username or password is wrong.", zh="用户名或密码错误。"))
