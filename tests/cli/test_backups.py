"""`gatehouse backup` and `gatehouse restore`: from one data folder to another, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run
from wiring import House, Settings


def test_what_was_backed_up_is_restored_and_verified(
    run: Run, voting: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = run("backup", tmp_path / "backup")
    assert made.status == 0
    assert made.out.startswith("backup: casebook up to event ")
    public = tmp_path / "public.json"
    assert run("keys", "export", "--out", public).status == 0
    monkeypatch.setenv("GATEHOUSE_DATA", str(tmp_path / "restored"))
    restored = run("restore", tmp_path / "backup", "--keys", public)
    # Nothing is wrong, but no published head from outside was given.
    assert restored.status == 3
    assert restored.out.startswith("sound: ")
    assert "1 published heads" in restored.out
    assert [case.reference for case in House(Settings()).casebook.cases.list()] == [voting]
    again = run("restore", tmp_path / "backup")
    assert (again.status, again.error.partition(" - ")[0]) == (
        1,
        "error: There is something in this database already.",
    )


def test_a_vote_is_taken_where_it_was_restored(
    run: Run, voting: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("backup", tmp_path / "backup", "--keys-to", tmp_path / "vault").status == 0
    monkeypatch.setenv("GATEHOUSE_DATA", str(tmp_path / "restored"))
    assert run("restore", tmp_path / "backup", "--keys-from", tmp_path / "vault").status == 3
    assert run("vote", voting, "--ask", "why so much?", "--as", "feng").status == 0
    assert run("verify").status == 3


def test_it_speaks_chinese(run: Run, voting: str, tmp_path: Path) -> None:
    said = run("backup", tmp_path / "backup", "--lang", "zh")
    assert said.status == 0
    assert "留存答复" in said.out
    assert run("backup", tmp_path / "backup", "--lang", "zh").error == (
        "错误：backup 已存在。 - 请另选文件夹，或将其移走"
    )
