"""Cells that a spreadsheet must not run."""

from __future__ import annotations

# Full-width signs too: spreadsheets of East Asian systems take them for the others.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "−", "﹦", "﹢", "﹣", "﹫")


def guarded(cell: str) -> str:
    """Return a cell that no spreadsheet runs as a formula."""
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell
