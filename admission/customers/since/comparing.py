"""Was and now: how a company stood at the last decision, how it stands, and what did not change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple

from admission.assessment.record import Assessment, CriterionResult, Terms
from admission.cases import Case, Condition, ConditionState, DecidedBy, Decision, Outcome
from admission.customers.since.records import (
    Answered,
    Incomparable,
    RecordChange,
    Records,
    Same,
    TakenOver,
    Why,
    compare_records,
)
from admission.metrics.catalogue import CATALOGUE, LESS, MORE, Metric
from admission.model import Record, Text
from admission.policy.treatments import Treatment

# [P] A figure that moved by more than a tenth is read again by who decides; within it, two years differ anyway.
MOVED = Decimal("0.1")
# These move with the calendar alone, and a criterion that turns by them is told as such.
BY_CALENDAR = frozenset({"accounts_age_months", "years_trading", "months_since_judgment"})

Standpoint = Literal["grade", "score", "limit", "granted", "terms", "security", "review_months", "policy", "engine"]
# How a rule stood: as its verdict says, covered by an override, listed only, or not in the policy.
RuleState = Literal["pass", "fail", "unknown", "overridden", "not_asked", "absent"]


class Point(Record):
    """Where one thing stood and stands.

    Attributes:
        was, now: None where there is none, as a limit that is not decided yet.
        unit: the currency of an amount, else "".
    """

    what: Standpoint
    was: Decimal | str | None
    now: Decimal | str | None
    unit_was: str = ""
    unit_now: str = ""

    @property
    def moved(self) -> bool:
        """True where it is another now; what is not decided yet has not moved."""
        if self.what == "granted" and self.now is None:
            return False
        return (self.was, self.unit_was) != (self.now, self.unit_now)


class Turned(Record):
    """A criterion that stands otherwise now.

    Attributes:
        message: what it says now, or said then where the policy has it no more.
    """

    id: str
    was: RuleState
    now: RuleState
    message: Text


class Moved(Record):
    """A figure that moved by more than `MOVED`, became known, or is unknown now.

    Attributes:
        worse: whether it moved against the company; None where neither way speaks for it.
    """

    was: Metric
    now: Metric
    worse: bool | None


class Asked(Record):
    """What is asked for now and was not, or no more."""

    change: Literal["new", "changed", "gone"]
    text: Text


class ConditionNow(Record):
    """A condition of the last decision, and where it stands.

    Attributes:
        text: as the policy has it; None where a person asked for it in words of their own, which name anybody.
    """

    id: str
    text: str | None
    state: ConditionState


class Since(Record):
    """What has changed of a company since it was decided on last.

    Attributes:
        case: reference of that decision's case.
        conditions: of that decision, where they stand today.
        taken_over: what a review did not ask anew.
    """

    case: str
    decided_on: date
    outcome: Outcome
    decided_by: DecidedBy
    points: tuple[Point, ...]
    criteria: tuple[Turned, ...]
    figures: tuple[Moved, ...]
    records: tuple[RecordChange, ...]
    asked: tuple[Asked, ...]
    conditions: tuple[ConditionNow, ...]
    unchanged: tuple[Same, ...]
    incomparable: tuple[Incomparable, ...]
    taken_over: tuple[TakenOver, ...] = ()


class Then(NamedTuple):
    """What is on file of the last decision.

    Attributes:
        assessment: None where it rests on none, as of a customer of the book, or where it was erased.
        told: None likewise.
        grade: of a customer that came with the book.
        erased: whether the documents were erased.
    """

    case: str
    decision: Decision
    assessment: Assessment | None
    told: Answered | None
    conditions: Sequence[Condition] = ()
    grade: str | None = None
    erased: bool = False


class Now(NamedTuple):
    """What is on file of the round that is compared; `decision` is None until there is one."""

    assessment: Assessment
    told: Answered | None
    decision: Decision | None


def last_decided(earlier: Iterable[Case]) -> Case | None:
    """Return the case by which a company stands where it does, among its earlier ones.

    A refusal of a further request leaves a customer what it has, and where nobody decided in time nothing was decided;
    a company that was never admitted is compared with its last refusal.

    Args:
        earlier: the company's cases before this one, the newest first.
    """
    refused = None
    for case in earlier:
        if case.decision is None or case.decision.decided_by == "expiry":
            continue
        if case.decision.outcome != "declined":
            return case
        refused = refused or case
    return refused


def compare(then: Then, now: Now) -> Since:
    """Compare a round with the last decision."""
    records = Records((), (), ())
    if then.told is not None and now.told is not None:
        records = compare_records(then.told, now.told)
    figures: tuple[Moved, ...] = ()
    open_figures: tuple[Incomparable, ...] = ()
    if then.assessment is not None:
        figures, open_figures = _figures(then.assessment.metrics, now.assessment.metrics)
    return Since(
        case=then.case,
        decided_on=then.decision.decided_at.date(),
        outcome=then.decision.outcome,
        decided_by=then.decision.decided_by,
        points=tuple(_points(then, now)),
        criteria=tuple(_criteria(then.assessment, now.assessment)),
        figures=figures,
        records=records.changes,
        asked=tuple(_asked(then.assessment, now.assessment)),
        conditions=tuple(_conditions(then.conditions, now.assessment.as_of)),
        unchanged=records.same,
        incomparable=(*_as_a_whole(then), *records.incomparable, *open_figures),
        taken_over=records.taken_over,
    )


def _as_a_whole(then: Then) -> Iterator[Incomparable]:
    if then.assessment is None or then.told is None:
        yield Incomparable(kind="case", what=then.case, why=Why.ERASED if then.erased else Why.NO_ASSESSMENT)


def _points(then: Then, now: Now) -> Iterator[Point]:
    was, stands = then.assessment, now.assessment
    yield Point(what="grade", was=was.grade if was else then.grade, now=stands.grade)
    yield Point(what="score", was=was.score if was else None, now=stands.score)
    currency = was.limit.currency if was else ""
    amount = was.limit.amount if was else None
    yield Point(what="limit", was=amount, now=stands.limit.amount, unit_was=currency, unit_now=stands.limit.currency)
    yield _granted(then.decision, now.decision)
    days = Decimal(was.terms.days) if was else _days(then.decision)
    yield Point(what="terms", was=days, now=Decimal(stands.terms.days))
    yield Point(what="security", was=security_of(was.terms) if was else None, now=security_of(stands.terms))
    if was is None:
        return
    months = Decimal(was.review_months), Decimal(stands.review_months)
    versions = _version(was), _version(stands)
    others = (
        Point(what="review_months", was=months[0], now=months[1]),
        Point(what="policy", was=versions[0], now=versions[1]),
        Point(what="engine", was=was.engine, now=stands.engine),
    )
    yield from (point for point in others if point.moved)


def _granted(was: Decision, now: Decision | None) -> Point:
    return Point(
        what="granted",
        was=_limit(was),
        now=None if now is None else _limit(now),
        unit_was=was.currency,
        unit_now="" if now is None else now.currency,
    )


def _limit(decision: Decision) -> Decimal:
    return Decimal(0) if decision.limit is None else decision.limit


def _days(decision: Decision) -> Decimal | None:
    return None if decision.terms_days is None else Decimal(decision.terms_days)


def _version(assessment: Assessment) -> str:
    """Name a policy; one that was changed without another version is told by its fingerprint."""
    pin = assessment.policy
    return f"{pin.name} {pin.version} ({pin.sha256[:8]})"


def security_of(terms: Terms) -> str:
    """Return how terms are secured, as a code."""
    if not terms.secured:
        return "open"
    if terms.until_known:
        return "until_known"
    return "secured" if not terms.open_limit else "partly"


def _criteria(then: Assessment | None, now: Assessment) -> Iterator[Turned]:
    if then is None:
        return
    was = {result.id: result for result in then.criteria}
    stands = {result.id: result for result in now.criteria}
    for name in (*stands, *(name for name in was if name not in stands)):
        before, after = was.get(name), stands.get(name)
        told = after or before
        if told is not None and _state(before) != _state(after):
            yield Turned(id=name, was=_state(before), now=_state(after), message=told.message)


def _state(result: CriterionResult | None) -> RuleState:
    if result is None:
        return "absent"
    if result.not_asked:
        return "not_asked"
    return "overridden" if result.overridden is not None else result.verdict.value


def _figures(then: Sequence[Metric], now: Sequence[Metric]) -> tuple[tuple[Moved, ...], tuple[Incomparable, ...]]:
    was = {metric.name: metric for metric in then}
    stands = {metric.name: metric for metric in now}
    moved, open_ = [], []
    # In the order of the catalogue, whatever order they were derived in.
    for name in CATALOGUE:
        before, after = was.get(name), stands.get(name)
        why = _why_figure(before, after)
        if why is not None:
            open_.append(Incomparable(kind="figure", what=name, why=why))
        elif before is not None and after is not None and name not in BY_CALENDAR and _has_moved(before, after):
            moved.append(Moved(was=before, now=after, worse=_is_worse(before, after)))
    return tuple(moved), tuple(open_)


def _why_figure(before: Metric | None, after: Metric | None) -> Why | None:
    if before is None:
        # Neither engine knows it.
        return None if after is None or after.value is None else Why.NOT_REPORTED_THEN
    if after is None:
        return None if before.value is None else Why.NOT_REPORTED_NOW
    other = before.value is not None and after.value is not None and before.unit != after.unit
    return Why.OTHER_UNIT if other else None


def _has_moved(before: Metric, after: Metric) -> bool:
    was, now = before.value, after.value
    if was is None or now is None:
        return was is not now
    if isinstance(was, Decimal) and isinstance(now, Decimal):
        return abs(now - was) > MOVED * abs(was)
    return was != now


def _is_worse(before: Metric, after: Metric) -> bool | None:
    """What is not known any more is worse whichever way it was; what became known speaks by the criteria alone."""
    was, now, better = before.value, after.value, CATALOGUE[before.name].better
    if now is None:
        return True
    if was is None or better not in (MORE, LESS) or isinstance(was, str) or isinstance(now, str):
        return None
    return now < was if better == MORE else now > was


def _asked(then: Assessment | None, now: Assessment) -> Iterator[Asked]:
    if then is None:
        return
    was, stands = _by_id(then.treatments), _by_id(now.treatments)
    for name, item in stands.items():
        if name not in was:
            yield Asked(change="new", text=item.text)
        elif item != was[name]:
            yield Asked(change="changed", text=item.text)
    for name, item in was.items():
        if name not in stands:
            yield Asked(change="gone", text=item.text)


def _by_id(treatments: Iterable[Treatment]) -> Mapping[str, Treatment]:
    return {item.id: item for item in treatments}


def _conditions(conditions: Iterable[Condition], day: date) -> Iterator[ConditionNow]:
    for item in conditions:
        text = None if item.clause is None else item.text
        yield ConditionNow(id=item.id, text=text, state=item.state_on(day))
