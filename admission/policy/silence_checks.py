"""What must hold in what a policy says of silence: what is not told, not asked, or not scored."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from admission.metrics.catalogue import CATALOGUE
from admission.model import Text
from admission.policy.draft import Draft
from admission.policy.mistakes import Mistake, Path, unknown_name

NEVER_ONLY_NOTED = Text(
    en="refer: who cannot be asked about what rejects must not pass unseen",
    zh="refer：涉及禁入条款而无法查询的，不得仅作记录",
)
SOMETHING_SCORED = Text(en="fewer: nothing of the scorecard is left to be scored", zh="少列一些：评分卡已无可评项目")


def silence_mistakes(draft: Draft) -> Iterator[Mistake]:
    """Yield the mistakes in bounds on the grade, in criteria that may be only listed, and in what is not scored."""
    grades = draft.names("grades", "name")
    for path, criterion in draft.criteria:
        yield from _grade((*path, "best_grade"), criterion.best_grade, grades)
        if criterion.effect == "reject" and criterion.on_not_asked == "note":
            yield Mistake((*path, "on_not_asked"), "note", NEVER_ONLY_NOTED)
    for name, segment in draft.segments.items():
        at: Path = ("segments", name)
        for rule, change in segment.criteria.items():
            yield from _grade((*at, "criteria", rule, "best_grade"), change.best_grade, grades)
        yield from _not_scored((*at, "not_scored"), segment.not_scored, draft)
    yield from _caps(draft.scorecard.get("not_asked_caps"), grades)


def _grade(path: Path, name: str | None, grades: Sequence[str]) -> Iterator[Mistake]:
    if name is not None and grades and name not in grades:
        yield unknown_name(path, name, grades)


def _not_scored(path: Path, names: Sequence[str], draft: Draft) -> Iterator[Mistake]:
    scored = [placed.item.metric for placed in draft.attributes]
    for place, name in enumerate(names):
        # Any metric: a segment keeps its own when the house puts another scorecard in.
        if name not in CATALOGUE:
            yield unknown_name((*path, place), name, scored or list(CATALOGUE))
    if scored and set(scored) <= set(names):
        yield Mistake(path, "", SOMETHING_SCORED)


def _caps(written: Any, grades: Sequence[str]) -> Iterator[Mistake]:
    for place, cap in enumerate(written if isinstance(written, list) else []):
        if not isinstance(cap, dict):
            continue
        at: Path = ("scorecard", "not_asked_caps", place)
        best, metrics = cap.get("best_grade"), cap.get("metrics")
        if isinstance(best, str):
            yield from _grade((*at, "best_grade"), best, grades)
        for number, name in enumerate(metrics if isinstance(metrics, list) else []):
            if isinstance(name, str) and name not in CATALOGUE:
                yield unknown_name((*at, "metrics", number), name, list(CATALOGUE))
