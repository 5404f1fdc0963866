"""The figures of an example's accounts: those that are given, and else those of a sound company."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

from admission.evidence.facts import AMOUNTS, FinancialStatement
from admission.governance.examples.situations import STATEMENTS, Accounts

# Total assets where none are given.
ASSETS = {"CNY": Decimal(20_000_000)}


def statements_of(
    accounts: Accounts, source: str, country: str, currency: str, as_of: date
) -> list[FinancialStatement]:
    """Return the accounts of an example, newest first.

    Args:
        accounts: as they are written.
        source: that tells them.
        country: of the company.
        currency: of accounts that state none.
        as_of: the day of the example.
    """
    if accounts.answer != "found":
        return []
    currency = accounts.currency or currency
    newest = _month_end(as_of, accounts.months_old)
    figures, rows = sound_figures(accounts.figures, currency), list[FinancialStatement]()
    for back, own in zip(range(accounts.years), (None, accounts.before, accounts.two_before), strict=False):
        if own is not None:
            figures = sound_figures(own, currency, shrunk(figures))
        end = _years_before(newest, back)
        kept = {name: value for name, value in figures.items() if name not in _withheld(accounts)}
        rows.append(
            FinancialStatement(
                source=source,
                period_start=_years_before(end, 1) + timedelta(days=1),
                period_end=end,
                currency=currency,
                standard="us-gaap" if country == "US" else "local",
                **kept,
            )
        )
    return rows


def sound_figures(
    own: Mapping[str, Decimal | None], currency: str, usual: Mapping[str, Decimal] | None = None
) -> dict[str, Decimal | None]:
    """Return the figures of one year: those given, and else what they come to with a sound company.

    Args:
        own: figures that are given; None for one that is not stated.
        currency: of the accounts; tells how large a company is of which nothing is given.
        usual: the figures of the year after, made smaller; where given, they stand for those of a sound company.
    """
    if usual is not None and not own:
        return dict(usual)
    base = dict(usual or {})
    made: dict[str, Decimal | None] = {}

    def take(name: str, default: Decimal) -> Decimal:
        made[name] = own[name] if name in own else base.get(name, default) if _untouched(name, own) else default
        value = made[name]
        return default if value is None else value

    assets = take("total_assets", base.get("total_assets", ASSETS.get(currency, Decimal(2_000_000))))
    equity = take("equity", assets * Decimal("0.55"))
    liabilities = take("total_liabilities", assets - equity)
    short = take("current_liabilities", liabilities * Decimal("0.6"))
    current = take("current_assets", assets * Decimal("0.6"))
    take("cash", current * Decimal("0.2"))
    take("inventory", current * Decimal("0.25"))
    take("receivables", current * Decimal("0.35"))
    take("goodwill", Decimal(0))
    take("intangible_assets", Decimal(0))
    take("retained_earnings", equity - assets * Decimal("0.17"))
    revenue = take("revenue", assets * Decimal("1.6"))
    operating = take("operating_profit", revenue * Decimal("0.07"))
    interest = take("interest_expense", liabilities * Decimal("0.03"))
    income = take("net_income", (operating - interest) * Decimal("0.75"))
    depreciation = take("depreciation", assets * Decimal("0.04"))
    take("operating_cash_flow", income + depreciation)
    take("payables", short * Decimal("0.5"))
    take("cost_of_sales", revenue * Decimal("0.75"))
    return {name: made.get(name, own.get(name)) for name in AMOUNTS}


def _untouched(name: str, own: Mapping[str, Decimal | None]) -> bool:
    """True where a figure of the year before need not follow from one that is given."""
    leads = {"total_liabilities": ("equity", "total_assets"), "equity": ("total_assets",)}
    return not any(lead in own for lead in leads.get(name, ()))


def shrunk(figures: Mapping[str, Decimal | None]) -> dict[str, Decimal]:
    """Return the figures of the year before a year, with growth of 5 %."""
    return {name: value / Decimal("1.05") for name, value in figures.items() if value is not None}


def _withheld(accounts: Accounts) -> set[str]:
    return {figure for name in accounts.withheld for figure in STATEMENTS.get(name, (name,))}


def _month_end(day: date, months: int) -> date:
    """Return the last day of the month that lies so many months back."""
    number = day.year * 12 + day.month - months
    return date(number // 12, number % 12 + 1, 1) - timedelta(days=1)


def _years_before(day: date, years: int) -> date:
    if day.month == 2 and day.day == 29:
        day -= timedelta(days=1)
    return day.replace(year=day.year - years)
