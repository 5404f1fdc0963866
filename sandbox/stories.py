"""Stories: one invented company each, told in a data file from which every stand-in builds its answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from sandbox.accounts import Accounts, accounts_of
from sandbox.dates import resolve
from sandbox.misbehaviour import Rule, rule_from
from sandbox.reading import read_yaml
from sandbox.wire import SandboxError

STORIES = Path(__file__).parent / "stories"
_KEYS = {"story", "legal_name", "country", "accounts", "sources", "official", "misbehaviour"}


@dataclass(frozen=True)
class Story:
    """An invented company.

    Attributes:
        story: what is told, in one sentence.
        accounts: latest year first; none where the company publishes none.
        sources: what each source has on it, by the source's name; a source that is not named has no record.
        official: what official sites show of it to a person who looks; such a company hands in its accounts itself.
        misbehaviour: what a source does wrong whenever this company is asked for.
    """

    name: str
    story: str
    legal_name: str
    country: str
    accounts: tuple[Accounts, ...]
    sources: Mapping[str, Mapping[str, Any]]
    misbehaviour: tuple[Rule, ...]
    official: tuple[Mapping[str, Any], ...] = ()


def load_stories(today: date, folder: Path = STORIES) -> tuple[Story, ...]:
    """Read all stories of a folder, with their dates counted back from today.

    Raises:
        SandboxError: a file is malformed; the message names it.
    """
    return tuple(_load_story(path, today) for path in sorted(folder.glob("*.yml")))


def _load_story(path: Path, today: date) -> Story:
    try:
        document = resolve(read_yaml(path), today)
        if not isinstance(document, dict) or not set(document) <= _KEYS:
            raise SandboxError(f"a table of {', '.join(sorted(_KEYS))}")
        accounts = document.get("accounts")
        return Story(
            name=path.stem,
            story=document["story"],
            legal_name=document["legal_name"],
            country=document["country"],
            accounts=accounts_of(accounts, today) if accounts else (),
            sources=document["sources"],
            misbehaviour=tuple(rule_from(rule) for rule in document.get("misbehaviour", ())),
            official=tuple(document.get("official", ())),
        )
    except KeyError as error:
        raise SandboxError(f"{path.name}: {error.args[0]} is missing") from error
    except (SandboxError, yaml.YAMLError) as error:
        raise SandboxError(f"{path.name}: {error}") from error
