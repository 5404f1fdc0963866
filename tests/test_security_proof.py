"""The table of `make proof-security`: every row has tests that are there, and one that does not hold is named."""

from __future__ import annotations

import ast
from functools import cache

import pytest

from benchmarks.security.attacks import Attack, attacks, chosen
from benchmarks.security.plants import CONTROL, PLANTS
from benchmarks.security.plugin import plain_id, without_parameters
from benchmarks.security.trying import judged
from tests.conftest import ROOT

ATTACKS = attacks()
RANKED = {str(number) for number in range(1, 27)}
ONE = Attack("1", "low", "something", ("tests/a.py::test_one",))


@cache
def names_in(file: str) -> frozenset[str]:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def test_every_row_of_the_ranking_is_there_with_its_severity() -> None:
    ranked = {attack.row for attack in ATTACKS if attack.severity}
    assert ranked == RANKED
    assert [attack.row for attack in ATTACKS[:26]] == [str(number) for number in range(1, 27)]
    assert {attack.severity for attack in ATTACKS[:26]} == {"critical", "high", "medium", "low"}


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.row)
def test_every_test_of_a_row_is_there(attack: Attack) -> None:
    missing = [test for test in attack.by if not (ROOT / test.partition("::")[0]).is_file()]
    missing += [
        test for test in attack.by if "::" in test and test.partition("::")[2] not in names_in(test.partition("::")[0])
    ]
    assert missing == []


def test_a_row_that_is_not_there_is_refused() -> None:
    assert [attack.row for attack in chosen(["own vote", "3"])] == ["3", "own vote"]
    with pytest.raises(ValueError, match="no such row: 27"):
        chosen(["3", "27"])


@pytest.mark.parametrize(
    ("ends", "held", "wrong"),
    [
        ({"tests/a.py::test_one": "passed", "tests/b.py::test_one": "failed"}, "yes", 0),
        ({"tests/a.py::test_one[x]": "passed", "tests/a.py::test_one[y]": "left out"}, "yes", 0),
        ({"tests/a.py::test_one": "left out"}, "left out", 0),
        ({"tests/a.py::test_one[x]": "passed", "tests/a.py::test_one[y]": "failed"}, "NO", 1),
        ({"tests/a.py::test_one[x]": "passed", "tests/a.py::test_one[y]": "skipped"}, "NO", 1),
        ({"tests/a.py::test_another": "passed"}, "NO", 1),
        ({}, "NO", 1),
    ],
)
def test_what_did_not_run_held_nothing_off(ends: dict[str, str], held: str, wrong: int) -> None:
    tried = judged(ONE, ends)
    assert (tried.held, len(tried.wrong)) == (held, wrong)


def test_all_tests_of_a_file_count_where_the_file_alone_is_named() -> None:
    whole = ONE._replace(by=("tests/a.py",))
    tried = judged(whole, {"tests/a.py::test_one[x]": "passed", "tests/a.py::test_two": "failed"})
    assert (tried.tries, tried.wrong, tried.ran) == (2, ("tests/a.py::test_two: failed",), True)


def test_a_fault_is_told_only_where_tests_ran() -> None:
    assert not judged(ONE, {}).ran
    assert judged(ONE, {"tests/a.py::test_one": "failed"}).ran


@pytest.mark.parametrize(
    ("told", "plain"),
    [
        (
            "tests/desk/test_hosts.py::test_x[desk.test@evil.example]@tests/desk/test_hosts.py",
            "[desk.test@evil.example]",
        ),
        ("tests/flows/test_waiting.py::test_x@prefect", "test_x"),
        ("tests/desk/test_hosts.py::test_x[desk.test@evil.example]", "[desk.test@evil.example]"),
    ],
)
def test_the_group_that_xdist_adds_is_no_part_of_an_id(told: str, plain: str) -> None:
    assert plain_id(told).endswith(plain)
    assert without_parameters(plain_id(told)).endswith("::test_x")


def test_every_fault_opens_rows_that_are_there_and_none_that_must_hold() -> None:
    rows = {attack.row for attack in ATTACKS}
    assert {row for plant in PLANTS.values() for row in plant.breaks} <= rows
    assert set(CONTROL) <= rows
    assert not {row for plant in PLANTS.values() for row in plant.breaks} & set(CONTROL)
    assert all(plant.words and plant.breaks for plant in PLANTS.values())
    opened = {row for plant in PLANTS.values() for row in plant.breaks} & RANKED
    assert RANKED - opened == {"19", "24", "26"}
