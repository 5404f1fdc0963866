"""Who must approve, and what follows from the votes that were cast.

A stage asks for votes of distinct people; one person never fills two seats, nor counts in two stages. Stages come one
after the other or side by side; within a stage the order does not matter. All functions here are pure, so that the
desk, the command line, the Resume form and the casebook judge a vote by the same rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from pydantic import Field

from admission.approval.seats import Asked, has_seat_left, met_together
from admission.approval.stages import Stage, Tally, result, side_by_side
from admission.errors import NotAllowed
from admission.free_text import check_plain
from admission.model import Record, Text, left_out
from admission.people import Department, Person
from admission.separation import Duty, check_independent, is_independent
from admission.transitions import DECIDED_ALREADY

NOT_TAKEN = Text(en="The vote cannot be taken.", zh="审批意见无法受理。")


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
        accepted: open unknowns and failed criteria that the voter accepts: criterion id -> reason.
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
        failures: ids of the criteria that failed; each must be accepted by name, too. Polls from before that was asked
            have none.
        reasons: why people are asked about a review that the system could not renew.
        requester: username of the person who asked for the customer, who may not vote.
        recommended_limit: None where no limit could be recommended.
    """

    case: str
    round: int
    assessment: str
    stages: tuple[Stage, ...]
    electorate: tuple[Person, ...]
    unknowns: tuple[str, ...] = ()
    failures: tuple[str, ...] = left_out(())
    reasons: tuple[Text, ...] = left_out(())
    requester: str | None
    recommended_limit: Decimal | None
    currency: str
    opened_at: datetime

    @property
    def to_accept(self) -> tuple[str, ...]:
        """Ids of all criteria that must be accepted by name before an approval."""
        return (*self.unknowns, *self.failures)


class Decided(Record):
    """The one result that follows from the votes."""

    outcome: Literal["approved", "declined"]
    limit: Decimal | None
    conditions: tuple[str, ...]
    reason: Text


class Standing(Record):
    """Where a poll stands.

    Attributes:
        stages: the stages that vote now, side by side; none when decided.
        missing_acceptances: unknowns and failed criteria nobody has accepted yet.
        decided: the decision, once there is one.
    """

    stages: tuple[Stage, ...]
    missing_acceptances: tuple[str, ...] = ()
    decided: Decided | None = None

    def asks(self) -> Text:
        """Return in words what the stages that vote now ask for."""
        asked = [stage.require.words() for stage in self.stages]
        return Text(en="; ".join(words.en for words in asked), zh="；".join(words.zh for words in asked))


def last_ballots(votes: Iterable[Vote]) -> list[Vote]:
    """Return each person's last vote, in the order of casting (a question may be followed by an answer)."""
    latest: dict[str, Vote] = {}
    for vote in sorted(votes, key=lambda vote: vote.cast_at):
        latest.pop(vote.voter, None)
        latest[vote.voter] = vote
    return list(latest.values())


def standing(poll: Poll, votes: Iterable[Vote]) -> Standing:
    """Tell where a poll stands after these votes.

    A decline ends the case by the rule of its stage, whatever stands beside it. A decision takes the union of the
    approvers' conditions and the lowest of their limits and the recommended one.
    """
    cast = list(votes)
    counted = counted_votes(poll, cast)
    together = side_by_side(poll.stages)
    for stages in together:
        results = {stage.name: result(stage, tally_of(stage, poll, counted)) for stage in stages}
        lost = [name for name, came in results.items() if came == "declined"]
        if lost:
            against = [vote for vote in counted if vote.stage in lost and vote.ballot.choice is Choice.DECLINE]
            return Standing(stages=(), decided=_declined(against))
        still_open = tuple(stage for stage in stages if results[stage.name] == "open")
        if still_open:
            return Standing(stages=still_open)
    approvals = [vote for vote in counted if vote.ballot.choice is Choice.APPROVE]
    accepted = acceptances(poll, cast)
    missing = tuple(name for name in poll.to_accept if name not in accepted)
    if missing:
        return Standing(stages=together[-1], missing_acceptances=missing)
    return Standing(stages=(), decided=_approved(poll, approvals))


def counted_votes(poll: Poll, votes: Iterable[Vote]) -> list[Vote]:
    """Return each person's last vote on the current assessment."""
    return last_ballots(vote for vote in votes if vote.round == poll.round and vote.assessment == poll.assessment)


def acceptances(poll: Poll, votes: Iterable[Vote]) -> dict[str, dict[str, str]]:
    """Return what approvers accepted by name: criterion id -> voter -> reason.

    Who votes again to accept more takes nothing back by it; who no longer approves accepts nothing.
    """
    cast = [vote for vote in votes if vote.round == poll.round and vote.assessment == poll.assessment]
    approving = {vote.voter for vote in last_ballots(cast) if vote.ballot.choice is Choice.APPROVE}
    given: dict[str, dict[str, str]] = {}
    for vote in sorted(cast, key=lambda vote: vote.cast_at):
        if vote.voter in approving and vote.ballot.choice is Choice.APPROVE:
            for name, reason in vote.ballot.accepted.items():
                given.setdefault(name, {})[vote.voter] = reason
    return given


def tally_of(stage: Stage, poll: Poll, counted: Sequence[Vote]) -> Tally:
    """Return how the votes of a stage stand.

    Args:
        stage: one of the poll's.
        poll: the poll.
        counted: each person's last vote, see `counted_votes`.
    """
    people = {person.username: person for person in poll.electorate}
    said = [vote for vote in counted if vote.stage == stage.name]
    return Tally(
        approved=[people[vote.voter] for vote in said if vote.ballot.choice is Choice.APPROVE],
        declined=[people[vote.voter] for vote in said if vote.ballot.choice is Choice.DECLINE],
        silent=[person for person in _silent(poll, counted) if stage.seats(person)],
    )


def _silent(poll: Poll, counted: Sequence[Vote]) -> list[Person]:
    """Return who may still vote: whoever has not, or has only asked."""
    spoken = {vote.voter for vote in counted if vote.ballot.choice is not Choice.ASK}
    return [person for person in poll.electorate if person.username not in spoken]


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
    check_independent(Duty.VOTE, voter.username, poll.requester, case=poll.case)
    if assessment != poll.assessment:
        raise outdated_vote(poll.case)
    if voter.username not in {person.username for person in poll.electorate} or not voter.active:
        raise NotAllowed(
            Text(en="You have no seat in this decision.", zh="您不在本申请单的审批人之列。"), context=context
        )
    now = standing(poll, cast)
    if not now.stages:
        raise NotAllowed(DECIDED_ALREADY, context=context)
    if not any(stage.seats(voter) for stage in now.stages):
        titles = [stage.title for stage in now.stages]
        raise NotAllowed(
            Text(
                en=f"It is not your turn: the stage that votes now is {', '.join(title.en for title in titles)}.",
                zh=f"尚未轮到您：当前审批环节为{'、'.join(title.zh for title in titles)}。",
            ),
            context=context,
            remedy=Text(
                en="you will find the case in your inbox when your stage opens",
                zh="轮到您的审批环节时，该申请单会出现在您的待办中",
            ),
        )
    before = [vote for vote in last_ballots(cast) if vote.voter == voter.username and vote.round == poll.round]
    if before and before[-1].ballot.choice is not Choice.ASK and not now.missing_acceptances:
        raise NotAllowed(
            Text(en="You have voted on this assessment already.", zh="您已对本次评估提交过审批意见。"), context=context
        )
    _check_content(poll, ballot)
    if before and before[-1].ballot.choice is not Choice.ASK:
        # Who votes again, to accept what is still missing, stays in the seat that the first vote filled.
        return next(stage for stage in poll.stages if stage.name == before[-1].stage)
    return _stage_for(voter, now.stages, poll, counted_votes(poll, cast))


def turns(poll: Poll, votes: Iterable[Vote]) -> dict[str, str]:
    """Return who could approve now, as seated, and the name of the stage in which it would count."""
    cast, found = list(votes), dict[str, str]()
    now = standing(poll, cast).stages
    for seat in poll.electorate:
        if not any(stage.seats(seat) for stage in now):
            continue
        try:
            stage = check_ballot(poll, cast, seat, poll.assessment, Ballot(choice=Choice.APPROVE))
        except NotAllowed:
            continue
        found[seat.username] = stage.name
    return found


def outdated_vote(case: str) -> NotAllowed:
    """Return the refusal of a vote on an assessment that was the current one of a case before."""
    return NotAllowed(
        Text(
            en="This vote is for an assessment that is no longer the current one.",
            zh="该审批意见针对的评估已不是当前评估。",
        ),
        context={"case": case},
        remedy=Text(
            en="open the case again, read what changed, and vote on the current assessment",
            zh="请重新打开申请单，阅读变更内容后，对当前评估提交审批意见",
        ),
    )


def _stage_for(voter: Person, now: Sequence[Stage], poll: Poll, counted: Sequence[Vote]) -> Stage:
    """Return where a vote counts among stages that vote side by side.

    It is the first in which the voter fills a seat that is still empty and after which the others can still fill all
    the rest; failing that the first in which the voter fills a seat, or else has a voice.
    """
    voiced = [stage for stage in now if stage.seats(voter)]
    approved = {stage.name: tally_of(stage, poll, counted).approved for stage in now}
    others = [person for person in _silent(poll, counted) if person.username != voter.username]
    filling = [stage for stage in voiced if has_seat_left(stage.require, approved[stage.name], voter)]
    for chosen in filling:
        pools = {stage.name: [*approved[stage.name], *others] for stage in now}
        pools[chosen.name].append(voter)
        if met_together([Asked(stage.require, pools[stage.name]) for stage in now]):
            return chosen
    return (filling or voiced)[0]


def _check_content(poll: Poll, ballot: Ballot) -> None:
    context = {"case": poll.case}
    written = {"comment": ballot.comment, "conditions": "\n".join(ballot.conditions)}
    check_plain(NOT_TAKEN, {**written, "reason": "\n".join([*ballot.accepted, *ballot.accepted.values()])})
    if ballot.choice is not Choice.APPROVE and not ballot.comment.strip():
        raise NotAllowed(
            Text(en="A decline or a question needs a comment.", zh="否决或提问须填写意见。"),
            context=context,
            remedy=Text(en="say why in the comment", zh="请在意见中说明原因"),
        )
    stray = [name for name in ballot.accepted if name not in poll.to_accept]
    if stray:
        raise NotAllowed(
            Text(
                en=f"Not an unknown or failed criterion of this case: {', '.join(stray)}.",
                zh=f"不是该申请单的未查清或未达标事项：{'、'.join(stray)}。",
            ),
            context=context,
            remedy=Text(
                en=f"to be accepted by name are: {', '.join(poll.to_accept) or 'none'}",
                zh=f"须逐项接受的事项：{'、'.join(poll.to_accept) or '无'}",
            ),
        )
    if any(not reason.strip() for reason in ballot.accepted.values()):
        raise NotAllowed(
            Text(en="Each acceptance by name needs a reason.", zh="每项接受都须填写理由。"), context=context
        )
    if ballot.limit is not None and poll.recommended_limit is not None and ballot.limit > poll.recommended_limit:
        raise NotAllowed(
            Text(
                en=f"A vote may lower the recommended limit of {poll.recommended_limit} {poll.currency}, not raise it.",
                zh=f"审批意见只能降低建议额度（{poll.recommended_limit} {poll.currency}），不能提高。",
            ),
            context=context,
        )


def electorate(stages: Sequence[Stage], people: Iterable[Person], requester: str | None) -> tuple[Person, ...]:
    """Return the people who may vote in any of the stages: active, with a seat, and not the requester."""
    return tuple(
        person
        for person in sorted(people, key=lambda person: person.username)
        if person.active and is_independent(person.username, requester) and any(stage.seats(person) for stage in stages)
    )
