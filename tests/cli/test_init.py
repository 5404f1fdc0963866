"""`gatehouse init`: it asks where the heads of the audit chain go, and sends the first."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.heads import read_heads
from tests.cli.conftest import Run
from wiring import House, Settings


def test_where_nobody_can_be_asked_it_is_none_with_a_warning(run: Run) -> None:
    said = run("init")
    assert said.status == 0
    assert said.error == (
        "warning: heads of the audit chain stay in the data folder: whoever owns it can rebuild the chain unseen; "
        "choose with gatehouse init --heads"
    )
    chosen = House(Settings()).casebook.heads.chosen()
    assert chosen is not None
    assert chosen.kind == "none"


def test_a_folder_elsewhere_gets_the_first_head_at_once(run: Run, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    said = run("init", "--heads", f"file:{elsewhere}")
    assert (said.status, said.out.splitlines()[-1]) == (0, "heads of the audit chain go to: file")
    (head,) = read_heads(elsewhere / "audit-heads.jsonl")
    assert head.seq >= 1
    again = run("init")
    assert again.out.splitlines()[-1] == "heads of the audit chain go to: file"


def test_whoever_is_there_is_asked_once(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def prompt(question: str, default: str) -> str:
        asked.append(question)
        return f"file:{tmp_path / 'elsewhere'}"

    monkeypatch.setattr("cli.heads.somebody_is_there", lambda: True)
    monkeypatch.setattr("click.prompt", prompt)
    assert run("init").status == 0
    assert run("init").status == 0
    assert len(asked) == 1
    assert "webhook:URL" in asked[0]


def test_a_place_that_is_none_is_refused(run: Run) -> None:
    said = run("init", "--heads", "elsewhere")
    assert said.status == 1
    assert said.error.endswith("write file:FOLDER, mail:ADDRESS, webhook:URL or none")


def test_lookups_are_mended_where_that_is_asked_for(run: Run) -> None:
    said = run("init", "--heads", "none", "--mend-lookups")
    assert said.status == 0
    assert "0 lookup(s) were wrong" in said.out
