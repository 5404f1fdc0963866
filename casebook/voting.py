"""Voting: a ballot is judged, written and, where it settles the case, turned into the decision in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from admission.approval.stages import Stage
from admission.approval.votes import (
    Ballot,
    Choice,
    Decided,
    Poll,
    Standing,
    Vote,
    check_ballot,
    outdated_vote,
    standing,
)
from admission.assessment.record import Assessment
from admission.cases import Case, CaseKind, CaseStatus, Decision, Outcome
from admission.errors import Conflict, GatehouseError, NotAllowed
from admission.model import Text
from admission.people import Person
from admission.separation import Duty, check_independent
from admission.transitions import READ_AGAIN, UNOWNED, VOTING_NOT_OPEN, CaseAct
from casebook.credentials import Credential, check_credential
from casebook.database import documents, tables
from casebook.database.case_rows import (
    case_of,
    cases_with_decision,
    change_case,
    check_act,
    locked_case,
    status_after,
    write_decision,
)
from casebook.database.lookup_tables import seats
from casebook.database.lookups import end_turns, write_seats
from casebook.database.store import SYSTEM, Store, Transaction, batches
from casebook.outbox import put_head_due, put_wake
from casebook.people import person_named

Channel = Literal["desk", "cli", "api", "resume_form"]
_cases, _polls, _votes = tables.cases, tables.polls, tables.votes

OUTCOMES: dict[tuple[CaseKind, str], Outcome] = {
    (CaseKind.ONBOARDING, "approved"): "admitted",
    (CaseKind.ONBOARDING, "declined"): "declined",
    (CaseKind.REVIEW, "approved"): "kept",
    (CaseKind.REVIEW, "declined"): "ended",
    # A refused change leaves the customer as it was.
    (CaseKind.LIMIT_CHANGE, "approved"): "kept",
    (CaseKind.LIMIT_CHANGE, "declined"): "declined",
}


class Voting:
    """Polls and votes."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def open_poll(self, poll: Poll) -> None:
        """Open voting on a round; the same round again changes nothing. A later round becomes the case's current one.

        Raises:
            NotFound: no such case.
            Conflict: the case is decided, its round is past or votes on another assessment, or nobody has taken the
                request as theirs.
        """
        text, sha256 = documents.written(poll)
        with self._store.write() as transaction:
            row = locked_case(transaction, poll.case)
            before = poll_in(transaction.connection, poll.case, poll.round)
            if before is not None and before.assessment == poll.assessment:
                return
            if before is not None:
                said = Text(
                    en="Voting on this round has opened on another assessment.", zh="本轮审批已针对另一份评估开始。"
                )
                raise Conflict(said, context={"case": poll.case}, remedy=READ_AGAIN)
            status = status_after(CaseAct.OPEN_VOTING, row)
            _check_opening(row, poll)
            kept = {
                "case_ref": poll.case,
                "round": poll.round,
                "assessment": poll.assessment,
                "document": text,
                "sha256": sha256,
                "opened_at": poll.opened_at,
            }
            transaction.add(_polls, kept)
            change_case(transaction, poll.case, status=status, round=poll.round)
            end_turns(transaction.connection, poll.case)
            write_seats(transaction.connection, poll, ())
            detail = {"round": str(poll.round), "assessment": poll.assessment, "electorate": str(len(poll.electorate))}
            transaction.event(SYSTEM, "voting.opened", poll.case, detail)

    def poll(self, reference: str, round_number: int) -> Poll | None:
        """Return the poll of a round; None where voting has not opened."""
        with self._store.read() as connection:
            return poll_in(connection, reference, round_number)

    def votes(self, reference: str, round_number: int) -> list[Vote]:
        """Return the votes of a round, in the order they were cast."""
        with self._store.read() as connection:
            return votes_in(connection, reference, round_number)

    def votes_of_all_rounds(self, reference: str) -> list[Vote]:
        """Return the votes of a case, in the order they were cast."""
        chosen = sa.select(_votes).where(_votes.c.case_ref == reference).order_by(_votes.c.id)
        with self._store.read() as connection:
            return [_vote_of(row) for row in connection.execute(chosen)]

    def cast(
        self,
        reference: str,
        voter: Person,
        assessment: str,
        ballot: Ballot,
        *,
        channel: Channel,
        credential: Credential,
    ) -> Standing:
        """Cast a ballot and return where the poll stands then; a refused ballot is noted in the history.

        Args:
            reference: of the case.
            voter: who votes, signed in.
            assessment: sha256 of the assessment that the voter read.
            ballot: what the voter says.
            channel: where the vote was cast.
            credential: what the voter acts with; the vote names it, and it must be as a signed event brought it.

        Raises:
            NotAllowed: the vote does not count; the message says why.
            NotFound: no such case or person.
        """
        try:
            with self._store.write() as transaction:
                judged = judge_ballot(transaction, reference, voter.username, assessment, ballot)
                by = check_credential(
                    transaction.connection, self._store.ring, credential, voter.username, transaction.now
                )
                return record_vote(transaction, judged, ballot, channel, by)
        except NotAllowed as refusal:
            with self._store.write() as transaction:
                note_refused_vote(transaction, reference, voter.username, assessment, channel, refusal)
            raise

    def inbox(self, person: Person, oldest: int | None = None) -> list[tuple[Case, Stage]]:
        """Return the cases on which this person could vote now, with the stage that is voting, oldest first.

        Args:
            person: who would vote.
            oldest: at most so many; all if not given.
        """
        if not person.acts:
            return []
        chosen = _turns_of(person, cases_with_decision()).order_by(_cases.c.opened_at, _cases.c.reference)
        with self._store.read() as connection:
            cases = [case_of(row) for row in connection.execute(chosen.limit(oldest))]
            # Where each vote stands is judged by the documents; the lookup only tells which of them to read.
            stages = _stages_for(connection, cases, person)
        return [(case, stages[case.reference]) for case in cases if case.reference in stages]

    def turns(self, person: Person) -> int:
        """Return on how many cases this person could vote now."""
        if not person.acts:
            return 0
        with self._store.read() as connection:
            counted = _turns_of(person, sa.select(sa.func.count()).select_from(_cases))
            return int(connection.execute(counted).scalar_one())


class Judged(NamedTuple):
    """A ballot that counts: in which stage of which poll, after which votes.

    Attributes:
        row: of the case, locked.
        voter: as they were when the electorate was frozen.
    """

    row: sa.Row[Any]
    poll: Poll
    votes: list[Vote]
    voter: Person
    stage: Stage


def judge_ballot(transaction: Transaction, reference: str, username: str, assessment: str, ballot: Ballot) -> Judged:
    """Judge a ballot within an open transaction, without casting it.

    Raises:
        NotAllowed: it does not count; the message says why.
        NotFound: no such case or person.
        GatehouseError: the poll stored with the case is another case's.
    """
    connection = transaction.connection
    row = locked_case(transaction, reference)
    poll = poll_in(connection, reference, row.round)
    if poll is None and _was_voted_on(connection, reference, assessment):
        raise outdated_vote(reference)
    if poll is None:
        raise NotAllowed(VOTING_NOT_OPEN, context={"case": reference})
    if (poll.case, poll.round) != (reference, row.round):
        raise GatehouseError(
            Text(en="The vote stored with this case is another one's.", zh="本申请单所存的审批属于另一申请单。"),
            context={"case": reference},
            remedy=documents.CHANGED_FROM_OUTSIDE,
        )
    check_act(CaseAct.VOTE, row)
    # As the case stands now: a review may have become somebody's request since its vote opened.
    check_independent(Duty.VOTE, username, row.requester, case=reference)
    votes = votes_in(connection, reference, row.round)
    seated = _as_seated(poll, person_named(connection, username))
    return Judged(row, poll, votes, seated, check_ballot(poll, votes, seated, assessment, ballot))


def record_vote(
    transaction: Transaction, judged: Judged, ballot: Ballot, channel: Channel, credential: str
) -> Standing:
    """Write a vote that was judged, and the decision where it settles the case; return where the poll stands then.

    Args:
        transaction: the one it was judged in.
        judged: what it was judged to be.
        ballot: what it says.
        channel: where it was cast.
        credential: what it was cast with, by its name in the history.
    """
    poll, votes, reference = judged.poll, judged.votes, judged.poll.case
    vote = Vote(
        voter=judged.voter.username,
        department=judged.voter.department,
        stage=judged.stage.name,
        round=poll.round,
        assessment=poll.assessment,
        ballot=ballot,
        # Never before the vote that was cast before it, whatever the clocks of two machines say.
        cast_at=max([transaction.now, *(earlier.cast_at for earlier in votes)]),
        channel=channel,
    )
    _insert_vote(transaction, reference, vote, credential)
    write_seats(transaction.connection, poll, [*votes, vote])
    now = standing(poll, [*votes, vote])
    if now.decided is not None:
        made = _decision(transaction.connection, CaseKind(judged.row.kind), poll, now.decided, vote.cast_at)
        write_decision(transaction, judged.row, made, vote.voter)
        put_wake(transaction, reference)
        put_head_due(transaction)
    return now


def note_refused_vote(
    transaction: Transaction, reference: str, username: str, assessment: str, channel: Channel, refusal: NotAllowed
) -> None:
    """Note in the history that a vote was refused, and why."""
    detail = {"reason": refusal.message.en, "channel": channel, "assessment": assessment[:64]}
    transaction.event(username, "vote.refused", reference, detail)


def _was_voted_on(connection: Connection, reference: str, assessment: str) -> bool:
    """True where an earlier round of the case voted on this assessment."""
    chosen = sa.select(_polls.c.round).where(_polls.c.case_ref == reference, _polls.c.assessment == assessment)
    return connection.execute(chosen).first() is not None


def _as_seated(poll: Poll, person: Person) -> Person:
    """Return the person as they were when the electorate was frozen, but shut out if they may act no more.

    Whoever was deactivated or became an auditor since changes nothing, whatever seat they had.
    """
    frozen = [seat for seat in poll.electorate if seat.username == person.username]
    return frozen[0].model_copy(update={"active": person.acts}) if frozen else person


def _insert_vote(transaction: Transaction, reference: str, vote: Vote, credential: str) -> None:
    text, sha256 = documents.written(vote)
    row = {
        "case_ref": reference,
        "round": vote.round,
        "assessment": vote.assessment,
        "voter": vote.voter,
        "choice": vote.ballot.choice,
        "document": text,
        "sha256": sha256,
        "cast_at": vote.cast_at,
    }
    transaction.add(_votes, row)
    detail = {"round": str(vote.round), "stage": vote.stage, "choice": vote.ballot.choice.value, "vote": sha256}
    transaction.event(vote.voter, "vote.cast", reference, {**detail, "channel": vote.channel, "by": credential})


def _decision(connection: Connection, kind: CaseKind, poll: Poll, decided: Decided, at: datetime) -> Decision:
    approved = decided.outcome == "approved"
    table = tables.assessments
    chosen = sa.select(table).where(
        table.c.case_ref == poll.case, table.c.round == poll.round, table.c.sha256 == poll.assessment
    )
    row = connection.execute(chosen).one()
    assessment = documents.read(Assessment, row.document, row.sha256, poll.case)
    return Decision(
        outcome=OUTCOMES[kind, decided.outcome],
        decided_by="people",
        assessment=poll.assessment,
        limit=decided.limit,
        currency=poll.currency,
        terms_days=assessment.terms.days if approved else None,
        reason=decided.reason,
        decided_at=at,
    )


def _check_opening(row: sa.Row[Any], poll: Poll) -> None:
    context = {"case": poll.case}
    if poll.round < row.round:
        said = Text(
            en=f"Round {poll.round} of this case is past; it is in round {row.round}.",
            zh=f"该申请单的第 {poll.round} 轮已结束，现为第 {row.round} 轮。",
        )
        raise Conflict(said, context=context, remedy=READ_AGAIN)
    if row.requester is None and row.kind != CaseKind.REVIEW:
        raise Conflict(UNOWNED.message, context=context, remedy=UNOWNED.remedy)
    if poll.requester != row.requester:
        said = Text(en="The poll names another requester than the case.", zh="审批所列发起人与申请单不符。")
        raise Conflict(said, context=context, remedy=READ_AGAIN)


def poll_in(connection: Connection, reference: str, round_number: int) -> Poll | None:
    """Return the poll of a round within an open transaction; None where voting has not opened."""
    chosen = sa.select(_polls).where(_polls.c.case_ref == reference, _polls.c.round == round_number)
    row = connection.execute(chosen).one_or_none()
    return None if row is None else documents.read(Poll, row.document, row.sha256, reference)


def votes_in(connection: Connection, reference: str, round_number: int) -> list[Vote]:
    """Return the votes of a round within an open transaction, in the order they were cast."""
    of_round = sa.and_(_votes.c.case_ref == reference, _votes.c.round == round_number)
    return [_vote_of(row) for row in connection.execute(sa.select(_votes).where(of_round).order_by(_votes.c.id))]


def _vote_of(row: sa.Row[Any]) -> Vote:
    return documents.read(Vote, row.document, row.sha256, row.case_ref)


def _stage_for(poll: Poll, votes: Sequence[Vote], person: Person) -> Stage | None:
    try:
        return check_ballot(poll, votes, _as_seated(poll, person), poll.assessment, Ballot(choice=Choice.APPROVE))
    except NotAllowed:
        return None


def _turns_of(person: Person, chosen: sa.Select[Any]) -> sa.Select[Any]:
    """Narrow a selection of cases to those on which a person could vote now."""
    its_round = sa.and_(seats.c.case_ref == _cases.c.reference, seats.c.round == _cases.c.round)
    # As the index says it, which knows no parameters.
    may_vote = sa.text("seats.stage <> ''")
    return chosen.join(seats, its_round).where(
        seats.c.username == person.username, may_vote, _cases.c.status == CaseStatus.VOTING
    )


def _stages_for(connection: Connection, cases: Sequence[Case], person: Person) -> dict[str, Stage]:
    """Return the stage in which a person could vote now, by the case."""
    stages: dict[str, Stage] = {}
    for some in batches(cases):
        rounds = [(case.reference, case.round) for case in some]
        cast = sa.select(_votes).where(sa.tuple_(_votes.c.case_ref, _votes.c.round).in_(rounds)).order_by(_votes.c.id)
        votes: dict[str, list[Vote]] = {}
        for row in connection.execute(cast):
            votes.setdefault(row.case_ref, []).append(_vote_of(row))
        polls = sa.select(_polls).where(sa.tuple_(_polls.c.case_ref, _polls.c.round).in_(rounds))
        for row in connection.execute(polls):
            poll = documents.read(Poll, row.document, row.sha256, row.case_ref)
            stage = _stage_for(poll, votes.get(row.case_ref, []), person)
            if stage is not None:
                stages[row.case_ref] = stage
    return stages
