"""Ratios of accounts. Nothing divides by zero: a denominator of nothing gives an end of the scale, never no figure.

Who owes nothing has the best ratio to what it owes, and who has nothing the worst to what it has; a figure that is
known to be bad must not count as one that is not known.
"""

from __future__ import annotations

from decimal import Decimal

from admission.evidence.facts import FinancialStatement
from admission.model import Text

NOT_STATED = Text(en="the accounts do not state what it needs", zh="报表未列示所需项目")
# The ends of every ratio: no cut of a policy lies beyond them.
FAR = Decimal(10) ** 6
# Of figures that are none; no metric takes it.
NO_NUMBER = Decimal("NaN")


def quotient(numerator: Decimal | None, denominator: Decimal | None, *, of_nothing: Decimal = -FAR) -> Decimal | Text:
    """Divide, or say that a figure is not stated.

    Args:
        numerator: what is divided.
        denominator: by what.
        of_nothing: the ratio where the denominator is zero or less.
    """
    if numerator is None or denominator is None:
        return NOT_STATED
    if not (numerator.is_finite() and denominator.is_finite()):
        return NO_NUMBER
    if denominator <= 0:
        return of_nothing
    return min(max(numerator / denominator, -FAR), FAR)


def owed(numerator: Decimal | None, debt: Decimal | None) -> Decimal | Text:
    """Divide by what is owed: who owes nothing has the best ratio; the worst with a loss, and 0 with nothing at all."""
    if numerator is None or debt is None:
        return NOT_STATED
    return quotient(numerator, debt, of_nothing=FAR.copy_sign(numerator) if numerator else Decimal(0))


def at_least(figure: Decimal | None, least: Decimal) -> Decimal | None:
    """Return a figure, or the least that it can count as; one that is none stays as it is."""
    return figure if figure is None or not figure.is_finite() else max(figure, least)


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
