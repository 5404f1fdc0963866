"""The release before: its code, out of this repository's own history."""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
from io import BytesIO
from pathlib import Path

ROOT = Path(__file__).parents[2]
# The last commit that had landed before the work on jams, lean runs and operation began; no release is tagged yet.
RELEASE = "6f18bb463b25fb67c0acb05a5e5cfceeb30ed478"
LOCK = "requirements.lock"


class NotThere(Exception):
    """This clone does not have the release before."""


def unpack(folder: Path, commit: str = RELEASE) -> str:
    """Write the tree of the release before into a folder; return its commit in words.

    Raises:
        NotThere: the clone is shallow, or is no clone.
    """
    told = _git("log", "-1", '--format=%h of %cs, "%s"', commit)
    archived = _git("archive", commit)
    if told is None or archived is None:
        raise NotThere(f"this clone has no history back to {commit[:7]}: it needs a whole one (git fetch --unshallow)")
    with tarfile.open(fileobj=BytesIO(archived)) as tree:
        tree.extractall(folder, filter="data")
    return told.decode().strip()


def _git(*arguments: str) -> bytes | None:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, check=False)
    return done.stdout if done.returncode == 0 else None


def locked_otherwise(before: Path) -> list[str]:
    """Return the packages that the release before locks in another version than today's code, or has alone."""
    then, now = _locked(before / LOCK), _locked(ROOT / LOCK)
    return sorted(name for name in then if then[name] != now.get(name))


def _locked(file: Path) -> dict[str, str]:
    lines = [line for line in file.read_text(encoding="utf-8").splitlines() if "==" in line and line[0].isalnum()]
    return dict(line.split(" ")[0].split("==", 1) for line in lines)


def prefect_of(python: str = sys.executable) -> str:
    """Return the version of Prefect that a Python has."""
    asked = "import importlib.metadata as m, json; print(json.dumps(m.version('prefect')))"
    return str(json.loads(subprocess.run([python, "-c", asked], capture_output=True, check=True, text=True).stdout))
