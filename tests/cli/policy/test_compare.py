"""`gatehouse policy compare`: who would be decided otherwise, over the stored cases and over a table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cli.conftest import Run
from tests.conftest import ROOT, skip_or_fail

DEFAULT = ROOT / "policies" / "default.yaml"
TABLE = """firm,current,cover,bad
sound,3.0,9,0
weak,0.2,0.1,1
middling,1.0,1.2,
"""
MAP = "reference: firm\noutcome: bad\nmetrics: {current_ratio: current, interest_cover: cover}\n"

try:
    import optbinning  # noqa: F401 - tells whether the extra is here
except ImportError:
    skip_or_fail("the extra lab is not installed", module=True)


def neutral() -> dict[str, Any]:
    """The shipped policy, but what a table does not tell keeps its neutral points; with the shipped one all are E."""
    document: dict[str, Any] = yaml.safe_load(DEFAULT.read_text(encoding="utf-8"))
    for attribute in document["scorecard"]["attributes"]:
        attribute.pop("on_missing", None)
    return document


@pytest.fixture
def lenient(tmp_path: Path) -> Path:
    file = tmp_path / "lenient.yaml"
    file.write_text(yaml.safe_dump(neutral(), allow_unicode=True), encoding="utf-8")
    return file


@pytest.fixture
def stricter(tmp_path: Path) -> Path:
    """The same, but nobody of grade D has credit."""
    document = neutral()
    document["version"] = "2027.1"
    for grade in document["grades"]:
        if grade["name"] == "D":
            grade.update(net_worth_factor="0", turnover_factor="0")
    file = tmp_path / "stricter.yaml"
    file.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    return file


@pytest.fixture
def table(tmp_path: Path) -> list[str]:
    """Options for a table of three companies."""
    data, mapped = tmp_path / "book.csv", tmp_path / "map.yaml"
    data.write_text(TABLE, encoding="utf-8")
    mapped.write_text(MAP, encoding="utf-8")
    return ["--data", str(data), "--map", str(mapped)]


def test_a_table_tells_who_would_flip_and_how_they_turned_out(
    run: Run, lenient: Path, stricter: Path, table: list[str], tmp_path: Path
) -> None:
    page, rows = tmp_path / "flips.html", tmp_path / "flips.csv"
    said = run(
        "policy", "compare", str(lenient), str(stricter), *table, "--html", str(page), "--csv", str(rows), "--json"
    )

    assert said.status == 0, said.err
    found = said.document
    assert (found["cases"], found["old"]["version"], found["new"]["version"]) == (3, "2026.1", "2027.1")
    flips = [case["case"] for case in found["changed"] if case["flips"]]
    assert flips
    assert {case["now"] for case in found["changed"]} == {"out"}
    assert found["groups"]["in-out"]["cases"] == len(flips)
    assert found["exposure"]["not_converted"] == 3
    assert [line.split(",")[0] for line in rows.read_text(encoding="utf-8").splitlines()[1:]] == flips
    written = page.read_text(encoding="utf-8")
    assert "Who would be decided otherwise" in written
    assert "<script" not in written
    assert all(flip in written for flip in flips)


def test_without_json_it_is_a_table_for_people(run: Run, stricter: Path, table: list[str]) -> None:
    said = run("policy", "compare", str(DEFAULT), str(stricter), *table)
    assert said.status == 0
    assert "2026.1 -> 2027.1: 3 cases of book.csv" in said.out
    assert "swapped out: the old policy alone" in said.out


def test_a_policy_beside_itself_flips_nobody(run: Run, table: list[str]) -> None:
    said = run("policy", "compare", str(DEFAULT), str(DEFAULT), *table)
    assert said.status == 0
    assert "nobody would be decided otherwise" in said.out


def test_data_and_map_go_together(run: Run, stricter: Path, table: list[str]) -> None:
    said = run("policy", "compare", str(DEFAULT), str(stricter), *table[:2])
    assert said.status == 2


def test_a_policy_with_a_mistake_is_not_compared(run: Run, tmp_path: Path, table: list[str]) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(DEFAULT.read_text(encoding="utf-8").replace("missing_cap: C", "missing_cap: F"), encoding="utf-8")
    said = run("policy", "compare", str(DEFAULT), str(wrong), *table)
    assert said.status == 1
    assert "missing_cap" in said.err


def test_the_map_and_the_table_are_those_of_calibrate(run: Run, stricter: Path, tmp_path: Path) -> None:
    data, mapped = tmp_path / "book.csv", tmp_path / "map.yaml"
    data.write_text("firm;ca;cl;late;end\na;3,5;1,75;250,0;paid\nb;0,2;1;40,5;lost\n", encoding="utf-8")
    mapped.write_text(
        "reference: firm\noutcome: end\nbad: lost\ncurrent_ratio: ca / cl\nlate_invoice_share: late / 1000\n",
        encoding="utf-8",
    )
    said = run("policy", "compare", str(DEFAULT), str(stricter), "--data", str(data), "--map", str(mapped), "--json")
    assert said.status == 0, said.err
    assert said.document["cases"] == 2
    assert sum(group["bad"] for group in said.document["groups"].values()) == 1


def test_figures_in_percent_are_refused_here_too(run: Run, stricter: Path, tmp_path: Path) -> None:
    data, mapped = tmp_path / "book.csv", tmp_path / "map.yaml"
    data.write_text("late\n35\n40\n", encoding="utf-8")
    mapped.write_text("late_invoice_share: late\n", encoding="utf-8")
    said = run("policy", "compare", str(DEFAULT), str(stricter), "--data", str(data), "--map", str(mapped))
    assert said.status == 1
    assert "it looks like percent" in said.err
