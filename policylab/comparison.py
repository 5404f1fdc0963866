"""Two policies on the same cases: who would flip, what moves, and how those who swap places turned out.

Only what was known on the day of each decision counts. A case is favourable to a policy where it grants any open
credit: a limit above zero and no knock-out. Performance is counted within one fixed window after the decision, so that
young cases do not pass for good ones; of those that were refused it is unknown, and said to be (reject inference is not
attempted).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from admission.customers.experience import DecisionSnapshot
from admission.evidence.findings import Verdict
from admission.governance.reckoning import Reckoned
from admission.proportions import proportion


class PastCase(NamedTuple):
    """A case that was decided, and how its debt went within the window; None where that is not known."""

    snapshot: DecisionSnapshot
    bad: bool | None


@dataclass(frozen=True)
class Judged:
    """One case under both policies.

    Attributes:
        amount: what was asked for, in the house currency; None where it cannot be converted.
        bad: how the debt went within the window; None where that is not known.
        circumstances_known: whether it is known what the case rested on besides its amount and metrics.
    """

    reference: str
    segment: str
    amount: Decimal | None
    old: Reckoned
    new: Reckoned
    bad: bool | None
    circumstances_known: bool = True

    @property
    def moved(self) -> str:
        """Whether the case is in or out under the old policy, and then under the new one."""
        return f"{'in' if self.old.favourable else 'out'}-{'in' if self.new.favourable else 'out'}"


@dataclass(frozen=True)
class Turned:
    """How a group of cases turned out.

    Attributes:
        rate: share of bad ones among those whose performance is known; None where none is.
        low, high: its Wilson interval of 95 %.
    """

    cases: int
    bad: int
    good: int
    unknown: int
    rate: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Contribution:
    """What one criterion has to do with the flips.

    Attributes:
        fails_old, fails_new: cases in which it fails under each policy; None where that policy does not have it.
        in_flips: flips in which its verdict is another.
        alone: flips in which no other verdict is another, and the grade is the same.
    """

    criterion: str
    fails_old: int | None
    fails_new: int | None
    unknown_old: int | None
    unknown_new: int | None
    in_flips: int
    alone: int


@dataclass(frozen=True)
class Comparison:
    """What came of comparing two policies.

    Attributes:
        flips: the cases that are favourable to one policy alone.
        rerouted: cases that keep their side but take another route.
        grades: (old grade, new grade) -> cases.
        routes: route -> cases under the old and the new policy.
        exposure_old, exposure_new: sums of recommended limits in the old policy's house currency, of cases that can be
            converted.
        exposure_moved: sum of all differences of recommended limits, up and down.
        not_converted: cases whose amount in the house currency is not known, left out of the exposures.
        circumstances_unknown: cases of which it is not known what else they rested on: expected sales, cover, trade
            references, and what was granted to others; caps on exposure are unknown for them.
        groups: in-in, in-out (swapped out), out-in (swapped in), out-out.
    """

    cases: int
    judged: tuple[Judged, ...]
    approval_old: float
    approval_new: float
    flips: tuple[Judged, ...]
    rerouted: int
    regraded: int
    grades: dict[tuple[str, str], int]
    routes: dict[str, tuple[int, int]]
    exposure_old: Decimal
    exposure_new: Decimal
    exposure_moved: Decimal
    not_converted: int
    circumstances_unknown: int
    groups: dict[str, Turned]
    criteria: tuple[Contribution, ...]


def compare_cases(judged: Iterable[Judged], old_criteria: Sequence[str], new_criteria: Sequence[str]) -> Comparison:
    """Compare two policies case by case.

    Args:
        judged: the cases under both.
        old_criteria: ids of all criteria of the one policy.
        new_criteria: ids of all criteria of the other.
    """
    cases = tuple(judged)
    count = max(len(cases), 1)
    flips = tuple(case for case in cases if case.old.favourable != case.new.favourable)
    pairs = [
        (case.old.exposure, case.new.exposure)
        for case in cases
        if case.amount is not None and case.old.exposure is not None and case.new.exposure is not None
    ]
    routes = Counter(case.old.route for case in cases), Counter(case.new.route for case in cases)
    return Comparison(
        cases=len(cases),
        judged=cases,
        approval_old=sum(case.old.favourable for case in cases) / count,
        approval_new=sum(case.new.favourable for case in cases) / count,
        flips=flips,
        rerouted=sum(case.old.route != case.new.route for case in cases) - _routes_of_flips(flips),
        regraded=sum(case.old.grade != case.new.grade for case in cases),
        grades=dict(Counter((case.old.grade, case.new.grade) for case in cases)),
        routes={route: (routes[0][route], routes[1][route]) for route in sorted({*routes[0], *routes[1]})},
        exposure_old=sum((old for old, _ in pairs), Decimal(0)),
        exposure_new=sum((new for _, new in pairs), Decimal(0)),
        exposure_moved=sum((abs(new - old) for old, new in pairs), Decimal(0)),
        not_converted=len(cases) - len(pairs),
        circumstances_unknown=sum(not case.circumstances_known for case in cases),
        groups={moved: count_outcomes(outcomes) for moved, outcomes in _by_side(cases).items()},
        criteria=tuple(_contributions(cases, flips, old_criteria, new_criteria)),
    )


def _by_side(cases: Sequence[Judged]) -> dict[str, list[bool | None]]:
    sides: dict[str, list[bool | None]] = {"in-in": [], "out-in": [], "in-out": [], "out-out": []}
    for case in cases:
        sides[case.moved].append(case.bad)
    return sides


def _routes_of_flips(flips: Sequence[Judged]) -> int:
    return sum(case.old.route != case.new.route for case in flips)


def count_outcomes(outcomes: Sequence[bool | None]) -> Turned:
    """Count how cases turned out, with the Wilson interval of the bad rate."""
    bad, good = outcomes.count(True), outcomes.count(False)
    unknown = len(outcomes) - bad - good
    rate = proportion(bad, bad + good)
    return Turned(len(outcomes), bad, good, unknown, rate.share, rate.low, rate.high)


def _contributions(
    cases: Sequence[Judged], flips: Sequence[Judged], old_criteria: Sequence[str], new_criteria: Sequence[str]
) -> Iterable[Contribution]:
    old = Counter((name, verdict) for case in cases for name, verdict in case.old.against)
    new = Counter((name, verdict) for case in cases for name, verdict in case.new.against)
    in_flips: Counter[str] = Counter()
    alone: Counter[str] = Counter()
    for case in flips:
        changed = {name for name, _ in set(case.old.against) ^ set(case.new.against)}
        in_flips.update(changed)
        if len(changed) == 1 and case.old.grade == case.new.grade:
            alone.update(changed)
    for name in dict.fromkeys((*old_criteria, *new_criteria)):
        before, after = name in old_criteria, name in new_criteria
        yield Contribution(
            criterion=name,
            fails_old=old[name, Verdict.FAIL] if before else None,
            fails_new=new[name, Verdict.FAIL] if after else None,
            unknown_old=old[name, Verdict.UNKNOWN] if before else None,
            unknown_new=new[name, Verdict.UNKNOWN] if after else None,
            in_flips=in_flips[name],
            alone=alone[name],
        )
