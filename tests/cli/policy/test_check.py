"""`gatehouse policy check`: all mistakes of a file in one go, each with its line and what would be right."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.admission.policy.planted import TWENTY_ONE
from tests.admission.policy.planted.planting import planted as plant
from tests.cli.conftest import Run
from tests.conftest import ROOT

DEFAULT = ROOT / "policies" / "default.yaml"
# What is written in the shipped policy, what is planted in its place, and what must be said of it.
PLANTED: tuple[tuple[str, str, str], ...] = (
    ("    metric: accounts_age_months", "    metric: account_age_months", "did you mean accounts_age_months?"),
    ("    unit: years", "    unit: percent", "did you mean years?"),
    ("    effect: hold", "    effect: halt", "one of reject, refer, secured_only, hold, committee"),
    ('zh: "经营异常名录未移出"', 'zh: ""', "words in Chinese"),
    ('{below: "1.5", points: "5"}', '{below: "0.5", points: "5"}', "more than 1: the bins overlap"),
    ("missing_cap: C", "missing_cap: F", "one of A, B, C, D, E"),
    ('name: B, at_least: "65"', 'name: B, at_least: "85"', "falling bounds: less than 80"),
    ("treatments: [security, closer_review]", "treatments: [secured, closer_review]", "did you mean security?"),
    ('up_to: "500000"', 'up_to: "50000"', "more than 250000: the amount bands must rise"),
    ("require: {department: credit}", "require: {department: credits}", "did you mean credit?"),
    ("{role: president}]", "{role: president, votes: 2}]", "at most 1 of president"),
    ("default_review_months: 6", "default_review_months: 60", "at most 36"),
)


@pytest.fixture
def planted(tmp_path: Path) -> Path:
    """The shipped policy with twelve mistakes in it."""
    text = DEFAULT.read_text(encoding="utf-8")
    for written, mistake, _ in PLANTED:
        assert written in text
        text = text.replace(written, mistake, 1)
    file = tmp_path / "planted.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def test_twelve_planted_mistakes_are_named_with_their_lines_in_one_go(run: Run, planted: Path) -> None:
    said = run("policy", "check", str(planted))

    assert said.status == 1
    text = planted.read_text(encoding="utf-8")
    told = said.out.splitlines()
    for _, mistake, expected in PLANTED:
        line = line_of(text, mistake)
        assert any(row.startswith(f"{planted}:{line}: ") and expected in row for row in told), (line, expected)
    assert told[-1] == f"{planted}: 12 mistake(s); it cannot be used"
    assert len(told) == 13


def test_the_same_as_json(run: Run, planted: Path) -> None:
    said = run("policy", "check", str(planted), "--json")
    document = said.document
    assert (said.status, document["usable"], document["policy"], len(document["problems"])) == (1, False, None, 12)
    assert all(problem["line"] and problem["expected"] for problem in document["problems"])


def test_a_usable_policy_is_told_with_its_fingerprint(run: Run) -> None:
    said = run("policy", "check", str(DEFAULT), "--json")
    assert (said.status, said.document["usable"], said.document["problems"]) == (0, True, [])
    assert len(said.document["policy"]["sha256"]) == 64


def test_what_is_no_policy_is_said_plainly(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "list.yaml"
    file.write_text("- one\n- two\n", encoding="utf-8")
    said = run("policy", "check", str(file))
    assert said.status == 1
    assert "not a policy" in said.out


def test_each_of_several_files_is_checked(run: Run, planted: Path) -> None:
    said = run("policy", "check", str(DEFAULT), str(planted), "--json")
    assert said.status == 1
    assert [document["usable"] for document in said.document] == [True, False]


@pytest.mark.parametrize("name", TWENTY_ONE)
def test_what_once_passed_is_refused_with_its_line(run: Run, tmp_path: Path, name: str) -> None:
    mistake = TWENTY_ONE[name]
    file = tmp_path / "mine.yaml"
    file.write_text(plant(DEFAULT.read_text(encoding="utf-8"), mistake), encoding="utf-8")
    said = run("policy", "check", str(file))
    assert said.status == 1
    rows = [row for row in said.out.splitlines() if f": {mistake.field}:" in row and mistake.remedy in row]
    assert rows
    assert all(re.match(rf"{re.escape(str(file))}:\d+: ", row) for row in rows)


def test_a_warning_keeps_no_policy_from_use(run: Run) -> None:
    said = run("policy", "check", str(DEFAULT))
    rows = said.out.splitlines()
    assert said.status == 0
    assert any(": warning: scorecard.attributes.ownership_stable.metric:" in row for row in rows)
    document = run("policy", "check", str(DEFAULT), "--json").document
    assert {warning["field"] for warning in document["warnings"]} >= {"scorecard.attributes.ownership_stable.metric"}


def test_a_value_is_shown_as_it_was_written(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    text = DEFAULT.read_text(encoding="utf-8").replace('value: "30"', "value: {most: [30, true]}")
    file.write_text(text, encoding="utf-8")
    said = run("policy", "check", str(file))
    assert 'criteria.pays_late.value: "{most: [30, true]}": one figure in quotes' in said.out
    assert len([row for row in said.out.splitlines() if ": criteria.pays_late.value:" in row]) == 1
