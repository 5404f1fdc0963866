"""`make cases`: every input in ../shared/data/cases that was read wrong once, with what is right and what is read now.

Ends with status 1 where one is read wrong.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.connectors.cases_read_wrong import CASES

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data" / "cases"
WIDTHS = (50, 18, 64)


def main() -> int:
    """Print the table; 1 where something is read wrong, or the inputs are not here."""
    if not FOLDER.is_dir():
        print("the inputs (../shared/data/cases) are not here")
        return 1
    wrong = []
    for case in CASES:
        read = case.read(FOLDER)
        right = case.holds(read) and not read.undeclared
        cells = (case.file, case.source, case.right)
        row = "  ".join(cell.ljust(width) for cell, width in zip(cells, WIDTHS, strict=True))
        print(f"{'right' if right else 'WRONG'}  {row}")
        if not right:
            wrong.append(case.file)
            print(f"       read: {read.told.answer}, {read.undeclared} {read.words[:200]}")
    print(f"{len(CASES)} readings, {len(wrong)} wrong" + (f": {', '.join(wrong)}" if wrong else ""))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
