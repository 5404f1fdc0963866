"""Do grades mean what their order says: from the best to the worst all that they give falls, and who decides rises."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from admission.model import Text
from admission.policy.draft import Draft
from admission.policy.grades import Grade
from admission.policy.mistakes import SECURITY_TREATMENT, Mistake, Path, Placed
from admission.policy.scorecard import Calibration

A_TREATMENT = Text(
    en="at least one treatment, such as security or prepayment: it says what secured terms are",
    zh="至少一项风险缓释措施（如 security 或 prepayment），说明担保条件的内容",
)


# Trade credit beyond half a year is a loan. [P]
LONGEST_TERMS = 180
OF_HUNDRED = Text(en="points of 100, not a share: 50 and not 0.5", zh="百分制的分数，不是小数：写 50 而非 0.5")
SHORTER = Text(en=f"at most {LONGEST_TERMS} days", zh=f"不超过 {LONGEST_TERMS} 天")
ASKS_SECURITY = Text(
    en=f"true: the treatment {SECURITY_TREATMENT} asks for security",
    zh=f"true：{SECURITY_TREATMENT} 措施须提供担保",
)
NO_TERMS = Text(en="0: with terms of 0 days there is no open credit", zh="0：账期为 0 天即没有赊销")
NOBODY_REFUSED = Text(
    en="true, or factors of 0, or terms of 0 days: as it is, the worst company has open credit",
    zh="true，或系数为 0，或账期为 0 天：目前最差的企业仍可赊销",
)


class _Falling(NamedTuple):
    """A part of grades that goes one way from the best to the worst."""

    key: str
    rank: Callable[[Grade], Decimal | float]
    rises: bool = False


def grade_mistakes(draft: Draft) -> Iterator[Mistake]:
    """Yield what a worse grade gives more of than a better one, and what a grade asks for that can have no effect."""
    if len(draft.grades) != len(draft.names("grades", "name")):
        return
    for part in _parts(draft):
        for better, worse in pairwise(draft.grades):
            before, after = part.rank(better.item), part.rank(worse.item)
            if (after < before) if part.rises else (after > before):
                yield _turned(part, better.item, worse)
    for path, grade in draft.grades:
        yield from _grade_alone(path, grade)
        yield from _treatment_mistakes(draft, path, grade)
    yield from _last_grade(draft)
    yield from _level_mistakes(draft)
    if draft.limit is not None:
        yield from _factor_falls(("limit", "sales_factors"), draft.limit.sales_factors, draft.grades)
    for name, segment in draft.segments.items():
        at: Path = ("segments", name, "limit", "sales_factors")
        yield from _factor_falls(at, segment.limit.sales_factors or {}, draft.grades)
    if draft.calibration is not None:
        yield from _reachable(draft.calibration, draft.grades)


def _parts(draft: Draft) -> tuple[_Falling, ...]:
    written = draft.raw.get("default_review_months")
    months = written if isinstance(written, int) else 36
    return (
        _Falling("net_worth_factor", lambda grade: grade.net_worth_factor),
        _Falling("turnover_factor", lambda grade: grade.turnover_factor),
        _Falling("terms_days", lambda grade: grade.terms_days),
        _Falling("review_months", lambda grade: grade.review_months or months),
        _Falling("level_up", lambda grade: math.inf if grade.level_up == "top" else grade.level_up, rises=True),
        _Falling("secured", lambda grade: int(grade.secured), rises=True),
    )


def _turned(part: _Falling, better: Grade, worse: Placed[Grade]) -> Mistake:
    key = part.key
    at, value = getattr(better, key), getattr(worse.item, key)
    if key == "secured":
        expected = Text(
            en=f"true: the better grade {better.name} is secured", zh=f"true：更好的等级 {better.name} 须提供担保"
        )
        return Mistake((*worse.path, key), "false", expected)
    if at is None or value is None:  # one of the two has the policy's own interval
        shown = f"{part.rank(better):g}"
        value = f"{part.rank(worse.item):g}"
    else:
        shown = str(at)
    word = Text(en="at least", zh="不小于") if part.rises else Text(en="at most", zh="不大于")
    expected = Text(
        en=f"{word.en} {shown}, as the better grade {better.name} has",
        zh=f"{word.zh} {shown}，即更好等级 {better.name} 的取值",
    )
    return Mistake((*worse.path, key), str(value), expected)


def _grade_alone(path: Path, grade: Grade) -> Iterator[Mistake]:
    if 0 < grade.at_least < 1:
        yield Mistake((*path, "at_least"), str(grade.at_least), OF_HUNDRED)
    if grade.terms_days > LONGEST_TERMS:
        yield Mistake((*path, "terms_days"), str(grade.terms_days), SHORTER)
    if SECURITY_TREATMENT in grade.treatments and not grade.secured:
        yield Mistake((*path, "secured"), "false", ASKS_SECURITY)
    for key in ("net_worth_factor", "turnover_factor"):
        if grade.terms_days == 0 and getattr(grade, key) > 0:
            yield Mistake((*path, key), str(getattr(grade, key)), NO_TERMS)


def _last_grade(draft: Draft) -> Iterator[Mistake]:
    """The worst companies of all get no open credit: by security, by a factor of 0, or by terms of no day."""
    if not draft.grades or draft.limit is None:
        return
    path, last = draft.grades[-1]
    factors = [draft.limit.sales_factors.get(last.name, Decimal(0))]
    if draft.limit.net_worth_share is not None or draft.limit.turnover_share is not None:
        factors += [last.net_worth_factor, last.turnover_factor]
    if not last.secured and last.terms_days > 0 and any(factors):
        yield Mistake((*path, "secured"), "false", NOBODY_REFUSED)


def _treatment_mistakes(draft: Draft, path: Path, grade: Grade) -> Iterator[Mistake]:
    """Treatments that shorten nothing, and secured terms that nothing describes."""
    treatments = {placed.item.id: placed.item for placed in draft.treatments}
    written = draft.raw.get("default_review_months")
    months = grade.review_months or (written if isinstance(written, int) else None)
    if grade.secured and not grade.treatments:
        yield Mistake((*path, "treatments"), "", A_TREATMENT)
    for place, name in enumerate(grade.treatments):
        treatment, at = treatments.get(name), (*path, "treatments", place)
        if name in grade.treatments[:place]:
            yield Mistake(at, name, Text(en="each treatment once", zh="每项措施只写一次"))
        if treatment is None:
            continue
        if treatment.days is not None and treatment.days > grade.terms_days:
            yield Mistake(at, name, _longer(f"{treatment.days} days", f"{treatment.days} 天", grade.terms_days))
        if treatment.months is not None and months is not None and treatment.months > months:
            yield Mistake(at, name, _longer(f"{treatment.months} months", f"{treatment.months} 个月", months))


def _longer(en: str, zh: str, bound: int) -> Text:
    return Text(
        en=f"a treatment that shortens: it says {en}, and the grade has {bound} already",
        zh=f"应为缩短期限的措施：该措施为 {zh}，而本等级已为 {bound}",
    )


def _level_mistakes(draft: Draft) -> Iterator[Mistake]:
    """Levels beyond the bands; of a house with one or two bands, levels mean the last one."""
    written = draft.approval.get("bands")
    bands = len(written) if isinstance(written, list) else 0
    if bands < 3:
        return
    expected = Text(
        en=f"at most {bands - 1}, or top: there are {bands} bands", zh=f"不大于 {bands - 1}，或 top：共 {bands} 档"
    )
    for path, grade in draft.grades:
        if grade.level_up != "top" and grade.level_up >= bands:
            yield Mistake((*path, "level_up"), str(grade.level_up), expected)
    raised = draft.approval.get("override_level_up")
    if isinstance(raised, int) and raised >= bands:
        yield Mistake(("approval", "override_level_up"), str(raised), expected)


def _factor_falls(path: Path, factors: Mapping[str, Decimal], grades: Sequence[Placed[Grade]]) -> Iterator[Mistake]:
    named = [placed.item.name for placed in grades if placed.item.name in factors]
    for better, worse in pairwise(named):
        if factors[worse] > factors[better]:
            expected = Text(
                en=f"at most {factors[better]}, as the better grade {better} has",
                zh=f"不大于 {factors[better]}，即更好等级 {better} 的系数",
            )
            yield Mistake((*path, worse), str(factors[worse]), expected)


def _reachable(calibration: Calibration, grades: Sequence[Placed[Grade]]) -> Iterator[Mistake]:
    """No score gives a probability as low as the bound of an unreachable grade."""
    least = calibration.probability(Decimal(100))
    for path, grade in grades:
        if grade.pd_at_most is not None and grade.pd_at_most < least:
            expected = Text(
                en=f"at least {least:f}, the probability of a score of 100, or nobody reaches this grade",
                zh=f"不小于 {least:f}（100 分对应的违约概率），否则没有企业能达到该等级",
            )
            yield Mistake((*path, "pd_at_most"), str(grade.pd_at_most), expected)
