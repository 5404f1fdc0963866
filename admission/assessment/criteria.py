"""What came of admission rules, in words. An unknown metric gives `unknown`, which never passes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple

from admission.assessment.engine.case import Figures, ReferenceData
from admission.assessment.engine.verdicts import Against, Why, make_test
from admission.assessment.record import CriterionResult
from admission.evidence.findings import Verdict
from admission.metrics.catalogue import NO_SOURCE, Metric, Value
from admission.metrics.ratios import FAR
from admission.model import Text
from admission.money import CURRENCIES, Exchange, no_rate
from admission.policy import Criterion, Quartile

_WORDS = {
    "at_most": Text(en="at most {}", zh="不高于 {}"),
    "at_least": Text(en="at least {}", zh="不低于 {}"),
    "between": Text(en="between {}", zh="介于 {}"),
    "equals": Text(en="equal to {}", zh="等于 {}"),
    "one_of": Text(en="one of {}", zh="属于 {}"),
    "is_true": Text(en="yes", zh="是"),
    "is_false": Text(en="no", zh="否"),
}
_QUARTILES = {
    "q1": Text(en="the lower quartile", zh="下四分位数"),
    "median": Text(en="the median", zh="中位数"),
    "q3": Text(en="the upper quartile", zh="上四分位数"),
}


class _Figure(NamedTuple):
    """A metric's value in the unit of the bound; where it had to be converted, from what and at which rate."""

    value: Value
    converted: Text | None = None


class _Bound(NamedTuple):
    """The bound of a criterion for this case, with what people need to know of it."""

    value: object
    note: Text | None = None


def judge(
    criteria: Iterable[Criterion], metrics: Mapping[str, Metric], reference: ReferenceData
) -> tuple[CriterionResult, ...]:
    """Judge each criterion on the metrics of one case, in the policy's order, and say what came of it."""
    figures = Figures.of(metrics.values())
    return tuple(
        say_criterion(criterion, make_test(criterion)(figures.metrics, figures, reference), metrics, reference)
        for criterion in criteria
    )


def say_criterion(
    criterion: Criterion, against: Against | None, metrics: Mapping[str, Metric], reference: ReferenceData
) -> CriterionResult:
    """Return what came of a criterion, in words.

    Args:
        criterion: the criterion.
        against: what it has against the case; None where it passes.
        metrics: of the case.
        reference: with which it was judged.
    """
    if against is not None and against.noted:
        reason = criterion.reason
        message = Text(
            en=f"{reason.en}: not asked, no source for it is set up", zh=f"{reason.zh}：未查询，尚未配置来源"
        )
    elif against is not None and against.verdict is Verdict.UNKNOWN:
        why = _why_unknown(criterion, against.why, metrics)
        message = Text(en=f"{criterion.reason.en}: unknown, {why.en}", zh=f"{criterion.reason.zh}：未知，{why.zh}")
    else:
        message = _message(criterion, metrics, reference)
    return CriterionResult(
        id=criterion.id,
        verdict=Verdict.PASS if against is None else against.verdict,
        effect=criterion.effect,
        message=message,
        not_asked=against is not None and against.noted,
    )


def _why_unknown(criterion: Criterion, why: Why, metrics: Mapping[str, Metric]) -> Text:
    metric, industry = metrics[criterion.metric], metrics["industry_code"]
    if why is Why.NO_RATE:
        return no_rate(metric.unit, criterion.unit)
    if why is Why.NO_INDUSTRY:
        reason = industry.unknown or NO_SOURCE
        return Text(en=f"the industry is not known: {reason.en}", zh=f"行业未知：{reason.zh}")
    if why is Why.NO_BENCHMARK:
        code = industry.known_value
        return Text(en=f"the house has no benchmark for {code}", zh=f"自有行业基准表中无 {code}")
    if why is Why.TOO_OLD:
        return _old(criterion, metrics) or NO_SOURCE
    return metric.unknown or NO_SOURCE


def _old(criterion: Criterion, metrics: Mapping[str, Metric]) -> Text | None:
    """Return what of a criterion's figures is too old; None where nothing is."""
    metric, industry = metrics[criterion.metric], metrics["industry_code"]
    if metric.value is None:
        return metric.unknown
    return industry.unknown if isinstance(criterion.value, Quartile) and industry.value is None else None


def _figure(criterion: Criterion, metric: Metric, exchange: Exchange) -> _Figure:
    """Return what is compared."""
    value, unit = metric.known_value, criterion.unit
    assert value is not None  # noqa: S101 - without a value nothing passes or fails
    quote = exchange.quote(metric.unit, unit) if unit in CURRENCIES and unit != metric.unit else None
    if quote is None or not isinstance(value, Decimal):
        return _Figure(value)
    was = f"{shown(value).en} {metric.unit}"
    said = Text(en=f"{was} {quote.said.en}", zh=f"{was}，{quote.said.zh}")
    return _Figure(value * quote.rate, said)


def _bound(criterion: Criterion, metrics: Mapping[str, Metric], reference: ReferenceData) -> _Bound:
    """Return what the metric is compared with: the policy's figure, or a quartile of the company's industry."""
    if not isinstance(criterion.value, Quartile):
        return _Bound(criterion.value)
    code = str(metrics["industry_code"].known_value)
    row = reference.industry.benchmark(code, criterion.metric, reference.exchange.on)
    assert row is not None  # noqa: S101 - without a benchmark nothing passes or fails
    name = _QUARTILES[criterion.value.quartile]
    note = Text(
        en=f", {name.en} of {row.code} ({row.source}, {row.date})",
        zh=f"，即 {row.code} 的{name.zh}（{row.source}，{row.date}）",
    )
    return _Bound(row.quartile(criterion.value.quartile), note)


def _message(criterion: Criterion, metrics: Mapping[str, Metric], reference: ReferenceData) -> Text:
    metric, stale = metrics[criterion.metric], _old(criterion, metrics)
    figure, bound = _figure(criterion, metric, reference.exchange), _bound(criterion, metrics, reference)
    asked = _WORDS[criterion.comparison]
    asked_bound = _shown_bound(bound.value)
    unit = f" {criterion.unit}" if criterion.unit in CURRENCIES else ""
    found = shown_metric(metric) if metric.value == figure.value else shown(figure.value)
    sources = ", ".join(metric.sources)
    notes = [sources] if sources else []
    en = [*notes, *(item.en for item in (figure.converted, stale) if item is not None)]
    zh = [*notes, *(item.zh for item in (figure.converted, stale) if item is not None)]
    said = Text(en=f" ({'; '.join(en)})" if en else "", zh=f"（{'；'.join(zh)}）" if zh else "")
    note = bound.note or Text(en="", zh="")
    reason = criterion.reason
    return Text(
        en=f"{reason.en}: {found.en}{unit}{said.en}; asked {asked.en.format(asked_bound)}{unit}{note.en}",
        zh=f"{reason.zh}：{found.zh}{unit}{said.zh}；要求{asked.zh.format(asked_bound)}{unit}{note.zh}",
    )


def shown(value: Value | None) -> Text:
    """Return a metric's value as a person reads it."""
    if isinstance(value, bool):
        return Text(en="yes", zh="是") if value else Text(en="no", zh="否")
    if isinstance(value, Decimal):
        text = f"{value:,.0f}" if abs(value) >= 1000 else f"{(round(value, 3) + 0).normalize():f}"
        return Text(en=text, zh=text)
    text = "-" if value is None else value
    return Text(en=text, zh=text)


def shown_metric(metric: Metric) -> Text:
    """Return what a metric says as a person reads it: in words where a ratio lies at an end of its scale."""
    value = metric.value
    at_an_end = isinstance(value, Decimal) and abs(value) == FAR
    return metric.note if at_an_end and metric.note is not None else shown(value)


def _shown_bound(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(_shown_bound(part) for part in value)
    if isinstance(value, Decimal):
        return shown(value).en
    return "" if value is None else str(value)
