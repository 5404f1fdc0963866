"""Tables of exchange rates that people keep."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

from admission.errors import BadInput, Problem
from admission.money import Rate, RateTable
from intake.reading import Table, TableRow, read_table

SMALLEST_RATE = Decimal("1e-9")


def read_rates(path: Path | None) -> RateTable:
    """Read the house's exchange rates; no file is an empty table, so that other currencies stay unknown."""
    if path is None:
        return RateTable()
    table = read_table(path)
    return RateTable(_rate(path, table, row) for row in table.rows)


def _rate(path: Path, table: Table, row: TableRow) -> Rate:
    try:
        values = dict(zip(table.header, (cell.strip() for cell in row.cells), strict=True))
        rate = Rate(
            currency=values["currency"],
            to=values["to"],
            on=date.fromisoformat(values["on"]),
            per_unit=Decimal(values["per_unit"]),
        )
        if not SMALLEST_RATE <= rate.per_unit <= 1 / SMALLEST_RATE:
            raise ValueError("a rate between the weakest currency and the strongest")
    except (KeyError, ValueError, InvalidOperation):
        expected = "columns currency,to,on,per_unit, such as GBP,USD,2026-11-20,1.31"
        problem = Problem("", ",".join(row.cells), expected, row.number)
        raise BadInput(f"{path.name} is not a table of rates.", problems=[problem]) from None
    return rate
