"""The house of `make bench-review`, each part of the bench in a process of its own: `prepare`, then `review`.

`prepare` brings the customers in by file, proposed by one person and confirmed by another, and takes each through its
first review. `review` is half a year later: it takes all through the next one, as the daily run does, and tells what
that cost this process.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from admission.cases import Customer
from admission.evidence.sources import Connector
from benchmarks.review_plants import PLANTS
from benchmarks.review_registers import REGISTERS, Register
from benchmarks.review_stand_in import FIRST, name_of
from cli.running.demo import PEOPLE
from connectors.kit import Kit
from flows.reviews import CHUNK
from intake.book_files import BookFile
from services.books import confirm_book, propose_book
from services.reviews import open_due_reviews, review_chunk
from wiring import House, Settings
from wiring.house import system_clock

HALF_A_YEAR = timedelta(days=190)
HEADER = "legal_name,country,uk_company_number,grade,limit,currency,terms_days,last_review,next_review"


class ReviewHouse(House):
    """A house that asks the registers besides its own sources.

    Args:
        later: how much later than now it is in this house.
    """

    def __init__(self, settings: Settings, later: timedelta = timedelta(0)) -> None:
        super().__init__(settings, clock=lambda: _now(later))

    @cached_property
    def connectors(self) -> Mapping[str, Connector]:
        """All sources by name."""
        base = self.settings.sandbox_url
        kit = Kit(
            clock=self.clock,
            contact=self.settings.contact,
            max_wait_seconds=self.longest_wait,
            base_urls={name: f"{base}/{name}" for name in REGISTERS},
            paced=False,
        )
        # Each house of batches has its own, with the patience that it has then.
        return {**super().connectors, **{name: Register(name, kit) for name in REGISTERS}}


def _now(later: timedelta) -> datetime:
    return system_clock() + later


def main() -> None:
    """Do one part; write what it came to."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.review_house", description=__doc__)
    parser.add_argument("part", choices=("prepare", "review"))
    parser.add_argument("--customers", type=int, required=True)
    parser.add_argument("--figures", type=Path, required=True)
    parser.add_argument("--plant", choices=sorted(PLANTS))
    arguments = parser.parse_args()
    if arguments.plant:
        PLANTS[arguments.plant]()
    settings = Settings()
    if arguments.part == "prepare":
        figures = prepared(ReviewHouse(settings), settings.folder, arguments.customers)
    else:
        figures = reviewed(ReviewHouse(settings, HALF_A_YEAR))
    arguments.figures.write_text(json.dumps(figures), encoding="utf-8")


def environment(folder: Path, url: str) -> dict[str, str]:
    """Return the environment of a house: its folder, its policy and where its sources are.

    The policy is the shipped one, but that the system decides the first review of a customer of the book.
    """
    document = yaml.safe_load(files("policies").joinpath("default.yaml").read_text(encoding="utf-8"))
    policy = folder / "policy.yaml"
    policy.write_text(yaml.safe_dump({**document, "customers": {"first_review": "system"}}), encoding="utf-8")
    told = {
        "DATA": str(folder),
        "POLICY": str(policy),
        "RATES": str(files("sandbox").joinpath("rates.csv")),
        "SANDBOX_URL": url,
        "CONTACT": "Gatehouse bench, bench@localhost",
        "UK_COMPANIES_HOUSE_KEY": "sandbox",
        "CREDITSAFE_USERNAME": "sandbox",
        "CREDITSAFE_PASSWORD": "sandbox",
        "CREDITSAFE_PAYMENT_FIELDS": "paymentData.dbt",
    }
    own = {name: value for name, value in os.environ.items() if not name.startswith("GATEHOUSE_")}
    return {**own, **{f"GATEHOUSE_{name}": value for name, value in told.items()}}


def prepared(house: House, folder: Path, customers: int) -> dict[str, float]:
    """Bring the customers in, and take each through its first review; return how many passed it."""
    house.casebook.create(demo=True)
    for person in PEOPLE:
        house.casebook.people.add(person, "a bench needs no secret")
    file = folder / "book.csv"
    file.write_text("\n".join([HEADER, *_rows(house, customers), ""]), encoding="utf-8")
    people = house.casebook.people
    book = propose_book(house, BookFile(file), people.get("analyst"), lambda _: None)
    confirm_book(house, book.id, people.get("cfo"), lambda _: None)
    return {"customers": float(customers), "renewed": float(_round(house))}


def _rows(house: House, customers: int) -> Iterator[str]:
    today = house.today()
    reviewed = today - timedelta(days=150)
    for number in range(FIRST, FIRST + customers):
        yield f"{name_of(str(number))},GB,{number},C,17000,GBP,30,{reviewed},{today}"


def reviewed(house: House) -> dict[str, float]:
    """Take every customer through a review; return what came of it and what it cost this process."""
    renewed = _round(house)
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    figures = {
        "renewed": float(renewed),
        "cpu_s": sum(one.ru_utime + one.ru_stime for one in used),
        "peak_memory_mb": _peak_mb(),
    }
    # What follows checks the round, and is no part of it.
    unchanged = [customer for customer in house.casebook.customers.all() if _is_unchanged(house, customer)]
    return {**figures, "unchanged": float(len(unchanged))}


def _round(house: House) -> int:
    """Review all that are due, as `flows.reviews` does; return how many the system renewed."""
    due = open_due_reviews(house)
    renewed = 0
    for start in range(0, len(due), CHUNK):
        found = review_chunk(house, due[start : start + CHUNK], "bench", due[start + CHUNK :])
        renewed += len(found.renewed)
        for problem in [*found.problems.values(), *_obstacles(house, found.exceptions)][:3]:
            print(f"not renewed: {problem}", flush=True)
    return renewed


def _obstacles(house: House, references: tuple[str, ...]) -> Iterator[Any]:
    from services.casefile import case_file

    for reference in references[:3]:
        yield [text.en for text in case_file(house, reference).obstacles]


def _is_unchanged(house: House, customer: Customer) -> bool:
    """True for a customer as the book and the first review have it, whose next review has moved on."""
    stands = (customer.active, customer.assessed, customer.grade, f"{customer.limit:.0f}", customer.terms_days)
    return stands == (True, True, "B", "17000", 30) and customer.next_review_on > house.today()


def _peak_mb() -> float:
    """Return the most memory that this process has held, without that of whoever started it."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024


if __name__ == "__main__":
    main()
