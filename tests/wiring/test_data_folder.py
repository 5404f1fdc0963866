"""Nobody but its owner has rights on the data folder, whatever they were before and whatever is written to it."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from wiring import House, Settings
from wiring.data_folder import close_to_others, open_to_others


@pytest.fixture(autouse=True)
def _umask() -> Iterator[None]:
    """As most accounts have it; put back at the end."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def wide(folder: Path) -> Path:
    """A folder as it was made until now, with a casebook in use."""
    folder.mkdir()
    house = House(Settings(data=folder))
    house.casebook.create()
    house.casebook.evidence.keep(b"an answer")
    (folder / "logs").mkdir()
    (folder / "logs" / "desk.log").write_text("told", encoding="utf-8")
    (folder / "notes.txt").write_text("not the house's", encoding="utf-8")
    return folder


def test_what_was_open_is_closed_and_what_is_not_the_houses_is_left_alone(tmp_path: Path) -> None:
    folder = wide(tmp_path / "data")
    assert mode(folder / "casebook.sqlite") == 0o644
    assert {folder, folder / "casebook.sqlite", folder / "logs" / "desk.log"} <= set(open_to_others(folder))
    close_to_others(folder)
    assert open_to_others(folder) == []
    assert mode(folder) == 0o700
    assert mode(folder / "casebook.sqlite") == 0o600
    assert mode(folder / "logs" / "desk.log") == 0o600
    assert {mode(path) for path in (folder / "answers").rglob("*")} == {0o700, 0o600}
    assert mode(folder / "notes.txt") == 0o644


def test_the_files_beside_an_open_database_are_closed_too(tmp_path: Path) -> None:
    folder = wide(tmp_path / "data")
    house = House(Settings(data=folder))
    with house.casebook._store.write():
        beside = sorted(path.name for path in folder.glob("casebook.sqlite-*"))
        assert beside == ["casebook.sqlite-shm", "casebook.sqlite-wal"]
        close_to_others(folder)
        assert {mode(folder / name) for name in beside} == {0o600}
    house.casebook.close()


def test_a_casebook_in_use_keeps_its_locks_while_its_files_are_closed(tmp_path: Path) -> None:
    """A file that is opened and closed takes all locks of this process with it.

    The next process to leave would believe itself the last, and remove the log in which we go on reading and writing.
    """
    folder = wide(tmp_path / "data")
    house = House(Settings(data=folder))
    assert house.casebook.people.all() == []
    assert mode(folder / "casebook.sqlite-wal") == 0o644
    close_to_others(folder)

    add = (
        "import sys; from pathlib import Path\n"
        "from admission.people import Person; from wiring import House, Settings\n"
        "house = House(Settings(data=Path(sys.argv[1])))\n"
        "house.casebook.people.add(Person(username='ada', name='Ada', department='sales'), 'a long enough password')\n"
        "house.casebook.close()"
    )
    environment = {**os.environ, "PYTHONPATH": os.getcwd()}
    subprocess.run([sys.executable, "-c", add, str(folder)], env=environment, check=True)

    assert (folder / "casebook.sqlite-wal").is_file()
    assert [person.username for person in house.casebook.people.all()] == ["ada"]
    house.casebook.close()


def test_what_is_written_later_by_this_process_and_its_children_is_closed(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    close_to_others(folder)
    assert mode(folder) == 0o700
    House(Settings(data=folder)).casebook.create()
    write = "import sys, pathlib; pathlib.Path(sys.argv[1]).write_text('x')"
    subprocess.run([sys.executable, "-c", write, str(folder / "up.json")], check=True)
    assert mode(folder / "up.json") == 0o600
    assert {mode(path) for path in folder.rglob("*") if path.is_file()} == {0o600}


def test_a_link_in_the_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir(mode=0o755)
    (tmp_path / "file").write_text("x", encoding="utf-8")
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "answers").symlink_to(tmp_path / "other")
    (folder / "up.json").symlink_to(tmp_path / "file")
    close_to_others(folder)
    assert (mode(tmp_path / "other"), mode(tmp_path / "file")) == (0o755, 0o644)
    assert open_to_others(folder) == []


def test_a_folder_that_everybody_writes_to_is_not_the_houses_to_close(tmp_path: Path) -> None:
    folder = tmp_path / "like-tmp"
    folder.mkdir()
    folder.chmod(0o1777)
    close_to_others(folder)
    assert mode(folder) == 0o1777
    assert open_to_others(folder) == [folder]


@pytest.mark.parametrize("command", ["init", "doctor"])
def test_commands_close_or_tell(tmp_path: Path, command: str) -> None:
    folder = wide(tmp_path / "data")
    environment = {**os.environ, "GATEHOUSE_DATA": str(folder), "PYTHONPATH": os.getcwd()}
    told = subprocess.run(
        [sys.executable, "-m", "cli", command], env=environment, capture_output=True, text=True, check=False
    )
    if command == "init":
        assert told.returncode == 0, told.stderr
        assert open_to_others(folder) == []
    else:
        assert "other accounts of this machine have rights on" in told.stdout.replace("\n", " ")
        assert mode(folder) == 0o755
