"""The password of the house's own Prefect server: made at its first start, kept where only its owner reads.

Whoever has it may start runs and change deployments, which is to run commands as the owner of the house. It is handed
on by file and environment alone: the command line of a process is read by everybody on the machine.
"""

from __future__ import annotations

import os
import re
import secrets
import stat
from pathlib import Path

from cli.running.addresses import prefect_origins
from wiring import Settings

USER = "gatehouse"
_SHAPE = re.compile(r"[^:\s]+:\S{20,}")


def auth_file(settings: Settings) -> Path:
    """Return the file that holds user name and password of the house's own Prefect, as `name:password`."""
    return settings.folder / "prefect" / "auth"


def make_auth(settings: Settings) -> str:
    """Return the house's own `name:password`; make it where there is none, or where others could have read it."""
    path = auth_file(settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.parent.chmod(0o700)
    if _is_private(path) and (kept := read_auth(settings)) is not None:
        return kept
    made = f"{USER}:{secrets.token_hex(24)}"
    new = path.with_name(f"auth.{os.getpid()}")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(f"{made}\n")
    new.replace(path)
    return made


def read_auth(settings: Settings) -> str | None:
    """Return the house's own `name:password`; None where there is none that can be read."""
    try:
        text = auth_file(settings).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return None
    return text if _SHAPE.fullmatch(text) else None


def guarded_environment(settings: Settings) -> dict[str, str]:
    """Return the variables that close the house's own Prefect: its password, and whose pages may ask it."""
    auth, origins = make_auth(settings), ",".join(prefect_origins(settings))
    return {
        "PREFECT_API_AUTH_STRING": auth,
        "PREFECT_SERVER_API_AUTH_STRING": auth,
        # Prefect reads both names and takes the first: one that was set outside must not open the door again.
        "PREFECT_SERVER_API_CORS_ALLOWED_ORIGINS": origins,
        "PREFECT_SERVER_CORS_ALLOWED_ORIGINS": origins,
    }


def _is_private(path: Path) -> bool:
    """True where a file of our own that nobody else may read stands there, and no link to one."""
    try:
        found = path.lstat()
    except OSError:
        return False
    return stat.S_ISREG(found.st_mode) and not found.st_mode & 0o077 and found.st_uid == os.getuid()
