"""Sessions: signing in with a password, and whose a session's token is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from admission.errors import NotAllowed
from admission.model import Text
from admission.people import Person
from casebook import passwords, throttle
from casebook.credentials import check_person, is_signed
from casebook.database import chain, credential_tables, tables
from casebook.database.store import Store, Transaction
from casebook.people import active_person_named, person_of_row
from casebook.throttle import COMMAND_LINE

# How long a demo's person stays after `--as`.
STAND_IN = timedelta(minutes=5)


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
            # Before anything of the person is written: a password put in from outside must not be signed by the house.
            check_person(transaction.connection, self._store.ring, username)
            if not _is_unchanged(transaction, row):
                raise _wrong()
            throttle.forgive(transaction, admitted)
            if renewed is not None:
                transaction.change(tables.people, {"username": username}, password=renewed)
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

    def sum_up_refusals(self) -> None:
        """Put the refused sign-ins of the hours that are over into the history, one event a name and hour."""
        with self._store.write() as transaction:
            throttle.sum_up(transaction)

    def person_of(self, token: str) -> Person | None:
        """Return who a session's token belongs to; None where it is unknown, over, or the person was shut out.

        A row that no signed event brought is no session, nor is a person somebody changed from outside anybody.
        """
        chosen = (
            sa.select(tables.people)
            .join(credential_tables.sessions, credential_tables.sessions.c.username == tables.people.c.username)
            .where(
                credential_tables.sessions.c.token_sha256 == passwords.token_hash(token),
                credential_tables.sessions.c.expires_at > self._store.clock(),
                tables.people.c.active,
            )
        )
        with self._store.read() as connection:
            row = connection.execute(chosen).one_or_none()
            key = passwords.token_hash(token)
            if row is None or not is_signed(connection, self._store.ring, "session", key, row.username):
                return None
        return person_of_row(row)

    def sign_out(self, token: str) -> None:
        """End a session; one that is over already stays over."""
        sessions, key = credential_tables.sessions, passwords.token_hash(token)
        with self._store.write() as transaction:
            known = sa.select(sessions.c.username).where(sessions.c.token_sha256 == key)
            username = transaction.connection.execute(known).scalar_one_or_none()
            if username is not None and transaction.remove(sessions, sessions.c.token_sha256 == key):
                transaction.event(username, "person.signed_out", detail={"session": key})


def _open(transaction: Transaction, token: str, username: str, lifetime: timedelta, how: str = "password") -> None:
    """Write a session and the event that brings it; those that are over go with it."""
    sessions, until = credential_tables.sessions, transaction.now + lifetime
    transaction.remove(sessions, sessions.c.expires_at <= transaction.now)
    key = passwords.token_hash(token)
    transaction.add(
        sessions, {"token_sha256": key, "username": username, "opened_at": transaction.now, "expires_at": until}
    )
    detail = {"session": key, "until": chain.written_time(until), "how": how}
    transaction.event(username, "person.signed_in", detail=detail)


def _is_unchanged(transaction: Transaction, row: sa.Row[Any]) -> bool:
    """True where the person may still come in with the password that was looked at: hashing it took a while."""
    people = tables.people
    chosen = sa.select(people.c.password).where(people.c.username == row.username, people.c.active)
    stored: str | None = transaction.connection.execute(chosen.with_for_update()).scalar_one_or_none()
    return stored is not None and stored == str(row.password)


def _wrong() -> NotAllowed:
    return NotAllowed(Text(en="Username or password is wrong.", zh="用户名或密码错误。"))
