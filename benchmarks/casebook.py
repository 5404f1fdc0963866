"""What a large casebook costs to ask: `python -m benchmarks.casebook [--postgres] [--json FILE]`.

100,000 cases and 20,000 customers, 1,000 open votes, 4,000 cases that stand still, on SQLite, or on a fresh database
of a Postgres server. Of each question the CPU of one answer is measured: of this process, and on Postgres of the
server's process that serves it (Linux tells it). Exit status 1 where one takes more than 50 ms, or gives another number
of rows than was put in.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sized
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import sqlalchemy as sa

from admission.cases import CaseStatus
from benchmarks.databases import POSTGRES, postgres_database
from benchmarks.large_casebook import CAPPED, NOW, SELLER, VOTER, Size, fill, staff
from casebook import Casebook
from casebook.database.lookups import fill_lookups
from casebook.database.store import Store
from desk.views import MOST_IN_INBOX
from intake.policies import read_policy

MOST_MS = 50.0
TIMES = 7
LISTED = 200


class Question(NamedTuple):
    """One thing that is asked of the casebook.

    Attributes:
        rows: how many rows the answer must have.
        ask: asks it.
    """

    name: str
    rows: int
    ask: Callable[[], Sized]


def questions(book: Casebook, size: Size) -> list[Question]:
    """Return what is asked, with the number of rows that what was put in must give."""
    voter = next(person for person in staff() if person.username == VOTER)
    late, cases = NOW - timedelta(days=3), book.cases
    requested = min(size.cases // 200, LISTED)
    return [
        Question("list", LISTED, cases.list),
        Question("list_voting", min(size.voting, LISTED), lambda: cases.list(status=CaseStatus.VOTING)),
        Question("list_seen_by_seller", requested, lambda: cases.list(seen_by=SELLER)),
        Question("list_seen_by_head_of_sales", LISTED, lambda: cases.list(seen_by="sales_head_1")),
        Question("my_requests", requested, lambda: cases.list(requester=SELLER)),
        Question("search_one", 1, lambda: cases.list(text=f"{size.cases // 2} ltd")),
        Question("search_nothing", 0, lambda: cases.list(text="nobody at all")),
        Question("search_many", LISTED, lambda: cases.list(text="ltd")),
        Question("inbox", min(size.voting, MOST_IN_INBOX), lambda: book.voting.inbox(voter, oldest=MOST_IN_INBOX)),
        Question("inbox_count", size.voting, lambda: range(book.voting.turns(voter))),
        Question("inbox_decisions", 10, cases.decided),
        Question("inbox_lapsed", 0, lambda: book.rounds.lapsed_for(VOTER)),
        Question("inbox_answered", 0, lambda: book.rounds.answered_for(VOTER)),
        Question("stuck", size.stuck // 2, lambda: book.stuck.cases(NOW)),
        Question("late_votes", size.untold, lambda: book.stuck.late_polls(late, untold="vote.reminded")),
        Question("caps", len(CAPPED), lambda: _named_caps(book)),
    ]


def _named_caps(book: Casebook) -> list[str]:
    exposure = book.granted.sum_others("nobody", {kind: names for kind, names in CAPPED.items() if names})
    return sorted({held.kind for held in exposure.held if held.amounts})


def main() -> None:
    """Fill, measure, print, write; tell which bar is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.casebook", description=__doc__)
    parser.add_argument("--postgres", action="store_true", help="on Postgres (GATEHOUSE_TEST_POSTGRES) alone")
    parser.add_argument("--sqlite", action="store_true", help="on SQLite alone")
    parser.add_argument("--cases", type=int, default=Size().cases, help="how many cases; a fifth of them are customers")
    parser.add_argument("--json", type=Path, help="write the figures here, as one flat JSON object")
    arguments = parser.parse_args()
    share = arguments.cases / Size().cases
    size = Size().times(share)
    both = arguments.postgres == arguments.sqlite
    figures: dict[str, float] = {}
    wrong: list[str] = []
    for kind in [name for name in ("sqlite", "postgres") if both or getattr(arguments, name)]:
        with casebook_url(kind) as url:
            if url is None:
                wrong.append("no Postgres server answers (GATEHOUSE_TEST_POSTGRES)")
                continue
            found, missed = measure(url, size)
        figures |= {f"{kind}_{name}": value for name, value in found.items()}
        wrong += [f"{kind}: {each}" for each in missed]
    for name, value in figures.items():
        print(f"{name:<45} {value:12,.1f}")
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=2), encoding="utf-8")
    if wrong:
        print(f"falls short: {'; '.join(wrong)}")
        sys.exit(1)


@contextmanager
def casebook_url(kind: str) -> Iterator[str | None]:
    """Yield the address of a database for one casebook; None where there is no server."""
    if kind == "postgres":
        with postgres_database("casebook", POSTGRES) as url:
            yield url
        return
    with tempfile.TemporaryDirectory(prefix="gatehouse-casebook-") as folder:
        yield f"sqlite:///{Path(folder) / 'casebook.sqlite'}"


def measure(url: str, size: Size) -> tuple[dict[str, float], list[str]]:
    """Return the figures, and what is amiss."""
    with tempfile.TemporaryDirectory(prefix="gatehouse-answers-") as folder:
        book = Casebook.open(url, Path(folder) / "answers", clock=lambda: NOW)
        book.create()
        figures = {"cases": float(size.cases), "fill_seconds": _filled(url, size)}
        # What each answer takes on the server is only told of this one process there.
        server = None if url.startswith("sqlite") else _ServerProcesses(url)
        missed = []
        for question in questions(book, size):
            rows = len(question.ask())
            spent = statistics.median(_cpu(question, server) for _ in range(TIMES)) * 1000
            figures[f"{question.name}_ms"] = spent
            if rows != question.rows:
                missed.append(f"{question.name} has {rows} rows, {question.rows} wanted")
            if spent > MOST_MS:
                missed.append(f"{question.name} takes {spent:.0f} ms, at most {MOST_MS:g} wanted")
        book.close()
        if server is not None:
            server.close()
    return figures, missed


def _filled(url: str, size: Size) -> float:
    """Fill a casebook and its lookups; return how many seconds that took."""
    started = time.monotonic()
    store = Store(url, lambda: NOW)
    engine = sa.create_engine(store.url)
    if engine.dialect.name == "postgresql":
        # A helper's CPU would be told of nobody.
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql(f"ALTER DATABASE {store.url.database} SET max_parallel_workers_per_gather = 0")
        engine.dispose()
    fill(engine, read_policy(None), size, fill_lookups)
    engine.dispose()
    store.close()
    return time.monotonic() - started


def _cpu(question: Question, server: _ServerProcesses | None) -> float:
    """Return the CPU seconds of one answer: of this process, and of the server's for it."""
    before = server.seconds() if server is not None else 0.0
    started = time.process_time()
    question.ask()
    spent = time.process_time() - started
    return spent + (server.seconds() - before if server is not None else 0.0)


class _ServerProcesses:
    """The processes of a Postgres server on this machine that serve one database."""

    def __init__(self, url: str) -> None:
        self._engine = sa.create_engine(url.replace("postgresql://", "postgresql+pg8000://"))
        self._connection = self._engine.connect()
        chosen = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        self._pids = sa.text(chosen)

    def seconds(self) -> float:
        """Return the CPU seconds that they have taken, to a nanosecond where the kernel tells its schedule."""
        pids = self._connection.execute(self._pids).scalars().all()
        self._connection.rollback()
        return sum(_nanoseconds(pid) for pid in pids) / 1e9

    def close(self) -> None:
        """Let the server go."""
        self._connection.close()
        self._engine.dispose()


def _nanoseconds(pid: int) -> int:
    schedule = Path(f"/proc/{pid}/schedstat")
    if schedule.is_file():
        return int(schedule.read_text(encoding="ascii").split()[0])
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1_000_000_000 // os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
