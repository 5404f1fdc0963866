"""Do the amounts of a policy fit each other: shares and caps of limits, caps on exposure, bands, and the fast track."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise

from admission.model import Text
from admission.policy.appetite import Caps
from admission.policy.draft import Draft
from admission.policy.limit_rules import LimitChange, LimitRule
from admission.policy.mistakes import Mistake, Path, figure

# One supplier's limit is at most all of a company's tangible net worth, and half of what it turns over in a year. [P]
MOST_OF_NET_WORTH = Decimal(1)
MOST_OF_TURNOVER = Decimal("0.5")
# Hungary has the highest standard rate of VAT, 27 %; EU Commission, VAT rates.
MOST_VAT = Decimal("0.3")
MOST_REFERENCES = 10
LEAST_SHARES = {"net_worth_share": Decimal("0.01"), "turnover_share": Decimal("0.002")}
# Templates go up to 300 % for the best grade; dybbs8.com/doc/3242629.
MOST_SALES = Decimal(3)
FEW_MONTHS = Text(en=f"at most {MOST_SALES}: 1 is 100 %", zh=f"不大于 {MOST_SALES}：1 即 100%")
# Amounts of the house below this are written in thousands, or in 万元.
LEAST_HOUSE_AMOUNT = Decimal(100)
ONLY_REFERENCES = Text(
    en="net_worth_share, turnover_share or sales_factors; references stand in where one of these is not known",
    zh="net_worth_share、turnover_share 或 sales_factors；trade_references 只在其依据未知时代替",
)
A_VAT_RATE = Text(en=f"a rate of VAT as a ratio, at most {MOST_VAT}", zh=f"以小数表示的增值税率，不大于 {MOST_VAT}")
FEW_REFERENCES = Text(
    en=f"at most {MOST_REFERENCES}: who names so many", zh=f"不大于 {MOST_REFERENCES}：很少有企业能提供这么多"
)
WHOLE_UNITS = Text(
    en=f"whole units of the house currency, {LEAST_HOUSE_AMOUNT} or more; not thousands",
    zh=f"以本位币元为单位，不小于 {LEAST_HOUSE_AMOUNT}；不是千元或万元",
)
RAISED = Text(
    en="a grade without level_up: it asks for a higher band, and the fast track for none",
    zh="没有 level_up 的等级：该等级须上调审批层级，而快速通道没有审批",
)
SECURED = Text(
    en="a grade without secured terms: somebody has to look at the security",
    zh="不要求担保的等级：担保须由人核实",
)
WORST = Text(en="a better grade than the last one", zh="高于最低等级的等级")


def amount_mistakes(draft: Draft) -> Iterator[Mistake]:
    """Yield the amounts and shares that do not fit each other."""
    bands = first_bounds(draft)
    if draft.limit is not None:
        yield from _limit_mistakes(draft, draft.limit, bands)
    for name, segment in draft.segments.items():
        if draft.limit is not None and segment.limit != LimitChange():
            path: Path = ("segments", name, "limit")
            yield from _cap_order(path, segment.limit.applied(draft.limit), segment.limit, draft, bands)
    if draft.caps is not None:
        yield from _exposure_mistakes(draft, draft.caps)
    yield from _small_bands(draft)
    yield from _fast_track_mistakes(draft, bands)


def first_bounds(draft: Draft) -> list[tuple[str | None, Decimal]]:
    """Return the bound of the first band of each matrix, with the segment that has it; None for the house's."""
    found = []
    for path, bands in draft.matrices:
        bound = figure(bands[0].get("up_to")) if bands and isinstance(bands[0], dict) else None
        if bound is not None:
            found.append((str(path[1]) if path[0] == "segments" else None, bound))
    return found


def _limit_mistakes(draft: Draft, rule: LimitRule, bands: Sequence[tuple[str | None, Decimal]]) -> Iterator[Mistake]:
    worth = rule.net_worth_share is not None or rule.turnover_share is not None or bool(rule.sales_factors)
    if not worth and rule.trade_references is not None and rule.preset is None:
        yield Mistake(("limit",), "trade_references", ONLY_REFERENCES)
    for share, factor, most in (
        ("net_worth_share", "net_worth_factor", MOST_OF_NET_WORTH),
        ("turnover_share", "turnover_factor", MOST_OF_TURNOVER),
    ):
        of = getattr(rule, share)
        for placed in draft.grades:
            times = getattr(placed.item, factor)
            if of is not None and of * times > most:
                at = ("limit", share) if times <= 2 else (*placed.path, factor)
                expected = Text(
                    en=f"at most {most} as {share} x {factor}; grade {placed.item.name} has {of} x {times}",
                    zh=f"{share} × {factor} 不大于 {most}；等级 {placed.item.name} 为 {of} × {times}",
                )
                yield Mistake(at, str(of if times <= 2 else times), expected)
                break
    for share, least in LEAST_SHARES.items():
        of = getattr(rule, share)
        if of is not None and of < least:
            expected = Text(en=f"a share of at least {least}: 0.1 is a tenth", zh=f"不小于 {least}；0.1 即十分之一")
            yield Mistake(("limit", share), str(of), expected)
    for grade, times in rule.sales_factors.items():
        if times > MOST_SALES:
            yield Mistake(("limit", "sales_factors", grade), str(times), FEW_MONTHS)
    if rule.vat_share is not None and rule.vat_share > MOST_VAT:
        yield Mistake(("limit", "vat_share"), str(rule.vat_share), A_VAT_RATE)
    if rule.trade_references is not None and rule.trade_references > MOST_REFERENCES:
        yield Mistake(("limit", "trade_references"), str(rule.trade_references), FEW_REFERENCES)
    yield from _cap_order(("limit",), rule, rule, draft, bands)


def _cap_order(
    path: Path,
    rule: LimitRule,
    written: LimitRule | LimitChange,
    draft: Draft,
    bands: Sequence[tuple[str | None, Decimal]],
) -> Iterator[Mistake]:
    """The starter cap is at most what one analyst signs, and less than any other cap; a cap on one, than on many."""
    starter, single, caps = rule.starter_cap, rule.concentration_cap, draft.caps or Caps()
    # A smaller cap on all customers is meant to stop new credit.
    total = caps.total if caps.total is not None and caps.total >= LEAST_HOUSE_AMOUNT else None
    for key in ("starter_cap", "concentration_cap"):
        cap = getattr(written, key)
        if cap is not None and 0 < cap < LEAST_HOUSE_AMOUNT:
            yield Mistake((*path, key), str(cap), WHOLE_UNITS)
    if written.starter_cap is not None and starter is not None:
        of_matrix = dict(bands)
        line = [*draft.lineage(str(path[1])), None] if path[0] == "segments" else [None]
        first = next((of_matrix[name] for name in line if name in of_matrix), None)
        others = [
            (first, Text(en="the first approval band", zh="第一档审批金额")),
            (single, Text(en="concentration_cap", zh="单户上限 concentration_cap")),
            (caps.group, Text(en="the cap on one group", zh="单一集团上限")),
            (total, Text(en="the cap on all customers", zh="全部客户上限")),
        ]
        yield from _at_most((*path, "starter_cap"), starter, others)
    if written.concentration_cap is not None and single is not None:
        many = [
            (caps.group, Text(en="the cap on one group", zh="单一集团上限")),
            (total, Text(en="the cap on all customers", zh="全部客户上限")),
        ]
        yield from _at_most((*path, "concentration_cap"), single, many)


def _at_most(path: Path, value: Decimal, others: Sequence[tuple[Decimal | None, Text]]) -> Iterator[Mistake]:
    below = [(bound, words) for bound, words in others if bound is not None and value > bound]
    if below:
        bound, words = min(below, key=lambda item: item[0])
        expected = Text(en=f"at most {bound}, {words.en}", zh=f"不大于 {bound}（{words.zh}）")
        yield Mistake(path, str(value), expected)


def _exposure_mistakes(draft: Draft, caps: Caps) -> Iterator[Mistake]:
    """A part of all customers is never capped above all of them, nor a worse grade above a better one."""
    path: Path = ("appetite", "caps")
    total = [(caps.total, Text(en="the cap on all customers", zh="全部客户上限"))]
    if caps.group is not None and caps.total is not None and caps.group > caps.total:
        expected = Text(en=f"at least {caps.group}, the cap on one group", zh=f"不小于 {caps.group}（单一集团上限）")
        yield Mistake((*path, "total"), str(caps.total), expected)
    for kind in ("grade", "segment", "country", "industry"):
        for name, cap in getattr(caps, kind).items():
            yield from _at_most((*path, kind, name), cap, total)
    graded = [name for name in draft.names("grades", "name") if name in caps.grade]
    for better, worse in pairwise(graded):
        if caps.grade[worse] > caps.grade[better]:
            expected = Text(
                en=f"at most {caps.grade[better]}, the cap on the better grade {better}",
                zh=f"不大于 {caps.grade[better]}（更好等级 {better} 的上限）",
            )
            yield Mistake((*path, "grade", worse), str(caps.grade[worse]), expected)


def _small_bands(draft: Draft) -> Iterator[Mistake]:
    for path, bands in draft.matrices:
        for place, band in enumerate(bands):
            bound = figure(band.get("up_to")) if isinstance(band, dict) else None
            if bound is not None and 0 < bound < LEAST_HOUSE_AMOUNT:
                yield Mistake((*path, place, "up_to"), str(bound), WHOLE_UNITS)


def _fast_track_mistakes(draft: Draft, bands: Sequence[tuple[str | None, Decimal]]) -> Iterator[Mistake]:
    """What the system decides alone is at most what the first band signs, and of grades without conditions."""
    track = draft.fast_track
    if track is None or not track.grades:
        return
    path: Path = ("approval", "fast_track")
    if 0 < track.up_to < LEAST_HOUSE_AMOUNT:
        yield Mistake((*path, "up_to"), str(track.up_to), WHOLE_UNITS)
    lowest = min(bands, key=lambda item: item[1], default=None)
    if lowest is not None and track.up_to > lowest[1]:
        segment, bound = lowest
        whose = (
            Text(en="", zh="") if segment is None else Text(en=f" of segment {segment}", zh=f"（客户类别 {segment}）")
        )
        expected = Text(
            en=f"at most {bound}, the first band{whose.en}: the system decides no more alone than people of that band",
            zh=f"不大于 {bound}，即第一档{whose.zh}：系统自动批准的金额不能超过该档人员的权限",
        )
        yield Mistake((*path, "up_to"), str(track.up_to), expected)
    names = draft.names("grades", "name")
    by_name = {placed.item.name: placed.item for placed in draft.grades}
    for place, name in enumerate(track.grades):
        grade, at = by_name.get(name), (*path, "grades", place)
        if grade is None:
            continue
        better = [other for other in names[: names.index(name)] if other not in track.grades]
        if name == names[-1]:
            yield Mistake(at, name, WORST)
        elif grade.secured:
            yield Mistake(at, name, SECURED)
        elif grade.level_up != 0:
            yield Mistake(at, name, RAISED)
        elif better:
            expected = Text(
                en=f"all better grades too: {', '.join(better)}", zh=f"同时写上更好的等级：{'、'.join(better)}"
            )
            yield Mistake(at, name, expected)
