"""What must hold in a scorecard: whole bins or a line that rises, 100 points in all, and nothing gained by hiding."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any

from admission.metrics.catalogue import CATALOGUE, JUDGED
from admission.policy.mistakes import Mistake, Path, Placed, figure, unknown_name
from admission.policy.scorecard import Attribute, Wall

HUNDRED = Decimal(100)


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
            yield Mistake((*where, "attributes"), "", f"the best bins sum to {total}, not to 100")
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
        yield Mistake(at, "", f"a cap on what judgements may earn; here the best earn {most}")
    cap = figure(written)
    if cap is not None and most > cap:
        yield Mistake(at, str(cap), f"at least {most}, what the best judgements would earn")


def _attribute_mistakes(path: Path, attribute: Attribute) -> Iterator[Mistake]:
    spec = CATALOGUE.get(attribute.metric)
    if spec is None:
        yield unknown_name((*path, "metric"), attribute.metric, list(CATALOGUE))
    elif spec.kind == "code":
        yield Mistake((*path, "metric"), attribute.metric, "a number or a flag; a code has no bins")
    elif spec.kind == "flag" and attribute.wall is not None:
        yield Mistake((*path, "wall"), attribute.metric, "bins; a flag has no line between its two values")
    judged = attribute.metric in JUDGED
    if spec is not None and judged != (attribute.kind == "qualitative"):
        expected = "qualitative: a person judges it" if judged else f"quantitative; people judge {', '.join(JUDGED)}"
        yield Mistake((*path, "kind"), attribute.kind, expected)
    if bool(attribute.bins) == (attribute.wall is not None):
        both = "both are" if attribute.bins else "neither is"
        yield Mistake((*path, "bins"), "", f"either bins or wall; {both} given")
        return
    if attribute.wall is not None:
        yield from _wall_mistakes((*path, "wall"), attribute.wall)
    else:
        yield from _bin_mistakes(path, attribute)
    yield from _missing_mistakes(path, attribute)


def _bin_mistakes(path: Path, attribute: Attribute) -> Iterator[Mistake]:
    bounds = [part.below for part in attribute.bins]
    if bounds[-1] is not None or any(bound is None for bound in bounds[:-1]):
        yield Mistake((*path, "bins"), "", "a last bin without `below`, and only that one, or there is a gap")
    inner = [bound for bound in bounds if bound is not None]
    for place, (low, high) in enumerate(pairwise(inner), 1):
        if high <= low:
            yield Mistake((*path, "bins", place, "below"), str(high), f"more than {low}: the bins overlap")


def _wall_mistakes(path: Path, wall: Wall) -> Iterator[Mistake]:
    if wall.best == wall.standard:
        yield Mistake((*path, "best"), str(wall.best), f"another figure than the standard, {wall.standard}")
    if wall.maximum_points <= wall.standard_points:
        expected = f"more than standard_points, {wall.standard_points}"
        yield Mistake((*path, "maximum_points"), str(wall.maximum_points), expected)
    if wall.minimum_points > wall.standard_points:
        expected = f"at most standard_points, {wall.standard_points}"
        yield Mistake((*path, "minimum_points"), str(wall.minimum_points), expected)


def _missing_mistakes(path: Path, attribute: Attribute) -> Iterator[Mistake]:
    if attribute.missing > attribute.maximum:
        most = f"at most {attribute.maximum}: missing must not earn more than the best bin"
        yield Mistake((*path, "missing"), str(attribute.missing), most)
    elif attribute.minimum < attribute.missing == attribute.maximum:
        less = f"less than {attribute.maximum}, or whoever hides a bad figure gains by it"
        yield Mistake((*path, "missing"), str(attribute.missing), less)
