"""Which of several values counts.

Of what later reports restate, the latest filed counts. Of two values in one report, one may be the other rounded, as a
note rounds what the balance sheet has exact; where neither is, the figure is unknown. Nobody can tell which is right,
and the more favourable must not win by chance.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from admission.model import Text
from connectors.sec_edgar.values import Period, Report, Values

# A rounded value is off by at most a twentieth: two digits of it are exact.
_ROUNDED_BY = Decimal("0.05")
# The years that annual reports of today speak of.
_AROUND = timedelta(days=3 * 366)


@dataclass(frozen=True)
class Figure:
    """A figure with the concept that states it; or why it cannot be told; or neither, where it is not stated."""

    amount: Decimal | None = None
    concept: str = ""
    why: Text | None = None

    @property
    def open(self) -> bool:
        """True where it is stated, but cannot be told."""
        return self.why is not None


NONE = Figure()


def latest(values: Values, concepts: Sequence[str], currency: str, period: Period) -> Figure:
    """Return what the latest report says of any of the concepts; within it, of the first that it states."""
    reports = {concept: values.of(concept, currency).get(period, []) for concept in concepts}
    filed = [value.report for some in reports.values() for value in some]
    if not filed:
        return NONE
    newest = max(filed)[:2]
    for concept in concepts:
        amounts = {value.amount for value in reports[concept] if value.report[:2] == newest}
        if amounts:
            return settled(amounts, concept, period, max(filed))
    return NONE


def pooled(values: Values, concepts: Sequence[str], currency: str, period: Period) -> Figure:
    """Return what the latest report says of one thing that goes by several concepts: all of them must agree."""
    some = [value for concept in concepts for value in values.of(concept, currency).get(period, [])]
    if not some:
        return NONE
    newest = max(value.report for value in some)
    amounts = {value.amount for value in some if value.report[:2] == newest[:2]}
    return settled(amounts, concepts[0], period, newest)


def differ(values: Values, one: str, other: str, currency: str, day: date) -> bool:
    """True where two concepts are not one line: in a period of some years around a day, both are stated and differ."""
    first, second = values.of(one, currency), values.of(other, currency)
    around = (period for period in first.keys() & second.keys() if abs(day - period[1]) <= _AROUND)
    return any(
        latest(values, (one,), currency, period).amount != latest(values, (other,), currency, period).amount
        for period in around
    )


def same(values: Values, one: str, other: str, currency: str, day: date) -> bool:
    """True where two concepts are one line: in some years around a day, both are stated, and never differ."""
    first, second = values.of(one, currency), values.of(other, currency)
    both = any(abs(day - end) <= _AROUND for _, end in first.keys() & second.keys())
    return both and not differ(values, one, other, currency, day)


def narrower(values: Values, figure: Figure, concepts: Sequence[str], currency: str, day: date) -> Text | None:
    """Say why a figure is not the whole: another year states a broader one, and the two differ."""
    for broader in concepts[: concepts.index(figure.concept)] if figure.concept in concepts else ():
        if differ(values, broader, figure.concept, currency, day):
            return Text(
                en=f"the SEC lists {figure.concept} to {day}, and not {broader}, which differed from it in other years",
                zh=f"SEC 截至 {day} 仅列示 {figure.concept}，未列示口径更宽的 {broader}（其他年度两者不同）",
            )
    return None


def settled(amounts: Collection[Decimal], concept: str, period: Period, report: Report) -> Figure:
    """Return the one of several amounts in one report that the others are roundings of."""
    exact = min(amounts, key=lambda amount: (_scale(amount), amount))
    if all(amount == exact or is_rounding(amount, exact) for amount in amounts):
        return Figure(exact, concept)
    told = sorted(amounts)
    listed_en, listed_zh = " and ".join(f"{amount:,}" for amount in told), "与".join(f"{amount:,}" for amount in told)
    return Figure(
        concept=concept,
        why=Text(
            en=f"the SEC lists different values of {concept} to {period[1]} in one report ({report.form} of"
            f" {report.filed_on}): {listed_en}",
            zh=f"SEC 所列同一报告（{report.filed_on} 的 {report.form}）中截至 {period[1]} 的 {concept} 数值不一："
            f"{listed_zh}",
        ),
    )


def is_rounding(rounded: Decimal, exact: Decimal) -> bool:
    """True where one amount is the other rounded to some power of ten, two digits or more being kept."""
    if not rounded or _scale(rounded) <= _scale(exact):
        return False
    off = abs(rounded - exact)
    return off * 2 <= Decimal(10) ** _scale(rounded) and off <= abs(exact) * _ROUNDED_BY


def _scale(amount: Decimal) -> int:
    """How many powers of ten go into an amount; negative where it has decimals."""
    exponent = amount.normalize().as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0
