"""`gatehouse policy check --examples`, and what a proposal and a publication say of examples."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.conftest import ROOT
from tests.services.policy_files import document, policy_file, with_people
from wiring import House, Settings

EXAMPLES = """country: GB
rates: {GBP: "1.25"}
examples:
  - id: sound
    title: {en: "A sound company", zh: "稳健企业"}
    application: {requested: {limit: 15000}}
    expected: {grade: [A, B], limit: 15000, route: fast_track}
    why: {en: "Nothing is against it.", zh: "无不利记录。"}
  - id: dissolved
    title: {en: "Dissolved", zh: "已注销"}
    evidence: {register: {status: dissolved}}
    expected: {limit: 0, route: %s}
    why: {en: "Nobody is there to pay.", zh: "债务主体已不存在。"}
"""


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    return Path(shutil.copy(ROOT / "policies" / "default.yaml", tmp_path / "mine.yaml"))


def examples_in(folder: Path, route: str) -> Path:
    folder.mkdir(parents=True)
    file = folder / "ours.yaml"
    file.write_text(EXAMPLES % route, encoding="utf-8")
    return file


def test_examples_beside_the_policy_are_tried(run: Run, policy: Path) -> None:
    beside = policy.parent / "examples" / "default"
    examples_in(beside, "knock_out")
    said = run("policy", "check", policy, "--examples")
    assert said.status == 0, said.out
    assert said.out.splitlines()[-1] == f"{beside}: 2 examples, 2 as expected, 0 not"


def test_an_example_that_comes_out_otherwise_is_told_and_ends_with_one(run: Run, policy: Path) -> None:
    file = examples_in(policy.parent / "elsewhere", "desk")
    said = run("policy", "check", policy, "--examples", file)
    assert said.status == 1
    assert said.out.splitlines()[-4:] == [
        f"{file}:9: dissolved: Dissolved",
        "  route: expected desk, got knock_out",
        "  why: Nobody is there to pay.",
        f"{file}: 2 examples, 1 as expected, 1 not",
    ]
    (found,) = [run("policy", "check", policy, "--examples", file, "--json").document]
    assert (found["usable"], found["examples"]["as_expected"]) == (True, 1)
    (differ,) = found["examples"]["differ"]
    assert (differ["id"], differ["line"], differ["misses"]) == (
        "dissolved",
        9,
        [{"what": "route", "expected": "desk", "got": "knock_out"}],
    )


def test_in_chinese_too(run: Run, policy: Path) -> None:
    file = examples_in(policy.parent / "elsewhere", "desk")
    said = run("policy", "check", policy, "--examples", file, "--lang", "zh")
    assert "  审批路径：预期 desk，实际 knock_out" in said.out
    assert "共 2 个示例，1 个符合预期，1 个不符" in said.out


def test_without_examples_that_is_told(run: Run, policy: Path) -> None:
    said = run("policy", "check", policy, "--examples")
    assert said.status == 1
    assert "There is no file default." in said.error


def test_without_the_option_none_are_tried(run: Run, policy: Path) -> None:
    found = run("policy", "check", policy, "--json").document
    assert "examples" not in found


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(Settings())
    house.casebook.create(demo=True)
    with_people(house)
    yield house
    house.casebook.close()


def test_a_proposal_and_a_publication_say_which_examples_change(run: Run, house: House, tmp_path: Path) -> None:
    file = examples_in(tmp_path / "ours", "knock_out")
    approval = document()["approval"]
    approval["fast_track"]["up_to"] = "10000"
    proposal = policy_file(tmp_path, "2026.2", "2026-01-01", approval=approval)
    said = run("policy", "propose", proposal, "--examples", file, "--as", "rita")
    assert said.status == 0, said.err
    assert "1 example(s) change against default 2026.1:" in said.out
    assert "  sound: A sound company: A, 15,000 GBP, fast_track -> A, 15,000 GBP, committee all" in said.out
    published = run("policy", "publish", "2026.2", "--examples", file, "--as", "max", "--json")
    assert published.status == 0, published.err
    (change,) = published.document["changed_examples"]
    assert (change["id"], change["old"]["route"], change["new"]["route"]) == ("sound", "fast_track", "committee")


def test_examples_with_a_mistake_keep_a_proposal_from_being_made(run: Run, house: House, tmp_path: Path) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text("examples: [{id: one}]\n", encoding="utf-8")
    said = run("policy", "propose", policy_file(tmp_path), "--examples", file, "--as", "rita")
    assert said.status == 1
    assert "These examples cannot be used." in said.error
    assert house.casebook.policies.all() == []
