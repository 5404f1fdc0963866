"""`make fuzz-sources`: answers of all sources, changed so that they tell less; nothing may become better by it.

Prints how many answers of each source were changed and what broke the law of evidence, one example of each kind; ends
with status 1 where anything did. Nothing here asks a source: the answers are the shipped examples and the recorded
ones.

SECONDS=300 goes on for so long; COUNT=20000 makes so many changes. SEED=1 draws the same again. SOURCE=sec_edgar tries
one source. JSON=path writes the figures.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from pathlib import Path

from tests.connectors.metamorphic.suite import run, samples


def main() -> int:
    """Change answers for as long as is asked for, and tell what became better."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fuzz_sources", description=__doc__.partition("\n\n")[0])
    parser.add_argument("--seconds", type=float, help="go on for so long")
    parser.add_argument("--count", type=int, help="make so many changes")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**9), help="draw the same again")
    parser.add_argument("--source", default="", help="only this source")
    parser.add_argument("--json", type=Path, help="write the figures here, as one flat JSON object")
    given = parser.parse_args()
    print(f"seed {given.seed}", flush=True)
    count = 2_000 if given.count is None and given.seconds is None else given.count
    outcome = run(samples(given.source), given.seed, count=count, seconds=given.seconds)
    for line in outcome.lines():
        print(line)
    if given.json:
        figures = {"seed": given.seed, "changes": outcome.changes, "violations": len(outcome.broken)}
        given.json.write_text(json.dumps(figures | {"cpu_seconds": round(outcome.seconds, 1)}) + "\n")
    return 1 if outcome.broken else 0


if __name__ == "__main__":
    sys.exit(main())
