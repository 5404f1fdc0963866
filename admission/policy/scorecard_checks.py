"""What must hold in a scorecard: whole bins or a line that rises, 100 points in all, and nothing gained by hiding."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any

from admission.metrics.catalogue import CATALOGUE, JUDGED
from admission.model import Text
from admission.policy.mistakes import Mistake, Path, Placed, figure, unknown_name
from admission.policy.scorecard import Attribute, Wall

HUNDRED = Decimal(100)
A_NUMBER = Text(en="a number or a flag; a code has no bins", zh="数值或是非指标；代码无法分箱")
NO_LINE = Text(en="bins; a flag has no line between its two values", zh="分箱；是非指标的两个值之间没有直线")
JUDGED_BY_PEOPLE = Text(en="qualitative: a person judges it", zh="qualitative：由人工评价")
NOT_JUDGED = Text(
    en=f"quantitative; people judge {', '.join(JUDGED)}", zh=f"quantitative；人工评价的只有 {'、'.join(JUDGED)}"
)
NOT_BOTH = Text(en="either bins or wall; both are given", zh="bins 与 wall 只写一个；现在两个都写了")
NOT_NEITHER = Text(en="either bins or wall; neither is given", zh="bins 与 wall 写一个；现在两个都没写")
OPEN_BIN_LAST = Text(
    en="a last bin without `below`, and only that one, or there is a gap",
    zh="只有最后一个分箱不写 `below`，否则留有缺口",
)


def scorecard_mistakes(
    card: dict[str, Any], attributes: Sequence[Placed[Attribute]], grades: Sequence[str]
) -> Iterator[Mistake]:
    """Yield the mistakes of a scorecard.

    Args:
        card: as it was written.
        attributes: those of its attributes that could be read.
        grades: names of the policy's grades.
    """
    where: Path = ("scorecard",)
    for path, attribute in attributes:
        yield from _attribute_mistakes(path, attribute)
    written = card.get("attributes")
    if isinstance(written, list) and written and len(written) == len(attributes):
        total = sum((placed.item.maximum for placed in attributes), Decimal(0))
        if total != HUNDRED:
            expected = Text(
                en=f"100 points in all; the best bins sum to {total}, not to 100",
                zh=f"总分 100；各指标最高分之和为 {total}",
            )
            yield Mistake((*where, "attributes"), "", expected)
    yield from _qualitative_mistakes(card, attributes)
    capped = card.get("missing_cap")
    if isinstance(capped, str) and grades and capped not in grades:
        yield unknown_name((*where, "missing_cap"), capped, grades)


def _qualitative_mistakes(card: dict[str, Any], attributes: Sequence[Placed[Attribute]]) -> Iterator[Mistake]:
    at: Path = ("scorecard", "qualitative_cap")
    judged = [placed.item.maximum for placed in attributes if placed.item.kind == "qualitative"]
    most = sum(judged, Decimal(0))
    written = card.get("qualitative_cap")
    if judged and written is None:
        expected = Text(
            en=f"a cap on what judgements may earn; here the best earn {most}",
            zh=f"定性得分的上限；目前最高可得 {most} 分",
        )
        yield Mistake(at, "", expected)
    cap = figure(written)
    if cap is not None and most > cap:
        expected = Text(
            en=f"at least {most}, what the best judgements would earn", zh=f"不小于 {most}，即定性指标的最高得分"
        )
        yield Mistake(at, str(cap), expected)


def _attribute_mistakes(path: Path, attribute: Attribute) -> Iterator[Mistake]:
    spec = CATALOGUE.get(attribute.metric)
    if spec is None:
        yield unknown_name((*path, "metric"), attribute.metric, list(CATALOGUE))
    elif spec.kind == "code":
        yield Mistake((*path, "metric"), attribute.metric, A_NUMBER)
    elif spec.kind == "flag" and attribute.wall is not None:
        yield Mistake((*path, "wall"), attribute.metric, NO_LINE)
    judged = attribute.metric in JUDGED
    if spec is not None and judged != (attribute.kind == "qualitative"):
        yield Mistake((*path, "kind"), attribute.kind, JUDGED_BY_PEOPLE if judged else NOT_JUDGED)
    if bool(attribute.bins) == (attribute.wall is not None):
        yield Mistake((*path, "bins"), "", NOT_BOTH if attribute.bins else NOT_NEITHER)
        return
    if attribute.wall is not None:
        yield from _wall_mistakes((*path, "wall"), attribute.wall)
    else:
        yield from _bin_mistakes(path, attribute)
    yield from _missing_mistakes(path, attribute)


def _bin_mistakes(path: Path, attribute: Attribute) -> Iterator[Mistake]:
    bounds = [part.below for part in attribute.bins]
    if bounds[-1] is not None or any(bound is None for bound in bounds[:-1]):
        yield Mistake((*path, "bins"), "", OPEN_BIN_LAST)
    inner = [bound for bound in bounds if bound is not None]
    for place, (low, high) in enumerate(pairwise(inner), 1):
        if high <= low:
            expected = Text(en=f"more than {low}: the bins overlap", zh=f"大于 {low}：分箱重叠")
            yield Mistake((*path, "bins", place, "below"), str(high), expected)


def _wall_mistakes(path: Path, wall: Wall) -> Iterator[Mistake]:
    if wall.best == wall.standard:
        expected = Text(
            en=f"another figure than the standard, {wall.standard}", zh=f"不同于标准值 {wall.standard} 的数字"
        )
        yield Mistake((*path, "best"), str(wall.best), expected)
    if wall.maximum_points <= wall.standard_points:
        expected = Text(
            en=f"more than standard_points, {wall.standard_points}",
            zh=f"大于 standard_points（{wall.standard_points}）",
        )
        yield Mistake((*path, "maximum_points"), str(wall.maximum_points), expected)
    if wall.minimum_points > wall.standard_points:
        expected = Text(
            en=f"at most standard_points, {wall.standard_points}",
            zh=f"不大于 standard_points（{wall.standard_points}）",
        )
        yield Mistake((*path, "minimum_points"), str(wall.minimum_points), expected)


def _missing_mistakes(path: Path, attribute: Attribute) -> Iterator[Mistake]:
    if attribute.missing > attribute.maximum:
        most = Text(
            en=f"at most {attribute.maximum}: missing must not earn more than the best bin",
            zh=f"不大于 {attribute.maximum}：缺失得分不能高于最高分箱",
        )
        yield Mistake((*path, "missing"), str(attribute.missing), most)
    elif attribute.minimum < attribute.missing == attribute.maximum:
        less = Text(
            en=f"less than {attribute.maximum}, or whoever hides a bad figure gains by it",
            zh=f"小于 {attribute.maximum}，否则隐瞒不利数据反而得利",
        )
        yield Mistake((*path, "missing"), str(attribute.missing), less)
