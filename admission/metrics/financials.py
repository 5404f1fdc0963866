"""Metrics from annual accounts.

Nothing here divides by zero: a denominator of zero or less, where the ratio would mean nothing, gives `unknown` with
the reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from admission.evidence.facts import FinancialStatement
from admission.metrics.altman import altman_z, altman_z1, altman_z2
from admission.metrics.catalogue import Metric, known, unknown
from admission.metrics.ratios import NOT_STATED, difference, liabilities_of, quotient, total
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
NO_ACCOUNTS = Text(en="no usable annual accounts", zh="没有可用的年度报表")


def latest_accounts(statements: Sequence[FinancialStatement]) -> FinancialStatement | None:
    """Return the newest accounts; consolidated ones, then those with more figures, go first where days are equal."""
    return max(statements, key=_precedence, default=None)


def _precedence(statement: FinancialStatement) -> tuple[date, bool, int, str]:
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
        and 350 <= (current.period_end - statement.period_end).days <= 380
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
    accounts = _Accounts(current, accounts_before(statements, current), industry)
    metrics = [accounts.amount(name) for name in AMOUNTS]
    metrics.append(accounts.tangible_net_worth())
    metrics.extend(accounts.ratio(name) for name in RATIOS)
    age = round(Decimal((as_of - current.period_end).days) / DAYS_PER_MONTH, 1)
    metrics.append(known("accounts_age_months", age, (current.source,), current.period_end))
    return metrics


class _Accounts:
    """One year's accounts with those of the year before."""

    def __init__(self, current: FinancialStatement, before: FinancialStatement | None, industry: str | None) -> None:
        self.current = current
        self.before = before
        self.industry = industry

    def amount(self, name: str) -> Metric:
        value: Decimal | None = getattr(self.current, name)
        unit = self.current.currency
        if value is None:
            return unknown(name, NOT_STATED, unit=unit, sources=(self.current.source,))
        return known(name, value, (self.current.source,), self.current.period_end, unit=unit)

    def tangible_net_worth(self) -> Metric:
        current = self.current
        if current.equity is None:
            return unknown("tangible_net_worth", NOT_STATED, unit=current.currency, sources=(current.source,))
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
            return unknown(name, value, sources=(self.current.source,))
        return known(name, value, (self.current.source,), self.current.period_end)

    def _debt_ratio(self) -> Decimal | Text:
        return quotient(liabilities_of(self.current), self.current.total_assets)

    def _equity_ratio(self) -> Decimal | Text:
        return quotient(self.current.equity, self.current.total_assets)

    def _current_ratio(self) -> Decimal | Text:
        return quotient(self.current.current_assets, self.current.current_liabilities)

    def _quick_ratio(self) -> Decimal | Text:
        quick = difference(self.current.current_assets, self.current.inventory)
        return quotient(quick, self.current.current_liabilities)

    def _interest_cover(self) -> Decimal | Text:
        return quotient(self.current.operating_profit, self.current.interest_expense)

    def _return_on_assets(self) -> Decimal | Text:
        return quotient(self.current.net_income, self.current.total_assets)

    def _revenue_growth(self) -> Decimal | Text:
        if self.before is None:
            return Text(en="no accounts of the year before", zh="没有上一年度报表")
        growth = quotient(self.current.revenue, self.before.revenue)
        return growth if isinstance(growth, Text) else growth - 1

    def _cash_flow_to_debt(self) -> Decimal | Text:
        return quotient(total(self.current.net_income, self.current.depreciation), liabilities_of(self.current))

    def _altman_z2(self) -> Decimal | Text:
        return altman_z2(self.current, self.industry)

    def _altman_z1(self) -> Decimal | Text:
        return altman_z1(self.current, self.industry)

    def _altman_z(self) -> Decimal | Text:
        return altman_z(self.current, self.industry)
