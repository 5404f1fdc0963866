"""`python -m benchmarks.tampering`: what somebody with the casebook's files in hand can do, and what verify says.

One casebook with a decided case is made; its public keys are exported and its head is published, as an auditor would
hold them. Each kind of tampering is done to a copy of its own, past all triggers, and the copy is verified with those
keys and that head. The table tells each kind and the first line that names it. Exit status 1 where one goes unseen, or
where the copy that nobody touched is not sound.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import sqlite3
import sys
import tempfile
import uuid
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from admission.approval.votes import Ballot, Choice
from admission.evidence.answers import Answer, Evidence, Query
from benchmarks.races import PEOPLE, Arena
from benchmarks.tampering_plants import PLANTS
from benchmarks.tamperings import ANSWER, CASE_BUNDLE, EARLIER, KINDS, NEEDS_OUTSIDE, SCREENSHOT, TAKEN, Copy, untouched
from casebook.proof.flaws import Flaw
from casebook.proof.verification import Head
from services.audit import limits, make_bundle, trust, verify, verify_bundle
from services.heads import publish_head
from wiring.house import House
from wiring.settings import Settings

SHOWN = 150
HASH = re.compile(r"([0-9a-f]{8})[0-9a-f]{24,}")


@dataclass(frozen=True)
class Verdict:
    """What verify said about one kind of tampering.

    Attributes:
        tried: what Gatehouse said to whoever tried to act with what was put in; empty where nobody did.
        blind: what verify says that it cannot know without anything from outside; empty where that matters not.
    """

    kind: str
    expected: str
    flaws: tuple[Flaw, ...]
    tried: str = ""
    blind: str = ""

    @property
    def found(self) -> bool:
        """True where it was found and named; for the copy that nobody touched, where nothing was."""
        if self.tried == TAKEN or self.blind == "sound":
            return False
        return any(flaw.kind == self.expected for flaw in self.flaws) if self.expected else not self.flaws

    def line(self) -> str:
        """Return the line that names it."""
        told = [flaw for flaw in self.flaws if flaw.kind == self.expected] or self.flaws
        named = [flaw.line() for flaw in told] or ["sound"]
        line = HASH.sub(r"\1...", named[0])
        return line if len(line) <= SHOWN else line[: SHOWN - 3] + "..."


def verdicts(folder: Path) -> list[Verdict]:
    """Make the casebook in a folder, tamper with copies of it, and return what verify says of each."""
    original = folder / "original"
    head = make(original)
    exported = folder / "public.json"
    shutil.copy(original / "keys" / "public.json", exported)
    kinds = {untouched: "", **KINDS}
    return [_verdict(original, folder / act.__name__, exported, head, act, kinds[act]) for act in kinds]


def make(folder: Path) -> Head:
    """Make a casebook with a decided case and its bundle; return its published head."""
    house = House(Settings(data=folder, database_url=None))
    house.casebook.create()
    arena = Arena(house.casebook)
    reference, poll = arena.voting()
    look = {"attachment": house.casebook.evidence.keep(SCREENSHOT)}
    for source, body in (("uk_companies_house", ANSWER), ("manual_evidence", json.dumps(look).encode())):
        evidence = Evidence(
            id=uuid.uuid4().hex,
            query=Query(source=source, kind="profile", params={"number": "1"}),
            answer=Answer.FOUND,
            fetched_at=datetime.now(UTC),
            sha256=house.casebook.evidence.keep(body),
        )
        house.casebook.evidence.add(reference, 1, evidence)
    arena.voting()  # a second case, whose vote stays open
    house.casebook.close()
    with (
        closing(sqlite3.connect(folder / "casebook.sqlite")) as now,
        closing(sqlite3.connect(folder / EARLIER)) as kept,
    ):
        now.backup(kept)
    ballot = Ballot(choice=Choice.APPROVE, comment="sound")
    arena.vote(PEOPLE[0], poll, ballot, channel="desk")
    (folder / CASE_BUNDLE).write_bytes(make_bundle(house, reference))
    head = publish_head(house)
    house.casebook.close()
    return head


def _verdict(
    original: Path, folder: Path, exported: Path, head: Head, act: Callable[[Copy], None], expected: str
) -> Verdict:
    shutil.copytree(original, folder)
    with closing(sqlite3.connect(folder / "casebook.sqlite")) as database:
        database.row_factory = sqlite3.Row
        made = database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for row in made:
            database.execute(f"DROP TRIGGER {row['name']}")
        copy = Copy(folder, database, head, {row["name"]: row["sql"] for row in made})
        act(copy)
        for statement in copy.triggers.values():
            database.execute(statement)
        database.commit()
    house = House(Settings(data=folder, database_url=None))
    trusted = trust(house, exported)
    flaws = [*verify(house, trusted, [copy.head], lambda _: None).flaws]
    flaws += verify_bundle(folder / CASE_BUNDLE, trusted)[1]
    blind = _blind(house) if act in NEEDS_OUTSIDE else ""
    house.casebook.close()
    return Verdict(act.__name__.replace("_", " "), expected, tuple(flaws), copy.tried, blind)


def _blind(house: House) -> str:
    """Return what verify says where it has neither keys nor heads from outside: a flaw, or what it cannot know."""
    flaws = verify(house, trust(house, None), (), lambda _: None).flaws
    unknown = "; ".join(limit.en.partition(",")[0] for limit in limits(house, None, None, ()))
    return flaws[0].line() if flaws else f"NOT KNOWN: {unknown}" if unknown else "sound"


def main() -> int:
    """Tamper, verify, print the table."""
    parser = argparse.ArgumentParser(description="what somebody with the files in hand can do, and what verify says")
    parser.add_argument("--plant", metavar="NAME", help="switch a fault of verification on; `list` names them")
    parser.add_argument("--json", type=Path, metavar="PATH", help="write the figures there, as one flat object")
    given = parser.parse_args()
    if given.plant == "list":
        print("\n".join(f"{name:<22} {plant.__doc__}" for name, plant in PLANTS.items()))
        return 0
    if given.plant is not None:
        if given.plant not in PLANTS:
            parser.error(f"no such fault; there are {', '.join(PLANTS)}")
        PLANTS[given.plant]()
    with tempfile.TemporaryDirectory() as folder:
        told = verdicts(Path(folder))
    print(f"{'what was done':<34} {'found':<6} what verify says")
    for verdict in told:
        print(f"{verdict.kind:<34} {'yes' if verdict.found else 'NO':<6} {verdict.line()}")
        if verdict.tried:
            print(f"{'':<34} {'':<6} and acting with it: {verdict.tried}")
        if verdict.blind:
            print(f"{'':<34} {'':<6} without keys and head from outside: {verdict.blind}")
    unseen = [verdict.kind for verdict in told if not verdict.found]
    if given.json is not None:
        figures = {"kinds": len(told) - 1, "unseen": len(unseen)}
        given.json.write_text(json.dumps(figures) + "\n", encoding="utf-8")
    named = f": {', '.join(unseen)}" if unseen else ""
    print(f"{len(told) - 1} kinds of tampering, {len(unseen)} unseen or false alarms{named}")
    return 1 if unseen else 0


if __name__ == "__main__":
    sys.exit(main())
