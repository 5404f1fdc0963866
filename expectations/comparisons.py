"""Comparisons of financial statements with one another, within one case: years, sources, versions.

Each adds two columns: by how much a row disagrees, and the row it disagrees with (-1 where there is none).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from admission.evidence.fact_base import Fact

# Units in which accounts are presented, as powers of ten: thousands, 万 (10**4), millions, 亿 (10**8).
PRESENTATION_UNITS = (3, 4, 6, 8)
# "About" a power of ten: within a tenth, which leaves room for restated figures and other definitions of revenue.
_NEAR = float(np.log10(1.1))


def with_comparisons(frame: pd.DataFrame, facts: Sequence[Fact], amounts: Sequence[str]) -> pd.DataFrame:
    """Return the frame of statements with the comparisons added.

    Args:
        frame: statements of all cases, with `case`, `row`, `source`, `period_end`, `currency`, `standard`,
            `consolidated`, `total_assets` and `revenue`.
        facts: the statements themselves, in the order of the frame, for exact comparison.
        amounts: names of the figures that two versions of one statement must share.
    """
    added = [_year_jumps(frame), _unit_clashes(frame), _versions(frame, facts, amounts)]
    return pd.concat([frame, *added], axis=1)


def _growth(frame: pd.DataFrame, other: pd.DataFrame) -> pd.Series:
    """Return the larger size over the smaller: of total assets, or of revenue where one of the assets is missing."""
    ratios = []
    for size in ("total_assets", "revenue"):
        one, two = frame[size], other[size]
        ratio = (one / two).where((one > 0) & (two > 0))
        ratios.append(ratio.where(ratio >= 1, 1 / ratio))
    return ratios[0].fillna(ratios[1])


def _year_jumps(frame: pd.DataFrame) -> pd.DataFrame:
    group = frame.groupby(["case", "source", "currency", "consolidated"], sort=False).ngroup()
    day = ["group", "period_end"]
    sized = frame[["row", "period_end", "total_assets", "revenue"]].assign(group=group)
    # One row stands for each day, so that copies of a row are all compared with the years beside them.
    days = sized.sort_values([*day, "total_assets", "revenue", "row"]).drop_duplicates(day)
    sides = []
    for step in (1, -1):
        beside = days.groupby("group")[["row", "total_assets", "revenue"]].shift(step)
        other = sized[day].merge(days[day].join(beside), on=day, how="left").set_axis(sized.index)
        sides.append((_growth(sized, other), other["row"]))
    (before, earlier), (after, later) = sides
    nearer = before.fillna(0) >= after.fillna(0)
    jump = before.where(nearer, after)
    neighbour = earlier.where(nearer, later).where(jump.notna())
    return pd.DataFrame({"year_jump": jump, "year_jump_row": neighbour.fillna(-1).astype(int)})


def _unit_clashes(frame: pd.DataFrame) -> pd.DataFrame:
    result = pd.DataFrame({"unit_clash": np.nan, "unit_clash_row": -1}, index=frame.index)
    day = ["case", "period_end", "currency"]
    sources = frame.groupby(day, sort=False)["source"].transform("nunique")
    shared = frame.loc[sources > 1, [*day, "row", "source", "consolidated", "total_assets", "revenue"]]
    pairs = shared.merge(shared, on=day, suffixes=("", "_other"))
    scopes = pairs[["consolidated", "consolidated_other"]]
    comparable = (scopes.min(axis=1) == -1) | (pairs["consolidated"] == pairs["consolidated_other"])
    pairs = pairs[comparable & (pairs["source"] != pairs["source_other"])]
    other = pairs[["total_assets_other", "revenue_other"]].set_axis(["total_assets", "revenue"], axis=1)
    power = np.log10(_growth(pairs, other))
    nearest = power.round()
    clashing = nearest.isin(PRESENTATION_UNITS) & ((power - nearest).abs() <= _NEAR)
    found = pairs.assign(unit_clash=10.0**nearest)[clashing]
    first = found.sort_values(["row", "source_other", "row_other"]).drop_duplicates("row").set_index("row")
    result.loc[first.index, "unit_clash"] = first["unit_clash"]
    result.loc[first.index, "unit_clash_row"] = first["row_other"]
    return result


def _versions(frame: pd.DataFrame, facts: Sequence[Fact], amounts: Sequence[str]) -> pd.DataFrame:
    result = pd.DataFrame({"versions": 1, "version_row": -1}, index=frame.index)
    keys = ["case", "source", "period_end", "currency", "standard", "consolidated"]
    repeated = frame[frame.duplicated(keys, keep=False)]
    for _, rows in repeated.groupby(keys, sort=False)["row"]:
        figures = {row: tuple(getattr(facts[row], name) for name in amounts) for row in rows}
        versions = len(set(figures.values()))
        for row, stated in figures.items():
            others = [other for other, figure in figures.items() if figure != stated]
            result.loc[row, "versions"] = versions
            result.loc[row, "version_row"] = others[0] if others else -1
    return result
