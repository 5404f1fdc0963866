"""The data folder is its owner's alone: applicants, votes, hashes of passwords and keys are in it."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

OTHERS = 0o077
# A handle that names a file and does not open it. To open and close the file of a database that is in use takes away
# all locks that this process has on it: the next process to leave removes the log that we go on writing to.
_NAMED_ONLY: int | None = getattr(os, "O_PATH", None)
# What the house keeps there. Whatever else lies in the folder is somebody's own business.
PARTS = ("answers", "keys", "prefect", "logs")
FILES = ("casebook.sqlite", "limits.sqlite", "audit-heads.jsonl", "up.json", "creditsafe.log-in-refused")


def write_closed(folder: Path) -> None:
    """Close the data folder itself; what this process and its children write from now on is closed from the start.

    Args:
        folder: the data folder, whether it is there or not.
    """
    os.umask(OTHERS)
    _narrow(folder)


def close_to_others(folder: Path) -> None:
    """Make the data folder where it is not there, and take all rights on it and on each of its parts from others.

    Args:
        folder: the data folder.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_closed(folder)
    for path in _parts_of(folder):
        _narrow(path)


def open_to_others(folder: Path) -> list[Path]:
    """Return what of the data folder others have rights on, the folder itself first; nothing where it is closed."""
    if not _rights_of_others(folder):
        return []
    return [folder, *(path for path in _parts_of(folder) if _rights_of_others(path))]


def _parts_of(folder: Path) -> Iterator[Path]:
    """Yield the house's files and folders in a data folder; links are not followed."""
    for name in FILES:
        # SQLite has files beside its database while it is in use.
        yield from sorted(folder.glob(f"{name}*"))
    for name in PARTS:
        if (folder / name).is_dir() and not (folder / name).is_symlink():
            yield folder / name
            for place, folders, files in os.walk(folder / name):
                yield from (Path(place) / inner for inner in (*folders, *files))


def _rights_of_others(path: Path) -> int:
    """Return the rights that others have on a file or folder; of a link, none."""
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return 0
    return 0 if stat.S_ISLNK(mode) else mode & OTHERS


def _narrow(path: Path) -> None:
    # A system without such handles keeps the rights as they are; doctor tells.
    if _NAMED_ONLY is None or not _rights_of_others(path):
        return
    # What is not ours to change, doctor tells; a link that was put in the place of a file is not followed.
    with contextlib.suppress(OSError):
        handle = os.open(path, _NAMED_ONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            state = os.fstat(handle)
            # A folder that everybody writes to, such as /tmp, is not the house's to close; a link has no rights.
            mine = state.st_uid == os.geteuid() and not state.st_mode & stat.S_ISVTX and not stat.S_ISLNK(state.st_mode)
            if mine:
                os.chmod(f"/proc/self/fd/{handle}", stat.S_IMODE(state.st_mode) & ~OTHERS)
        finally:
            os.close(handle)
