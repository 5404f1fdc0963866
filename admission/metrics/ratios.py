"""Ratios of accounts. Nothing divides by zero: what would mean nothing is told with the reason."""

from __future__ import annotations

from decimal import Decimal

from admission.evidence.facts import FinancialStatement
from admission.model import Text

NOT_STATED = Text(en="the accounts do not state what it needs", zh="报表未列示所需项目")
NO_MEANING = Text(en="its denominator is zero or negative", zh="分母为零或负数，比率无意义")


def quotient(numerator: Decimal | None, denominator: Decimal | None) -> Decimal | Text:
    """Divide, or say why not: a figure is not stated, or the denominator is zero or less."""
    if numerator is None or denominator is None:
        return NOT_STATED
    if denominator <= 0:
        return NO_MEANING
    return numerator / denominator


def total(first: Decimal | None, second: Decimal | None) -> Decimal | None:
    """Add; None where either is not stated."""
    return None if first is None or second is None else first + second


def difference(first: Decimal | None, second: Decimal | None) -> Decimal | None:
    """Subtract; None where either is not stated."""
    return None if first is None or second is None else first - second


def liabilities_of(accounts: FinancialStatement) -> Decimal | None:
    """Return the liabilities, as stated or else assets less equity; None where the accounts leave them open."""
    if accounts.total_liabilities is not None or any(doubt.figure == "total_liabilities" for doubt in accounts.doubts):
        return accounts.total_liabilities
    return difference(accounts.total_assets, accounts.equity)
