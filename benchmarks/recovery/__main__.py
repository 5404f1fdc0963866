"""`python -m benchmarks.recovery`: kill everything, everywhere, and show that each case ends as it would have.

For every step boundary and every process (flow run, worker, server, desk) one applicant is walked, the process is
killed with -9 the moment the casebook has the step, and the house is left to find its way, with `chase-approvals` and
`deliver-outbox` run twice a second in place of every five minutes. Then what can happen to a suspended case, a paid
call cut off, a run that wakes up after another has taken its place, and deployments deleted and paused at Prefect. Each
case must be admitted with the same limit and votes as one that nothing happened to; no answered question is asked
again, no report is bought twice, no vote that the desk has taken is lost or counted twice, and at the end the chain
verifies and everything is deployed.

Prints a table step x fault -> end; exit status 1 if any cell is not as it should be.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.databases import POSTGRES
from benchmarks.recovery.cells import (
    BOUNDARIES,
    OTHERS,
    PLANTS,
    SETS,
    SUSPENDED,
    SUSPENDED_FAULTS,
    UNWATCHED,
    VICTIMS,
    Row,
    chosen,
)
from benchmarks.recovery.lanes import AFTERWARDS, Result, run_lanes
from cli.running.supervisor import until_stopped


def in_order(results: Iterator[Result]) -> Iterator[Row]:
    """Yield the rows in the order of the table, each as soon as those before it are there."""
    early: dict[int, Row] = {}
    following = 0
    last: list[Row] = []
    for number, row in results:
        if number == AFTERWARDS:
            last.append(row)
            continue
        early[number] = row
        while following in early:
            yield early.pop(following)
            following += 1
    yield from [early[number] for number in sorted(early)]
    yield from last


def main() -> int:
    """Run all cells, or those that are asked for, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.recovery", description=__doc__.partition("\n\n")[0])
    boundaries = sorted({*BOUNDARIES, *(boundary for boundary, _ in OTHERS), SUSPENDED})
    faults = sorted({*VICTIMS, *SUSPENDED_FAULTS, *(fault for _, fault in OTHERS)})
    parser.add_argument("--boundary", action="append", choices=boundaries, default=[], help="only this boundary")
    parser.add_argument("--fault", action="append", choices=faults, default=[], help="only this process or fault")
    parser.add_argument("--set", choices=sorted(SETS), dest="of", help="a small set in place of the whole table")
    planted = "run the house with this fault in it; ends with 0 only if the table tells"
    parser.add_argument("--plant", choices=sorted(PLANTS), help=planted)
    where = "casebook in a new database of this server, by default of the tests' one"
    parser.add_argument("--postgres", metavar="URL", nargs="?", const=POSTGRES, help=where)
    parser.add_argument("--workers", type=int, default=1, help="workers on the pool of each house (1)")
    parser.add_argument("--lanes", type=int, default=2, help="houses that share the cells, side by side (2)")
    parser.add_argument("--json", type=Path, help="write the figures here, as one flat JSON object")
    given = parser.parse_args()
    cells = chosen(given.boundary, given.fault, given.plant or given.of)
    began = time.monotonic()
    rows = []
    with until_stopped():
        lanes = min(given.lanes, len(cells))
        watched = given.plant != UNWATCHED
        for row in in_order(run_lanes(cells, lanes, given.workers, given.postgres, watched=watched)):
            rows.append(row)
            _show(row)
    walked = [row for row in rows if row.boundary != "afterwards"]
    right = sum(not row.wrong for row in walked)
    sound = len(walked) == len(cells) and not any(row.wrong for row in rows)
    seconds = time.monotonic() - began
    where = f"{'Postgres' if given.postgres else 'SQLite'}, {given.workers} worker{'s' * (given.workers != 1)}"
    if given.json:
        figures = {"cells": len(cells), "right": right, "wrong": len(cells) - right, "seconds": round(seconds, 1)}
        ends = {f"{row.boundary} / {row.fault}": row.wrong or row.end for row in rows}
        given.json.write_text(json.dumps({**figures, "on": where, **ends}, indent=2), encoding="utf-8")
    print(f"{right} of {len(cells)} cells ended as they would have; {where}; {seconds:.0f} s")
    if given.plant:
        print(f"planted: {given.plant}; {'the table tells' if walked and not sound else 'NOT TOLD'}")
        return 1 if sound or not walked else 0
    return 0 if sound else 1


def _show(row: Row) -> None:
    end = f"WRONG: {row.wrong} ({row.end})" if row.wrong else row.end
    print(f"{row.boundary:<21} {row.fault:<39} {row.seconds:>4.0f} s  {end}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
