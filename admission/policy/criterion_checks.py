"""What must hold in one criterion: its metric, unit and bound fit, and it can both pass and fail."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from admission.application import COUNTRIES
from admission.metrics.catalogue import CATALOGUE, MetricSpec
from admission.money import CURRENCIES
from admission.policy.criteria import COMPARISONS, Criterion, CriterionChange, Quartile
from admission.policy.mistakes import Mistake, Path, Placed, unknown_name


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
            expected = "a two-letter ISO 3166 country code, such as GB"
            yield Mistake((*path, "when", "countries", place), country, expected)
    amount = criterion.when.amount
    if amount.above is not None and amount.up_to is not None and amount.above >= amount.up_to:
        yield Mistake((*path, "when", "amount", "up_to"), str(amount.up_to), f"more than {amount.above}")


def change_mistakes(path: Path, criterion: Criterion, change: CriterionChange) -> Iterator[Mistake]:
    """Yield the mistakes of what a segment does with a criterion."""
    if change == CriterionChange():
        yield Mistake(path, "", "off: true, or a field that is different here")
    elif not change.off:
        try:
            changed = Criterion.model_validate(change.applied(criterion).model_dump())
        except ValueError:
            expected = f"what fits the comparison {criterion.comparison}"
            yield Mistake((*path, "value"), str(change.value), expected)
            return
        spec = CATALOGUE.get(criterion.metric)
        if spec is not None:
            yield from _measure_mistakes(path, changed, spec)


def _measure_mistakes(path: Path, criterion: Criterion, spec: MetricSpec) -> Iterator[Mistake]:
    fitting = COMPARISONS.get(spec.kind, COMPARISONS["number"])
    if criterion.comparison not in fitting:
        expected = f"a comparison for a {spec.kind}, which {spec.name} is: {', '.join(fitting)}"
        yield Mistake((*path, "comparison"), criterion.comparison, expected)
        return
    if criterion.comparison == "equals" and isinstance(criterion.value, str) != (spec.kind == "code"):
        yield Mistake((*path, "value"), str(criterion.value), f"a {spec.kind}, which {spec.name} is")
        return
    yield from _unit_mistakes(path, criterion, spec)
    if not isinstance(criterion.value, Quartile):
        yield from _range_mistakes(path, criterion, spec)


def _unit_mistakes(path: Path, criterion: Criterion, spec: MetricSpec) -> Iterator[Mistake]:
    at = (*path, "unit")
    if spec.kind == "amount":
        if isinstance(criterion.value, Quartile):
            yield Mistake((*path, "value"), criterion.value.quartile, "a figure; amounts have no benchmark")
        elif not criterion.unit:
            yield Mistake(at, "", f"a currency, such as USD: {spec.name} is an amount")
        elif criterion.unit not in CURRENCIES:
            yield unknown_name(at, criterion.unit, sorted(CURRENCIES))
    elif criterion.unit not in ("", spec.kind):
        note = "; ratios and shares are ratios, not percent" if spec.kind in ("ratio", "share") else ""
        yield Mistake(at, criterion.unit, f"no such unit for {spec.name}; did you mean {spec.kind}?{note}")


def _range_mistakes(path: Path, criterion: Criterion, spec: MetricSpec) -> Iterator[Mistake]:
    """A criterion whose bound lies outside what the metric can be always passes, or never does."""
    low, high = _passing(criterion)
    least, most = spec.least, spec.most
    limits = f"{spec.name} is {_said(least, most)}"
    if (low is not None and _outside(low, most, above=True)) or (
        high is not None and _outside(high, least, above=False)
    ):
        yield Mistake((*path, "value"), _shown(criterion.value), f"a bound that can pass; {limits}")
    elif _reaches(low, least, above=False) and _reaches(high, most, above=True) and (low, high) != (None, None):
        yield Mistake((*path, "value"), _shown(criterion.value), f"a bound that can fail; {limits}")


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


def _said(least: Decimal | None, most: Decimal | None) -> str:
    if most is None:
        return f"{least} or more"
    return f"{most} or less" if least is None else f"from {least} to {most}"


def _shown(value: Any) -> str:
    return ", ".join(str(part) for part in value) if isinstance(value, tuple) else str(value)
