"""Of when the figures of a file are: years, parts of years, months, forecasts, and days that end no year."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tests.connectors.uploads import BEFORE, YEAR, Rows, asked, chinese, english, read, statement

PARTS = [
    *(
        "six months",
        "nine months",
        "three months",
        "6 months",
        "half year",
        "half-year",
        "quarter",
        "26 weeks",
        "month",
    ),
    *("first half", "H1", "interim period", "semester"),
]


@pytest.mark.parametrize("part", PARTS)
def test_a_part_of_a_year_in_title_or_heading_is_left_out(part: str) -> None:
    in_title = english(f"Income statement for the {part} ended 30 June 2026", "2026", "2025")
    in_heading = english("Income statement", f"{part} ended 30 June 2026", f"{part} ended 30 June 2025")
    beside = english("Income statement", f"{part} ended 30 June 2026", "Year ended 31 December 2025")
    for found in (in_title, in_heading):
        assert "is left out: it is not of a whole year" in asked(found)
        assert len(found.remarks) == 2
    assert [(item.period_end, item.revenue) for item in beside.statements] == [(YEAR, Decimal(8_000_000))]
    assert len(beside.remarks) == 1


@pytest.mark.parametrize(
    "head",
    ["H1 2025", "1H2025", "1H25", "2025H1", "HY2025", "Q4 2025", "4Q 2025", "2025Q4", "YTD 2025", "Jan-Jun 2025"],
)
def test_short_words_for_parts_of_a_year_are_understood(head: str) -> None:
    found = english("Income statement", head, "Year ended 31 December 2024")
    assert [item.period_end for item in found.statements] == [BEFORE]
    assert [remark.en for remark in found.remarks] == [f"row 3: column {head} is left out: it is not of a whole year"]


CHINESE_PARTS = [
    *(
        "2025年上半年",
        "2025年下半年",
        "2025年1-6月",
        "2025年1月至9月",
        "2025年10-12月",
        "2025年前三季度",
        "2025年第三季度",
    ),
    *(
        "2025年半年度",
        "2025年三季报",
        "2025年1月1日至2025年6月30日",
        "2025年四季度",
        "2025年中期",
        "2025年月度",
        "2025年9月",
    ),
    *("截至2025年6月30日止六个月", "二〇二五年上半年", "２０２５年１－６月"),
]


@pytest.mark.parametrize("period", CHINESE_PARTS)
def test_a_chinese_part_of_a_year_is_left_out(period: str) -> None:
    assert "is left out" in asked(chinese(period, "本期金额", "上期金额"))
    beside = chinese("", period, "2024年度")
    assert [(item.period_end, item.revenue) for item in beside.statements] == [(BEFORE, Decimal(8000))]


@pytest.mark.parametrize(
    "period",
    [
        "2025年度",
        "2025年1-12月",
        "2025年1月1日至2025年12月31日",
        "截至2025年12月31日止年度",
        "二〇二五年度",
        "2025年全年",
    ],
)
def test_a_whole_year_in_chinese_is_read(period: str) -> None:
    found = chinese(period, "本期金额", "上期金额")
    assert statement(found).revenue == 9000
    assert statement(found, BEFORE).revenue == 8000


@pytest.mark.parametrize(
    "title",
    [
        *("for the year ended 31 December 2025", "for the twelve months ended 31 December 2025", "Year to 31 Dec 2025"),
        *("for the period from 1 January 2025 to 31 December 2025", "12 months ended 31/12/2025"),
        "for the 52 weeks ended 31 December 2025",
    ],
)
def test_a_whole_year_in_english_is_read(title: str) -> None:
    assert statement(english(f"Income statement {title}", "2025", "2024")).revenue == 9_000_000


def test_a_month_alone_is_asked_about_and_the_year_to_date_is_the_year() -> None:
    for period in ("2025年12月", "2025-12", "2025年12月份", "报表日期：2025年12月"):
        assert "the month, or the year to it?" in asked(chinese(period, "本期金额", "上期金额"))
        for heads in (("本期金额", "本年累计金额"), ("本月数", "本年累计数"), ("本期", "本年累计")):
            found = chinese(period, *heads)
            assert statement(found).revenue == 8000
            assert len(found.remarks) == 1
    assert "the month, or the year to it?" in asked(english("Income statement", "December 2025", "December 2024"))
    assert "the period of the amounts" in asked(chinese("", "本期金额", "上期金额"))


def test_the_balance_sheet_of_a_month_is_one_of_its_last_day() -> None:
    found = chinese("2025年12月", "期末余额", "年初余额", lines=[("资产总计", 100, 90)], title="资产负债表")
    assert statement(found).total_assets == 100
    assert statement(found, BEFORE).total_assets == 90


FORECASTS = ["forecast", "budget", "budgeted", "projected", "plan", "estimate", "pro forma", "target"]


@pytest.mark.parametrize("word", FORECASTS)
def test_a_forecast_is_left_out(word: str) -> None:
    in_title = english(f"Income statement ({word}) for the year ended 31 December 2026", "2026", "2025")
    assert "it is a forecast or a budget" in asked(in_title)
    for head in (f"2026 {word}", f"{word.title()} 2026", f"31 December 2026 ({word})"):
        found = english("Income statement", head, "31 December 2025")
        assert [item.period_end for item in found.statements] == [YEAR]
        assert [remark.en for remark in found.remarks] == [
            f"row 3: column {head} is left out: it is a forecast or a budget"
        ]


@pytest.mark.parametrize("word", ["预测", "预算", "预计", "计划", "测算", "目标", "备考"])
def test_a_chinese_forecast_is_left_out(word: str) -> None:
    for head in (f"2025年（{word}）", f"2025年{word}数", f"{word}数", f"2025年度{word}"):
        found = chinese("", head, "2024年")
        assert [(item.period_end, item.revenue) for item in found.statements] == [(BEFORE, Decimal(8000))]
        assert "属于预测或预算" in found.remarks[0].zh
    assert "it is a forecast or a budget" in asked(chinese(f"2025年度（{word}）", "本期金额", "上期金额"))


def test_a_budget_on_top_of_a_sheet_holds_for_all_its_tables() -> None:
    rows: Rows = [
        ["Budget 2026", "", "Amounts in USD thousand"],
        ["Balance sheet"],
        ["Item", "31 December 2026", "31 December 2025"],
        ["Total assets", 9, 8],
        ["Income statement"],
        ["Item", "31 December 2026", "31 December 2025"],
        ["Revenue", 9, 8],
    ]
    found = read(rows)
    assert "it is a forecast or a budget" in asked(found)
    assert len(found.remarks) == 4


def test_accounts_of_more_than_a_year_do_not_give_way_to_older_ones() -> None:
    found = english("Income statement", "18 months ended 31 December 2025", "Year ended 30 June 2024")
    assert [item.period_end for item in found.statements] == [date(2024, 6, 30)]
    assert found.untold is not None
    assert "the newest accounts, to 2025-12-31, could not be used" in found.untold.en


@pytest.mark.parametrize(
    "line",
    [
        *("Approved by the board on 20 March 2026", "Signed on 20 March 2026", "Date of this report: 20 March 2026"),
        *(
            "Audited on 20 March 2026",
            "Printed 20/03/2026",
            "20 March 2026 (date of approval)",
            "Board meeting of 2026-03-20",
        ),
        *(
            "审批日期：2026年3月20日",
            "签发：2026-03-20",
            "批准报出日 2026年3月20日",
            "2026年3月20日董事会批准",
            "审计报告日：2026年3月20日",
        ),
    ],
)
def test_the_day_of_a_signature_is_no_end_of_a_year(line: str) -> None:
    rows: Rows = [["Balance sheet"], ["Amounts in GBP thousand"], [line], ["Item", 2025, 2024], ["Total assets", 9, 8]]
    assert "the last day of the year" in asked(read(rows))
    both: Rows = [["Balance sheet as at 31 March 2025"], *rows[1:]]
    assert [item.period_end for item in read(both).statements] == [date(2024, 3, 31), date(2025, 3, 31)]


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "31 June 2025", "2025年2月30日", "1900-01-00"])
def test_a_day_that_there_is_not_is_asked_about_wherever_it_stands(day: str) -> None:
    above = read([["Balance sheet", "USD thousand"], [day], ["Item", "2025", "2024"], ["Total assets", 9, 8]])
    head = read([["Balance sheet", "USD thousand"], ["Item", day, "31 December 2024"], ["Total assets", 9, 8]])
    assert "a day that exists" in asked(above) or "the last day of the year" in asked(above)
    assert "headings that say of which day" in asked(head)
    assert read([["Balance sheet"]], period_end="9999-12-31").problems[0].place == "--period-end"


def test_the_months_of_a_year_are_left_out_and_the_year_beside_them_is_read() -> None:
    months = [f"{month}月" for month in range(1, 13)]
    found = chinese("2025年", *months, "全年", lines=[("营业收入", *[10] * 12, 120)])
    assert statement(found).revenue == 120
    assert len(found.remarks) == 12


@pytest.mark.parametrize("line", ["Beijing, 20 March 2026", "20 March 2026"])
def test_a_day_that_does_not_go_with_the_years_over_the_columns_is_asked_about(line: str) -> None:
    rows: Rows = [["Balance sheet"], ["Amounts in GBP"], [line], ["Item", 2025, 2024], ["Total assets", 9, 8]]
    assert "the last day of the year" in asked(read(rows))


def test_a_chinese_balance_sheet_is_of_the_last_day_of_a_month() -> None:
    lines = [("资产总计", 100, 90)]
    odd = chinese("北京，2026年3月20日", "期末余额", "年初余额", lines=lines, title="资产负债表")
    assert "the last day of the year" in asked(odd)
    interim = chinese("2026年3月31日", "期末余额", "年初余额", lines=lines, title="资产负债表")
    assert statement(interim).total_assets == 90
