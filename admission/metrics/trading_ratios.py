"""How a company trades: days of receivables, payables and stock, gross margin, and cash from operations.

Days are figures of the balance sheet over those of the year, times 365: the usual formulas of Chinese templates
(应收账款周转天数 and the like, [U]). Textbooks take the average of two days of balance; here it is the last one, so
that one year of accounts is enough.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import NamedTuple

from admission.evidence.facts import FinancialStatement
from admission.metrics.catalogue import Metric, known, unknown
from admission.metrics.ends import NEGATIVE, End, Outcome, burden, measured
from admission.metrics.financials import NO_ACCOUNTS, accounts_before, latest_accounts, of_a_year, why_open
from admission.metrics.ratios import NOT_STATED, liabilities_of
from admission.model import Text

DAYS_OF_YEAR = 365
CASH_YEARS = 3
NO_EARLIER = Text(en="no comparable accounts of the years before", zh="没有可比的以前年度报表")


class Ratio(NamedTuple):
    """One ratio of one set of accounts.

    Attributes:
        rests_on: the figures that it is worked out from.
        work_out: gives it.
    """

    rests_on: tuple[str, ...]
    work_out: Callable[[FinancialStatement], Outcome]


def _days(bad: Decimal | None, base: Decimal | None, nothing: End) -> Outcome:
    outcome = burden(bad, base, nothing=nothing)
    return outcome * DAYS_OF_YEAR if isinstance(outcome, Decimal) else outcome


def _receivable_days(accounts: FinancialStatement) -> Outcome:
    # Who sells nothing has no customers who could pay: an empty shell reads worst.
    return _days(accounts.receivables, accounts.revenue, End.WORST)


def _payable_days(accounts: FinancialStatement) -> Outcome:
    return _days(accounts.payables, accounts.cost_of_sales, End.BEST)


def _inventory_days(accounts: FinancialStatement) -> Outcome:
    return _days(accounts.inventory, accounts.cost_of_sales, End.BEST)


def _gross_margin(accounts: FinancialStatement) -> Outcome:
    revenue, cost = accounts.revenue, accounts.cost_of_sales
    if revenue is None or cost is None:
        return NOT_STATED
    if cost < 0:
        return NEGATIVE
    return (revenue - cost) / revenue if revenue > 0 else End.WORST


def _debt_ratio(accounts: FinancialStatement) -> Outcome:
    return burden(liabilities_of(accounts), accounts.total_assets, nothing=End.WORST)


RATIOS = {
    "receivable_days": Ratio(("receivables", "revenue"), _receivable_days),
    "payable_days": Ratio(("payables", "cost_of_sales"), _payable_days),
    "inventory_days": Ratio(("inventory", "cost_of_sales"), _inventory_days),
    "gross_margin": Ratio(("revenue", "cost_of_sales"), _gross_margin),
}
# Of which trends are told besides; the metric itself is among the financials.
DEBT_RATIO = Ratio(("total_liabilities", "total_assets", "equity"), _debt_ratio)
_NAMES = (*RATIOS, "operating_cash_flow", "negative_cash_flow_years")


def trading_metrics(statements: Sequence[FinancialStatement], *, why_none: Text | None) -> list[Metric]:
    """Derive how the company trades from its newest accounts, and for cash from those of three years.

    Args:
        statements: usable annual accounts of one company, of any source.
        why_none: why there are no accounts, where something more than their absence is known.
    """
    years = years_of(statements, CASH_YEARS)
    if not years:
        return [unknown(name, why_none or NO_ACCOUNTS) for name in _NAMES]
    current, source = years[0], (years[0].source,)
    ratios = [
        measured(
            name, ratio.work_out(current), source, current.period_end, why_open=why_open(ratio.rests_on, (current,))
        )
        for name, ratio in RATIOS.items()
    ]
    return [*ratios, _operating_cash_flow(current), _negative_cash_flow_years(years)]


def years_of(statements: Sequence[FinancialStatement], count: int) -> tuple[FinancialStatement, ...]:
    """Return the newest accounts and those of the years before, newest first, as many as there are in a row.

    All are of one source, currency and standard, as `accounts_before` asks; flows that are not a year's are left open.

    Args:
        statements: usable annual accounts of one company.
        count: the most that is returned.
    """
    found: list[FinancialStatement] = []
    current = latest_accounts(statements)
    while current is not None and len(found) < count:
        found.append(current)
        current = accounts_before(statements, current)
    return tuple(of_a_year(accounts) for accounts in found)


def _operating_cash_flow(current: FinancialStatement) -> Metric:
    name, unit, source = "operating_cash_flow", current.currency, (current.source,)
    if current.operating_cash_flow is None:
        return unknown(name, why_open((name,), (current,)), unit=unit, sources=source)
    return known(name, current.operating_cash_flow, source, current.period_end, unit=unit)


def _negative_cash_flow_years(years: Sequence[FinancialStatement]) -> Metric:
    """Of three years, no fewer: two that are told may look better than the third would."""
    name, source = "negative_cash_flow_years", (years[0].source,)
    if len(years) < CASH_YEARS:
        return unknown(name, NO_EARLIER, sources=source)
    flows = [accounts.operating_cash_flow for accounts in years]
    if any(flow is None for flow in flows):
        return unknown(name, why_open(("operating_cash_flow",), years), sources=source)
    negative = sum(flow < 0 for flow in flows if flow is not None)
    return known(name, Decimal(negative), source, years[0].period_end)
