"""Admission rules judged on metrics. An unknown metric gives `unknown`, which never passes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from admission.assessment.record import CriterionResult
from admission.evidence.findings import Verdict
from admission.metrics.catalogue import NO_SOURCE, Metric, Value
from admission.metrics.industry import IndustryTables
from admission.model import Text
from admission.money import CURRENCIES, Exchange, no_rate
from admission.policy import Criterion, Quartile

TESTS: dict[str, Callable[[Any, Any], bool]] = {
    "at_most": lambda value, bound: bool(value <= bound),
    "at_least": lambda value, bound: bool(value >= bound),
    "between": lambda value, bounds: bool(bounds[0] <= value <= bounds[1]),
    "equals": lambda value, bound: bool(value == bound),
    "one_of": lambda value, names: value in names,
    "is_true": lambda value, _: value is True,
    "is_false": lambda value, _: value is False,
}
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


class ReferenceData(NamedTuple):
    """What the house knows besides a company's own figures, as it was on one day.

    Attributes:
        exchange: the rates of the day.
        industry: the house's tables of industries.
    """

    exchange: Exchange
    industry: IndustryTables = IndustryTables()


class _Figure(NamedTuple):
    """A metric's value in the unit of the bound; where it had to be converted, from what and at which rate."""

    value: Value
    converted: Text | None = None


class _Bound(NamedTuple):
    """The bound of a criterion for this case, with what people need to know of it."""

    value: object
    note: Text | None = None
    stale: Text | None = None


def judge(
    criteria: Iterable[Criterion], metrics: Mapping[str, Metric], reference: ReferenceData
) -> tuple[CriterionResult, ...]:
    """Judge each criterion on the metrics of one case, in the policy's order.

    An amount is compared in the bound's currency, at the house's rate; a quartile is that of the company's industry.
    Where there is no rate or no benchmark the criterion is unknown. What facts said that are too old fails a criterion
    that it would fail, and leaves unknown what it would pass.
    """
    return tuple(_judged(criterion, metrics, reference) for criterion in criteria)


def _judged(criterion: Criterion, metrics: Mapping[str, Metric], reference: ReferenceData) -> CriterionResult:
    metric = metrics[criterion.metric]
    figure = _figure(criterion, metric, reference)
    if isinstance(figure, Text):
        return _unknown(criterion, figure)
    bound = _bound(criterion, metrics, reference)
    if isinstance(bound, Text):
        return _unknown(criterion, bound)
    passed = TESTS[criterion.comparison](figure.value, bound.value)
    stale = (metric.unknown if metric.value is None else None) or bound.stale
    if passed and stale is not None:
        return _unknown(criterion, stale)
    return CriterionResult(
        id=criterion.id,
        verdict=Verdict.PASS if passed else Verdict.FAIL,
        effect=criterion.effect,
        message=_message(criterion, metric, figure, bound, stale),
    )


def _unknown(criterion: Criterion, why: Text) -> CriterionResult:
    message = Text(en=f"{criterion.reason.en}: unknown, {why.en}", zh=f"{criterion.reason.zh}：未知，{why.zh}")
    return CriterionResult(id=criterion.id, verdict=Verdict.UNKNOWN, effect=criterion.effect, message=message)


def _figure(criterion: Criterion, metric: Metric, reference: ReferenceData) -> _Figure | Text:
    """Return what is compared, or why there is nothing to compare."""
    value = metric.stale if metric.value is None else metric.value
    if value is None:
        return metric.unknown or NO_SOURCE
    unit = criterion.unit
    if unit not in CURRENCIES or unit == metric.unit or not isinstance(value, Decimal):
        return _Figure(value)
    quote = reference.exchange.quote(metric.unit, unit)
    if quote is None:
        return no_rate(metric.unit, unit)
    was = f"{shown(value).en} {metric.unit}"
    said = Text(en=f"{was} {quote.said.en}", zh=f"{was}，{quote.said.zh}")
    return _Figure(value * quote.rate, said)


def _bound(criterion: Criterion, metrics: Mapping[str, Metric], reference: ReferenceData) -> _Bound | Text:
    """Return what the metric is compared with: the policy's figure, or a quartile of the company's industry."""
    if not isinstance(criterion.value, Quartile):
        return _Bound(criterion.value)
    industry = metrics["industry_code"]
    code = industry.stale if industry.value is None else industry.value
    if not isinstance(code, str):
        why = industry.unknown or NO_SOURCE
        return Text(en=f"the industry is not known: {why.en}", zh=f"行业未知：{why.zh}")
    row = reference.industry.benchmark(code, criterion.metric, reference.exchange.on)
    if row is None:
        return Text(en=f"the house has no benchmark for {code}", zh=f"自有行业基准表中无 {code}")
    name = _QUARTILES[criterion.value.quartile]
    note = Text(
        en=f", {name.en} of {row.code} ({row.source}, {row.date})",
        zh=f"，即 {row.code} 的{name.zh}（{row.source}，{row.date}）",
    )
    return _Bound(row.quartile(criterion.value.quartile), note, industry.unknown if industry.value is None else None)


def _message(criterion: Criterion, metric: Metric, figure: _Figure, bound: _Bound, stale: Text | None) -> Text:
    asked = _WORDS[criterion.comparison]
    asked_bound = _shown_bound(bound.value)
    unit = f" {criterion.unit}" if criterion.unit in CURRENCIES else ""
    found = shown(figure.value)
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


def _shown_bound(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(_shown_bound(part) for part in value)
    if isinstance(value, Decimal):
        return shown(value).en
    return "" if value is None else str(value)
