"""`make proof-soak`: applications under random kill -9, and 200 that wait when the power goes.

**Soak.** `gatehouse up` runs; companies apply (small ones that the machine admits, large ones on which people vote,
insolvent ones); every ten seconds one process is killed with -9, drawn at random: a flow run, the worker, Prefect's
server, the desk, with POSTGRES=1 also a second worker. Nobody helps but `up` and `keep-house`. Afterwards each case
must have ended as it ought to, nothing may be bought or asked twice, no vote lost, the chain must verify, and no case
may have stood still for longer than a lease and a minute.

**Power cut.** WAITING=200 companies apply at once; with some runs under way every process is killed. `up` is started
again: within ten minutes each case must have ended or wait for votes, and the house may hold 2 GB at most.

Ends with status 1 where something is wrong or a bar is missed. BUSY=1 holds no bar of time. PLANT=list names what can
be done wrong on purpose, PLANT=name does it, and must end with status 1.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from admission.application import Application
from admission.cases import Case, CaseStatus
from admission.transitions import MOVABLE
from benchmarks.clones import write_insolvent, write_large_filers, write_small_traders
from benchmarks.databases import POSTGRES, postgres_database
from benchmarks.recovery.voters import Voters
from benchmarks.soak.judging import asked_twice, find_wrong, stand_stills, unanswered
from benchmarks.soak.running import FLOW_RUN, LEASE_SECONDS, Memory, RunningHouse, running
from cli.running.supervisor import until_stopped
from cli.running.waking import deliver_outbox
from services.opening import Asked, open_case

REQUESTER = Asked("analyst", "cli")
SEED = 20261128
OPEN_EVERY, KILL_EVERY, VOTE_EVERY = 15.0, 10.0, 1.0
# Three of four apply for what people decide, or the machine would do nearly everything.
KINDS = ("large", "small", "large", "insolvent")
OUTCOMES = {"large": "admitted", "small": "admitted", "insolvent": "declined"}
SETTLE_SECONDS = 420.0
MOST_STAND_STILL = LEASE_SECONDS + 60.0
MOST_BACK_SECONDS, MOST_MB = 600.0, 2048.0
# How many are under way when the power goes.
UNDER_WAY = 5
CUT_WITHIN = 180.0

FORGOTTEN, BOUGHT = "forgotten", "bought-twice"
PLANTS = {
    FORGOTTEN: "`gatehouse up` is frozen at the first kill, so that nobody starts again what is killed",
    BOUGHT: "one report is bought a second time beside the house",
}
Figures = dict[str, float]


class Soak:
    """One house, the companies that apply to it, and what was done to it.

    Args:
        live: the house.
        applications: who applies, by kind.
    """

    def __init__(self, live: RunningHouse, applications: dict[str, list[Application]]) -> None:
        self.live = live
        self.voters = Voters(live.house)
        self.outcomes: dict[str, str] = {}
        self.lost = Counter[str]()
        self.killed = Counter[str]()
        self._applications = {kind: iter(some) for kind, some in applications.items()}

    def apply(self, kind: str) -> None:
        """Let one more company apply, as `gatehouse onboard` does; `deliver` starts its run."""
        case = open_case(self.live.house, next(self._applications[kind]), REQUESTER)
        self.outcomes[case.reference] = OUTCOMES[kind]

    def deliver(self) -> None:
        """Deliver the outbox as far as Prefect answers."""
        deliver_outbox(self.live.house)

    def cases(self) -> list[Case]:
        """Return the cases as they stand."""
        return [self.live.house.casebook.cases.get(reference) for reference in self.outcomes]

    def kill(self, chance: random.Random) -> None:
        """Kill one process, and note which questions died with it."""
        what = self.live.kill_one(chance)
        self.killed[what] += 1
        if what == FLOW_RUN:
            self.lost.update(unanswered(self.live, self.cases()))

    def look_after(self) -> None:
        """Start again what `up` does not look after, and let everybody vote who may."""
        self.live.look_after()
        for case in self.cases():
            while case.status is CaseStatus.VOTING and self.voters.vote_once(case.reference):
                pass

    def ended(self) -> bool:
        """True where every case is concluded."""
        return all(case.status is CaseStatus.CONCLUDED for case in self.cases())

    def longest_stand_still(self) -> tuple[float, str]:
        """Return for how long a case stood still at most, and which one after what."""
        history, now = self.live.house.casebook.history, self.live.house.clock()
        found = [one for reference in self.outcomes for one in stand_stills(history.of(reference), now)]
        longest = max(found)
        return longest.seconds, f"{longest.case} after {longest.after}"

    def wrong(self) -> list[str]:
        """Return what went wrong."""
        cases = self.cases()
        open_ones = [
            f"{case.reference}: still {case.status}" for case in cases if case.status is not CaseStatus.CONCLUDED
        ]
        return [
            *open_ones,
            *find_wrong(self.live, self.voters, cases, self.outcomes),
            *asked_twice(self.live, cases, self.lost),
        ]


def soak(minutes: float, database_url: str | None, plant: str) -> tuple[Figures, list[str], str]:
    """Let companies apply while processes are killed; return figures, what is wrong, and the longest stand-still."""
    chance = random.Random(SEED)
    count = int(minutes * 60 / OPEN_EVERY) + 2
    with _house(count, database_url) as test:
        test.live.start()
        ends = time.monotonic() + minutes * 60
        opening, killing = _Every(OPEN_EVERY), _Every(KILL_EVERY, first=KILL_EVERY)
        while time.monotonic() < ends:
            if opening.due():
                test.apply(KINDS[len(test.outcomes) % len(KINDS)])
                test.deliver()
            if killing.due():
                test.kill(chance)
                if plant == FORGOTTEN:
                    test.live.freeze()
            test.look_after()
            time.sleep(VOTE_EVERY)
        settling = SETTLE_SECONDS if plant != FORGOTTEN else MOST_STAND_STILL
        _wait_for(test.ended, settling, test.look_after)
        if plant == BOUGHT:
            _buy_again(test.live)
        seconds, which = test.longest_stand_still()
        figures = {
            "applications": float(len(test.outcomes)),
            "killed": float(sum(test.killed.values())),
            **{
                f"killed_{what.replace(' ', '_').replace('-', '_')}": float(n)
                for what, n in test.killed.items()
                if what
            },
            "stand_still_seconds": seconds,
            "settled_seconds": time.monotonic() - ends,
        }
        return figures, test.wrong(), which


def power_cut(waiting: int, database_url: str | None) -> tuple[Figures, list[str]]:
    """Cut the power with many cases waiting; return how long the house took to be back, and what is wrong."""
    with _house(waiting, database_url) as test:
        test.live.start()
        for number in range(waiting):
            test.apply(KINDS[number % len(KINDS)])
        test.deliver()
        _say(f"{waiting} companies have applied")
        _wait_for(lambda: len(test.live.victims().get(FLOW_RUN, ())) > 0 and _past(test, UNDER_WAY), CUT_WITHIN)
        moved = _standing(test)
        test.live.cut_power()
        test.lost.update(unanswered(test.live, test.cases()))
        _say(f"the power goes; {moved} cases have ended or wait for votes")
        began = time.monotonic()
        with Memory(test.live.settings.folder) as memory:
            started = test.live.start()
            _say(f"the house is up again after {started:.0f} s; {len(_movable(test))} cases still stand")
            back = _wait_for(lambda: not _movable(test), MOST_BACK_SECONDS * 1.5, test.live.look_after)
            seconds = time.monotonic() - began
        figures = {
            "power_cut_cases": float(waiting),
            "power_cut_ended_before": float(moved),
            "power_cut_started_seconds": started,
            "power_cut_back_seconds": seconds,
            "power_cut_peak_mb": memory.peak_mb,
        }
        left = [] if back else [f"{len(_movable(test))} of {waiting} cases still stand"]
        return figures, [*left, *asked_twice(test.live, test.cases(), test.lost)]


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _movable(test: Soak) -> list[Case]:
    return [case for case in test.cases() if case.status in MOVABLE]


def _standing(test: Soak) -> int:
    return sum(case.status not in MOVABLE for case in test.cases())


def _past(test: Soak, count: int) -> bool:
    return _standing(test) >= count


class _Every:
    """Tells when so many seconds have passed again."""

    def __init__(self, seconds: float, first: float = 0.0) -> None:
        self._seconds = seconds
        self._next = time.monotonic() + first

    def due(self) -> bool:
        if time.monotonic() < self._next:
            return False
        self._next += self._seconds
        return True


def _wait_for(done: Callable[[], bool], seconds: float, meanwhile: Callable[[], object] = lambda: None) -> bool:
    """Wait until something is so; tell whether it was in time."""
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            return False
        meanwhile()
        time.sleep(VOTE_EVERY)
    return True


def _buy_again(live: RunningHouse) -> None:
    """Buy a report that the house has, past all of its care."""
    base = live.settings.sandbox_url
    log_in = urllib.request.Request(
        f"{base}/authenticate", b'{"username": "sandbox", "password": "sandbox"}', method="POST"
    )
    log_in.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(log_in) as answer:
        token = json.load(answer)["token"]
    item = next(line["url"] for line in live.sandbox.log()["requests"] if line["url"].startswith("/companies/US001-X-"))
    urllib.request.urlopen(urllib.request.Request(f"{base}{item}", headers={"Authorization": token})).close()


@contextmanager
def _house(count: int, database_url: str | None) -> Iterator[Soak]:
    with tempfile.TemporaryDirectory(prefix="gatehouse-stories-") as folder:
        stories = Path(folder)
        applications = {
            "large": write_large_filers(stories, count),
            "small": write_small_traders(stories, count),
            "insolvent": write_insolvent(stories, count),
        }
        with running(stories, database_url) as live:
            yield Soak(live, applications)


def main() -> int:
    """Run what is asked for, print, write; tell what is wrong and which bar is missed."""
    given = _arguments()
    if given.plant == "list":
        for name, words in PLANTS.items():
            print(f"{name:<14} {words}")
        return 0
    began = time.monotonic()
    figures: Figures = {}
    wrong = ["stopped before its end"]
    with until_stopped():
        database = postgres_database("soak") if given.postgres else nullcontext(None)
        if given.minutes:
            with database as url:
                told, found, which = soak(given.minutes, _reached(given.postgres, url), given.plant or "")
            figures |= told
            wrong += found
            print(f"longest stand-still: {told['stand_still_seconds']:.0f} s, {which}")
        if given.waiting:
            with postgres_database("soak") if given.postgres else nullcontext(None) as url:
                told, found = power_cut(given.waiting, _reached(given.postgres, url))
            figures |= told
            wrong += found
        wrong.remove("stopped before its end")
    figures["seconds"] = time.monotonic() - began
    for name, value in figures.items():
        print(f"{name:<28} {value:>10,.0f}")
    if given.json:
        given.json.write_text(json.dumps(figures, indent=2), encoding="utf-8")
    for line in wrong:
        print(f"WRONG: {line}")
    short = wrong[:3] + ([] if given.busy else list(_missed(figures)))
    print(f"falls short: {'; '.join(short)}" if short else "nothing falls short")
    return 1 if short else 0


def _missed(figures: Figures) -> Iterator[str]:
    bars = {
        "stand_still_seconds": MOST_STAND_STILL,
        "power_cut_back_seconds": MOST_BACK_SECONDS,
        "power_cut_peak_mb": MOST_MB,
    }
    for name, most in bars.items():
        if figures.get(name, 0.0) > most:
            yield f"{name} {figures[name]:.0f}, at most {most:.0f} wanted"


def _reached(wanted: bool, url: str | None) -> str | None:
    if wanted and url is None:
        raise ConnectionError(f"no Postgres server answers at {POSTGRES}")
    return url


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__.partition("\n\n")[0])
    parser.add_argument("--minutes", type=float, default=0.0, help="of the soak; none if not given")
    parser.add_argument("--waiting", type=int, default=0, help="cases that wait when the power goes; none if not given")
    parser.add_argument("--postgres", action="store_true", help="casebook on Postgres, with a second worker")
    parser.add_argument("--busy", action="store_true", help="hold no bar of time")
    parser.add_argument("--plant", choices=[*PLANTS, "list"], help="do something wrong on purpose; `list` names what")
    parser.add_argument("--json", type=Path, help="write the figures here, as one flat JSON object")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
