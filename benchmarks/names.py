"""How well and how fast names of companies are found: `python -m benchmarks.names SHARED_DATA`.

Measured on files that are not part of the project (see `data/MANIFEST.md` beside them): the OFAC lists of July 2021,
the labelled pairs of names of `screening/cases.csv`, and the names of US-listed companies. Each is asked at the cut
that is shipped. `SHARED_DATA` is the folder they are in.
"""

from __future__ import annotations

import csv
import json
import random
import statistics
import string
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from admission.evidence.screening import ListEntry, ListIndex
from connectors.ofac_sdn.parse import read_list
from screening import CompanyMatcher

SLIPS = 600
STRANGERS = 4000
_COMPANIES = frozenset({"Company", "Organization", "LegalEntity"})


class Pairs(NamedTuple):
    """What came of the labelled pairs.

    Attributes:
        right, wrong, missed: how many were found rightly, found wrongly, and not found.
        errors: each wrong and missed one, in words.
    """

    right: int
    wrong: int
    missed: int
    errors: tuple[str, ...]

    @property
    def precision(self) -> float:
        """Which share of what was found is right."""
        return self.right / (self.right + self.wrong)

    @property
    def recall(self) -> float:
        """Which share of what is right was found."""
        return self.right / (self.right + self.missed)


def main(data: Path) -> None:
    """Measure and print."""
    sdn, entries = listed_in(data)
    started = time.perf_counter()
    index = CompanyMatcher().index(entries)
    _say("index built, ms", (time.perf_counter() - started) * 1000)
    found, took = find_slips(index, entries)
    _say(f"of {SLIPS} listed names with a slip, found", found)
    _say("a look-up, ms, median", statistics.median(took))
    _say("a look-up, ms, longest", max(took))
    strangers, hit = find_strangers(index, data)
    _say(f"of {strangers} US-listed companies, with candidates", len(hit))
    pairs = find_pairs(sdn, data)
    _say("labelled pairs found rightly", pairs.right)
    _say("labelled pairs found wrongly", pairs.wrong)
    _say("labelled pairs missed", pairs.missed)
    _say("precision", pairs.precision)
    _say("recall", pairs.recall)
    print(*hit, *pairs.errors, sep="\n")


def listed_in(data: Path) -> tuple[Sequence[ListEntry], Sequence[ListEntry]]:
    """Return the SDN list, and with it the other names of its organisations."""
    sdn = read_list("sdn", (data / "ofac/sdn_2021/sdn.csv").read_bytes())
    organisations = {entry.entry for entry in sdn if entry.kind == "entity"}
    alt = read_list("alt", (data / "ofac/sdn_2021/alt.csv").read_bytes())
    return sdn, [*sdn, *(entry for entry in alt if entry.entry in organisations)]


def find_slips(index: ListIndex, entries: Sequence[ListEntry]) -> tuple[int, list[float]]:
    """Look for listed names with one random slip of the pen; return how many were found, and what each took, ms."""
    names = [(entry.entry, name) for entry in entries if entry.kind in ("entity", "unknown") for name in entry.names]
    chance = random.Random(9)
    took: list[float] = []
    found = 0
    for entry, name in chance.sample(names, SLIPS):
        started = time.perf_counter()
        hits = index.candidates(_slip(name, chance), {})
        took.append((time.perf_counter() - started) * 1000)
        found += any(hit.entry.entry == entry for hit in hits)
    return found, took


def find_strangers(index: ListIndex, data: Path) -> tuple[int, list[str]]:
    """Look for US-listed companies, none of which is on the list; return how many, and those with candidates."""
    rows = json.loads((data / "sec_edgar/company_tickers.json").read_text(encoding="utf-8")).values()
    names = sorted({row["title"] for row in rows})[:STRANGERS]
    return len(names), [name for name in names if index.candidates(name, {})]


def find_pairs(sdn: Sequence[ListEntry], data: Path) -> Pairs:
    """Look for the one name of each labelled pair, the other being listed among the SDN list."""
    with (data / "screening/cases.csv").open(encoding="utf-8", newline="") as file:
        pairs = [row for row in csv.DictReader(file) if row["schema"] in _COMPANIES]
    listed = {name: f"pair {number}" for number, name in enumerate(sorted({row["name2"] for row in pairs}))}
    more = [ListEntry(entry=entry, names=(name,), kind="entity", list_name="x") for name, entry in listed.items()]
    index = CompanyMatcher().index([*sdn, *more])
    right = wrong = missed = 0
    errors: list[str] = []
    for row in pairs:
        hit = listed[row["name2"]] in {found.entry.entry for found in index.candidates(row["name1"], {})}
        same = row["is_match"] == "true"
        right += hit and same
        wrong += hit and not same
        missed += same and not hit
        if hit != same:
            errors.append(f"{'wrong' if hit else 'missed'}: {row['name1']} | {row['name2']} ({row['quality']})")
    return Pairs(right, wrong, missed, tuple(errors))


def _slip(name: str, chance: random.Random) -> str:
    """Leave out, put in, replace a letter, or swap two."""
    at = chance.choice([place for place, letter in enumerate(name[:-1]) if letter.isalnum()] or [0])
    letter = chance.choice(string.ascii_uppercase)
    return chance.choice(
        (
            name[:at] + name[at + 1 :],
            name[:at] + letter + name[at:],
            name[:at] + letter + name[at + 1 :],
            name[:at] + name[at + 1] + name[at] + name[at + 2 :],
        )
    )


def _say(what: str, value: float) -> None:
    print(f"{what:<60} {value:10.3f}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
