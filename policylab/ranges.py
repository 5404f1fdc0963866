"""Units and ranges of a user's figures, against the catalogue: percent for a ratio, thousands, days for months.

What a metric cannot be is refused where it is more than a slip here and there. What it hardly ever is, is a warning: it
may be true of this business.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple

import numpy as np

from admission.errors import Problem
from admission.metrics.catalogue import CATALOGUE, Kind, MetricSpec
from admission.model import Text
from policylab.tables import Floats

# A share of impossible figures that may be slips of the keeper; from it on the column is in another unit.
SLIPS = 0.01
# A share of unusual figures that real books hold too: ratios of companies with next to nothing in the denominator.
UNUSUAL_SHARE = 0.05
# In a whole column of companies' balance sheets, in units of any large currency, the middle one is above this.
LEAST_MEDIAN_AMOUNT = 100_000
# The middle figures of two lines of the accounts are within this factor of each other.
WIDEST_RATIO = 300.0
BALANCE_SHEET = ("total_assets", "revenue", "total_liabilities", "equity", "tangible_net_worth")

# Sizes (without sign) beyond which a metric hardly ever is. On 5,910 Polish companies (UCI 365, fifth year) fewer than
# one in twenty is beyond in each of those that the data have.
_UNUSUAL_BY_KIND: dict[Kind, float] = {"years": 200, "months": 60, "days": 366, "ratio": 10, "share": 1}
_UNUSUAL: dict[str, float] = {
    "current_ratio": 50,
    "quick_ratio": 50,
    # Divided by next to no interest it grows without bounds; percent shows in the middle of the column.
    "interest_cover": 1000,
    "return_on_assets": 2,
    "revenue_growth": 5,
    "requested_to_net_worth": 5,
    "requested_to_revenue": 2,
    "altman_z2": 100,
    "altman_z1": 100,
    "altman_z": 100,
}
# The other units that a column may be in: by what to divide it, and what it looks like.
_LOOKS_LIKE: dict[Kind, tuple[int, Text]] = {
    "share": (100, Text(en="percent", zh="百分数")),
    "ratio": (100, Text(en="percent", zh="百分数")),
    "months": (30, Text(en="days", zh="天数")),
}
_YEARS = range(1800, 2101)
_FLAG = Text(en="1 for yes, 0 for no", zh="1 为是，0 为否")


class Checked(NamedTuple):
    """What came of checking: what is refused, and what the person should look at."""

    problems: list[Problem]
    cautions: list[Text]


def check_ranges(figures: Mapping[str, Floats]) -> Checked:
    """Check figures against what their metrics can be, and hardly ever are.

    Args:
        figures: metric -> its figure in each row, NaN where not known. What is in no catalogue is not checked.
    """
    checked = Checked([], [])
    for name, values in figures.items():
        spec, known = CATALOGUE.get(name), ~np.isnan(values)
        if spec is None or not known.any():
            continue
        impossible = _impossible(spec, values)
        if impossible.sum() >= max(SLIPS * known.sum(), 1):
            checked.problems.append(_refused(spec, values, impossible))
            continue
        if impossible.any():
            checked.cautions.append(_slips(spec, impossible))
        checked.cautions.extend(_unusual(spec, values[known]))
    checked.cautions.extend(_beside_each_other(figures))
    return checked


def _impossible(spec: MetricSpec, values: Floats) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    known = ~np.isnan(values)
    if spec.kind == "flag":
        return known & ~np.isin(values, (0, 1))
    low = -np.inf if spec.least is None else float(spec.least)
    high = np.inf if spec.most is None else float(spec.most)
    return known & ((values < low) | (values > high))


def _bounds(spec: MetricSpec) -> Text:
    if spec.kind == "flag":
        return _FLAG
    if spec.most is None:
        return Text(en=f"at least {spec.least}", zh=f"不小于 {spec.least}")
    if spec.least is None:
        return Text(en=f"at most {spec.most}", zh=f"不大于 {spec.most}")
    return Text(en=f"{spec.least} to {spec.most}", zh=f"{spec.least} 至 {spec.most}")


def _refused(spec: MetricSpec, values: Floats, impossible: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Problem:
    """Return the problem of a column of which many figures cannot be."""
    first, count, of = int(np.flatnonzero(impossible)[0]), int(impossible.sum()), int((~np.isnan(values)).sum())
    bounds, unit = _bounds(spec), _other_unit(spec, values[~np.isnan(values)])
    looks = f"; it looks like {unit[1].en}: write `{spec.name}: column / {unit[0]}` in the map" if unit else ""
    seems = f"；疑为{unit[1].zh}：请在对应表中写 `{spec.name}: 列名 / {unit[0]}`" if unit else ""
    return Problem(
        spec.name,
        f"{values[first]:g}",
        Text(
            en=f"{bounds.en}, and {count} of {of} figures are not{looks}",
            zh=f"{bounds.zh}，而 {of} 个数字中有 {count} 个不符{seems}",
        ),
        row=first + 1,
    )


def _slips(spec: MetricSpec, impossible: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Text:
    rows = [int(place) + 1 for place in np.flatnonzero(impossible)]
    shown = ", ".join(map(str, rows[:5])) + (", ..." if len(rows) > 5 else "")
    bounds = _bounds(spec)
    return Text(
        en=f"{spec.name} should be {bounds.en}, and is not in {len(rows)} row(s) ({shown}): check them",
        zh=f"{spec.name} 应为 {bounds.zh}，有 {len(rows)} 行不符（{shown}）：请核对",
    )


def _other_unit(spec: MetricSpec, values: Floats) -> tuple[int, Text] | None:
    """Return the unit that a column seems to be in: in that unit the most of it would be as usual."""
    unit, usual = _LOOKS_LIKE.get(spec.kind), _usual(spec)
    if unit is None or usual is None:
        return None
    return unit if _share_beyond(values / unit[0], usual) < UNUSUAL_SHARE else None


def _usual(spec: MetricSpec) -> tuple[float, float] | None:
    """Return from where to where a metric is as a rule; the catalogue's plausible range is that of a policy's cuts."""
    size = _UNUSUAL.get(spec.name, _UNUSUAL_BY_KIND.get(spec.kind))
    return None if size is None else (-size, size)


def _share_beyond(values: Floats, usual: tuple[float, float]) -> float:
    return float(np.mean((values < usual[0]) | (values > usual[1])))


def _unusual(spec: MetricSpec, values: Floats) -> Iterator[Text]:
    """Tell of a column that may be in another unit.

    Args:
        spec: of the metric.
        values: the known figures.
    """
    usual = _usual(spec)
    if spec.kind == "years" and float(np.mean(np.isin(np.floor(values), _YEARS))) > UNUSUAL_SHARE:
        yield Text(
            en=f"{spec.name} looks like years of the calendar, not a number of years: subtract them from the year of "
            "the decision",
            zh=f"{spec.name} 疑为公历年份，而非年数：请用决定当年减去该年份",
        )
    elif spec.name == "revenue_growth" and _is_a_factor(values):
        yield Text(
            en=f"{spec.name} looks like revenue / revenue of the year before: growth of a tenth is 0.1, not 1.1; write "
            f"`{spec.name}: column - 1` in the map",
            zh=f"{spec.name} 疑为本年收入/上年收入：增长一成应为 0.1 而非 1.1；请在对应表中写 `{spec.name}: 列名 - 1`",
        )
    elif usual is not None and (share := _share_beyond(values, usual)) > UNUSUAL_SHARE:
        yield _beyond(spec, values, usual, share)
    if spec.name in BALANCE_SHEET[:2] and 0 < float(np.median(values)) < LEAST_MEDIAN_AMOUNT:
        middle = f"{np.median(values):,.0f}"
        yield Text(
            en=f"{spec.name} looks as if in thousands or millions (half of the figures are below {middle}): the policy "
            f"counts in whole units of its currency; write `{spec.name}: column * 1000` in the map",
            zh=f"{spec.name} 疑以千或百万为单位（半数低于 {middle}）：准入政策以货币的基本单位计；"
            f"请在对应表中写 `{spec.name}: 列名 * 1000`",
        )


def _is_a_factor(values: Floats) -> bool:
    """True where growth is told as this year's revenue over last year's: around 1, and next to never below 0."""
    return 0.7 < float(np.median(values)) < 1.6 and float(np.mean(values < 0)) < SLIPS


def _beyond(spec: MetricSpec, values: Floats, usual: tuple[float, float], share: float) -> Text:
    unit = _other_unit(spec, values)
    low, high = (Decimal(repr(bound)).normalize() if np.isfinite(bound) else None for bound in usual)
    bounds = f"{low if low is not None else '...'} - {high if high is not None else '...'}"
    looks = f" it looks like {unit[1].en}; write `{spec.name}: column / {unit[0]}` in the map" if unit else " check it"
    seems = f"疑为{unit[1].zh}，请在对应表中写 `{spec.name}: 列名 / {unit[0]}`" if unit else "请核对"
    return Text(
        en=f"{spec.name} is beyond what is usual ({bounds}) in {share:.0%} of rows:{looks}",
        zh=f"{spec.name} 有 {share:.0%} 的行超出常见范围（{bounds}）：{seems}",
    )


def _beside_each_other(figures: Mapping[str, Floats]) -> Iterator[Text]:
    """Tell of amounts that cannot be in the same unit: the first is held against each of the others."""
    middles = {
        name: float(np.nanmedian(np.abs(figures[name])))
        for name in BALANCE_SHEET
        if name in figures and not np.isnan(figures[name]).all()
    }
    named = [(name, middle) for name, middle in middles.items() if middle > 0]
    for name, middle in named[1:]:
        first, other = named[0]
        if not 1 / WIDEST_RATIO < middle / other < WIDEST_RATIO:
            yield Text(
                en=f"{name} and {first} do not seem to be in the same unit (in the middle {middle:,.0f} and "
                f"{other:,.0f})",
                zh=f"{name} 与 {first} 的单位似乎不一致（中位数分别为 {middle:,.0f} 与 {other:,.0f}）",
            )
