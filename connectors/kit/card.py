"""What a connector is given from outside, and the reader of its card."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import yaml
from pydantic import ValidationError

from admission.errors import BadInput, Problem
from admission.evidence.sources import SourceCard
from admission.model import Text
from admission.problems import problems_of

_WRONG = Text(en="The card of a source is wrong.", zh="来源说明文件有误。")


@dataclass(frozen=True)
class Kit:
    """What every connector is given by the house.

    Attributes:
        clock: tells the time, aware and in UTC.
        contact: who to write to about our requests; many sources refuse callers who do not say.
        bucket: SQLite file in which all processes of this machine share the rate limits; None keeps them in memory.
        redis_url: Redis in which all machines share the rate limits; goes before `bucket`.
        base_urls: other addresses by source name, such as those of the sandbox.
        max_wait_seconds: how long a request may wait for its turn under the rate limit.
        timeout_seconds: takes the place of every card's time-out where set.
        paced: False where stand-ins are asked, which need no rate limit.
    """

    clock: Callable[[], datetime]
    contact: str
    bucket: Path | None = None
    redis_url: str | None = None
    base_urls: Mapping[str, str] = field(default_factory=dict)
    max_wait_seconds: float = 60.0
    timeout_seconds: float | None = None
    paced: bool = True

    @property
    def user_agent(self) -> str:
        """How we name ourselves to sources."""
        try:
            number = version("gatehouse")
        except PackageNotFoundError:
            number = "unreleased"
        return f"Gatehouse/{number} ({self.contact})"


@functools.cache
def load_card(folder: Path) -> SourceCard:
    """Read the card `source.yml` of a connector's folder; each process reads it once.

    Raises:
        BadInput: the card is missing or unreadable, has an unknown or wrong field, or is not named as its folder.
    """
    path = folder / "source.yml"
    where = {"card": f"{folder.name}/{path.name}"}
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        kind = type(error).__name__
        message = Text(en=f"The card of a source cannot be read: {kind}.", zh=f"来源说明文件无法读取：{kind}。")
        raise BadInput(message, context=where) from error
    try:
        card = SourceCard.model_validate(document)
    except ValidationError as error:
        raise BadInput(_WRONG, problems=problems_of(error, model=SourceCard), context=where) from None
    if card.name != folder.name:
        expected = Text(en=f"the name of its folder, {folder.name}", zh=f"与所在文件夹同名：{folder.name}")
        raise BadInput(_WRONG, problems=(Problem("name", card.name, expected),), context=where)
    return card
