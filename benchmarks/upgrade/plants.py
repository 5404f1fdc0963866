"""Faults that an upgrade could have, planted so that the proof can be seen to tell of them."""

from __future__ import annotations

import sqlite3
import urllib.request
from collections.abc import Callable
from contextlib import closing
from typing import NamedTuple

from benchmarks.recovery.judge import company_number
from wiring import House


class Scene(NamedTuple):
    """What a fault is planted in.

    Attributes:
        house: of today's code.
        references: the cases.
    """

    house: House
    references: list[str]


def _vote_lost(scene: Scene) -> None:
    """The vote that was cast before the upgrade is gone."""
    with closing(sqlite3.connect(scene.house.settings.folder / "casebook.sqlite")) as book:
        triggers = book.execute("SELECT name, sql FROM sqlite_master WHERE tbl_name = 'votes' AND type = 'trigger'")
        made = dict(triggers.fetchall())
        for name in made:
            book.execute(f'DROP TRIGGER "{name}"')
        book.execute("DELETE FROM votes")
        for sql in made.values():
            book.execute(sql)
        book.commit()


def _asked_again(scene: Scene) -> None:
    """A question that was answered before the upgrade is asked once more."""
    book = scene.house.casebook
    number = company_number(book.cases.get(scene.references[0]).application)
    answers = book.evidence.of_all_rounds(scene.references[0])
    free = next(item.url for item in answers if item.query.source == "sec_edgar" and number in item.url)
    # The source refuses whoever does not say who asks.
    asked = urllib.request.Request(free, headers={"User-Agent": "proof, proof@localhost"})
    urllib.request.urlopen(asked).close()


def _decided_twice(scene: Scene) -> None:
    """A case is decided a second time: by the run of before, and by one of today."""
    scene.house.casebook.history.add("system", "case.decided", scene.references[0], {"outcome": "admitted"})


OLD_CODE = "old-code-stays"
# Planted while the house is stopped between the two releases, or when all cases have ended.
BETWEEN: dict[str, Callable[[Scene], None]] = {"vote-lost": _vote_lost}
AT_THE_END: dict[str, Callable[[Scene], None]] = {"asked-again": _asked_again, "decided-twice": _decided_twice}
PLANTS = {
    OLD_CODE: "the release before is started again in the place of today's code",
    **{name: (plant.__doc__ or "").rstrip(".") for name, plant in {**BETWEEN, **AT_THE_END}.items()},
}
