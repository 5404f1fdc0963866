"""Where a vote stands, seen by one person: who has voted, whose votes are missing, what an approval would decide."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from admission.approvals import (
    Ballot,
    Choice,
    Poll,
    Requirement,
    Stage,
    Standing,
    Vote,
    check_ballot,
    last_ballots,
    standing,
)
from admission.errors import NotAllowed
from admission.people import Person

StageState = Literal["done", "declined", "now", "later", "closed"]


@dataclass(frozen=True)
class Seat:
    """A seat that is still empty, and who could fill it."""

    require: Requirement
    candidates: tuple[Person, ...]


@dataclass(frozen=True)
class StageView:
    """One stage with its votes and what it still asks for."""

    stage: Stage
    state: StageState
    votes: tuple[Vote, ...]
    missing: tuple[Seat, ...]


@dataclass(frozen=True)
class Acceptance:
    """Who accepted an unknown, and why."""

    voter: str
    reason: str


@dataclass(frozen=True)
class Outlook:
    """What an approval would carry, from the approvals cast so far.

    Attributes:
        conditions: the union of the approvers' conditions.
        limit: the lowest of the recommended limit and the approvers' limits.
        accepted: unknowns that are accepted, by id.
        open_unknowns: unknowns nobody has accepted yet.
    """

    conditions: tuple[str, ...]
    limit: Decimal | None
    accepted: dict[str, tuple[Acceptance, ...]]
    open_unknowns: tuple[str, ...]


@dataclass(frozen=True)
class Turn:
    """What one person may do now.

    Attributes:
        stage: the stage this person's vote would count in; None where they may not vote.
        refusal: why they may not.
        decides: whether their approval, with all open unknowns accepted, would decide the case.
        seated: whether they have a seat in the electorate at all.
    """

    stage: Stage | None
    refusal: NotAllowed | None
    decides: bool
    seated: bool


def counted_votes(poll: Poll, votes: Iterable[Vote]) -> list[Vote]:
    """Return each person's last vote on the current assessment."""
    return last_ballots(vote for vote in votes if vote.round == poll.round and vote.assessment == poll.assessment)


def stage_views(poll: Poll, votes: Iterable[Vote], now: Standing) -> tuple[StageView, ...]:
    """Return the stages in order."""
    counted = counted_votes(poll, votes)
    views: list[StageView] = []
    for stage in poll.stages:
        said = tuple(vote for vote in counted if vote.stage == stage.name)
        approved = [person for person in poll.electorate if _approved_by(person, said)]
        state = _state(stage, said, approved, now)
        missing = _seats(stage, poll, approved, said) if state in ("now", "later") else ()
        views.append(StageView(stage, state, said, missing))
    return tuple(views)


def _state(stage: Stage, said: Sequence[Vote], approved: Sequence[Person], now: Standing) -> StageState:
    if now.stage is not None and now.stage.name == stage.name:
        return "now"
    if stage.require.met_by(approved):
        return "done"
    if now.decided is None:
        return "later"
    return "declined" if any(vote.ballot.choice is Choice.DECLINE for vote in said) else "closed"


def _approved_by(person: Person, said: Sequence[Vote]) -> bool:
    return any(vote.voter == person.username and vote.ballot.choice is Choice.APPROVE for vote in said)


def _seats(stage: Stage, poll: Poll, approved: Sequence[Person], said: Sequence[Vote]) -> tuple[Seat, ...]:
    final = {vote.voter for vote in said if vote.ballot.choice is not Choice.ASK}
    free = [person for person in poll.electorate if person.username not in final]
    return tuple(
        Seat(seat, tuple(person for person in free if seat.seats(person)))
        for seat in empty_seats(stage.require, approved)
    )


def empty_seats(require: Requirement, people: Sequence[Person]) -> tuple[Requirement, ...]:
    """Return the seats these people leave empty, in the way that leaves the fewest."""
    return min((_left_empty(way, people) for way in require.ways()), key=len)


def _left_empty(seats: Sequence[Requirement], people: Sequence[Person]) -> tuple[Requirement, ...]:
    if not seats:
        return ()
    first, rest = seats[0], seats[1:]
    tries = [
        _left_empty(rest, [other for other in people if other.username != person.username])
        for person in people
        if first.seats(person)
    ]
    return min([*tries, (first, *_left_empty(rest, people))], key=len)


def outlook(poll: Poll, votes: Iterable[Vote]) -> Outlook:
    """Return what a decision to approve would carry as the votes stand."""
    approvals = [vote for vote in counted_votes(poll, votes) if vote.ballot.choice is Choice.APPROVE]
    limits = [vote.ballot.limit for vote in approvals if vote.ballot.limit is not None]
    if poll.recommended_limit is not None:
        limits.append(poll.recommended_limit)
    accepted = {
        name: tuple(
            Acceptance(vote.voter, vote.ballot.accepted[name]) for vote in approvals if name in vote.ballot.accepted
        )
        for name in poll.unknowns
    }
    return Outlook(
        conditions=tuple(dict.fromkeys(text for vote in approvals for text in vote.ballot.conditions)),
        limit=min(limits) if limits else None,
        accepted={name: given for name, given in accepted.items() if given},
        open_unknowns=tuple(name for name in poll.unknowns if not accepted[name]),
    )


def turn_of(poll: Poll, votes: Sequence[Vote], person: Person, at: datetime) -> Turn:
    """Tell whether it is this person's turn, by the same rules that judge the vote itself.

    Args:
        poll: the poll.
        votes: all votes of the case.
        person: who looks at the page.
        at: the time now, for the vote that is tried out.
    """
    seat = next((one for one in poll.electorate if one.username == person.username), None)
    voter = seat.model_copy(update={"active": person.active}) if seat else person
    try:
        stage = check_ballot(poll, votes, voter, poll.assessment, Ballot(choice=Choice.APPROVE))
    except NotAllowed as refusal:
        return Turn(stage=None, refusal=refusal, decides=False, seated=seat is not None)
    trial = Vote(
        voter=voter.username,
        department=voter.department,
        stage=stage.name,
        round=poll.round,
        assessment=poll.assessment,
        ballot=Ballot(choice=Choice.APPROVE, accepted=dict.fromkeys(poll.unknowns, "tried out")),
        cast_at=max([at, *(vote.cast_at for vote in votes)]),
    )
    decides = standing(poll, [*votes, trial]).decided is not None
    return Turn(stage=stage, refusal=None, decides=decides, seated=True)
