"""Do the cuts and bounds of a policy lie where the figures of their metrics lie, in the unit that they have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise

from admission.metrics.catalogue import CATALOGUE, JUDGED, MetricSpec
from admission.metrics.financials import DAYS_PER_MONTH
from admission.metrics.plausible import Range
from admission.model import Text
from admission.policy.criteria import Criterion
from admission.policy.mistakes import Mistake, Path, Placed
from admission.policy.scorecard import Attribute

# What people write instead of a metric's own unit: kind -> how many of the other unit make one, and its name.
_OTHER_UNITS: dict[str, tuple[tuple[Decimal, Text], ...]] = {
    "ratio": ((Decimal(100), Text(en="percent", zh="百分数")),),
    "share": ((Decimal(100), Text(en="percent", zh="百分数")),),
    "score": ((Decimal(100), Text(en="hundredths", zh="百分之一")),),
    "years": ((Decimal(12), Text(en="months", zh="月")), (Decimal(365), Text(en="days", zh="天"))),
    "months": (
        (Decimal(1) / 12, Text(en="years", zh="年")),
        (DAYS_PER_MONTH, Text(en="days", zh="天")),
    ),
    "days": ((Decimal(1) / 30, Text(en="months", zh="月")), (Decimal(1) / 365, Text(en="years", zh="年"))),
}
# Amounts between one and this are written in thousands, or in 万元.
LEAST_AMOUNT = Decimal(1000)
WHOLE_AMOUNT = Text(
    en=f"whole units of the currency: 0, 1, or {LEAST_AMOUNT} and more; not thousands",
    zh=f"以元为单位的金额：0、1 或不小于 {LEAST_AMOUNT}；不是千元或万元",
)


def range_mistakes(placed: Placed[Attribute]) -> Iterator[Mistake]:
    """Yield the cuts of an attribute that its metric cannot be meant to have, and the bins that nothing falls into."""
    path, attribute = placed
    spec = CATALOGUE.get(attribute.metric)
    if spec is None or spec.kind == "code":
        return
    if attribute.wall is not None:
        wall: Path = (*path, "wall")
        cuts = [((*wall, "standard"), attribute.wall.standard), ((*wall, "best"), attribute.wall.best)]
        yield from _far_cuts(cuts, spec, wall)
        return
    cuts = [
        ((*path, "bins", place, "below"), part.below)
        for place, part in enumerate(attribute.bins)
        if part.below is not None
    ]
    empty = list(_empty_bins(cuts, spec))
    yield from empty or _far_cuts(cuts, spec, (*path, "bins"))


def _empty_bins(cuts: Sequence[tuple[Path, Decimal]], spec: MetricSpec) -> Iterator[Mistake]:
    """Bins outside what the metric can be, or between two whole numbers where it has whole numbers alone."""
    # A flag counts as 0 or 1.
    least, most = (Decimal(0), Decimal(1)) if spec.kind == "flag" else (spec.least, spec.most)
    for path, cut in cuts:
        if least is not None and cut <= least:
            yield Mistake(path, str(cut), _reachable(spec, cut, Text(en=f"more than {least}", zh=f"大于 {least}")))
        elif most is not None and cut > most:
            yield Mistake(path, str(cut), _reachable(spec, cut, Text(en=f"at most {most}", zh=f"不大于 {most}")))
    if _counted(spec):
        for (_, low), (path, high) in pairwise(cuts):
            if low < high and low.to_integral_value("ROUND_CEILING") >= high:
                expected = Text(
                    en=f"more than the next whole number from {low} on: {spec.name} has whole numbers alone",
                    zh=f"大于 {low} 之后的整数：{spec.name} 只取整数",
                )
                yield Mistake(path, str(high), expected)


def _counted(spec: MetricSpec) -> bool:
    return spec.kind in ("count", "flag") or spec.name in JUDGED


def _reachable(spec: MetricSpec, cut: Decimal, bound: Text) -> Text:
    unit = _meant(spec, cut)
    return Text(
        en=f"{bound.en}, or nothing falls into one of the bins; {spec.name}: {spec.unit.en}{unit.en}",
        zh=f"{bound.zh}，否则有分箱永远没有企业；{spec.name} 的单位：{spec.unit.zh}{unit.zh}",
    )


def _far_cuts(cuts: Sequence[tuple[Path, Decimal]], spec: MetricSpec, whole: Path) -> Iterator[Mistake]:
    if spec.plausible is None or not cuts:
        return
    usual = spec.plausible.usual
    far = [(path, cut) for path, cut in cuts if not spec.plausible.cuts.holds(cut)]
    for path, cut in far:
        yield Mistake(path, f"{cut:f}", _inside(spec, usual, cut))
    if not far and spec.kind != "flag" and not any(usual.holds(cut) for _, cut in cuts):
        words, unit = usual.words(), _meant(spec, cuts[-1][1])
        expected = Text(
            en=f"at least one cut {words.en}, where companies differ; {spec.name}: {spec.unit.en}{unit.en}",
            zh=f"至少一个分界点在 {words.zh} 之间（企业差异所在）；{spec.name} 的单位：{spec.unit.zh}{unit.zh}",
        )
        yield Mistake(whole, ", ".join(f"{cut:f}" for _, cut in cuts), expected)


def bound_mistakes(path: Path, criterion: Criterion) -> Iterator[Mistake]:
    """Yield the bounds of a criterion that its metric cannot be meant to have.

    Args:
        path: of the value.
        criterion: as it holds there.
    """
    spec = CATALOGUE.get(criterion.metric)
    bounds = [value for value in _figures(criterion) if not _impossible(spec, value)]
    if spec is None or not bounds:
        return
    if spec.kind == "amount":
        for bound in bounds:
            if 1 < abs(bound) < LEAST_AMOUNT:
                yield Mistake(path, f"{bound:f}", WHOLE_AMOUNT)
        return
    if spec.plausible is None:
        return
    cuts, usual = spec.plausible.cuts, spec.plausible.usual
    far = next((bound for bound in bounds if not cuts.holds(bound)), None)
    if far is None and not any(usual.holds(bound) or bound == 0 for bound in bounds):
        far = bounds[0]
    if far is not None:
        yield Mistake(path, f"{far:f}", _inside(spec, usual, far))


def _figures(criterion: Criterion) -> list[Decimal]:
    values = criterion.value if isinstance(criterion.value, tuple) else (criterion.value,)
    return [value for value in values if isinstance(value, Decimal)]


def _impossible(spec: MetricSpec | None, value: Decimal) -> bool:
    """True where the metric can never be so; that such a bound always passes, or never, is told by its own check."""
    if spec is None:
        return False
    return (spec.least is not None and value < spec.least) or (spec.most is not None and value > spec.most)


def _inside(spec: MetricSpec, usual: Range, value: Decimal) -> Text:
    words, unit = usual.words(), _meant(spec, value)
    return Text(
        en=f"a figure that can be meant, usually {words.en}; {spec.name}: {spec.unit.en}{unit.en}",
        zh=f"合理的数值，通常为 {words.zh}；{spec.name} 的单位：{spec.unit.zh}{unit.zh}",
    )


def _meant(spec: MetricSpec, value: Decimal) -> Text:
    """Ask whether the figure was written in another unit, where it fits one."""
    if spec.plausible is not None and value != 0:
        for factor, unit in _OTHER_UNITS.get(spec.kind, ()):
            converted = value / factor
            if spec.plausible.usual.holds(converted):
                shown = f"{float(converted):.4g}"
                return Text(
                    en=f"; is {value:f} in {unit.en}? Then write {shown}",
                    zh=f"；{value:f} 是否以{unit.zh}为单位？应写 {shown}",
                )
    return Text(en="", zh="")
