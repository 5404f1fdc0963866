"""Single-use codes that people vote with outside the desk. A code carries the ballot: it casts that one vote, or none.

Whoever reads a code on its way can therefore do nothing with it that its owner has not chosen.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa

from admission.approval.votes import Ballot, Standing
from admission.errors import NotAllowed
from admission.model import Text
from casebook import passwords
from casebook.code_tries import count_wrong, refuse_while_paused
from casebook.credentials import Credential, check_credential
from casebook.database import chain, credential_tables, documents, tables
from casebook.database.store import SYSTEM, Store, Transaction
from casebook.people import active_person_named, person_named
from casebook.voting import judge_ballot, note_refused_vote, record_vote

CODE_LIFETIME = timedelta(days=7)
_codes = credential_tables.codes

_GET_ANOTHER = Text(
    en="codes work once and for seven days; get a new one from the desk or with gatehouse code",
    zh="代码仅可使用一次，七天内有效；请在审批台或用 gatehouse code 获取新的代码",
)
# Why a code is refused: for the history, and for who gave it.
_NOT_VALID = Text(en="This code is not valid for this case.", zh="该一次性代码对本申请单无效。")
_EARLIER = Text(en="This code is for an earlier round of this case.", zh="该一次性代码属于本申请单的较早轮次。")
_WITHOUT_A_VOTE = Text(
    en="This code was issued before codes carried a vote, and cannot be used.",
    zh="该一次性代码签发时尚未包含审批意见，不能使用。",
)
_READ_AGAIN = Text(
    en="open the case again, read what changed, and get a new code", zh="请重新打开申请单，阅读变更内容后，获取新的代码"
)


class _Refused(NamedTuple):
    """Why a code is refused: a word for the history, and a sentence for who gave it."""

    reason: str
    message: Text = _NOT_VALID
    remedy: Text = _GET_ANOTHER


class Codes:
    """The single-use codes of all people."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def issue(self, username: str, case_ref: str, assessment: str, ballot: Ballot, credential: Credential) -> str:
        """Return a single-use code that casts this ballot of this person on one assessment of one case, for 7 days.

        The ballot is judged now by the rules of the vote, and once more when the code is used.

        Args:
            username: who votes with it.
            case_ref: the case.
            assessment: sha256 of the assessment that the person read.
            ballot: what the code says: choice, comment, limit, conditions, accepted unknowns.
            credential: what the person acts with.

        Raises:
            NotFound: no such person or case.
            NotAllowed: the ballot would not count now, or the person has been shut out or is not signed in.
        """
        try:
            with self._store.write() as transaction:
                return _issue(transaction, self._store, username, case_ref, assessment, ballot, credential)
        except NotAllowed as refusal:
            with self._store.write() as transaction:
                note_refused_vote(transaction, case_ref, username, assessment, "resume_form", refusal)
            raise

    def cast(self, code: str, case_ref: str) -> Standing:
        """Use up a code and cast the vote it carries, in one transaction; return where the poll stands then.

        A code whose vote does not count any more is used up too.

        Raises:
            NotAllowed: the code is unknown, used, over, of another case or round, or its person has been shut out; or
                its vote does not count; or too many wrong codes were given, and it must be tried again in a minute.
        """
        with self._store.write() as transaction:
            row = _find(transaction, code, case_ref)
            refuse_while_paused(transaction, _target(transaction, row, code, case_ref), case_ref)
            refused = _refusal(transaction, row)
            if refused is not None:
                _note_refused(transaction, row, code, case_ref, refused)
        if refused is not None:
            raise NotAllowed(refused.message, context={"case": case_ref}, remedy=refused.remedy)
        assert row is not None  # noqa: S101 - an unknown code was refused
        ballot = documents.read(Ballot, row.ballot, row.sha256, case_ref)
        try:
            with self._store.write() as transaction:
                return _use(transaction, self._store, row, ballot)
        except NotAllowed as refusal:
            with self._store.write() as transaction:
                _end_refused(transaction, row, "its vote does not count")
                note_refused_vote(transaction, case_ref, row.username, row.assessment, "resume_form", refusal)
            raise


def _end_refused(transaction: Transaction, row: sa.Row[Any], reason: str) -> None:
    """Use up a code that was right but does not count, unless another run has used it this very moment."""
    unused = {"code_sha256": row.code_sha256, "used_at": None}
    if transaction.change(_codes, unused, used_at=transaction.now):
        detail = {"reason": reason, "code": row.code_sha256}
        transaction.event(row.username, "code.refused", row.case_ref, detail)


def _issue(
    transaction: Transaction,
    store: Store,
    username: str,
    case_ref: str,
    assessment: str,
    ballot: Ballot,
    credential: Credential,
) -> str:
    active_person_named(transaction.connection, username)
    judged = judge_ballot(transaction, case_ref, username, assessment, ballot)
    by = check_credential(transaction.connection, store.ring, credential, username, transaction.now)
    code, until = passwords.new_code(), transaction.now + CODE_LIFETIME
    sealed = passwords.code_hash(code, case_ref)
    text, sha256 = documents.written(ballot)
    row = {
        "code_sha256": sealed,
        "selector": passwords.code_selector(code),
        "username": username,
        "case_ref": case_ref,
        "assessment": assessment,
        "round": judged.poll.round,
        "ballot": text,
        "sha256": sha256,
        "expires_at": until,
    }
    transaction.add(_codes, row)
    detail = {"code": sealed, "ballot": sha256, "until": chain.written_time(until), "by": by}
    transaction.event(username, "code.issued", case_ref, detail)
    return code


def _use(transaction: Transaction, store: Store, row: sa.Row[Any], ballot: Ballot) -> Standing:
    judged = judge_ballot(transaction, row.case_ref, row.username, row.assessment, ballot)
    good = Credential("code", row.code_sha256)
    by = check_credential(transaction.connection, store.ring, good, row.username, transaction.now)
    transaction.change(_codes, {"code_sha256": row.code_sha256}, used_at=transaction.now)
    transaction.event(row.username, "code.redeemed", row.case_ref, {"code": row.code_sha256})
    return record_vote(transaction, judged, ballot, "resume_form", by)


def _find(transaction: Transaction, code: str, case_ref: str) -> sa.Row[Any] | None:
    known = sa.select(_codes).where(
        _codes.c.code_sha256 == passwords.code_hash(code, case_ref), _codes.c.case_ref == case_ref
    )
    return transaction.connection.execute(known).one_or_none()


def _target(transaction: Transaction, row: sa.Row[Any] | None, code: str, case_ref: str) -> str:
    """Return what is tried: the code whose first letters these are, else the case.

    Who guesses does not know the first letters of anybody's code, so the pauses that guessing earns do not keep a
    voter with a right code waiting.
    """
    if row is not None:
        return f"code {row.code_sha256}"
    alike = sa.select(_codes.c.code_sha256).where(
        _codes.c.case_ref == case_ref, _codes.c.selector == passwords.code_selector(code), _codes.c.used_at.is_(None)
    )
    found = transaction.connection.execute(alike.order_by(_codes.c.expires_at).limit(1)).scalar_one_or_none()
    return f"case {case_ref[:40]}" if found is None else f"code {found}"


def _refusal(transaction: Transaction, row: sa.Row[Any] | None) -> _Refused | None:
    """Return why a code is refused; None where it may be used."""
    if row is None:
        return _Refused("unknown")
    if row.used_at is not None or row.expires_at <= transaction.now:
        return _Refused("over" if row.used_at is None else "used before")
    if row.ballot is None:
        return _Refused("without a vote", _WITHOUT_A_VOTE)
    if row.round != _round_of(transaction, row.case_ref):
        return _Refused("of an earlier round", _EARLIER, _READ_AGAIN)
    active = person_named(transaction.connection, row.username).active
    return None if active else _Refused("its person was shut out")


def _note_refused(
    transaction: Transaction, row: sa.Row[Any] | None, code: str, case_ref: str, refused: _Refused
) -> None:
    """Count a wrong try, and note it summed up; a case that is not there has no history."""
    if _round_of(transaction, case_ref) is None:
        return
    if row is not None and row.used_at is None:
        transaction.change(_codes, {"code_sha256": row.code_sha256}, used_at=transaction.now)
    target = _target(transaction, row, code, case_ref)
    summed = count_wrong(transaction, target)
    if summed is not None:
        actor = None if row is None else row.username
        known = {} if row is None else {"code": row.code_sha256}
        transaction.event(actor or SYSTEM, "code.refused", case_ref, {"reason": refused.reason, **known, **summed})


def _round_of(transaction: Transaction, case_ref: str) -> int | None:
    chosen = sa.select(tables.cases.c.round).where(tables.cases.c.reference == case_ref)
    return transaction.connection.execute(chosen).scalar_one_or_none()
