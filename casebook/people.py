"""The people who can sign in."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from admission.errors import Conflict, NotAllowed, NotFound
from admission.free_text import check_plain
from admission.model import Text, canonical_json
from admission.people import Department, Person, Role, check_roles, checked_email
from casebook import passwords
from casebook.credentials import check_person
from casebook.database import credential_tables, tables
from casebook.database.store import SYSTEM, Store, Transaction


class People:
    """All people."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, person: Person, password: str, *, email: str | None = None) -> None:
        """Add a person.

        Args:
            person: who.
            password: 10 to 200 characters.
            email: where reminders are sent; None for nowhere.

        Raises:
            Conflict: the username is taken.
            BadInput: an auditor has another role, or a program's account has one.
            BadInput: the password is too short, too long or guessed first, or the address is none.
        """
        check_roles(person)
        check_plain(Text(en="The user cannot be added.", zh="无法添加该用户。"), {"name": person.name})
        row = {
            **person.model_dump(exclude={"roles", "service"}),
            "service": person.service or None,
            "roles": canonical_json(list(person.roles)),
            "password": passwords.hashed(password, (person.username, person.name)),
            "email": None if email is None else checked_email(email),
        }
        with self._store.write() as transaction:
            if not transaction.insert_new(tables.people, {**row, "added_at": transaction.now}):
                raise Conflict(
                    Text(en="This username is taken.", zh="该用户名已被使用。"), context={"username": person.username}
                )
            transaction.event(SYSTEM, "person.added", detail={"username": person.username})

    def get(self, username: str) -> Person:
        """Return a person.

        Raises:
            NotFound: nobody has this username.
        """
        with self._store.read() as connection:
            return person_named(connection, username)

    def all(self) -> list[Person]:
        """Return everybody, by username."""
        with self._store.read() as connection:
            return [
                person_of_row(row)
                for row in connection.execute(sa.select(tables.people).order_by(tables.people.c.username))
            ]

    def emails(self) -> dict[str, str]:
        """Return the addresses that reminders are sent to, by username."""
        chosen = sa.select(tables.people.c.username, tables.people.c.email)
        with self._store.read() as connection:
            rows = connection.execute(chosen.where(tables.people.c.email.is_not(None)))
            return {row.username: row.email for row in rows}

    def change(
        self, username: str, *, department: Department | None = None, roles: Sequence[Role] | None = None
    ) -> Person:
        """Change where a person works or what they may act as; the codes they hold are used up. Return the person.

        Votes already open keep the seats they were opened with.

        Args:
            username: who.
            department: the new one; the old stays where it is None.
            roles: all roles from now on; the old stay where it is None.

        Raises:
            NotFound: nobody has this username.
            BadInput: an auditor with another role, or the account of a program with one.
        """
        with self._store.write() as transaction:
            person = person_named(transaction.connection, username)
            moved = Person.model_validate(
                {
                    **person.model_dump(),
                    "department": department or person.department,
                    "roles": person.roles if roles is None else tuple(roles),
                }
            )
            check_roles(moved)
            written = canonical_json(list(moved.roles))
            self._change(transaction, username, department=moved.department, roles=written)
            end_codes(transaction, username)
            detail = {"username": username, "department": moved.department, "roles": ", ".join(moved.roles)}
            transaction.event(SYSTEM, "person.changed", detail=detail)
            return moved

    def set_email(self, username: str, email: str | None) -> None:
        """Set where a person's reminders are sent, and use up their codes; None for nowhere.

        Raises:
            NotFound: nobody has this username.
            BadInput: it is no address.
        """
        address = None if email is None else checked_email(email)
        with self._store.write() as transaction:
            self._change(transaction, username, email=address)
            end_codes(transaction, username)
            # The address itself stays out of the history, where it could never be removed.
            transaction.event(SYSTEM, "person.email_set", detail={"username": username})

    def set_password(self, username: str, password: str) -> None:
        """Set a new password, end the person's sessions, revoke their API tokens and use up their codes.

        Raises:
            NotFound: nobody has this username.
            BadInput: the password is too short, too long or guessed first.
        """
        stored = passwords.hashed(password, (username, self.get(username).name))
        with self._store.write() as transaction:
            self._change(transaction, username, password=stored)
            _end_access(transaction, username)
            transaction.event(SYSTEM, "person.password_set", detail={"username": username})

    def set_active(self, username: str, active: bool) -> None:
        """Let a person in, or shut them out at once.

        Raises:
            NotFound: nobody has this username.
        """
        with self._store.write() as transaction:
            self._change(transaction, username, active=active)
            if not active:
                _end_access(transaction, username)
            act = "person.activated" if active else "person.deactivated"
            transaction.event(SYSTEM, act, detail={"username": username})

    def _change(self, transaction: Transaction, username: str, **values: object) -> None:
        person_named(transaction.connection, username)
        check_person(transaction.connection, self._store.ring, username)
        transaction.change(tables.people, {"username": username}, **values)


def person_named(connection: Connection, username: str) -> Person:
    """Return a person within an open transaction.

    Raises:
        NotFound: nobody has this username.
    """
    row = connection.execute(sa.select(tables.people).where(tables.people.c.username == username)).one_or_none()
    if row is None:
        raise _no_such_user()
    return person_of_row(row)


def _no_such_user() -> NotFound:
    return NotFound(
        Text(en="There is no such user.", zh="没有该用户。"),
        remedy=Text(en="gatehouse user list shows who there is", zh="运行 gatehouse user list 查看全部用户"),
    )


def active_person_named(connection: Connection, username: str) -> Person:
    """Return a person who may act, within an open transaction.

    Raises:
        NotFound: nobody has this username.
        NotAllowed: the person was deactivated.
    """
    person = person_named(connection, username)
    if not person.active:
        raise NotAllowed(
            Text(en="This user has been deactivated.", zh="该用户已停用。"),
            context={"username": username},
            remedy=Text(en="gatehouse user activate lets them in again", zh="运行 gatehouse user activate 可重新启用"),
        )
    return person


def acting_person_named(connection: Connection, username: str) -> Person:
    """Return a person who may change something, within an open transaction.

    Raises:
        NotFound: nobody has this username.
        NotAllowed: the person was deactivated, or is an auditor.
    """
    person = active_person_named(connection, username)
    if not person.acts:
        raise NotAllowed(
            Text(en="An auditor reads everything and changes nothing.", zh="审计员可查看全部内容，但不得作任何更改。"),
            context={"username": username},
            remedy=Text(en="let somebody else do it", zh="请由其他人员办理"),
        )
    return person


def person_of_row(row: sa.Row[Any]) -> Person:
    """Read one row of the people."""
    return Person(
        username=row.username,
        name=row.name,
        department=row.department,
        roles=tuple(json.loads(row.roles)),
        language=row.language,
        active=row.active,
        service=bool(row.service),
    )


def revoke_token(transaction: Transaction, number: int, username: str, actor: str) -> None:
    """Revoke one API token of a person within an open transaction."""
    transaction.change(credential_tables.api_tokens, {"id": number}, revoked_at=transaction.now)
    transaction.event(actor, "token.revoked", detail={"token": str(number), "username": username})


def _end_access(transaction: Transaction, username: str) -> None:
    tokens = credential_tables.api_tokens
    chosen = sa.select(tokens.c.id).where(tokens.c.username == username, tokens.c.revoked_at.is_(None))
    for number in transaction.connection.execute(chosen.order_by(tokens.c.id)).scalars().all():
        revoke_token(transaction, number, username, SYSTEM)
    transaction.remove(credential_tables.sessions, credential_tables.sessions.c.username == username)
    end_codes(transaction, username)


def end_codes(transaction: Transaction, username: str) -> None:
    """Use up the codes that a person holds, within an open transaction: they were issued to who the person was."""
    codes = credential_tables.codes
    held = sa.select(codes.c.code_sha256, codes.c.case_ref).where(
        codes.c.username == username, codes.c.used_at.is_(None), codes.c.expires_at > transaction.now
    )
    for code in transaction.connection.execute(held.order_by(codes.c.code_sha256)).all():
        transaction.change(codes, {"code_sha256": code.code_sha256}, used_at=transaction.now)
        transaction.event(SYSTEM, "code.ended", code.case_ref, {"code": code.code_sha256, "username": username})
