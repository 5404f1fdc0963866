"""What a policy makes of stored cases, for comparing policies and testing them against the past.

Each case is put before the engine (`admission.assessment.engine`) as it was known on its day, at the rates of that
day: the same engine that assesses it, without the words.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from operator import attrgetter
from typing import NamedTuple, get_args

from admission.assessment.engine.caps import cap_id, capped_names
from admission.assessment.engine.case import CaseFigures, Circumstances, Figures, ReferenceData
from admission.assessment.engine.rulebook import Rulebook
from admission.assessment.engine.verdicts import Against
from admission.assessment.record import RouteKind
from admission.customers.experience import DecisionSnapshot, Offered
from admission.customers.snapshot_text import StoredMetrics
from admission.evidence.findings import Verdict
from admission.metrics.catalogue import CATALOGUE
from admission.metrics.industry import IndustryTables
from admission.money import Exchange, RateTable
from admission.policy import Policy

NO_TABLES = IndustryTables()
NOTHING_KNOWN = Circumstances()
# Where it is only known that some source was silent, nobody is held to have withheld a figure.
ALL_METRICS = frozenset(CATALOGUE)


_code = attrgetter("code")
_ROUTES: dict[str, RouteKind] = {kind: kind for kind in get_args(RouteKind)}


class Reckoned(NamedTuple):
    """What a policy makes of one case.

    Attributes:
        limit: in the currency that was asked for.
        exposure: the limit in the currency of the comparison; None where there is no rate.
        against: ids of the criteria and caps that failed or are unknown, with which of the two: the reason codes.
        terms_days, secured: the terms; None where they are not known.
    """

    route: RouteKind
    band: str
    grade: str
    score: Decimal
    limit: Decimal
    exposure: Decimal | None
    against: tuple[tuple[str, Verdict], ...]
    terms_days: int | None = None
    secured: bool | None = None

    @property
    def favourable(self) -> bool:
        """True where the policy grants any open credit, be it by the machine or for people to confirm."""
        return self.route != "knock_out" and self.limit > 0


class Reckoner:
    """A policy made ready to reckon many stored cases.

    Args:
        policy: the policy.
        rates: the house's exchange rates; those of each case's own day count.
        tables: the house's tables of industries, likewise.
        currency: in which exposure is told, so that policies of several houses can be compared; the policy's own if
            none is given.
        beside: one that reckons the same cases; what both policies say alike is reckoned once.
    """

    def __init__(
        self,
        policy: Policy,
        rates: RateTable,
        tables: IndustryTables = NO_TABLES,
        currency: str | None = None,
        beside: Reckoner | None = None,
    ) -> None:
        self._policy = policy
        self._rulebook: Rulebook = Rulebook(policy, beside._rulebook if beside is not None else None)
        self._currency = currency or policy.house_currency
        self._rates = rates
        self._tables = tables
        self._days: dict[date, ReferenceData] = {}

    def against(self, case: CaseFigures, day: date) -> list[Against]:
        """Return the criteria that a case does not pass, as it was known on a day."""
        return self._rulebook.against(case, self._days.get(day) or self._reference(day))

    def reckon(self, case: CaseFigures, day: date) -> Reckoned:
        """Return what the policy makes of a case, as it was known on a day."""
        reference = self._reference(day)
        made = self._rulebook.reckon(case, reference)
        band, limit = made.route.band, made.recommended
        return Reckoned(
            made.route.kind,
            band.band.name if band is not None else "",
            made.points.grade.name,
            made.points.total,
            limit,
            reference.exchange.convert(limit, case.currency, self._currency),
            tuple(map(_code, made.against)),
            made.offer.inputs.terms_days if limit else 0,
            made.offer.inputs.secured,
        )

    def makes_the_same(self, case: CaseFigures, day: date, other: Reckoned) -> bool:
        """Tell whether of a case must come what the reckoner beside made of it, without reckoning it."""
        return self._rulebook.makes_the_same(case, self._reference(day), (rule for rule, _ in other.against))

    def decided(self, case: DecisionSnapshot, replayed: Reckoned | None) -> Reckoned:
        """Return what was decided of a stored case when it was assessed, in the shape of what is reckoned.

        Args:
            case: the case; nothing of it is reckoned.
            replayed: what the policy that decided it makes of it now: the very same where nothing else was decided, so
                that very many are told apart at a glance; also has the reason codes, which are not kept beside a case.
        """
        offered = case.offered
        if replayed is not None and offered is not None and _is_as_decided(case, offered, replayed):
            return replayed
        return Reckoned(
            _ROUTES[case.route],
            offered.band if offered is not None else "",
            case.grade,
            case.score,
            case.limit,
            self._reference(case.as_of).exchange.convert(case.limit, case.currency, self._currency),
            replayed.against if replayed is not None else (),
            offered.terms_days if offered is not None else None,
            offered.secured if offered is not None else None,
        )

    def _reference(self, day: date) -> ReferenceData:
        """Return what the house knew on a day; of many cases it is looked up once."""
        if day not in self._days:
            exchange = Exchange(self._rates, self._policy.house_currency, day)
            self._days[day] = ReferenceData(exchange, self._tables)
        return self._days[day]


def _is_as_decided(case: DecisionSnapshot, offered: Offered, replayed: Reckoned) -> bool:
    return (case.route, case.grade, case.limit, case.score) == (
        replayed.route,
        replayed.grade,
        replayed.limit,
        replayed.score,
    ) and offered == (replayed.band, replayed.terms_days, replayed.secured)


def figures_of(case: DecisionSnapshot) -> CaseFigures:
    """Return a stored case in figures, as the engine takes it."""
    not_asked, circumstances = case.not_asked, case.circumstances
    if circumstances is None and case.silent_source:
        not_asked = ALL_METRICS
    metrics = case.metrics.known if isinstance(case.metrics, StoredMetrics) else case.metrics
    return CaseFigures(
        case.kind,
        case.segment,
        case.country,
        case.requested,
        case.currency,
        case.house_amount,
        case.house_currency,
        case.terms_days,
        Figures(metrics, case.units, case.old, not_asked, case.not_set_up),
        case.failed_finding,
        case.silent_source,
        circumstances or NOTHING_KNOWN,
    )


def rule_names(policy: Policy) -> tuple[str, ...]:
    """Return the ids of all that a policy may have against a case: its criteria, and its kinds of cap."""
    caps = capped_names(policy.appetite.caps)
    return (*(item.id for item in policy.all_criteria), *(cap_id(kind) for kind in caps))
