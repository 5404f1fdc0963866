"""Who must approve, and what follows from the votes that were cast.

A stage asks for votes of distinct people; one person never fills two seats. Stages come one after the other; within a
stage the order does not matter. All functions here are pure, so that the desk, the command line, the Resume form and
the casebook judge a vote by the same rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from pydantic import Field, model_validator

from admission.errors import NotAllowed
from admission.model import Record, Text, left_out
from admission.people import Department, Person, Role


class Requirement(Record):
    """What a stage asks for: all of some requirements, any of some, or `votes` people of a department, role or group.

    Exactly one of `all_of`, `any_of`, `group` and (`department` or `role`) is set.

    Attributes:
        group: name of a group of the approval matrix; whoever could fill a seat of one of its `members` is in it.
    """

    all_of: tuple[Requirement, ...] = ()
    any_of: tuple[Requirement, ...] = ()
    department: Department | None = None
    role: Role | None = None
    group: str | None = left_out(None)
    members: tuple[Requirement, ...] = left_out(())
    votes: int = Field(default=1, ge=1, le=20)

    @model_validator(mode="after")
    def _one_kind(self) -> Requirement:
        single = self.department is not None or self.role is not None
        if sum([bool(self.all_of), bool(self.any_of), self.group is not None, single]) != 1:
            raise ValueError("exactly one of all_of, any_of, group, or department and/or role with votes")
        return self

    def seats(self, person: Person) -> bool:
        """True where the person could fill a seat of this requirement."""
        if self.all_of or self.any_of:
            return any(part.seats(person) for part in (*self.all_of, *self.any_of))
        if self.group is not None:
            return any(member.seats(person) for member in self.members)
        return (self.department in (None, person.department)) and (self.role is None or self.role in person.roles)

    def ways(self) -> tuple[tuple[Requirement, ...], ...]:
        """Return the alternative lists of single seats, each of which would satisfy the requirement."""
        if self.any_of:
            return tuple(way for part in self.any_of for way in part.ways())
        if self.all_of:
            ways: tuple[tuple[Requirement, ...], ...] = ((),)
            for part in self.all_of:
                ways = tuple(way + more for way in ways for more in part.ways())
            return ways
        return ((self,) * self.votes,)

    def met_by(self, people: Sequence[Person]) -> bool:
        """True where distinct people fill all seats of at least one way."""
        return any(_seated(way, people) for way in self.ways())

    def words(self) -> Text:
        """Return the requirement in words."""
        if self.all_of:
            parts = [part.words() for part in self.all_of]
            return Text(en=" and ".join(part.en for part in parts), zh="、".join(part.zh for part in parts))
        if self.any_of:
            parts = [part.words() for part in self.any_of]
            return Text(en=" or ".join(part.en for part in parts), zh="或".join(part.zh for part in parts))
        if self.group is not None:
            return Text(en=f"{self.votes} x group {self.group}", zh=f"{self.group}组{self.votes}票")
        names = [SEAT_NAMES[name] for name in (self.department, self.role) if name is not None]
        return Text(
            en=f"{self.votes} x {' '.join(name.en for name in names)}",
            zh=f"{''.join(name.zh for name in names)}{self.votes}票",
        )


SEAT_NAMES = {
    "credit": Text(en="credit", zh="信用部"),
    "finance": Text(en="finance", zh="财务部"),
    "legal": Text(en="legal", zh="法务部"),
    "sales": Text(en="sales", zh="销售部"),
    "management": Text(en="management", zh="管理层"),
    "analyst": Text(en="analyst", zh="分析员"),
    "credit_manager": Text(en="credit manager", zh="信用经理"),
    "controller": Text(en="controller", zh="财务总监"),
    "cfo": Text(en="CFO", zh="首席财务官"),
    "president": Text(en="president", zh="总裁"),
    "committee": Text(en="committee member", zh="评审委员"),
    "risk_manager": Text(en="risk manager", zh="风险经理"),
    "auditor": Text(en="auditor", zh="审计员"),
}


def _seated(seats: Sequence[Requirement], people: Sequence[Person]) -> bool:
    """True where every seat gets a person of its own (bipartite matching by augmenting paths, H. W. Kuhn 1955)."""
    able = {person.username: [place for place, seat in enumerate(seats) if seat.seats(person)] for person in people}
    holders: dict[int, str] = {}
    return all(_takes(place, able, holders, set()) for place in range(len(seats)))


def _takes(place: int, able: Mapping[str, Sequence[int]], holders: dict[int, str], tried: set[str]) -> bool:
    held = {username: at for at, username in holders.items()}
    for username, places in able.items():
        if place not in places or username in tried:
            continue
        tried.add(username)
        # Whoever sits elsewhere may move here if somebody else can take that seat.
        if username not in held or _takes(held[username], able, holders, tried):
            holders[place] = username
            return True
    return False


class Stage(Record):
    """One stage of approval.

    Attributes:
        together: True where it opens with the stage before it, side by side; else it opens after that.
        decline: `veto`: one decline in the stage ends it; `unreachable`: it ends when too few could still approve;
            `majority`: it ends when approvals can no longer outnumber declines.
        chair: whose vote decides a tie under `majority`.
    """

    name: str
    title: Text
    require: Requirement
    together: bool = left_out(False)
    decline: Literal["veto", "unreachable", "majority"] = "veto"
    chair: Requirement | None = left_out(None)


class Choice(StrEnum):
    """What a vote says."""

    APPROVE = "approve"
    DECLINE = "decline"
    ASK = "ask"


class Ballot(Record):
    """What a person says about one assessment.

    Attributes:
        comment: why; a decline or a question needs it.
        conditions: what the voter asks for, such as `deposit 20 %`.
        limit: a lower limit than recommended, in the currency that was asked for.
        accepted: open unknowns the voter accepts: criterion id -> reason.
    """

    choice: Choice
    comment: str = Field(default="", max_length=4000)
    conditions: tuple[str, ...] = Field(default=(), max_length=20)
    limit: Decimal | None = Field(default=None, ge=0)
    accepted: dict[str, str] = Field(default_factory=dict)


class Vote(Record):
    """A ballot that was cast: by whom, on which assessment, when."""

    voter: str
    department: Department
    stage: str
    round: int
    assessment: str
    ballot: Ballot
    cast_at: datetime
    channel: Literal["desk", "cli", "api", "resume_form"] = "desk"


class Poll(Record):
    """Voting on one assessment: what is asked for, who may vote, what has to be accepted.

    Attributes:
        assessment: sha256 of the assessment that is voted on.
        electorate: the people who may vote, frozen when voting opened.
        unknowns: ids of the criteria that could not be checked; each must be accepted by name before an approval.
        requester: username of the person who asked for the customer, who may not vote.
        recommended_limit: None where no limit could be recommended.
    """

    case: str
    round: int
    assessment: str
    stages: tuple[Stage, ...]
    electorate: tuple[Person, ...]
    unknowns: tuple[str, ...] = ()
    requester: str | None
    recommended_limit: Decimal | None
    currency: str
    opened_at: datetime


class Decided(Record):
    """The one result that follows from the votes."""

    outcome: Literal["approved", "declined"]
    limit: Decimal | None
    conditions: tuple[str, ...]
    reason: Text


class Standing(Record):
    """Where a poll stands.

    Attributes:
        stage: the stage that is voting now; None when decided.
        missing_acceptances: unknowns nobody has accepted yet.
        decided: the decision, once there is one.
    """

    stage: Stage | None
    missing_acceptances: tuple[str, ...] = ()
    decided: Decided | None = None


def last_ballots(votes: Iterable[Vote]) -> list[Vote]:
    """Return each person's last vote, in the order of casting (a question may be followed by an answer)."""
    latest: dict[str, Vote] = {}
    for vote in sorted(votes, key=lambda vote: vote.cast_at):
        latest.pop(vote.voter, None)
        latest[vote.voter] = vote
    return list(latest.values())


def standing(poll: Poll, votes: Iterable[Vote]) -> Standing:
    """Tell where a poll stands after these votes.

    A decision takes the union of the approvers' conditions and the lowest of their limits and the recommended one.
    """
    counted = last_ballots(vote for vote in votes if vote.round == poll.round and vote.assessment == poll.assessment)
    people = {person.username: person for person in poll.electorate}
    for stage in poll.stages:
        said = [vote for vote in counted if vote.stage == stage.name]
        declined = [vote for vote in said if vote.ballot.choice is Choice.DECLINE]
        approved = [people[vote.voter] for vote in said if vote.ballot.choice is Choice.APPROVE]
        if declined and (stage.decline == "veto" or not _reachable(stage, poll, counted)):
            return Standing(stage=None, decided=_declined(declined))
        if not stage.require.met_by(approved):
            return Standing(stage=stage)
    approvals = [vote for vote in counted if vote.ballot.choice is Choice.APPROVE]
    accepted = {name for vote in approvals for name in vote.ballot.accepted}
    missing = tuple(name for name in poll.unknowns if name not in accepted)
    if missing:
        return Standing(stage=poll.stages[-1], missing_acceptances=missing)
    return Standing(stage=None, decided=_approved(poll, approvals))


def _reachable(stage: Stage, poll: Poll, counted: Sequence[Vote]) -> bool:
    """True where those who have not spoken yet, with the stage's approvers, could still fill its seats."""
    spent = {
        vote.voter
        for vote in counted
        if vote.ballot.choice is Choice.DECLINE or (vote.ballot.choice is Choice.APPROVE and vote.stage != stage.name)
    }
    return stage.require.met_by([person for person in poll.electorate if person.username not in spent])


def _declined(declined: Sequence[Vote]) -> Decided:
    names = ", ".join(vote.voter for vote in declined)
    return Decided(
        outcome="declined",
        limit=None,
        conditions=(),
        reason=Text(en=f"declined by {names}", zh=f"{names} 否决"),
    )


def _approved(poll: Poll, approvals: Sequence[Vote]) -> Decided:
    limits = [vote.ballot.limit for vote in approvals if vote.ballot.limit is not None]
    if poll.recommended_limit is not None:
        limits.append(poll.recommended_limit)
    conditions = dict.fromkeys(condition for vote in approvals for condition in vote.ballot.conditions)
    names = ", ".join(vote.voter for vote in approvals)
    return Decided(
        outcome="approved",
        limit=min(limits) if limits else None,
        conditions=tuple(conditions),
        reason=Text(en=f"approved by {names}", zh=f"{names} 批准"),
    )


def check_ballot(poll: Poll, votes: Iterable[Vote], voter: Person, assessment: str, ballot: Ballot) -> Stage:
    """Return the stage in which this ballot counts.

    Raises:
        NotAllowed: with what stands against it: own case, no seat, wrong assessment, already decided or voted.
    """
    context = {"case": poll.case}
    cast = list(votes)
    if voter.username == poll.requester:
        raise NotAllowed("You asked for this customer, so you cannot vote on it.", context=context)
    if assessment != poll.assessment:
        raise NotAllowed(
            "This vote is for an assessment that is no longer the current one.",
            context=context,
            remedy="open the case again, read what changed, and vote on the current assessment",
        )
    if voter.username not in {person.username for person in poll.electorate} or not voter.active:
        raise NotAllowed("You have no seat in this decision.", context=context)
    now = standing(poll, cast)
    if now.stage is None:
        raise NotAllowed("This case is decided.", context=context)
    if not now.stage.require.seats(voter):
        raise NotAllowed(
            f"It is not your turn: the stage that votes now is {now.stage.title.en}.",
            context=context,
            remedy="you will find the case in your inbox when your stage opens",
        )
    before = [vote for vote in last_ballots(cast) if vote.voter == voter.username and vote.round == poll.round]
    if before and before[-1].ballot.choice is not Choice.ASK and not now.missing_acceptances:
        raise NotAllowed("You have voted on this assessment already.", context=context)
    _check_content(poll, ballot)
    if before and before[-1].ballot.choice is not Choice.ASK:
        # Who votes again, to accept what is still missing, stays in the seat that the first vote filled.
        return next(stage for stage in poll.stages if stage.name == before[-1].stage)
    return now.stage


def _check_content(poll: Poll, ballot: Ballot) -> None:
    context = {"case": poll.case}
    if ballot.choice is not Choice.APPROVE and not ballot.comment.strip():
        raise NotAllowed("A decline or a question needs a comment.", context=context, remedy="say why in the comment")
    stray = [name for name in ballot.accepted if name not in poll.unknowns]
    if stray:
        raise NotAllowed(
            f"Not an open unknown of this case: {', '.join(stray)}.",
            context=context,
            remedy=f"open unknowns are: {', '.join(poll.unknowns) or 'none'}",
        )
    if any(not reason.strip() for reason in ballot.accepted.values()):
        raise NotAllowed("Each accepted unknown needs a reason.", context=context)
    if ballot.limit is not None and poll.recommended_limit is not None and ballot.limit > poll.recommended_limit:
        raise NotAllowed(
            f"A vote may lower the recommended limit of {poll.recommended_limit} {poll.currency}, not raise it.",
            context=context,
        )


def electorate(stages: Sequence[Stage], people: Iterable[Person], requester: str | None) -> tuple[Person, ...]:
    """Return the people who may vote in any of the stages: active, with a seat, and not the requester."""
    return tuple(
        person
        for person in sorted(people, key=lambda person: person.username)
        if person.active and person.username != requester and any(stage.require.seats(person) for stage in stages)
    )
