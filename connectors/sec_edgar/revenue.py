"""Which line of the income statement is the revenue, and the same one over the years.

Filers who state a total of their revenues state their sales to customers beside it, and some restate only the latter
later on. Filers who state no total may have other lines beside the one that looks like it: a lessor its rents, an
insurer its premiums, a bank its interest. One line of several is not the revenue.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from admission.model import Text
from connectors.sec_edgar.concepts import PARTS_OF_SALES, REVENUE, stands_beside_sales
from connectors.sec_edgar.figures import NONE, Figure, latest, narrower, same
from connectors.sec_edgar.values import Period, Values

# Below a hundredth, what stands beside the sales is too little to matter (rents of a subtenant).
_MATTERS = Decimal("0.01")
_YEAR_BEFORE = 380


@dataclass(frozen=True)
class _Choice:
    values: Values
    currency: str

    def of(self, concept: str, period: Period) -> Figure:
        return latest(self.values, (concept,), self.currency, period)

    def broadest(self, period: Period) -> Figure:
        stated = (self.of(concept, period) for concept in REVENUE[self.values.standard])
        return next((figure for figure in stated if figure is not NONE), NONE)

    def beside(self, chosen: Figure, period: Period) -> Text | None:
        """Say what stands beside a line, where that makes it one of several."""
        if chosen.amount is None or chosen.concept == REVENUE[self.values.standard][0]:
            return None
        if (why := narrower(self.values, chosen, REVENUE[self.values.standard], self.currency, period[1])) is not None:
            return why
        least = max(chosen.amount, Decimal(0)) * _MATTERS
        for concept in sorted({name for name, currency in self.values.stated if currency == self.currency}):
            part = concept in PARTS_OF_SALES and chosen.concept in PARTS_OF_SALES and concept != chosen.concept
            if part or stands_beside_sales(concept):
                figure = self.of(concept, period)
                if figure.open or (figure.amount is not None and figure.amount > least):
                    return _one_of_several(chosen.concept, concept)
        return None


def revenues(
    values: Values, currency: str, periods: Sequence[Period], net_incomes: Mapping[date, Decimal | None]
) -> dict[Period, Figure]:
    """Return the revenue of each period, from the line of the newest as far as that goes.

    The year before the newest, which it is compared with, has the same line or none.

    Args:
        values: what annual reports state.
        currency: of the accounts.
        periods: of the accounts that are read, newest first.
        net_incomes: by the last day of the period.
    """
    choice = _Choice(values, currency)
    found: dict[Period, Figure] = {}
    line = ""
    for period in periods:
        figure = choice.of(line, period) if line else choice.broadest(period)
        if figure is NONE and line:
            figure = choice.broadest(period)
            if (periods[0][1] - period[1]).days <= _YEAR_BEFORE:
                figure = _comparable(choice, line, figure, period[1])
        line = line or figure.concept
        net_income = net_incomes.get(period[1])
        why = choice.beside(figure, period)
        narrow = figure.concept != REVENUE[values.standard][0]
        if why is None and narrow and figure.amount is not None and net_income is not None:
            why = _less_than_net_income(figure.concept) if net_income > figure.amount else None
        found[period] = Figure(concept=figure.concept, why=why) if why else figure
    return found


def _comparable(choice: _Choice, line: str, other: Figure, day: date) -> Figure:
    if other is NONE or same(choice.values, line, other.concept, choice.currency, day):
        return other
    why = Text(
        en=f"the SEC has the revenue of the year before as {other.concept}, and that of the newest as {line}: the two"
        " do not compare",
        zh=f"SEC 上一年度收入科目为 {other.concept}，最近年度为 {line}，口径不一，无法比较",
    )
    return Figure(concept=other.concept, why=why)


def _one_of_several(concept: str, beside: str) -> Text:
    return Text(
        en=f"the SEC lists {concept} and, beside it, {beside}: neither is all of the revenue",
        zh=f"SEC 同时列有 {concept} 与 {beside}，均非全部营业收入",
    )


def _less_than_net_income(concept: str) -> Text:
    return Text(
        en=f"{concept} at the SEC is less than the net income, so it is not all of the revenue",
        zh=f"SEC 所列 {concept} 小于净利润，并非全部营业收入",
    )
