"""From facts to an assessment: metrics, criteria, score, grade, limit, terms, treatments, route. Repeatable."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from admission.application import Application
from admission.assessment.caps import say_cap
from admission.assessment.criteria import judge, say_criterion
from admission.assessment.engine.caps import counted_in
from admission.assessment.engine.case import CaseFigures, Circumstances, Figures, ReferenceData
from admission.assessment.engine.rulebook import Reckoning, rulebook_of
from admission.assessment.engine.verdicts import applicable
from admission.assessment.exposure import Exposure
from admission.assessment.limits import find_limit_gap, say_limit, withhold_limit
from admission.assessment.overrides import in_force
from admission.assessment.reasons import Outcome, choose_deciding_reasons
from admission.assessment.record import (
    ENGINE,
    REASONS_BY_POINTS,
    UNNAMED,
    Assessment,
    CriterionResult,
    Limit,
    Override,
    Terms,
)
from admission.assessment.routing import RouteInputs, bars_fast_track, is_silent, say_route
from admission.assessment.scorecard import choose_reasons, say_score
from admission.cases import CaseKind
from admission.evidence.addresses import address_findings
from admission.evidence.answers import Evidence, coverage
from admission.evidence.facts import WatchlistHit
from admission.evidence.findings import Finding, Validation, Verdict
from admission.evidence.official_numbers import number_findings
from admission.evidence.watchlists import Ruling, ruling_of
from admission.metrics.ages import age_findings, find_stale
from admission.metrics.catalogue import Metric
from admission.metrics.declared import confirmation_findings, find_declared
from admission.metrics.derive import MetricInputs, declared_findings, derive_metrics
from admission.metrics.industry import IndustryTables
from admission.metrics.left_open import open_findings
from admission.metrics.magnitude import magnitude_findings
from admission.model import Text, digest
from admission.money import Exchange, RateTable
from admission.policy import AmountRange, Criterion, Grade, Policy, Quartile
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
        unconfirmed: ids of the evidence that a person put on the case and no second person has confirmed.
        case: reference of the case; empty for a trial without one.
        engine: whose form the assessment takes: the present one, or an earlier one that is derived again.
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
    unconfirmed: frozenset[str] = frozenset()
    case: str = ""
    engine: str = ENGINE


def case_metrics(dossier: Dossier, policy: Policy, exchange: Exchange) -> dict[str, Metric]:
    """Derive all metrics of one case; what depends on facts that are too old, or declared alone, is unknown."""
    usable = dossier.validation.usable
    covered = coverage(_ordered(dossier.evidence)).without_untold(usable.untold, exchange.on)
    inputs = MetricInputs(
        dossier.application,
        exchange,
        spoiled=dossier.validation.spoiled,
        rulings=dossier.rulings,
        excluded=policy.appetite.exclusions,
        industry=dossier.industry,
        failed_accounts=dossier.validation.failed_accounts,
    )
    stale = find_stale(usable, covered, dossier.evidence, policy.max_age, exchange.on)
    stale += find_declared(usable, covered, dossier.evidence, dossier.unconfirmed)
    return derive_metrics(usable, covered, inputs, stale)


class Workings(NamedTuple):
    """What an assessment rests on, in figures alone.

    Attributes:
        evidence: of the dossier, in the order in which it counts.
        reference: the house's tables and the rates of the day.
        metrics: derived from the facts.
        findings: made of them, besides those of the validation.
        outcome: what the policy makes of it.
    """

    evidence: Sequence[Evidence]
    reference: ReferenceData
    metrics: dict[str, Metric]
    findings: tuple[Finding, ...]
    outcome: Reckoning


def reckon(dossier: Dossier, policy: Policy, rates: RateTable, *, as_of: date) -> Workings:
    """Return what comes of a case in figures; `assess` puts it into words."""
    application, evidence = dossier.application, _ordered(dossier.evidence)
    exchange = Exchange(rates, policy.house_currency, as_of)
    reference = ReferenceData(exchange, dossier.industry)
    metrics = case_metrics(dossier, policy, exchange)
    unconfirmed = confirmation_findings(evidence, dossier.unconfirmed)
    made = (
        *age_findings(metrics.values(), [finding.message for finding in unconfirmed]),
        *unconfirmed,
        *address_findings(evidence),
        *number_findings(application.identifiers, dossier.validation.usable.profiles),
        *declared_findings(application, metrics, exchange),
        *open_findings(dossier.validation.usable, as_of),
        *magnitude_findings(dossier.validation.usable.statements, application, exchange),
    )
    case = figures_of(dossier, metrics, made, exchange)
    return Workings(evidence, reference, metrics, made, rulebook_of(policy).reckon(case, reference))


def assess(dossier: Dossier, policy: Policy, rates: RateTable, *, as_of: date) -> Assessment:
    """Assess one case.

    Args:
        dossier: the application, the evidence and the validated facts.
        policy: the policy in force.
        rates: the house's exchange rates.
        as_of: the day of the assessment; the same inputs and day give the same assessment, to the byte.
    """
    application = dossier.application
    evidence, reference, metrics, made, reckoned = reckon(dossier, policy, rates, as_of=as_of)
    exchange = reference.exchange
    offered, grade, calibration = reckoned.offer, reckoned.points.grade, policy.scorecard.calibration
    results = _results(dossier, reckoned, metrics, reference)
    scored = say_score(policy, reckoned.points, metrics)
    limit = say_limit(reckoned.limit, application, metrics, offered.inputs, exchange)
    gap = find_limit_gap(limit)
    made = (*made, gap) if gap is not None else made
    route = say_route(
        reckoned.route,
        RouteInputs(
            policy,
            reckoned.standards,
            grade,
            application.requested,
            results,
            (*dossier.validation.findings, *made),
            evidence,
            limit.amount,
            exchange,
            dossier.reopened,
        ),
    )
    if reckoned.rejected:
        limit = withhold_limit(limit)
    days = 0 if limit.amount == 0 else offered.inputs.terms_days
    return Assessment(
        as_of=as_of,
        case="" if dossier.engine in UNNAMED else dossier.case,
        company="" if dossier.engine in UNNAMED else dossier.application.subject.company_key,
        engine=dossier.engine,
        parsers=_parsers(evidence),
        policy=policy.pin,
        facts=digest(dossier.validation.usable.model_dump(mode="json")),
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
        reasons=choose_reasons(results, scored.parts)
        if dossier.engine in REASONS_BY_POINTS
        else choose_deciding_reasons(
            Outcome(policy, reckoned, metrics, results, scored.parts, limit, application.requested.limit)
        ),
        limit=limit,
        terms=_terms(grade, results, limit, days=days, secured=offered.inputs.secured, open_limit=reckoned.limit.open),
        treatments=tuple(treatment.filled() for treatment in offered.treatments),
        route=route,
        review_months=_review_months(policy.review_months(grade, application.segment), offered.treatments),
        group_exposure=dossier.group_exposure,
        rulings=_select_rulings(dossier.rulings, dossier.validation.usable.hits),
        overrides=in_force(dossier.overrides, as_of),
        reopened=dossier.reopened,
        industry=_looked_up(dossier.industry, reckoned.criteria, metrics, as_of),
        exposure=dossier.exposure,
    )


def _ordered(evidence: Sequence[Evidence]) -> list[Evidence]:
    return sorted(evidence, key=lambda item: (item.source, item.query.key, item.id))


def figures_of(
    dossier: Dossier, metrics: Mapping[str, Metric], made: Iterable[Finding], exchange: Exchange
) -> CaseFigures:
    """Return a case in figures, as the engine takes it.

    Args:
        dossier: all that it is assessed on.
        metrics: derived from it.
        made: the findings that were made of it, besides those of its validation.
        exchange: the rates of the day.
    """
    requested = dossier.application.requested
    return CaseFigures(
        kind=dossier.kind,
        segment=dossier.application.segment,
        country=dossier.application.country,
        requested=requested.limit,
        currency=requested.currency,
        house_amount=exchange.convert(requested.limit, requested.currency),
        house_currency=exchange.house_currency,
        terms_days=requested.terms_days,
        figures=Figures.of(metrics.values()),
        failed_finding=any(bars_fast_track(finding) for finding in (*dossier.validation.findings, *made)),
        silent_source=any(is_silent(item) for item in dossier.evidence),
        besides=circumstances_of(dossier, exchange.on),
    )


def circumstances_of(dossier: Dossier, as_of: date) -> Circumstances:
    """Return what a case rests on besides its amount and the company's figures."""
    application, exposure = dossier.application, dossier.exposure
    own = exposure.own if exposure is not None else None
    group_exposure = Decimal(0) if application.independent else None
    if application.group is not None:
        group_exposure = dossier.group_exposure
    return Circumstances(
        annual_sales=application.requested.annual_sales,
        cover=application.requested.cover,
        references=tuple((item.limit.amount, item.limit.currency) for item in application.declared.trade_references),
        group_exposure=group_exposure,
        counted=counted_in(exposure),
        own=None if own is None else (own.amount, own.currency),
        overridden=frozenset(override.criterion for override in in_force(dossier.overrides, as_of)),
        reopened=dossier.reopened,
    )


def _results(
    dossier: Dossier, reckoned: Reckoning, metrics: Mapping[str, Metric], reference: ReferenceData
) -> tuple[CriterionResult, ...]:
    """Return what came of criteria and caps in words, with the overrides that cover them."""
    against = {item.id: item for item in reckoned.against}
    overrides = {override.criterion: override for override in in_force(dossier.overrides, reference.exchange.on)}
    results = []
    for criterion in reckoned.criteria:
        item = against.get(criterion.id)
        result = say_criterion(criterion, item, metrics, reference)
        if item is not None and item.overridden:
            result = result.model_copy(update={"overridden": overrides[criterion.id]})
        results.append(result)
    return (*results, *(say_cap(use, reference.exchange) for use in reckoned.caps))


def _looked_up(
    tables: IndustryTables, criteria: Sequence[Criterion], metrics: Mapping[str, Metric], as_of: date
) -> IndustryTables:
    """Return the rows that an assessment rests on, so that it can be made again when the tables have gone on."""
    industry = metrics["industry_code"]
    code = industry.known_value
    if not isinstance(code, str):
        return IndustryTables()
    return tables.looked_up(code, [item.metric for item in criteria if isinstance(item.value, Quartile)], as_of)


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
        for item in applicable(standards, application.segment, application.country, kind, None)
        if item.prescreen and item.effect == "reject" and item.when.amount == AmountRange()
    ]
    return tuple(result for result in judge(early, metrics, reference) if result.verdict is Verdict.FAIL)


def _select_rulings(rulings: Sequence[Ruling], hits: Sequence[WatchlistHit]) -> tuple[Ruling, ...]:
    """Return the rulings that count for these hits, in an order of their own."""
    counting = {ruling.entry: ruling for hit in hits if (ruling := ruling_of(hit, rulings)) is not None}
    return tuple(sorted(counting.values(), key=lambda ruling: (ruling.list_name, ruling.entry)))


def _parsers(evidence: Sequence[Evidence]) -> dict[str, str]:
    return dict(sorted({item.source: item.parser for item in evidence if item.parser}.items()))


def _review_months(months: int, treatments: Sequence[Treatment]) -> int:
    return min((months, *(item.months for item in treatments if item.months is not None)))


def _terms(
    grade: Grade,
    results: Sequence[CriterionResult],
    limit: Limit,
    *,
    days: int,
    secured: bool,
    open_limit: Decimal,
) -> Terms:
    text, lifted = grade.terms_text, not secured and open_limit < limit.amount
    if secured and not grade.secured:
        text = Text(en=f"{text.en}; secured only", zh=f"{text.zh}；须提供担保")
    if lifted:
        part = f"{open_limit:,.0f} {limit.currency}"
        text = Text(en=f"{text.en}; beyond {part} against cover only", zh=f"{text.zh}；超过 {part} 的部分须有担保")
    failed = any(item.effect == "secured_only" and item.verdict is Verdict.FAIL for item in results)
    return Terms(
        days=days,
        secured=secured,
        until_known=secured and not grade.secured and not failed,
        open_limit=open_limit if lifted else None,
        text=text,
    )
