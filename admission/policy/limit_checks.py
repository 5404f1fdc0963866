"""What must hold in the limit rule and in treatments: each grade has its factor, and each text says its figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from admission.model import Text
from admission.policy.limit_rules import LimitRule
from admission.policy.mistakes import Mistake, Path, Placed, unknown_name
from admission.policy.segments import Segment
from admission.policy.treatments import PARAMETERS, Treatment, placeholders

METHODS = ("net_worth_share", "turnover_share", "sales_factors", "trade_references")
A_METHOD = Text(
    en=f"at least one of {', '.join(METHODS)}, or a preset", zh=f"{'、'.join(METHODS)} 至少一项，或使用 preset"
)


def limit_mistakes(rule: LimitRule | None, segments: Mapping[str, Segment], grades: Sequence[str]) -> Iterator[Mistake]:
    """Yield the mistakes of the limit rule and of what segments change in it.

    Args:
        rule: the house's; None where it could not be read.
        segments: those that could be read.
        grades: names of the policy's grades.
    """
    if rule is not None:
        if not rule.has_method:
            yield Mistake(("limit",), "", A_METHOD)
        yield from _factor_mistakes(("limit", "sales_factors"), rule.sales_factors, grades)
    for name, segment in segments.items():
        path: Path = ("segments", name, "limit", "sales_factors")
        yield from _factor_mistakes(path, segment.limit.sales_factors or {}, grades)


def _factor_mistakes(path: Path, factors: Mapping[str, object], grades: Sequence[str]) -> Iterator[Mistake]:
    if not factors or not grades:
        return
    for name in factors:
        if name not in grades:
            yield unknown_name((*path, name), name, grades)
    without = [name for name in grades if name not in factors]
    if without:
        expected = Text(
            en=f"a coefficient for each grade; {', '.join(without)} has none",
            zh=f"每个等级都要有系数；{'、'.join(without)} 没有",
        )
        yield Mistake(path, "", expected)


def treatment_mistakes(placed: Placed[Treatment]) -> Iterator[Mistake]:
    """Yield the mistakes of one treatment: a figure that no text says, a place in a text that no figure fills."""
    path, treatment = placed
    given = [name for name in PARAMETERS if getattr(treatment, name) is not None]
    for part in ("text", "clause"):
        for language in ("en", "zh"):
            at = (*path, part, language)
            for name in placeholders(getattr(getattr(treatment, part), language)):
                if name not in given:
                    expected = Text(
                        en=f"a figure that the treatment gives: {', '.join(given) or 'none'}",
                        zh=f"该风险缓释措施写明的数字：{'、'.join(given) or '无'}",
                    )
                    yield Mistake(at, f"{{{name}}}", expected)
    for name in given:
        for language in ("en", "zh"):
            if name not in placeholders(getattr(treatment.clause, language)):
                expected = Text(
                    en=f"{{{name}}} in the words, or the contract does not say it",
                    zh=f"文字中须有 {{{name}}}，否则合同中没有这一数字",
                )
                yield Mistake((*path, "clause", language), "", expected)
