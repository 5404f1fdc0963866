"""Log files of `gatehouse up` that do not grow without end."""

from __future__ import annotations

import shutil
from pathlib import Path

LARGEST = 20_000_000
KEPT = 5


def rotate(folder: Path, largest: int = LARGEST, kept: int = KEPT) -> list[str]:
    """Move what a log says to `NAME.log.1` where it has grown large, older ones to `.2` and so on; return their names.

    The children keep their files open to append, so the file is copied and emptied: a line that is written between the
    two is lost.

    Args:
        folder: where the logs are.
        largest: bytes above which a log is moved.
        kept: how many old ones stay.
    """
    large = [path for path in sorted(folder.glob("*.log")) if path.stat().st_size > largest]
    for path in large:
        for number in range(kept - 1, 0, -1):
            older = path.with_name(f"{path.name}.{number}")
            if older.exists():
                older.replace(path.with_name(f"{path.name}.{number + 1}"))
        shutil.copyfile(path, path.with_name(f"{path.name}.1"))
        with path.open("r+b") as log:
            log.truncate(0)
    return [path.name for path in large]
