"""One look at one part of the house: how it stands, and what to do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

from admission.errors import NOTHING, BadInput, GatehouseError
from admission.model import Text

State = Literal["ready", "to look at", "not set up", "broken"]


class Check(NamedTuple):
    """What was looked at, how it stands, and what to do."""

    what: str
    state: State
    detail: Text
    remedy: Text = NOTHING


def same(words: str) -> Text:
    """Return a name or number that is the same in both languages."""
    return Text(en=words, zh=words)


def attempt(what: str, look: Callable[[], Text], remedy: Text) -> Check:
    """Look, and tell what was found, or what went wrong and how to mend it."""
    try:
        return Check(what, "ready", look())
    except GatehouseError as error:
        return report_broken(what, error, remedy)
    except (OSError, ValueError) as error:
        return Check(what, "broken", same(f"{type(error).__name__}: {error}"), remedy)


def report_broken(what: str, error: GatehouseError, remedy: Text) -> Check:
    """Tell of an error, with its own remedy where it has one."""
    problems = error.problems if isinstance(error, BadInput) else ()
    detail = Text(
        en=" ".join([error.message.en, *(problem.to("en") for problem in problems)]),
        zh="".join([error.message.zh, "；".join(problem.to("zh") for problem in problems)]),
    )
    return Check(what, "broken", detail, error.remedy if error.remedy.en else remedy)
