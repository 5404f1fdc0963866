"""What is worth knowing about a policy although it may be meant: warnings, which never keep a policy from use."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import chain
from typing import Any

from admission.metrics.catalogue import CATALOGUE
from admission.metrics.financials import RATIOS
from admission.model import Text
from admission.policy.draft import Draft
from admission.policy.mistakes import Mistake, Path, figure
from admission.policy.sense_checks import Surroundings

# Who is on a sanctions list or insolvent gets no credit anywhere.
ALWAYS_REJECTED = ("watchlist_confirmed", "open_insolvency")
LONGEST_REVIEW = 24
# Ratios of the accounts and those that grow out of them: the applicant could withhold them.
WITHHELD = frozenset(RATIOS)
TO_BE_REJECTED = Text(
    en="reject: who is on a sanctions list or insolvent gets no credit",
    zh="reject：制裁名单确认命中或破产的企业不应授信",
)
LOWEST = Text(
    en="on_missing: lowest, or whoever withholds bad accounts keeps the neutral points",
    zh="on_missing: lowest，否则隐瞒不利报表的企业可保留中性分",
)
OFTENER = Text(
    en=f"a review at least every {LONGEST_REVIEW} months: by then all facts are old",
    zh=f"至少每 {LONGEST_REVIEW} 个月复审一次：届时全部资料均已过期",
)
BOTH_OR_NEITHER = Text(
    en="grades and an amount, or neither: as it is, the system admits nobody alone",
    zh="等级与金额同时填写，或都不写：目前系统不会自动批准",
)
_DAYS_EN, _DAYS_ZH = re.compile(r"(\d+)\s*days?\b"), re.compile(r"(\d+)\s*[天日]")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_AMOUNT = re.compile(r"(\d[\d,]*(?:\.\d+)?)\s*(k|m|bn|千|万|百万|千万|亿)?(?![\d.])", re.IGNORECASE)
_TIMES = {"k": 3, "m": 6, "bn": 9, "千": 3, "万": 4, "百万": 6, "千万": 7, "亿": 8}


def cautions_in(draft: Draft, surroundings: Surroundings) -> Iterator[Mistake]:
    """Yield what a careful reader would ask about."""
    yield from _untold(draft, surroundings)
    yield from _not_rejected(draft)
    for path, attribute in draft.attributes:
        if attribute.metric in WITHHELD and attribute.on_missing != "lowest" and attribute.minimum < attribute.missing:
            yield Mistake((*path, "on_missing"), "neutral", LOWEST)
    for path, bands in draft.matrices:
        yield from _band_names(path, bands)
    for path, grade in draft.grades:
        for language, pattern in (("en", _DAYS_EN), ("zh", _DAYS_ZH)):
            said = pattern.findall(getattr(grade.terms_text, language))
            if said and str(grade.terms_days) not in said:
                expected = Text(
                    en=f"{grade.terms_days} days, as terms_days says", zh=f"{grade.terms_days} 天，与 terms_days 一致"
                )
                yield Mistake((*path, "terms_text", language), f"{said[0]}", expected)
    yield from _translations(draft.raw, ())
    track = draft.fast_track
    if track is not None and bool(track.grades) != (track.up_to > 0):
        yield Mistake(("approval", "fast_track"), "", BOTH_OR_NEITHER)
    months = draft.raw.get("default_review_months")
    if isinstance(months, int) and months > LONGEST_REVIEW:
        yield Mistake(("default_review_months",), str(months), OFTENER)


def _untold(draft: Draft, surroundings: Surroundings) -> Iterator[Mistake]:
    """Points that nobody earns, and criteria that are unknown for everybody."""
    lost = Decimal(0)
    for path, attribute in draft.attributes:
        if attribute.metric in CATALOGUE and attribute.metric not in surroundings.told:
            lost += attribute.maximum - attribute.missing
            expected = Text(
                en=f"no source tells it: everybody has the points of a missing figure, {attribute.missing} of "
                f"{attribute.maximum}",
                zh=f"没有来源：所有企业都只得缺失得分 {attribute.missing}（满分 {attribute.maximum}）",
            )
            yield Mistake((*path, "metric"), attribute.metric, expected)
    best = draft.grades[0] if draft.grades else None
    if best is not None and lost and best.item.at_least > 100 - lost and best.item.pd_at_most is None:
        expected = Text(
            en=f"at most {100 - lost}: {lost} points rest on what no source tells, so that nobody reaches this grade",
            zh=f"不大于 {100 - lost}：有 {lost} 分没有来源，因此没有企业能达到该等级",
        )
        yield Mistake((*best.path, "at_least"), str(best.item.at_least), expected)
    for path, criterion in draft.criteria:
        untold = criterion.metric in CATALOGUE and criterion.metric not in surroundings.told
        if untold and criterion.effect != "reject" and criterion.on_not_asked != "note":
            expected = Text(
                en="no source tells it: it is unknown for every case that it holds for, and bars the fast track",
                zh="没有来源：对适用的所有申请均为未知，无法走快速通道",
            )
            yield Mistake((*path, "metric"), criterion.metric, expected)


def _not_rejected(draft: Draft) -> Iterator[Mistake]:
    for metric in ALWAYS_REJECTED:
        on_it = [placed for placed in draft.criteria if placed.item.metric == metric]
        if draft.criteria and not any(placed.item.effect == "reject" for placed in on_it):
            path: Path = (*on_it[0].path, "effect") if on_it else ("criteria",)
            yield Mistake(path, on_it[0].item.effect if on_it else metric, TO_BE_REJECTED)
        for name, segment in draft.segments.items():
            for placed in on_it:
                change = segment.criteria.get(placed.item.id)
                if change is not None and (change.off or change.effect not in (None, "reject")):
                    at: Path = ("segments", name, "criteria", placed.item.id)
                    yield Mistake(at, "off" if change.off else str(change.effect), TO_BE_REJECTED)


def _band_names(path: Path, bands: Any) -> Iterator[Mistake]:
    """The name of a band is what people read of it: where it says an amount, it is the band's bound."""
    before = None
    for place, band in enumerate(bands):
        name, bound = (band.get("name"), figure(band.get("up_to"))) if isinstance(band, dict) else (None, None)
        right = before if bound is None else bound
        said = [
            Decimal(number.replace(",", "")) * 10 ** _TIMES.get(unit.lower(), 0)
            for number, unit in _AMOUNT.findall(name if isinstance(name, str) else "")
        ]
        if right is not None and len(said) == 1 and said[0] != right:
            expected = Text(en=f"a name that says {right:f}, the bound", zh=f"与金额上限 {right:f} 一致的名称")
            yield Mistake((*path, place, "name"), str(name), expected)
        before = bound


def _translations(value: Any, path: Path) -> Iterator[Mistake]:
    """Figures that are said in one language and differ in the other."""
    if isinstance(value, dict):
        english, chinese = value.get("en"), value.get("zh")
        if value.keys() == {"en", "zh"} and isinstance(english, str) and isinstance(chinese, str):
            here, there = set(_NUMBER.findall(english)), set(_NUMBER.findall(chinese))
            if here and there and not (here <= there or there <= here):
                expected = Text(
                    en=f"the same figures as in English: {', '.join(sorted(here))}",
                    zh=f"与英文一致的数字：{'、'.join(sorted(here))}",
                )
                yield Mistake((*path, "zh"), ", ".join(sorted(there)), expected)
            return
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    yield from chain.from_iterable(_translations(inner, (*path, key)) for key, inner in entries)
