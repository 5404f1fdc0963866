"""`make fuzz-sources`: answers of all sources, changed so that they tell less; nothing may become better by it.

Prints how many answers of each source were changed and what broke the law of evidence, one example of each kind; ends
with status 1 where anything did. Nothing here asks a source: the answers are the shipped examples and the recorded
ones.

SECONDS=300 goes on for so long; COUNT=20000 makes so many changes. SEED=1 draws the same again. SOURCE=sec_edgar tries
one source. JSON=path writes the figures. PLANT=list tells which faults can be planted, PLANT=name plants one and must
end with status 1, PLANT=each plants one after another and ends with 0 only if each was told.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

from benchmarks.fuzz_plants import PLANTS, planted
from tests.connectors.metamorphic.suite import Outcome, run, samples

LIST, EACH = "list", "each"
PROCESSES = 2
COUNT = 2_000
# Enough that each planted fault is met by some change.
PLANTED_COUNT = 2_400


class Asked(NamedTuple):
    """What one process is to do."""

    source: str
    seed: int
    changes: int | None
    seconds: float | None


def main() -> int:
    """Change answers for as long as is asked for, and tell what became better."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fuzz_sources", description=__doc__.partition("\n\n")[0])
    parser.add_argument("--seconds", type=float, help="go on for so long")
    parser.add_argument("--count", type=int, help="make so many changes")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**9), help="draw the same again")
    parser.add_argument("--source", default="", help="only this source")
    parser.add_argument("--processes", type=int, default=PROCESSES, help=f"how many work side by side ({PROCESSES})")
    planted_fault = f"plant a fault: a name, `{LIST}` them, or `{EACH}` in turn"
    parser.add_argument("--plant", choices=[*PLANTS, LIST, EACH], metavar="NAME", help=planted_fault)
    parser.add_argument("--json", type=Path, help="write the figures here, as one flat JSON object")
    given = parser.parse_args()
    if given.plant == LIST:
        for name, plant in PLANTS.items():
            print(f"{name:<18} {plant.words}")
        return 0
    print(f"seed {given.seed}", flush=True)
    if given.plant == EACH:
        return _plant_each(given.source, given.seed)
    if given.plant:
        return _tell(_plant(given.plant, given.source, given.seed))
    count = COUNT if given.count is None and given.seconds is None else given.count
    outcome = _run_all(given.source, given.seed, count, given.seconds, given.processes)
    if given.json:
        figures = {"seed": given.seed, "changes": outcome.changes, "violations": len(outcome.broken)}
        given.json.write_text(json.dumps(figures | {"cpu_seconds": round(outcome.seconds, 1)}) + "\n")
    return _tell(outcome)


def _run_all(source: str, seed: int, count: int | None, seconds: float | None, processes: int) -> Outcome:
    """Let several processes draw, each by a seed of its own, and put together what came of it."""
    share = None if count is None else -(-count // processes)
    asked = [Asked(source, seed + number, share, seconds) for number in range(processes)]
    with ProcessPoolExecutor(processes) as pool:
        return Outcome.together(list(pool.map(_run, asked)))


def _run(asked: Asked) -> Outcome:
    return run(samples(asked.source), asked.seed, count=asked.changes, seconds=asked.seconds)


def _tell(outcome: Outcome) -> int:
    for line in outcome.lines():
        print(line)
    return 1 if outcome.broken else 0


def _plant(name: str, source: str, seed: int) -> Outcome:
    some = samples(source)
    with planted(name):
        return run(some, seed, count=PLANTED_COUNT, until_broken=True)


def _plant_each(source: str, seed: int) -> int:
    unseen = []
    for name in PLANTS:
        outcome = _plant(name, source, seed)
        told = str(outcome.broken[0]) if outcome.broken else "NOT TOLD"
        print(f"{name:<18} {told}", flush=True)
        if not outcome.broken:
            unseen.append(name)
    print(f"{len(PLANTS)} faults planted, {len(PLANTS) - len(unseen)} told")
    return 1 if unseen else 0


if __name__ == "__main__":
    sys.exit(main())
