"""In which language the command line speaks: decided here, and nowhere else."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

import click

from admission.model import Language, Text
from admission.people import Person

SETTING = "GATEHOUSE_LANGUAGE"
# As POSIX has it: the first of them that is set tells the language of messages.
LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG")


@dataclass
class Speech:
    """What one run of the command knows of its user's language; kept in click's context.

    Attributes:
        asked_for: the language named with `--lang`.
        own: the language of the person who is signed in, or whom `--as` names.
    """

    asked_for: Language | None = None
    own: Language | None = None

    def language(self, environment: Mapping[str, str]) -> Language:
        """Return the language: asked for, set, the person's own, the machine's, else English."""
        return self.asked_for or _known(environment.get(SETTING, "")) or self.own or _of_machine(environment)


def language() -> Language:
    """Return the language of the command that runs."""
    return _speech().language(os.environ)


def to_reader(text: Text) -> str:
    """Return a text in the language of the command that runs."""
    return text.to(language())


def ask_for(chosen: Language) -> None:
    """Speak the language that the user named for this run."""
    _speech().asked_for = chosen


def speak_to(person: Person) -> None:
    """Speak this person's language, unless another one is asked for or set."""
    _speech().own = person.language


def _speech() -> Speech:
    context = click.get_current_context(silent=True)
    return context.ensure_object(Speech) if context is not None else Speech()


def _known(name: str) -> Language | None:
    if name == "en":
        return "en"
    return "zh" if name == "zh" else None


def _of_machine(environment: Mapping[str, str]) -> Language:
    named = next((environment[name] for name in LOCALE if environment.get(name)), "")
    return "zh" if named.lower().startswith("zh") else "en"
