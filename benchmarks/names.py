"""How well and how fast names of companies are found: `python -m benchmarks.names SHARED_DATA`.

Measured on files that are not part of the project (see `data/MANIFEST.md` beside them): the OFAC lists of July 2021,
the labelled pairs of names of `screening/cases.csv`, and the names of US-listed companies. Each is asked at the cut
that is shipped. `SHARED_DATA` is the folder they are in.
"""

from __future__ import annotations

import csv
import random
import statistics
import string
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from admission.evidence.screening import ListEntry, ListIndex
from connectors.ofac_sdn.parse import read_list
from screening import CompanyMatcher

_SLIPS = 600
_STRANGERS = 4000
_COMPANIES = frozenset({"Company", "Organization", "LegalEntity"})


def main(data: Path) -> None:
    """Measure and print."""
    sdn = read_list("sdn", (data / "ofac/sdn_2021/sdn.csv").read_bytes())
    alt = read_list("alt", (data / "ofac/sdn_2021/alt.csv").read_bytes())
    organisations = {entry.entry for entry in sdn if entry.kind == "entity"}
    entries = [*sdn, *(entry for entry in alt if entry.entry in organisations)]
    started = time.perf_counter()
    index = CompanyMatcher().index(entries)
    _say("index built, ms", (time.perf_counter() - started) * 1000)
    names = [(entry.entry, name) for entry in entries if entry.kind in ("entity", "unknown") for name in entry.names]
    _say("names in it", len(names))
    _measure_slips(index, names)
    _measure_strangers(index, data)
    _measure_pairs(sdn, data)


def _measure_slips(index: ListIndex, names: Sequence[tuple[str, str]]) -> None:
    """Listed names with one random slip of the pen."""
    chance = random.Random(9)
    took: list[float] = []
    found = 0
    for entry, name in chance.sample(names, _SLIPS):
        started = time.perf_counter()
        hits = index.candidates(_slip(name, chance), {})
        took.append((time.perf_counter() - started) * 1000)
        found += any(hit.entry.entry == entry for hit in hits)
    _say(f"of {_SLIPS} listed names with a slip, found", found)
    _say("a look-up, ms, median", statistics.median(took))
    _say("a look-up, ms, longest", max(took))


def _measure_strangers(index: ListIndex, data: Path) -> None:
    """Names of US-listed companies, none of which is on the list."""
    import json

    rows = json.loads((data / "sec_edgar/company_tickers.json").read_text(encoding="utf-8")).values()
    names = sorted({row["title"] for row in rows})[:_STRANGERS]
    hit = [name for name in names if index.candidates(name, {})]
    _say(f"of {len(names)} US-listed companies, with candidates", len(hit))
    print("   ", "; ".join(hit))


def _measure_pairs(sdn: Sequence[ListEntry], data: Path) -> None:
    """Labelled pairs: the one name is listed among the SDN list, and the other is asked for."""
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
            errors.append(f"{'wrong ' if hit else 'missed'} {row['quality']:8} {row['name1']} | {row['name2']}")
    _say(f"of {len(pairs)} labelled pairs: found rightly", right)
    _say("  found wrongly", wrong)
    _say("  missed", missed)
    _say("  precision", right / (right + wrong))
    _say("  recall", right / (right + missed))
    _say("  F1", 2 * right / (2 * right + wrong + missed))
    if "-v" in sys.argv:
        print(*errors, sep="\n")


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
