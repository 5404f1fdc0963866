"""Logs are rotated under the children that write to them."""

from __future__ import annotations

from pathlib import Path

from cli.running.log_files import rotate


def test_a_large_log_is_moved_and_its_writer_goes_on(tmp_path: Path) -> None:
    with (tmp_path / "worker.log").open("ab", buffering=0) as child:
        for number in range(1, 5):
            child.write(b"%d" % number * 11)
            assert rotate(tmp_path, largest=10, kept=2) == ["worker.log"]
            child.write(b"after")
            assert (tmp_path / "worker.log").read_bytes() == b"after"
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {
        "worker.log": b"after",
        "worker.log.1": b"after" + b"4" * 11,
        "worker.log.2": b"after" + b"3" * 11,
    }


def test_a_small_log_stays(tmp_path: Path) -> None:
    (tmp_path / "desk.log").write_text("little")
    assert rotate(tmp_path, largest=10) == []
    assert [path.name for path in tmp_path.iterdir()] == ["desk.log"]
