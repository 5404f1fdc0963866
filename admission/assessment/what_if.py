"""What would change an outcome: the smallest change of one fact that moves grade or route, found by the engine itself.

Each fact is changed alone, all others as they are, in steps that a person would say: two figures of the fact as it
stands, whole units. The figures of the case are reckoned anew with each value that is tried, and only what is told of
the changes that are named is put into words. First wider and wider changes are tried
until one moves the outcome, then the one before is closed in on by halves, so that the step named moves it and the one
before it does not. Nothing of this is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from functools import cache, partial
from typing import NamedTuple

from admission.assessment.assessing import Dossier, assess, reckon
from admission.assessment.engine.routes import RouteChoice
from admission.assessment.engine.rulebook import Reckoning
from admission.assessment.record import Route
from admission.evidence.facts import AnyFact, CreditReport, FinancialStatement
from admission.metrics.financials import latest_accounts
from admission.metrics.registers import newest_report
from admission.money import RateTable
from admission.policy import Policy

MOST_CHANGES = 3
REQUESTED, DAYS_BEYOND_TERMS = "requested_limit", "days_beyond_terms"
DAYS = "days"
ZERO, ONE = Decimal(0), Decimal(1)
# Figures of accounts that are varied; those that cannot be below nothing; and what each is at most a part of.
VARIED = (
    "equity",
    "retained_earnings",
    "current_assets",
    "current_liabilities",
    "total_liabilities",
    "revenue",
    "operating_profit",
    "interest_expense",
    "net_income",
)
NEVER_NEGATIVE = frozenset(
    {"current_assets", "current_liabilities", "total_liabilities", "revenue", "interest_expense"}
)
PART_OF = {
    "equity": "total_assets",
    "retained_earnings": "equity",
    "current_assets": "total_assets",
    "current_liabilities": "total_liabilities",
    "operating_profit": "revenue",
    "net_income": "revenue",
}
# A figure that is small beside its accounts moves in steps that are seen in them.
SMALL = Decimal("0.01")
FARTHEST = 10
MOST_DAYS = Decimal(365)
# How much wider each change is than the one before it, until one moves the outcome.
WIDER = 4


# Kind, band, and whether something has to be cleared first.
_Way = tuple[str, str, bool]


class Change(NamedTuple):
    """The smallest change of one fact that moves the outcome.

    Attributes:
        fact: a figure of the newest accounts, `requested_limit`, or `days_beyond_terms`.
        now: as it stands.
        then: as it would have to be.
        before: one step less than that, which does not move it; `now` where there is no step between.
        unit: a currency, or `days`.
        better: whether the outcome would be better.
        grade: that it would give; None where the grade would stay.
        route: likewise.
    """

    fact: str
    now: Decimal
    then: Decimal
    before: Decimal
    unit: str
    better: bool
    grade: str | None
    route: Route | None


class _Lever(NamedTuple):
    """One fact that can be changed.

    Attributes:
        set_to: gives the dossier with another value of it.
        step: the least change that a person would say.
        least, most: values that are tried.
        size: what a change is measured by, to tell a small one from a large one.
    """

    fact: str
    now: Decimal
    unit: str
    set_to: Callable[[Decimal], Dossier]
    step: Decimal
    least: Decimal
    most: Decimal
    size: Decimal

    def at(self, steps: int) -> Decimal:
        """Return the value so many steps up, or down; steps lie at round figures."""
        if steps >= 0:
            return ((self.now / self.step).to_integral_value(ROUND_FLOOR) + steps) * self.step if steps else self.now
        return ((self.now / self.step).to_integral_value(ROUND_CEILING) + steps) * self.step


class _Step(NamedTuple):
    """The smallest change of one fact that moves the outcome, in steps, and the way that the case would go."""

    lever: _Lever
    steps: int
    better: bool
    way: _Way

    @property
    def then(self) -> Decimal:
        """The value that moves the outcome."""
        return self.lever.at(self.steps)

    @property
    def distance(self) -> Decimal:
        """How large the change is beside the size of the fact."""
        return abs(self.then - self.lever.now) / self.lever.size


class _Standing(NamedTuple):
    """How good an outcome is: the less the better."""

    grade: int
    route: int


def find_changes(dossier: Dossier, policy: Policy, rates: RateTable, *, as_of: date) -> tuple[Change, ...]:
    """Return the smallest changes of at most three facts: those to the better first, the smallest first.

    Args:
        dossier: all that the case is assessed on.
        policy: that it is assessed under.
        rates: the house's exchange rates.
        as_of: the day of the assessment.
    """

    def outcome_of(changed: Dossier) -> Reckoning:
        return reckon(changed, policy, rates, as_of=as_of).outcome

    present = outcome_of(dossier)
    grade, way = present.points.grade.name, _way(present.route)

    def told(step: _Step) -> Change:
        lever = step.lever
        then = assess(lever.set_to(step.then), policy, rates, as_of=as_of)
        return Change(
            fact=lever.fact,
            now=lever.now,
            then=step.then,
            before=lever.at(step.steps - 1 if step.steps > 0 else step.steps + 1),
            unit=lever.unit,
            better=step.better,
            grade=then.grade if then.grade != grade else None,
            route=then.route if step.way != way else None,
        )

    return tuple(told(step) for step in _nearest_steps(tuple(_levers(dossier)), present, policy, outcome_of))


def _nearest_steps(
    levers: Sequence[_Lever], present: Reckoning, policy: Policy, outcome_of: Callable[[Dossier], Reckoning]
) -> list[_Step]:
    """Return the smallest change of each fact to the better, or where it has none to the worse: those that are told.

    No fact is followed farther than the last of those found so far lies.
    """
    searches = [_Search(lever, present, policy, outcome_of) for lever in levers]
    found: list[_Step] = []
    nothing_is_better = _standing(present, policy) == _Standing(0, 0)
    for better in (False,) if nothing_is_better else (True, False):
        for search in searches:
            if search.lever in [step.lever for step in found if step.better]:
                continue
            last = found[-1] if len(found) == MOST_CHANGES else None
            if last is not None and last.better and not better:
                return found
            step = search.nearest(better=better, within=None if last is None else last.distance)
            if step is not None:
                found = sorted([*found, step], key=lambda one: (not one.better, one.distance, one.lever.fact))
                del found[MOST_CHANGES:]
    return found


class _Search:
    """The search for the smallest change of one fact; what was tried is reckoned once."""

    def __init__(
        self, lever: _Lever, present: Reckoning, policy: Policy, outcome_of: Callable[[Dossier], Reckoning]
    ) -> None:
        self.lever = lever
        self._policy = policy
        self._now = _standing(present, policy)
        self._knocked_out = present.route.kind == "knock_out"
        self._tried = cache(lambda steps: outcome_of(lever.set_to(lever.at(steps))))

    def nearest(self, *, better: bool, within: Decimal | None) -> _Step | None:
        """Return the smallest change that makes the outcome better, or worse; None where there is none.

        Args:
            better: which of the two.
            within: a change that is larger than this beside the size of the fact need not be found.
        """
        lever = self.lever
        # The first step may be less than a whole one, for steps lie at round figures.
        most = None if within is None else int(within * lever.size / lever.step) + 1
        moves = partial(self._moves, better=better)
        up = _first_move(lever, 1, moves, most)
        down = _first_move(lever, -1, moves, up or most)
        steps = min((steps for steps in (up, down) if steps), key=abs, default=0)
        return _Step(lever, steps, better, _way(self._tried(steps).route)) if steps else None

    def _moves(self, steps: int, *, better: bool) -> bool:
        then: Reckoning = self._tried(steps)
        # Whatever else becomes better, a company that stays knocked out is where it was.
        stays_out = self._knocked_out and then.route.kind == "knock_out"
        return not stays_out and _moved(self._now, _standing(then, self._policy), better=better)


def _first_move(lever: _Lever, sign: int, moves: Callable[[int], bool], most: int | None) -> int:
    """Return the number of steps one way that moves the outcome while one less does not; 0 where none does.

    Nothing is looked for beyond the `most` steps, where they are given.
    """
    nearest, far = 0, 1
    farthest = _steps_left(lever, sign)
    while far <= farthest and not moves(sign * far):
        nearest, far = far, far * WIDER
        if nearest < farthest < far:
            far = farthest
        if most is not None and nearest >= most:
            return 0
    if far > farthest:
        return 0
    while far - nearest > 1 and (most is None or nearest < most):
        middle = (nearest + far) // 2
        nearest, far = (nearest, middle) if moves(sign * middle) else (middle, far)
    return sign * far if far - nearest == 1 else 0


def _steps_left(lever: _Lever, sign: int) -> int:
    """Return how many steps there are one way until the end of what is tried."""
    if sign > 0:
        return int((lever.most / lever.step).to_integral_value(ROUND_FLOOR) - lever.now // lever.step)
    first = (lever.now / lever.step).to_integral_value(ROUND_CEILING)
    return int(first - (lever.least / lever.step).to_integral_value(ROUND_CEILING))


def _way(route: RouteChoice) -> _Way:
    return route.kind, "" if route.band is None else route.band.band.name, route.held


def _standing(made: Reckoning, policy: Policy) -> _Standing:
    """Return how an outcome stands: its grade, and by how many people it is decided."""
    grade, bands = policy.grades.index(made.points.grade), made.standards.bands
    if made.route.kind == "knock_out":
        return _Standing(grade, 2 * len(bands) + 2)
    place = 0 if made.route.band is None else 2 * bands.index(made.route.band.band) + 1
    return _Standing(grade, place + made.route.held)


def _moved(now: _Standing, then: _Standing, *, better: bool) -> bool:
    """True where an outcome is better in grade or route and worse in neither; or the other way round."""
    first, last = (then, now) if better else (now, then)
    return then != now and first.grade <= last.grade and first.route <= last.route


def _levers(dossier: Dossier) -> Iterator[_Lever]:
    """Yield the facts that can be changed: what is asked for, the newest accounts, how late it pays."""
    asked, usable = dossier.application.requested, dossier.validation.usable
    yield _Lever(
        REQUESTED,
        asked.limit,
        asked.currency,
        partial(_asking, dossier),
        _round_step(asked.limit),
        ONE,
        FARTHEST * asked.limit,
        asked.limit,
    )
    accounts = latest_accounts(usable.statements)
    if accounts is not None:
        yield from _levers_of_accounts(dossier, accounts)
    report = newest_report(usable)
    if report is not None and report.days_beyond_terms is not None:
        now = report.days_beyond_terms
        yield _Lever(
            DAYS_BEYOND_TERMS,
            now,
            DAYS,
            partial(_late, dossier, report),
            ONE,
            min(now, ZERO),
            MOST_DAYS,
            max(abs(now), Decimal(30)),
        )


def _levers_of_accounts(dossier: Dossier, accounts: FinancialStatement) -> Iterator[_Lever]:
    figures = {name: value for name in VARIED if isinstance(value := getattr(accounts, name), Decimal)}
    largest = max((abs(value) for value in (*figures.values(), accounts.total_assets or ZERO)), default=ZERO)
    if largest == 0:
        return
    for name, now in figures.items():
        size = max(abs(now), largest * SMALL)
        whole = getattr(accounts, PART_OF[name]) if name in PART_OF else None
        farthest = FARTHEST * size if whole is None else max(whole, now)
        yield _Lever(
            name,
            now,
            accounts.currency,
            partial(_with_figure, dossier, accounts, name),
            _round_step(size),
            ZERO if name in NEVER_NEGATIVE else -max(FARTHEST * size, largest),
            farthest,
            size,
        )


def _round_step(size: Decimal) -> Decimal:
    """Return the step in which a person speaks of such an amount: its second figure, and one unit at least."""
    return Decimal(10 ** max(size.adjusted() - 1, 0))


def _asking(dossier: Dossier, limit: Decimal) -> Dossier:
    application = dossier.application
    requested = application.requested.model_copy(update={"limit": limit})
    return dossier._replace(application=application.model_copy(update={"requested": requested}))


def _with_figure(dossier: Dossier, accounts: FinancialStatement, name: str, value: Decimal) -> Dossier:
    changed = accounts.model_copy(update={name: value})
    statements = dossier.validation.usable.statements
    return _with_facts(dossier, statements=tuple(changed if item is accounts else item for item in statements))


def _late(dossier: Dossier, report: CreditReport, days: Decimal) -> Dossier:
    changed = report.model_copy(update={"days_beyond_terms": days})
    reports = dossier.validation.usable.reports
    return _with_facts(dossier, reports=tuple(changed if item is report else item for item in reports))


def _with_facts(dossier: Dossier, **tables: tuple[AnyFact, ...]) -> Dossier:
    usable = dossier.validation.usable.model_copy(update=tables)
    return dossier._replace(validation=dossier.validation.model_copy(update={"usable": usable}))
