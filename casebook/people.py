"""The people who can sign in, their sessions, and the single-use codes they vote with."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from admission.errors import Conflict, NotAllowed, NotFound
from admission.model import Text, canonical_json
from admission.people import Person, checked_email
from casebook import passwords
from casebook.database import tables
from casebook.database.store import SYSTEM, Store, Transaction

TRIES = 5
TRIES_WITHIN = timedelta(minutes=5)
LOCKED_FOR = timedelta(minutes=5)
CODE_LIFETIME = timedelta(days=7)


class People:
    """People, sessions and codes."""

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
            BadInput: the password is too short or too long, or the address is none.
        """
        row = {
            **person.model_dump(exclude={"roles"}),
            "roles": canonical_json(list(person.roles)),
            "password": passwords.hashed(password),
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

    def set_email(self, username: str, email: str | None) -> None:
        """Set where a person's reminders are sent; None for nowhere.

        Raises:
            NotFound: nobody has this username.
            BadInput: it is no address.
        """
        address = None if email is None else checked_email(email)
        with self._store.write() as transaction:
            _change(transaction, username, email=address)
            # The address itself stays out of the history, where it could never be removed.
            transaction.event(SYSTEM, "person.email_set", detail={"username": username})

    def set_password(self, username: str, password: str) -> None:
        """Set a new password, end the person's sessions and revoke their API tokens.

        Raises:
            NotFound: nobody has this username.
            BadInput: the password is too short or too long.
        """
        stored = passwords.hashed(password)
        with self._store.write() as transaction:
            _change(transaction, username, password=stored)
            _end_access(transaction, username)
            transaction.event(SYSTEM, "person.password_set", detail={"username": username})

    def set_active(self, username: str, active: bool) -> None:
        """Let a person in, or shut them out at once.

        Raises:
            NotFound: nobody has this username.
        """
        with self._store.write() as transaction:
            _change(transaction, username, active=active)
            if not active:
                _end_access(transaction, username)
            act = "person.activated" if active else "person.deactivated"
            transaction.event(SYSTEM, act, detail={"username": username})

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

    def new_code(self, username: str, case_ref: str, assessment: str) -> str:
        """Return a single-use code that lets its bearer vote as this person on one assessment of one case, for 7 days.

        Raises:
            NotFound: no such person.
            NotAllowed: the person has been shut out.
        """
        code = passwords.new_code()
        with self._store.write() as transaction:
            active_person_named(transaction.connection, username)
            row = {
                "code_sha256": passwords.code_hash(code, case_ref),
                "username": username,
                "case_ref": case_ref,
                "assessment": assessment,
                "round": _round_of(transaction, case_ref),
                "expires_at": transaction.now + CODE_LIFETIME,
            }
            transaction.connection.execute(sa.insert(tables.codes).values(row))
            transaction.event(username, "code.issued", case_ref)
        return code

    def redeem_code(self, code: str, case_ref: str) -> tuple[Person, str]:
        """Use up a code and return who votes, and on which assessment (its sha256).

        Raises:
            NotAllowed: the code is unknown, used, over, of another case or round, or its person has been shut out.
        """
        codes = tables.codes
        with self._store.write() as transaction:
            used = (
                sa.update(codes)
                .where(
                    codes.c.code_sha256 == passwords.code_hash(code, case_ref),
                    codes.c.case_ref == case_ref,
                    codes.c.used_at.is_(None),
                    codes.c.expires_at > transaction.now,
                )
                .values(used_at=transaction.now)
                .returning(codes.c.username, codes.c.assessment, codes.c.round)
            )
            row = transaction.connection.execute(used).one_or_none()
            person = None if row is None else person_named(transaction.connection, row.username)
            this_round = row is not None and row.round in (None, _round_of(transaction, case_ref))
            if row is not None and person is not None and person.active and this_round:
                transaction.event(person.username, "code.redeemed", case_ref)
                return person, str(row.assessment)
            refused = _code_refusal(transaction, code, case_ref, row)
        if refused == "of an earlier round":
            raise NotAllowed(
                Text(en="This code is for an earlier round of this case.", zh="该一次性代码属于本申请单的较早轮次。"),
                context={"case": case_ref},
                remedy=Text(
                    en="open the case again, read what changed, and get a new code",
                    zh="请重新打开申请单，阅读变更内容后，获取新的代码",
                ),
            )
        raise NotAllowed(
            Text(en="This code is not valid for this case.", zh="该一次性代码对本申请单无效。"),
            context={"case": case_ref},
            remedy=Text(
                en="codes work once and for seven days; get a new one from the desk or with gatehouse code",
                zh="代码仅可使用一次，七天内有效；请在审批台或用 gatehouse code 获取新的代码",
            ),
        )


def _code_refusal(transaction: Transaction, code: str, case_ref: str, row: sa.Row[Any] | None) -> str:
    """Note that a code was refused, and return why; a case that is not there has no history.

    Args:
        transaction: the open one.
        code: as it was given.
        case_ref: the case it was given for.
        row: the code's row where it was good until now.
    """
    codes = tables.codes
    known = sa.select(codes).where(codes.c.code_sha256 == passwords.code_hash(code, case_ref))
    stored = transaction.connection.execute(known).one_or_none()
    if row is not None:
        reason = "of an earlier round" if _round_of(transaction, case_ref) != row.round else "its person was shut out"
    elif stored is None:
        reason = "unknown"
    else:
        reason = "used before" if stored.used_at is not None else "over"
    if _round_of(transaction, case_ref) is not None:
        actor = SYSTEM if stored is None else stored.username
        transaction.event(actor, "code.refused", case_ref, {"reason": reason})
    return reason


def _round_of(transaction: Transaction, case_ref: str) -> int | None:
    chosen = sa.select(tables.cases.c.round).where(tables.cases.c.reference == case_ref)
    return transaction.connection.execute(chosen).scalar_one_or_none()


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


def person_of_row(row: sa.Row[Any]) -> Person:
    """Read one row of the people."""
    return Person(
        username=row.username,
        name=row.name,
        department=row.department,
        roles=tuple(json.loads(row.roles)),
        language=row.language,
        active=row.active,
    )


def revoke_token(transaction: Transaction, number: int, username: str, actor: str) -> None:
    """Revoke one API token of a person within an open transaction."""
    transaction.change(tables.api_tokens, {"id": number}, revoked_at=transaction.now)
    transaction.event(actor, "token.revoked", detail={"token": str(number), "username": username})


def _change(transaction: Transaction, username: str, **values: object) -> None:
    if not transaction.change(tables.people, {"username": username}, **values):
        raise _no_such_user()


def _end_access(transaction: Transaction, username: str) -> None:
    tokens = tables.api_tokens
    chosen = sa.select(tokens.c.id).where(tokens.c.username == username, tokens.c.revoked_at.is_(None))
    for number in transaction.connection.execute(chosen.order_by(tokens.c.id)).scalars().all():
        revoke_token(transaction, number, username, SYSTEM)
    transaction.connection.execute(sa.delete(tables.sessions).where(tables.sessions.c.username == username))


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
