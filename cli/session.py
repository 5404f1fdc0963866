"""Who is at the command line, and the casebook they work in."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

from admission.errors import GatehouseError, NotAllowed
from admission.people import Person
from wiring import House, build_house


def open_house() -> House:
    """Build the house from the environment and see that its casebook is there.

    Raises:
        GatehouseError: there is no casebook yet, or it is not of this version.
    """
    house = build_house()
    house.casebook.check()
    return house


def people_here() -> Sequence[Person] | None:
    """Return the people of this machine's casebook; None where there is none, or nobody in it."""
    try:
        house = build_house()
        house.casebook.check()
        return house.casebook.people.all() or None
    except GatehouseError:
        return None


def token_file(house: House) -> Path:
    """Return where this machine's user keeps the sign-in to this casebook."""
    base = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    name = hashlib.sha256(house.settings.casebook_url.encode()).hexdigest()[:12]
    return base / "gatehouse" / f"token-{name}"


def keep_token(house: House, token: str) -> None:
    """Keep a sign-in, readable by this machine's user alone."""
    path = token_file(house)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        # A file that was there before keeps its mode when it is opened.
        os.fchmod(file.fileno(), 0o600)
        file.write(token)


def person_at_hand(house: House, as_user: str | None) -> Person:
    """Return who acts: the signed-in user, or on a demo's casebook whoever `--as` names.

    Raises:
        NotAllowed: nobody is signed in, or `--as` was used on a real casebook.
    """
    if as_user is not None:
        if not house.casebook.demo:
            raise NotAllowed(
                "--as works only on a casebook that was created for the demo.",
                remedy="sign in with `gatehouse login USERNAME`",
            )
        return house.casebook.people.get(as_user)
    path = token_file(house)
    person = house.casebook.people.person_of(path.read_text(encoding="utf-8").strip()) if path.is_file() else None
    if person is None:
        raise NotAllowed("Nobody is signed in.", remedy="sign in with `gatehouse login USERNAME`")
    return person
