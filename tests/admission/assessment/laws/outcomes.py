"""What came of a company, as the laws compare it: grade, limit, route and security."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from admission.assessment.assessing import Dossier, case_metrics, figures_of
from admission.assessment.engine.case import CaseFigures, ReferenceData
from admission.assessment.engine.rulebook import Reckoning, Rulebook
from admission.evidence.findings import Validation
from admission.metrics.derive import declared_findings
from admission.money import Exchange
from admission.policy import Policy
from tests.admission.assessment.laws.companies import RATES, Company
from tests.admission.build import AS_OF

KNOCKED_OUT = 1000


class Outcome(NamedTuple):
    """What came of a company; more of each but the limit is worse.

    Attributes:
        route: 0 for the fast track, then the place of the band, beyond all bands the knock-out.
    """

    grade: int
    limit: Decimal
    route: int
    secured: bool

    def better_than(self, other: Outcome) -> Iterator[str]:
        """Yield what is better than in another outcome."""
        if self.grade < other.grade:
            yield "grade"
        if self.limit > other.limit:
            yield "limit"
        if self.route < other.route:
            yield "route"
        if self.secured < other.secured:
            yield "security"


class Judge:
    """One policy, applied to companies as an assessment applies it."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.exchange = Exchange(RATES, policy.house_currency, AS_OF)
        self._rulebook = Rulebook(policy)
        self._ranks = {grade.name: rank for rank, grade in enumerate(policy.grades)}

    def case_of(self, company: Company) -> CaseFigures:
        """Return a company's case in figures."""
        dossier = Dossier(
            company.application,
            company.kind,
            company.evidence,
            Validation(findings=(), usable=company.facts),
            group_exposure=company.group_exposure if company.application.group is not None else None,
        )
        metrics = case_metrics(dossier, self.policy, self.exchange)
        made = declared_findings(company.application, metrics, self.exchange)
        return figures_of(dossier, metrics, made, self.exchange)

    def outcome(self, company: Company) -> Outcome:
        """Return what comes of a company."""
        return self.outcome_of(self.case_of(company))

    def outcome_of(self, case: CaseFigures) -> Outcome:
        """Return what comes of a case."""
        return self._outcome(self._rulebook.reckon(case, ReferenceData(self.exchange)))

    def _outcome(self, made: Reckoning) -> Outcome:
        band, bands = made.route.band, made.standards.bands
        route = bands.index(band.band) + 1 if band is not None else 0
        return Outcome(
            grade=self._ranks[made.points.grade.name],
            limit=made.recommended,
            route=KNOCKED_OUT if made.rejected else route,
            secured=made.offer.inputs.secured,
        )
