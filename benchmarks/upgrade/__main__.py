"""`python -m benchmarks.upgrade`: cases that the release before left suspended are decided under today's code.

The release before comes out of this repository's history. Its `gatehouse up`, with a Prefect server of its own, opens
cases of invented companies and leaves them suspended; some have their first vote. It is stopped, and today's
`gatehouse up` is started on the same data folder, as docs/upgrading.md says. People vote at the desk, and every case
must end as they decide, and leave no run behind; nothing is asked or bought again, and `gatehouse verify` finds
nothing, with the keys and the head that were taken away before.

Prints what it did; exit status 1, with a last line that names what falls short.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from admission.approval.votes import Choice
from admission.cases import CaseStatus
from benchmarks.clones import write_large_filers
from benchmarks.recovery.voters import Voters
from benchmarks.upgrade.judging import OUTCOMES, Asked, Left, asked_so_far, ended_by, resumed, shortcomings
from benchmarks.upgrade.plants import AT_THE_END, BETWEEN, OLD_CODE, PLANTS, Scene
from benchmarks.upgrade.release import ROOT, NotThere, locked_otherwise, prefect_of, unpack
from benchmarks.upgrade.running import Code, Up, Wrong
from cli.running.demo import demo_settings
from cli.running.deployments import find_astray
from cli.running.reaching import own_api
from cli.running.supervisor import free_port, until_stopped
from cli.running.up import environment
from sandbox.server import Sandbox
from wiring import House, Settings

STEPS_BEFORE = Path(__file__).with_name("steps_before.py")
# What becomes of each case, and how many have voted on it before the upgrade.
CASES = (
    (Choice.APPROVE, 0),
    (Choice.APPROVE, 1),
    (Choice.APPROVE, 3),
    (Choice.DECLINE, 0),
)
PATIENCE = 300.0
LOOK_EVERY = 1.0


class Proof:
    """One upgrade.

    Args:
        folder: a folder for everything.
        before: the release before.
        today: today's code.
        plant: a fault; empty for none.
    """

    def __init__(self, folder: Path, before: Code, today: Code, plant: str) -> None:
        self._folder = folder
        self._before = before
        self._today = today
        self._plant = plant

    def run(self) -> list[str]:
        """Do it all; return what falls short.

        Raises:
            Wrong: it could not be done to its end.
        """
        stories = self._folder / "stories"
        applications = write_large_filers(stories, len(CASES))
        with Sandbox(stories=stories) as sandbox, _settings(self._folder / "data", sandbox) as settings:
            asked = [
                {"application": application.model_dump(mode="json", exclude_defaults=True), "votes": votes}
                for application, (_, votes) in zip(applications, CASES, strict=True)
            ]
            cases = self._leave_suspended(settings, json.dumps(asked))
            then = asked_so_far(sandbox)
            house = House(settings)
            try:
                return self._upgraded(house, sandbox, cases, then)
            finally:
                house.casebook.close()

    def _leave_suspended(self, settings: Settings, asked: str) -> list[Left]:
        """Let the release before open the cases, and stop it; return how it left them."""
        up = Up(self._before, settings.folder)
        try:
            _say(f"the release before stands after {up.start():.0f} s")
            said = self._before.run("-c", STEPS_BEFORE.read_text(encoding="utf-8"), given=asked)
            left = json.loads(said.splitlines()[-1])
            self._before.run("-m", "cli", "keys", "export", "--out", str(self._folder / "public.json"))
        finally:
            up.stop()
        shutil.copy(settings.folder / "audit-heads.jsonl", self._folder / "heads.jsonl")
        cases = [Left(**one, choice=choice) for one, (choice, _) in zip(left, CASES, strict=True)]
        votes = sum(len(one.votes) for one in cases)
        _say(f"it left {len(cases)} cases suspended, with {votes} votes cast, and is stopped")
        return cases

    def _upgraded(self, house: House, sandbox: Sandbox, cases: Sequence[Left], then: Asked) -> list[str]:
        """Start today's code on what was left, let people decide, and judge."""
        scene = Scene(house, [left.reference for left in cases])
        if self._plant in BETWEEN:
            BETWEEN[self._plant](scene)
        up = Up(self._before if self._plant == OLD_CODE else self._today, house.settings.folder)
        try:
            seconds = up.start()
            astray = find_astray(own_api(house.settings))
            if astray:
                raise Wrong(f"it is not today's code that runs: {'; '.join(one.words.en for one in astray)}")
            _say(f"today's code stands on the same data after {seconds:.0f} s, and has deployed anew")
            began = time.monotonic()
            _decide(house, cases)
            _say(f"people decided all {len(cases)}, and their runs ended, within {time.monotonic() - began:.0f} s")
            _say(f"{resumed(house, cases)} of {len(cases)} were carried on by the run that was suspended")
            if self._plant in AT_THE_END:
                AT_THE_END[self._plant](scene)
            wrong = list(shortcomings(house, sandbox, cases, then))
            asked, sold = sum(then.questions.values()), sum(then.bought.values())
            _say(f"{asked} questions and {sold} reports before; asked again since: {_again(wrong)}")
        finally:
            up.stop()
        return [*wrong, *self._audited()]

    def _audited(self) -> list[str]:
        """Verify with what was taken away before the upgrade, and replay; return what they find."""
        outside = ["--keys", str(self._folder / "public.json"), "--head", str(self._folder / "heads.jsonl")]
        wrong = []
        for command in (["verify", *outside], ["replay", "--all"]):
            done = self._today.called("-m", "cli", *command)
            said = (done.stdout or done.stderr).strip().splitlines()
            _say(f"gatehouse {command[0]}: {said[-1]}")
            if done.returncode:
                wrong.append(f"gatehouse {command[0]} ended with {done.returncode}: {said[0]}")
        return wrong


def _decide(house: House, cases: Sequence[Left]) -> None:
    """Let people vote at today's desk until every case is concluded and its run has ended.

    Raises:
        Wrong: that took too long.
    """
    voters = Voters(house, known=True)
    deadline = time.monotonic() + PATIENCE
    while standing := [left for left in cases if not _has_ended(house, left)]:
        if time.monotonic() > deadline:
            stands = {left.reference: str(house.casebook.cases.get(left.reference).status) for left in standing}
            raise Wrong(f"not ended within {PATIENCE:g} s: {stands}")
        for left in standing:
            while voters.vote_once(left.reference, left.choice):
                pass
        time.sleep(LOOK_EVERY)


def _again(wrong: Sequence[str]) -> int:
    return sum("again after the upgrade" in one for one in wrong)


def _has_ended(house: House, left: Left) -> bool:
    concluded = house.casebook.cases.get(left.reference).status is CaseStatus.CONCLUDED
    return concluded and ended_by(house, left) in {outcome.capitalize() for outcome in OUTCOMES.values()}


@contextmanager
def _settings(folder: Path, sandbox: Sandbox) -> Iterator[Settings]:
    """Yield the settings of the house, which the environment holds for both releases."""
    before = dict(os.environ)
    for name in [name for name in os.environ if name.startswith(("GATEHOUSE_", "PREFECT_"))]:
        del os.environ[name]
    try:
        folder.mkdir()
        ports = {"prefect_port": free_port(0), "desk_port": free_port(0)}
        made = demo_settings(folder).model_copy(update={**ports, "sandbox_url": sandbox.base_url})
        os.environ.update(environment(made))
        yield made
    finally:
        os.environ.clear()
        os.environ.update(before)


def _say(what: str) -> None:
    print(what, flush=True)


def main() -> int:
    """Prove one upgrade; 0 where nothing falls short."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.upgrade", description=__doc__.partition("\n\n")[0])
    parser.add_argument("--plant", choices=["list", *PLANTS], default="", help="upgrade with this fault in it")
    venv = "folder of the virtual environment that runs today's code, such as one with another Prefect"
    parser.add_argument("--venv", type=Path, help=venv)
    given = parser.parse_args()
    if given.plant == "list":
        print("\n".join(f"{name}: {what}" for name, what in PLANTS.items()))
        return 0
    python = str(given.venv.absolute() / "bin" / "python") if given.venv else sys.executable
    folder = Path(tempfile.mkdtemp(prefix="gatehouse-upgrade-")).resolve()
    wrong = ["it was stopped"]
    try:
        with until_stopped():
            wrong = _prove(folder, python, given.plant)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    _say(f"falls short: {'; '.join(wrong)}" if wrong else "nothing falls short")
    return 1 if wrong else 0


def _prove(folder: Path, python: str, plant: str) -> list[str]:
    began = time.monotonic()
    try:
        _say(f"the release before: {unpack(folder / 'before')}")
        other = locked_otherwise(folder / "before")
        if other:
            _say(f"it locks other versions of {', '.join(other)}, and is run with those of today all the same")
        _say(f"Prefect {prefect_of()} before, {prefect_of(python)} today")
        before, today = Code(folder / "before", sys.executable), Code(ROOT, python)
        wrong = Proof(folder, before, today, plant).run()
    except (NotThere, Wrong, TimeoutError) as error:
        return [str(error)]
    _say(f"{time.monotonic() - began:.0f} s")
    return wrong


if __name__ == "__main__":
    sys.exit(main())
