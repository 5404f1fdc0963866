"""`make proof-security`: every attack that was ever tried on Gatehouse, tried again by the tests that stand for it.

Prints a table `row | attack | tried by | held`; ends with status 1 and names what did not hold. A test that is not
there, was skipped or broke off held nothing off.

SET=reduced leaves out the attacks that need a running Prefect; POSTGRES=1 tries those on the casebook on Postgres too.
ROW=21 tries that row alone. PLANT=list tells which faults can be planted in the product; PLANT=name tries the rows
that the fault opens, and a few that it does not, and must end with status 1; PLANT=each plants one after another, and
ends with 0 only if the table told of each. JSON=path writes the table.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from benchmarks.security.attacks import TESTS, chosen
from benchmarks.security.plants import CONTROL, PLANTS
from benchmarks.security.plugin import LEFT_OUT
from benchmarks.security.trying import Tried, try_all

REDUCED = "reduced"
LIST, EACH = "list", "each"
SHOWN = 12
# Of the column with the names of the rows.
WIDTH = 21


class Told(NamedTuple):
    """What came of a planted fault.

    Attributes:
        named: rows that did not hold.
        missed: rows that it opens and that held all the same.
        broke: rows that it does not open and that did not hold either, or whose tests did not run.
    """

    named: tuple[str, ...]
    missed: tuple[str, ...]
    broke: tuple[str, ...]

    @property
    def right(self) -> bool:
        """True where the tests of every row that the fault opens ran and failed, and those of no untouched one."""
        return not self.missed and not self.broke


def main() -> int:
    """Try what is asked for, print the table, write it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.security", description=__doc__.partition("\n\n")[0])
    parser.add_argument("--set", choices=[REDUCED], dest="of", help="leave out what needs a running Prefect")
    parser.add_argument("--postgres", action="store_true", help="try the casebook's attacks on Postgres too")
    parser.add_argument("--row", action="append", default=[], help="only this row; may be given several times")
    planted = f"plant a fault in the product: a name, `{LIST}` them, or `{EACH}` in turn"
    parser.add_argument("--plant", choices=[*PLANTS, LIST, EACH], metavar="NAME", help=planted)
    parser.add_argument("--processes", type=int, default=2, help="how many run tests side by side (2)")
    parser.add_argument("--json", type=Path, help="write the table here, as one flat JSON object")
    given = parser.parse_args()
    if given.plant == LIST:
        for name, plant in PLANTS.items():
            print(f"{name:<{WIDTH}} {plant.words} ({', '.join(plant.breaks)})")
        return 0
    with tempfile.TemporaryDirectory(prefix="gatehouse-security-") as folder:
        log = Path(folder) / "pytest.log"
        if given.plant == EACH:
            return _plant_each(Path(folder), given.processes)
        if given.plant:
            told = _plant(given.plant, log, given.processes)
            _show_plant(given.plant, told)
            return 1 if told.named else 0
        without = (*(["prefect"] if given.of == REDUCED else []), *([] if given.postgres else ["postgres"]))
        began = time.monotonic()
        tried = try_all(chosen(given.row), without=without, processes=given.processes, log=log)
        sound = _tell(tried, time.monotonic() - began, given.json)
        if not sound:
            print(_said(log))
        return 0 if sound else 1


def _tell(tried: Sequence[Tried], seconds: float, file: Path | None) -> bool:
    """Print the table and what did not hold, write the figures; return whether everything held."""
    _show(tried)
    if file is not None:
        _write(file, tried, seconds)
    count, tests = Counter(each.held for each in tried), sum(each.tries for each in tried)
    ends = f"{count['yes']} held, {count['NO']} did not, {count[LEFT_OUT]} left out"
    print(f"{len(tried)} attacks in {tests} tests: {ends}; {seconds:.0f} s")
    open_rows = [each for each in tried if each.held == "NO"]
    for each in open_rows:
        print(f"DID NOT HOLD: {each.attack.row}: {each.attack.tried}\n  " + "\n  ".join(each.wrong[:SHOWN]))
    return not open_rows


def _said(log: Path) -> str:
    """Return what pytest said in the end."""
    return "what pytest said:\n" + "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-SHOWN:])


def _show(tried: Sequence[Tried]) -> None:
    print(f"{'row':<{WIDTH}} {'severity':<8}  {'held':<8} {'tests':>5}  attack; tried by")
    for attack, held, tries in ((each.attack, each.held, each.tries) for each in tried):
        files = dict.fromkeys(test.partition("::")[0].removeprefix(f"{TESTS}/") for test in attack.by)
        print(f"{attack.row:<{WIDTH}} {attack.severity:<8}  {held:<8} {tries:>5}  {attack.tried}")
        print(f"{'':<{WIDTH + 27}}{', '.join(files)}")


def _write(path: Path, tried: Sequence[Tried], seconds: float) -> None:
    held = Counter(each.held for each in tried)
    counts = {"attacks": len(tried), "held": held["yes"], "did_not_hold": held["NO"], "left_out": held[LEFT_OUT]}
    figures = {**counts, "tests": sum(each.tries for each in tried), "seconds": round(seconds, 1)}
    ends = {f"{each.attack.row} / {each.attack.tried}": "; ".join(each.wrong) or each.held for each in tried}
    path.write_text(json.dumps({**figures, **ends}, indent=2), encoding="utf-8")


def _plant(name: str, log: Path, processes: int) -> Told:
    """Try the rows that a fault opens, and those that hold whatever is planted."""
    breaks = PLANTS[name].breaks
    table = chosen([*breaks, *CONTROL])
    tried = try_all(table, without=("prefect", "postgres"), plant=name, processes=processes, log=log)
    named = tuple(each.attack.row for each in tried if each.held == "NO")
    missed = tuple(row for row in breaks if row not in named)
    untouched = {each.attack.row for each in tried if each.attack.row in CONTROL and each.held == "NO"}
    broke = tuple(each.attack.row for each in tried if not each.ran or each.attack.row in untouched)
    return Told(named, missed, broke)


def _show_plant(name: str, told: Told) -> None:
    print(f"planted: {name}: {PLANTS[name].words}")
    print(f"  {'told' if told.right else 'NOT TOLD'}: did not hold: {', '.join(told.named) or 'nothing'}", end="")
    print(f"; should have been named: {', '.join(told.missed)}" if told.missed else "", end="")
    print(f"; did not run, or broke untouched: {', '.join(told.broke)}" if told.broke else "", flush=True)


def _plant_each(folder: Path, side_by_side: int) -> int:
    """Plant one fault after another, several at a time; return 1 where the table did not tell of one."""
    began, wrong = time.monotonic(), []
    with ThreadPoolExecutor(side_by_side) as threads:
        running = {name: threads.submit(_plant, name, folder / f"{name}.log", 1) for name in PLANTS}
        for name, run in running.items():
            told = run.result()
            _show_plant(name, told)
            if not told.right:
                wrong.append(name)
                print(_said(folder / f"{name}.log"))
    ends = f", {len(wrong)} not told{': ' if wrong else ''}{', '.join(wrong)}"
    print(f"{len(PLANTS)} faults planted{ends}; {time.monotonic() - began:.0f} s")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
