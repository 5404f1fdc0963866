"""The house's tables of industries are read strictly."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from admission.errors import BadInput
from admission.metrics.industry import covers
from intake.industry_tables import read_industry_tables
from tests.languages import untranslated

BENCHMARKS = "code,metric,q1,median,q3,source,date"
RISKS = "code,level,source,date"


def written(tmp_path: Path, *lines: str, name: str = "table.csv") -> Path:
    path = tmp_path / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def problems(benchmarks: Path | None, risks: Path | None = None) -> list[str]:
    with pytest.raises(BadInput) as refused:
        read_industry_tables(benchmarks, risks)
    assert untranslated(refused.value) == []
    return [str(problem) for problem in refused.value.problems]


def test_both_tables_are_read(tmp_path: Path) -> None:
    tables = read_industry_tables(
        written(tmp_path, BENCHMARKS, "uk-sic:47,current_ratio,0.9,1.3,2.1,trade body,2026-06-30"),
        written(tmp_path, "date,source,level,code", "2026-06-30,own,3,uk-sic:47", name="risk.csv"),
    )
    row = tables.benchmark("uk-sic:47110", "current_ratio", date(2026, 7, 1))
    assert row is not None
    assert (row.q1, row.median, row.q3) == (Decimal("0.9"), Decimal("1.3"), Decimal("2.1"))
    risk = tables.risk("uk-sic:47110", date(2026, 7, 1))
    assert risk is not None
    assert risk.level == 3
    assert tables.risk("uk-sic:47110", date(2026, 6, 29)) is None


def test_no_file_is_an_empty_table() -> None:
    assert read_industry_tables(None, None).benchmarks == ()


def test_every_problem_of_a_table_is_told_with_its_row(tmp_path: Path) -> None:
    told = problems(
        written(
            tmp_path,
            BENCHMARKS,
            "uk-sic:47,current_ratio,0.9,1.3,2.1,trade body,2026-06-30",
            "uk-sic:47,curent_ratio,0.9,1.3,2.1,trade body,2026-06-30",
            "uk-sic:47,revenue,0.9,1.3,2.1,trade body,2026-06-30",
            "47110,current_ratio,0.9,1.3,2.1,trade body,2026-06-30",
            "uk-sic:47,quick_ratio,2.1,1.3,0.9,trade body,2026-06-30",
            "uk-sic:47,debt_ratio,NaN,Infinity,1E+999999,trade body,2026-06-30",
            "uk-sic:47,altman_z2,1,2,3,,30.6.2026",
            "uk-sic:47,altman_z2,1,2,3,trade body",
            "uk-sic:47,current_ratio,1,2,3,another,2026-06-30",
        )
    )
    assert len(told) == 11
    for row, part in (
        (2, "did you mean current_ratio?"),
        (3, "revenue is of kind amount"),
        (4, "a code with its scheme, such as uk-sic:47"),
        (5, "q1 at most the median"),
        (6, "a finite amount"),
        (6, "at most 1000000000"),
        (7, "a day such as"),
        (7, "source"),
        (8, "7 cells, one for each column"),
        (9, "this row is there twice"),
    ):
        assert any(f"row {row}" in line and part in line for line in told), (row, part)


@pytest.mark.parametrize("level", ["-1", "high", "", "NaN", "1E+400"])
def test_a_level_of_risk_is_a_figure(tmp_path: Path, level: str) -> None:
    told = problems(None, written(tmp_path, RISKS, f"uk-sic:47,{level},own,2026-06-30"))
    assert len(told) == 1
    assert "row 1" in told[0]


def test_a_table_of_other_columns_is_refused_with_an_example(tmp_path: Path) -> None:
    (told,) = problems(written(tmp_path, RISKS, "uk-sic:47,3,own,2026-06-30"))
    assert "columns code,metric,q1,median,q3,source,date, such as uk-sic:47,current_ratio" in told


@pytest.mark.parametrize(
    ("beginning", "code", "covered"),
    [
        ("uk-sic:47", "uk-sic:47110", True),
        ("uk-sic:47110", "uk-sic:47110", True),
        ("uk-sic:47110", "uk-sic:4711", False),
        ("uk-sic:47", "us-sic:47110", False),
        ("uk-sic:47", "uk-sic:04711", False),
        ("uk:47", "uk-sic:47110", False),
    ],
)
def test_codes_match_by_their_beginning_within_a_scheme(beginning: str, code: str, covered: bool) -> None:
    assert covers(beginning, code) is covered
