"""Several houses side by side, each in a process of its own: what is done to one leaves the others alone."""

from __future__ import annotations

import multiprocessing
import time
import traceback
from collections.abc import Iterator
from contextlib import nullcontext
from multiprocessing.queues import Queue
from queue import Empty

from benchmarks.databases import postgres_database
from benchmarks.recovery.cells import Cell, Row
from benchmarks.recovery.judge import judge_house
from benchmarks.recovery.live import living
from benchmarks.recovery.voters import Voters
from benchmarks.recovery.walk import walk
from cli.running.supervisor import until_stopped

AFTERWARDS = -1
LOOK_EVERY = 1.0
Result = tuple[int, Row]


def lane(
    cells: Queue[Cell | None],
    results: Queue[Result],
    count: int,
    workers: int,
    server_url: str | None,
    *,
    watched: bool = True,
) -> None:
    """Take cells in a house of its own until none are left, and judge the house at the end.

    Args:
        cells: what is still to be done.
        results: where the ends go, with the number of the cell.
        count: how many cells there are in all.
        workers: how many workers the house has.
        server_url: of Postgres; SQLite if None.
        watched: whether the deployments are looked after.
    """
    began = time.monotonic()
    try:
        database = postgres_database("recovery", server_url) if server_url else nullcontext(None)
        with until_stopped(), database as url:
            if server_url and url is None:
                raise ConnectionError("no Postgres server answers there")
            with living(count, workers, url, watched=watched) as (live, applications):
                voters = Voters(live.house)
                for cell in iter(cells.get, None):
                    results.put((cell.number, walk(live, voters, cell, applications[cell.number])))
                end, wrong = judge_house(live)
                results.put((AFTERWARDS, Row("afterwards", "the whole house", end, ", ".join(wrong), 0.0)))
    except Exception as error:  # the other lanes go on, and the table says what this one died of
        traceback.print_exc()
        dead = Row("afterwards", "the whole house", "", f"{type(error).__name__}: {error}", time.monotonic() - began)
        results.put((AFTERWARDS, dead))


def run_lanes(
    cells: list[Cell], lanes: int, workers: int, server_url: str | None, *, watched: bool = True
) -> Iterator[Result]:
    """Run the cells in several houses side by side; yield the ends as they come in, and end every lane."""
    context = multiprocessing.get_context("spawn")
    waiting, results = context.Queue(), context.Queue()
    for cell in [*cells, *[None] * lanes]:
        waiting.put(cell)
    running = [
        context.Process(
            target=lane, args=(waiting, results, len(cells), workers, server_url), kwargs={"watched": watched}
        )
        for _ in range(lanes)
    ]
    for process in running:
        process.start()
    ended = 0
    try:
        while ended < lanes:
            try:
                result = results.get(timeout=LOOK_EVERY)
            except Empty:
                if not any(process.is_alive() for process in running):
                    return
                continue
            ended += result[0] == AFTERWARDS
            yield result
    finally:
        if ended < lanes:
            # A lane that has told its end is taking its house down; a signal then would leave half of it standing.
            for process in running:
                process.terminate()
        for process in running:
            process.join()
