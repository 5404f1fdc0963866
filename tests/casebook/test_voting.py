from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from admission.approval.seats import Requirement
from admission.approval.votes import Ballot, Choice, Standing
from admission.cases import CaseKind, CaseStatus
from admission.errors import Conflict, GatehouseError, NotAllowed, NotFound
from casebook import Casebook
from casebook.database.store import Store
from tests.casebook.build import CREDIT, HandClock, application, desk_stage, latest_poll, opened, signed_in, voting_on

APPROVE = Ballot(choice=Choice.APPROVE)
DECLINE = Ballot(choice=Choice.DECLINE, comment="too young")
RunSql = Callable[[str], list[Any]]


def cast(casebook: Casebook, reference: str, username: str, ballot: Ballot = APPROVE) -> Standing:
    poll = latest_poll(casebook, reference)
    assert poll is not None
    person = casebook.people.get(username)
    return casebook.voting.cast(
        reference, person, poll.assessment, ballot, channel="desk", credential=signed_in(casebook, person.username)
    )


def inbox(casebook: Casebook, username: str) -> list[str]:
    return [case.reference for case, _ in casebook.voting.inbox(casebook.people.get(username))]


def test_a_poll_opens_once_a_round(casebook: Casebook) -> None:
    case = opened(casebook)
    assert casebook.voting.poll(case.reference, 1) is None
    poll = voting_on(casebook, case)
    voting_on(casebook, case)
    assert casebook.voting.poll(case.reference, 1) == poll
    assert casebook.cases.get(case.reference).status is CaseStatus.VOTING
    assert casebook.cases.waiting() == 1
    assert [event.act for event in casebook.history.of(case.reference)].count("voting.opened") == 1


def test_no_vote_opens_on_a_request_that_is_nobodys(casebook: Casebook) -> None:
    case = opened(casebook, requester=None)
    with pytest.raises(Conflict, match="as theirs"):
        voting_on(casebook, case)
    casebook.cases.take(case.reference, "ana")
    with pytest.raises(Conflict, match="another requester"):
        voting_on(casebook, case)


def test_a_review_that_nobody_asked_for_is_voted_on(casebook: Casebook) -> None:
    case, _ = casebook.cases.open(application(), kind=CaseKind.REVIEW, requester=None, channel="schedule")
    voting_on(casebook, case, stage=desk_stage(CREDIT))
    assert cast(casebook, case.reference, "bo", DECLINE).decided is not None
    decision = casebook.cases.get(case.reference).decision
    assert decision is not None
    assert (decision.outcome, decision.limit, decision.terms_days) == ("ended", None, None)


def test_the_last_vote_needed_decides_in_the_same_transaction(casebook: Casebook, clock: HandClock) -> None:
    case = opened(casebook)
    poll = voting_on(casebook, case, days=45)
    first = cast(casebook, case.reference, "bo", Ballot(choice=Choice.APPROVE, limit=Decimal("2500.50")))
    assert first.decided is None
    assert casebook.cases.get(case.reference).decision is None
    assert casebook.outbox.pending() == 0
    clock.forward(timedelta(minutes=3))
    last = cast(casebook, case.reference, "cy")
    assert last.decided is not None
    decided = casebook.cases.get(case.reference)
    assert decided.status is CaseStatus.DECIDED
    decision = decided.decision
    assert decision is not None
    assert (decision.outcome, decision.decided_by, decision.assessment) == ("admitted", "people", poll.assessment)
    assert (decision.limit, decision.currency, decision.terms_days) == (Decimal("2500.50"), "GBP", 45)
    assert decision.decided_at == clock.now
    assert [(message.kind, message.case) for message in casebook.outbox.claim()] == [("wake", case.reference)]
    acts = [(event.actor, event.act) for event in casebook.history.of(case.reference)][-3:]
    assert acts == [("bo", "vote.cast"), ("cy", "vote.cast"), ("cy", "case.decided")]


@pytest.mark.parametrize(
    ("kind", "ballot", "outcome"),
    [
        (CaseKind.ONBOARDING, DECLINE, "declined"),
        (CaseKind.REVIEW, APPROVE, "kept"),
        (CaseKind.LIMIT_CHANGE, APPROVE, "kept"),
        (CaseKind.LIMIT_CHANGE, DECLINE, "declined"),
    ],
)
def test_the_outcome_follows_from_the_kind_of_case(
    casebook: Casebook, kind: CaseKind, ballot: Ballot, outcome: str
) -> None:
    case, _ = casebook.cases.open(application(), kind=kind, requester="ana", channel="desk")
    voting_on(casebook, case, stage=desk_stage(CREDIT))
    cast(casebook, case.reference, "bo", ballot)
    decision = casebook.cases.get(case.reference).decision
    assert decision is not None
    assert decision.outcome == outcome


def test_votes_come_back_in_order(casebook: Casebook) -> None:
    case = opened(casebook)
    voting_on(casebook, case)
    question = Ballot(choice=Choice.ASK, comment="who owns it?")
    for username, ballot in (("cy", question), ("bo", APPROVE), ("cy", APPROVE)):
        cast(casebook, case.reference, username, ballot)
    votes = casebook.voting.votes(case.reference, 1)
    assert [(vote.voter, vote.ballot) for vote in votes] == [("cy", question), ("bo", APPROVE), ("cy", APPROVE)]
    assert votes == casebook.voting.votes_of_all_rounds(case.reference)
    assert (votes[0].department, votes[0].stage, votes[0].channel) == ("finance", "desk", "desk")


def test_a_clock_that_runs_back_does_not_reorder_votes(casebook: Casebook, clock: HandClock) -> None:
    case = opened(casebook)
    voting_on(casebook, case)
    cast(casebook, case.reference, "bo", Ballot(choice=Choice.ASK, comment="why?"))
    clock.forward(timedelta(hours=-1))
    cast(casebook, case.reference, "bo")
    assert cast(casebook, case.reference, "cy").decided is not None


@pytest.mark.parametrize(
    ("username", "assessment", "reason"),
    [
        ("ana", None, "You asked for this customer"),
        ("max", None, "no seat"),
        ("bo", "00" * 32, "no longer the current one"),
    ],
)
def test_a_refused_ballot_is_noted(casebook: Casebook, username: str, assessment: str | None, reason: str) -> None:
    case = opened(casebook)
    poll = voting_on(casebook, case)
    person = casebook.people.get(username)
    with pytest.raises(NotAllowed, match=reason):
        casebook.voting.cast(
            case.reference,
            person,
            assessment or poll.assessment,
            APPROVE,
            channel="cli",
            credential=signed_in(casebook, person.username),
        )
    assert casebook.voting.votes_of_all_rounds(case.reference) == []
    noted = casebook.history.of(case.reference)[-1]
    assert (noted.actor, noted.act) == (username, "vote.refused")
    assert reason in noted.detail["reason"]


def test_a_decided_case_takes_no_more_votes(casebook: Casebook) -> None:
    case = opened(casebook)
    voting_on(casebook, case, stage=desk_stage(CREDIT))
    cast(casebook, case.reference, "bo", DECLINE)
    with pytest.raises(NotAllowed, match="decided"):
        cast(casebook, case.reference, "bea")
    with pytest.raises(Conflict, match="decided"):
        voting_on(casebook, case, number=2)


def test_voting_that_is_not_open_or_not_there_is_told(casebook: Casebook) -> None:
    case = opened(casebook)
    person = casebook.people.get("bo")
    with pytest.raises(NotAllowed, match="not open"):
        casebook.voting.cast(
            case.reference, person, "ab" * 32, APPROVE, channel="desk", credential=signed_in(casebook, person.username)
        )
    with pytest.raises(NotFound):
        casebook.voting.cast(
            "GH-2026-999999",
            person,
            "ab" * 32,
            APPROVE,
            channel="desk",
            credential=signed_in(casebook, person.username),
        )


def test_a_person_who_was_shut_out_cannot_vote_with_an_old_session(casebook: Casebook) -> None:
    case = opened(casebook)
    poll = voting_on(casebook, case)
    person, credential = casebook.people.get("bo"), signed_in(casebook, "bo")
    casebook.people.set_active("bo", False)
    with pytest.raises(NotAllowed, match="no seat"):
        casebook.voting.cast(case.reference, person, poll.assessment, APPROVE, channel="desk", credential=credential)


def test_a_seat_is_the_one_of_the_frozen_electorate(casebook: Casebook) -> None:
    case = opened(casebook)
    poll = voting_on(casebook, case)
    moved = casebook.people.get("bo").model_copy(update={"department": "finance"})
    casebook.voting.cast(
        case.reference, moved, poll.assessment, APPROVE, channel="desk", credential=signed_in(casebook, moved.username)
    )
    assert casebook.voting.votes_of_all_rounds(case.reference)[0].department == "credit"
    assert cast(casebook, case.reference, "cy").decided is not None


def test_votes_of_an_earlier_round_lapse_and_stay_visible(casebook: Casebook) -> None:
    case = opened(casebook)
    voting_on(casebook, case)
    cast(casebook, case.reference, "bo")
    second = voting_on(casebook, case, number=2, days=10)
    assert casebook.cases.get(case.reference).round == 2
    assert casebook.voting.poll(case.reference, 2) == second
    assert cast(casebook, case.reference, "cy").decided is None
    assert [vote.round for vote in casebook.voting.votes_of_all_rounds(case.reference)] == [1, 2]
    assert cast(casebook, case.reference, "bo").decided is not None
    assert casebook.cases.get(case.reference).decision is not None


def test_a_round_is_voted_on_one_assessment(casebook: Casebook) -> None:
    case = opened(casebook)
    poll = voting_on(casebook, case)
    with pytest.raises(Conflict, match="another assessment"):
        casebook.voting.open_poll(poll.model_copy(update={"assessment": "00" * 32}))
    with pytest.raises(Conflict, match="stays as it is"):
        voting_on(casebook, case, days=99)
    assert casebook.work.assessment_by_sha(poll.assessment) == casebook.work.assessment(case.reference, 1)


def test_a_past_round_cannot_be_opened_again(casebook: Casebook) -> None:
    case = opened(casebook)
    voting_on(casebook, case, number=2)
    with pytest.raises(Conflict, match="past"):
        voting_on(casebook, case, number=1)


def test_open_unknowns_keep_the_case_open_until_accepted(casebook: Casebook) -> None:
    case = opened(casebook)
    voting_on(casebook, case, unknowns=("no_insolvency",))
    cast(casebook, case.reference, "bo")
    assert cast(casebook, case.reference, "cy").missing_acceptances == ("no_insolvency",)
    assert inbox(casebook, "cy") == [case.reference]
    accepting = Ballot(choice=Choice.APPROVE, accepted={"no_insolvency": "seen in person"})
    assert cast(casebook, case.reference, "cy", accepting).decided is not None


def test_failed_criteria_keep_the_case_open_until_accepted(casebook: Casebook) -> None:
    case = opened(casebook)
    voting_on(casebook, case, failures=("pays_late", "debt_ratio"))
    cast(casebook, case.reference, "bo", Ballot(choice=Choice.APPROVE, accepted={"pays_late": "a dispute"}))
    assert cast(casebook, case.reference, "cy").missing_acceptances == ("debt_ratio",)
    assert casebook.cases.get(case.reference).decision is None
    accepting = Ballot(choice=Choice.APPROVE, accepted={"debt_ratio": "a new owner"})
    assert cast(casebook, case.reference, "cy", accepting).decided is not None


def test_the_inbox_shows_what_one_can_vote_on_now(casebook: Casebook, clock: HandClock) -> None:
    first = opened(casebook, "First Ltd")
    clock.forward(timedelta(minutes=1))
    second = opened(casebook, "Second Ltd", requester="bo")
    opened(casebook, "Third Ltd")
    credit_first = desk_stage(Requirement(all_of=(CREDIT, Requirement(department="finance"))))
    voting_on(casebook, first, stage=credit_first)
    voting_on(casebook, second, stage=credit_first)
    assert inbox(casebook, "bo") == [first.reference]
    assert inbox(casebook, "bea") == [first.reference, second.reference]
    assert inbox(casebook, "ana") == []
    cast(casebook, first.reference, "bo")
    assert inbox(casebook, "bo") == []
    cast(casebook, first.reference, "cy")
    assert inbox(casebook, "cy") == [second.reference]
    assert [stage.name for _, stage in casebook.voting.inbox(casebook.people.get("cy"))] == ["desk"]


@pytest.mark.parametrize("table", ["votes", "history", "polls", "assessments", "decisions"])
def test_what_was_said_can_neither_be_changed_nor_removed(casebook: Casebook, run_sql: RunSql, table: str) -> None:
    case = opened(casebook)
    voting_on(casebook, case, stage=desk_stage(CREDIT))
    cast(casebook, case.reference, "bo")
    before = run_sql(f"SELECT * FROM {table}")
    assert before
    column = "act" if table == "history" else "case_ref"
    for statement in (f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"):
        with pytest.raises(Exception, match=f"rows of {table} are never changed or removed"):
            run_sql(statement)
    assert run_sql(f"SELECT * FROM {table}") == before


def test_the_database_too_refuses_a_vote_on_ones_own_request(casebook: Casebook, run_sql: RunSql) -> None:
    case = opened(casebook)
    voting_on(casebook, case)
    cast(casebook, case.reference, "bo")
    columns = "case_ref, round, assessment, voter, choice, document, sha256, cast_at"
    forged = f"INSERT INTO votes ({columns}) SELECT {columns.replace('voter', '{voter}')} FROM votes"
    with pytest.raises(Exception, match="nobody votes on a request of their own"):
        run_sql(forged.format(voter="'ana'"))
    with pytest.raises(Exception, match="nobody votes on a request of their own"):
        run_sql("UPDATE cases SET requester = 'bo'")


def test_the_database_refuses_votes_of_people_and_polls_that_are_not_there(casebook: Casebook, url: str) -> None:
    case = opened(casebook)
    voting_on(casebook, case)
    cast(casebook, case.reference, "bo")
    columns = "case_ref, round, assessment, voter, choice, document, sha256, cast_at"
    store = Store(url, HandClock())
    for column, value in (("voter", "'nobody'"), ("round", "2"), ("choice", "'maybe'"), ("case_ref", "'GH'")):
        forged = f"INSERT INTO votes ({columns}) SELECT {columns.replace(column, value)} FROM votes"
        with pytest.raises(Conflict, match="refuses this change"), store.write() as transaction:
            transaction.connection.execute(sa.text(forged))
    store.close()


def test_a_vote_needs_a_known_assessment(casebook: Casebook) -> None:
    case = opened(casebook)
    poll = voting_on(casebook, case)
    stray = poll.model_copy(update={"round": 2, "assessment": "00" * 32})
    with pytest.raises(GatehouseError, match="refuses"):
        casebook.voting.open_poll(stray)
    assert casebook.cases.get(case.reference).round == 1
