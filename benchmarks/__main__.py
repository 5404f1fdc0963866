"""`python -m benchmarks [--json FILE]`: measure the batches and the walk, print the figures, write them as JSON."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from benchmarks import batch, walk


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--json", type=Path, help="write the figures here, as one flat JSON object")
    arguments = parser.parse_args()
    figures = {**batch.measure(), **walk.measure()}
    for name, value in figures.items():
        print(f"{name:<45} {value:10.3f}")
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=2), encoding="utf-8")


main()
