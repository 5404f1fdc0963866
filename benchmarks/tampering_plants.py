"""Faults planted into verification, in this process alone, so that the table of tamperings can be seen to fail."""

from __future__ import annotations

from collections.abc import Callable
from unittest import mock

from casebook import audit, credentials
from casebook.proof.verification import Walk


def _credentials_unsigned() -> None:
    """Whatever row stands in sessions, codes or tokens is taken for a sign-in."""
    mock.patch.object(credentials, "is_brought", return_value=True).start()
    mock.patch.object(credentials, "person_is_signed", return_value=True).start()


def _triggers_unseen() -> None:
    """Triggers are not compared with those the house made."""
    mock.patch.object(audit, "trigger_flaws", return_value=()).start()


def _heads_unread() -> None:
    """Published heads are not held against the chain."""
    mock.patch.object(Walk, "_check_heads", return_value=None).start()


def _limits_unsaid() -> None:
    """What cannot be known without keys and heads from outside is not said."""
    mock.patch("__main__.limits", return_value=[]).start()


PLANTS: dict[str, Callable[[], None]] = {
    "credentials-unsigned": _credentials_unsigned,
    "triggers-unseen": _triggers_unseen,
    "heads-unread": _heads_unread,
    "limits-unsaid": _limits_unsaid,
}
