"""Tables of exchange rates that people keep."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

from admission.errors import BadInput, Problem
from admission.model import Text
from admission.money import Rate, RateTable
from intake.reading import Table, TableRow, read_table

SMALLEST_RATE = Decimal("1e-9")
EXAMPLE = "GBP,USD,2026-11-20,1.31"
A_RATE = Text(
    en=f"columns currency,to,on,per_unit, such as {EXAMPLE}", zh=f"列为 currency,to,on,per_unit，如 {EXAMPLE}"
)


def read_rates(path: Path | None) -> RateTable:
    """Read the house's exchange rates; no file is an empty table, so that other currencies stay unknown.

    Raises:
        BadInput: the file cannot be read, or a row is no rate.
    """
    if path is None:
        return RateTable()
    table = read_table(path)
    return RateTable(_read_rate(path, table, row) for row in table.rows)


def _read_rate(path: Path, table: Table, row: TableRow) -> Rate:
    try:
        values = dict(zip(table.header, (cell.strip() for cell in row.cells), strict=True))
        rate = Rate(
            currency=values["currency"],
            to=values["to"],
            on=date.fromisoformat(values["on"]),
            per_unit=Decimal(values["per_unit"]),
        )
        if not SMALLEST_RATE <= rate.per_unit <= 1 / SMALLEST_RATE:
            raise ValueError(rate.per_unit)
    except (KeyError, ValueError, InvalidOperation):
        message = Text(en=f"{path.name} is not a table of rates.", zh=f"{path.name} 不是汇率表。")
        problem = Problem("", ",".join(row.cells), A_RATE, row.number)
        raise BadInput(message, problems=[problem]) from None
    return rate
