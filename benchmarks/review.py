"""`make bench-review`: reviews of a book of customers of whom nothing has changed, in CPU a customer and in memory.

10,000 customers come in by file and have passed their first review. Half a year later all are due: six sources are
asked again about each, over HTTP on this machine, and the system renews them. Measured is the process that does it,
beside as many bare GETs of the same pages, and beside one Prefect run that does nothing. The same is done with 1,000
customers, in a process of its own: memory does not grow with the book.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from benchmarks.lean import measure_empty
from benchmarks.review_house import environment
from benchmarks.review_plants import PLANTS
from benchmarks.review_stand_in import FIRST, FOR_ALL, TOLD
from services.chunks import ASKERS

SOURCES = 6
CPU_BAR_S = 0.15
MEMORY_BAR = 1.2
# What CPU is held against where others work on the machine too: they slow down both alike.
BARE_BAR = 20.0


def main() -> None:
    """Measure, print, write; exit status 1 where something falls short."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.review", description=__doc__)
    parser.add_argument("--customers", type=int, default=10_000)
    parser.add_argument("--small", type=int, default=1000, help="customers of the book whose memory is compared")
    parser.add_argument("--json", type=Path, help="write the figures here, as one flat JSON object")
    parser.add_argument("--plant", help="plant a fault in what is measured; `list` tells which there are")
    parser.add_argument("--busy", action="store_true", help="hold CPU against that of bare GETs: others work here too")
    arguments = parser.parse_args()
    if arguments.plant == "list":
        print("\n".join(f"{name:<24} {' '.join((plant.__doc__ or '').split())}" for name, plant in PLANTS.items()))
        return
    figures = measure(arguments.small, arguments.plant, "small_") | measure(arguments.customers, arguments.plant)
    figures["memory_over_small"] = figures["peak_memory_mb"] / figures["small_peak_memory_mb"]
    if not arguments.plant:
        figures["empty_prefect_run_cpu_s"] = measure_empty()
    for name, value in figures.items():
        print(f"{name:<40} {value:12,.4f}", flush=True)
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=2), encoding="utf-8")
    if short := shortfalls(figures, busy=arguments.busy):
        sys.exit(f"falls short: {'; '.join(short)}")
    print("nothing falls short")


def shortfalls(figures: dict[str, float], *, busy: bool) -> list[str]:
    """Return what falls short of what was promised.

    Args:
        figures: what was measured of both books.
        busy: whether others work on the machine too; then CPU is held against that of bare GETs.
    """
    bars = {
        "memory_over_small": MEMORY_BAR,
        **({"cpu_over_bare_gets": BARE_BAR} if busy else {"cpu_s_a_customer": CPU_BAR_S}),
    }
    short = [f"{name} {figures[name]:.3f}, at most {bar:g} wanted" for name, bar in bars.items() if figures[name] > bar]
    for book in ("small_", ""):
        wanted = dict.fromkeys(("renewed", "unchanged", "asked_again"), figures[f"{book}customers"])
        short += [
            f"{book}{name} {figures[f'{book}{name}']:.0f}, {count:.0f} wanted"
            for name, count in {**wanted, "sources": float(SOURCES)}.items()
            if figures[f"{book}{name}"] != count
        ]
    return short


def measure(customers: int, plant: str | None = None, prefix: str = "") -> dict[str, float]:
    """Return the figures of a book, under names that begin with a prefix.

    `asked_again` is the number of customers that every source but the common list was asked about in the round.
    """
    with tempfile.TemporaryDirectory(prefix="gatehouse-review-") as name, _stand_in() as url:
        folder = Path(name)
        seen = environment(folder, url)
        first = _part("prepare", folder, seen, customers)
        if first["renewed"] != customers:
            sys.exit(f"the first review left {customers - first['renewed']:.0f} of {customers} to people")
        _control(url, "POST", "reset")
        figures = _part("review", folder, seen, customers, plant)
        log = _control(url, "GET", "log")
        asked = {source: count for source, count in log["companies"].items() if source != FOR_ALL}
        figures |= {
            "customers": float(customers),
            "cpu_s_a_customer": figures["cpu_s"] / customers,
            "sources": float(len(asked)),
            "asked_again": float(min(asked.values(), default=0)),
            "requests": float(sum(count for *_, count in log["requests"])),
        }
        bare = _bare_gets(url, log["requests"], customers)
        figures["bare_gets_cpu_s_a_customer"] = bare / customers
        figures["cpu_over_bare_gets"] = figures["cpu_s"] / bare if bare else 0.0
    return {f"{prefix}{name}": value for name, value in figures.items()}


@contextmanager
def _stand_in() -> Iterator[str]:
    command = [sys.executable, "-m", "benchmarks.review_stand_in"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield json.loads(process.stdout.readline())
        finally:
            process.terminate()


def _part(part: str, folder: Path, seen: dict[str, str], customers: int, plant: str | None = None) -> dict[str, float]:
    """Run one part of the bench in a process of its own; return what it wrote."""
    written = folder / f"{part}.json"
    command = [sys.executable, "-m", "benchmarks.review_house", part]
    command += ["--customers", str(customers), "--figures", str(written), *(["--plant", plant] if plant else [])]
    subprocess.run(command, env=seen, check=True)
    read: dict[str, float] = json.loads(written.read_text(encoding="utf-8"))
    return read


def _control(url: str, method: str, order: str) -> Any:
    with urllib.request.urlopen(urllib.request.Request(f"{url}/_control/{order}", method=method)) as answer:
        return json.load(answer)


def _bare_gets(url: str, told: Sequence[tuple[str, str, int]], customers: int) -> float:
    """Send as many GETs of the same pages with nothing around them; return the CPU seconds that they took."""
    wanted = list(_pages(url, told, customers))
    before = resource.getrusage(resource.RUSAGE_SELF)
    with ThreadPoolExecutor(ASKERS) as pool:
        list(pool.map(_get_all, [wanted[place::ASKERS] for place in range(ASKERS)]))
    after = resource.getrusage(resource.RUSAGE_SELF)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _pages(url: str, told: Sequence[tuple[str, str, int]], customers: int) -> Iterator[str]:
    """Yield the addresses that were asked for, each as often; a log-in is sent as a GET of the last page."""
    page = ""
    for asked, target, count in told:
        method, source = asked.split(" ")
        if method == "GET":
            page = f"{url}/{source}{target}"
        for number in range(count):
            yield page.replace(TOLD, str(FIRST + number % customers))


def _get_all(pages: Sequence[str]) -> int:
    with requests.Session() as session:
        return sum(len(session.get(page, timeout=60).content) for page in pages)


if __name__ == "__main__":
    main()
