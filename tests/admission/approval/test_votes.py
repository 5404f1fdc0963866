from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from admission.approval.seats import Requirement
from admission.approval.stages import Stage
from admission.approval.votes import (
    Ballot,
    Choice,
    Poll,
    Standing,
    Vote,
    acceptances,
    check_ballot,
    electorate,
    last_ballots,
    standing,
    turns,
)
from admission.errors import NotAllowed
from admission.people import Person
from tests.admission.build import NOW, person, say

CREDIT = Requirement(department="credit")
FINANCE = Requirement(department="finance")
MANAGER = Requirement(role="credit_manager")
ANA, BO, CY, DEE = (person(name) for name in ("ana", "bo", "cy", "dee"))
FAY, GUS = person("fay", "finance"), person("gus", "finance")
MAX = person("max", "management", "president")
BOSS = person("boss", "credit", "credit_manager")
EVERYBODY = (ANA, BO, CY, DEE, FAY, GUS, MAX, BOSS)


def several(votes: int, department: Any) -> Requirement:
    return Requirement(department=department, votes=votes)


def stage(name: str, require: Requirement, decline: Any = "veto") -> Stage:
    return Stage(name=name, title=say(name), require=require, decline=decline)


def poll(*stages: Stage, **changes: Any) -> Poll:
    made = Poll(
        case="GH-2026-000001",
        round=1,
        assessment="a" * 64,
        stages=stages,
        electorate=electorate(stages, EVERYBODY, "req"),
        requester="req",
        recommended_limit=Decimal(10_000),
        currency="USD",
        opened_at=NOW,
    )
    return made.model_copy(update=changes)


def approve(**content: Any) -> Ballot:
    return Ballot(choice=Choice.APPROVE, **content)


DECLINE = Ballot(choice=Choice.DECLINE, comment="too risky")
ASK = Ballot(choice=Choice.ASK, comment="what of the owners?")


def vote(voter: Person, at: str, ballot: Ballot | None = None, minute: int = 0, **changes: Any) -> Vote:
    cast = Vote(
        voter=voter.username,
        department=voter.department,
        stage=at,
        round=1,
        assessment="a" * 64,
        ballot=ballot or approve(),
        cast_at=NOW + timedelta(minutes=minute),
    )
    return cast.model_copy(update=changes)


def cast_in_turn(voting: Poll, ballots: Iterable[tuple[Person, Ballot]]) -> Standing:
    """Cast ballots one after the other, each checked as the desk checks it."""
    votes: list[Vote] = []
    for minute, (voter, ballot) in enumerate(ballots):
        seat = check_ballot(voting, votes, voter, voting.assessment, ballot)
        votes.append(vote(voter, seat.name, ballot, minute))
    return standing(voting, votes)


def test_stages_come_one_after_the_other() -> None:
    voting = poll(stage("review", FINANCE), stage("decision", MANAGER))
    assert standing(voting, []).stages == (voting.stages[0],)
    assert standing(voting, [vote(FAY, "review")]).stages == (voting.stages[1],)
    decided = standing(voting, [vote(FAY, "review"), vote(BOSS, "decision", minute=1)])
    assert decided.stages == ()
    assert decided.decided is not None
    assert decided.decided.outcome == "approved"
    assert decided.decided.reason.en == "approved by fay, boss"


def test_it_is_the_turn_of_those_whose_approval_would_count_now() -> None:
    voting = poll(stage("review", FINANCE), stage("decision", MANAGER))
    assert turns(voting, []) == {"fay": "review", "gus": "review"}
    assert turns(voting, [vote(FAY, "review")]) == {"boss": "decision"}
    assert turns(voting, [vote(FAY, "review"), vote(BOSS, "decision", minute=1)]) == {}


def test_whoever_has_approved_has_no_further_turn_in_the_stage() -> None:
    voting = poll(stage("desk", several(2, "credit")))
    assert turns(voting, [vote(ANA, "desk")]).keys() == {"bo", "cy", "dee", "boss"}


def test_a_decision_takes_all_conditions_and_the_lowest_limit() -> None:
    voting = poll(stage("desk", several(3, "credit")))
    made = cast_in_turn(
        voting,
        [
            (ANA, approve(conditions=("deposit 20 %",), limit=Decimal(8000))),
            (BO, approve(conditions=("guarantee", "deposit 20 %"), limit=Decimal(6000))),
            (CY, approve()),
        ],
    ).decided
    assert made is not None
    assert (made.outcome, made.limit, made.conditions) == ("approved", Decimal(6000), ("deposit 20 %", "guarantee"))


@pytest.mark.parametrize(
    ("recommended", "voted", "granted"),
    [("10000", None, "10000"), ("10000", "0", "0"), (None, "500", "500"), (None, None, None)],
)
def test_the_limit_granted(recommended: str | None, voted: str | None, granted: str | None) -> None:
    def amount(text: str | None) -> Decimal | None:
        return None if text is None else Decimal(text)

    voting = poll(stage("desk", CREDIT), recommended_limit=amount(recommended))
    made = cast_in_turn(voting, [(ANA, approve(limit=amount(voted)))]).decided
    assert made is not None
    assert made.limit == amount(granted)


def test_one_decline_is_a_veto() -> None:
    voting = poll(stage("desk", several(2, "credit")))
    made = cast_in_turn(voting, [(ANA, approve(conditions=("deposit",))), (BO, DECLINE)]).decided
    assert made is not None
    assert (made.outcome, made.limit, made.conditions, made.reason.en) == ("declined", None, (), "declined by bo")


def test_where_a_decline_is_no_veto_the_vote_goes_on_while_it_can_be_won() -> None:
    voting = poll(stage("desk", several(3, "credit"), "unreachable"), electorate=(ANA, BO, CY, DEE))
    assert standing(voting, [vote(ANA, "desk", DECLINE)]).stages == (voting.stages[0],)
    ended = standing(voting, [vote(ANA, "desk", DECLINE), vote(BO, "desk", DECLINE, 1)])
    assert ended.decided is not None
    assert (ended.decided.outcome, ended.decided.reason.en) == ("declined", "declined by ana, bo")
    won = standing(voting, [vote(ANA, "desk", DECLINE), *(vote(one, "desk", minute=1) for one in (BO, CY, DEE))])
    assert won.decided is not None
    assert won.decided.outcome == "approved"


def test_who_voted_in_an_earlier_stage_cannot_save_a_later_one() -> None:
    stages = (stage("review", FINANCE), stage("decision", several(2, "finance"), "unreachable"))
    three = (FAY, GUS, person("hal", "finance"))
    voting = poll(*stages, electorate=three)
    reviewed = [vote(FAY, "review")]
    assert standing(voting, reviewed).stages == (stages[1],)
    ended = standing(voting, [*reviewed, vote(GUS, "decision", DECLINE, 1)])
    assert ended.decided is not None
    assert ended.decided.outcome == "declined"


def test_a_question_may_be_followed_by_an_approval() -> None:
    voting = poll(stage("desk", CREDIT))
    assert cast_in_turn(voting, [(ANA, ASK)]).stages == (voting.stages[0],)
    made = cast_in_turn(voting, [(ANA, ASK), (ANA, approve())]).decided
    assert made is not None
    assert made.outcome == "approved"


def test_open_unknowns_are_accepted_by_name_before_an_approval() -> None:
    voting = poll(stage("desk", several(2, "credit")), unknowns=("accounts_age", "pays_late"))
    waiting = cast_in_turn(voting, [(ANA, approve(accepted={"accounts_age": "seen them"})), (BO, approve())])
    assert (waiting.decided, waiting.missing_acceptances, waiting.stages) == (None, ("pays_late",), voting.stages)
    made = cast_in_turn(
        voting,
        [
            (ANA, approve(accepted={"accounts_age": "seen them"})),
            (BO, approve()),
            (BO, approve(accepted={"pays_late": "references are good"})),
        ],
    )
    assert made.decided is not None
    assert made.decided.outcome == "approved"


def test_who_votes_again_to_accept_an_unknown_keeps_the_seat_of_the_first_vote() -> None:
    double = person("double", "finance", "credit_manager")
    stages = (stage("review", FINANCE), stage("decision", MANAGER))
    voting = poll(*stages, electorate=(double, BOSS), unknowns=("pays_late",))
    made = cast_in_turn(
        voting, [(double, approve()), (BOSS, approve()), (double, approve(accepted={"pays_late": "known to us"}))]
    )
    assert made.decided is not None
    assert made.decided.outcome == "approved"


def test_failed_criteria_are_accepted_by_name_before_an_approval_too() -> None:
    voting = poll(stage("desk", several(2, "credit")), unknowns=("accounts_age",), failures=("pays_late", "debt_ratio"))
    first, second = approve(accepted={"accounts_age": "seen them"}), approve(accepted={"pays_late": "a dispute"})
    waiting = cast_in_turn(voting, [(ANA, first), (BO, second)])
    assert (waiting.decided, waiting.missing_acceptances) == (None, ("debt_ratio",))
    assert waiting.stages == voting.stages
    made = cast_in_turn(voting, [(ANA, first), (BO, second), (BO, approve(accepted={"debt_ratio": "a new owner"}))])
    assert made.decided is not None
    assert made.decided.outcome == "approved"


def test_who_accepts_more_takes_nothing_back_that_they_accepted_before() -> None:
    voting = poll(stage("desk", CREDIT), unknowns=("accounts_age",), failures=("pays_late",))
    again = [
        (ANA, approve(accepted={"accounts_age": "seen them"})),
        (ANA, approve(accepted={"pays_late": "a dispute"})),
    ]
    assert cast_in_turn(voting, again).decided is not None
    taken_back = [vote(ANA, "desk", again[0][1]), vote(ANA, "desk", ASK, 1)]
    assert acceptances(voting, taken_back) == {}


def test_a_poll_from_before_failures_were_accepted_is_read_and_judged_as_it_was() -> None:
    voting = poll(stage("desk", CREDIT), unknowns=("accounts_age",))
    stored = voting.model_dump(mode="json")
    assert {"failures", "reasons"} & set(stored) == set()
    assert Poll.model_validate(stored).to_accept == ("accounts_age",)
    assert cast_in_turn(voting, [(ANA, approve(accepted={"accounts_age": "seen them"}))]).decided is not None


def test_what_a_decliner_accepted_does_not_count() -> None:
    voting = poll(stage("desk", CREDIT, "unreachable"), unknowns=("pays_late",))
    declined = Ballot(choice=Choice.DECLINE, comment="no", accepted={"pays_late": "fine"})
    assert standing(voting, [vote(ANA, "desk", declined), vote(BO, "desk", minute=1)]).missing_acceptances == (
        "pays_late",
    )


def test_votes_of_another_round_or_assessment_do_not_count() -> None:
    voting = poll(stage("desk", CREDIT))
    assert standing(voting, [vote(ANA, "desk", round=2)]).stages == (voting.stages[0],)
    assert standing(voting, [vote(ANA, "desk", assessment="b" * 64)]).stages == (voting.stages[0],)


def test_each_person_s_last_ballot_counts() -> None:
    votes = [vote(BO, "desk", minute=2), vote(ANA, "desk", ASK), vote(ANA, "desk", minute=3)]
    assert [(item.voter, item.ballot.choice) for item in last_ballots(votes)] == [
        ("bo", Choice.APPROVE),
        ("ana", Choice.APPROVE),
    ]


BALLOTS = st.builds(
    lambda choice, limit, conditions: Ballot(choice=choice, comment="why", limit=limit, conditions=conditions),
    st.sampled_from(list(Choice)),
    st.one_of(st.none(), st.decimals(0, 10_000, places=0)),
    st.lists(st.sampled_from(["deposit", "guarantee", "review"]), max_size=2, unique=True).map(tuple),
)


@given(
    ballots=st.lists(BALLOTS, min_size=4, max_size=4),
    data=st.data(),
    decline=st.sampled_from(["veto", "unreachable", "majority"]),
)
def test_the_order_of_votes_within_a_stage_makes_no_difference(
    ballots: list[Ballot], data: st.DataObject, decline: str
) -> None:
    voting = poll(stage("desk", several(3, "credit"), decline), electorate=(ANA, BO, CY, DEE))
    cast = list(zip(voting.electorate, ballots, strict=True))
    turned = data.draw(st.permutations(cast))

    def outcome(order: list[tuple[Person, Ballot]]) -> tuple[object, ...]:
        made = standing(voting, [vote(who, "desk", ballot, minute) for minute, (who, ballot) in enumerate(order)])
        decided = made.decided
        return made.stages, decided and (decided.outcome, decided.limit, set(decided.conditions))

    assert outcome(cast) == outcome(turned)


@given(shuffled=st.permutations([vote(ANA, "desk", ASK), vote(BO, "desk", minute=1), vote(ANA, "desk", minute=2)]))
def test_the_order_in_which_votes_are_read_makes_no_difference(shuffled: list[Vote]) -> None:
    made = standing(poll(stage("desk", several(2, "credit"))), shuffled).decided
    assert made is not None
    assert made.reason.en == "approved by bo, ana"


VOTING = poll(stage("review", FINANCE), stage("decision", MANAGER), unknowns=("pays_late",))
REFUSALS: dict[str, tuple[Person, str, Ballot, list[Vote], str]] = {
    "the requester": (person("req"), VOTING.assessment, approve(), [], "You asked for this customer"),
    "an older assessment": (FAY, "b" * 64, approve(), [], "no longer the current one"),
    "no seat at all": (ANA, VOTING.assessment, approve(), [], "no seat in this decision"),
    "no longer active": (FAY.model_copy(update={"active": False}), VOTING.assessment, approve(), [], "no seat"),
    "not yet": (BOSS, VOTING.assessment, approve(), [], "the stage that votes now is review"),
    "no longer": (GUS, VOTING.assessment, approve(), [vote(FAY, "review")], "the stage that votes now is decision"),
    "decline without a word": (
        FAY,
        VOTING.assessment,
        Ballot(choice=Choice.DECLINE, comment=" "),
        [],
        "needs a comment",
    ),
    "question without a word": (FAY, VOTING.assessment, Ballot(choice=Choice.ASK), [], "needs a comment"),
    "not an unknown": (
        FAY,
        VOTING.assessment,
        approve(accepted={"pays_lat": "x"}),
        [],
        "Not an unknown or failed criterion",
    ),
    "no reason": (FAY, VOTING.assessment, approve(accepted={"pays_late": " "}), [], "needs a reason"),
    "a higher limit": (FAY, VOTING.assessment, approve(limit=Decimal(10_001)), [], "not raise it"),
    "decided": (BOSS, VOTING.assessment, approve(), [vote(FAY, "review", DECLINE)], "This case is decided"),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_a_ballot_is_refused_with_the_reason(name: str) -> None:
    voter, assessment, ballot, cast, said = REFUSALS[name]
    with pytest.raises(NotAllowed) as caught:
        check_ballot(VOTING, cast, voter, assessment, ballot)
    assert said in caught.value.message.en
    assert caught.value.context == {"case": "GH-2026-000001"}


def test_nobody_votes_twice_on_one_assessment() -> None:
    voting = poll(stage("desk", several(2, "credit")))
    with pytest.raises(NotAllowed, match="voted on this assessment already"):
        check_ballot(voting, [vote(ANA, "desk")], ANA, voting.assessment, DECLINE)


def test_a_vote_of_an_earlier_round_does_not_stand_in_the_way() -> None:
    voting = poll(stage("desk", CREDIT), round=2)
    assert check_ballot(voting, [vote(ANA, "desk")], ANA, voting.assessment, approve()).name == "desk"


def test_the_electorate_is_active_seated_and_without_the_requester() -> None:
    people = (BO, ANA, FAY, GUS.model_copy(update={"active": False}), MAX)
    stages = (stage("review", FINANCE), stage("decision", CREDIT))
    assert [one.username for one in electorate(stages, people, "bo")] == ["ana", "fay"]
    assert [one.username for one in electorate(stages, people, None)] == ["ana", "bo", "fay"]


@pytest.mark.parametrize(("limit", "taken"), [("9999", True), ("10000", True), ("10000.01", False)])
def test_a_ballot_may_name_the_recommended_limit_itself_and_no_more(limit: str, taken: bool) -> None:
    asked, ballot = poll(stage("credit", CREDIT)), approve(limit=Decimal(limit))
    if taken:
        assert check_ballot(asked, [], ANA, "a" * 64, ballot).name == "credit"
        return
    with pytest.raises(NotAllowed, match="not raise it"):
        check_ballot(asked, [], ANA, "a" * 64, ballot)


@pytest.mark.parametrize(
    ("to_accept", "en", "zh"),
    [
        ({}, "to be accepted by name are: none", "须逐项接受的事项：无"),
        (
            {"unknowns": ("age",), "failures": ("debt",)},
            "to be accepted by name are: age, debt",
            "须逐项接受的事项：age、debt",
        ),
    ],
)
def test_whoever_accepts_something_else_is_told_what_there_is(to_accept: dict[str, Any], en: str, zh: str) -> None:
    with pytest.raises(NotAllowed) as refused:
        check_ballot(poll(stage("credit", CREDIT), **to_accept), [], ANA, "a" * 64, approve(accepted={"odd": "why"}))
    assert refused.value.remedy is not None
    assert (refused.value.remedy.en, refused.value.remedy.zh) == (en, zh)


@pytest.mark.parametrize(
    ("content", "taken"),
    [
        ({"comment": "x" * 4000}, True),
        ({"comment": "x" * 4001}, False),
        ({"conditions": ("deposit",) * 20}, True),
        ({"conditions": ("deposit",) * 21}, False),
        ({"limit": Decimal(0)}, True),
        ({"limit": Decimal("-0.01")}, False),
    ],
)
def test_a_ballot_has_room_for_so_much(content: dict[str, Any], taken: bool) -> None:
    if taken:
        assert approve(**content).model_dump(include=set(content)) == content
        return
    with pytest.raises(ValidationError):
        approve(**content)


@pytest.mark.parametrize("other", [{"round": 2}, {"assessment": "b" * 64}])
def test_what_was_accepted_of_another_round_or_assessment_does_not_count(other: dict[str, Any]) -> None:
    asked = poll(stage("credit", CREDIT), unknowns=("age",))
    then = vote(ANA, "credit", approve(accepted={"age": "then"}), minute=1, **other)
    now = vote(ANA, "credit", minute=2)
    assert acceptances(asked, [then, now]) == {}
    assert acceptances(asked, [vote(ANA, "credit", approve(accepted={"age": "now"}))]) == {"age": {"ana": "now"}}


def test_what_is_still_to_be_accepted_is_asked_of_the_last_stages() -> None:
    first, last = stage("credit", CREDIT), stage("finance", FINANCE)
    cast = [vote(ANA, "credit"), vote(FAY, "finance", minute=1)]
    assert standing(poll(first, last, unknowns=("age",)), cast) == Standing(
        stages=(last,), missing_acceptances=("age",)
    )


def test_where_the_others_cannot_fill_the_rest_a_vote_counts_in_the_first_stage_with_a_seat() -> None:
    first, second = stage("one", CREDIT), stage("two", several(2, "credit")).model_copy(update={"together": True})
    asked = poll(first, second, electorate=(ANA,))
    assert check_ballot(asked, [], ANA, "a" * 64, approve()).name == "one"
