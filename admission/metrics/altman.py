"""Altman's Z scores, each for the kind of company it was made for.

- Z (1968): listed manufacturers; needs the market value of equity. 1.2 X1 + 1.4 X2 + 3.3 X3 + 0.6 X4 + 0.999 X5.
- Z' (1983): private manufacturers. 0.717 X1 + 0.847 X2 + 3.107 X3 + 0.420 X4 + 0.998 X5.
- Z'' (1995): other companies, and those of emerging markets; it leaves out sales over assets, which differs by
  industry, and so does for manufacturers too. 6.56 X1 + 3.26 X2 + 6.72 X3 + 1.05 X4, without the constant 3.25.

X1 working capital, X2 retained earnings, X3 operating profit, X5 revenue, each over total assets; X4 equity over
liabilities, at market value for Z and at book value otherwise. Banks and insurers were in none of the samples.

Liabilities of less than a hundredth of the assets count as a hundredth [P], so that a company without debt has a score;
one without assets has the worst.

E. I. Altman, "Predicting Financial Distress of Companies: Revisiting the Z-Score and ZETA Models", 2000; Altman,
Hartzell and Peck, 1995.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Literal

from admission.evidence.facts import FinancialStatement
from admission.metrics.ratios import FAR, at_least, difference, liabilities_of, quotient
from admission.model import Text

IndustryKind = Literal["manufacturing", "financial", "other", "unknown"]

UNKNOWN_INDUSTRY = Text(en="made for manufacturers, and the industry is not known", zh="仅适用于制造业，而行业未知")
NOT_MANUFACTURING = Text(en="made for manufacturers, which it is not", zh="仅适用于制造业，该企业不属制造业")
FINANCIAL = Text(en="not made for banks and insurers", zh="不适用于金融企业")
NOT_LISTED = Text(
    en="made for listed companies; no market value of equity is known", zh="仅适用于上市公司，而股权市值未知"
)
LISTED = Text(en="made for companies that are not listed", zh="仅适用于非上市公司")

# Divisions of each scheme: SIC 1987 division D and, of H, banks, credit, brokers and insurers; UK SIC 2007 section C,
# and of K all but holding companies (64.2), which are often heads of trading groups; GB/T 4754-2017 sections C and J.
_DIVISIONS: dict[str, tuple[range, range]] = {
    "us-sic": (range(20, 40), range(60, 65)),
    "uk-sic": (range(10, 34), range(64, 67)),
    "cn-gbt4754": (range(13, 44), range(66, 70)),
}
_UK_HOLDING = "642"
# Of the assets.
LEAST_DEBT = Decimal("0.01")


def industry_kind(code: str | None) -> IndustryKind:
    """Return what kind of company an industry code with its scheme tells of; other schemes tell nothing.

    A code of GB/T 4754 may carry its section's letter: `cn-gbt4754:C3311`.
    """
    scheme, _, number = (code or "").partition(":")
    digits = re.sub(r"^[A-Z]", "", number)
    if scheme not in _DIVISIONS or not re.match(r"\d\d", digits, re.ASCII):
        return "unknown"
    manufacturing, financial = _DIVISIONS[scheme]
    division = int(digits[:2])
    if division in manufacturing:
        return "manufacturing"
    if division in financial and not (scheme == "uk-sic" and digits.startswith(_UK_HOLDING)):
        return "financial"
    return "other"


def altman_z(current: FinancialStatement, industry: str | None) -> Decimal | Text:
    """Return Z of a listed manufacturer, or why there is none."""
    other = _for_manufacturers(industry)
    if other is not None:
        return other
    if current.market_value_equity is None:
        return NOT_LISTED
    worth = quotient(current.market_value_equity, _debt(current))
    turnover = quotient(current.revenue, current.total_assets)
    return _weighted((*_shares(current), worth, turnover), ("1.2", "1.4", "3.3", "0.6", "0.999"))


def altman_z1(current: FinancialStatement, industry: str | None) -> Decimal | Text:
    """Return Z' of a private manufacturer, or why there is none."""
    other = _for_manufacturers(industry)
    if other is not None:
        return other
    if current.market_value_equity is not None:
        return LISTED
    worth = quotient(current.equity, _debt(current))
    turnover = quotient(current.revenue, current.total_assets)
    return _weighted((*_shares(current), worth, turnover), ("0.717", "0.847", "3.107", "0.420", "0.998"))


def altman_z2(current: FinancialStatement, industry: str | None) -> Decimal | Text:
    """Return Z'' of a company of any industry, or of one that is not known; none of a bank or insurer."""
    if industry_kind(industry) == "financial":
        return FINANCIAL
    worth = quotient(current.equity, _debt(current))
    return _weighted((*_shares(current), worth), ("6.56", "3.26", "6.72", "1.05"))


def _for_manufacturers(industry: str | None) -> Text | None:
    kind = industry_kind(industry)
    if kind == "unknown":
        return UNKNOWN_INDUSTRY
    return None if kind == "manufacturing" else NOT_MANUFACTURING


def _debt(current: FinancialStatement) -> Decimal | None:
    owed, assets = liabilities_of(current), current.total_assets
    return owed if assets is None or not assets.is_finite() else at_least(owed, assets * LEAST_DEBT)


def _shares(current: FinancialStatement) -> Sequence[Decimal | Text]:
    working_capital = difference(current.current_assets, current.current_liabilities)
    return (
        quotient(working_capital, current.total_assets),
        quotient(current.retained_earnings, current.total_assets),
        quotient(current.operating_profit, current.total_assets),
    )


def _weighted(parts: Sequence[Decimal | Text], weights: Iterable[str]) -> Decimal | Text:
    total = Decimal(0)
    for part, weight in zip(parts, weights, strict=True):
        if isinstance(part, Text):
            return part
        if part == -FAR:
            return -FAR
        total += part * Decimal(weight)
    return total
