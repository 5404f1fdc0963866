"""Figures out of proportion to each other, as where a unit is wrong by a factor of 1,000 or 10,000.

No company grows five-hundredfold in a year by all its figures, or turns its assets over three hundred times. All cuts
are our own.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from admission.evidence.facts import YEAR_DAYS, FinancialStatement
from admission.evidence.uploads import PreviewProblem
from admission.model import Text
from connectors.financials_upload import wanted

_BETWEEN_YEARS = Decimal(500)
_TURNOVER = Decimal(300)
_RETURN = Decimal(100)
_COMPARED = ("total_assets", "total_liabilities", "equity", "revenue")
_NAMES = {
    "total_assets": Text(en="total assets", zh="资产总计"),
    "total_liabilities": Text(en="total liabilities", zh="负债合计"),
    "equity": Text(en="equity", zh="所有者权益"),
    "revenue": Text(en="revenue", zh="营业收入"),
}


class Scaled(NamedTuple):
    """The statements, without the figures that nobody can believe; what is told of them; and what is asked."""

    statements: list[FinancialStatement]
    remarks: list[Text]
    problems: list[PreviewProblem]


def check(statements: Sequence[FinancialStatement]) -> Scaled:
    """Compare the figures of each set of accounts with each other, and with those of the year before.

    Where all figures are out of proportion, a unit is wrong, and it is asked about. Where one is, it may be the figure
    of either year, so both are left open.
    """
    scaled = Scaled(list(statements), [], [])
    for statement in statements:
        _check_tables(statement, scaled)
    for place, later in enumerate(scaled.statements):
        for earlier_place, earlier in enumerate(scaled.statements):
            if earlier.consolidated is later.consolidated and (later.period_end - earlier.period_end).days in YEAR_DAYS:
                _check_years(earlier_place, place, scaled)
    return scaled


def _check_tables(statement: FinancialStatement, scaled: Scaled) -> None:
    assets, revenue, income = statement.total_assets, statement.revenue, statement.net_income
    if not assets or assets <= 0:
        return
    day = statement.period_end
    if (revenue and revenue > assets * _TURNOVER) or (income and abs(income) > assets * _RETURN):
        told = wanted.one_scale(
            f"the income statement to {day} is out of proportion to the balance sheet, of assets of {assets:,.0f}",
            f"截至 {day} 的利润表与资产负债表（资产总计 {assets:,.0f}）不成比例",
        )
        scaled.problems.append(PreviewProblem(expected=told))
    elif revenue and 0 < revenue * _BETWEEN_YEARS < assets:
        scaled.remarks.append(
            Text(
                en=f"revenue to {day} of {revenue:,.0f} is very small beside assets of {assets:,.0f}; check the units",
                zh=f"截至 {day} 的营业收入 {revenue:,.0f} 与资产总计 {assets:,.0f} 相比极小，请核对单位",
            )
        )


def _check_years(earlier_place: int, place: int, scaled: Scaled) -> None:
    earlier, later = scaled.statements[earlier_place], scaled.statements[place]
    compared, odd = 0, []
    for name in _COMPARED:
        before, after = getattr(earlier, name), getattr(later, name)
        if not before or not after:
            continue
        compared += 1
        ratio = abs(after / before)
        if not 1 / _BETWEEN_YEARS < ratio < _BETWEEN_YEARS:
            odd.append(name)
    if odd and len(odd) == compared and compared > 1:
        told = wanted.one_scale(
            f"all figures of {later.period_end} are out of proportion to those of {earlier.period_end}",
            f"{later.period_end} 的各项金额与 {earlier.period_end} 均不成比例",
        )
        scaled.problems.append(PreviewProblem(expected=told))
        return
    for name in odd:
        why = _out_of_proportion(name, earlier, later)
        scaled.remarks.append(why)
        for at in (earlier_place, place):
            scaled.statements[at] = scaled.statements[at].leaving_open((name,), why)


def _out_of_proportion(name: str, earlier: FinancialStatement, later: FinancialStatement) -> Text:
    before, after, what = getattr(earlier, name), getattr(later, name), _NAMES[name]
    return Text(
        en=f"{what.en} of {later.period_end}, {after:,.0f}, is out of proportion to {before:,.0f} a year before",
        zh=f"{later.period_end} {what.zh} {after:,.0f} 与上年 {before:,.0f} 不成比例",
    )
