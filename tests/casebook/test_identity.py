"""Votes that are none: each way to vote that the house refuses, on both databases, with the history's word for it.

The one way that only Prefect knows, `__prefect_kind` in the Resume form, is in `tests/flows/test_rounds.py`; that the
database refuses a vote on an own request by itself, in `tests/casebook/test_voting.py`.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from admission.approval.votes import Ballot, Choice, Poll
from admission.cases import Case
from admission.errors import Conflict, NotAllowed
from casebook import Casebook
from casebook.voting import Channel
from tests.casebook.build import CREDIT, desk_stage, opened, signed_in, voting_on

APPROVE = Ballot(choice=Choice.APPROVE)


def vote(casebook: Casebook, poll: Poll, username: str, channel: Channel = "desk") -> None:
    casebook.voting.cast(
        poll.case,
        casebook.people.get(username),
        poll.assessment,
        APPROVE,
        channel=channel,
        credential=signed_in(casebook, username),
    )


def vote_by_code(casebook: Casebook, case: str, code: str) -> None:
    """Vote as the Resume form does."""
    casebook.codes.cast(code, case)


def code_of(casebook: Casebook, poll: Poll, username: str) -> str:
    """Get a code for an approval."""
    return casebook.codes.issue(username, poll.case, poll.assessment, APPROVE, signed_in(casebook, username))


def double_vote(casebook: Casebook, case: Case) -> None:
    poll = voting_on(casebook, case)
    vote(casebook, poll, "bo")
    vote(casebook, poll, "bo", channel="api")


def vote_on_an_own_case(casebook: Casebook, case: Case) -> None:
    vote(casebook, voting_on(casebook, case), "ana")


def vote_on_an_own_case_by_code(casebook: Casebook, case: Case) -> None:
    poll = voting_on(casebook, case)
    vote_by_code(casebook, case.reference, code_of(casebook, poll, "ana"))


def vote_without_a_seat(casebook: Casebook, case: Case) -> None:
    vote(casebook, voting_on(casebook, case), "max")


def vote_of_one_who_was_shut_out(casebook: Casebook, case: Case) -> None:
    poll = voting_on(casebook, case)
    person, credential = casebook.people.get("bo"), signed_in(casebook, "bo")
    casebook.people.set_active("bo", False)
    casebook.voting.cast(case.reference, person, poll.assessment, APPROVE, channel="desk", credential=credential)


def vote_on_the_assessment_of_another_round(casebook: Casebook, case: Case) -> None:
    poll = voting_on(casebook, case)
    casebook.cases.open_round(case.reference, "a new judgment", "system", kind="evidence")
    voting_on(casebook, case, number=2, days=60)
    vote(casebook, poll, "bo")


def vote_by_a_code_of_another_round(casebook: Casebook, case: Case) -> None:
    poll = voting_on(casebook, case)
    code = code_of(casebook, poll, "bo")
    casebook.cases.open_round(case.reference, "a new judgment", "system", kind="evidence")
    voting_on(casebook, case, number=2, days=60)
    vote_by_code(casebook, case.reference, code)


def vote_by_a_code_of_another_case(casebook: Casebook, case: Case) -> None:
    voting_on(casebook, case)
    other = opened(casebook, "Southern Example Works Ltd")
    code = code_of(casebook, voting_on(casebook, other, days=45), "bo")
    vote_by_code(casebook, case.reference, code)


def code_used_twice(casebook: Casebook, case: Case) -> None:
    poll = voting_on(casebook, case)
    code = code_of(casebook, poll, "bo")
    vote_by_code(casebook, case.reference, code)
    vote_by_code(casebook, case.reference, code)


def vote_after_the_decision(casebook: Casebook, case: Case) -> None:
    poll = voting_on(casebook, case, stage=desk_stage(CREDIT))
    vote(casebook, poll, "bo")
    vote(casebook, poll, "bea")


def vote_by_code_after_the_decision(casebook: Casebook, case: Case) -> None:
    poll = voting_on(casebook, case, stage=desk_stage(CREDIT))
    code = code_of(casebook, poll, "bea")
    vote(casebook, poll, "bo")
    vote_by_code(casebook, case.reference, code)


@pytest.mark.parametrize(
    ("attempt", "votes", "act", "actor", "reason"),
    [
        (double_vote, 1, "vote.refused", "bo", "You have voted on this assessment already."),
        (vote_on_an_own_case, 0, "vote.refused", "ana", "You asked for this customer, so you cannot vote on it."),
        (
            vote_on_an_own_case_by_code,
            0,
            "vote.refused",
            "ana",
            "You asked for this customer, so you cannot vote on it.",
        ),
        (vote_without_a_seat, 0, "vote.refused", "max", "You have no seat in this decision."),
        (vote_of_one_who_was_shut_out, 0, "vote.refused", "bo", "You have no seat in this decision."),
        (
            vote_on_the_assessment_of_another_round,
            0,
            "vote.refused",
            "bo",
            "This vote is for an assessment that is no longer the current one.",
        ),
        (vote_by_a_code_of_another_round, 0, "code.refused", "bo", "of an earlier round"),
        (vote_by_a_code_of_another_case, 0, "code.refused", "system", "unknown"),
        (code_used_twice, 1, "code.refused", "bo", "used before"),
        (vote_after_the_decision, 1, "vote.refused", "bea", "This case is decided already."),
        (vote_by_code_after_the_decision, 1, "vote.refused", "bea", "This case is decided already."),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_a_vote_that_is_none_is_refused_and_in_the_history(
    casebook: Casebook,
    attempt: Callable[[Casebook, Case], None],
    votes: int,
    act: str,
    actor: str,
    reason: str,
) -> None:
    case = opened(casebook)
    with pytest.raises(NotAllowed):
        attempt(casebook, case)
    assert len(casebook.voting.votes_of_all_rounds(case.reference)) == votes
    last = casebook.history.of(case.reference)[-1]
    assert (last.act, last.actor, last.detail["reason"]) == (act, actor, reason)


def test_a_decided_case_takes_no_new_facts_and_says_so_in_its_history(casebook: Casebook) -> None:
    case = opened(casebook)
    vote(casebook, voting_on(casebook, case, stage=desk_stage(CREDIT)), "bo")
    with pytest.raises(Conflict, match="decided"):
        casebook.evidence.hand_in(case.reference, [], "ana", "a new judgment")
    last = casebook.history.of(case.reference)[-1]
    assert (last.act, last.actor, last.detail["reason"]) == ("evidence.refused", "ana", "This case is decided already.")
