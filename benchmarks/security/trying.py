"""Trying the attacks: their tests in a process of their own, and what came of each attack."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.security.attacks import Attack
from benchmarks.security.plugin import LEFT_OUT, PASSED, PLAN, Plan, without_parameters

FAILED, NOT_THERE = "failed", "there is no such test, or it did not run"
ROOT = Path(__file__).resolve().parents[2]
PYTEST = (
    *("-p", "benchmarks.security.plugin", "-p", "no:cacheprovider"),
    *("--continue-on-collection-errors", "--tb=line", "-rfE"),
)


class Tried(NamedTuple):
    """What came of one attack.

    Attributes:
        tries: how many tests tried it, with their parameters.
        wrong: why it does not count as held, by test; empty where it held.
        left_out: tests that this run leaves out.
    """

    attack: Attack
    tries: int
    wrong: tuple[str, ...]
    left_out: int

    @property
    def ran(self) -> bool:
        """True where every test that does not count as held ran, and failed."""
        return all(why.endswith(f": {FAILED}") for why in self.wrong)

    @property
    def held(self) -> str:
        """`yes`, `NO`, or `left out` where this run has nothing that tries it."""
        if self.wrong:
            return "NO"
        return "yes" if self.tries else LEFT_OUT


def try_all(
    table: Sequence[Attack], *, without: Sequence[str] = (), plant: str = "", processes: int = 1, log: Path
) -> list[Tried]:
    """Run the tests of all these attacks in one run of pytest.

    Args:
        table: the attacks.
        without: markers (`prefect`, `postgres`) whose tests are left out.
        plant: a fault to plant, or empty.
        processes: how many run tests side by side.
        log: file for what pytest says.
    """
    wanted = tuple(dict.fromkeys(test for attack in table for test in attack.by))
    with tempfile.TemporaryDirectory(prefix="gatehouse-security-") as folder:
        told = Path(folder) / "told.json"
        _run(Plan(wanted, tuple(without), plant, told), Path(folder) / "tests", processes, log)
        # Without it pytest did not come to its end, and nothing is known to have held.
        ends: dict[str, str] = json.loads(told.read_text(encoding="utf-8")) if told.is_file() else {}
    return [judged(attack, ends) for attack in table]


def judged(attack: Attack, ends: Mapping[str, str]) -> Tried:
    """Return what came of an attack; a test that is not there, was skipped or broke off held nothing off.

    Args:
        attack: one line of the table.
        ends: how each test ended, with its parameters.
    """
    tries, left_out, wrong = 0, 0, []
    for wanted in attack.by:
        found = {
            test: end for test, end in ends.items() if wanted in (without_parameters(test), test.partition("::")[0])
        }
        tries += sum(end != LEFT_OUT for end in found.values())
        left_out += sum(end == LEFT_OUT for end in found.values())
        wrong += [f"{test}: {end}" for test, end in found.items() if end not in (PASSED, LEFT_OUT)]
        if not found:
            wrong.append(f"{wanted}: {NOT_THERE}")
    return Tried(attack, tries, tuple(wrong), left_out)


def _run(plan: Plan, basetemp: Path, processes: int, log: Path) -> None:
    files = dict.fromkeys(test.partition("::")[0] for test in plan.wanted)
    there = [file for file in files if (ROOT / file).is_file()]
    side_by_side = ("-n", str(processes), "--dist", "loadgroup") if processes > 1 else ()
    command = [sys.executable, "-m", "pytest", *PYTEST, *side_by_side, f"--basetemp={basetemp}", *there]
    # No setting of whoever runs the proof counts, but where the tests' Postgres is and that nothing may be skipped.
    kept = ("GATEHOUSE_TEST_POSTGRES", "GATEHOUSE_REQUIRE_ALL")
    seen = {name: value for name, value in os.environ.items() if name in kept or not name.startswith("GATEHOUSE_")}
    seen = {**seen, PLAN: plan.written(), "PYTHONPATH": str(ROOT)}
    with log.open("a", encoding="utf-8") as told:
        subprocess.run(command, cwd=ROOT, env=seen, stdout=told, stderr=subprocess.STDOUT, check=False)
