"""Admission rules judged on metrics. An unknown metric gives `unknown`, which never passes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from admission.assessment import CriterionResult
from admission.findings import Verdict
from admission.metrics import NO_SOURCE, Metric, Value
from admission.model import Text
from admission.policy import Criterion

_TESTS: dict[str, Callable[[Any, Any], bool]] = {
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


def judge(criteria: Iterable[Criterion], metrics: Mapping[str, Metric]) -> tuple[CriterionResult, ...]:
    """Judge each criterion on the metrics of one case, in the policy's order."""
    return tuple(_judged(criterion, metrics[criterion.metric]) for criterion in criteria)


def _judged(criterion: Criterion, metric: Metric) -> CriterionResult:
    if metric.value is None:
        why = metric.unknown or NO_SOURCE
        message = Text(
            en=f"{criterion.reason.en}: unknown, {why.en}",
            zh=f"{criterion.reason.zh}：未知，{why.zh}",
        )
        return CriterionResult(id=criterion.id, verdict=Verdict.UNKNOWN, effect=criterion.effect, message=message)
    passed = _TESTS[criterion.comparison](metric.value, criterion.value)
    return CriterionResult(
        id=criterion.id,
        verdict=Verdict.PASS if passed else Verdict.FAIL,
        effect=criterion.effect,
        message=_message(criterion, metric),
    )


def _message(criterion: Criterion, metric: Metric) -> Text:
    asked = _WORDS[criterion.comparison]
    bound = _shown_bound(criterion.value)
    sources = ", ".join(metric.sources)
    said = Text(en=f" ({sources})", zh=f"（{sources}）") if sources else Text(en="", zh="")
    return Text(
        en=f"{criterion.reason.en}: {shown(metric.value).en}{said.en}; asked {asked.en.format(bound)}",
        zh=f"{criterion.reason.zh}：{shown(metric.value).zh}{said.zh}；要求{asked.zh.format(bound)}",
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
