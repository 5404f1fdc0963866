"""From facts to an assessment: metrics, criteria, score, grade, limit, terms, treatments, route. Repeatable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from admission.application import Application
from admission.assessment.caps import Asker, added_amount, counted_in, judge_caps, say_cap
from admission.assessment.criteria import ReferenceData, judge
from admission.assessment.exposure import Exposure
from admission.assessment.limits import LimitSetting, incomplete, no_limit, recommend_limit
from admission.assessment.overrides import in_force, overridden
from admission.assessment.record import ENGINE, Assessment, CriterionResult, Limit, Override, Terms
from admission.assessment.routing import RouteInputs, choose_route, rejections
from admission.assessment.scorecard import reasons, score
from admission.cases import CaseKind
from admission.evidence.answers import Evidence, coverage
from admission.evidence.facts import WatchlistHit
from admission.evidence.findings import Validation, Verdict
from admission.evidence.watchlists import Ruling, ruling_of
from admission.metrics.ages import age_findings, stale_kinds
from admission.metrics.catalogue import Metric
from admission.metrics.derive import MetricInputs, declared_findings, derive_metrics
from admission.metrics.industry import IndustryTables
from admission.model import Text, digest
from admission.money import Exchange, RateTable
from admission.policy import SECURITY_TREATMENT, AmountRange, Criterion, Grade, Policy, Quartile, Standards
from admission.policy.treatments import Treatment


class Dossier(NamedTuple):
    """Everything an assessment is made from.

    Attributes:
        rulings: what people ruled about the company and entries of watch lists.
        overrides: those proposed or confirmed for the company; the ones in force on the day count.
        reopened: whether a person's look re-opened what the machine had decided, so that people decide now.
        group_exposure: the limits granted to other companies of the applicant's group, in the house currency; None
            where that is not known.
        industry: the house's tables of industries.
        exposure: the limits granted to all other customers, where the policy caps them; None where they were not
            counted.
    """

    application: Application
    kind: CaseKind
    evidence: Sequence[Evidence]
    validation: Validation
    rulings: Sequence[Ruling] = ()
    overrides: Sequence[Override] = ()
    reopened: bool = False
    group_exposure: Decimal | None = None
    industry: IndustryTables = IndustryTables()
    exposure: Exposure | None = None


def case_metrics(dossier: Dossier, policy: Policy, exchange: Exchange) -> dict[str, Metric]:
    """Derive all metrics of one case; what depends on facts older than the policy lets them be is unknown."""
    usable, covered = dossier.validation.usable, coverage(_ordered(dossier.evidence))
    inputs = MetricInputs(
        dossier.application,
        exchange,
        spoiled=dossier.validation.spoiled,
        rulings=dossier.rulings,
        excluded=policy.appetite.exclusions,
        industry=dossier.industry,
    )
    stale = stale_kinds(usable, covered, dossier.evidence, policy.max_age, exchange.on)
    return derive_metrics(usable, covered, inputs, stale)


def assess(dossier: Dossier, policy: Policy, rates: RateTable, *, as_of: date) -> Assessment:
    """Assess one case.

    Args:
        dossier: the application, the evidence and the validated facts.
        policy: the policy in force.
        rates: the house's exchange rates.
        as_of: the day of the assessment; the same inputs and day give the same assessment, to the byte.
    """
    application, validation = dossier.application, dossier.validation
    evidence = _ordered(dossier.evidence)
    exchange = Exchange(rates, policy.house_currency, as_of)
    metrics = case_metrics(dossier, policy, exchange)
    standards = policy.standards(application.segment)
    asked = exchange.convert(application.requested.money)
    criteria = applicable(standards, application, dossier.kind, asked.money.amount if asked else None)
    reference = ReferenceData(exchange, dossier.industry)
    results = overridden(judge(criteria, metrics, reference), dossier.overrides, as_of)
    scored = score(policy, metrics, standards.best_grade)
    grade, calibration = scored.grade, policy.scorecard.calibration
    secured = grade.secured or secured_only(results)
    treatments = _treatments(policy, grade, secured=secured)
    days = _days(application, standards, grade, treatments)
    limit = recommend_limit(
        policy,
        grade,
        application,
        metrics,
        LimitSetting(standards.limit, exchange, days, secured=secured, group_exposure=dossier.group_exposure),
    )
    results += _cap_results(dossier, policy, grade, metrics, limit, exchange)
    gap = incomplete(limit)
    made = (
        *age_findings(metrics.values()),
        *declared_findings(application, metrics, exchange),
        *((gap,) if gap is not None else ()),
    )
    route = choose_route(
        RouteInputs(
            policy,
            standards,
            grade,
            application.requested,
            results,
            (*validation.findings, *made),
            evidence,
            limit.amount,
            exchange,
            dossier.reopened,
        )
    )
    if rejections(results):
        limit = no_limit(limit)
    return Assessment(
        as_of=as_of,
        engine=ENGINE,
        parsers=_parsers(evidence),
        policy=policy.pin,
        facts=digest(validation.usable.model_dump(mode="json")),
        metrics=tuple(metrics.values()),
        findings=made,
        criteria=results,
        score=scored.total,
        parts=scored.parts,
        missing_share=scored.missing_share,
        grade=grade.name,
        grade_capped=scored.capped,
        uncalibrated=scored.pd is None,
        pd=scored.pd,
        pd_outcomes=calibration.outcomes if calibration else None,
        reasons=reasons(results, scored.parts),
        limit=limit,
        terms=_terms(grade, results, days=0 if limit.amount == 0 else days, secured=secured),
        treatments=treatments,
        route=route,
        review_months=_review_months(policy.review_months(grade, application.segment), treatments),
        group_exposure=dossier.group_exposure,
        rulings=_applied(dossier.rulings, validation.usable.hits),
        overrides=in_force(dossier.overrides, as_of),
        reopened=dossier.reopened,
        industry=_looked_up(dossier.industry, criteria, metrics, as_of),
        exposure=dossier.exposure,
    )


def _ordered(evidence: Sequence[Evidence]) -> list[Evidence]:
    return sorted(evidence, key=lambda item: (item.source, item.query.key, item.id))


def _cap_results(
    dossier: Dossier,
    policy: Policy,
    grade: Grade,
    metrics: Mapping[str, Metric],
    limit: Limit,
    exchange: Exchange,
) -> tuple[CriterionResult, ...]:
    application, exposure = dossier.application, dossier.exposure
    asked, own = application.requested.money, exposure.own if exposure is not None else None
    added = added_amount(asked, own, limit.amount, review=dossier.kind is CaseKind.REVIEW)
    code = metrics["industry_code"].value
    industry = code if isinstance(code, str) else None
    asker = Asker(grade.name, application.segment, application.country, industry, added, asked.currency)
    uses = judge_caps(policy.appetite.caps, counted_in(exposure), asker, exchange)
    return tuple(say_cap(use, exchange) for use in uses)


def _looked_up(
    tables: IndustryTables, criteria: Sequence[Criterion], metrics: Mapping[str, Metric], as_of: date
) -> IndustryTables:
    """Return the rows that an assessment rests on, so that it can be made again when the tables have gone on."""
    industry = metrics["industry_code"]
    code = industry.stale if industry.value is None else industry.value
    if not isinstance(code, str):
        return IndustryTables()
    return tables.looked_up(code, [item.metric for item in criteria if isinstance(item.value, Quartile)], as_of)


def applicable(
    standards: Standards, application: Application, kind: CaseKind, amount: Decimal | None
) -> list[Criterion]:
    """Return the criteria that hold for a case of this segment, country, kind and amount in the house currency."""
    return [
        criterion
        for criterion in standards.criteria
        if criterion.when.holds(application.segment, application.country, kind, amount)
    ]


def knocked_out(
    policy: Policy,
    application: Application,
    kind: CaseKind,
    metrics: Mapping[str, Metric],
    reference: ReferenceData,
) -> tuple[CriterionResult, ...]:
    """Return the prescreen criteria of effect `reject` that clearly fail; unknown ones do not knock out.

    Those that hold for some amounts alone wait for the assessment.
    """
    standards = policy.standards(application.segment)
    early = [
        item
        for item in applicable(standards, application, kind, None)
        if item.prescreen and item.effect == "reject" and item.when.amount == AmountRange()
    ]
    return tuple(result for result in judge(early, metrics, reference) if result.verdict is Verdict.FAIL)


def secured_only(results: Sequence[CriterionResult]) -> bool:
    """True where a criterion that asks for security failed or is unknown, and no override covers it."""
    return any(result.effect == "secured_only" and result.open for result in results)


def _applied(rulings: Sequence[Ruling], hits: Sequence[WatchlistHit]) -> tuple[Ruling, ...]:
    """Return the rulings that count for these hits, in an order of their own."""
    counting = {ruling.entry: ruling for hit in hits if (ruling := ruling_of(hit, rulings)) is not None}
    return tuple(sorted(counting.values(), key=lambda ruling: (ruling.list_name, ruling.entry)))


def _parsers(evidence: Sequence[Evidence]) -> dict[str, str]:
    return dict(sorted({item.source: item.parser for item in evidence if item.parser}.items()))


def _days(application: Application, standards: Standards, grade: Grade, treatments: Sequence[Treatment]) -> int:
    """Return the shortest of what was asked for and what grade, segment and treatments allow."""
    allowed = [grade.terms_days, standards.max_terms_days, *(item.days for item in treatments)]
    return min((application.requested.terms_days, *(days for days in allowed if days is not None)))


def _review_months(months: int, treatments: Sequence[Treatment]) -> int:
    return min((months, *(item.months for item in treatments if item.months is not None)))


def _terms(grade: Grade, results: Sequence[CriterionResult], *, days: int, secured: bool) -> Terms:
    text = grade.terms_text
    if secured and not grade.secured:
        text = Text(en=f"{text.en}; secured only", zh=f"{text.zh}；须提供担保")
    failed = any(item.effect == "secured_only" and item.verdict is Verdict.FAIL for item in results)
    return Terms(days=days, secured=secured, until_known=secured and not grade.secured and not failed, text=text)


def _treatments(policy: Policy, grade: Grade, *, secured: bool) -> tuple[Treatment, ...]:
    names = list(grade.treatments)
    if secured and not grade.secured:
        names.append(SECURITY_TREATMENT)
    return tuple(policy.treatment(name).filled() for name in dict.fromkeys(names))
