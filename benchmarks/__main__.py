"""`python -m benchmarks [--json FILE] [--busy]`: measure batches, walk and CPU of runs; print and write the figures.

Ends with status 1 where a figure misses its bar. On a busy machine those of memory alone are held, and nothing else is
measured than what they need, with one run of each kind.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from benchmarks import batch, lean, walk
from benchmarks.walk import STORIES


def main() -> int:
    """Measure, print, write; return the status to end with."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--json", type=Path, help="write the figures here, as one flat JSON object")
    parser.add_argument("--busy", action="store_true", help="hold the bars of memory alone: the machine is not idle")
    arguments = parser.parse_args()
    figures = lean.measure(STORIES[:1]) if arguments.busy else {**batch.measure(), **walk.measure(), **lean.measure()}
    for name, value in figures.items():
        bar = f"  (at most {lean.BARS[name]:g})" if name in lean.BARS else ""
        print(f"{name:<45} {value:10.3f}{bar}")
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=2), encoding="utf-8")
    held = {name: most for name, most in lean.BARS.items() if not arguments.busy or name.endswith("_mb")}
    missed = [name for name, most in held.items() if figures[name] > most]
    if missed:
        print(f"missed: {', '.join(missed)}", file=sys.stderr)
    return int(bool(missed))


sys.exit(main())
