"""Running two policies over past cases, on all cores, and telling how each debt went within a fixed window."""

from __future__ import annotations

import gc
import multiprocessing
import os
import pickle
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from types import MappingProxyType
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
NO_POLICIES: Mapping[str, Policy] = MappingProxyType({})
NOTHING_GRANTED: Mapping[str, Decimal | None] = MappingProxyType({})


def reckon_both_ways(
    cases: Sequence[PastCase],
    old: Policy,
    new: Policy,
    rates: RateTable,
    industry: IndustryTables = NO_TABLES,
    own: Mapping[str, Policy] = NO_POLICIES,
) -> list[Judged]:
    """Reckon each case under both policies; of stored ones the old side is what was decided.

    Args:
        cases: decided cases; only what was known when each was decided is looked at.
        old: the policy that is compared with.
        new: the other one.
        rates: the house's exchange rates; those of each case's own day count.
        industry: the house's tables of industries, likewise.
        own: the policies that stored cases were decided under, by sha256, as far as they can be read; each case is
            replayed under its own.
    """
    job = _Job(cases, old, new, rates, industry, {**own, old.sha256: old})
    processes = min(os.cpu_count() or 1, 1 + len(cases) // WORTH_SPREADING)
    alone = processes == 1 or "fork" not in multiprocessing.get_all_start_methods()
    reckoned: Iterable[_Sides] = _reckoned(job, range(len(cases))) if alone else _spread(processes, job)
    with _many_objects():
        return [
            Judged(
                reference=case.snapshot.reference,
                segment=case.snapshot.segment,
                amount=case.snapshot.house_amount,
                old=sides.decided or sides.before,
                new=sides.after,
                bad=case.bad,
                circumstances_known=case.snapshot.circumstances is not None,
                reckoned=sides.before if case.stored else None,
                replayed=sides.replayed,
                stored=case.stored,
                granted=case.granted,
            )
            for case, sides in zip(cases, reckoned, strict=True)
        ]


class _Sides(NamedTuple):
    """What was decided of a case, what both policies make of it, and what the one that decided it does."""

    before: Reckoned
    after: Reckoned
    decided: Reckoned | None = None
    replayed: Reckoned | None = None


@dataclass
class _Job:
    """All that reckoning needs; processes inherit it, so that not a single case is sent to them.

    What is made ready for its policies is made once in a process, however many parts of the cases that reckons.
    """

    cases: Sequence[PastCase]
    old: Policy
    new: Policy
    rates: RateTable
    industry: IndustryTables
    own: Mapping[str, Policy]

    @cached_property
    def before(self) -> Reckoner:
        """The old policy, made ready."""
        return self._reckoner(self.old)

    @cached_property
    def after(self) -> Reckoner:
        """The new policy, made ready."""
        return self._reckoner(self.new, beside=self.before)

    @cached_property
    def _by_policy(self) -> dict[str, Reckoner]:
        return {self.old.sha256: self.before}

    def of(self, sha256: str) -> Reckoner | None:
        """Return the policy that a case was decided under, made ready; None where it cannot be read."""
        if sha256 not in self._by_policy and sha256 in self.own:
            self._by_policy[sha256] = self._reckoner(self.own[sha256])
        return self._by_policy.get(sha256)

    def _reckoner(self, policy: Policy, beside: Reckoner | None = None) -> Reckoner:
        # Limits of all are summed in the old policy's currency: amounts of two currencies cannot be compared.
        return Reckoner(policy, self.rates, self.industry, self.old.house_currency, beside)


_job: _Job | None = None


def _reckoned(job: _Job, places: range) -> list[_Sides]:
    before, after = job.before, job.after
    made = []
    for case in job.cases[places.start : places.stop]:
        snapshot = case.snapshot
        figures, day = figures_of(snapshot), snapshot.as_of
        old = before.reckon(figures, day)
        # One and the same is quicker to hand over and to compare than two that are equal.
        new = old if after.makes_the_same(figures, day, old) else after.reckon(figures, day)
        if new == old:
            new = old
        if not case.stored:
            made.append(_Sides(old, new))
            continue
        own = job.of(snapshot.policy)
        replayed = old if own is before else own.reckon(figures, day) if own is not None else None
        made.append(_Sides(old, new, before.decided(snapshot, replayed), replayed))
    return made


def _part(places: range) -> bytes:
    assert _job is not None  # noqa: S101 - set before the process was forked
    with _many_objects():
        return pickle.dumps(_reckoned(_job, places), pickle.HIGHEST_PROTOCOL)


def _spread(processes: int, job: _Job) -> Iterator[_Sides]:
    """Reckon parts in processes of their own, in the order of the cases."""
    global _job  # noqa: PLW0603 - the one way to hand memory to a forked process
    size = -(-len(job.cases) // (processes * PARTS_EACH))
    parts = [range(start, start + size) for start in range(0, len(job.cases), size)]
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


def past_cases(
    snapshots: Iterable[DecisionSnapshot],
    window_months: int,
    today: date,
    granted: Mapping[str, Decimal | None] = NOTHING_GRANTED,
) -> list[PastCase]:
    """Return stored cases with how their debts went within so many months of their decisions.

    Args:
        snapshots: of the casebook.
        window_months: months of performance that count.
        today: the day up to which performance can be known.
        granted: the limit that a company has today, by the case that last decided on it, in the currency of the
            comparison; None where it cannot be converted.
    """
    zero = Decimal(0)
    with _many_objects():
        return [
            PastCase(
                snapshot, within_window(snapshot, window_months, today), True, granted.get(snapshot.reference, zero)
            )
            for snapshot in snapshots
        ]


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
