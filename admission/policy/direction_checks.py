"""Does a policy turn against the better side of a metric: points that fall for the better, bounds that it fails."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from admission.metrics.catalogue import CATALOGUE, LESS, MORE, MetricSpec
from admission.model import Text
from admission.policy.criteria import Criterion
from admission.policy.mistakes import Mistake, Path, Placed
from admission.policy.scorecard import Attribute

NO_DIFFERENCE = Text(
    en="bins of different points: as it is, everybody earns the same",
    zh="各分箱得分须有差别：目前所有企业得分相同",
)
# A comparison and its opposite.
_OPPOSITE = {"at_most": "at_least", "at_least": "at_most", "is_true": "is_false", "is_false": "is_true"}
# Comparisons that let the worse pass and fail the better, by which way the metric speaks for the company.
_AGAINST = {MORE: ("at_most", "is_false"), LESS: ("at_least", "is_true")}


def _better(spec: MetricSpec) -> Text:
    if spec.kind == "flag":
        said = Text(en="yes", zh="“是”") if spec.better == MORE else Text(en="no", zh="“否”")
    else:
        said = Text(en="more", zh="较大") if spec.better == MORE else Text(en="less", zh="较小")
    return Text(en=f"{said.en} is better for {spec.name}", zh=f"{spec.name} 以{said.zh}为好")


def _unless(why: Text) -> Text:
    return Text(
        en=f"{why.en}; where data say otherwise, give the reason as against_better",
        zh=f"{why.zh}；如有数据依据，请在 against_better 中写明理由",
    )


def order_mistakes(placed: Placed[Attribute]) -> Iterator[Mistake]:
    """Yield where an attribute's points fall although its figures become better."""
    path, attribute = placed
    spec = CATALOGUE.get(attribute.metric)
    points = [part.points for part in attribute.bins]
    if attribute.bins and len(set(points)) == 1:
        yield Mistake((*path, "bins"), "", NO_DIFFERENCE)
    if spec is None or spec.better not in _AGAINST or attribute.against_better.strip():
        return
    better = _better(spec)
    if attribute.wall is not None:
        rises = attribute.wall.best > attribute.wall.standard
        if rises != (spec.better == MORE) and attribute.wall.best != attribute.wall.standard:
            word = Text(en="above", zh="高于") if spec.better == MORE else Text(en="below", zh="低于")
            why = Text(
                en=f"a best figure {word.en} the standard, {attribute.wall.standard}: {better.en}",
                zh=f"最佳值须{word.zh}标准值 {attribute.wall.standard}：{better.zh}",
            )
            yield Mistake((*path, "wall", "best"), str(attribute.wall.best), _unless(why))
        return
    for place, (before, after) in enumerate(pairwise(points), 1):
        if (after < before) if spec.better == MORE else (after > before):
            word = Text(en="at least", zh="不小于") if spec.better == MORE else Text(en="at most", zh="不大于")
            why = Text(
                en=f"{word.en} {before}, the points of the bin before: {better.en}",
                zh=f"{word.zh}前一分箱的得分 {before}：{better.zh}",
            )
            yield Mistake((*path, "bins", place, "points"), str(after), _unless(why))
            return


def comparison_mistakes(path: Path, criterion: Criterion) -> Iterator[Mistake]:
    """Yield the comparison of a criterion that fails the better and lets the worse pass."""
    spec = CATALOGUE.get(criterion.metric)
    if spec is None or spec.better not in _AGAINST or criterion.against_better.strip():
        return
    better = _better(spec)
    if criterion.comparison in _AGAINST[spec.better]:
        right = _OPPOSITE[criterion.comparison]
        why = Text(en=f"{right}: {better.en}", zh=f"{right}：{better.zh}")
        yield Mistake((*path, "comparison"), criterion.comparison, _unless(why))
    elif criterion.comparison == "equals" and isinstance(criterion.value, Decimal):
        best = spec.most if spec.better == MORE else spec.least
        if criterion.value != best:
            right = "at_least" if spec.better == MORE else "at_most"
            why = Text(
                en=f"{right}: equals fails every other figure, also the better ones ({better.en})",
                zh=f"{right}：equals 会使其他数值（包括更好的）都不通过（{better.zh}）",
            )
            yield Mistake((*path, "comparison"), "equals", _unless(why))
