from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from admission.approval.seats import MOST_WAYS, Requirement, has_seat_left
from admission.people import Person
from tests.admission.build import person

CREDIT = Requirement(department="credit")
FINANCE = Requirement(department="finance")
ANA, FAY = person("ana"), person("fay", "finance")


def both(*parts: Requirement) -> Requirement:
    return Requirement(all_of=parts)


def either(*parts: Requirement) -> Requirement:
    return Requirement(any_of=parts)


def several(votes: int, department: Any) -> Requirement:
    return Requirement(department=department, votes=votes)


def test_a_requirement_says_exactly_one_thing() -> None:
    for wrong in ({}, {"all_of": (CREDIT,), "department": "credit"}, {"all_of": (CREDIT,), "any_of": (CREDIT,)}):
        with pytest.raises(ValidationError, match="exactly one of"):
            Requirement.model_validate(wrong)


A, B, C = "finance", "legal", "management"
# Published as an example of a matrix: up to 100,000 two of group A and one of group B; above, two and two, or one of C.
SMALL = both(several(2, A), several(1, B))
LARGE = either(both(several(2, A), several(2, B)), several(1, C))


def group(*counts: int) -> list[Person]:
    return [
        person(f"{department}{number}", department)  # type: ignore[arg-type]
        for department, count in zip((A, B, C), counts, strict=True)
        for number in range(count)
    ]


@pytest.mark.parametrize(
    ("require", "counts", "met"),
    [
        (SMALL, (2, 1, 0), True),
        (SMALL, (3, 2, 0), True),
        (SMALL, (1, 1, 0), False),
        (SMALL, (2, 0, 0), False),
        (SMALL, (0, 3, 5), False),
        (LARGE, (2, 2, 0), True),
        (LARGE, (0, 0, 1), True),
        (LARGE, (2, 1, 0), False),
        (LARGE, (1, 2, 0), False),
        (LARGE, (0, 0, 0), False),
    ],
)
def test_the_published_matrix(require: Requirement, counts: tuple[int, int, int], met: bool) -> None:
    people = group(*counts)
    assert {require.met_by(order) for order in permutations(people)} == {met}


def test_one_person_never_fills_two_seats() -> None:
    double = person("double", "finance", "controller")
    assert not both(FINANCE, Requirement(role="controller")).met_by([double])
    assert both(FINANCE, Requirement(role="controller")).met_by([double, FAY])
    assert not several(2, "finance").met_by([FAY, FAY])


def test_whoever_can_sit_in_two_seats_moves_where_needed() -> None:
    double = person("double", "finance", "controller")
    plain = person("plain", "management", "controller")
    require = both(Requirement(role="controller"), FINANCE)
    assert require.met_by([double, plain])
    assert require.met_by([plain, double])


def test_department_and_role_together_ask_for_both() -> None:
    require = Requirement(department="finance", role="controller")
    assert require.seats(person("x", "finance", "controller"))
    assert not require.seats(person("x", "finance"))
    assert not require.seats(person("x", "credit", "controller"))


def test_many_seats_and_too_few_people_are_told_at_once() -> None:
    people = [person(f"c{number}") for number in range(19)]
    assert not several(20, "credit").met_by(people)
    assert several(20, "credit").met_by([*people, ANA])


PARTS = st.recursive(
    st.builds(lambda department, votes: several(votes, department), st.sampled_from([A, B, C]), st.integers(1, 2)),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=2)
        .map(tuple)
        .flatmap(lambda parts: st.sampled_from([both(*parts), either(*parts)]))
    ),
    max_leaves=4,
)


def seats_by_trying(seats: Sequence[Requirement], people: Sequence[Person]) -> bool:
    return any(
        all(seat.seats(one) for seat, one in zip(seats, chosen, strict=True))
        for some in combinations(people, len(seats))
        for chosen in permutations(some)
    )


@given(
    require=PARTS,
    people=st.lists(st.tuples(st.sampled_from([A, B, C]), st.sampled_from([(), ("controller",)])), max_size=5),
)
def test_seating_agrees_with_trying_every_order(require: Requirement, people: list[Any]) -> None:
    mixed = both(require, Requirement(role="controller"))
    present = [person(f"p{number}", department, *roles) for number, (department, roles) in enumerate(people)]
    for asked in (require, mixed):
        assert asked.met_by(present) == any(seats_by_trying(way, present) for way in asked.ways())


def test_a_requirement_is_told_in_words() -> None:
    assert LARGE.words().en == "2 x finance and 2 x legal or 1 x management"
    assert LARGE.words().zh == "财务部2人会签、法务部2人会签或管理层会签"
    assert Requirement(role="committee", votes=3).words().zh == "评审委员3票"
    assert Requirement(department="credit", role="analyst").words().zh == "信用部分析员1人"


def test_a_requirement_has_at_most_256_alternatives() -> None:
    two = either(CREDIT, FINANCE)
    assert both(*(two,) * 8).count_ways() == MOST_WAYS == 256
    with pytest.raises(ValidationError, match="at most 256 alternatives"):
        both(*(two,) * 8, two)
    with pytest.raises(ValidationError, match="at most 256 alternatives"):
        either(*(CREDIT,) * 257)


@pytest.mark.parametrize(("votes", "right"), [(0, False), (1, True), (20, True), (21, False)])
def test_a_seat_is_asked_for_once_to_twenty_times(votes: int, right: bool) -> None:
    if right:
        assert len(several(votes, "credit").ways()[0]) == votes
        return
    with pytest.raises(ValidationError):
        several(votes, "credit")


@pytest.mark.parametrize(
    ("require", "people", "one", "left"),
    [
        (CREDIT, [], ANA, True),
        (CREDIT, [], FAY, False),
        (CREDIT, [ANA], person("bo"), False),
        (several(2, "credit"), [ANA], person("bo"), True),
        (several(2, "credit"), [ANA], ANA, False),
        (either(CREDIT, FINANCE), [ANA], FAY, True),
    ],
)
def test_who_would_fill_a_seat_that_is_left(
    require: Requirement, people: list[Person], one: Person, left: bool
) -> None:
    assert has_seat_left(require, people, one) is left
