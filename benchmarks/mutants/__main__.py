"""`make proof-mutants`: small changes planted in the rules, one at a time; do the tests notice?

A change turns a comparison round, moves its bound, exchanges and/or, adds or takes away a not, moves a constant by one,
or exchanges plus and minus, times and divided. The tests of the file run on each, in a process of its own, until one
fails; a test that does not end has noticed. What nobody noticed is listed, with the reason where it makes no difference
to anybody (`equivalents.yml`); such a change counts as not noticed all the same.

Ends with status 1 where less than 95 % was noticed (SET=reduced: 85 %, for each of a few is much), or where a row of
that table names no change, or one that was noticed.

SET=reduced tries a fixed drawing of 60. FILE=admission/approval/votes.py tries the changes of that file alone.
PLANT=list tells which faults of the proof itself can be planted, PLANT=name plants one and must end with status 1.
JSON=path writes the figures.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.mutants.equivalents import load_equivalents
from benchmarks.mutants.loading import load_once
from benchmarks.mutants.mutant import Change, Mutant, draw, make_mutants
from benchmarks.mutants.plants import LIST, PLANTED, PLANTS, Plant
from benchmarks.mutants.report import Report
from benchmarks.mutants.rooms import files, tests_of
from benchmarks.mutants.trying import LEAST_SECONDS, PATIENCE, Job, Outcome, run_jobs

REDUCED = "reduced"
REDUCED_COUNT = 60
BARS = {"": 0.95, REDUCED: 0.85}


def main() -> int:
    """Plant what is asked for, run the tests on it, tell what they did not notice."""
    given = _arguments()
    if given.plant == LIST:
        for name, plant in PLANTS.items():
            print(f"{name:<20} {plant.words}")
        return 0
    plant = PLANTS[given.plant] if given.plant else Plant("")
    began = time.monotonic()
    stood, equivalents = _fingerprint(), load_equivalents()
    if plant.equivalent is not None:
        equivalents.append(plant.equivalent)
    load_once()
    chosen = given.file or (PLANTED if given.plant else files())
    broken = _find_broken(chosen, given.processes, plant)
    for line in broken:
        print(f"FALLS SHORT: without any change, {line}")
    if broken:
        return 1
    made = make_mutants(chosen, given.tool, given.processes)
    reduced = given.set == REDUCED
    tried = draw(made, REDUCED_COUNT) if reduced else made
    outcomes = _try_all(tried, given.processes, plant)
    report = Report(tried, outcomes, equivalents, {mutant.change for mutant in made}, chosen)
    seconds = time.monotonic() - began
    report.tell(seconds)
    short = report.falls_short(BARS[REDUCED if reduced else ""], whole=not reduced and chosen == files())
    if _fingerprint() != stood:
        short.append("rules or tests were changed while they were tried: nothing above holds")
    if given.json:
        figures = {**report.figures(), "seconds": round(seconds, 1), "falls_short": "; ".join(short)}
        given.json.write_text(json.dumps(figures, indent=2, ensure_ascii=False), encoding="utf-8")
    print(f"FALLS SHORT: {'; '.join(short)}" if short else "nothing falls short")
    return 1 if short else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mutants", description=__doc__.partition("\n\n")[0])
    parser.add_argument("--tool", type=Path, required=True, help="the Python that has Cosmic Ray")
    parser.add_argument("--set", choices=[REDUCED], help=f"a fixed drawing of {REDUCED_COUNT}")
    parser.add_argument("--file", action="append", choices=files(), metavar="FILE", help="only changes of this file")
    parser.add_argument("--processes", type=int, default=2, help="how many run tests side by side (2)")
    parser.add_argument("--plant", choices=[*PLANTS, LIST], metavar="NAME", help=f"plant a fault; `{LIST}` names them")
    parser.add_argument("--json", type=Path, help="write the figures here, as one flat JSON object")
    return parser.parse_args()


def _find_broken(chosen: Sequence[str], processes: int, plant: Plant) -> list[str]:
    """Return the files whose tests do not pass on the rules as they are: nothing is learned from those."""
    jobs = [Job(_unchanged(file), tests_of(file), 10 * LEAST_SECONDS, failing=plant.failing) for file in chosen]
    broken = []
    for job, outcome in run_jobs(jobs, processes):
        assert job.mutant is not None
        _LIMITS[job.mutant.change.file] = max(LEAST_SECONDS, PATIENCE * outcome.seconds)
        if outcome.noticed or not outcome.ran:
            broken.append(f"the tests of {job.mutant.change.file} do not pass: {outcome.noticed or 'none ran'}")
    return sorted(broken)


def _fingerprint() -> str:
    """Return what rules, tests and policies say; a proof holds for one state of them."""
    found = hashlib.sha256()
    for room in ("admission", "policies", "tests/admission", "benchmarks/mutants"):
        for path in sorted(path for path in Path(room).rglob("*") if path.suffix in {".py", ".yaml", ".yml"}):
            found.update(path.read_bytes())
    return found.hexdigest()


# File -> how long its tests may take on a mutant.
_LIMITS: dict[str, float] = {}


def _unchanged(file: str) -> Mutant:
    return Mutant(Change(file, "", "", ""), "", 0, Path(file).read_text(encoding="utf-8"))


def _try_all(mutants: Sequence[Mutant], processes: int, plant: Plant) -> dict[int, Outcome]:
    """Run the tests on each mutant; what comes of each by its place."""
    places: dict[int, int] = {}
    jobs = []
    for place, mutant in enumerate(mutants):
        file = mutant.change.file
        planted = mutant._replace(source=_unchanged(file).source) if plant.unplanted else mutant
        jobs.append(Job(planted, tests_of(file), _LIMITS[file], asleep=plant.asleep))
        places[id(jobs[-1])] = place
    outcomes: dict[int, Outcome] = {}
    for job, outcome in run_jobs(jobs, processes):
        outcomes[places[id(job)]] = outcome
        if len(outcomes) % 50 == 0:
            print(f"{len(outcomes)} of {len(mutants)} tried", flush=True)
    return outcomes


if __name__ == "__main__":
    sys.exit(main())
