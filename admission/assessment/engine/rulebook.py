"""A policy made ready, and all that it makes of one case."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from admission.assessment.engine.bounds import LimitFigures, LimitInputs, find_limit
from admission.assessment.engine.caps import Asker, CapUse, added_amount, cap_id, capped_names, judge_caps
from admission.assessment.engine.case import CaseFigures, ReferenceData
from admission.assessment.engine.points import Points, Scorer
from admission.assessment.engine.routes import RouteChoice, RouteFigures, find_route
from admission.assessment.engine.verdicts import (
    Against,
    Rule,
    Why,
    applicable,
    make_rule,
    rejects,
    wants_security,
)
from admission.cases import CaseKind
from admission.evidence.findings import Verdict
from admission.money import Exchange
from admission.policy import SECURITY_TREATMENT, AmountRange, Criterion, Grade, Policy, Standards
from admission.policy.treatments import Treatment

ZERO = Decimal(0)


class Offer(NamedTuple):
    """What segment, grade, security and the terms that are asked for bring with them.

    Attributes:
        treatments: that make the risk bearable, with the places for their figures.
        inputs: what the bounds of the limit are found with: terms and security among it.
    """

    treatments: tuple[Treatment, ...]
    inputs: LimitInputs


class Reckoning(NamedTuple):
    """What a policy makes of one case.

    Attributes:
        criteria: those that hold for the case.
        against: the criteria that it did not pass, and then the kinds of cap.
        rejected: whether a criterion knocks it out.
        limit: its bounds and the least of them; a company that is rejected is granted nothing, whatever they say.
        caps: how far the caps would be used.
    """

    standards: Standards
    criteria: Sequence[Criterion]
    against: Sequence[Against]
    rejected: bool
    points: Points
    offer: Offer
    limit: LimitFigures
    caps: Sequence[CapUse]
    route: RouteChoice

    @property
    def recommended(self) -> Decimal:
        """Return the limit that is recommended."""
        return ZERO if self.rejected else self.limit.amount


class _Ready(NamedTuple):
    """The rules for some cases, made ready; `by_amount` where some of them hold for some amounts alone."""

    criteria: tuple[Criterion, ...]
    rules: tuple[Rule, ...]
    by_amount: bool


class _Apart(NamedTuple):
    """In which criteria two rulebooks differ: rules of the one that the other has not, and the ids of the other's."""

    ours: tuple[Rule, ...]
    theirs: frozenset[str]


class Rulebook:
    """A policy made ready to be applied to many cases.

    Args:
        policy: the policy.
        beside: a rulebook that is applied to the same cases; what both say alike is reckoned once.
    """

    def __init__(self, policy: Policy, beside: Rulebook | None = None) -> None:
        self.policy = policy
        self._scorer = Scorer(policy)
        # What only the criteria of keep apart is told without reckoning a case again.
        self._beside = beside if beside is not None and _but_criteria(beside.policy) == _but_criteria(policy) else None
        self._apart: dict[tuple[str, str, CaseKind], _Apart | None] = {}
        self._capped = bool(capped_names(policy.appetite.caps))
        # What many cases have in common is made ready once.
        self._rules: dict[tuple[str, str, CaseKind], _Ready] = {}
        self._made: dict[str, dict[str, Rule]] = {}
        self._offers: dict[tuple[str, str, bool, int], Offer] = {}

    def against(self, case: CaseFigures, reference: ReferenceData) -> list[Against]:
        """Return the criteria that a case does not pass."""
        return self._against(self._holding(case, reference), case, reference)

    def reckon(self, case: CaseFigures, reference: ReferenceData) -> Reckoning:
        """Return all that the policy makes of a case."""
        policy, exchange = self.policy, reference.exchange
        standards, ready = policy.standards(case.segment), self._holding(case, reference)
        against = self._against(ready, case, reference)
        rejected = any(map(rejects, against))
        points = self._scorer.count(
            case.figures, self._best_grades(standards, against, rejected=rejected), standards.not_scored
        )
        secured = points.grade.secured or any(map(wants_security, against))
        offer = self._offer(standards, points.grade, secured=secured, asked_days=case.terms_days)
        limit = find_limit(case, offer.inputs, exchange)
        caps = self._judge_caps(case, points.grade, limit.amount, exchange) if self._capped else []
        against += [
            Against.of(cap_id(use.kind), use.verdict, "committee", Why.CAP)
            for use in caps
            if use.verdict is not Verdict.PASS
        ]
        figures = RouteFigures(
            [item for item in against if not item.noted],
            points.grade,
            case.amount_in(exchange),
            limit.amount,
            case.failed_finding or limit.incomplete,
            case.silent_source,
            case.besides.reopened,
        )
        route = find_route(policy, standards, figures)
        return Reckoning(standards, ready.criteria, against, rejected, points, offer, limit, caps, route)

    def makes_the_same(self, case: CaseFigures, reference: ReferenceData, against: Iterable[str]) -> bool:
        """Tell whether of a case must come what the rulebook beside makes of it, without reckoning it.

        So it is where nothing but criteria keeps the two apart, and none of those that do stands against the case.

        Args:
            case: the case.
            reference: the house's tables.
            against: ids of the criteria and caps that the rulebook beside has against the case.
        """
        if self._beside is None:
            return False
        key = (case.segment, case.country, case.kind)
        if key not in self._apart:
            self._apart[key] = self._find_apart(self._beside, *key)
        apart = self._apart[key]
        if apart is None or not apart.theirs.isdisjoint(against):
            return False
        figures = case.figures
        return all(rule.test(figures.metrics, figures, reference) is None for rule in apart.ours)

    def _find_apart(self, beside: Rulebook, segment: str, country: str, kind: CaseKind) -> _Apart | None:
        """Return the criteria that keep two rulebooks apart for some cases; None where it is not them alone."""
        ours, theirs = self._make_ready(segment, country, kind), beside._make_ready(segment, country, kind)
        shared = set(ours.criteria) & set(theirs.criteria)
        if _but_rules(self.policy.standards(segment)) != _but_rules(beside.policy.standards(segment)):
            return None
        if _among(shared, ours.criteria) != _among(shared, theirs.criteria):
            return None
        rules = zip(ours.criteria, ours.rules, strict=True)
        return _Apart(
            tuple(rule for criterion, rule in rules if criterion not in shared),
            frozenset(criterion.id for criterion in theirs.criteria if criterion not in shared),
        )

    def _best_grades(self, standards: Standards, against: Sequence[Against], *, rejected: bool) -> frozenset[str]:
        """Return the best grades that segment and criteria leave; a company that is knocked out has the worst."""
        left = {item.best_grade for item in against if item.best_grade is not None}
        if standards.best_grade is not None:
            left.add(standards.best_grade)
        if rejected:
            left.add(self.policy.grades[-1].name)
        return frozenset(left)

    def _against(self, ready: _Ready, case: CaseFigures, reference: ReferenceData) -> list[Against]:
        figures = case.figures
        metrics = figures.metrics
        value_of = metrics.get
        found: list[Against] = []
        for name, passes, bound, failed, test in ready.rules:
            # Without a call for the many rules that a known value decides.
            if passes is not None and (value := value_of(name)) is not None:
                if not passes(value, bound):
                    found.append(failed)
            elif (stands := test(metrics, figures, reference)) is not None:
                found.append(stands)
        overridden = case.besides.overridden
        return [rule.covered() if rule.id in overridden else rule for rule in found] if overridden else found

    def _holding(self, case: CaseFigures, reference: ReferenceData) -> _Ready:
        """Return the rules that hold for a case."""
        key = (case.segment, case.country, case.kind)
        ready = self._rules.get(key)
        if ready is None:
            ready = self._rules[key] = self._make_ready(*key)
        if not ready.by_amount:
            return ready
        amount = case.amount_in(reference.exchange)
        held = [place for place, criterion in enumerate(ready.criteria) if criterion.when.amount.holds(amount)]
        return ready._replace(
            criteria=tuple(ready.criteria[place] for place in held), rules=tuple(ready.rules[place] for place in held)
        )

    def _make_ready(self, segment: str, country: str, kind: CaseKind) -> _Ready:
        """Pick the rules of a segment that hold for a country and kind of case, whatever the amount."""
        standards = self.policy.standards(segment)
        if segment not in self._made:
            self._made[segment] = {criterion.id: make_rule(criterion) for criterion in standards.criteria}
        made = self._made[segment]
        criteria = tuple(applicable(standards, segment, country, kind, None))
        by_amount = any(criterion.when.amount != AmountRange() for criterion in criteria)
        return _Ready(criteria, tuple(made[criterion.id] for criterion in criteria), by_amount)

    def _offer(self, standards: Standards, grade: Grade, *, secured: bool, asked_days: int) -> Offer:
        key = (standards.segment, grade.name, secured, asked_days)
        if key not in self._offers:
            names = list(grade.treatments)
            if secured and not grade.secured:
                names.append(SECURITY_TREATMENT)
            treatments = tuple(self.policy.treatment(name) for name in dict.fromkeys(names))
            allowed = (asked_days, grade.terms_days, standards.max_terms_days, *(item.days for item in treatments))
            days = min(days for days in allowed if days is not None)
            caps = self.policy.appetite.caps
            inputs = LimitInputs.of(standards.limit, grade, terms_days=days, secured=secured, caps=caps)
            self._offers[key] = Offer(treatments, inputs)
        return self._offers[key]

    def _judge_caps(self, case: CaseFigures, grade: Grade, recommended: Decimal, exchange: Exchange) -> list[CapUse]:
        besides = case.besides
        asked = (case.requested, case.currency)
        added = added_amount(asked, besides.own, recommended, review=case.kind is CaseKind.REVIEW)
        asker = Asker(grade.name, case.segment, case.country, case.figures.industry, added, case.currency)
        return judge_caps(self.policy.appetite.caps, besides.counted, asker, exchange)


_last_made: Rulebook | None = None


def rulebook_of(policy: Policy) -> Rulebook:
    """Return the rulebook of a policy; the one asked for last is kept, as many cases follow under one policy."""
    global _last_made  # noqa: PLW0603 - one place; whoever races makes it once more
    made = _last_made
    if made is None or made.policy is not policy:
        made = _last_made = Rulebook(policy)
    return made


def _but_criteria(policy: Policy) -> Policy:
    """Return a policy without its criteria, and without what no case rests on; segments are looked at one by one."""
    return policy.model_copy(
        update={"name": "", "version": "", "effective_from": date.min, "criteria": (), "segments": {}}
    )


def _but_rules(standards: Standards) -> Standards:
    return standards.model_copy(update={"criteria": ()})


def _among(some: set[Criterion], criteria: Sequence[Criterion]) -> list[Criterion]:
    """Return those of some criteria, in the order in which they stand against a case."""
    return [criterion for criterion in criteria if criterion in some]
