"""Two policies on the same cases: who would be decided otherwise, what moves, and how those who swap places turned out.

The old side of a case of the casebook is what was decided; that of a row of a table is what the old policy makes of it.

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
from typing import Literal, NamedTuple, get_args

from admission.customers.experience import DecisionSnapshot
from admission.evidence.findings import Verdict
from admission.governance.reckoning import Reckoned
from admission.proportions import proportion

Aspect = Literal["route", "grade", "limit", "terms", "security"]
ASPECTS: tuple[Aspect, ...] = get_args(Aspect)


class PastCase(NamedTuple):
    """A case that was decided, and how its debt went within the window; None where that is not known.

    Attributes:
        stored: whether the snapshot says what was decided; rows of a table do not.
        granted: the limit that the company has today by this case, in the old policy's house currency; None where it
            cannot be converted.
    """

    snapshot: DecisionSnapshot
    bad: bool | None
    stored: bool = False
    granted: Decimal | None = Decimal(0)


@dataclass(frozen=True)
class Judged:
    """One case under both policies.

    Attributes:
        amount: what was asked for, in the house currency; None where it cannot be converted.
        bad: how the debt went within the window; None where that is not known.
        circumstances_known: whether it is known what the case rested on besides its amount and metrics.
        reckoned: what the old policy makes of the case; None where `old` is that already.
        replayed: what the policy that it was decided under makes of it today; None where that is not known.
        stored: whether `old` is what was decided.
        granted: as of the past case.
    """

    reference: str
    segment: str
    amount: Decimal | None
    old: Reckoned
    new: Reckoned
    bad: bool | None
    circumstances_known: bool = True
    reckoned: Reckoned | None = None
    replayed: Reckoned | None = None
    stored: bool = False
    granted: Decimal | None = Decimal(0)

    @property
    def by_old_policy(self) -> Reckoned:
        """What the old policy makes of the case."""
        return self.old if self.reckoned is None else self.reckoned

    @property
    def changed(self) -> tuple[Aspect, ...]:
        """In what the case would be decided otherwise."""
        return () if self.old is self.new else changed_aspects(self.old, self.new)

    @property
    def replay_differs(self) -> tuple[Aspect, ...]:
        """In what the policy that decided the case makes something else of it today."""
        replayed = self.replayed
        return () if replayed is None or replayed is self.old else changed_aspects(self.old, replayed)

    @property
    def policies_agree(self) -> bool:
        """True where both policies make the same of the case, whatever was decided."""
        return not changed_aspects(self.by_old_policy, self.new)

    @property
    def moved(self) -> str:
        """Whether the case is in or out under the old policy, and then under the new one."""
        return f"{'in' if self.old.favourable else 'out'}-{'in' if self.new.favourable else 'out'}"


def changed_aspects(old: Reckoned, new: Reckoned) -> tuple[Aspect, ...]:
    """Return in what two decisions differ; terms and security that are not known do not.

    Whoever decides is the route: also another band of amounts.
    """
    if old is new:
        return ()
    terms_known = old.terms_days is not None and new.terms_days is not None
    security_known = old.secured is not None and new.secured is not None
    differs = {
        "route": old.route != new.route or (terms_known and old.band != new.band),
        "grade": old.grade != new.grade,
        "limit": old.limit != new.limit,
        "terms": terms_known and old.terms_days != new.terms_days,
        "security": security_known and old.secured != new.secured,
    }
    return tuple(aspect for aspect in ASPECTS if differs[aspect])


class Touched(NamedTuple):
    """Cases that would be decided otherwise.

    Attributes:
        granted: the limits that these companies have today, in the old policy's house currency.
        no_rate: those of them whose limit cannot be converted.
    """

    cases: int
    granted: Decimal
    no_rate: int


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
        changed: the cases that would be decided otherwise in anything, those with the largest limits today first.
        touched: all of them; `by_aspect` those with another route, grade, limit, terms or security.
        policies_agree: of `changed`, those of which both policies make the same; what was decided is something else.
        replays: the cases of which the policy that decided them makes something else today.
        not_replayed: stored cases whose policy is not kept in a form that can be read.
        other_policy: stored cases that were decided under another policy than the old one.
        terms_unknown: stored cases whose terms and security are not known; they are not compared in these.
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
    changed: tuple[Judged, ...]
    touched: Touched
    by_aspect: dict[Aspect, Touched]
    policies_agree: int
    replays: tuple[Judged, ...]
    not_replayed: int
    other_policy: int
    terms_unknown: int
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


def compare_cases(
    judged: Iterable[Judged], old_criteria: Sequence[str], new_criteria: Sequence[str], other_policy: int = 0
) -> Comparison:
    """Compare two policies case by case.

    Args:
        judged: the cases under both.
        old_criteria: ids of all criteria of the one policy.
        new_criteria: ids of all criteria of the other.
        other_policy: how many of the cases were decided under another policy than the old one.
    """
    cases = tuple(judged)
    changed = tuple(sorted((case for case in cases if case.old is not case.new and case.changed), key=_by_granted))
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
        changed=changed,
        touched=_touched(changed),
        by_aspect={aspect: _touched([case for case in changed if aspect in case.changed]) for aspect in ASPECTS},
        policies_agree=sum(case.policies_agree for case in changed),
        replays=tuple(case for case in cases if case.replayed is not case.old and case.replay_differs),
        not_replayed=sum(case.stored and case.replayed is None for case in cases),
        other_policy=other_policy,
        terms_unknown=sum(case.stored and case.old.terms_days is None for case in cases),
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


def _by_granted(case: Judged) -> tuple[Decimal, str]:
    # Who cannot be converted comes first: the limit may be the largest.
    return (Decimal("-Infinity") if case.granted is None else -case.granted), case.reference


def _touched(cases: Sequence[Judged]) -> Touched:
    known = [case.granted for case in cases if case.granted is not None]
    return Touched(len(cases), sum(known, Decimal(0)), len(cases) - len(known))


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
    old = Counter((name, verdict) for case in cases for name, verdict in case.by_old_policy.against)
    new = Counter((name, verdict) for case in cases for name, verdict in case.new.against)
    in_flips: Counter[str] = Counter()
    alone: Counter[str] = Counter()
    for case in flips:
        changed = {name for name, _ in set(case.by_old_policy.against) ^ set(case.new.against)}
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
