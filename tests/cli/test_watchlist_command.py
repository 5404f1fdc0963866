"""`gatehouse watchlist load`: from the files to what is printed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.main import gatehouse
from cli.session import keep_token
from tests.casebook.build import PASSWORD, PEOPLE
from tests.connectors.test_ofac_sdn_versions import FILES, WHOLE, whole
from wiring import build_house
from wiring.house import House


@pytest.fixture
def at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """A house with a casebook in which Bo is signed in."""
    from datetime import timedelta

    monkeypatch.setenv("GATEHOUSE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    made = build_house()
    made.settings.folder.mkdir()
    made.casebook.create()
    for person in PEOPLE:
        made.casebook.people.add(person, PASSWORD)
    keep_token(made, made.casebook.sessions.sign_in("bo", PASSWORD, lifetime=timedelta(days=1)))
    yield made
    made.casebook.close()


def run(*arguments: str) -> str:
    result = CliRunner().invoke(gatehouse, list(arguments), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.mark.recorded
def test_two_recorded_versions_are_loaded_kept_and_compared(at: House, recorded: Path) -> None:
    first = run("watchlist", "load", str(recorded / "ofac" / "sdn_2019"))
    assert first.startswith("OFAC SDN: 7,379 entries, version ")
    assert "there is none to compare it with" in first

    second = run("watchlist", "load", str(recorded / "ofac" / "sdn_2021"), "--on", "2021-07-16")

    lines = [line.strip() for line in second.splitlines()]
    assert lines[0].startswith("OFAC SDN of 2021-07-16: 8,976 entries, version ")
    assert lines[-5:] == [
        "1,858 new",
        "261 gone",
        "86 with a changed name or alias",
        "836 with any changed field",
        "not compared, for only one of the two has it: ADD.CSV, SDN_COMMENTS.CSV",
    ]
    newest, oldest = at.casebook.watchlists.versions("OFAC SDN")
    assert (newest.entries, oldest.entries) == (8976, 7379)
    stored = at.casebook.evidence.body(newest.files["SDN.CSV"])
    assert stored == (recorded / "ofac" / "sdn_2021" / "sdn.csv").read_bytes()
    assert [event.actor for event in at.casebook.history.tail(100) if event.act == "watchlist.loaded"] == ["bo", "bo"]

    again = json.loads(run("watchlist", "load", str(recorded / "ofac" / "sdn_2021"), "--json"))
    assert again["loaded"] is False
    assert len(again["difference"]["new"]) == 1858
    assert run("watchlist", "list").count("entries") == 2


@pytest.mark.recorded
def test_a_broken_list_is_refused_and_nothing_is_loaded(at: House, recorded: Path, tmp_path: Path) -> None:
    shutil.copytree(recorded / "ofac" / "sdn_2019", tmp_path / "list")
    cut = tmp_path / "list" / "alt.csv"
    cut.chmod(0o600)
    cut.write_bytes(cut.read_bytes()[:-30])
    result = CliRunner().invoke(gatehouse, ["watchlist", "load", str(tmp_path / "list")])
    assert result.exit_code == 1
    assert "cut off" in str(result.exception)
    assert at.casebook.watchlists.versions("OFAC SDN") == []


def test_a_list_that_stops_early_is_refused_and_nothing_is_loaded(at: House, tmp_path: Path) -> None:
    result = CliRunner().invoke(gatehouse, ["watchlist", "load", str(in_folder(tmp_path / "short", FILES))])
    assert result.exit_code == 1
    assert "SDN.CSV has too few entries: 3, and the whole list has at least 7,000" in str(result.exception)
    assert at.casebook.watchlists.versions("OFAC SDN") == []


def test_a_list_may_not_lose_more_than_the_card_says(at: House, tmp_path: Path) -> None:
    run("watchlist", "load", str(in_folder(tmp_path / "first", whole(FILES, 8_900))))
    result = CliRunner().invoke(
        gatehouse, ["watchlist", "load", str(in_folder(tmp_path / "second", whole(FILES, 7_900)))]
    )
    assert result.exit_code == 1
    assert "SDN.CSV has too few entries: 7,903, and the version before had 8,903: 1,000 are gone" in str(
        result.exception
    )
    assert [one.entries for one in at.casebook.watchlists.versions("OFAC SDN")] == [8_903]
    run("watchlist", "load", str(in_folder(tmp_path / "third", whole(FILES, 8_100))))
    assert [one.entries for one in at.casebook.watchlists.versions("OFAC SDN")] == [8_103, 8_903]


def in_folder(folder: Path, files: Mapping[str, bytes]) -> Path:
    folder.mkdir()
    for name, body in files.items():
        (folder / name).write_bytes(body)
    return folder


def test_a_folder_without_the_files_is_refused(at: House, tmp_path: Path) -> None:
    result = CliRunner().invoke(gatehouse, ["watchlist", "load", str(tmp_path)])
    assert result.exit_code == 1
    assert "not complete" in str(result.exception)


def test_a_changed_byte_in_a_kept_list_is_named_by_verify(at: House, tmp_path: Path) -> None:
    run("watchlist", "load", str(in_folder(tmp_path / "list", WHOLE)))
    assert run("verify").startswith("sound")
    sha256 = at.casebook.watchlists.versions("OFAC SDN")[0].files["SDN.CSV"]
    (path,) = (path for path in (tmp_path / "data" / "answers").rglob(sha256))
    path.write_bytes(WHOLE["SDN.CSV"].replace(b"ZARKOVIA", b"ZARKOVIE"))
    result = CliRunner().invoke(gatehouse, ["verify"], standalone_mode=False)
    assert result.return_value == 1
    assert f"answer {sha256} of watchlists 1 holds other bytes than the source sent" in result.output
