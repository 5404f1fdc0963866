from __future__ import annotations

import random
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml

from admission.policy import Scorecard
from policylab import extra
from tests.cli.conftest import Run, written
from tests.conftest import skip_or_fail


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """Eight hundred companies: the lower the ratio, the more often bad."""
    if any(find_spec(name) is None for name in extra.LIBRARIES):
        skip_or_fail("the extra lab is not installed")
    draw = random.Random(3)
    rows = ["ratio,branch,bad"]
    for number in range(800):
        ratio = draw.uniform(0, 3)
        rows.append(f"{ratio:.3f},{number % 7},{int(draw.random() < 0.45 - 0.13 * ratio)}")
    return written(tmp_path, "book.csv", "\n".join(rows))


def test_a_table_becomes_a_scorecard_and_a_page(run: Run, book: Path, tmp_path: Path) -> None:
    mapping = written(tmp_path, "map.yaml", "ratio: current_ratio\n")
    out, page = tmp_path / "card.yaml", tmp_path / "report.html"
    said = run(
        "policy", "calibrate", book, "--outcome", "bad", "--map", mapping, "--out", out, "--report", page,
        "--fitted-on", "2026-11-26", "--folds", 3, "--json",
    )  # fmt: skip
    assert said.status == 0
    assert said.document["left_out"] == ["branch"]
    assert [row["metric"] for row in said.document["attributes"]] == ["current_ratio"]
    document = yaml.safe_load(out.read_text(encoding="utf-8"))["scorecard"]
    scorecard = Scorecard.model_validate(document)
    assert scorecard.attributes[0].maximum == 100
    assert scorecard.calibration is not None
    assert scorecard.calibration.outcomes == said.document["bads"]
    assert "current_ratio" in page.read_text(encoding="utf-8")


def test_without_json_it_is_a_table_for_people(run: Run, book: Path, tmp_path: Path) -> None:
    mapping = written(tmp_path, "map.yaml", "ratio: current_ratio\nbranch: headcount\n")
    said = run(
        "policy", "calibrate", book, "--outcome", "bad", "--map", mapping, "--out", tmp_path / "c.yaml", "--folds", 2
    )
    assert said.status == 0
    assert said.out.startswith("book.csv: 800 companies")
    for word in ("AUC", "expected calibration error", "current_ratio", "rising", "score from", "headcount"):
        assert word in said.out


def test_a_name_that_is_no_metric_is_refused_with_the_nearest(run: Run, book: Path, tmp_path: Path) -> None:
    mapping = written(tmp_path, "map.yaml", "ratio: curent_ratio\n")
    out = tmp_path / "card.yaml"
    said = run("policy", "calibrate", book, "--outcome", "bad", "--map", mapping, "--out", out)
    assert said.status == 1
    assert "did you mean current_ratio?" in said.error
    assert not out.exists()


def test_without_the_extra_one_line_tells_what_to_install(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extra, "find_spec", lambda name: None if name == "optbinning" else object())
    table = written(tmp_path, "book.csv", "current_ratio,bad\n1,0\n")
    said = run("policy", "calibrate", table, "--outcome", "bad", "--out", tmp_path / "card.yaml")
    assert said.status == 1
    assert "(optbinning missing)" in said.error
    assert "pip install 'gatehouse[lab]'" in said.error
