"""Whatever people are told exists in English and in Chinese: errors, problems, validators, usage of commands."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.plain_words import Finding, findings_in
from tests.source_tree import SourceTree

ROOT = Path(__file__).parents[1]
# The sandbox and the benchmarks are not for users.
ROOMS = (
    *("admission", "casebook", "cli", "connectors", "desk", "expectations", "flows", "intake", "policylab"),
    *("screening", "services", "tasks", "wiring"),
)
# Texts that are the same in both languages, and why.
SAME_IN_BOTH = {
    "SEC CIK": "the name of a number that only the SEC gives out; it has no Chinese name",
}
PLANTED = """
import click
from typing import Annotated
from pydantic import AfterValidator, BaseModel, field_validator, model_validator
from admission import errors
from admission.errors import BadInput, Conflict, Invalid, Problem
from admission.model import Text

GOOD = Text(en="This is good.", zh="正确。")
BAD = "This is bad."
TABLE = {"bad": "This is bad.", "good": "So is this."}
TEXTS = {"good": GOOD}

class Lost(Conflict):
    pass

class Renamed(Conflict):
    def __init__(self) -> None:
        super().__init__("This is bad.")

def as_text(number: int) -> Text:
    return Text(en=f"number {number}", zh=f"第 {number} 号")

def as_string(number: int) -> str:
    return f"number {number}"

def refuse(why: str) -> Conflict:
    return Conflict(why)

def pass_on(why: Text) -> Conflict:
    return Conflict(why)

def number(value: str) -> str:
    raise ValueError("a number")

def deep(value: str) -> str:
    return CHECKS["number"](value)

CHECKS = {"number": number}
Number = Annotated[str, AfterValidator(deep)]
"""
ENGLISH_ALONE = [
    'raise BadInput("This is bad.")',
    "raise BadInput(BAD)",
    "raise errors.BadInput(BAD)",
    'raise BadInput(f"This is {number}.")',
    'raise BadInput(GOOD, remedy="mend it")',
    "raise BadInput(GOOD, remedy=GOOD.en)",
    "raise BadInput(GOOD, remedy=GOOD.to(language))",
    'raise Lost("This is bad.")',
    'Problem("field", "value", "expected")',
    'Problem("field", "value", expected=TABLE["bad"])',
    'raise Invalid("expected")',
    "raise Conflict(as_string(3))",
    "raise Conflict(str(error))",
    'raise Conflict(", ".join(names))',
    'raise Conflict(GOOD if fits else "This is bad.")',
    'said = "This is bad."\n    raise Conflict(said)',
    'said = GOOD\n    said = said or "This is bad."\n    raise Conflict(said)',
    'Text(en="This is bad.", zh="This is bad.")',
    'Text(en="This is bad.", zh="")',
    'raise click.UsageError("Give one.")',
    'raise click.BadParameter(f"{text} is none")',
]
IN_BOTH = [
    "raise BadInput(GOOD, remedy=TEXTS['good'])",
    "raise BadInput(GOOD, context={'field': 'a plain name'})",
    "raise errors.BadInput(as_text(3), problems=[Problem('field', 'value', GOOD)])",
    "said = GOOD if fits else as_text(1)\n    raise Conflict(said, remedy=error.remedy)",
    'Text(en="SEC CIK", zh="SEC CIK")',
    'Text(en=f"{name}: {count}", zh=f"{name}：{count}")',
    'raise ValueError("nobody reads this")',
    "raise click.UsageError(GOOD.to(language))",
    "raise click.UsageError(f'{written}: {GOOD.to(language)}')",
]


@pytest.fixture(scope="module")
def findings() -> list[Finding]:
    return findings_in(SourceTree(ROOT, ROOMS), same_in_both=SAME_IN_BOTH)


@pytest.mark.parametrize("place", ROOMS)
def test_a_room_that_is_done_tells_everything_in_both_languages(findings: list[Finding], place: str) -> None:
    assert (ROOT / place).exists()
    assert [str(finding) for finding in findings if finding.path.startswith(place)] == []


def planted(folder: Path, lines: str) -> list[str]:
    """Return what is found in a function that holds the lines, besides what the rest of the file holds."""
    (folder / "admission").mkdir()
    for name in ("errors", "model"):
        shutil.copy(ROOT / "admission" / f"{name}.py", folder / "admission")
    (folder / "cli").mkdir()
    head = PLANTED.lstrip()
    (folder / "cli" / "planted.py").write_text(f"{head}\ndef act(number, error):\n    {lines}\n", encoding="utf-8")
    found = findings_in(SourceTree(folder, ("admission", "cli")), same_in_both=SAME_IN_BOTH)
    assert [finding for finding in found if finding.path != "cli/planted.py"] == []
    return [finding.shown for finding in found if finding.line > head.count("\n")]


@pytest.mark.parametrize("lines", ENGLISH_ALONE)
def test_a_planted_english_sentence_is_found(tmp_path: Path, lines: str) -> None:
    assert len(planted(tmp_path, lines)) == 1


@pytest.mark.parametrize("lines", IN_BOTH)
def test_what_is_told_in_both_languages_is_let_pass(tmp_path: Path, lines: str) -> None:
    assert planted(tmp_path, lines) == []


def test_helpers_constructors_and_validators_are_followed(tmp_path: Path) -> None:
    planted(tmp_path, "pass")
    found = findings_in(SourceTree(tmp_path, ("admission", "cli")))
    assert [finding.shown for finding in found] == ["'This is bad.'", "why", "raise ValueError('a number')"]


@pytest.mark.parametrize(
    "decorated",
    ['@field_validator("name")\n    @classmethod', '@model_validator(mode="after")'],
)
def test_a_validator_of_a_model_is_found(tmp_path: Path, decorated: str) -> None:
    model = f'class Model(BaseModel):\n    {decorated}\n    def check(self):\n        raise ValueError("a name")'
    assert planted(tmp_path, f"pass\n\n{model}") == ["raise ValueError('a name')"]
