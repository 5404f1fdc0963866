"""Amounts and days as people type them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation

from admission.errors import BadInput, Problem
from admission.model import Text
from cli.misuse import Misuse
from services.watchlists import day_of


def amount_of(text: str, name: str = "amount") -> Decimal:
    """Read an amount such as 12000.50.

    Raises:
        BadInput: it is none.
    """
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite():
        expected = Text(en="a number such as 12000.50", zh="数字，如 12000.50")
        raise BadInput(
            Text(en="The amount cannot be read.", zh="金额无法识别。"), problems=[Problem(name, text[:40], expected)]
        )
    return amount


def needed_day(text: str | None, option: str) -> date:
    """Read a day such as 2026-11-20 that must be given.

    Raises:
        Misuse: it was not given.
        BadInput: it is none.
    """
    day = day_of(text)
    if day is None:
        raise Misuse(Text(en=f"Give the day with {option}.", zh=f"请用 {option} 给出日期。"))
    return day
