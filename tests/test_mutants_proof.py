"""The proof of mutants: its tables are about what is there, and a change that no test notices is told as such."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.mutants import rooms
from benchmarks.mutants.equivalents import Equivalent, load_equivalents
from benchmarks.mutants.mutant import Change, Mutant, draw
from benchmarks.mutants.report import Report
from benchmarks.mutants.trying import SURVIVED, TIME, Job, Outcome, run_jobs
from tests.conftest import ROOT

FILE = "admission/approval/rounds.py"


def mutant(was: str, now: str, file: str = FILE) -> Mutant:
    source = (ROOT / file).read_text(encoding="utf-8")
    assert source.count(was) == 1
    return Mutant(Change(file, "", was, now), "comparison", 1, source.replace(was, now))


def outcome_of(made: Mutant, *, seconds: float = 60, asleep: bool = False, failing: bool = False) -> Outcome:
    tests = tuple(str(ROOT / name) for name in rooms.tests_of(made.change.file))
    ((_, outcome),) = run_jobs([Job(made, tests, seconds, asleep=asleep, failing=failing)], 1)
    return outcome


def test_every_file_and_every_test_of_the_table_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert all(Path(name).exists() for name in rooms.TESTS)
    assert {test for tests in rooms.TESTS.values() for test in tests if not Path(test).is_file()} == set()
    assert all(Path(name).is_file() and rooms.tests_of(name) for name in rooms.files())
    assert rooms.tests_of("admission/assessment/engine/verdicts.py") == rooms.TESTS["admission/assessment/engine"]


def test_every_change_that_makes_no_difference_has_a_reason_and_a_line_that_stands_there() -> None:
    rows = load_equivalents()
    assert rows
    for change, why in rows:
        lines = [" ".join(line.split()) for line in (ROOT / change.file).read_text(encoding="utf-8").splitlines()]
        assert change.was in lines
        assert change.now not in lines
        assert why


@pytest.mark.parametrize(
    ("was", "now", "noticed"),
    [
        ("len(lately) >= most", "len(lately) >= most", ""),
        ("len(lately) >= most", "len(lately) > most", "tests/admission/approval/test_rounds.py::test_each_person_may"),
        ("ROUNDS_A_DAY = 5", "ROUNDS_A_DAY = 6", "tests/admission/approval/test_rounds.py::test_a_policy"),
        ("ROUNDS_A_DAY = 5", "ROUNDS_A_DAY = five", "import of tests/admission/approval/test_rounds.py"),
    ],
)
def test_the_tests_run_on_the_changed_module(was: str, now: str, noticed: str) -> None:
    outcome = outcome_of(mutant(was, now))
    assert outcome.noticed.startswith(noticed)
    assert bool(outcome.noticed) is bool(noticed)


def test_a_change_that_hangs_was_noticed() -> None:
    hangs = mutant("    if len(lately) >= most:", "    while True:\n        pass\n    if len(lately) >= most:")
    assert outcome_of(hangs, seconds=5)[1] == TIME


def test_where_no_test_runs_nothing_was_noticed_and_the_report_says_so() -> None:
    broken = mutant("len(lately) >= most", "len(lately) < most")
    outcome = outcome_of(broken, asleep=True)
    assert outcome[:2] == (0, SURVIVED)
    short = Report([broken], {0: outcome}, [], {broken.change}, [FILE]).falls_short(0.95, whole=False)
    assert short == ["1 changes were tried by no test at all", "nothing was noticed"]


def test_a_test_that_always_fails_is_seen_on_the_rules_as_they_are() -> None:
    unchanged = mutant("ROUNDS_A_DAY = 5", "ROUNDS_A_DAY = 5")
    assert outcome_of(unchanged, failing=True).noticed


def test_a_share_below_the_bar_and_rows_about_nothing_fall_short() -> None:
    made = [mutant("ROUNDS_A_DAY = 5", f"ROUNDS_A_DAY = {number}") for number in range(20, 40)]
    outcomes = {place: Outcome(3, "" if place < 2 else "a test", 1.0) for place in range(20)}
    changes = (made[0].change, made[9].change, Change(FILE, "", "", ""))
    known = [Equivalent(change, "why") for change in changes]
    report = Report(made, outcomes, known, {item.change for item in made}, [FILE])
    assert (report.noticed, report.share, report.known) == (18, 0.9, 1)
    short = report.falls_short(0.95, whole=True)
    assert short[:2] == ["90.0% noticed, 95% asked", "20 changes, 400 asked"]
    assert [line.partition(":")[0] for line in short[2:]] == [
        "equivalents.yml tells of a change that cannot be made",
        "equivalents.yml tells of a change that was noticed",
    ]
    assert report.falls_short(0.9, whole=False)[0].startswith("equivalents.yml")


def test_a_drawing_is_fixed_and_other_code_moves_few_of_it() -> None:
    made = [mutant("ROUNDS_A_DAY = 5", f"ROUNDS_A_DAY = {number}") for number in range(100, 200)]
    drawn = draw(made, 20)
    assert len(drawn) == 20
    assert draw(list(reversed(made)), 20) == drawn or set(draw(made[::-1], 20)) == set(drawn)
    assert len(set(draw(made[1:], 20)) & set(drawn)) >= 19
