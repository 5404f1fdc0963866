"""Rounds of a case: opening the next one, in the transaction of what opens it; answering what voters asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from admission.application import Application
from admission.approval.questions import ANSWERED, GivenAnswer, answers_in, open_questions
from admission.approval.rounds import ROUNDS_A_DAY, RoundKind, RoundOpening, check_rounds_left
from admission.cases import CaseStatus
from admission.errors import BadInput, Conflict, GatehouseError, NotAllowed, NotFound, Problem
from admission.free_text import check_plain
from admission.lengths import characters_between
from admission.model import Text
from admission.separation import check_requester
from admission.transitions import DECISION_OPEN, CaseAct
from casebook.database import documents, tables
from casebook.database.case_rows import change_case, check_act, locked_case, status_after
from casebook.database.lookups import end_turns, write_name
from casebook.database.store import SYSTEM, Store, Transaction, event_of
from casebook.outbox import put_message, put_wake
from casebook.ownership import own_request
from casebook.people import acting_person_named
from casebook.voting import votes_in

SHOWN_REASON = 200
LONGEST_REASON = 4000
NO_ANSWER = Text(en="The answer cannot be taken.", zh="答复无法受理。")
_rounds, _votes = tables.rounds, tables.votes


def open_round_in(
    transaction: Transaction, row: sa.Row[Any], kind: RoundKind, reason: str, actor: str, *, most: int = ROUNDS_A_DAY
) -> RoundOpening:
    """Open the next round of a locked case: its steps are taken anew, earlier votes lapse, its run is woken.

    Args:
        transaction: the open one.
        row: of the case.
        kind: what sort of change opens it.
        reason: what changed.
        actor: username of who brought the change, or `system`.
        most: how many rounds of a case one person may open in a day; the system opens as many as it needs.

    Raises:
        Conflict: the case is decided.
        NotAllowed: the person has opened enough rounds of it.
        BadInput: no reason, one that is too long, or one with control characters.
    """
    reference = row.reference
    status = status_after(CaseAct.OPEN_ROUND, row)
    check_reason(reason)
    if actor != SYSTEM:
        check_rounds_left(openings_in(transaction.connection, reference), actor, transaction.now, most, case=reference)
    voters = votes_in(transaction.connection, reference, row.round)
    opening = RoundOpening(
        case=reference,
        round=row.round + 1,
        kind=kind,
        reason=reason,
        opened_by=actor,
        opened_at=transaction.now,
        lapsed=tuple(sorted({vote.voter for vote in voters})),
    )
    text, sha256 = documents.written(opening)
    kept = {"case_ref": reference, "round": opening.round, "document": text, "sha256": sha256}
    transaction.add(_rounds, kept)
    change_case(transaction, reference, status=status, round=opening.round)
    end_turns(transaction.connection, reference)
    put_wake(transaction, reference)
    detail = {"round": str(opening.round), "kind": kind, "reason": reason[:SHOWN_REASON], "sha256": sha256}
    transaction.event(actor, "round.opened", reference, {**detail, "lapsed": ", ".join(opening.lapsed)})
    return opening


def check_reason(reason: str) -> None:
    """Refuse a reason that is none.

    Raises:
        BadInput: it is empty, too long, or has control characters.
    """
    if not reason.strip() or len(reason) > LONGEST_REASON:
        problem = Problem("reason", reason[:40], characters_between(1, LONGEST_REASON))
        raise BadInput(
            Text(en="The next round cannot be opened without a reason.", zh="未说明理由，不能开启下一轮。"),
            problems=(problem,),
        )
    check_plain(Text(en="The next round cannot be opened.", zh="不能开启下一轮。"), {"reason": reason})


def put_answer(
    transaction: Transaction, row: sa.Row[Any], actor: str, text: str, notices: Sequence[Mapping[str, str]]
) -> GivenAnswer:
    """Write an answer into the history of a locked case, and what voters are told into the outbox.

    Raises:
        NotAllowed: no question waits for an answer.
        BadInput: an empty answer, or one that is too long.
    """
    reference, chosen = row.reference, sa.select(tables.history).where(tables.history.c.case_ref == row.reference)
    events = [event_of(found) for found in transaction.connection.execute(chosen.order_by(tables.history.c.seq))]
    asked = open_questions(events, row.round)
    if not asked:
        raise NotAllowed(
            Text(en="No question waits for an answer.", zh="没有待答复的提问。"), context={"case": reference}
        )
    if not text.strip() or len(text) > LONGEST_REASON:
        problem = Problem("answer", text[:40], characters_between(1, LONGEST_REASON))
        raise BadInput(NO_ANSWER, problems=(problem,))
    check_plain(NO_ANSWER, {"answer": text})
    for notice in notices:
        put_message(transaction, "notice", reference, notice)
    detail = {"round": str(row.round), "answer": text, "asked": ", ".join(asked), "notices": str(len(notices))}
    transaction.event(actor, ANSWERED, reference, detail)
    return GivenAnswer(round=row.round, text=text, by=actor, at=transaction.now, asked=asked)


@contextmanager
def refusals_noted(store: Store, act: str, reference: str, actor: str) -> Iterator[None]:
    """Write a refusal into the history of the case, in a transaction of its own."""
    try:
        yield
    except (NotAllowed, Conflict) as refusal:
        note_refusal(store, act, reference, actor, refusal)
        raise


def note_refusal(store: Store, act: str, reference: str, actor: str, refusal: GatehouseError) -> None:
    """Note what was refused, and why; a case that is not there has no history."""
    with store.write() as transaction:
        try:
            locked_case(transaction, reference)
        except NotFound:
            return
        transaction.event(actor, act, reference, {"reason": refusal.message.en[:SHOWN_REASON]})


class Rounds:
    """The rounds of all cases."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def open(
        self, reference: str, reason: str, actor: str, *, kind: RoundKind = "other", most: int = ROUNDS_A_DAY
    ) -> RoundOpening:
        """Open the next round.

        Args:
            reference: of the case.
            reason: what changed; the voters of the earlier round read it.
            actor: who brought the change, or `system`.
            kind: what sort of change it is.
            most: how many rounds of a case one person may open in a day.

        Raises:
            Conflict: the case is decided.
            NotAllowed: the person has opened enough rounds of it.
            NotFound: no such case.
        """
        with refusals_noted(self._store, "round.refused", reference, actor), self._store.write() as transaction:
            return open_round_in(transaction, locked_case(transaction, reference), kind, reason, actor, most=most)

    def of(self, reference: str) -> list[RoundOpening]:
        """Return why each round after the first was opened, in order."""
        with self._store.read() as connection:
            return openings_in(connection, reference)

    def lapsed_for(self, username: str) -> list[RoundOpening]:
        """Return the newest openings by which votes of this person lapsed, in cases that are open and wait for it.

        A case drops out when the person has voted again, or the case is decided.
        """
        cases = tables.cases
        voted = sa.select(_votes.c.case_ref).where(_votes.c.voter == username)
        chosen = (
            sa.select(_rounds)
            .join(cases, cases.c.reference == _rounds.c.case_ref)
            .where(cases.c.status.in_(DECISION_OPEN), cases.c.reference.in_(voted))
            .order_by(_rounds.c.case_ref, _rounds.c.round)
        )
        again = sa.select(_votes.c.case_ref).join(
            cases, sa.and_(cases.c.reference == _votes.c.case_ref, cases.c.round == _votes.c.round)
        )
        with self._store.read() as connection:
            done = set(connection.execute(again.where(_votes.c.voter == username)).scalars())
            newest: dict[str, RoundOpening] = {}
            for row in connection.execute(chosen):
                opening = _opening_of(row)
                if username in opening.lapsed:
                    newest[opening.case] = opening
        return [opening for case, opening in newest.items() if case not in done]

    def answer(
        self, reference: str, username: str, text: str, notices: Sequence[Mapping[str, str]] = ()
    ) -> GivenAnswer:
        """Answer what voters asked. The answer changes no fact: the round goes on, and the votes stay.

        Args:
            reference: of the case.
            username: who answers.
            text: the answer.
            notices: what voters are told, one message each.

        Raises:
            NotAllowed: another person asked for the customer, or nobody asked a question.
            Conflict: the case is decided.
            BadInput: an empty answer, or one that is too long.
        """
        act = "answer.refused"
        with refusals_noted(self._store, act, reference, username), self._store.write() as transaction:
            row = locked_case(transaction, reference)
            acting_person_named(transaction.connection, username)
            check_requester(username, row.requester, case=reference)
            check_act(CaseAct.OPEN_ROUND, row)
            return put_answer(transaction, row, username, text, notices)

    def answered_for(self, username: str) -> list[tuple[str, GivenAnswer]]:
        """Return the newest answer, by case, that was given after this person's last vote or question in the round.

        A case drops out when the person has voted since, or the case has gone on.
        """
        cases, history = tables.cases, tables.history
        voted_on = sa.select(_votes.c.case_ref).where(_votes.c.voter == username)
        chosen = (
            sa.select(history, cases.c.round.label("now"))
            .join(cases, cases.c.reference == history.c.case_ref)
            .where(cases.c.status == CaseStatus.VOTING, cases.c.reference.in_(voted_on))
            .where(
                sa.or_(history.c.act == ANSWERED, sa.and_(history.c.act == "vote.cast", history.c.actor == username))
            )
            .order_by(history.c.seq)
        )
        voted: set[str] = set()
        newest: dict[str, GivenAnswer] = {}
        with self._store.read() as connection:
            for row in connection.execute(chosen):
                event = event_of(row)
                if event.detail.get("round") != str(row.now):
                    continue
                if event.act == "vote.cast":
                    voted.add(row.case_ref)
                    newest.pop(row.case_ref, None)
                elif row.case_ref in voted:
                    (newest[row.case_ref],) = answers_in([event])
        return list(newest.items())

    def edit(
        self, reference: str, username: str, application: Application, reason: str, *, most: int = ROUNDS_A_DAY
    ) -> RoundOpening:
        """Put an edited application in the place of the one before; it opens the next round.

        Whoever edits a request that nobody has taken makes it theirs, and so votes on it no more than its requester.

        Args:
            reference: of the case.
            username: who edits; `services.rounds.edit` checks the mandate for a request that nobody has taken.
            application: the edited one.
            reason: what changed.
            most: how many rounds of a case one person may open in a day.

        Raises:
            NotAllowed: another person asked for the customer, the application is another company's, or the person has
                had another part in the case.
            Conflict: the case is decided, or nothing was changed.
        """
        text, sha256 = documents.written(application)
        act = "edit.refused"
        with refusals_noted(self._store, act, reference, username), self._store.write() as transaction:
            row = locked_case(transaction, reference)
            acting_person_named(transaction.connection, username)
            check_requester(username, row.requester, case=reference)
            if application.subject.company_key != row.company_key:
                raise NotAllowed(
                    Text(en="The edited application is another company's.", zh="修改后的申请属于另一家企业。"),
                    context={"case": reference},
                    remedy=Text(en="open a case of its own for another company", zh="另一家企业请另行提交申请"),
                )
            if sha256 == row.application_sha256:
                raise Conflict(
                    Text(
                        en="The edited application says what the case has already.", zh="修改后的申请与现有申请相同。"
                    ),
                    context={"case": reference},
                )
            if row.requester is None:
                own_request(transaction, row, username)
            opening = open_round_in(transaction, row, "edit", reason, username, most=most)
            submitted = row.submitted_sha256 or row.application_sha256
            change_case(transaction, reference, application=text, application_sha256=sha256, submitted_sha256=submitted)
            write_name(transaction.connection, reference, text)
            detail = {"from": row.application_sha256, "to": sha256}
            transaction.event(username, "application.edited", reference, detail)
            return opening


def openings_in(connection: Connection, reference: str) -> list[RoundOpening]:
    """Return why each round of a case after the first was opened, in order, within an open transaction."""
    chosen = sa.select(_rounds).where(_rounds.c.case_ref == reference).order_by(_rounds.c.round)
    return [_opening_of(row) for row in connection.execute(chosen)]


def _opening_of(row: sa.Row[Any]) -> RoundOpening:
    return documents.read(RoundOpening, row.document, row.sha256, row.case_ref)
