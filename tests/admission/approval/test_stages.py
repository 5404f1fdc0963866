"""Stages side by side, groups and majorities: what votes come to, whatever their order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admission.approval.seats import Requirement, empty_seats
from admission.approval.stages import Result, Stage, Tally, result, side_by_side
from admission.approval.votes import (
    Ballot,
    Choice,
    Poll,
    Standing,
    Vote,
    check_ballot,
    electorate,
    last_ballots,
    standing,
)
from admission.assessment.record import Route
from admission.assessment.routing import choose_route
from admission.errors import NotAllowed
from admission.people import Person
from admission.policy import Policy, load_policy
from tests.admission.build import NOW, person, policy_document, requested, route_inputs, say

APPROVE = Ballot(choice=Choice.APPROVE)
DECLINE = Ballot(choice=Choice.DECLINE, comment="too risky")
FINANCE, LEGAL, CREDIT = (Requirement.model_validate({"department": name}) for name in ("finance", "legal", "credit"))
CONTROLLER, MEMBER = Requirement(role="controller"), Requirement(role="committee")
PRESIDENT = Requirement(role="president")
FAY, GUS, LEE = person("fay", "finance"), person("gus", "finance"), person("lee", "legal")
DOUBLE = person("double", "finance", "controller")
MEMBERS = tuple(person(f"m{number}", "management", "committee") for number in range(5))
CHAIR = person("chair", "management", "committee", "president")


def stage(name: str, require: Requirement, **more: Any) -> Stage:
    return Stage(name=name, title=say(name), require=require, **more)


def poll(*stages: Stage, people: Sequence[Person]) -> Poll:
    return Poll(
        case="GH-2026-000001",
        round=1,
        assessment="a" * 64,
        stages=stages,
        electorate=electorate(stages, people, "req"),
        requester="req",
        recommended_limit=Decimal(10_000),
        currency="USD",
        opened_at=NOW,
    )


def cast(voting: Poll, *ballots: tuple[Person, Ballot]) -> tuple[list[Vote], Standing]:
    """Cast ballots as the desk does, until the poll is decided."""
    votes: list[Vote] = []
    for minute, (voter, ballot) in enumerate(ballots):
        if standing(voting, votes).decided is not None:
            break
        seat = check_ballot(voting, votes, voter, voting.assessment, ballot)
        vote = Vote(
            voter=voter.username,
            department=voter.department,
            stage=seat.name,
            round=1,
            assessment=voting.assessment,
            ballot=ballot,
            cast_at=NOW + timedelta(minutes=minute),
        )
        votes.append(vote)
    return votes, standing(voting, votes)


def outcome(came: Standing) -> str | None:
    return came.decided.outcome if came.decided else None


BESIDE = (stage("finance", FINANCE), stage("legal", LEGAL, together=True), stage("manager", CONTROLLER))


def test_stages_that_vote_together_open_together() -> None:
    assert side_by_side(BESIDE) == [BESIDE[:2], BESIDE[2:]]
    alone, *beside = BESIDE[2], *BESIDE[:2]
    assert side_by_side([alone, *beside]) == [(alone,), tuple(beside)]
    voting = poll(*BESIDE, people=(FAY, LEE, DOUBLE))
    assert standing(voting, []).stages == BESIDE[:2]
    assert standing(voting, []).asks().en == "1 x finance; 1 x legal"
    for first, other in ((FAY, BESIDE[1]), (LEE, BESIDE[0])):
        assert cast(voting, (first, APPROVE))[1].stages == (other,)
    votes, after = cast(voting, (LEE, APPROVE), (FAY, APPROVE))
    assert [vote.stage for vote in votes] == ["legal", "finance"]
    assert after.stages == BESIDE[2:]


def test_whose_stage_is_filled_waits_and_whose_is_open_beside_it_votes() -> None:
    voting = poll(*BESIDE, people=(FAY, GUS, LEE, DOUBLE))
    votes, _ = cast(voting, (FAY, APPROVE))
    with pytest.raises(NotAllowed, match="the stage that votes now is legal"):
        check_ballot(voting, votes, GUS, voting.assessment, APPROVE)


def test_a_decline_in_one_of_two_open_stages_ends_the_case_by_that_stage_s_rule() -> None:
    voting = poll(*BESIDE, people=(FAY, LEE, DOUBLE))
    _, ended = cast(voting, (FAY, APPROVE), (LEE, DECLINE))
    assert (outcome(ended), ended.decided and ended.decided.reason.en) == ("declined", "declined by lee")
    two = stage("finance", FINANCE.model_copy(update={"votes": 2}), decline="unreachable")
    voting = poll(two, BESIDE[1], people=(FAY, GUS, LEE, person("hal", "finance")))
    assert cast(voting, (FAY, DECLINE))[1].stages == (two, BESIDE[1])
    assert outcome(cast(voting, (FAY, DECLINE), (GUS, DECLINE))[1]) == "declined"


def test_one_person_with_a_seat_in_two_open_stages_votes_where_others_cannot() -> None:
    stages = (stage("finance", FINANCE), stage("controller", CONTROLLER, together=True))
    voting = poll(*stages, people=(FAY, DOUBLE))
    votes, after = cast(voting, (DOUBLE, APPROVE))
    assert ([vote.stage for vote in votes], after.stages) == (["controller"], stages[:1])
    with pytest.raises(NotAllowed, match="voted on this assessment already"):
        cast(poll(*stages, people=(DOUBLE,)), (DOUBLE, APPROVE), (DOUBLE, APPROVE))


def test_a_vote_counts_in_the_first_open_stage_that_still_needs_it() -> None:
    stages = (stage("finance", FINANCE.model_copy(update={"votes": 2})), stage("anyone", FINANCE, together=True))
    voting = poll(*stages, people=(FAY, GUS, DOUBLE))
    votes, ended = cast(voting, (FAY, APPROVE), (GUS, APPROVE), (DOUBLE, APPROVE))
    assert [vote.stage for vote in votes] == ["finance", "finance", "anyone"]
    assert outcome(ended) == "approved"


MAJORITY = stage("committee", MEMBER.model_copy(update={"votes": 2}), decline="majority")
CHAIRED = MAJORITY.model_copy(update={"chair": PRESIDENT})
THREE, FOUR = MEMBERS[:3], MEMBERS[:4]
LED = (*MEMBERS[:3], CHAIR)
Y, N = APPROVE, DECLINE
MAJORITIES: dict[str, tuple[Stage, tuple[Person, ...], tuple[Ballot, ...], str | None]] = {
    "two of three decide": (MAJORITY, THREE, (Y, Y), "approved"),
    "one against one is open": (MAJORITY, THREE, (Y, N), None),
    "one decline is no veto": (MAJORITY, THREE, (N,), None),
    "two against one": (MAJORITY, THREE, (N, Y, N), "declined"),
    "two of three with one against": (MAJORITY, THREE, (N, Y, Y), "approved"),
    "two of four can still be turned": (MAJORITY, FOUR, (Y, Y), None),
    "two declines of four can only be tied": (MAJORITY, FOUR, (N, N), "declined"),
    "a tie without a chair": (MAJORITY, FOUR, (Y, N, Y, N), "declined"),
    "a tie with the chair for it": (CHAIRED, LED, (Y, N, N, Y), "approved"),
    "a tie with the chair against it": (CHAIRED, LED, (Y, Y, N, N), "declined"),
    "two declines with the chair to come": (CHAIRED, LED, (N, N), None),
    "more approvals than the chair can help": (CHAIRED, LED, (N, N, N), "declined"),
    "too few could still approve": (MAJORITY, MEMBERS[:1], (N,), "declined"),
}


@pytest.mark.parametrize("name", MAJORITIES)
def test_a_majority(name: str) -> None:
    by_majority, people, ballots, came_to = MAJORITIES[name]
    voting = poll(by_majority, people=people)
    assert outcome(cast(voting, *zip(people, ballots, strict=False))[1]) == came_to


def test_the_chair_has_a_voice_even_without_a_seat() -> None:
    outside = person("max", "management", "president")
    voting = poll(CHAIRED, people=(*MEMBERS[:2], outside))
    assert outside in voting.electorate
    assert outcome(cast(voting, (MEMBERS[0], APPROVE), (MEMBERS[1], APPROVE))[1]) == "approved"
    # The chair's approval fills no seat: two members are asked for.
    assert outcome(cast(voting, (outside, APPROVE), (MEMBERS[0], APPROVE), (MEMBERS[1], DECLINE))[1]) == "declined"


BODY = (*MEMBERS, CHAIR)
RULES = st.builds(
    lambda votes, decline, chair: stage(
        "committee",
        MEMBER.model_copy(update={"votes": votes}),
        decline=decline,
        chair=PRESIDENT if chair and decline == "majority" else None,
    ),
    st.integers(1, 4),
    st.sampled_from(["veto", "unreachable", "majority"]),
    st.booleans(),
)
VOICES = st.lists(st.sampled_from([APPROVE, DECLINE]), min_size=len(BODY), max_size=len(BODY))


@given(rule=RULES, size=st.integers(1, 5), said=VOICES, data=st.data())
def test_the_order_of_votes_never_changes_a_decision(
    rule: Stage, size: int, said: list[Ballot], data: st.DataObject
) -> None:
    people = (*MEMBERS[:size], CHAIR)
    ballots = list(zip(people, said, strict=False))
    voting = poll(rule, people=people)
    first = outcome(cast(voting, *ballots)[1])
    turned = outcome(cast(voting, *data.draw(st.permutations(ballots)))[1])
    if rule.decline == "majority":
        assert turned == first
    else:
        # Under a veto whoever is asked first may fill the seats; then nobody is left to decline.
        assert turned == first or {turned, first} == {"approved", "declined"}
        votes = cast(voting, *ballots)[0]
        assert outcome(standing(voting, votes)) == outcome(standing(voting, votes[::-1]))


def final(rule: Stage, approved: Sequence[Person], declined: Sequence[Person]) -> bool:
    """The rule of a majority as docs/policy.md puts it, when everybody has voted."""
    if not rule.require.met_by(approved) or len(approved) < len(declined):
        return False
    return len(approved) > len(declined) or CHAIR in approved


@given(votes=st.integers(1, 3), chaired=st.booleans(), said=st.lists(st.sampled_from("yn-"), min_size=6, max_size=6))
def test_a_majority_is_certain_exactly_where_no_vote_to_come_can_turn_it(
    votes: int, chaired: bool, said: list[str]
) -> None:
    rule = (CHAIRED if chaired else MAJORITY).model_copy(update={"require": MEMBER.model_copy(update={"votes": votes})})
    heard = {word: [one for one, spoke in zip(BODY, said, strict=True) if spoke == word] for word in "yn-"}
    came_to: Result = result(rule, Tally(heard["y"], heard["n"], heard["-"]))
    endings = set()
    for rest in product("yn", repeat=len(heard["-"])):
        more = list(zip(heard["-"], rest, strict=True))
        ayes = [*heard["y"], *(one for one, word in more if word == "y")]
        noes = [*heard["n"], *(one for one, word in more if word == "n")]
        endings.add(final(rule, ayes, noes) if chaired else final(rule, ayes, noes) and len(ayes) > len(noes))
    certain: Result = "open" if len(endings) == 2 else "approved" if endings == {True} else "declined"
    # Before anybody has declined nothing is declined: too few people are a matter for whoever runs the house.
    assert came_to == (certain if heard["n"] or certain != "declined" else "open")


@given(rule=RULES, said=st.lists(st.sampled_from("yn-"), min_size=6, max_size=6))
def test_one_more_approval_never_makes_it_worse(rule: Stage, said: list[str]) -> None:
    worth: dict[Result, int] = {"declined": 0, "open": 1, "approved": 2}

    def came_to(words: Sequence[str]) -> int:
        heard = {word: [one for one, spoke in zip(BODY, words, strict=True) if spoke == word] for word in "yn-"}
        return worth[result(rule, Tally(heard["y"], heard["n"], heard["-"]))]

    for place, word in enumerate(said):
        if word == "-":
            assert came_to([*said[:place], "y", *said[place + 1 :]]) >= came_to(said)


SEATED = (FAY, GUS, LEE, DOUBLE, *LED)
PARTS = st.sampled_from([FINANCE, LEGAL, CONTROLLER, MEMBER, FINANCE.model_copy(update={"votes": 2})])
STAGES = st.lists(
    st.tuples(PARTS, st.booleans(), st.sampled_from(["veto", "unreachable", "majority"])), min_size=1, max_size=4
)


@given(
    asked=STAGES, order=st.permutations(SEATED), said=st.lists(st.sampled_from([Y, N, Y, Y]), min_size=8, max_size=8)
)
def test_nobody_counts_twice_and_nothing_is_both_approved_and_declined(
    asked: list[tuple[Requirement, bool, Any]], order: list[Person], said: list[Ballot]
) -> None:
    stages = [
        stage(f"s{place}", require, together=place > 0 and together, decline=decline)
        for place, (require, together, decline) in enumerate(asked)
    ]
    voting = poll(*stages, people=SEATED)
    votes: list[Vote] = []
    for voter, ballot in zip(order * 2, said * 2, strict=True):
        try:
            counts_in = check_ballot(voting, votes, voter, voting.assessment, ballot)
        except NotAllowed:
            continue
        at = NOW + timedelta(minutes=len(votes))
        votes.append(
            Vote(
                voter=voter.username,
                department=voter.department,
                stage=counts_in.name,
                round=1,
                assessment="a" * 64,
                ballot=ballot,
                cast_at=at,
            )
        )
        assert counts_in.seats(voter)
    assert len(votes) == len(last_ballots(votes))
    came = standing(voting, votes)
    assert (came.decided is None) == bool(came.stages)
    if came.decided and came.decided.outcome == "approved":
        people = {one.username: one for one in SEATED}
        for each in stages:
            ayes = [vote for vote in votes if vote.stage == each.name and vote.ballot.choice is Choice.APPROVE]
            assert each.require.met_by([people[vote.voter] for vote in ayes])


def published_policy() -> Policy:
    """Up to 100,000: two of group A and one of group B; above: two of A and two of B, or one of C."""
    document = policy_document()
    two_a, one_b, two_b = ({"group": "A", "votes": 2}, {"group": "B", "votes": 1}, {"group": "B", "votes": 2})
    title = {"en": "Approval", "zh": "审批"}
    small = {"name": "approval", "title": title, "require": {"all_of": [two_a, one_b]}}
    large = small | {"require": {"any_of": [{"all_of": [two_a, two_b]}, {"group": "C", "votes": 1}]}}
    document["approval"] = {
        "groups": {
            "A": [{"department": "sales"}, {"department": "credit", "role": "analyst"}],
            "B": [{"department": "finance"}, {"role": "credit_manager"}],
            "C": [{"role": "president"}],
        },
        "bands": [
            {"name": "up to 100,000", "up_to": "100000", "stages": [small]},
            {"name": "above", "stages": [large]},
        ],
        "fast_track": {"grades": [], "up_to": "0"},
        "source": "a published example",
    }
    return load_policy(document)


PUBLISHED = published_policy()
A1, A2, A3 = person("a1", "sales"), person("a2", "credit", "analyst"), person("a3", "sales")
B1, B2 = person("b1", "finance"), person("b2", "credit", "credit_manager")
# One person in both groups fills one seat of one of them.
AB = person("ab", "credit", "analyst", "credit_manager")
C1 = person("c1", "management", "president")
ENDINGS: list[tuple[str, tuple[Person, ...], str | None]] = [
    ("100000", (A1, A2, B1), "approved"),
    ("100000", (B2, A1, A3), "approved"),
    ("100000", (A1, A2), None),
    ("100000", (A1, A2, A3), None),
    ("100000", (A1, AB, B1), "approved"),
    ("100000", (A1, AB), None),
    ("100000", (A1, A2, AB), "approved"),
    ("100000.01", (A1, A2, B1), None),
    ("100000.01", (A1, A2, B1, B2), "approved"),
    ("100000.01", (A1, AB, B1, B2), "approved"),
    ("100000.01", (C1,), "approved"),
    ("100000.01", (A1, C1), "approved"),
]


def published_route(amount: str, grade: str = "A") -> Route:
    return choose_route(route_inputs(PUBLISHED, grade, requested(amount)))


@pytest.mark.parametrize(("amount", "voters", "came_to"), ENDINGS, ids=lambda value: str(value)[:12])
def test_the_published_matrix_in_the_policy_s_own_format(
    amount: str, voters: tuple[Person, ...], came_to: str | None
) -> None:
    route = published_route(amount)
    voting = poll(*route.stages, people=(A1, A2, A3, B1, B2, AB, C1))
    assert outcome(cast(voting, *((voter, APPROVE) for voter in voters))[1]) == came_to


def test_who_is_in_no_group_of_the_band_has_no_seat() -> None:
    voting = poll(*published_route("100000").stages, people=(A1, A2, B1, C1))
    with pytest.raises(NotAllowed, match="no seat"):
        check_ballot(voting, [], C1, voting.assessment, APPROVE)


def test_a_group_is_told_by_its_name() -> None:
    require = published_route("100000.01").stages[0].require
    assert require.words().en == "2 x group A and 2 x group B or 1 x group C"
    assert require.words().zh == "A组2人、B组2人或C组1人"
    assert [seat.words().en for seat in empty_seats(require, [A1, A2, B1])] == ["1 x group B"]


def test_a_stage_tells_in_words_what_is_not_as_usual() -> None:
    beside = CHAIRED.model_copy(update={"together": True})
    assert beside.words().en == (
        "2 x committee member, by majority, a tie decided by 1 x president, at the same time as the stage before it"
    )
    assert beside.words().zh == "评审委员2票，多数通过，票数相等时由总裁1人决定，与上一环节同时进行"
