"""Files that were read wrong, out of public bug reports of people who do this job: each with its right value.

The files lie beside the project, in ../shared/data/cases; `cases.yml` there has the right values.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from admission.evidence.uploads import Preview
from connectors.financials_upload import preview

pytestmark = pytest.mark.recorded

YEAR, BEFORE = date(2025, 12, 31), date(2024, 12, 31)


def read(recorded: Path, name: str) -> Preview:
    return preview((recorded / "cases" / name).read_bytes(), Path(name).name)


def figure(found: Preview, day: date, name: str, *, group: bool | None = None) -> Decimal | None:
    (statement,) = [item for item in found.statements if (item.period_end, item.consolidated) == (day, group)]
    value = getattr(statement, name)
    assert value is None or isinstance(value, Decimal)
    return value


@pytest.mark.parametrize("name", ["upload_six_months.csv", "upload_six_months_in_title.csv", "upload_half_year_zh.csv"])
def test_a_part_of_a_year_is_left_out_with_a_remark(recorded: Path, name: str) -> None:
    found = read(recorded, name)
    assert found.statements == ()
    assert all("it is not of a whole year" in remark.en and "不是全年数" in remark.zh for remark in found.remarks)
    assert len(found.remarks) == 2
    assert "it is not of a whole year" in found.problems[0].expected.en


@pytest.mark.parametrize("name", ["upload_december_month_zh.csv", "statements/a1_month_title_benqi_shangqi.xlsx"])
def test_a_month_alone_is_asked_about(recorded: Path, name: str) -> None:
    (problem,) = read(recorded, name).problems
    assert "the month, or the year to it?" in problem.expected.en
    assert "当月数，还是本年累计数" in problem.expected.zh


def test_a_net_loss_without_a_sign_is_a_loss(recorded: Path) -> None:
    found = read(recorded, "upload_net_loss_without_sign.csv")
    assert figure(found, YEAR, "net_income") == -1_234_000
    assert figure(found, BEFORE, "net_income") == -900_000


def test_a_point_that_may_part_thousands_is_asked_about_once(recorded: Path) -> None:
    (problem,) = read(recorded, "upload_thousands_with_dots.csv").problems
    assert "850.000 may be 850 or 850,000" in problem.expected.en


def test_no_currency_comes_out_of_a_name(recorded: Path) -> None:
    (problem,) = read(recorded, "upload_currency_out_of_a_name.csv").problems
    assert "--currency USD" in problem.expected.en


def test_amounts_are_in_the_currency_they_were_translated_into(recorded: Path) -> None:
    found = read(recorded, "upload_currency_translated_from.csv")
    assert [(item.currency, item.total_assets) for item in found.statements] == [("USD", Decimal(100_000))]


def test_no_unit_comes_out_of_an_initial(recorded: Path) -> None:
    found = read(recorded, "upload_unit_out_of_an_initial.csv")
    assert figure(found, YEAR, "total_assets") == 9_000
    assert {item.currency for item in found.statements} == {"USD"}


def test_ten_million_is_ten_million(recorded: Path) -> None:
    found = read(recorded, "upload_unit_ten_million.csv")
    assert [(item.currency, item.total_assets) for item in found.statements] == [("CNY", Decimal(1_000_000_000))]


def test_the_day_of_approval_is_no_end_of_a_year(recorded: Path) -> None:
    found = read(recorded, "upload_approval_day_as_year_end.csv")
    assert found.statements == ()
    assert "--period-end" in found.problems[0].expected.en


def test_an_unmarked_balance_sheet_beside_that_of_the_group_is_asked_about(recorded: Path) -> None:
    (problem,) = read(recorded, "upload_group_beside_unmarked_parent.xlsx").problems
    assert (problem.place, problem.row) == ("资产负债表", 4)
    assert "合并" in problem.expected.en


def test_the_year_to_date_at_december_is_the_year(recorded: Path) -> None:
    found = read(recorded, "statements/a2_month_benqi_leiji.xlsx")
    assert figure(found, YEAR, "revenue") == 32_000_000
    assert figure(found, YEAR, "net_income") == 1_950_000
    assert figure(found, YEAR, "total_assets") == 18_000_000


def test_group_and_parent_over_the_columns_are_told_apart(recorded: Path) -> None:
    found = read(recorded, "statements/E_group_parent_columns.xlsx")
    assert figure(found, YEAR, "total_assets", group=True) == 18_000_000
    assert figure(found, YEAR, "total_assets", group=False) == 9_000_000
    assert figure(found, BEFORE, "equity", group=True) == 9_540_000


def test_signs_of_the_yuan_are_read(recorded: Path) -> None:
    found = read(recorded, "statements/M_yen_signs.xlsx")
    assert figure(found, YEAR, "cash") == Decimal("2350000.50")
    assert figure(found, YEAR, "total_assets") == 18_000_000


def test_the_other_side_of_a_cash_flow_statement_is_read(recorded: Path) -> None:
    found = read(recorded, "statements/W_cash_flow_supplement.xlsx")
    assert figure(found, YEAR, "operating_cash_flow") == 2_450_000
    assert figure(found, YEAR, "depreciation") == 810_000


def test_a_forecast_is_left_out_with_a_remark(recorded: Path) -> None:
    found = read(recorded, "statements/forecast_2025.xlsx")
    assert [item.period_end for item in found.statements] == [date(2023, 12, 31), BEFORE]
    assert figure(found, BEFORE, "total_assets") == 18_000_000
    assert [remark.en for remark in found.remarks] == [
        "sheet 资产负债表, row 3: column 2025年（预测） is left out: it is a forecast or a budget"
    ]


def test_a_second_table_does_not_inherit_the_unit_of_the_first(recorded: Path) -> None:
    (problem,) = read(recorded, "statements/g2_two_tables_second_no_unit.xlsx").problems
    assert (problem.row, problem.expected.en) == (
        37,
        "the unit of the amounts, such as a line 单位：万元 above the table, or --unit 万元",
    )


def test_short_words_for_the_balances_of_two_days_are_read(recorded: Path) -> None:
    found = read(recorded, "statements/e3_heads.xlsx")
    assert figure(found, YEAR, "total_assets") == 18_000_000
    assert figure(found, BEFORE, "total_assets") == 16_200_000


def test_figures_in_yuan_under_a_unit_of_ten_thousand_are_plausible_in_themselves(recorded: Path) -> None:
    # The request, the bureau and last year's accounts tell; within the file nothing does.
    found = read(recorded, "statements/T_wan_header_yuan_figures.xlsx")
    assert not found.problems
    assert figure(found, YEAR, "total_assets") == 180_000_000_000
