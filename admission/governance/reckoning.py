"""What a policy makes of a case by its figures alone: verdicts, grade, limit and route, without a word.

The results are those of `admission.assessment.assessing` for what a snapshot holds, at a fraction of the cost; a
property test holds the two together. It is for many cases at once: comparing policies, and testing them against the
past. What people later departed from, caps on exposure, and what only the application told (expected sales, cover,
trade references) are left out on both sides of a comparison.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from decimal import ROUND_DOWN, Decimal
from typing import Any, NamedTuple

from admission.assessment.criteria import TESTS
from admission.assessment.record import RouteKind
from admission.assessment.routing import band_index
from admission.cases import CaseKind
from admission.customers.experience import DecisionSnapshot
from admission.evidence.findings import Verdict
from admission.metrics.catalogue import CATALOGUE, Value
from admission.metrics.industry import IndustryTables
from admission.money import RateTable
from admission.policy import AmountRange, Attribute, Criterion, Grade, LimitRule, Policy, Quartile, Standards

PASS, FAIL, UNKNOWN = Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN
ZERO = Decimal(0)
HUNDRED = Decimal(100)
NO_TABLES = IndustryTables()
Against = tuple[str, Verdict]


class Reckoned(NamedTuple):
    """What a policy makes of one case.

    Attributes:
        limit: in the currency that was asked for.
        exposure: the limit in the house currency; None where there is no rate.
        against: ids of the criteria that failed or are unknown, with which of the two: the reason codes.
    """

    route: RouteKind
    band: str
    grade: str
    score: Decimal
    limit: Decimal
    exposure: Decimal | None
    against: tuple[Against, ...]

    @property
    def favourable(self) -> bool:
        """True where the policy grants any open credit, be it by the machine or for people to confirm."""
        return self.route != "knock_out" and self.limit > 0


class Surroundings:
    """What a case's figures are read with: the currencies of its amounts, the rates of its day, its industry.

    Args:
        units: metric -> currency, for amounts.
        rates: the house's exchange rates.
        on: the day that counts.
        tables: the house's tables of industries.
        industry: code of the case's industry; None where it is not known.
    """

    __slots__ = ("_known", "_rates", "_tables", "industry", "on", "units")

    def __init__(
        self,
        units: Mapping[str, str],
        rates: RateTable,
        on: date,
        tables: IndustryTables = NO_TABLES,
        industry: str | None = None,
        known: dict[tuple[date, str, str], Decimal | None] | None = None,
    ) -> None:
        self.units = units
        self.on = on
        self.industry = industry
        self._rates = rates
        self._tables = tables
        # Shared by many cases: a rate of a day is looked up once.
        self._known = {} if known is None else known

    def rate(self, currency: str, to: str) -> Decimal | None:
        """Return what one unit of a currency is worth in another on the day; None where there is no rate."""
        if currency == to:
            return Decimal(1)
        key = (self.on, currency, to)
        if key not in self._known:
            quote = self._rates.find(currency, to, self.on)
            self._known[key] = None if quote is None else quote.rate
        return self._known[key]

    def quartile(self, metric: str, bound: Quartile) -> Decimal | None:
        """Return a quartile of a metric in the case's industry; None where it is not known."""
        row = self._tables.benchmark(self.industry, metric, self.on) if self.industry else None
        return None if row is None else row.quartile(bound.quartile)


Test = Callable[[Mapping[str, Value | None], Surroundings], Verdict]


def test_of(criterion: Criterion) -> Test:
    """Return a function that gives a criterion's verdict on a case's metrics.

    An amount is brought into the currency of the bound; without a rate, without a benchmark, or without a value the
    verdict is unknown.
    """
    name, wanted = criterion.metric, criterion.value
    passes = TESTS[criterion.comparison]
    if isinstance(wanted, Quartile):
        return _quartile_test(name, wanted, passes)
    if CATALOGUE[name].kind == "amount":
        return _amount_test(name, criterion.unit, wanted, passes)

    def judged(values: Mapping[str, Value | None], around: Surroundings) -> Verdict:  # noqa: ARG001 - one shape for all
        value = values.get(name)
        if value is None:
            return UNKNOWN
        return PASS if passes(value, wanted) else FAIL

    return judged


def _quartile_test(name: str, wanted: Quartile, passes: Callable[[Any, Any], bool]) -> Test:
    def judged(values: Mapping[str, Value | None], around: Surroundings) -> Verdict:
        value = values.get(name)
        bound = around.quartile(name, wanted) if value is not None else None
        if bound is None:
            return UNKNOWN
        return PASS if passes(value, bound) else FAIL

    return judged


def _amount_test(name: str, unit: str, wanted: Any, passes: Callable[[Any, Any], bool]) -> Test:
    def judged(values: Mapping[str, Value | None], around: Surroundings) -> Verdict:
        value = values.get(name)
        if not isinstance(value, Decimal):
            return UNKNOWN
        rate = around.rate(around.units.get(name, unit), unit)
        if rate is None:
            return UNKNOWN
        return PASS if passes(value * rate, wanted) else FAIL

    return judged


class _Rule(NamedTuple):
    """One criterion made ready."""

    id: str
    test: Test
    criterion: Criterion
    any_amount: bool


class _Line(NamedTuple):
    """One line of the scorecard made ready: bounds of its bins and their points, or the attribute where it has none."""

    metric: str
    bounds: list[Decimal]
    points: tuple[Decimal, ...]
    attribute: Attribute
    maximum: Decimal
    missing: Decimal
    lowest: Decimal

    @classmethod
    def of(cls, attribute: Attribute) -> _Line:
        withheld = min(attribute.missing, attribute.minimum) if attribute.on_missing == "lowest" else attribute.missing
        bounds = [part.below for part in attribute.bins if part.below is not None]
        points = tuple(part.points for part in attribute.bins)
        return cls(attribute.metric, bounds, points, attribute, attribute.maximum, attribute.missing, withheld)


class Rulebook:
    """A policy made ready to reckon many cases.

    Args:
        policy: the policy.
        rates: the house's exchange rates.
        tables: the house's tables of industries.
    """

    def __init__(self, policy: Policy, rates: RateTable, tables: IndustryTables = NO_TABLES) -> None:
        self.policy = policy
        self._rates = rates
        self._tables = tables
        self._known: dict[tuple[date, str, str], Decimal | None] = {}
        self._card = [_Line.of(attribute) for attribute in policy.scorecard.attributes]
        self._rules: dict[tuple[str, str, CaseKind], tuple[_Rule, ...]] = {}

    def against(self, case: DecisionSnapshot) -> list[Against]:
        """Return the criteria of a case that failed or are unknown."""
        return self._against(case, self._surroundings(case))

    def reckon(self, case: DecisionSnapshot) -> Reckoned:
        """Return what the policy makes of a case."""
        around = self._surroundings(case)
        standards = self.policy.standards(case.segment)
        against = self._against(case, around)
        total, grade = self._graded(case, standards)
        open_rules = dict(against)
        rules = [rule.criterion for rule in self._ready(case) if rule.id in open_rules]
        rejected = any(rule.effect == "reject" and open_rules[rule.id] is FAIL for rule in rules)
        methods = list(_methods(case, standards.limit, grade, around))
        limit = ZERO if rejected else self._limit(case, standards.limit, grade, around, methods)
        if rejected:
            route: RouteKind = "knock_out"
            band = ""
        else:
            held_up = bool(against) or None in methods or limit == 0
            route, band = self._routed(case, standards, grade, rules, open_rules, held_up=held_up)
        rate = around.rate(case.currency, self.policy.house_currency)
        exposure = None if rate is None else limit * rate
        return Reckoned(route, band, grade.name, total, limit, exposure, tuple(against))

    def _surroundings(self, case: DecisionSnapshot) -> Surroundings:
        industry = case.metrics.get("industry_code")
        code = industry if isinstance(industry, str) else None
        return Surroundings(case.units, self._rates, case.as_of, self._tables, code, self._known)

    def _ready(self, case: DecisionSnapshot) -> tuple[_Rule, ...]:
        """Return the rules for a segment, country and kind of case; those for some amounts alone are among them."""
        key = (case.segment, case.country, case.kind)
        if key not in self._rules:
            self._rules[key] = tuple(
                _Rule(item.id, test_of(item), item, item.when.amount == AmountRange())
                for item in self.policy.standards(case.segment).criteria
                if item.when.holds(*key)
            )
        return self._rules[key]

    def _against(self, case: DecisionSnapshot, around: Surroundings) -> list[Against]:
        values = case.metrics
        found = []
        for rule in self._ready(case):
            if rule.any_amount or rule.criterion.when.amount.holds(case.house_amount):
                verdict = rule.test(values, around)
                if verdict is not PASS:
                    found.append((rule.id, verdict))
        return found

    def _graded(self, case: DecisionSnapshot, standards: Standards) -> tuple[Decimal, Grade]:
        """Return points and grade, as `admission.assessment.scorecard.score` gives them."""
        card = self.policy.scorecard
        total = missing = withheld = ZERO
        for line in self._card:
            value = case.metrics.get(line.metric)
            if value is None or isinstance(value, str):
                total += line.missing
                missing += line.maximum
                withheld += line.missing - line.lowest
            elif line.points:
                total += line.points[bisect_right(line.bounds, value)]
            else:
                total += line.attribute.points(value)
        # A snapshot tells that a source was silent, not which; nobody is held to have withheld a figure then.
        assured = total if case.silent_source else total - withheld
        grade = self.policy.grade_of(assured)
        if missing > card.max_missing_share * HUNDRED:
            grade = self.policy.worse(grade, self.policy.grade(card.missing_cap))
        if standards.best_grade is not None:
            grade = self.policy.worse(grade, self.policy.grade(standards.best_grade))
        return total, grade

    def _limit(
        self, case: DecisionSnapshot, rule: LimitRule, grade: Grade, around: Surroundings, methods: list[Decimal | None]
    ) -> Decimal:
        """Return the least bound, as `admission.assessment.limits.recommend_limit` does for what a snapshot holds."""
        if grade.net_worth_factor == 0 and grade.turnover_factor == 0:
            return ZERO
        bounds = [case.requested, *(amount for amount in methods if amount is not None)]
        if not methods or None in methods:
            bounds.append(self._own(rule.starter_cap, case, around) or ZERO)
        if rule.bureau_limit_counts:
            bounds += _stated(_amount("bureau_limit", Decimal(1), case, around))
        bounds += _stated(self._own(rule.concentration_cap, case, around))
        return max(min(bounds), ZERO).quantize(Decimal(1), ROUND_DOWN)

    def _own(self, amount: Decimal | None, case: DecisionSnapshot, around: Surroundings) -> Decimal | None:
        rate = None if amount is None else around.rate(self.policy.house_currency, case.currency)
        return None if amount is None or rate is None else amount * rate

    def _routed(
        self,
        case: DecisionSnapshot,
        standards: Standards,
        grade: Grade,
        rules: Iterable[Criterion],
        verdicts: Mapping[str, Verdict],
        *,
        held_up: bool,
    ) -> tuple[RouteKind, str]:
        """Return route and band: `admission.assessment.routing` where nothing is rejected, overridden or capped."""
        track, amount = self.policy.approval.fast_track, case.house_amount
        stands_against = held_up or case.failed_finding or case.silent_source or grade.name not in track.grades
        if not stands_against and amount is not None and amount <= track.up_to:
            return "fast_track", ""
        bands = standards.bands
        last = len(bands) - 1
        if amount is None or grade.level_up == "top":
            place = last
        else:
            place = band_index(bands, amount) + grade.level_up
            if any(_wants_committee(rule, verdicts[rule.id]) for rule in rules):
                place = max(place, next((at for at, band in enumerate(bands) if band.committee), last))
        band = bands[min(place, last)]
        return ("committee" if band.committee else "desk"), band.name


def _methods(case: DecisionSnapshot, rule: LimitRule, grade: Grade, around: Surroundings) -> Iterator[Decimal | None]:
    if rule.net_worth_share is not None:
        yield _amount("tangible_net_worth", rule.net_worth_share * grade.net_worth_factor, case, around)
    if rule.turnover_share is not None:
        yield _amount("revenue", rule.turnover_share * grade.turnover_factor, case, around)
    if rule.sales_factors:
        yield None  # expected sales are told by the application alone


def _amount(name: str, factor: Decimal, case: DecisionSnapshot, around: Surroundings) -> Decimal | None:
    value = case.metrics.get(name)
    if not isinstance(value, Decimal):
        return None
    rate = around.rate(around.units.get(name, case.currency), case.currency)
    return None if rate is None else max(value, ZERO) * factor * rate


def _stated(amount: Decimal | None) -> list[Decimal]:
    return [] if amount is None else [amount]


def _wants_committee(rule: Criterion, verdict: Verdict) -> bool:
    return rule.effect == "committee" or (verdict is UNKNOWN and rule.on_unknown == "committee")
