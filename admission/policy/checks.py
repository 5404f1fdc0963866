"""What must hold in a policy beyond the shape of its parts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any

from admission.application import A_COUNTRY, COUNTRIES
from admission.approval.stages import Stage
from admission.metrics.industry import CODE
from admission.model import Text
from admission.policy.appetite import Caps
from admission.policy.criterion_checks import change_mistakes, criterion_mistakes
from admission.policy.draft import Draft
from admission.policy.earned_checks import earned_mistakes
from admission.policy.limit_checks import limit_mistakes, treatment_mistakes
from admission.policy.loss_checks import loss_mistakes
from admission.policy.mandate_checks import mandate_mistakes
from admission.policy.mistakes import SECURITY_TREATMENT, Mistake, Path, Placed, figure, unknown_name
from admission.policy.quorums import office_mistakes
from admission.policy.review_checks import review_mistakes
from admission.policy.scorecard_checks import scorecard_mistakes
from admission.policy.segments import Segment
from admission.policy.silence_checks import silence_mistakes

# The stage that the house itself adds to a route.
HOLD_STAGE = "hold"
# Ids that the house's caps on exposure have among the results.
CAP_IDS = tuple(f"cap_{kind}" for kind in Caps.model_fields)
MAX_DIGITS = 15
LONGEST_FIGURE = 40
_FIGURE = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?")
_INDUSTRY = re.compile(CODE)
WORDS_IN = {
    "en": Text(en="words in English", zh="英文文字"),
    "zh": Text(en="words in Chinese", zh="中文文字"),
}
A_FIGURE = Text(en=f"a figure of at most {MAX_DIGITS} digits", zh=f"不超过 {MAX_DIGITS} 位的数字")
UNIQUE = Text(en="a name that nothing else here has", zh="此处不重复的名称")
NO_CIRCLE = Text(en="a segment that does not inherit this one", zh="不继承本客户类别的另一客户类别")
FALLS_TO_ZERO = Text(en="0 for the last grade, or low scores have none", zh="最低等级须为 0，否则低分没有等级")
SECURITY = Text(
    en=f"one of id {SECURITY_TREATMENT}, for criteria of secured_only",
    zh=f"须有 id 为 {SECURITY_TREATMENT} 的风险缓释措施，供 secured_only 的准入标准使用",
)
ALL_OR_NONE = Text(en="a bound for each grade, or for none", zh="各等级都写界限，或都不写")
RISES_TO_ONE = Text(en="1 for the last grade, or some have none", zh="最低等级须为 1，否则部分企业没有等级")
INDUSTRY_CODE = Text(
    en="a code with its scheme, or how such begin: uk-sic:47", zh="带分类体系的行业代码或其开头，如 uk-sic:47"
)
OPEN_BAND_LAST = Text(
    en="a bound: no amount reaches the band behind one that has none",
    zh="须写上限：无上限的金额档之后，任何金额都到不了下一档",
)
FIRST_STAGE_ALONE = Text(
    en="false for the first stage: there is none before it", zh="首个环节须为 false：之前没有其他环节"
)
CHAIR_NEEDS_MAJORITY = Text(
    en="decline: majority beside it; only a majority can be tied",
    zh="须同时写 decline: majority；只有多数决才会票数相等",
)
NO_NESTED_GROUPS = Text(
    en="departments and roles; a group is not made of groups", zh="部门和角色；审批人组不能由其他组构成"
)


def mistakes_in(draft: Draft) -> Iterator[Mistake]:
    """Yield every mistake in what could be read of a policy."""
    yield from _text_mistakes(draft.raw, ())
    yield from _figure_mistakes(draft.raw, ())
    yield from _segment_mistakes(draft)
    yield from _repeated([(placed.path, placed.item.id) for placed in draft.criteria], taken=CAP_IDS)
    for criterion in draft.criteria:
        yield from criterion_mistakes(criterion, draft.segment_names)
    grades = draft.names("grades", "name")
    yield from _repeated([(placed.path, placed.item.metric) for placed in draft.attributes])
    yield from scorecard_mistakes(draft.scorecard, draft.attributes, grades)
    yield from limit_mistakes(draft.limit, draft.segments, grades)
    yield from silence_mistakes(draft)
    yield from _grade_mistakes(draft)
    yield from loss_mistakes(draft)
    yield from earned_mistakes(draft)
    yield from review_mistakes(draft)
    yield from _repeated([(placed.path, placed.item.id) for placed in draft.treatments])
    for treatment in draft.treatments:
        yield from treatment_mistakes(treatment)
    yield from _appetite_mistakes(draft)
    for path, bands in draft.matrices:
        yield from _band_mistakes(path, bands)
    for stage in draft.stages:
        yield from _stage_mistakes(stage)
    yield from _fast_track_mistakes(draft)
    yield from _group_mistakes(draft.raw, (), draft.raw.get("approval"))
    yield from office_mistakes(draft)
    yield from mandate_mistakes(draft)


def _text_mistakes(value: Any, path: Path) -> Iterator[Mistake]:
    """A text for people needs both languages; that a key is missing is told by the shape of the part."""
    if isinstance(value, dict):
        if value.keys() == {"en", "zh"}:
            for language, said in value.items():
                if isinstance(said, str) and not said.strip():
                    yield Mistake((*path, language), "", WORDS_IN[language])
            return
        for name, inner in value.items():
            yield from _text_mistakes(inner, (*path, name))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _text_mistakes(inner, (*path, place))


def _figure_mistakes(value: Any, path: Path) -> Iterator[Mistake]:
    """No figure of a policy is beyond what a business counts; with 1e999999 nothing can be multiplied or shown."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name != "data_sha256":  # a fingerprint is no figure, though one may consist of digits
                yield from _figure_mistakes(inner, (*path, name))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _figure_mistakes(inner, (*path, place))
    elif isinstance(value, int | str) and _FIGURE.fullmatch(str(value)[: LONGEST_FIGURE + 1]):
        written = figure(value)
        if written is None or len(str(value)) > LONGEST_FIGURE or (written and abs(written.adjusted()) > MAX_DIGITS):
            yield Mistake(path, f"{str(value)[:20]}", A_FIGURE)


def _segment_mistakes(draft: Draft) -> Iterator[Mistake]:
    written = draft.raw.get("segments")
    if isinstance(written, list):
        yield from _repeated([(("segments", place), str(name)) for place, name in enumerate(written)])
    known = [*draft.names("criteria", "id"), *(placed.item.id for placed in draft.criteria)]
    grades = draft.names("grades", "name")
    for name, segment in draft.segments.items():
        path: Path = ("segments", name)
        if segment.best_grade is not None and grades and segment.best_grade not in grades:
            yield unknown_name((*path, "best_grade"), segment.best_grade, grades)
        if segment.inherits is not None and segment.inherits not in draft.segment_names:
            yield unknown_name((*path, "inherits"), segment.inherits, draft.segment_names)
        elif _goes_in_circles(draft.segments, name):
            yield Mistake((*path, "inherits"), str(segment.inherits), NO_CIRCLE)
        for criterion, change in segment.criteria.items():
            at = (*path, "criteria", criterion)
            if criterion not in known:
                yield unknown_name(at, criterion, known)
                continue
            changed = next((placed.item for placed in draft.criteria if placed.item.id == criterion), None)
            if changed is not None:
                yield from change_mistakes(at, changed, change)


def _goes_in_circles(segments: dict[str, Segment], name: str) -> bool:
    seen, at = [name], segments[name].inherits
    while at is not None and at in segments:
        if at in seen:
            return at == name
        seen.append(at)
        at = segments[at].inherits
    return False


def _grade_mistakes(draft: Draft) -> Iterator[Mistake]:
    yield from _repeated([(placed.path, placed.item.name) for placed in draft.grades])
    bounds = _figures(draft.raw.get("grades"), ("grades",), "at_least")
    for (_, before), (path, after) in pairwise(bounds):
        if before is not None and after is not None and after >= before:
            expected = Text(
                en=f"falling bounds: less than {before}, the bound of the grade before",
                zh=f"界限须递减：小于上一等级的 {before}",
            )
            yield Mistake(path, str(after), expected)
    if bounds and bounds[-1][1] not in (None, 0):
        path, last = bounds[-1]
        yield Mistake(path, str(last), FALLS_TO_ZERO)
    yield from _probability_mistakes(draft)
    known = draft.names("treatments", "id")
    for path, grade in draft.grades:
        for place, name in enumerate(grade.treatments):
            if name not in known:
                yield unknown_name((*path, "treatments", place), name, known)
    if SECURITY_TREATMENT not in known and any(placed.item.effect == "secured_only" for placed in draft.criteria):
        yield Mistake(("treatments",), ", ".join(known), SECURITY)


def _probability_mistakes(draft: Draft) -> Iterator[Mistake]:
    """Cuts on the probability of default are all there, and rise, or there are none."""
    given = [placed for placed in draft.grades if placed.item.pd_at_most is not None]
    if given and len(given) < len(draft.grades):
        missing = next(placed for placed in draft.grades if placed.item.pd_at_most is None)
        yield Mistake((*missing.path, "pd_at_most"), "", ALL_OR_NONE)
    cuts = [(placed.path, placed.item.pd_at_most) for placed in given if placed.item.pd_at_most is not None]
    for (_, low), (path, high) in pairwise(cuts):
        if high <= low:
            expected = Text(en=f"more than {low}, the bound of the better grade", zh=f"大于较高等级的界限 {low}")
            yield Mistake((*path, "pd_at_most"), str(high), expected)
    if len(given) == len(draft.grades) > 0 and cuts[-1][1] != 1:
        yield Mistake((*cuts[-1][0], "pd_at_most"), str(cuts[-1][1]), RISES_TO_ONE)


def _appetite_mistakes(draft: Draft) -> Iterator[Mistake]:
    appetite = draft.raw.get("appetite")
    if not isinstance(appetite, dict):
        return
    excluded = appetite.get("excluded_countries")
    for place, country in enumerate(excluded if isinstance(excluded, list) else ()):
        if isinstance(country, str) and country not in COUNTRIES:
            yield Mistake(("appetite", "excluded_countries", place), country, A_COUNTRY)
    yield from _industry_mistakes(("appetite", "excluded_industries"), appetite.get("excluded_industries"))
    caps = appetite.get("caps")
    if not isinstance(caps, dict):
        return
    yield from _industry_mistakes(("appetite", "caps", "industry"), caps.get("industry"))
    known = {
        "grade": draft.names("grades", "name"),
        "segment": list(draft.segment_names),
        "country": sorted(COUNTRIES),
    }
    for kind, names in known.items():
        capped = caps.get(kind)
        for name in capped if isinstance(capped, dict) else ():
            if name not in names:
                yield unknown_name(("appetite", "caps", kind, str(name)), str(name), names)


def _industry_mistakes(path: Path, codes: object) -> Iterator[Mistake]:
    for place, code in enumerate(codes if isinstance(codes, list | dict) else ()):
        if isinstance(code, str | int) and not _INDUSTRY.fullmatch(str(code)):
            at = place if isinstance(codes, list) else str(code)
            yield Mistake((*path, at), str(code)[:60], INDUSTRY_CODE)


def _band_mistakes(path: Path, bands: Sequence[Any]) -> Iterator[Mistake]:
    tables = [(place, band) for place, band in enumerate(bands) if isinstance(band, dict)]
    yield from _repeated([((*path, place), str(band.get("name"))) for place, band in tables])
    for place, band in tables:
        written = band.get("stages")
        names = [
            ((*path, place, "stages", number), str(stage.get("name")))
            for number, stage in enumerate(written if isinstance(written, list) else ())
            if isinstance(stage, dict)
        ]
        yield from _repeated(names, taken=(HOLD_STAGE,))
    bounds = _figures(bands, path, "up_to")
    for (at, low), (next_at, high) in pairwise(bounds):
        if low is None:
            yield Mistake(at, "", OPEN_BAND_LAST)
        elif high is not None and high <= low:
            expected = Text(en=f"more than {low}: the amount bands must rise", zh=f"大于 {low}：金额档须递增")
            yield Mistake(next_at, str(high), expected)
    if bounds and bounds[-1][1] is not None:
        at, last = bounds[-1]
        expected = Text(
            en=f"no bound for the last band: above {last}, or unknown, has no route",
            zh=f"最后一档不设上限：否则超过 {last} 或金额未知时没有审批层级",
        )
        yield Mistake(at, str(last), expected)


def _figures(entries: object, path: Path, key: str) -> list[tuple[Path, Decimal | None]]:
    """Return a figure of each entry of a list, with the path to it; None where it is not there or is no figure."""
    listed = entries if isinstance(entries, list | tuple) else ()
    return [
        ((*path, place, key), figure(entry.get(key)) if isinstance(entry, dict) else None)
        for place, entry in enumerate(listed)
    ]


def _stage_mistakes(placed: Placed[Stage]) -> Iterator[Mistake]:
    path, stage = placed
    if stage.together and path[-1] == 0:
        yield Mistake((*path, "together"), "true", FIRST_STAGE_ALONE)
    if stage.chair is not None and stage.decline != "majority":
        yield Mistake((*path, "chair"), "", CHAIR_NEEDS_MAJORITY)


def _fast_track_mistakes(draft: Draft) -> Iterator[Mistake]:
    rule = draft.approval.get("fast_track")
    grades = draft.names("grades", "name")
    named = rule.get("grades") if isinstance(rule, dict) else None
    for place, name in enumerate(named if isinstance(named, list) else ()):
        if grades and isinstance(name, str) and name not in grades:
            yield unknown_name(("approval", "fast_track", "grades", place), name, grades)


def _group_mistakes(value: Any, path: Path, approval: Any) -> Iterator[Mistake]:
    """A group that is asked for is one of the matrix's, and no group is made of groups."""
    groups = approval.get("groups") if isinstance(approval, dict) else None
    known = list(groups) if isinstance(groups, dict) else []
    if isinstance(value, dict):
        name = value.get("group")
        if isinstance(name, str) and path[:1] in (("approval",), ("segments",)):
            if path[:2] == ("approval", "groups"):
                yield Mistake((*path, "group"), name, NO_NESTED_GROUPS)
            elif name not in known:
                yield unknown_name((*path, "group"), name, known)
        for key, inner in value.items():
            yield from _group_mistakes(inner, (*path, key), approval)
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _group_mistakes(inner, (*path, place), approval)


def _repeated(named: Sequence[tuple[Path, str]], taken: Sequence[str] = ()) -> Iterator[Mistake]:
    seen = set(taken)
    for path, name in named:
        if name in seen:
            yield Mistake(path, name, UNIQUE)
        seen.add(name)
