"""What must hold in one criterion: its metric, unit and bound fit, and it can both pass and fail."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from admission.application import A_COUNTRY, COUNTRIES
from admission.metrics.catalogue import CATALOGUE, MetricSpec
from admission.model import Text
from admission.money import CURRENCIES
from admission.policy.criteria import COMPARISONS, Criterion, CriterionChange, Quartile, fitting_value
from admission.policy.mistakes import Mistake, Path, Placed, unknown_name

A_CHANGE = Text(en="off: true, or a field that is different here", zh="off: true，或此处不同的字段")
NO_BENCHMARK = Text(en="a figure; amounts have no benchmark", zh="数字；金额没有行业基准")
NOT_PERCENT = Text(en="; ratios and shares are ratios, not percent", zh="；比率和占比写小数，不写百分数")


def criterion_mistakes(placed: Placed[Criterion], segments: Sequence[str]) -> Iterator[Mistake]:
    """Yield the mistakes of one criterion."""
    path, criterion = placed
    spec = CATALOGUE.get(criterion.metric)
    if spec is None:
        yield unknown_name((*path, "metric"), criterion.metric, list(CATALOGUE))
    else:
        yield from _measure_mistakes(path, criterion, spec)
    for place, segment in enumerate(criterion.when.segments):
        if segment not in segments:
            yield unknown_name((*path, "when", "segments", place), segment, segments)
    for place, country in enumerate(criterion.when.countries):
        if country not in COUNTRIES:
            yield Mistake((*path, "when", "countries", place), country, A_COUNTRY)
    amount = criterion.when.amount
    if amount.above is not None and amount.up_to is not None and amount.above >= amount.up_to:
        expected = Text(en=f"more than {amount.above}", zh=f"大于 {amount.above}")
        yield Mistake((*path, "when", "amount", "up_to"), str(amount.up_to), expected)


def change_mistakes(path: Path, criterion: Criterion, change: CriterionChange) -> Iterator[Mistake]:
    """Yield the mistakes of what a segment does with a criterion."""
    if change == CriterionChange():
        yield Mistake(path, "", A_CHANGE)
    elif not change.off:
        try:
            changed = Criterion.model_validate(change.applied(criterion).model_dump())
        except ValueError:
            yield Mistake((*path, "value"), str(change.value), fitting_value(criterion.comparison))
            return
        spec = CATALOGUE.get(criterion.metric)
        if spec is not None:
            yield from _measure_mistakes(path, changed, spec)


def _measure_mistakes(path: Path, criterion: Criterion, spec: MetricSpec) -> Iterator[Mistake]:
    fitting = COMPARISONS.get(spec.kind, COMPARISONS["number"])
    if criterion.comparison not in fitting:
        expected = Text(
            en=f"a comparison for a {spec.kind}, which {spec.name} is: {', '.join(fitting)}",
            zh=f"适用于 {spec.kind} 的比较方式（{spec.name} 属于 {spec.kind}）：{'、'.join(fitting)}",
        )
        yield Mistake((*path, "comparison"), criterion.comparison, expected)
        return
    if criterion.comparison == "equals" and isinstance(criterion.value, str) != (spec.kind == "code"):
        expected = Text(
            en=f"a {spec.kind}, which {spec.name} is", zh=f"{spec.kind} 类型的值（{spec.name} 属于 {spec.kind}）"
        )
        yield Mistake((*path, "value"), str(criterion.value), expected)
        return
    yield from _unit_mistakes(path, criterion, spec)
    if not isinstance(criterion.value, Quartile):
        yield from _range_mistakes(path, criterion, spec)


def _unit_mistakes(path: Path, criterion: Criterion, spec: MetricSpec) -> Iterator[Mistake]:
    at = (*path, "unit")
    if spec.kind == "amount":
        if isinstance(criterion.value, Quartile):
            yield Mistake((*path, "value"), criterion.value.quartile, NO_BENCHMARK)
        elif not criterion.unit:
            expected = Text(
                en=f"a currency, such as USD: {spec.name} is an amount", zh=f"币种，如 USD：{spec.name} 是金额"
            )
            yield Mistake(at, "", expected)
        elif criterion.unit not in CURRENCIES:
            yield unknown_name(at, criterion.unit, sorted(CURRENCIES))
    elif criterion.unit not in ("", spec.kind):
        note = NOT_PERCENT if spec.kind in ("ratio", "share") else Text(en="", zh="")
        expected = Text(
            en=f"no such unit for {spec.name}; did you mean {spec.kind}?{note.en}",
            zh=f"{spec.name} 没有此单位；是否应为 {spec.kind}？{note.zh}",
        )
        yield Mistake(at, criterion.unit, expected)


def _range_mistakes(path: Path, criterion: Criterion, spec: MetricSpec) -> Iterator[Mistake]:
    """A criterion whose bound lies outside what the metric can be always passes, or never does."""
    low, high = _passing(criterion)
    least, most = spec.least, spec.most
    limits = _range_words(spec)
    if (low is not None and _outside(low, most, above=True)) or (
        high is not None and _outside(high, least, above=False)
    ):
        expected = Text(en=f"a bound that can pass; {limits.en}", zh=f"有可能通过的界限；{limits.zh}")
        yield Mistake((*path, "value"), _shown(criterion.value), expected)
    elif _reaches(low, least, above=False) and _reaches(high, most, above=True) and (low, high) != (None, None):
        expected = Text(en=f"a bound that can fail; {limits.en}", zh=f"有可能不通过的界限；{limits.zh}")
        yield Mistake((*path, "value"), _shown(criterion.value), expected)


def _passing(criterion: Criterion) -> tuple[Decimal | None, Decimal | None]:
    """Return the range of figures that pass; None where it is open, and for both where no figures are compared."""
    value: Any = criterion.value
    if criterion.comparison == "at_most":
        return None, value
    if criterion.comparison == "at_least":
        return value, None
    if criterion.comparison == "between":
        return value[0], value[1]
    return (value, value) if isinstance(value, Decimal) else (None, None)


def _reaches(bound: Decimal | None, limit: Decimal | None, *, above: bool) -> bool:
    """True where nothing the metric can be lies beyond the bound; an open side has nothing beyond it."""
    if bound is None:
        return True
    return limit is not None and (bound >= limit if above else bound <= limit)


def _outside(value: Decimal, bound: Decimal | None, *, above: bool) -> bool:
    return bound is not None and (value > bound if above else value < bound)


def _range_words(spec: MetricSpec) -> Text:
    """Say what the metric can be; it has at least one bound."""
    name, least, most = spec.name, spec.least, spec.most
    if most is None:
        return Text(en=f"{name} is {least} or more", zh=f"{name} 不小于 {least}")
    if least is None:
        return Text(en=f"{name} is {most} or less", zh=f"{name} 不大于 {most}")
    return Text(en=f"{name} is from {least} to {most}", zh=f"{name} 介于 {least} 与 {most} 之间")


def _shown(value: Any) -> str:
    return ", ".join(str(part) for part in value) if isinstance(value, tuple) else str(value)
