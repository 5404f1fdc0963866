"""Each input that was read wrong once is read right."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.connectors.cases_read_wrong import CASES, Case

pytestmark = pytest.mark.recorded
# Cases about decisions and policies; tests of their own read them.
OF_DECISIONS = {"weak_full.xlsx", "weak_full.yaml", "weak_hidden.xlsx", "weak_hidden.yaml"}
BESIDE = {"cases.yml", "README.md"}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.file} ({case.source})")
def test_it_is_read_right(recorded: Path, case: Case) -> None:
    read = case.read(recorded / "cases")
    assert read.undeclared == ""
    assert case.holds(read), f"right: {case.right}; read: {read.told.answer}, {read.words}, {read.told.facts}"


def test_every_input_is_tried(recorded: Path) -> None:
    files = {path.name for path in (recorded / "cases").rglob("*") if path.is_file()} - BESIDE - OF_DECISIONS
    older = {name for name in files if "-submissions-" in name}
    assert files - older == {Path(case.file).name for case in CASES}
