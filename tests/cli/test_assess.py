from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cli.conftest import Run, application, written


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sources that do not answer are asked again at once."""
    monkeypatch.setenv("GATEHOUSE_RETRY_DELAYS", "[0, 0]")


@pytest.fixture
def empty_tree(tmp_path: Path) -> Path:
    folder = tmp_path / "tree"
    folder.mkdir()
    return folder


def test_one_file_gives_one_object_and_a_low_grade_is_no_error(run: Run, empty_tree: Path, tmp_path: Path) -> None:
    said = run("assess", written(tmp_path, "one.json", application()), "--recorded", empty_tree, "--json")
    assert said.status == 0
    assert said.document["applicant"]["legal_name"] == "Graywether Instruments Corp"
    assert said.document["status"] == "assessed"
    assert "sec_edgar: submissions unavailable" in said.err


def test_a_table_or_several_files_give_a_list(run: Run, empty_tree: Path, tmp_path: Path) -> None:
    one = written(tmp_path, "one.json", application())
    table = written(tmp_path, "t.csv", "legal_name,country,cik,limit,currency,terms_days\nKwick Co,US,77,5,USD,0\n")
    assert [item["applicant"]["identifiers"] for item in _assessed(run, table, empty_tree)] == [{"cik": "0000000077"}]
    assert len(_assessed(run, one, table, empty_tree)) == 2
    assert len(_assessed(run, written(tmp_path, "list.json", [application()]), empty_tree)) == 1


def _assessed(run: Run, *paths: Path) -> list[dict[str, dict[str, object]]]:
    *files, tree = paths
    said = run("assess", *files, "--recorded", tree, "--json")
    assert said.status == 0
    assert isinstance(said.document, list)
    return said.document


def test_bad_rows_come_back_and_the_good_ones_go_on(run: Run, empty_tree: Path, tmp_path: Path) -> None:
    rows = "legal_name,country,limit,currency,terms_days\nGood Co,US,5,USD,0\nBad Co,US,-5,USD,0\n"
    said = run("assess", written(tmp_path, "t.csv", rows), "--recorded", empty_tree, "--json")
    assert said.status == 1
    assert [item["applicant"]["legal_name"] for item in said.document] == ["Good Co"]
    assert "Bad Co" in (tmp_path / "t.refused.csv").read_text(encoding="utf-8-sig")


def test_a_table_of_bad_rows_alone_asks_nobody(run: Run, empty_tree: Path, tmp_path: Path) -> None:
    rows = "legal_name,country,limit,currency,terms_days\nBad Co,US,-5,USD,0\n"
    said = run("assess", written(tmp_path, "t.csv", rows), "--recorded", empty_tree, "--json")
    assert (said.status, said.document) == (1, [])


def test_the_stand_in_leaves_no_key_behind(run: Run, empty_tree: Path, tmp_path: Path) -> None:
    run("assess", written(tmp_path, "one.json", application()), "--recorded", empty_tree)
    assert "GATEHOUSE_UK_COMPANIES_HOUSE_KEY" not in os.environ


def test_people_get_grade_limit_reasons_and_what_is_unknown(run: Run, empty_tree: Path, tmp_path: Path) -> None:
    said = run("assess", written(tmp_path, "a.json", application()), "--recorded", empty_tree, "--as-of", "2026-03-04")
    assert said.out.startswith("Graywether Instruments Corp (US), as of 2026-03-04\n  grade ")
    assert "sec_edgar/submissions: unavailable" in said.out
    assert "unknown open_insolvency: Running insolvency proceedings: unknown" in said.out


def test_what_would_change_it_is_told_on_demand(run: Run, empty_tree: Path, tmp_path: Path) -> None:
    call = ("assess", written(tmp_path, "a.json", application()), "--recorded", empty_tree, "--what-if")
    sentences = run(*call, "--json").document["what_if"]
    assert sentences
    said = run(*call).out
    assert "  What would change it:\n" in said
    assert all(f"  - {sentence}\n" in said for sentence in sentences)
    assert "what_if" not in run(*call[:-1], "--json").document


def test_people_who_read_chinese_get_chinese(
    run: Run, empty_tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GATEHOUSE_LANGUAGE", "zh")
    said = run("assess", written(tmp_path, "a.json", application()), "--recorded", empty_tree)
    assert "  等级 D，得分 " in said.out
    assert "sec_edgar/submissions: 来源不可用" in said.out
    assert "未知 open_insolvency: 进行中的破产程序：未知" in said.out


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        (("one.json", "--map", "one.json"), 2, "give --recorded DIR too"),
        (("one.json", "--recorded", "gone"), 2, "Directory 'gone' does not exist"),
        (("one.json", "--as-of", "tomorrow"), 2, "'tomorrow' does not match the format"),
        ((), 2, "Missing argument 'FILES...'"),
        (("gone.json",), 1, "There is no file gone.json"),
        (("one.json", "--recorded", ".", "--map", "one.json"), 1, "mend the map of recorded answers"),
    ],
)
def test_wrong_calls_are_told(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], status: int, told: str
) -> None:
    written(tmp_path, "one.json", application())
    monkeypatch.chdir(tmp_path)
    said = run("assess", *arguments)
    assert said.status == status
    assert told in said.error
    assert said.out == ""
