"""Figures that are plausible in themselves, but not beside what else is known: perhaps they are in other units.

Beside last year's, and beside another source's of the same day, the expectations compare them. Here they are compared
with what is asked for, and with another source's of another day. The cuts are our own: a unit that was taken wrong
changes figures 1,000 or 10,000 times, so half of the lesser leaves room for a real difference at the same time.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from admission.application import Application
from admission.evidence.facts import FinancialStatement
from admission.evidence.findings import Finding, Verdict, Weight
from admission.evidence.uploads import STATEMENTS_SOURCE
from admission.metrics.financials import latest_accounts
from admission.model import Text
from admission.money import Exchange, Money

FACTOR = 500
"""So many times larger or smaller, and the units are in doubt."""
MOST_TIMES = 5_000
"""A company whose revenue and assets are more than so many times what it asks for asks for next to nothing."""
LEAST_TIMES = Decimal("0.2")
"""A company whose revenue and assets are a fifth of what it asks for could not use it."""


def magnitude_findings(
    statements: Sequence[FinancialStatement], application: Application, exchange: Exchange
) -> list[Finding]:
    """Return the findings on figures out of proportion; none where there is nothing to compare with.

    Only accounts that the applicant hands in are held against what is asked for: a registrar's and a bureau's state
    their units, and large companies ask for small limits.

    Args:
        statements: usable accounts of all sources.
        application: tells what is asked for.
        exchange: the rates of the day.
    """
    by_source: dict[str, list[FinancialStatement]] = {}
    for statement in statements:
        by_source.setdefault(statement.source, []).append(statement)
    handed_in = latest_accounts(by_source.pop(STATEMENTS_SOURCE, []))
    if handed_in is None:
        return []
    others = [latest_accounts(some) for _, some in sorted(by_source.items())]
    found = [_beside_request(handed_in, application.requested.money, exchange)]
    found += [_beside_other(handed_in, other, exchange) for other in others if other is not None]
    return [finding for finding in found if finding is not None]


def _beside_request(accounts: FinancialStatement, asked: Money, exchange: Exchange) -> Finding | None:
    size = _size(accounts)
    limit = exchange.convert(asked.amount, asked.currency, accounts.currency)
    if size is None or not limit or LEAST_TIMES <= size / limit <= MOST_TIMES:
        return None
    told = f"{size:,.0f} {accounts.currency}"
    wanted = f"{asked.amount:,.0f} {asked.currency}"
    return _finding(
        "magnitude.request",
        accounts,
        Text(
            en=f"the uploaded accounts show {told}, out of proportion to the limit asked for, {wanted}; check the unit",
            zh=f"上传报表规模为 {told}，与申请额度 {wanted} 不相称，请核对金额单位",
        ),
    )


def _beside_other(one: FinancialStatement, other: FinancialStatement, exchange: Exchange) -> Finding | None:
    ours, theirs = _size(one), _size(other)
    if ours is None or theirs is None or one.period_end == other.period_end:
        return None
    theirs = exchange.convert(theirs, other.currency, one.currency)
    if not theirs or not ours or Decimal(1) / FACTOR < ours / theirs < FACTOR:
        return None
    return _finding(
        "magnitude.sources",
        one,
        Text(
            en=f"the uploaded accounts of {one.period_end} show {ours:,.0f} {one.currency}; those of {other.source} of "
            f"{other.period_end} show {theirs:,.0f}; check the unit",
            zh=f"上传报表（{one.period_end}）规模为 {ours:,.0f} {one.currency}，{other.source} 报表"
            f"（{other.period_end}）为 {theirs:,.0f}，请核对金额单位",
        ),
    )


def _size(accounts: FinancialStatement) -> Decimal | None:
    """The larger of assets and revenue: a trading company has few assets, a holding company little revenue."""
    return max((figure for figure in (accounts.total_assets, accounts.revenue) if figure is not None), default=None)


def _finding(code: str, accounts: FinancialStatement, message: Text) -> Finding:
    return Finding(code=code, verdict=Verdict.FAIL, weight=Weight.WARNING, message=message, source=accounts.source)
