"""A file that is handed in is read only where it is itself what it is called."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from admission.errors import BadInput
from admission.files import read_file
from admission.spreadsheets import guarded


def refusal(path: Path, at_most: int = 100) -> str:
    with pytest.raises(BadInput) as caught:
        read_file(path, at_most)
    assert caught.value.message.zh
    return str(caught.value)


def test_a_file_is_read_up_to_its_bound(tmp_path: Path) -> None:
    (tmp_path / "shot.png").write_bytes(b"x" * 100)
    assert read_file(tmp_path / "shot.png", 100) == b"x" * 100
    assert refusal(tmp_path / "shot.png", 99) == "shot.png has 100 bytes; at most 99 are taken."


def test_a_link_is_refused_wherever_it_leads(tmp_path: Path) -> None:
    (tmp_path / "real.png").write_bytes(b"x")
    for target in ("/etc/passwd", "real.png", "nowhere"):
        (tmp_path / "shot.png").symlink_to(target)
        assert refusal(tmp_path / "shot.png") == (
            "shot.png is a link to another file. - put the file itself in its place"
        )
        (tmp_path / "shot.png").unlink()


def test_what_is_no_plain_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    for name in ("pipe", "folder", "none"):
        assert refusal(tmp_path / name) == f"There is no file {name}. - check the path"
    assert refusal(Path("/dev/zero")) == "There is no file zero. - check the path"


@pytest.mark.parametrize("cell", ["=1+1", "＝1+1", "＋1", "－1", "＠SUM(A1)", "−1", "\t=1", "\n=1", "@x", "+1", "-1"])
def test_what_a_spreadsheet_would_run_is_guarded(cell: str) -> None:
    assert guarded(cell) == f"'{cell}"


def test_other_cells_stay_as_they_are() -> None:
    assert [guarded(cell) for cell in ("1,000", "冯记", "a=b", "")] == ["1,000", "冯记", "a=b", ""]
