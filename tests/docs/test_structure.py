"""The measure of the structure: this tree is sound, and a tree that is not is found out."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT

CONTRACTS = """
[tool.importlinter]
root_packages = ["top", "left", "right", "ground"]

[[tool.importlinter.contracts]]
type = "layers"
layers = ["top", "left | right", "ground"]
"""


def measured(root: Path) -> tuple[int, list[str]]:
    """The exit status, and what follows the table of rooms."""
    done = subprocess.run(
        [sys.executable, str(ROOT / ".ci" / "structure.py"), str(root)], capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    faults = next(number for number, line in enumerate(lines) if line.startswith("imports upward"))
    return done.returncode, lines[faults:]


def plant(root: Path, files: dict[str, str]) -> Path:
    """Write a small tree of four rooms with these modules."""
    rooms = {f"{room}/__init__.py": "" for room in ("top", "left", "right", "ground")}
    for name, text in {"pyproject.toml": CONTRACTS, **rooms, **files}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


def test_this_tree_has_neither_an_import_upward_nor_a_circle() -> None:
    assert measured(ROOT) == (0, ["imports upward: 0", "circles between rooms: 0", "circles inside rooms: 0"])


def test_imports_downward_are_sound(tmp_path: Path) -> None:
    files = {"top/a.py": "from left import b\n", "left/b.py": "import ground.c\n", "ground/c.py": "import json\n"}
    assert measured(plant(tmp_path, files)) == (
        0,
        ["imports upward: 0", "circles between rooms: 0", "circles inside rooms: 0"],
    )


def test_an_import_upward_and_the_circle_it_closes_are_found(tmp_path: Path) -> None:
    late = "def f() -> None:\n    from top.a import g\n"
    files = {"top/a.py": "import ground.c\n", "ground/c.py": late}
    assert measured(plant(tmp_path, files)) == (
        1,
        [
            "imports upward: 1",
            "  ground.c imports top.a (line 2)",
            "circles between rooms: 1",
            "  ground <-> top",
            "circles inside rooms: 0",
        ],
    )


def test_an_import_between_rooms_that_stand_side_by_side_is_found(tmp_path: Path) -> None:
    files = {"left/b.py": "from right.d import e\n", "right/d.py": "e = 1\n"}
    status, lines = measured(plant(tmp_path, files))
    assert status == 1
    assert lines[:2] == ["imports upward: 1", "  left.b imports right.d (line 1)"]


def test_a_circle_inside_a_room_is_found_also_through_a_folder_and_a_relative_import(tmp_path: Path) -> None:
    files = {
        "left/one.py": "from left.part.deep import x\n",
        "left/part/__init__.py": "",
        "left/part/deep.py": "from ..two import y\nx = y\n",
        "left/two.py": "from left import one\ny = one\n",
    }
    assert measured(plant(tmp_path, files)) == (
        1,
        [
            "imports upward: 0",
            "circles between rooms: 0",
            "circles inside rooms: 1",
            "  left.one <-> left.part <-> left.two",
        ],
    )
