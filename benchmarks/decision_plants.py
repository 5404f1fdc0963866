"""Faults of the rules that `make bench-decisions` must tell: each is put in place of a rule, in the bench alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any, NamedTuple
from unittest import mock

from admission.assessment.engine import bounds, points, verdicts
from admission.evidence.answers import Coverage
from admission.metrics import derive, financials
from admission.metrics.ratios import quotient


class Plant(NamedTuple):
    """A fault: what it is, in words, where it is put, and what is put there."""

    words: str
    where: object
    name: str
    fault: Callable[..., Any]


def _neutral(self: Any, neutral: Decimal) -> Decimal:  # noqa: ARG001 - called as the rule is
    return Decimal(0)


def _nobody_withholds(name: str, coverage: Coverage) -> bool:  # noqa: ARG001 - called as the rule is
    return True


def _unknown_debt_is_none(numerator: Decimal | None, debt: Decimal | None) -> Any:
    return quotient(numerator, debt, of_nothing=Decimal(0))


def _failures_alone(criterion: Any, why: Any) -> Any:
    row = _ROW(criterion, why)
    return row if why is verdicts.Why.FAILED else row._replace(best_grade=None)


def _silent_bureau(case: Any, inputs: Any, exchange: Any) -> list[Any]:
    return [
        bound._replace(amount=None) if bound.name == bounds.BUREAU and bound.gap is not None else bound
        for bound in _METHODS(case, inputs, exchange)
    ]


def _starter_alone_for_silence(case: Any, rule: Any, exchange: Any) -> list[Any]:
    told = case.figures.metrics.get("revenue") is not None
    return [] if told else list(_STARTERS(case, rule, exchange))


def _lateness_raises_need(case: Any, inputs: Any) -> Any:
    late = case.figures.metrics.get("days_beyond_terms")
    found = _NEED(case, inputs)
    if found.amount is None:
        return found
    more = found.amount * (1 + max(late, Decimal(0)) / 100) if isinstance(late, Decimal) else found.amount
    return found._replace(amount=more)


_METHODS, _STARTERS, _NEED, _ROW = bounds._methods, bounds._starters, bounds._need, verdicts._row
PLANTS: dict[str, Plant] = {
    "neutral-points": Plant("what is kept back earns its neutral points", points._Line, "withheld", _neutral),
    "nobody-asked": Plant("whatever is not told counts as not asked", derive, "is_nobody_asked", _nobody_withholds),
    "no-debt-is-worst": Plant("who owes nothing has the worst ratio to it", financials, "owed", _unknown_debt_is_none),
    "floors-for-failures": Plant(
        "a criterion bounds the grade where it fails, not where it is kept back", verdicts, "_row", _failures_alone
    ),
    "silent-bureau": Plant("a bureau that tells no limit bounds nothing", bounds, "_methods", _silent_bureau),
    "starter-for-silence": Plant(
        "the starter cap is for those alone who tell nothing", bounds, "_starters", _starter_alone_for_silence
    ),
    "late-needs-more": Plant("lateness raises the need", bounds, "_need", _lateness_raises_need),
}


@contextmanager
def planted(name: str) -> Iterator[None]:
    """Put a fault in place of a rule."""
    plant = PLANTS[name]
    with mock.patch.object(plant.where, plant.name, plant.fault):
        yield
