"""All metrics of one case, from its usable facts, its coverage and the application."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal

from admission.application import Application
from admission.evidence.answers import Coverage, Topic
from admission.evidence.facts import Facts
from admission.evidence.findings import Finding, Verdict, Weight
from admission.evidence.watchlists import Ruling
from admission.metrics.ages import Stale, aged
from admission.metrics.catalogue import CATALOGUE, NO_SOURCE, Metric, known, unknown
from admission.metrics.financials import financial_metrics
from admission.metrics.industry import IndustryTables
from admission.metrics.industry_metrics import Exclusions, industry_metrics
from admission.metrics.judgements import judged_metrics
from admission.metrics.official_records import RECORD_TOPICS, official_metrics
from admission.metrics.registers import not_covered, standing_metrics
from admission.model import Text
from admission.money import Money, RateTable

TABLE_TOPICS = {
    "profiles": (Topic.IDENTITY,),
    "statements": (Topic.ACCOUNTS,),
    "filings": (Topic.FILINGS,),
    "reports": (Topic.CREDIT, Topic.PAYMENT),
    "legal": (Topic.INSOLVENCY, Topic.CHARGES, *RECORD_TOPICS),
}
REVENUE_TOLERANCE = Decimal("0.25")
FOUNDED_TOLERANCE_DAYS = 366
NOTHING_EXCLUDED = Exclusions()
NO_TABLES = IndustryTables()


def derive_metrics(
    facts: Facts,
    coverage: Coverage,
    application: Application,
    *,
    spoiled: Collection[str],
    rates: RateTable,
    as_of: date,
    rulings: Sequence[Ruling] = (),
    excluded: Exclusions = NOTHING_EXCLUDED,
    industry: IndustryTables = NO_TABLES,
    stale: Sequence[Stale] = (),
) -> dict[str, Metric]:
    """Derive every metric of the catalogue.

    Args:
        facts: the usable facts.
        coverage: which topics were asked about.
        application: what was asked for and declared.
        spoiled: fact tables that lost rows to a blocking expectation; what would be absence there is unknown.
        rates: the house's exchange rates.
        as_of: the day of the assessment.
        rulings: what people ruled about list entries that the company may be.
        excluded: which countries and trades the house does not want.
        industry: the house's tables of industries.
        stale: the kinds of fact that are too old; what depends on them is unknown.

    Returns:
        One metric for each name of the catalogue, in its order; those that no source covers are unknown.
    """

    def derive(facts: Facts, coverage: Coverage) -> dict[str, Metric]:
        found = _derived(facts, coverage, application, spoiled, rates, as_of, rulings)
        found |= industry_metrics(facts, application.country, found["industry_code"], excluded, industry, as_of=as_of)
        return {name: found.get(name) or unknown(name, NO_SOURCE) for name in CATALOGUE}

    with_all = derive(facts, coverage)
    without = [(item.why, derive(item.facts, item.coverage)) for item in stale]
    if not without:
        return with_all
    return {
        name: aged(name, metric, [(why, found[name]) for why, found in without]) for name, metric in with_all.items()
    }


def _derived(
    facts: Facts,
    coverage: Coverage,
    application: Application,
    spoiled: Collection[str],
    rates: RateTable,
    as_of: date,
    rulings: Sequence[Ruling],
) -> dict[str, Metric]:
    coverage = _without_spoiled(coverage, spoiled)
    why_none = None if coverage.complete(Topic.ACCOUNTS) else not_covered(coverage, Topic.ACCOUNTS)
    if "statements" in spoiled:
        why_none = Text(en="the accounts failed a blocking check", zh="报表未通过阻断性检查")
    found = {
        metric.name: metric
        for metric in (
            *standing_metrics(facts, coverage, application.subject, as_of=as_of, rulings=rulings),
            *official_metrics(facts, coverage, as_of=as_of),
            *judged_metrics(facts.judgements),
        )
    }
    code = found["industry_code"].value
    industry = code if isinstance(code, str) else None
    accounts = financial_metrics(facts.statements, as_of=as_of, why_none=why_none, industry=industry)
    silent = any(gap.topic is Topic.ACCOUNTS and not gap.answer.answered for gap in coverage.gaps)
    found |= {
        metric.name: metric.model_copy(update={"not_asked": True}) if silent and metric.value is None else metric
        for metric in accounts
    }
    asked = application.requested.money
    found["requested_to_net_worth"] = _share("requested_to_net_worth", asked, found["tangible_net_worth"], rates, as_of)
    found["requested_to_revenue"] = _share("requested_to_revenue", asked, found["revenue"], rates, as_of)
    contradictions = [
        finding for finding in declared_findings(application, found, rates, as_of) if finding.verdict is Verdict.FAIL
    ]
    found["declared_contradictions"] = known(
        "declared_contradictions",
        Decimal(len(contradictions)),
        tuple(dict.fromkeys(finding.source for finding in contradictions)),
        as_of,
    )
    return found


def _without_spoiled(coverage: Coverage, spoiled: Collection[str]) -> Coverage:
    lost = {topic for table in spoiled for topic in TABLE_TOPICS[table]}
    answered = {topic: names for topic, names in coverage.answered.items() if topic not in lost}
    return Coverage(answered=answered, gaps=coverage.gaps)


def _share(name: str, asked: Money, base: Metric, rates: RateTable, as_of: date) -> Metric:
    if not isinstance(base.value, Decimal):
        return unknown(name, base.unknown or NO_SOURCE, sources=base.sources)
    converted = rates.convert(asked, base.unit, as_of)
    if converted is None:
        why = f"{asked.currency}/{base.unit}"
        return unknown(name, Text(en=f"no exchange rate for {why}", zh=f"没有 {why} 汇率"), sources=base.sources)
    if base.value <= 0:
        return unknown(
            name, Text(en="what it is compared with is zero or negative", zh="比较基数为零或负数"), sources=base.sources
        )
    note = None
    if asked.currency != base.unit:
        rate = f"{converted.rate.normalize():f}"
        note = Text(en=f"at {rate} of {converted.rate_on}", zh=f"按 {converted.rate_on} 汇率 {rate}")
    return known(name, converted.money.amount / base.value, base.sources, base.as_of, note=note)


def declared_findings(
    application: Application, metrics: dict[str, Metric], rates: RateTable, as_of: date
) -> list[Finding]:
    """Compare what the applicant declared with what sources say; nothing declared, no finding.

    Revenue, assets and net income may differ by a quarter (they may be of another year); the founding day by a year.
    Both tolerances are our own.
    """
    declared = application.declared
    findings: list[Finding] = []
    for field, name in (("annual_revenue", "revenue"), ("total_assets", "total_assets"), ("net_income", "net_income")):
        amount = getattr(declared, field)
        if amount is not None:
            findings.append(_declared_amount(field, amount.money, metrics[name], rates, as_of))
    if declared.headcount is not None:
        findings.append(_declared_count(Decimal(declared.headcount), metrics["headcount"]))
    if declared.founded is not None:
        findings.append(_declared_founded(declared.founded, metrics["years_trading"]))
    return findings


def _declared_amount(field: str, said: Money, metric: Metric, rates: RateTable, as_of: date) -> Finding:
    code = f"declared.{field}"
    if not isinstance(metric.value, Decimal):
        return _uncompared(code, metric)
    converted = rates.convert(said, metric.unit, as_of)
    if converted is None:
        return _uncompared(code, metric)
    return _compared(code, converted.money.amount, metric.value, metric, metric.unit)


def _declared_count(said: Decimal, metric: Metric) -> Finding:
    if not isinstance(metric.value, Decimal):
        return _uncompared("declared.headcount", metric)
    return _compared("declared.headcount", said, metric.value, metric, "")


def _compared(code: str, said: Decimal, found: Decimal, metric: Metric, unit: str) -> Finding:
    agrees = abs(said - found) <= abs(found) * REVENUE_TOLERANCE
    source = metric.sources[0] if metric.sources else ""
    label = code.partition(".")[2].replace("_", " ")
    return Finding(
        code=code,
        verdict=Verdict.PASS if agrees else Verdict.FAIL,
        weight=Weight.WARNING,
        source=source,
        message=Text(
            en=f"declared {label} {said:,.0f} {unit}; {source} says {found:,.0f} {unit}".replace(" ;", ";").strip(),
            zh=f"申报 {said:,.0f} {unit}；{source} 为 {found:,.0f} {unit}".replace(" ；", "；").strip(),
        ),
    )


def _declared_founded(said: date, metric: Metric) -> Finding:
    if metric.as_of is None or metric.note is not None or metric.value is None:
        return _uncompared("declared.founded", metric)
    agrees = abs((said - metric.as_of).days) <= FOUNDED_TOLERANCE_DAYS
    source = metric.sources[0]
    return Finding(
        code="declared.founded",
        verdict=Verdict.PASS if agrees else Verdict.FAIL,
        weight=Weight.WARNING,
        source=source,
        message=Text(
            en=f"declared founded {said}; {source} says {metric.as_of}",
            zh=f"申报成立日期 {said}；{source} 为 {metric.as_of}",
        ),
    )


def _uncompared(code: str, metric: Metric) -> Finding:
    why = metric.unknown or NO_SOURCE
    if metric.note is not None:
        why = metric.note
    return Finding(
        code=code,
        verdict=Verdict.UNKNOWN,
        weight=Weight.INFO,
        message=Text(en=f"declared, but not comparable: {why.en}", zh=f"已申报，无法比对：{why.zh}"),
    )
