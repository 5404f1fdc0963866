"""`make bench-decisions`: the laws of the decision over random companies, and the examples of the shipped policies.

Hiding never pays: what the applicant or a source that is set up could tell is kept back, singly, in pairs, by whole
accounts and in larger parts; grade, limit, route and security must not improve. Worse is never better: one fact becomes
worse. Then the situations of policies/examples, each of which must come out as a credit manager expects.

COUNT=2000 companies, SEED=1 draws the same again, JSON=path writes the figures. PLANT=list tells which faults can be
planted in the rules, PLANT=name plants one and must end with status 1, PLANT=each plants one after another and ends
with 0 only if each was told.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

from admission.governance.examples.outcomes import Result
from benchmarks.decision_plants import PLANTS, planted
from intake.examples import read_examples, shipped_examples
from services.examples import try_examples
from tests.admission.assessment.laws.suite import Tried, Violation, try_laws
from tests.admission.build import shipped_policies

LIST, EACH = "list", "each"
COUNT, SEED, PROCESSES = 2_000, 20261128, 2
# Enough that each planted fault is met by some company.
PLANTED_COUNT = 120
SHOWN = 12
# Of each shipped policy.
LEAST_EXAMPLES = 60


class Asked(NamedTuple):
    """What one process is to do."""

    companies: int
    seed: int


def main() -> int:
    """Try the laws, and tell what broke one."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.decisions", description=__doc__.partition("\n\n")[0])
    parser.add_argument("--count", type=int, default=COUNT, help=f"so many companies ({COUNT})")
    parser.add_argument("--seed", type=int, default=SEED, help="draw the same again")
    planted_fault = f"plant a fault: a name, `{LIST}` them, or `{EACH}` in turn"
    parser.add_argument("--plant", choices=[*PLANTS, LIST, EACH], metavar="NAME", help=planted_fault)
    parser.add_argument("--json", type=Path, help="write the figures here, as one flat JSON object")
    given = parser.parse_args()
    if given.plant == LIST:
        for name, plant in PLANTS.items():
            print(f"{name:<22} {plant.words}")
        return 0
    if given.plant == EACH:
        return _plant_each(given.seed)
    if given.plant:
        with planted(given.plant):
            return _tell([try_laws(shipped_policies(), PLANTED_COUNT, given.seed)])
    started = time.perf_counter()
    share = -(-given.count // PROCESSES)
    asked = [Asked(share, given.seed + number) for number in range(PROCESSES)]
    with ProcessPoolExecutor(PROCESSES) as pool:
        tried = list(pool.map(_run, asked))
    examples = _try_examples()
    if given.json:
        given.json.write_text(
            json.dumps(_figures(tried) | _counts(examples) | {"seconds": round(time.perf_counter() - started, 1)})
            + "\n"
        )
    return max(_tell(tried), _tell_examples(examples))


def _try_examples() -> list[tuple[str, int, list[Result]]]:
    """Return for each shipped policy how many examples it has, and those that come out otherwise."""
    found = []
    for policy in shipped_policies():
        folder = shipped_examples(policy)
        results = try_examples(policy, [read.file for read in read_examples(folder, policy)]) if folder else []
        found.append((policy.name, len(results), [result for result in results if result.misses]))
    return found


def _tell_examples(examples: list[tuple[str, int, list[Result]]]) -> int:
    for policy, number, differing in examples:
        print(f"{policy}: {number} examples, {number - len(differing)} as expected")
        for result in differing:
            print(f"  {result.example.id}: {'; '.join(f'{miss.what.en}: {miss.got.en}' for miss in result.misses)}")
    short = [policy for policy, number, differing in examples if differing or number < LEAST_EXAMPLES]
    if short:
        print(f"falls short: examples of {', '.join(short)}")
    return 1 if short else 0


def _run(asked: Asked) -> Tried:
    return try_laws(shipped_policies(), asked.companies, asked.seed)


def _counts(examples: list[tuple[str, int, list[Result]]]) -> dict[str, float]:
    return {
        "examples": sum(number for _, number, _ in examples),
        "examples_differing": sum(len(differing) for _, _, differing in examples),
    }


def _figures(tried: Sequence[Tried]) -> dict[str, float]:
    return {
        "companies": sum(part.companies for part in tried),
        "hidings": sum(part.hidings for part in tried),
        "worsenings": sum(part.worsenings for part in tried),
        "violations": sum(len(part.violations) for part in tried),
    }


def _tell(tried: Sequence[Tried]) -> int:
    figures = _figures(tried)
    print(", ".join(f"{value} {name}" for name, value in figures.items()))
    violations = [violation for part in tried for violation in part.violations]
    kinds = Counter((item.law, item.policy, *item.better) for item in violations)
    for (law, policy, *better), number in kinds.most_common():
        print(f"{number} x {law}, {policy}: better {', '.join(better)}")
    for violation in violations[:SHOWN]:
        print(_said(violation))
    print(f"falls short: {len(violations)} changes made something better" if violations else "nothing falls short")
    return 1 if violations else 0


def _said(item: Violation) -> str:
    return f"{item.policy}, company {item.company}: {item.change}: {item.told} -> {item.changed}"


def _plant_each(seed: int) -> int:
    unseen = []
    for name in PLANTS:
        with planted(name):
            violations = try_laws(shipped_policies(), PLANTED_COUNT, seed).violations
        print(f"{name:<22} {_said(violations[0]) if violations else 'NOT TOLD'}", flush=True)
        if not violations:
            unseen.append(name)
    print(f"{len(PLANTS)} faults planted, {len(PLANTS) - len(unseen)} told")
    return 1 if unseen else 0


if __name__ == "__main__":
    sys.exit(main())
