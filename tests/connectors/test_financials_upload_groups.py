"""Whose the figures of a file are, and in which unit each of its tables is."""

from __future__ import annotations

import pytest

from tests.connectors.uploads import BEFORE, Rows, asked, figures, read, sheet, statement, tables


def test_a_groups_balance_sheet_and_its_unmarked_income_statement_are_one_statement() -> None:
    found = read(tables(sheet("合并资产负债表", "资产总计", 900), sheet("利润表", "营业收入", 500, income=True)))
    one = statement(found, group=True)
    assert figures(one, "total_assets", "revenue") == (900, 500)
    assert "it is taken for the group's" in found.remarks[0].en


@pytest.mark.parametrize("marked", ["合并资产负债表", "母公司资产负债表"])
def test_an_unmarked_balance_sheet_beside_a_marked_one_is_asked_about(marked: str) -> None:
    found = read(tables(sheet(marked, "资产总计", 900), sheet("资产负债表", "资产总计", 700)))
    assert "whose figures these are" in asked(found)


def test_an_unmarked_income_statement_beside_a_group_and_a_parent_is_asked_about() -> None:
    parts = [sheet("合并资产负债表", "资产总计", 900), sheet("母公司资产负债表", "资产总计", 700)]
    assert "whose figures these are" in asked(read(tables(*parts, sheet("利润表", "营业收入", 500, income=True))))


GROUP_HEADS: list[Rows] = [
    [["项目", "合并", "", "母公司", ""], ["", "期末余额", "年初余额", "期末余额", "年初余额"]],
    [["项目", "合并期末余额", "合并年初余额", "母公司期末余额", "母公司年初余额"]],
    [
        ["", "Group", "Group", "Company", "Company"],
        ["", "2025年12月31日", "2024年12月31日", "2025年12月31日", "2024年12月31日"],
    ],
    [["项目", "期末余额（合并）", "年初余额（合并）", "期末余额（母公司）", "年初余额（母公司）"]],
]


@pytest.mark.parametrize("heads", GROUP_HEADS)
def test_group_and_parent_over_the_columns_are_told_apart(heads: Rows) -> None:
    found = read([["资产负债表", "2025年12月31日", "单位：元"], *heads, ["资产总计", 900, 800, 500, 400]])
    assert statement(found, group=True).total_assets == 900
    assert statement(found, group=False).total_assets == 500
    assert statement(found, BEFORE, group=True).total_assets == 800


def test_the_name_of_a_group_is_no_mark() -> None:
    rows: Rows = [["Example Group Ltd"], ["Balance sheet in EUR"], ["Item", "31 December 2025"], ["Total assets", 5]]
    assert statement(read(rows)).total_assets == 5
    assert statement(read(sheet("某某集团有限公司资产负债表", "资产总计", 900))).total_assets == 900


@pytest.mark.parametrize("unit", ["单位：万元", "Unit: USD thousand", "(RMB million)"])
def test_a_second_table_inherits_no_unit(unit: str) -> None:
    parts = [sheet("资产负债表", "资产总计", 900, unit=unit), sheet("利润表", "营业收入", 500, unit="", income=True)]
    assert "the unit of the amounts" in asked(read(tables(*parts)))
    untitled: Rows = [["项目", "2025年度", "2024年度"], ["营业收入", 500, 400]]
    assert "the unit of the amounts" in asked(read(tables(parts[0], [[""]], untitled)))
