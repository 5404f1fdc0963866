"""Running two policies over past cases, on all cores, and telling how each debt went within a fixed window."""

from __future__ import annotations

import gc
import multiprocessing
import os
import pickle
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import date
from typing import NamedTuple

from admission.customers.experience import DecisionSnapshot
from admission.customers.reviews import next_review
from admission.governance.reckoning import NO_TABLES, Reckoned, Reckoner, figures_of
from admission.metrics.industry import IndustryTables
from admission.money import RateTable
from admission.policy import Policy
from policylab.comparison import Judged, PastCase

# Below this many cases starting processes costs more than they save.
WORTH_SPREADING = 5_000
# Several parts for each process, so that results are taken in while others are still reckoned.
PARTS_EACH = 4


def reckon_both_ways(
    cases: Sequence[PastCase], old: Policy, new: Policy, rates: RateTable, industry: IndustryTables = NO_TABLES
) -> list[Judged]:
    """Reckon each case under both policies.

    Args:
        cases: decided cases; only what was known when each was decided is looked at.
        old: the policy that is compared with.
        new: the other one.
        rates: the house's exchange rates; those of each case's own day count.
        industry: the house's tables of industries, likewise.
    """
    job = _Job([case.snapshot for case in cases], old, new, rates, industry)
    processes = min(os.cpu_count() or 1, 1 + len(cases) // WORTH_SPREADING)
    alone = processes == 1 or "fork" not in multiprocessing.get_all_start_methods()
    reckoned: Iterable[tuple[Reckoned, Reckoned]] = (
        _reckoned(job, range(len(cases))) if alone else _spread(processes, job)
    )
    with _many_objects():
        return [
            Judged(
                reference=case.snapshot.reference,
                segment=case.snapshot.segment,
                amount=case.snapshot.house_amount,
                old=before,
                new=after,
                bad=case.bad,
                circumstances_known=case.snapshot.circumstances is not None,
            )
            for case, (before, after) in zip(cases, reckoned, strict=True)
        ]


class _Job(NamedTuple):
    """All that reckoning needs; processes inherit it, so that not a single case is sent to them."""

    snapshots: Sequence[DecisionSnapshot]
    old: Policy
    new: Policy
    rates: RateTable
    industry: IndustryTables


_job: _Job | None = None


def _reckoned(job: _Job, places: range) -> list[tuple[Reckoned, Reckoned]]:
    # Limits of both are summed in the old policy's currency: amounts of two currencies cannot be compared.
    currency = job.old.house_currency
    before = Reckoner(job.old, job.rates, job.industry, currency)
    after = Reckoner(job.new, job.rates, job.industry, currency, beside=before)
    chosen = job.snapshots[places.start : places.stop]
    cases = [(figures_of(snapshot), snapshot.as_of) for snapshot in chosen]
    return [(before.reckon(*case), after.reckon(*case)) for case in cases]


def _part(places: range) -> bytes:
    assert _job is not None  # noqa: S101 - set before the process was forked
    return pickle.dumps(_reckoned(_job, places), pickle.HIGHEST_PROTOCOL)


def _spread(processes: int, job: _Job) -> Iterator[tuple[Reckoned, Reckoned]]:
    """Reckon parts in processes of their own, in the order of the cases."""
    global _job  # noqa: PLW0603 - the one way to hand memory to a forked process
    size = -(-len(job.snapshots) // (processes * PARTS_EACH))
    parts = [range(start, start + size) for start in range(0, len(job.snapshots), size)]
    _job = job
    try:
        with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("fork")) as pool:
            for done in pool.map(_part, parts):
                yield from pickle.loads(done)  # noqa: S301 - made by our own process a moment ago
    finally:
        _job = None


@contextmanager
def _many_objects() -> Iterator[None]:
    """Make very many objects that all stay: looking for garbage among them again and again costs more than they do."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def past_cases(snapshots: Iterable[DecisionSnapshot], window_months: int, today: date) -> list[PastCase]:
    """Return stored cases with how their debts went within so many months of their decisions."""
    with _many_objects():
        return [PastCase(snapshot, within_window(snapshot, window_months, today)) for snapshot in snapshots]


def within_window(snapshot: DecisionSnapshot, months: int, today: date) -> bool | None:
    """Tell how a debt went within so many months of its decision.

    Returns:
        True: it defaulted within the window. False: the window is over, something was recorded, and it did not. None:
        the window is still open, or nothing is known, or nobody granted credit.
    """
    if snapshot.decided_on is None or not snapshot.approved:
        return None
    end = next_review(snapshot.decided_on, months)
    within = [record for record in snapshot.performance if record.on <= end]
    if any(record.outcome == "defaulted" for record in within):
        return True
    return False if end <= today and snapshot.performance else None
