"""Single-use codes that people vote with outside the desk."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from admission.errors import NotAllowed
from admission.model import Text
from admission.people import Person
from casebook import passwords
from casebook.database import tables
from casebook.database.store import SYSTEM, Store, Transaction
from casebook.people import active_person_named, person_named

CODE_LIFETIME = timedelta(days=7)


class Codes:
    """The single-use codes of all people."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def issue(self, username: str, case_ref: str, assessment: str) -> str:
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

    def redeem(self, code: str, case_ref: str) -> tuple[Person, str]:
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
