"""Does a policy say what a credit manager can mean: checks of files beyond what the engine needs.

They are for files that people write. A version that was published before a check was there is read without them, so
that what it decided can be replayed, and what is in force stays in force.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from admission.metrics.catalogue import CATALOGUE
from admission.model import Text
from admission.policy.amount_checks import amount_mistakes
from admission.policy.contradiction_checks import contradiction_mistakes
from admission.policy.direction_checks import comparison_mistakes, order_mistakes
from admission.policy.draft import Draft
from admission.policy.grade_checks import grade_mistakes
from admission.policy.mandate_checks import idle_mandates
from admission.policy.mistakes import Mistake, Path, figure
from admission.policy.power_checks import power_mistakes
from admission.policy.range_checks import bound_mistakes, range_mistakes
from admission.policy.text_checks import text_mistakes
from admission.policy.time_checks import time_mistakes
from admission.policy.treatment_checks import treatment_sense

# What an application without a segment belongs to.
STANDARD = "standard"
# Shares of the 100 points that may be missing: with less each gap caps the grade, with more next to none does. [P]
LEAST_MISSING, MOST_MISSING = Decimal("0.05"), Decimal("0.8")
# What is missing is worth this share of the best points at most. [P]
MOST_NEUTRAL = Decimal("0.75")
# Shares of the system's own decisions that people look at; all of them is a choice too. [P]
LEAST_SAMPLE, MOST_SAMPLE = Decimal("0.005"), Decimal("0.5")
# Judgements are worth half of the points at most, or figures do not count. [P]
MOST_JUDGED = Decimal(50)
FEW_JUDGED = Text(
    en=f"at most {MOST_JUDGED} of the 100 points: more, and judgement alone gives the grade",
    zh=f"不大于 {MOST_JUDGED} 分（满分 100）：否则等级只取决于定性评价",
)
MOST_BAD, LEAST_APPROVED = Decimal("0.25"), Decimal("0.05")
A_STANDARD = Text(
    en=f"a segment {STANDARD} among them: applications that name none belong to it",
    zh=f"其中须有 {STANDARD}：未写明客户类别的申请归入该类别",
)
SOME_MISSING = Text(
    en=f"a share from {LEAST_MISSING} to {MOST_MISSING}: 0 caps every case with a gap, 1 caps none",
    zh=f"{LEAST_MISSING} 至 {MOST_MISSING} 的小数：0 会限制所有有缺失的申请，1 则从不限制",
)
SOME_SAMPLE = Text(
    en=f"a share from {LEAST_SAMPLE} to {MOST_SAMPLE}; 0 for none, 1 for all",
    zh=f"{LEAST_SAMPLE} 至 {MOST_SAMPLE} 的小数；0 为不抽检，1 为全部抽检",
)
FEW_BAD = Text(
    en=f"a share of at most {MOST_BAD}: how many of those admitted may turn bad",
    zh=f"不大于 {MOST_BAD} 的小数：已准入客户中允许变坏的占比",
)
SOME_APPROVED = Text(
    en=f"a share of at least {LEAST_APPROVED}: how many applicants are to be admitted",
    zh=f"不小于 {LEAST_APPROVED} 的小数：应准入的申请占比",
)


TOLD = frozenset(spec.name for spec in CATALOGUE.values() if spec.told)


class Surroundings(NamedTuple):
    """What a policy is checked against besides itself.

    Attributes:
        today: the day of the check; None where days are not compared with it.
        told: names of the metrics that some source of the house tells.
    """

    today: date | None = None
    told: Collection[str] = TOLD


def sense_mistakes(draft: Draft, surroundings: Surroundings) -> Iterator[Mistake]:
    """Yield everything that can be worked with and cannot be meant."""
    yield from text_mistakes(draft)
    yield from time_mistakes(draft, surroundings.today)
    yield from _segment_mistakes(draft)
    for path, criterion in draft.criteria:
        yield from comparison_mistakes(path, criterion)
        yield from bound_mistakes((*path, "value"), criterion)
    by_id = {placed.item.id: placed.item for placed in draft.criteria}
    for name, segment in draft.segments.items():
        for id_, change in segment.criteria.items():
            if id_ in by_id and change.value is not None and not change.off:
                at: Path = ("segments", name, "criteria", id_, "value")
                yield from bound_mistakes(at, change.applied(by_id[id_]))
    yield from contradiction_mistakes(draft, surroundings.told)
    for attribute in draft.attributes:
        yield from range_mistakes(attribute)
        yield from order_mistakes(attribute)
    yield from _missing_mistakes(draft)
    for treatment in draft.treatments:
        yield from treatment_sense(treatment)
    yield from grade_mistakes(draft)
    yield from amount_mistakes(draft)
    yield from power_mistakes(draft)
    yield from idle_mandates(draft)
    yield from _share_mistakes(draft)


def _segment_mistakes(draft: Draft) -> Iterator[Mistake]:
    if draft.segment_names and STANDARD not in draft.segment_names:
        yield Mistake(("segments",), ", ".join(draft.segment_names[:5]), A_STANDARD)
    grades = draft.grades
    for name, segment in draft.segments.items():
        path: Path = ("segments", name)
        inherited = [draft.segments[other] for other in draft.lineage(name)[1:]]
        if grades and segment.best_grade == grades[0].item.name and not any(part.best_grade for part in inherited):
            yield Mistake((*path, "best_grade"), str(segment.best_grade), _caps_nothing(grades[0].item.name))
        longest = max((placed.item.terms_days for placed in grades), default=None)
        if longest is not None and segment.max_terms_days is not None and segment.max_terms_days > longest:
            yield Mistake((*path, "max_terms_days"), str(segment.max_terms_days), _no_longer(longest))
        months = draft.raw.get("default_review_months")
        if isinstance(months, int) and segment.review_months is not None and grades:
            most = max(placed.item.review_months or months for placed in grades)
            if segment.review_months > most:
                yield Mistake((*path, "review_months"), str(segment.review_months), _no_longer(most))
        for id_, change in segment.criteria.items():
            unchanged = next((placed.item for placed in draft.criteria if placed.item.id == id_), None)
            alone = not any(id_ in part.criteria for part in inherited)
            if unchanged is not None and alone and not change.off and change.applied(unchanged) == unchanged:
                expected = Text(
                    en="a field that is different here; this is what the house asks already",
                    zh="此处不同的字段；目前与通用标准相同",
                )
                yield Mistake((*path, "criteria", id_), "", expected)


def _caps_nothing(best: str) -> Text:
    return Text(
        en=f"a grade below {best}: the best grade caps nothing", zh=f"低于 {best} 的等级：最高等级起不到限制作用"
    )


def _no_longer(most: int) -> Text:
    return Text(
        en=f"at most {most}: it shortens what grades give, and lengthens nothing",
        zh=f"不大于 {most}：此处只能缩短等级给予的期限，不能延长",
    )


def _missing_mistakes(draft: Draft) -> Iterator[Mistake]:
    path: Path = ("scorecard",)
    share = figure(draft.scorecard.get("max_missing_share"))
    if share is not None and not LEAST_MISSING <= share <= MOST_MISSING:
        yield Mistake((*path, "max_missing_share"), f"{share:f}", SOME_MISSING)
    if draft.calibration is None:  # a fitted card has what the data say
        for at, attribute in draft.attributes:
            if attribute.missing < attribute.maximum and attribute.missing > attribute.maximum * MOST_NEUTRAL:
                expected = Text(
                    en=f"at most {attribute.maximum * MOST_NEUTRAL:f}: a gap earns next to as much as the best",
                    zh=f"不大于 {attribute.maximum * MOST_NEUTRAL:f}：缺失得分几乎等于最高分",
                )
                yield Mistake((*at, "missing"), str(attribute.missing), expected)
    grades, cap = draft.names("grades", "name"), draft.scorecard.get("missing_cap")
    judged = figure(draft.scorecard.get("qualitative_cap"))
    if judged is not None and judged > MOST_JUDGED:
        yield Mistake((*path, "qualitative_cap"), f"{judged:f}", FEW_JUDGED)
    if grades and cap == grades[0]:
        yield Mistake((*path, "missing_cap"), grades[0], _caps_nothing(grades[0]))


def _share_mistakes(draft: Draft) -> Iterator[Mistake]:
    share = draft.sample.share if draft.sample is not None else Decimal(0)
    if share not in (0, 1) and not LEAST_SAMPLE <= share <= MOST_SAMPLE:
        yield Mistake(("approval", "sample", "share"), f"{share:f}", SOME_SAMPLE)
    appetite = draft.raw.get("appetite")
    if isinstance(appetite, dict):
        bad, approved = (figure(appetite.get(key)) for key in ("target_bad_rate", "target_approval_rate"))
        if bad is not None and MOST_BAD < bad <= 1:
            yield Mistake(("appetite", "target_bad_rate"), f"{bad:f}", FEW_BAD)
        if approved is not None and 0 <= approved < LEAST_APPROVED:
            yield Mistake(("appetite", "target_approval_rate"), f"{approved:f}", SOME_APPROVED)
