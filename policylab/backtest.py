"""Running two policies over past cases, on all cores, and telling how each debt went within a fixed window."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from functools import partial

from admission.experience import DecisionSnapshot
from admission.money import RateTable
from admission.policy import Policy
from admission.reckoning import Reckoned, Rulebook
from admission.reviews import next_review
from policylab.comparison import Judged, PastCase

# Below this many cases starting processes costs more than they save.
WORTH_SPREADING = 5_000


def both_ways(cases: Sequence[PastCase], old: Policy, new: Policy, rates: RateTable) -> list[Judged]:
    """Reckon each case under both policies.

    Args:
        cases: decided cases; only what was known when each was decided is looked at.
        old: the policy that is compared with.
        new: the other one.
        rates: the house's exchange rates; those of each case's own day count.
    """
    processes = min(os.cpu_count() or 1, 1 + len(cases) // WORTH_SPREADING)
    snapshots = [case.snapshot for case in cases]
    reckoned: Iterable[tuple[Reckoned, Reckoned]] = (
        _reckoned(snapshots, old, new, rates) if processes == 1 else _spread(processes, snapshots, old, new, rates)
    )
    return [
        Judged(
            reference=case.snapshot.reference,
            segment=case.snapshot.segment,
            amount=case.snapshot.house_amount,
            old=before,
            new=after,
            bad=case.bad,
        )
        for case, (before, after) in zip(cases, reckoned, strict=True)
    ]


def _reckoned(
    snapshots: Iterable[DecisionSnapshot], old: Policy, new: Policy, rates: RateTable
) -> list[tuple[Reckoned, Reckoned]]:
    before, after = Rulebook(old, rates), Rulebook(new, rates)
    return [(before.reckon(snapshot), after.reckon(snapshot)) for snapshot in snapshots]


def _spread(
    processes: int, snapshots: Sequence[DecisionSnapshot], old: Policy, new: Policy, rates: RateTable
) -> Iterator[tuple[Reckoned, Reckoned]]:
    """Reckon parts in processes of their own, in the order of the cases."""
    size = -(-len(snapshots) // processes)
    parts = [snapshots[start : start + size] for start in range(0, len(snapshots), size)]
    # Forked, the parts need not be copied to the processes; elsewhere they are sent.
    method = "fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn"
    with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context(method)) as pool:
        for done in pool.map(partial(_reckoned, old=old, new=new, rates=rates), parts):
            yield from done


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
