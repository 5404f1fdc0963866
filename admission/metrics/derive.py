"""All metrics of one case, from its usable facts, its coverage and the application."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from admission.application import Application
from admission.evidence.answers import Answer, Coverage
from admission.evidence.facts import Facts, FinancialStatement
from admission.evidence.findings import Finding, Verdict, Weight
from admission.evidence.topics import Topic
from admission.evidence.watchlists import Ruling
from admission.metrics.ages import Stale, put_aside_stale
from admission.metrics.bureau import bureau_metrics
from admission.metrics.catalogue import CATALOGUE, NO_SOURCE, Metric, known, unknown
from admission.metrics.changes import change_metrics
from admission.metrics.court_cases import court_metrics
from admission.metrics.filing_events import filing_event_metrics
from admission.metrics.financials import financial_metrics, latest_accounts, precedence
from admission.metrics.industry import IndustryTables
from admission.metrics.industry_metrics import Exclusions, industry_metrics
from admission.metrics.judgements import judged_metrics
from admission.metrics.listed import listed_metrics
from admission.metrics.official_records import RECORD_TOPICS, official_metrics
from admission.metrics.own_ledger import own_ledger_metrics
from admission.metrics.ratios import FAR
from admission.metrics.registers import not_covered, register_metrics
from admission.metrics.registration import registration_metrics
from admission.metrics.told_by import is_nobody_asked, is_without_answer
from admission.metrics.trading_ratios import trading_metrics
from admission.metrics.trends import trend_metrics
from admission.model import Text
from admission.money import Exchange, Money, no_rate

TABLE_TOPICS = {
    "profiles": (Topic.IDENTITY, Topic.REGISTRATION),
    "statements": (Topic.ACCOUNTS,),
    "filings": (Topic.FILINGS,),
    "reports": (Topic.CREDIT, Topic.PAYMENT),
    "legal": (Topic.INSOLVENCY, Topic.CHARGES, *RECORD_TOPICS),
    "ledgers": (Topic.OWN_LEDGER,),
}
REVENUE_TOLERANCE = Decimal("0.25")
FOUNDED_TOLERANCE_DAYS = 366


class MetricInputs(NamedTuple):
    """What metrics are derived with, besides facts and coverage.

    Attributes:
        application: what was asked for and declared.
        exchange: the house's rates of the day of the assessment.
        spoiled: fact tables that lost rows to a blocking expectation; what would be absence there is unknown.
        rulings: what people ruled about list entries that the company may be.
        excluded: which countries and trades the house does not want.
        industry: the house's tables of industries.
        failed_accounts: accounts that failed a blocking check; older ones do not take their place.
    """

    application: Application
    exchange: Exchange
    spoiled: Collection[str] = ()
    rulings: Sequence[Ruling] = ()
    excluded: Exclusions = Exclusions()
    industry: IndustryTables = IndustryTables()
    failed_accounts: Sequence[FinancialStatement] = ()

    @property
    def as_of(self) -> date:
        """The day of the assessment."""
        return self.exchange.on


def derive_metrics(
    facts: Facts, coverage: Coverage, inputs: MetricInputs, stale: Sequence[Stale] = ()
) -> dict[str, Metric]:
    """Derive every metric of the catalogue.

    Args:
        facts: the usable facts.
        coverage: which topics were asked about.
        inputs: what else they are derived with.
        stale: the kinds of fact that are too old; what depends on them is unknown.

    Returns:
        One metric for each name of the catalogue, in its order; those that no source covers are unknown.
    """
    with_all = _derive_all(facts, coverage, inputs)
    without = [(item.why, _derive_all(item.facts, item.coverage, inputs)) for item in stale]
    if not without:
        return with_all
    return {
        name: put_aside_stale(name, metric, [(why, found[name]) for why, found in without])
        for name, metric in with_all.items()
    }


def _derive_all(facts: Facts, coverage: Coverage, inputs: MetricInputs) -> dict[str, Metric]:
    found = _derive_from_facts(facts, _without_spoiled(coverage, inputs.spoiled), inputs)
    found |= industry_metrics(
        facts,
        inputs.application.country,
        found["industry_code"],
        inputs.excluded,
        inputs.industry,
        as_of=inputs.as_of,
    )
    return {name: _with_silence(found.get(name) or unknown(name, NO_SOURCE), coverage) for name in CATALOGUE}


def _with_silence(metric: Metric, coverage: Coverage) -> Metric:
    """Return a metric with whose silence it is where it is unknown."""
    if metric.value is not None:
        return metric
    not_set_up = is_nobody_asked(metric.name, coverage)
    if not not_set_up and not is_without_answer(metric.name, coverage):
        return metric
    return metric.model_copy(update={"not_asked": True, "not_set_up": not_set_up})


def _derive_from_facts(facts: Facts, coverage: Coverage, inputs: MetricInputs) -> dict[str, Metric]:
    """Derive what follows from facts and application alone, without what the house thinks of country and trade."""
    application, as_of = inputs.application, inputs.as_of
    found = {
        metric.name: metric
        for metric in (
            *register_metrics(facts, coverage, application.subject, as_of=as_of, rulings=inputs.rulings),
            *official_metrics(facts, coverage, as_of=as_of),
            *bureau_metrics(facts, coverage),
            *filing_event_metrics(facts, coverage, as_of=as_of),
            *change_metrics(facts, coverage, as_of=as_of),
            *listed_metrics(facts, coverage, as_of=as_of),
            *judged_metrics(facts.judgements),
            *own_ledger_metrics(facts.ledgers, coverage, spoiled="ledgers" in inputs.spoiled),
        )
    }
    code = found["industry_code"].value
    industry = code if isinstance(code, str) else None
    usable, why_none = _usable_accounts(facts.statements, coverage, inputs)
    accounts = [
        *financial_metrics(usable, as_of=as_of, why_none=why_none, industry=industry),
        *trading_metrics(usable, why_none=why_none),
        *trend_metrics(usable, why_none=why_none),
    ]
    found |= {metric.name: metric for metric in accounts}
    on_accounts = (
        *court_metrics(facts, coverage, found["equity"], inputs.exchange),
        *registration_metrics(facts, found["years_trading"], inputs.exchange),
    )
    found |= {metric.name: metric for metric in on_accounts}
    asked = application.requested.money
    for name, base in (("requested_to_net_worth", "tangible_net_worth"), ("requested_to_revenue", "revenue")):
        found[name] = _share(name, asked, found[base], inputs.exchange)
    contradictions = [
        finding for finding in declared_findings(application, found, inputs.exchange) if finding.verdict is Verdict.FAIL
    ]
    found["declared_contradictions"] = known(
        "declared_contradictions",
        Decimal(len(contradictions)),
        tuple(dict.fromkeys(finding.source for finding in contradictions)),
        as_of,
    )
    return found


def _usable_accounts(
    statements: Sequence[FinancialStatement], coverage: Coverage, inputs: MetricInputs
) -> tuple[Sequence[FinancialStatement], Text | None]:
    """Return the accounts that metrics may rest on, and why there are none where that is known.

    The newest accounts count. Where they cannot be read, or failed a blocking check, those of the year before do not
    take their place: they may well look better.
    """
    left_open = [gap for gap in coverage.gaps_in(Topic.ACCOUNTS) if gap.answer is Answer.FOUND]
    if left_open:
        return (), not_covered(coverage, Topic.ACCOUNTS)
    failed = latest_accounts(inputs.failed_accounts)
    newest = latest_accounts(statements)
    if failed is not None and (newest is None or precedence(failed)[:2] > precedence(newest)[:2]):
        day = failed.period_end
        return (), Text(
            en=f"the newest accounts, of {day}, failed a blocking check", zh=f"最近一期报表（{day}）未通过阻断性检查"
        )
    if "statements" in inputs.spoiled and newest is None:
        return (), Text(en="the accounts failed a blocking check", zh="报表未通过阻断性检查")
    return statements, None if coverage.complete(Topic.ACCOUNTS) else not_covered(coverage, Topic.ACCOUNTS)


def _without_spoiled(coverage: Coverage, spoiled: Collection[str]) -> Coverage:
    lost = {topic for table in spoiled for topic in TABLE_TOPICS[table]}
    answered = {topic: names for topic, names in coverage.answered.items() if topic not in lost}
    return Coverage(answered=answered, gaps=coverage.gaps)


def _share(name: str, asked: Money, base: Metric, exchange: Exchange) -> Metric:
    if not isinstance(base.value, Decimal):
        return unknown(name, base.unknown or NO_SOURCE, sources=base.sources)
    quote = exchange.quote(asked.currency, base.unit)
    if quote is None:
        return unknown(name, no_rate(asked.currency, base.unit), sources=base.sources)
    if base.value <= 0:
        none = Text(en="what it is compared with is zero or negative", zh="比较基数为零或负数")
        return known(name, FAR, base.sources, base.as_of, note=none)
    note = None if asked.currency == base.unit else quote.said
    return known(name, asked.amount * quote.rate / base.value, base.sources, base.as_of, note=note)


def declared_findings(application: Application, metrics: Mapping[str, Metric], exchange: Exchange) -> list[Finding]:
    """Compare what the applicant declared with what sources say; nothing declared, no finding.

    Revenue, assets and net income may differ by a quarter (they may be of another year); the founding day by a year.
    Both tolerances are our own.
    """
    declared = application.declared
    findings: list[Finding] = []
    for field, name in (("annual_revenue", "revenue"), ("total_assets", "total_assets"), ("net_income", "net_income")):
        amount = getattr(declared, field)
        if amount is not None:
            findings.append(_declared_amount(field, amount.money, metrics[name], exchange))
    if declared.headcount is not None:
        findings.append(_declared_count(Decimal(declared.headcount), metrics["headcount"]))
    if declared.founded is not None:
        findings.append(_declared_founded(declared.founded, metrics["years_trading"]))
    return findings


def _declared_amount(field: str, said: Money, metric: Metric, exchange: Exchange) -> Finding:
    code = f"declared.{field}"
    if not isinstance(metric.value, Decimal):
        return _uncompared(code, metric)
    converted = exchange.convert(said.amount, said.currency, metric.unit)
    if converted is None:
        return _uncompared(code, metric)
    return _compared(code, converted, metric.value, metric, metric.unit)


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
