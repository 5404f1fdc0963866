"""Metrics from annual accounts.

Nothing here divides by zero: a denominator of zero or less gives an end of the scale, see `admission.metrics.ratios`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from admission.evidence.facts import FLOWS, YEAR_DAYS, FinancialStatement
from admission.metrics.altman import altman_z, altman_z1, altman_z2
from admission.metrics.catalogue import Metric, known, unknown
from admission.metrics.ratios import FAR, NOT_STATED, at_least, difference, liabilities_of, owed, quotient, total
from admission.model import Text

DAYS_PER_MONTH = Decimal("30.4375")
AMOUNTS = ("total_assets", "total_liabilities", "revenue", "net_income", "equity")
RATIOS = (
    "debt_ratio",
    "equity_ratio",
    "current_ratio",
    "quick_ratio",
    "interest_cover",
    "return_on_assets",
    "revenue_growth",
    "altman_z2",
    "altman_z1",
    "altman_z",
    "cash_flow_to_debt",
)
_NO_PERIOD = Text(en="the accounts do not state what period their flows are of", zh="报表未注明损益所属期间")
# What each ratio rests on; the first of its figures that the accounts leave open is its reason.
_RESTS_ON = {
    "debt_ratio": ("total_assets", "total_liabilities", "equity"),
    "equity_ratio": ("equity", "total_assets"),
    "current_ratio": ("current_assets", "current_liabilities"),
    "quick_ratio": ("current_assets", "inventory", "current_liabilities"),
    "interest_cover": ("operating_profit", "interest_expense"),
    "return_on_assets": ("net_income", "total_assets"),
    "revenue_growth": ("revenue",),
    "cash_flow_to_debt": ("net_income", "depreciation", "total_liabilities", "total_assets", "equity"),
    "tangible_net_worth": ("equity", "goodwill", "intangible_assets"),
}
_ALTMAN = ("current_assets", "current_liabilities", "total_assets", "retained_earnings", "operating_profit", "equity")
_RESTS_ON |= {"altman_z2": _ALTMAN, "altman_z1": (*_ALTMAN, "revenue"), "altman_z": (*_ALTMAN, "revenue")}
_NO_ASSETS = Text(en="next to no assets", zh="几乎没有资产")
_NO_CURRENT_DEBT = Text(en="next to no current liabilities", zh="几乎没有流动负债")
# What stands in place of a ratio at an end of its scale: what it is divided by is nothing, or next to nothing.
_ENDS = {
    "debt_ratio": _NO_ASSETS,
    "equity_ratio": _NO_ASSETS,
    "return_on_assets": _NO_ASSETS,
    "altman_z2": _NO_ASSETS,
    "altman_z1": _NO_ASSETS,
    "altman_z": _NO_ASSETS,
    "current_ratio": _NO_CURRENT_DEBT,
    "quick_ratio": _NO_CURRENT_DEBT,
    "interest_cover": Text(en="next to no interest", zh="几乎没有利息支出"),
    "cash_flow_to_debt": Text(en="next to no liabilities", zh="几乎没有负债"),
    "revenue_growth": Text(en="next to no revenue the year before", zh="上一年度几乎没有营业收入"),
}
# The same at the lower end, of those that are divided by what is owed.
_LOWER_ENDS = {
    "interest_cover": Text(en="an operating loss, and next to no interest", zh="营业亏损，且几乎没有利息支出"),
    "cash_flow_to_debt": Text(en="cash flows out, and next to no liabilities", zh="现金净流出，且几乎没有负债"),
}
NO_ACCOUNTS = Text(en="no usable annual accounts", zh="没有可用的年度报表")


def latest_accounts(statements: Sequence[FinancialStatement]) -> FinancialStatement | None:
    """Return the newest accounts; consolidated ones, then those with more figures, go first where days are equal."""
    return max(statements, key=precedence, default=None)


def precedence(statement: FinancialStatement) -> tuple[date, bool, int, str]:
    """Return by what one set of accounts goes before another; the greatest goes first."""
    stated = sum(value is not None for value in statement.__dict__.values())
    return statement.period_end, statement.consolidated is not False, stated, statement.source


def accounts_before(statements: Sequence[FinancialStatement], current: FinancialStatement) -> FinancialStatement | None:
    """Return the same source's accounts of the year before, in the same currency and standard.

    Those of a group are not compared with those of its parent company alone.
    """
    earlier = [
        statement
        for statement in statements
        if statement.source == current.source
        and statement.currency == current.currency
        and statement.standard == current.standard
        and (statement.consolidated is False) == (current.consolidated is False)
        and (current.period_end - statement.period_end).days in YEAR_DAYS
    ]
    return latest_accounts(earlier)


def financial_metrics(
    statements: Sequence[FinancialStatement], *, as_of: date, why_none: Text | None, industry: str | None = None
) -> list[Metric]:
    """Derive amounts and ratios from the newest accounts.

    Args:
        statements: usable annual accounts of one company, of any source.
        as_of: the day of the assessment.
        why_none: why there are no accounts, where something more than their absence is known.
        industry: the company's industry code with its scheme; None where not known.
    """
    current = latest_accounts(statements)
    names = (*AMOUNTS, "tangible_net_worth", *RATIOS, "accounts_age_months")
    if current is None:
        return [unknown(name, why_none or NO_ACCOUNTS) for name in names]
    before = accounts_before(statements, current)
    accounts = _Accounts(of_a_year(current), of_a_year(before) if before else None, industry)
    metrics = [accounts.amount(name) for name in AMOUNTS]
    metrics.append(accounts.tangible_net_worth())
    metrics.extend(accounts.ratio(name) for name in RATIOS)
    age = round(Decimal((as_of - current.period_end).days) / DAYS_PER_MONTH, 1)
    metrics.append(known("accounts_age_months", age, (current.source,), current.period_end))
    return metrics


def of_a_year(statement: FinancialStatement) -> FinancialStatement:
    """Return accounts whose flows are a year's; flows of another period are left open, with the reason."""
    start, end = statement.period_start, statement.period_end
    stated = any(getattr(statement, name) is not None for name in FLOWS)
    if not stated or (start is not None and (end - start).days in YEAR_DAYS):
        return statement
    return statement.leaving_open(FLOWS, _NO_PERIOD if start is None else _not_a_year(start, end))


def why_open(figures: Sequence[str], years: Sequence[FinancialStatement]) -> Text:
    """Return why one of these figures is not known: what accounts leave open, or that they do not state it."""
    doubts = (doubt.why for accounts in years for doubt in accounts.doubts if doubt.figure in figures)
    return next(doubts, NOT_STATED)


def _not_a_year(start: date, end: date) -> Text:
    days = (end - start).days + 1
    return Text(
        en=f"the newest accounts are of {days} days ({start} to {end}), not of a year",
        zh=f"最近一期报表所属期间为 {days} 天（{start} 至 {end}），并非一年",
    )


class _Accounts:
    """One year's accounts with those of the year before."""

    def __init__(self, current: FinancialStatement, before: FinancialStatement | None, industry: str | None) -> None:
        self.current = current
        self.before = before
        self.years = (current,) if before is None else (current, before)
        self.industry = industry

    def amount(self, name: str) -> Metric:
        value: Decimal | None = getattr(self.current, name)
        unit = self.current.currency
        if value is None:
            return unknown(name, why_open((name,), self.years), unit=unit, sources=(self.current.source,))
        return known(name, value, (self.current.source,), self.current.period_end, unit=unit)

    def tangible_net_worth(self) -> Metric:
        current = self.current
        figures = _RESTS_ON["tangible_net_worth"]
        if current.equity is None or any(doubt.figure in figures for doubt in current.doubts):
            why = why_open(figures, self.years)
            return unknown("tangible_net_worth", why, unit=current.currency, sources=(current.source,))
        intangibles = (current.goodwill or Decimal(0)) + (current.intangible_assets or Decimal(0))
        none_stated = current.goodwill is None and current.intangible_assets is None
        note = Text(en="no intangibles stated", zh="报表未列示无形资产") if none_stated else None
        return known(
            "tangible_net_worth",
            current.equity - intangibles,
            (current.source,),
            current.period_end,
            unit=current.currency,
            note=note,
        )

    def ratio(self, name: str) -> Metric:
        value = getattr(self, f"_{name}")()
        if isinstance(value, Text):
            why = why_open(_RESTS_ON[name], self.years) if value == NOT_STATED else value
            return unknown(name, why, sources=(self.current.source,))
        note = _ENDS[name] if abs(value) == FAR else None
        if value == -FAR:
            note = _LOWER_ENDS.get(name, note)
        return known(name, value, (self.current.source,), self.current.period_end, note=note)

    def _debt_ratio(self) -> Decimal | Text:
        return quotient(liabilities_of(self.current), self.current.total_assets, of_nothing=FAR)

    def _equity_ratio(self) -> Decimal | Text:
        return quotient(self.current.equity, self.current.total_assets)

    def _current_ratio(self) -> Decimal | Text:
        return owed(self.current.current_assets, self.current.current_liabilities)

    def _quick_ratio(self) -> Decimal | Text:
        quick = difference(self.current.current_assets, self.current.inventory)
        return owed(at_least(quick, Decimal(0)), self.current.current_liabilities)

    def _interest_cover(self) -> Decimal | Text:
        return owed(self.current.operating_profit, self.current.interest_expense)

    def _return_on_assets(self) -> Decimal | Text:
        return quotient(self.current.net_income, self.current.total_assets)

    def _revenue_growth(self) -> Decimal | Text:
        if self.before is None:
            return Text(en="no accounts of the year before", zh="没有上一年度报表")
        growth = owed(self.current.revenue, self.before.revenue)
        return growth if isinstance(growth, Text) or growth == FAR else growth - 1

    def _cash_flow_to_debt(self) -> Decimal | Text:
        return owed(total(self.current.net_income, self.current.depreciation), liabilities_of(self.current))

    def _altman_z2(self) -> Decimal | Text:
        return altman_z2(self.current, self.industry)

    def _altman_z1(self) -> Decimal | Text:
        return altman_z1(self.current, self.industry)

    def _altman_z(self) -> Decimal | Text:
        return altman_z(self.current, self.industry)
