"""What figures of each metric can be meant: its unit in words, where cuts may lie, and where companies differ.

A policy that cuts a ratio at 30 or days at 0.5 was written in another unit; the checker of policies compares with this.
All ranges are proposals of this project [P]: wide enough for any policy that was meant.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from admission.model import Record, Text


class Range(Record):
    """Figures from one bound to another, both included."""

    low: Decimal
    high: Decimal

    def holds(self, value: Decimal) -> bool:
        """True where the figure is inside."""
        return self.low <= value <= self.high

    def words(self) -> Text:
        """Return the range in words."""
        return Text(en=f"from {self.low:f} to {self.high:f}", zh=f"{self.low:f} 至 {self.high:f}")


class Plausible(Record):
    """What a policy may say of a metric.

    Attributes:
        cuts: every cut of a scorecard and every bound of a criterion lies inside.
        usual: where companies differ. The bound of a criterion lies inside, or is zero, which is so in every unit; at
            least one cut of a scorecard lies inside.
    """

    cuts: Range
    usual: Range


def _plausible(least: str, most: str, low: str, high: str) -> Plausible:
    return Plausible(
        cuts=Range(low=Decimal(least), high=Decimal(most)), usual=Range(low=Decimal(low), high=Decimal(high))
    )


# In words, by kind; `UNITS` has those that have one of their own.
_KIND_UNITS: Mapping[str, Text] = {
    "amount": Text(en="whole units of a currency", zh="货币单位（元）"),
    "ratio": Text(en="ratio, not percent", zh="小数，不是百分数"),
    "share": Text(en="share of 1, not percent", zh="小数（1 为全部），不是百分数"),
    "count": Text(en="number", zh="个数"),
    "months": Text(en="months", zh="月"),
    "years": Text(en="years", zh="年"),
    "days": Text(en="days", zh="天"),
    "score": Text(en="points", zh="分"),
    "flag": Text(en="yes or no (1 or 0)", zh="是或否（1 或 0）"),
    "code": Text(en="code", zh="代码"),
}
_TIMES = Text(en="times", zh="倍")
UNITS: Mapping[str, Text] = {
    "interest_cover": _TIMES,
    "current_ratio": _TIMES,
    "quick_ratio": _TIMES,
    "headcount": Text(en="people", zh="人"),
    "insured_staff": Text(en="people", zh="人"),
    "new_directors_12m": Text(en="people", zh="人"),
    "bureau_score_position": Text(en="share of the bureau's scale, from 0 to 1", zh="在征信机构量程中的位置（0 至 1）"),
    "credit_score": Text(en="points on the bureau's own scale", zh="征信机构自有分值"),
    "industry_risk": Text(en="level of the house's own table", zh="自有表中的等级"),
}
_BY_KIND: Mapping[str, Plausible] = {
    "ratio": _plausible("-1000", "1000", "-1000", "1000"),
    "share": _plausible("0", "1", "0.01", "0.99"),
    "count": _plausible("0", "1000", "0", "100"),
    "months": _plausible("0", "240", "1", "120"),
    "years": _plausible("0", "100", "0.5", "20"),
    "days": _plausible("-90", "1000", "3", "365"),
    "score": _plausible("-1000", "1000", "-1000", "1000"),
    "flag": _plausible("0", "1", "0", "1"),
}
_JUDGED = _plausible("0", "2", "0", "2")
_ALTMAN = _plausible("-20", "20", "0.5", "8")
# Among losses, more debt brings a ratio to it nearer to zero: a cut there would reward it, so that cuts begin at 0.
PLAUSIBLE: Mapping[str, Plausible] = {
    "debt_ratio": _plausible("0", "10", "0.1", "2"),
    "equity_ratio": _plausible("-5", "1", "-0.5", "0.8"),
    "current_ratio": _plausible("0", "50", "0.3", "5"),
    "quick_ratio": _plausible("0", "50", "0.1", "5"),
    "interest_cover": _plausible("0", "1000", "0.5", "20"),
    "return_on_assets": _plausible("-1", "1", "-0.3", "0.5"),
    "revenue_growth": _plausible("-1", "4", "-0.9", "1"),
    "altman_z2": _ALTMAN,
    "altman_z1": _ALTMAN,
    "altman_z": _ALTMAN,
    "cash_flow_to_debt": _plausible("0", "5", "0", "2"),
    "years_trading": _plausible("0", "100", "0.5", "20"),
    "accounts_age_months": _plausible("0", "60", "6", "48"),
    "headcount": _plausible("0", "1000000", "1", "10000"),
    "credit_score": _plausible("0", "1000", "0", "1000"),
    "days_beyond_terms": _plausible("-90", "365", "5", "120"),
    "late_invoice_share": _plausible("0", "1", "0.02", "0.95"),
    "open_charges": _plausible("0", "1000", "0", "50"),
    "distress_filings_24m": _plausible("0", "50", "0", "10"),
    "watchlist_hits": _plausible("0", "50", "0", "5"),
    # One confirmed entry is one too many.
    "watchlist_confirmed": _plausible("0", "1", "0", "0"),
    "requested_to_net_worth": _plausible("0", "20", "0.01", "2"),
    "requested_to_revenue": _plausible("0", "5", "0.005", "1"),
    "declared_contradictions": _plausible("0", "10", "0", "4"),
    "open_enforcement": _plausible("0", "100", "0", "20"),
    "penalties_36m": _plausible("0", "100", "0", "20"),
    "industry_risk": _plausible("0", "1000", "0", "1000"),
    "own_overdue_days": _plausible("0", "1000", "5", "365"),
    "open_judgments": _plausible("0", "100", "0", "20"),
    "judgments_36m": _plausible("0", "100", "0", "20"),
    "judgments_to_equity": _plausible("0", "20", "0.01", "2"),
    # The register of England and Wales keeps judgments for six years (SI 2005/3595).
    "months_since_judgment": _plausible("0", "72", "3", "60"),
    "open_lawsuits": _plausible("0", "100", "0", "20"),
    "lawsuits_to_equity": _plausible("0", "20", "0.01", "2"),
    "bureau_score_position": _plausible("0", "1", "0.05", "0.95"),
    "auditor_changes_24m": _plausible("0", "10", "0", "5"),
    "impairments_24m": _plausible("0", "10", "0", "5"),
    "new_directors_12m": _plausible("0", "50", "0", "10"),
    "legal_representative_changes_12m": _plausible("0", "10", "0", "5"),
    "owner_changes_12m": _plausible("0", "20", "0", "10"),
    "insured_staff": _plausible("0", "1000000", "1", "10000"),
    "receivable_days": _plausible("0", "1000", "10", "365"),
    "payable_days": _plausible("0", "1000", "10", "365"),
    "inventory_days": _plausible("0", "1000", "5", "365"),
    "gross_margin": _plausible("-1", "1", "-0.2", "0.8"),
    "negative_cash_flow_years": _plausible("0", "3", "0", "3"),
    "gross_margin_change_2y": _plausible("-2", "2", "-0.5", "0.5"),
    "debt_ratio_change_2y": _plausible("-10", "10", "-0.5", "0.5"),
    "receivable_days_change_2y": _plausible("-1000", "1000", "-180", "180"),
    "annual_overdue_count": _plausible("0", "100", "0", "12"),
    "market_position": _JUDGED,
    "competitive_edge": _JUDGED,
    "management_quality": _JUDGED,
    "growth_potential": _JUDGED,
    "cooperation_so_far": _JUDGED,
}
# Told by bureaus alone, which are asked after the prescreen.
PAID_ALONE = frozenset(
    {
        *("credit_score", "bureau_limit", "days_beyond_terms", "late_invoice_share"),
        *("bureau_score_position", "bureau_band"),
        *("open_judgments", "judgments_36m", "open_judgments_amount", "judgments_to_equity", "months_since_judgment"),
    }
)


def plausible_of(name: str, kind: str) -> Plausible | None:
    """Return where figures of a metric can lie; None for codes and amounts, whose currency is not known here."""
    return PLAUSIBLE.get(name) or _BY_KIND.get(kind)


def unit_of(name: str, kind: str) -> Text:
    """Return the unit of a metric in words."""
    return UNITS.get(name) or _KIND_UNITS[kind]
