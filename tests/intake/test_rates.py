from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from admission.errors import BadInput
from intake.rates import read_rates
from tests.languages import untranslated


def written(folder: Path, text: str) -> Path:
    path = folder / "rates.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_rates_are_read_and_no_file_means_none(tmp_path: Path) -> None:
    path = written(tmp_path, "currency,to,on,per_unit\nGBP,USD,2026-11-20,1.31\n")
    assert read_rates(path).find("GBP", "USD", date(2026, 11, 23)) == (Decimal("1.31"), date(2026, 11, 20))
    assert read_rates(None).find("GBP", "USD", date(2026, 11, 23)) is None


@pytest.mark.parametrize(
    "row",
    [
        "GBP,USD,2026-11-20,0",
        "GBP,USD,2026-11-20,1E999999",
        "GBP,USD,2026-11-20,NaN",
        "GBP,USD,today,1",
        "GBP,XXX,2026-11-20,1",
    ],
)
def test_a_rate_that_cannot_be_names_its_row(tmp_path: Path, row: str) -> None:
    path = written(tmp_path, f"currency,to,on,per_unit\nGBP,EUR,2026-11-20,1.1\n{row}\n")
    with pytest.raises(BadInput, match=f"row 2: '{row}': columns currency,to,on,per_unit, such as") as refused:
        read_rates(path)
    assert untranslated(refused.value) == []
