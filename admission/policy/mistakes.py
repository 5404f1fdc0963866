"""Mistakes in a policy, and where they are."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Generic, NamedTuple, TypeVar

from admission.model import Text
from admission.problems import NAME, no_such

Path = tuple[str | int, ...]
# The treatment that the house itself adds to secured terms.
SECURITY_TREATMENT = "security"
T = TypeVar("T")


class Mistake(NamedTuple):
    """One thing wrong in a policy.

    Attributes:
        path: keys of tables and places in lists that lead to it.
        value: what is written there.
        expected: what would be right.
    """

    path: Path
    value: str
    expected: Text


class Placed(NamedTuple, Generic[T]):
    """A part of a policy and the path to it."""

    path: Path
    item: T


def dotted(document: Any, path: Path) -> str:
    """Return a path as people write it: entries of lists by their id, name or metric, where they have one."""
    parts: list[str] = []
    for part in path:
        document = _inside(document, part)
        name = None
        if isinstance(part, int) and isinstance(document, dict):
            name = document.get("id") or document.get("name") or document.get("metric")
        parts.append(name if isinstance(name, str) else str(part))
    return ".".join(parts)


def _inside(document: Any, part: str | int) -> Any:
    if isinstance(document, dict):
        return document.get(part)
    if isinstance(document, list | tuple) and isinstance(part, int) and part < len(document):
        return document[part]
    return None


def unknown_name(path: Path, name: str, known: Sequence[str]) -> Mistake:
    """Return the mistake of a name that there is not, with the nearest one that there is, or all of them."""
    return Mistake(path, name, no_such(NAME, name, known))


def figure(value: object) -> Decimal | None:
    """Return what is written as a number; None where it is none, or has no end."""
    try:
        number = Decimal(str(value)) if value is not None else None
    except ArithmeticError:
        return None
    return number if number is not None and number.is_finite() else None
