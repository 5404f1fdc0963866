"""Who is at the command line, and the casebook they work in."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

from admission.errors import GatehouseError, NotAllowed
from admission.model import Text
from admission.people import Person
from casebook.credentials import Credential
from cli.language import speak_to
from wiring import House, build_house

SIGN_IN = Text(en="sign in with `gatehouse login USERNAME`", zh="请用 `gatehouse login 用户名` 登录")


def open_house() -> House:
    """Build the house from the environment and see that its casebook is there; speak to whoever is signed in to it.

    Raises:
        GatehouseError: there is no casebook yet, or it is not of this version.
    """
    house = build_house()
    house.casebook.check()
    person = _find_signed_in(house)
    if person is not None:
        speak_to(person)
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
    """Return who acts, and speak to them: the signed-in user, or on a demo's casebook whoever `--as` names.

    Raises:
        NotAllowed: nobody is signed in, or `--as` was used on a real casebook.
    """
    person = _find_named(house, as_user) if as_user is not None else _find_signed_in(house)
    if person is None:
        raise NotAllowed(Text(en="Nobody is signed in.", zh="尚未登录。"), remedy=SIGN_IN)
    speak_to(person)
    return person


def credential_at_hand(house: House, as_user: str | None) -> Credential:
    """Return what whoever acts acts with: this machine's sign-in, or on a demo's casebook a short session for `--as`.

    Raises:
        NotAllowed: nobody is signed in, or `--as` was used on a real casebook.
    """
    if as_user is not None:
        return Credential.session(house.casebook.sessions.stand_in(_find_named(house, as_user).username))
    path = token_file(house)
    if not path.is_file():
        raise NotAllowed(Text(en="Nobody is signed in.", zh="尚未登录。"), remedy=SIGN_IN)
    return Credential.session(path.read_text(encoding="utf-8").strip())


def _find_named(house: House, username: str) -> Person:
    if not house.casebook.demo:
        raise NotAllowed(
            Text(
                en="--as works only on a casebook that was created for the demo.",
                zh="--as 仅可用于为演示创建的台账。",
            ),
            remedy=SIGN_IN,
        )
    return house.casebook.people.get(username)


def _find_signed_in(house: House) -> Person | None:
    path = token_file(house)
    return house.casebook.sessions.person_of(path.read_text(encoding="utf-8").strip()) if path.is_file() else None
