"""Annual accounts of an invented company. Totals are sums of the parts, so that they always agree with one another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sandbox.dates import calendar_year_end, fiscal_year_end
from sandbox.wire import SandboxError

_PARTS = (
    "revenue",
    "operating_profit",
    "interest",
    "tax",
    "depreciation",
    "dividends",
    "operating_cash_flow",
    "cash",
    "receivables",
    "inventory",
    "tangible",
    "goodwill",
    "intangible",
    "current_liabilities",
    "long_term_liabilities",
    "share_capital",
    "retained",
)


@dataclass(frozen=True)
class Accounts:
    """One year's accounts, in whole units of `currency`."""

    period_start: date
    period_end: date
    currency: str
    revenue: int
    operating_profit: int
    interest: int
    tax: int
    depreciation: int
    dividends: int
    operating_cash_flow: int
    cash: int
    receivables: int
    inventory: int
    tangible: int
    goodwill: int
    intangible: int
    current_liabilities: int
    long_term_liabilities: int
    share_capital: int
    retained: int

    @property
    def current_assets(self) -> int:
        """Cash, receivables and inventory."""
        return self.cash + self.receivables + self.inventory

    @property
    def total_assets(self) -> int:
        """Current and fixed assets."""
        return self.current_assets + self.tangible + self.goodwill + self.intangible

    @property
    def total_liabilities(self) -> int:
        """Current and long-term liabilities."""
        return self.current_liabilities + self.long_term_liabilities

    @property
    def equity(self) -> int:
        """Share capital and retained profit."""
        return self.share_capital + self.retained

    @property
    def profit_before_tax(self) -> int:
        """Operating profit less interest."""
        return self.operating_profit - self.interest

    @property
    def net_income(self) -> int:
        """Profit after interest and tax."""
        return self.profit_before_tax - self.tax


def accounts_of(section: Mapping[str, object], today: date) -> tuple[Accounts, ...]:
    """Read the accounts of a story, the latest year first.

    Args:
        section: `currency`, `years` (a list of parts, latest first), `latest`: how many years ago the first ended, and
            `ends: december` where the year is the calendar year.
        today: the day the sandbox starts.

    Raises:
        SandboxError: a part is missing, unknown or no whole number, or a balance sheet does not balance.
    """
    years, latest = section.get("years"), section.get("latest", 0)
    if not isinstance(years, list) or not isinstance(latest, int):
        raise SandboxError("accounts: `years` is a list, and `latest` a whole number")
    ends = calendar_year_end if section.get("ends") == "december" else fiscal_year_end
    currency = str(section.get("currency", ""))
    return tuple(_read_year(currency, year, latest + back, today, ends) for back, year in enumerate(years))


def _read_year(
    currency: str, year: Mapping[str, int], back: int, today: date, ends: Callable[[date, int], date]
) -> Accounts:
    if sorted(year) != sorted(_PARTS):
        wrong = ", ".join(sorted(set(year) ^ set(_PARTS)))
        raise SandboxError(f"accounts of {back} years ago: missing or unknown: {wrong}")
    if any(not isinstance(amount, int) for amount in year.values()):
        raise SandboxError(f"accounts of {back} years ago: amounts are whole numbers")
    accounts = Accounts(
        period_start=ends(today, back + 1) + timedelta(days=1),
        period_end=ends(today, back),
        currency=currency,
        **year,
    )
    difference = accounts.total_assets - accounts.total_liabilities - accounts.equity
    if difference:
        raise SandboxError(f"accounts of {back} years ago: assets exceed liabilities and equity by {difference}")
    return accounts
