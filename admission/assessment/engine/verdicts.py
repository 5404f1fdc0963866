"""Verdicts of admission rules. What is unknown, and what is too old, never passes."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from decimal import Decimal
from enum import Enum
from operator import attrgetter
from typing import Any, NamedTuple

from admission.assessment.engine.case import Figures, ReferenceData
from admission.cases import CaseKind
from admission.evidence.findings import Verdict
from admission.metrics.catalogue import Value
from admission.money import CURRENCIES
from admission.policy import Criterion, Quartile, Standards
from admission.policy.criteria import Effect

Passes = Callable[[Any, Any], bool]


class Why(Enum):
    """Why a rule did not pass."""

    FAILED = "failed"
    NO_FIGURE = "no figure"
    NOT_ASKED = "nothing that could tell it is set up"
    NO_ANSWER = "a source that alone could tell it gave no answer"
    NO_RATE = "no exchange rate"
    NO_INDUSTRY = "industry not known"
    NO_BENCHMARK = "no benchmark"
    TOO_OLD = "passed by what is too old"
    CAP = "cap on exposure"


class Against(NamedTuple):
    """A rule that a case did not pass, and what it asks for.

    Attributes:
        id: of the criterion, or of the kind of cap.
        code: id and verdict: what is told of very many cases.
        rejects: whether it is a knock-out.
        wants_security: whether credit is given against security only.
        wants_committee: whether a committee has to decide.
        holds: whether it has to be cleared before anybody votes.
        best_grade: best grade that it leaves the company; None where it leaves any.
        noted: whether it is only listed: nothing that could tell it is set up, and the policy asks for nothing then.
        overridden: whether an override covers it; the verdict then stays what it is, and it asks for nothing more.
    """

    id: str
    verdict: Verdict
    code: tuple[str, Verdict]
    effect: Effect
    why: Why
    rejects: bool
    wants_security: bool
    wants_committee: bool
    holds: bool
    best_grade: str | None = None
    noted: bool = False
    overridden: bool = False

    @classmethod
    def of(cls, rule: str, verdict: Verdict, effect: Effect, why: Why, on_unknown: str = "refer") -> Against:
        """Return what a rule asks for.

        Args:
            rule: its id.
            verdict: fail or unknown.
            effect: what it does where it fails.
            why: why it did not pass.
            on_unknown: what it does where it is unknown, besides its effect.
        """
        failed = verdict is Verdict.FAIL
        return cls(
            rule,
            verdict,
            (rule, verdict),
            effect,
            why,
            rejects=failed and effect == "reject",
            wants_security=effect == "secured_only",
            wants_committee=effect == "committee" or (not failed and on_unknown == "committee"),
            holds=effect == "hold" if failed else on_unknown == "hold",
        )

    def covered(self) -> Against:
        """Return the rule as it stands under an override; a rejection is never overridden."""
        if self.effect == "reject" or self.noted:
            return self
        return self._replace(wants_security=False, wants_committee=False, holds=False, best_grade=None, overridden=True)

    def listed(self) -> Against:
        """Return the rule where it is only listed, and asks for nothing."""
        return self._replace(wants_security=False, wants_committee=False, holds=False, best_grade=None, noted=True)


# What rules ask for, in the quickest way: very many cases are looked at.
rejects = attrgetter("rejects")
wants_security = attrgetter("wants_security")
wants_committee = attrgetter("wants_committee")
holds = attrgetter("holds")
is_overridden = attrgetter("overridden")


# A test takes the metrics beside the figures that hold them: very many are read, one look-up each.
Test = Callable[[Mapping[str, Value | None], Figures, ReferenceData], Against | None]


def applicable(
    standards: Standards, segment: str, country: str, kind: CaseKind, amount: Decimal | None
) -> list[Criterion]:
    """Return the criteria that hold for a case of this segment, country, kind and amount in the house currency."""
    return [criterion for criterion in standards.criteria if criterion.when.holds(segment, country, kind, amount)]


class Rule(NamedTuple):
    """A criterion made ready: most cases are decided by one comparison, and all others by its test.

    Attributes:
        passes: compares a known value with the bound; None where a value alone does not decide, as with an amount that
            is to be converted.
        failed: what stands against a case that does not pass it.
    """

    metric: str
    passes: Passes | None
    bound: object
    failed: Against
    test: Test


def make_rule(criterion: Criterion) -> Rule:
    """Make a criterion ready to be applied to very many cases."""
    passes, bound = _comparison(criterion)
    plain = not isinstance(bound, Quartile) and criterion.unit not in CURRENCIES
    against = _rows(criterion)
    test = _make_test(criterion, against)
    return Rule(criterion.metric, passes if plain else None, bound, against[Why.FAILED], test)


def make_test(criterion: Criterion) -> Test:
    """Return a function that tells what a criterion has against a case; None where it passes.

    An amount is brought into the currency of the bound; a quartile is that of the company's industry. What facts said
    that are too old fails a criterion that it would fail, and leaves unknown what it would pass.
    """
    return _make_test(criterion, _rows(criterion))


def _make_test(criterion: Criterion, against: Mapping[Why, Against]) -> Test:
    passes, bound = _comparison(criterion)
    if isinstance(bound, Quartile):
        return _quartile_test(criterion.metric, against, passes, bound)
    if criterion.unit in CURRENCIES:
        return _amount_test(criterion.metric, criterion.unit, against, passes, bound)
    name = criterion.metric
    failed, too_old = against[Why.FAILED], against[Why.TOO_OLD]

    def test(
        metrics: Mapping[str, Value | None],
        figures: Figures,
        reference: ReferenceData,  # noqa: ARG001 - all tests are called alike
    ) -> Against | None:
        value = metrics.get(name)
        if value is not None:
            return None if passes(value, bound) else failed
        old = figures.old.get(name)
        if old is None:
            return against[_silence(name, figures)]
        return too_old if passes(old, bound) else failed

    return test


def _amount_test(name: str, unit: str, against: Mapping[Why, Against], passes: Passes, bound: object) -> Test:
    failed = against[Why.FAILED]

    def test(metrics: Mapping[str, Value | None], figures: Figures, reference: ReferenceData) -> Against | None:
        value = metrics.get(name)
        figure = figures.old.get(name) if value is None else value
        if figure is None:
            return against[_silence(name, figures)]
        if isinstance(figure, Decimal):
            figure = reference.exchange.convert(figure, figures.units.get(name, unit), unit)
        if figure is None:
            return against[Why.NO_RATE]
        if not passes(figure, bound):
            return failed
        return against[Why.TOO_OLD] if value is None else None

    return test


def _quartile_test(name: str, against: Mapping[Why, Against], passes: Passes, quartile: Quartile) -> Test:
    def test(metrics: Mapping[str, Value | None], figures: Figures, reference: ReferenceData) -> Against | None:
        value = metrics.get(name)
        figure = figures.old.get(name) if value is None else value
        if figure is None:
            return against[_silence(name, figures)]
        code = figures.industry
        known_by = figures.old.get("industry_code") if code is None else code
        if not isinstance(known_by, str):
            return against[Why.NO_INDUSTRY]
        row = reference.industry.benchmark(known_by, name, reference.exchange.on)
        if row is None:
            return against[Why.NO_BENCHMARK]
        if not passes(figure, row.quartile(quartile.quartile)):
            return against[Why.FAILED]
        return against[Why.TOO_OLD] if value is None or code is None else None

    return test


def _rows(criterion: Criterion) -> Mapping[Why, Against]:
    """Return all that may come of a criterion, made once: it comes up in very many cases."""
    return {why: _row(criterion, why) for why in Why}


def _row(criterion: Criterion, why: Why) -> Against:
    verdict = Verdict.FAIL if why is Why.FAILED else Verdict.UNKNOWN
    row = Against.of(criterion.id, verdict, criterion.effect, why, criterion.on_unknown)
    if why is Why.NOT_ASKED and criterion.on_not_asked == "note":
        return row.listed()
    # Nobody keeps back what nobody was asked, or a source could not answer: that bounds no grade.
    return row if why in (Why.NOT_ASKED, Why.NO_ANSWER) else row._replace(best_grade=criterion.best_grade)


def _silence(name: str, figures: Figures) -> Why:
    """Tell whose silence it is where a figure is not known."""
    if name in figures.not_set_up:
        return Why.NOT_ASKED
    return Why.NO_ANSWER if name in figures.not_asked else Why.NO_FIGURE


def _comparison(criterion: Criterion) -> tuple[Passes, object]:
    """Return how a criterion compares, and with what."""
    if criterion.comparison in ("is_true", "is_false"):
        return operator.is_, criterion.comparison == "is_true"
    return _COMPARISONS[criterion.comparison], criterion.value


def _is_between(value: Any, bounds: Any) -> bool:
    return bool(bounds[0] <= value <= bounds[1])


def _is_one_of(value: Any, names: Any) -> bool:
    return value in names


_COMPARISONS: Mapping[str, Passes] = {
    "at_most": operator.le,
    "at_least": operator.ge,
    "between": _is_between,
    "equals": operator.eq,
    "one_of": _is_one_of,
}
