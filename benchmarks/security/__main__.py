"""`make proof-security`: every attack that was ever tried on Gatehouse, tried again by the tests that stand for it.

Prints a table `row | attack | tried by | held`; ends with status 1 and names what did not hold. A test that is not
there, was skipped or broke off held nothing off.

SET=reduced leaves out the attacks that need a running Prefect; POSTGRES=1 tries those on the casebook on Postgres too.
ROW="4 7" tries these rows alone. PLANT=list tells which faults can be planted in the product; PLANT=name tries the rows
that the fault opens, and a few that it does not, and must end with status 1; PLANT=each plants one after another, and
ends with 0 only if the table told of each. JSON=path writes the table.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.security.attacks import TESTS, chosen
from benchmarks.security.plants import CONTROL, PLANTS
from benchmarks.security.trying import Tried, try_all

REDUCED = "reduced"
SHOWN_TESTS = 44


class Told(NamedTuple):
    """What came of a planted fault.

    Attributes:
        named: rows that did not hold.
        missed: rows that it opens and that held all the same.
        control: rows that it does not open and that did not hold either.
    """

    named: tuple[str, ...]
    missed: tuple[str, ...]
    control: tuple[str, ...]

    @property
    def right(self) -> bool:
        """True where the table names every row that the fault opens, and no other."""
        return not self.missed and not self.control


def main() -> int:
    """Try what is asked for, print the table, write it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.security", description=__doc__.partition("\n\n")[0])
    parser.add_argument("--set", choices=[REDUCED], dest="of", help="leave out what needs a running Prefect")
    parser.add_argument("--postgres", action="store_true", help="try the casebook's attacks on Postgres too")
    parser.add_argument("--row", action="append", default=[], help="only this row; may be given several times")
    parser.add_argument(
        "--plant", choices=[*PLANTS, "list", "each"], help="plant a fault in the product", metavar="NAME"
    )
    parser.add_argument("--processes", type=int, default=2, help="how many run tests side by side (2)")
    parser.add_argument("--json", type=Path, help="write the table here, as one flat JSON object")
    given = parser.parse_args()
    if given.plant == "list":
        for name, plant in PLANTS.items():
            print(f"{name:<20} {plant.words} ({', '.join(plant.breaks)})")
        return 0
    with tempfile.NamedTemporaryFile("w", prefix="gatehouse-security-", suffix=".log", delete=False) as log:
        file = Path(log.name)
    if given.plant == "each":
        return _plant_each(file, given.processes)
    if given.plant:
        return 1 if _plant(given.plant, file, given.processes) else 0
    began = time.monotonic()
    without = (*(["prefect"] if given.of == REDUCED else []), *([] if given.postgres else ["postgres"]))
    tried = try_all(chosen(given.row), without=without, processes=given.processes, log=file)
    _show(tried)
    open_rows = [each for each in tried if each.held == "NO"]
    left_out = [each for each in tried if not each.tries and each.held != "NO"]
    seconds = time.monotonic() - began
    if given.json:
        _write(given.json, tried, seconds)
    print(
        f"{len(tried)} attacks in {sum(each.tries for each in tried)} tests: {len(tried) - len(open_rows) - len(left_out)} held, "
        f"{len(open_rows)} did not, {len(left_out)} left out; {seconds:.0f} s"
    )
    for each in open_rows:
        print(f"DID NOT HOLD: {each.attack.row}: {each.attack.tried}\n  " + "\n  ".join(each.wrong[:10]))
    if open_rows:
        print(f"what pytest said: {file}")
        return 1
    file.unlink()
    return 0


def _show(tried: Sequence[Tried]) -> None:
    print(f"{'row':<18} {'severity':<8}  {'held':<8} {'tests':>5}  attack; tried by")
    for each in tried:
        print(f"{each.attack.row:<18} {each.attack.severity:<8}  {each.held:<8} {each.tries:>5}  {each.attack.tried}")
        for file in dict.fromkeys(test.partition("::")[0] for test in each.attack.by):
            names = [test.partition("::")[2] for test in each.attack.by if test.startswith(f"{file}::")]
            print(f"{'':<44}{file.removeprefix(f'{TESTS}/')}: {', '.join(names) or 'all'}")


def _write(path: Path, tried: Sequence[Tried], seconds: float) -> None:
    held = [each.held for each in tried]
    counts = {"attacks": len(tried), "held": held.count("yes"), "did_not_hold": held.count("NO")}
    figures = {**counts, "tests": sum(each.tries for each in tried), "seconds": round(seconds, 1)}
    ends = {f"{each.attack.row} / {each.attack.tried}": "; ".join(each.wrong) or each.held for each in tried}
    path.write_text(json.dumps({**figures, **ends}, indent=2), encoding="utf-8")


def _plant(name: str, log: Path, processes: int) -> Told:
    """Try the rows that a fault opens, and those that hold whatever is planted."""
    plant = PLANTS[name]
    table = chosen([*plant.breaks, *CONTROL])
    tried = try_all(table, without=("prefect", "postgres"), plant=name, processes=processes, log=log)
    named = tuple(each.attack.row for each in tried if each.held == "NO")
    told = Told(
        named,
        tuple(row for row in plant.breaks if row not in named),
        tuple(row for row in CONTROL if row in named),
    )
    print(f"planted: {name}: {plant.words}")
    print(f"  {'told' if told.right else 'NOT TOLD'}: did not hold: {', '.join(named) or 'nothing'}", end="")
    print(f"; should have been named: {', '.join(told.missed)}" if told.missed else "", end="")
    print(f"; broke though it is untouched: {', '.join(told.control)}" if told.control else "", flush=True)
    return told


def _plant_each(log: Path, processes: int) -> int:
    told = {name: _plant(name, log, processes) for name in PLANTS}
    wrong = [name for name, each in told.items() if not each.right]
    print(f"{len(told)} faults planted, {len(wrong)} not told{': ' if wrong else ''}{', '.join(wrong)}")
    if wrong:
        print(f"what pytest said: {log}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
