"""Goodwill and intangible assets, however filers split or join them.

What is taken off equity is their sum. So a joined figure may stand as intangible assets alone, with no goodwill.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from admission.model import Text
from connectors.sec_edgar.concepts import BY_LIFE, GOODWILL, JOINED, WITHOUT_GOODWILL, looks_intangible
from connectors.sec_edgar.figures import Figure, latest
from connectors.sec_edgar.values import Values

# Figures of one balance sheet that add up but for rounding.
_TOLERANCE = Decimal("0.005")
_YEAR_BEFORE = timedelta(days=400)


class Intangibles(NamedTuple):
    """Goodwill and intangible assets of one balance sheet; `why` says why their sum cannot be told."""

    goodwill: Decimal | None = None
    intangible_assets: Decimal | None = None
    basis: str = ""
    why: Text | None = None


def intangibles(values: Values, currency: str, day: date) -> Intangibles:
    """Read goodwill and intangible assets as of a day."""
    standard = values.standard

    def of(concept: str) -> Figure:
        return latest(values, (concept,), currency, (None, day))

    goodwill, joined, without = of(GOODWILL), of(JOINED[standard]), of(WITHOUT_GOODWILL[standard])
    lives = [of(concept) for concept in BY_LIFE[standard]]
    stated = [figure for figure in (goodwill, joined, without, *lives) if figure.amount is not None or figure.open]
    why = next((figure.why for figure in stated if figure.open), None)
    by_life = [figure.amount for figure in lives if figure.amount is not None]
    split = without.amount if without.amount is not None else sum(by_life, Decimal(0)) if by_life else None
    if without.amount is not None and by_life and _exceeds(sum(by_life, Decimal(0)), without.amount):
        why = why or _contradict(without.concept, lives[0].concept or lives[1].concept)
    if joined.amount is not None:
        read = _from_joined(joined, goodwill, split, why)
    else:
        parts = (WITHOUT_GOODWILL[standard], *(() if without.amount is not None else BY_LIFE[standard]))
        why = why or _vanished(values, currency, day, (JOINED[standard], GOODWILL, *parts))
        read = Intangibles(goodwill.amount, split, why=why)
    return _with_others(values, currency, day, read, [figure.concept for figure in stated])


def _vanished(values: Values, currency: str, day: date, concepts: tuple[str, ...]) -> Text | None:
    """Say what the year before has and the day itself has not: written off, or lost on the way."""
    for concept in concepts:
        periods = values.of(concept, currency)
        before = [end for _, end in periods if day - _YEAR_BEFORE < end < day]
        if (None, day) in periods or not before:
            continue
        amount = latest(values, (concept,), currency, (None, max(before))).amount
        if amount is None or amount > 0:
            return Text(
                en=f"the SEC lists {concept} to {max(before)}, and none to {day}",
                zh=f"SEC 列示了截至 {max(before)} 的 {concept}，未列示截至 {day} 的数值",
            )
    return None


def _from_joined(joined: Figure, goodwill: Figure, split: Decimal | None, why: Text | None) -> Intangibles:
    total = joined.amount or Decimal(0)
    if goodwill.amount is None:
        # Goodwill is in it, and what is stated of the rest is a part of it.
        if split is not None and _exceeds(split, total):
            why = why or _contradict(joined.concept, GOODWILL)
        return Intangibles(None, total, f"intangible assets with goodwill ({joined.concept})", why)
    if split is not None and abs(goodwill.amount + split - total) <= _TOLERANCE * abs(total):
        return Intangibles(goodwill.amount, split, why=why)
    if split is not None or _exceeds(goodwill.amount, total):
        why = why or _contradict(joined.concept, goodwill.concept)
    return Intangibles(goodwill.amount, total - goodwill.amount, f"{joined.concept} less goodwill", why)


def _with_others(values: Values, currency: str, day: date, read: Intangibles, placed: list[str]) -> Intangibles:
    """Doubt the sum where another concept states goodwill or intangibles that it does not hold."""
    total = (read.goodwill or Decimal(0)) + (read.intangible_assets or Decimal(0))
    joined = JOINED[values.standard] in placed
    for concept in sorted({name for name, unit in values.stated if unit == currency and looks_intangible(name)}):
        figure = latest(values, (concept,), currency, (None, day))
        if concept in placed or figure.amount is None or figure.amount <= 0:
            continue
        of_goodwill = (
            "Goodwill" in concept and "ExcludingGoodwill" not in concept and "OtherThanGoodwill" not in concept
        )
        nowhere = not joined and (read.goodwill is None if of_goodwill else read.intangible_assets is None)
        if nowhere or _exceeds(figure.amount, total):
            return read._replace(why=read.why or _unplaced(concept))
    return read


def _exceeds(part: Decimal, whole: Decimal) -> bool:
    return part > whole + abs(whole) * _TOLERANCE


def _contradict(one: str, other: str) -> Text:
    return Text(
        en=f"{one} and {other} at the SEC do not add up, so what is intangible is not known",
        zh=f"SEC 所列 {one} 与 {other} 勾稽不符，无法确定无形资产",
    )


def _unplaced(concept: str) -> Text:
    return Text(
        en=f"the SEC lists {concept}, which the goodwill and intangible assets read do not hold",
        zh=f"SEC 另列 {concept}，未包含在所读取的商誉及无形资产中",
    )
