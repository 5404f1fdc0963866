"""Trends: how far a ratio has moved over some years. One mechanism for every ratio, and a table of those that are told.

A trend is the ratio of the newest accounts less that of the accounts so many years before, and moves the better way
where the ratio does. All years between must be there, of one source, currency and standard.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from admission.evidence.facts import FinancialStatement
from admission.metrics.catalogue import Metric, unknown
from admission.metrics.ends import End, Outcome, measured
from admission.metrics.financials import NO_ACCOUNTS, why_open
from admission.metrics.trading_ratios import DEBT_RATIO, NO_EARLIER, RATIOS, Ratio, years_of
from admission.model import Text

_NO_LEVEL = Text(en="the ratio of the earlier year has no denominator", zh="以前年度比率的分母为零或负数，无法比较")


class Trend(NamedTuple):
    """How far one ratio has moved.

    Attributes:
        ratio: what moves.
        years: over how many.
    """

    ratio: Ratio
    years: int


TRENDS: Mapping[str, Trend] = {
    "gross_margin_change_2y": Trend(RATIOS["gross_margin"], 2),
    "debt_ratio_change_2y": Trend(DEBT_RATIO, 2),
    "receivable_days_change_2y": Trend(RATIOS["receivable_days"], 2),
}


def trend_metrics(
    statements: Sequence[FinancialStatement], *, why_none: Text | None, trends: Mapping[str, Trend] = TRENDS
) -> list[Metric]:
    """Derive all trends of the table.

    Args:
        statements: usable annual accounts of one company, of any source.
        why_none: why there are no accounts, where something more than their absence is known.
        trends: the table, by name of the metric.
    """
    return [_metric(name, trend, statements, why_none) for name, trend in trends.items()]


def _metric(name: str, trend: Trend, statements: Sequence[FinancialStatement], why_none: Text | None) -> Metric:
    years = years_of(statements, trend.years + 1)
    if not years:
        return unknown(name, why_none or NO_ACCOUNTS)
    current = years[0]
    why = why_open(trend.ratio.rests_on, (years[0], years[-1]))
    return measured(
        name, trend_of(trend.ratio, years, trend.years), (current.source,), current.period_end, why_open=why
    )


def trend_of(ratio: Ratio, years: Sequence[FinancialStatement], over: int) -> Outcome:
    """Return how far a ratio has moved.

    Args:
        ratio: what moves.
        years: comparable accounts, newest first.
        over: how many years.

    Returns:
        The difference; the worst end where the ratio has no denominator any more; or why it is not known.
    """
    if len(years) <= over:
        return NO_EARLIER
    now, then = ratio.work_out(years[0]), ratio.work_out(years[over])
    if isinstance(now, Text):
        return now
    if isinstance(then, Text):
        return then
    if now is End.WORST:
        return now
    if isinstance(then, End) or isinstance(now, End):
        return _NO_LEVEL
    return now - then
