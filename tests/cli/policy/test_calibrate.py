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
    mapping = written(tmp_path, "map.yaml", "current_ratio: ratio\n")
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
    mapping = written(tmp_path, "map.yaml", "current_ratio: ratio\nheadcount: branch\n")
    said = run(
        "policy", "calibrate", book, "--outcome", "bad", "--map", mapping, "--out", tmp_path / "c.yaml", "--folds", 2
    )
    assert said.status == 0
    assert said.out.startswith("book.csv: 800 companies")
    for word in ("AUC", "expected calibration error", "current_ratio", "rising", "score from", "headcount"):
        assert word in said.out


def test_a_name_that_is_no_metric_is_refused_with_the_nearest(run: Run, book: Path, tmp_path: Path) -> None:
    mapping = written(tmp_path, "map.yaml", "curent_ratio: ratio\n")
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


@pytest.fixture
def words(tmp_path: Path) -> Path:
    """Six hundred companies of two rows each, as a house in Germany would send them: words, commas, semicolons."""
    if any(find_spec(name) is None for name in extra.LIBRARIES):
        skip_or_fail("the extra lab is not installed")
    draw = random.Random(5)
    rows = ["Kunde;Umlauf;Schulden;Ausgang"]
    for number in range(600):
        current, debt = draw.uniform(0, 300), draw.uniform(50, 150)
        ending = "Ausfall" if draw.random() < 0.45 - 0.13 * current / debt else "bezahlt"
        for _ in range(2):
            shown = f"{draw.uniform(0.98, 1.02) * current:,.2f};{debt:,.2f}".translate(str.maketrans(",.", ".,"))
            rows.append(f"K{number};{shown};{ending}")
    return written(tmp_path, "book.csv", "\n".join(rows))


def test_words_commas_formulas_and_companies_of_several_rows(run: Run, words: Path, tmp_path: Path) -> None:
    mapping = written(tmp_path, "map.yaml", "current_ratio: Umlauf / Schulden\n")
    out = tmp_path / "card.yaml"
    said = run(
        "policy", "calibrate", words, "--outcome", "Ausgang", "--bad", "ausfall", "--reference", "Kunde", "--map",
        mapping, "--out", out, "--folds", 3, "--json",
    )  # fmt: skip
    assert said.status == 0, said.error
    document = said.document
    assert (document["observations"], document["rows"]) == (600, 1200)
    assert document["bad_rows"] == 2 * document["bads"]
    written_card = yaml.safe_load(out.read_text(encoding="utf-8"))["scorecard"]
    assert written_card["calibration"]["outcomes"] == document["bads"]
    assert written_card["calibration"]["observations"] == 600
    assert document["auc"]["value"] > 0.6


def test_the_map_may_tell_outcome_words_and_reference(run: Run, words: Path, tmp_path: Path) -> None:
    text = "reference: Kunde\noutcome: Ausgang\nbad: Ausfall\nmetrics: {current_ratio: Umlauf / Schulden}\n"
    said = run(
        "policy", "calibrate", words, "--map", written(tmp_path, "map.yaml", text), "--out", tmp_path / "c.yaml",
        "--delimiter", "semicolon", "--decimal", "comma", "--folds", 2,
    )  # fmt: skip
    assert said.status == 0, said.error
    assert said.out.startswith("book.csv: 600 companies")
    assert "(1200 rows)" in said.out
    assert "promised" in said.out


def test_without_an_outcome_it_is_asked_for(run: Run, words: Path, tmp_path: Path) -> None:
    mapping = written(tmp_path, "map.yaml", "current_ratio: Umlauf / Schulden\n")
    said = run("policy", "calibrate", words, "--map", mapping, "--out", tmp_path / "c.yaml")
    assert said.status == 2
    assert "--outcome COLUMN" in said.err


def test_an_outcome_in_words_is_asked_about(run: Run, words: Path, tmp_path: Path) -> None:
    mapping = written(tmp_path, "map.yaml", "current_ratio: Umlauf / Schulden\n")
    said = run("policy", "calibrate", words, "--outcome", "Ausgang", "--map", mapping, "--out", tmp_path / "c.yaml")
    assert said.status == 1
    assert "--bad WORD: the column has" in said.error


def test_a_map_the_other_way_round_is_read_with_a_warning(run: Run, book: Path, tmp_path: Path) -> None:
    mapping = written(tmp_path, "map.yaml", "ratio: current_ratio\n")
    said = run(
        "policy", "calibrate", book, "--outcome", "bad", "--map", mapping, "--out", tmp_path / "c.yaml", "--folds", 2
    )
    assert said.status == 0
    assert "the other way round" in said.out


@pytest.mark.parametrize(("option", "value"), [("--delimiter", "slash"), ("--decimal", "dot")])
def test_a_sign_that_is_none_is_refused(run: Run, book: Path, tmp_path: Path, option: str, value: str) -> None:
    said = run("policy", "calibrate", book, "--outcome", "bad", "--out", tmp_path / "c.yaml", option, value)
    assert said.status == 2
    assert "one of" in said.err
