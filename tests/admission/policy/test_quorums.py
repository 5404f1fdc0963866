"""Quorums that cannot be reached: by the offices there are, and by the people there are."""

from __future__ import annotations

from typing import Any

import pytest

from admission.errors import BadInput, Problem
from admission.people import Person
from admission.policy import load_policy, quorum_problems, single_points
from tests.admission.build import person, policy_document

TITLE = {"en": "Approval", "zh": "审批"}
PRESIDENT = {"role": "president"}
FINANCE, LEGAL, SALES = ({"department": name} for name in ("finance", "legal", "sales"))
WHERE = "approval.bands.All.stages"


def stage(name: str, require: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": name, "title": TITLE, "require": require, **more}


def policy_of(*stages: dict[str, Any], **approval: Any) -> dict[str, Any]:
    document = policy_document() | {"segments": ["standard"]}
    document["approval"] |= {"bands": [{"name": "All", "stages": list(stages)}]} | approval
    return document


def mistakes(document: dict[str, Any]) -> list[tuple[str, str]]:
    try:
        load_policy(document)
    except BadInput as error:
        return [(problem.field, problem.expected.en) for problem in error.problems]
    return []


HOUSE_HAS_NO_MORE = "the house has no more, so this quorum cannot be reached"
TWO_SEATS = "other seats: only one person filling two seats could reach this quorum"
TWO_STAGES = "stages that different people can fill: only one voting in two of them could reach this quorum"
BEYOND: dict[str, tuple[dict[str, Any], str, str]] = {
    "more than there are": (
        policy_of(stage("one", {"role": "president", "votes": 2}), holders={"president": 1}),
        f"{WHERE}.one.require",
        f"at most 1 of president: {HOUSE_HAS_NO_MORE} (2 x president)",
    ),
    "one in two seats": (
        policy_of(stage("one", {"all_of": [PRESIDENT, PRESIDENT]}), holders={"president": 1}),
        f"{WHERE}.one.require",
        f"{TWO_SEATS} (1 x president and 1 x president)",
    ),
    "one in two stages": (
        policy_of(stage("one", PRESIDENT), stage("two", PRESIDENT), holders={"president": 1}),
        WHERE,
        f"{TWO_STAGES} (1 x president; 1 x president)",
    ),
    "one in two stages side by side": (
        policy_of(stage("one", PRESIDENT), stage("two", PRESIDENT, together=True), holders={"president": 1}),
        WHERE,
        f"{TWO_STAGES} (1 x president; 1 x president)",
    ),
    "every way too large": (
        policy_of(
            stage("one", {"any_of": [{"role": "president", "votes": 2}, {"department": "legal", "votes": 3}]}),
            holders={"president": 1, "legal": 2},
        ),
        f"{WHERE}.one.require",
        f"at most 1 of president: {HOUSE_HAS_NO_MORE} (2 x president or 3 x legal)",
    ),
    "a department and a role": (
        policy_of(stage("one", {"department": "finance", "role": "cfo", "votes": 2}), holders={"cfo": 1}),
        f"{WHERE}.one.require",
        f"at most 1 of finance CFO: {HOUSE_HAS_NO_MORE} (2 x finance CFO)",
    ),
    "a group too small": (
        policy_of(
            stage("one", {"group": "A", "votes": 3}),
            groups={"A": [PRESIDENT, {"role": "cfo"}]},
            holders={"president": 1, "cfo": 1},
        ),
        f"{WHERE}.one.require",
        f"at most 2 of group A: {HOUSE_HAS_NO_MORE} (3 x group A)",
    ),
    "a group and its member": (
        policy_of(
            stage("one", {"all_of": [{"group": "A", "votes": 2}, PRESIDENT]}),
            groups={"A": [PRESIDENT, {"role": "cfo"}]},
            holders={"president": 1, "cfo": 1},
        ),
        f"{WHERE}.one.require",
        f"{TWO_SEATS} (2 x group A and 1 x president)",
    ),
}


@pytest.mark.parametrize("name", BEYOND)
def test_more_votes_than_an_office_has_people(name: str) -> None:
    document, field, expected = BEYOND[name]
    assert mistakes(document) == [(field, expected)]


WITHIN: dict[str, dict[str, Any]] = {
    "as many as there are": policy_of(stage("one", {"role": "committee", "votes": 2}), holders={"committee": 2}),
    "no count given": policy_of(stage("one", {"role": "president", "votes": 9}), holders={}),
    "another way": policy_of(
        stage("one", {"any_of": [{"role": "president", "votes": 2}, LEGAL]}), holders={"president": 1}
    ),
    "the other way in the other stage": policy_of(
        stage("one", {"any_of": [PRESIDENT, LEGAL]}), stage("two", PRESIDENT), holders={"president": 1}
    ),
    "a group with people without number": policy_of(
        stage("one", {"group": "A", "votes": 5}), groups={"A": [PRESIDENT, SALES]}, holders={"president": 1}
    ),
    "the group takes who is left": policy_of(
        stage("one", {"all_of": [{"group": "A", "votes": 1}, PRESIDENT]}),
        groups={"A": [PRESIDENT, {"role": "cfo"}]},
        holders={"president": 1, "cfo": 1},
    ),
}


@pytest.mark.parametrize("name", WITHIN)
def test_a_quorum_within_the_offices_is_no_mistake(name: str) -> None:
    assert mistakes(WITHIN[name]) == []


def test_a_segment_s_own_matrix_is_checked_too() -> None:
    document = policy_document()
    document["segments"] = {
        name: {} for name in ("micro", "standard", "key_account", "distributor", "public_body", "newly_founded")
    }
    bands = [{"name": "Any amount", "stages": [stage("one", {"role": "president", "votes": 2})]}]
    document["segments"]["micro"] = {"bands": bands}
    document["approval"]["holders"] = {"president": 1}
    assert [field for field, _ in mistakes(document)] == ["segments.micro.bands.Any amount.stages.one.require"]


def test_an_office_that_is_none_is_named_with_the_nearest() -> None:
    [(field, expected)] = mistakes(policy_of(stage("one", PRESIDENT), holders={"presidnt": 1}))
    assert field == "approval.holders.presidnt"
    assert "did you mean president?" in expected


def test_alternatives_without_number_are_refused_at_once() -> None:
    doubled: dict[str, Any] = FINANCE
    for _ in range(12):
        doubled = {"any_of": [doubled, doubled]}
    assert any("at most 256 alternatives" in expected for _, expected in mistakes(policy_of(stage("one", doubled))))
    eight: dict[str, Any] = {"any_of": [FINANCE] * 8}
    three = policy_of(*(stage(name, eight) for name in ("one", "two", "three")))
    assert any("at most 256 alternatives" in expected for _, expected in mistakes(three))


FAY, LEE, SAL = person("fay", "finance"), person("lee", "legal"), person("sal", "sales")
BOSS = person("boss", "finance", "controller")
REVIEW = stage("review", {"all_of": [FINANCE, LEGAL]})
CONTROL = stage("control", {"role": "controller"})
TWO_SEATS_OF_ONE = "more people: only one person filling two seats could reach this quorum"
TWO_STAGES_OF_ONE = "more people: only one person voting in two of its stages could reach this quorum"
NOBODY = "people who can fill it: with those there are this quorum cannot be reached"
SEATINGS: dict[str, tuple[dict[str, Any], tuple[Person, ...], list[tuple[str, str]]]] = {
    "filled": (policy_of(REVIEW, CONTROL), (FAY, LEE, BOSS), []),
    "nobody of a department": (
        policy_of(REVIEW, CONTROL),
        (FAY, SAL, BOSS),
        [(f"{WHERE}.review.require", f"{NOBODY} (1 x finance and 1 x legal)")],
    ),
    "nobody at all": (
        policy_of(CONTROL),
        (),
        [(f"{WHERE}.control.require", f"{NOBODY} (1 x controller)")],
    ),
    "one who left does not count": (
        policy_of(CONTROL),
        (BOSS.model_copy(update={"active": False}),),
        [(f"{WHERE}.control.require", f"{NOBODY} (1 x controller)")],
    ),
    "one in two seats": (
        policy_of(stage("both", {"all_of": [FINANCE, {"role": "controller"}]})),
        (BOSS, LEE),
        [
            (
                f"{WHERE}.both.require",
                f"{TWO_SEATS_OF_ONE} (1 x finance and 1 x controller)",
            )
        ],
    ),
    "two votes of one person": (
        policy_of(stage("both", {"department": "finance", "votes": 2})),
        (FAY, LEE),
        [(f"{WHERE}.both.require", f"{TWO_SEATS_OF_ONE} (2 x finance)")],
    ),
    "one in two stages": (
        policy_of(REVIEW, CONTROL),
        (BOSS, LEE),
        [(WHERE, f"{TWO_STAGES_OF_ONE} (1 x finance and 1 x legal; 1 x controller)")],
    ),
    "another way": (policy_of(stage("any", {"any_of": [LEGAL, PRESIDENT]})), (LEE,), []),
    "a group": (
        policy_of(stage("one", {"group": "A", "votes": 2}), groups={"A": [FINANCE, LEGAL]}),
        (FAY, LEE),
        [],
    ),
}


@pytest.mark.parametrize("name", SEATINGS)
def test_stages_that_the_people_there_are_cannot_fill(name: str) -> None:
    document, people, told = SEATINGS[name]
    found = quorum_problems(document, {}, people)
    assert [(problem.field, problem.expected.en) for problem in found] == told


def test_a_problem_has_the_line_of_its_stage() -> None:
    lines: dict[tuple[str | int, ...], int] = {("approval", "bands", 0, "stages", 0, "require"): 812}
    [problem] = quorum_problems(policy_of(CONTROL), lines, [])
    assert (problem.line, problem.value) == (812, "")
    assert problem.expected.zh.startswith("能够审批的人员：现有人员无法凑足审批人（")


def needed(document: dict[str, Any], *people: Person) -> list[Problem]:
    return [found for found in single_points(document, {}, people) if found.field.startswith("approval")]


def test_who_alone_can_fill_a_seat_is_told() -> None:
    [caution] = needed(policy_of(REVIEW, CONTROL), FAY, LEE, BOSS, person("lou", "legal"))
    assert (caution.field, caution.value) == (WHERE, "boss, fay")
    assert caution.expected.en.startswith("somebody to stand in for each")
    others = (person("gus", "finance"), person("lou", "legal"), person("max", "management", "controller"))
    assert needed(policy_of(REVIEW, CONTROL), FAY, LEE, BOSS, *others) == []


def test_what_nobody_can_fill_is_no_matter_of_standing_in() -> None:
    assert needed(policy_of(REVIEW), FAY) == []


def test_many_people_are_told_apart_quickly() -> None:
    crowd = [person(f"f{number}", "finance") for number in range(2000)]
    [caution] = needed(policy_of(REVIEW), *crowd, LEE)
    assert caution.value == "lee"


def test_a_chair_whom_nobody_can_be_is_told() -> None:
    tied = stage("tied", {"department": "finance", "votes": 2}, decline="majority", chair=PRESIDENT)
    people = [person(f"f{number}", "finance") for number in range(4)]
    [caution] = needed(policy_of(tied), *people)
    assert (caution.field, caution.value) == (f"{WHERE}.tied.chair", "")
    assert caution.expected.en == "somebody who can be the chair: without one a tie is declined (1 x president)"
    assert needed(policy_of(tied), *people, person("max", "management", "president")) == []


def test_a_band_of_256_alternatives_is_tried_and_one_of_more_is_a_mistake_of_its_own() -> None:
    two = {"any_of": [PRESIDENT, LEGAL]}
    most, offices = stage("one", {"all_of": [two] * 8}), {"president": 1, "legal": 1}
    (tried,) = mistakes(policy_of(most, holders=offices))
    assert tried[0] == f"{WHERE}.one.require"
    assert tried[1].startswith(TWO_SEATS)
    more = policy_of(most, stage("two", two), holders=offices)
    assert mistakes(more) == [("approval.bands.All", "stages with at most 256 alternatives, all any_of multiplied")]
