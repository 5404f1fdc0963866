"""How `make proof-upgrade` finds the release before, and what it says where it cannot."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.upgrade import release
from benchmarks.upgrade.release import LOCK, NotThere, locked_otherwise, prefect_of, unpack
from tests.conftest import ROOT


def test_a_shallow_clone_is_told_that_it_has_no_history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    subprocess.run(["git", "clone", "--quiet", "--depth", "1", f"file://{ROOT}", tmp_path / "clone"], check=True)
    monkeypatch.setattr(release, "ROOT", tmp_path / "clone")
    with pytest.raises(NotThere, match="no history back to 6f18bb4: it needs a whole one"):
        unpack(tmp_path / "before")
    assert not (tmp_path / "before").exists()


def test_the_code_of_the_release_before_is_written_out(tmp_path: Path) -> None:
    try:
        told = unpack(tmp_path)
    except NotThere:
        pytest.skip("this checkout has no history back to the release before")
    assert told.startswith("6f18bb4")
    # It knew nothing of house-keeping in one process.
    assert (tmp_path / "flows").is_dir()
    assert not (tmp_path / "flows" / "keeping.py").exists()


def test_versions_that_are_locked_otherwise_are_named(tmp_path: Path) -> None:
    today = (ROOT / LOCK).read_text(encoding="utf-8")
    (tmp_path / LOCK).write_text(today, encoding="utf-8")
    assert locked_otherwise(tmp_path) == []
    prefect = f"prefect=={prefect_of(sys.executable)} "
    assert prefect in today
    (tmp_path / LOCK).write_text(today.replace(prefect, "prefect==3.8.1 ") + "gone==1.0 \n", encoding="utf-8")
    assert locked_otherwise(tmp_path) == ["gone", "prefect"]
