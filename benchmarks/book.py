"""A book of applicants in one batch: `python -m benchmarks.book [--count 1000] [--json FILE]`.

Everything is real but the companies: Prefect's server and worker, HTTP to the sandbox, the casebook on disk. Measured
are the batch's process (peak memory, CPU and wall time an applicant), beside a batch of a tenth and as many bare GETs;
then `verify` and `replay --all` over what the batches made. Exit status 1 where a case did not end as it should, or
verify or replay found anything.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import requests

from admission.application import Application
from benchmarks.clones import write_insolvent, write_large_filers, write_small_traders
from benchmarks.processes import Watch
from benchmarks.walk import running_house
from services import audit, replay
from services.chunks import ASKERS
from services.opening import Asked, open_book
from wiring import House, Settings

COUNT = 1000
PATIENCE = 1200.0
# Open sources whose GETs can be sent again as they are.
OPEN = {"uk_companies_house", "uk_gazette", "sec_edgar"}


class Applicant(NamedTuple):
    """An applicant, and where the batch should leave it."""

    application: Application
    ends: str


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.book", description=__doc__)
    parser.add_argument("--count", type=int, default=COUNT, help="how many applicants the large batch has")
    parser.add_argument("--json", type=Path, help="write the figures here, as one flat JSON object")
    arguments = parser.parse_args()
    figures = measure(arguments.count)
    for name, value in figures.items():
        print(f"{name:<45} {value:10.3f}", flush=True)
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=2), encoding="utf-8")
    wrong = figures["applicants"] - figures["ended_right"] + figures["verify_flaws"] + figures["replay_differs"]
    sys.exit(1 if wrong else 0)


def measure(count: int) -> dict[str, float]:
    """Return the figures; times are in seconds unless a name says otherwise."""
    with tempfile.TemporaryDirectory(prefix="gatehouse-book-") as folder:
        stories = Path(folder)
        tenth = max(count // 10, 10)
        applicants = applicants_of(stories, count + tenth)
        with running_house(stories) as (house, settings):
            small = _figures(house, settings, applicants[:tenth])
            large = _figures(house, settings, applicants[tenth:])
            bare = _bare_gets(settings, int(large["requests"]), count)
            proof = _proof(house)
    return {
        **large,
        f"at_{tenth}_cpu_ms_per_applicant": small["cpu_ms_per_applicant"],
        f"at_{tenth}_wall_ms_per_applicant": small["wall_ms_per_applicant"],
        f"at_{tenth}_peak_memory_mb": small["peak_memory_mb"],
        f"at_{tenth}_ended_right": small["ended_right"],
        **bare,
        "cpu_over_bare_gets": large["cpu_ms_per_applicant"] / bare["bare_gets_cpu_ms_per_applicant"],
        **proof,
    }


def applicants_of(folder: Path, count: int) -> list[Applicant]:
    """Write the stories of a book: two in five for the fast track, two in five for people, one in five knocked out."""
    fifth = -(-count // 5)
    kinds = (
        iter([Applicant(one, "admitted") for one in write_small_traders(folder, 2 * fifth)]),
        iter([Applicant(one, "voting") for one in write_large_filers(folder, 2 * fifth)]),
        iter([Applicant(one, "declined") for one in write_insolvent(folder, fifth)]),
    )
    order = (0, 1, 2, 0, 1)
    return [next(kinds[order[number % 5]]) for number in range(count)]


def _figures(house: House, settings: Settings, applicants: Sequence[Applicant]) -> dict[str, float]:
    """Take a book through one batch, as `gatehouse onboard book.csv` does."""
    before = _requests(settings)
    began = time.monotonic()
    opened = open_book(house, [applicant.application for applicant in applicants], Asked("analyst", "cli"))
    references = [case.reference for case in opened if not isinstance(case, Exception)]
    opened_after = time.monotonic() - began
    watch, ran = _ran(house, references)
    count = len(applicants)
    return {
        "applicants": float(count),
        "ended_right": float(_ended_right(house, references, applicants)),
        "open_s": opened_after,
        "wall_s": time.monotonic() - began,
        "run_s": ran,
        "wall_ms_per_applicant": (time.monotonic() - began) * 1000 / count,
        "cpu_s": watch.cpu_s,
        "cpu_ms_per_applicant": watch.cpu_s * 1000 / count,
        "peak_memory_mb": watch.peak_mb,
        "requests": float(_requests(settings) - before),
    }


def _ran(house: House, references: Sequence[str]) -> tuple[Watch, float]:
    """Deliver the batch's message and watch its run to the end; return what it used, and for how long it ran."""
    from prefect import get_client

    from tasks.delivery import deliver

    deliver(house)
    with get_client(sync_client=True) as client:
        (run,) = [run for run in client.read_flow_runs() if run.parameters.get("case_refs", [""])[0] == references[0]]
        with Watch(str(run.id)) as watch:
            deadline = time.monotonic() + PATIENCE
            while time.monotonic() < deadline:
                read = client.read_flow_run(run.id)
                if read.state is not None and read.state.is_final():
                    print(f"{len(references)} applicants: {read.state.name}, {read.state.message}", flush=True)
                    return watch, read.total_run_time.total_seconds()
                time.sleep(0.2)
    raise SystemExit(f"the batch did not end within {PATIENCE:g} s")


def _ended_right(house: House, references: Sequence[str], applicants: Sequence[Applicant]) -> int:
    cases = house.casebook.batches.cases(references)
    stands = [
        case.decision.outcome if case.decision else str(case.status)
        for case in (cases[reference] for reference in references)
    ]
    return sum(stood == applicant.ends for stood, applicant in zip(stands, applicants, strict=True))


def _requests(settings: Settings) -> int:
    return sum(_log(settings)["counts"].values())


def _log(settings: Settings) -> Any:
    with urllib.request.urlopen(f"{settings.sandbox_url}/_control/log") as answer:
        return json.load(answer)


def _bare_gets(settings: Settings, requested: int, count: int) -> dict[str, float]:
    """Send as many GETs with nothing around them: what any client that uses `requests` pays at the least."""
    lines = [line for line in _log(settings)["requests"] if line["source"] in OPEN and line["method"] == "GET"]
    urls = [f"{settings.sandbox_url}/{line['source']}{line['url']}" for line in lines]
    wanted = (urls * (requested // len(urls) + 1))[:requested]
    began, used = time.monotonic(), _cpu()
    with ThreadPoolExecutor(ASKERS) as pool:
        read = sum(pool.map(_get_all, _dealt(wanted)))
    assert read > 0, "the sandbox answered nothing"
    return {
        "bare_gets_cpu_ms_per_applicant": (_cpu() - used) * 1000 / count,
        "bare_gets_wall_ms_per_applicant": (time.monotonic() - began) * 1000 / count,
    }


def _dealt(urls: Sequence[str]) -> Iterator[Sequence[str]]:
    for place in range(ASKERS):
        yield urls[place::ASKERS]


def _get_all(urls: Sequence[str]) -> int:
    with requests.Session() as session:
        session.auth = ("sandbox", "")
        return sum(len(session.get(url, timeout=60).content) for url in urls)


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _proof(house: House) -> dict[str, float]:
    """Verify the whole chain and derive all assessments again."""
    began = time.monotonic()
    proof = audit.verify(house, audit.trust(house, None), [], lambda _: None)
    verified = time.monotonic()
    references = sorted(case.reference for case in house.casebook.cases.list(newest=10 * COUNT))
    replayed = list(replay.replay(house, references, lambda _: None))
    return {
        "verify_s": verified - began,
        "verify_events": float(proof.events),
        "verify_rows": float(proof.rows),
        "verify_answers": float(proof.answers),
        "verify_flaws": float(len(proof.flaws)),
        "replay_s": time.monotonic() - verified,
        "replay_cases": float(len(replayed)),
        "replay_differs": float(sum(item.result != "same" for item in replayed)),
    }


if __name__ == "__main__":
    main()
