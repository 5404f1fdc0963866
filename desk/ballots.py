"""Where a vote stands, seen by one person: who has voted, whose votes are missing, what an approval would decide."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from admission.approval.seats import Requirement, empty_seats
from admission.approval.stages import Stage, Tally, result
from admission.approval.votes import (
    Ballot,
    Choice,
    Poll,
    Standing,
    Vote,
    acceptances,
    check_ballot,
    counted_votes,
    standing,
    tally_of,
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
    """One stage with its votes and what it still asks for.

    Attributes:
        silent: who may still vote in a stage that is decided by majority, where seats alone do not tell.
    """

    stage: Stage
    state: StageState
    votes: tuple[Vote, ...]
    missing: tuple[Seat, ...]
    silent: tuple[Person, ...] = ()


@dataclass(frozen=True)
class Acceptance:
    """Who accepted an unknown or failed criterion, and why."""

    voter: str
    reason: str


@dataclass(frozen=True)
class Outlook:
    """What an approval would carry, from the approvals cast so far.

    Attributes:
        conditions: the union of the approvers' conditions.
        limit: the lowest of the recommended limit and the approvers' limits.
        accepted: unknown and failed criteria that are accepted, by id.
        still_open: those nobody has accepted yet.
    """

    conditions: tuple[str, ...]
    limit: Decimal | None
    accepted: dict[str, tuple[Acceptance, ...]]
    still_open: tuple[str, ...]


@dataclass(frozen=True)
class Turn:
    """What one person may do now.

    Attributes:
        stage: the stage this person's vote would count in; None where they may not vote.
        refusal: why they may not.
        decides: whether their approval, with all that is open accepted, would decide the case.
        seated: whether they have a seat in the electorate at all.
    """

    stage: Stage | None
    refusal: NotAllowed | None
    decides: bool
    seated: bool


def stage_views(poll: Poll, votes: Iterable[Vote], now: Standing) -> tuple[StageView, ...]:
    """Return the stages in order."""
    counted = counted_votes(poll, votes)
    views: list[StageView] = []
    for stage in poll.stages:
        tally = tally_of(stage, poll, counted)
        state = _state(stage, tally, now)
        missing = _seats(stage, tally) if state in ("now", "later") else ()
        silent = tuple(tally.silent) if state == "now" and stage.decline == "majority" else ()
        said = tuple(vote for vote in counted if vote.stage == stage.name)
        views.append(StageView(stage, state, said, missing, silent))
    return tuple(views)


def _state(stage: Stage, tally: Tally, now: Standing) -> StageState:
    if any(stage.name == one.name for one in now.stages):
        return "now"
    came_to = result(stage, tally)
    if came_to == "approved":
        return "done"
    if now.decided is None:
        return "later"
    return "declined" if came_to == "declined" else "closed"


def _seats(stage: Stage, tally: Tally) -> tuple[Seat, ...]:
    return tuple(
        Seat(seat, tuple(person for person in tally.silent if seat.seats(person)))
        for seat in empty_seats(stage.require, tally.approved)
    )


def outlook(poll: Poll, votes: Iterable[Vote]) -> Outlook:
    """Return what a decision to approve would carry as the votes stand."""
    cast = list(votes)
    approvals = [vote for vote in counted_votes(poll, cast) if vote.ballot.choice is Choice.APPROVE]
    limits = [vote.ballot.limit for vote in approvals if vote.ballot.limit is not None]
    if poll.recommended_limit is not None:
        limits.append(poll.recommended_limit)
    given = acceptances(poll, cast)
    accepted = {
        name: tuple(Acceptance(voter, reason) for voter, reason in given[name].items())
        for name in poll.to_accept
        if name in given
    }
    return Outlook(
        conditions=tuple(dict.fromkeys(text for vote in approvals for text in vote.ballot.conditions)),
        limit=min(limits) if limits else None,
        accepted=accepted,
        still_open=tuple(name for name in poll.to_accept if name not in accepted),
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
    voter = seat.model_copy(update={"active": person.acts}) if seat else person
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
        ballot=Ballot(choice=Choice.APPROVE, accepted=dict.fromkeys(poll.to_accept, "tried out")),
        cast_at=max([at, *(vote.cast_at for vote in votes)]),
    )
    decides = standing(poll, [*votes, trial]).decided is not None
    return Turn(stage=stage, refusal=None, decides=decides, seated=True)
