"""Golden tables of uploaded statements: labels, units, amounts, days."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from connectors.financials_upload.amounts import NotAnAmount, read_amount
from connectors.financials_upload.days import days_in
from connectors.financials_upload.denominations import denomination_of, factor_of
from connectors.financials_upload.headings import Period, period_of
from connectors.financials_upload.labels import AFTER_FINANCE_COST, bare, match, title_of
from connectors.financials_upload.sheets import Cell

LABELS = [
    ("货币资金", "balance", "cash"),
    ("　　货 币 资 金", "balance", "cash"),
    ("应收账款净额", "balance", "receivables"),
    ("应收帐款", "balance", "receivables"),
    ("存货", "balance", "inventory"),
    ("流动资产合计", "balance", "current_assets"),
    ("资 产 总 计", "balance", "total_assets"),
    ("资产合计", "balance", "total_assets"),
    ("流动负债合计", "balance", "current_liabilities"),
    ("负债合计", "balance", "total_liabilities"),
    ("所有者权益（或股东权益）合计", "balance", "equity"),
    ("所有者权益或股东权益合计", "balance", "equity"),
    ("股东权益合计", "balance", "equity"),
    ("未分配利润", "balance", "retained_earnings"),
    ("△未分配利润：", "balance", "retained_earnings"),
    ("商誉", "balance", "goodwill"),
    ("无形资产", "balance", "intangible_assets"),
    ("一、营业收入", "income", "revenue"),
    ("1.营业收入", "income", "revenue"),
    ("一、营业总收入", "income", "revenue"),
    ("其中：利息费用", "income", "interest_expense"),
    ("财务费用（收益以“－”号填列）", "income", "interest_expense"),
    ("三、营业利润（亏损以“－”号填列）", "income", AFTER_FINANCE_COST),
    ("五、净利润（净亏损以“－”号填列）", "income", "net_income"),
    ("固定资产折旧、油气资产折耗、生产性生物资产折旧", "cash_flow", "depreciation"),
    ("经营活动产生的现金流量净额", "cash_flow", "operating_cash_flow"),
    ("Cash and cash equivalents", "balance", "cash"),
    ("TOTAL ASSETS", "balance", "total_assets"),
    ("Shareholders' equity", "balance", "equity"),
    ("Net cash from operating activities", "cash_flow", "operating_cash_flow"),
    ("累计折旧", "balance", None),
    ("归属于母公司所有者权益合计", "balance", None),
    ("负债和所有者权益（或股东权益）总计", "balance", None),
    ("非流动资产合计", "balance", None),
    ("净利润", "cash_flow", None),
    ("财务费用", "cash_flow", None),
    ("期末现金及现金等价物余额", "cash_flow", None),
    ("合计", "balance", None),
]


@pytest.mark.parametrize(("label", "kind", "field"), LABELS)
def test_a_label_stands_for_its_field_in_its_own_statement_alone(label: str, kind: str, field: str | None) -> None:
    found = match(bare(label), kind)
    assert (found.field if found else None) == field


UNITS = [
    ("单位：元", 1, None),
    ("单位：千元", 1_000, None),
    ("金额单位：人民币万元", 10_000, "CNY"),
    ("单 位 : 百万元", 1_000_000, None),
    ("单位：亿元 币种：人民币", 100_000_000, "CNY"),
    ("单位：万美元", 10_000, "USD"),
    ("（万元）", 10_000, None),
    ("以人民币千元列示", 1_000, "CNY"),
    ("RMB'000", 1_000, "CNY"),
    ("Amounts in USD thousands", 1_000, "USD"),
    ("In EUR million", 1_000_000, "EUR"),
    ("in HK$'000", 1_000, "HKD"),
    ("编制单位：元亨示例有限公司", None, None),
    ("编制单位：百元示例商贸有限公司", None, None),
    ("单位：万股", None, None),
    ("会计机构负责人：示例", None, None),
]


@pytest.mark.parametrize(("line", "factor", "currency"), UNITS)
def test_a_heading_line_states_its_unit_and_currency(line: str, factor: int | None, currency: str | None) -> None:
    found = denomination_of(line)
    assert [size for _, size in found.units] == ([factor] if factor else [])
    assert list(found.currencies) == ([currency] if currency else [])


@pytest.mark.parametrize(
    ("word", "factor"),
    [
        *[("万元", 10_000), ("元", 1), ("thousand", 1_000), ("million", 1_000_000), ("1000", 1_000), ("lots", None)],
        *[("千万元", 10_000_000), ("ten million", 10_000_000), ("hundred thousand", 100_000), ("亿元", 100_000_000)],
    ],
)
def test_a_person_may_state_the_unit(word: str, factor: int | None) -> None:
    found = factor_of(word)
    assert (found[1] if found else None) == factor


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1234", "1234"),
        ("1,234.50", "1234.50"),
        ("１，２３４．５", "1234.5"),
        ("(1,234)", "-1234"),
        ("（１２３）", "-123"),
        ("-5", "-5"),
        ("－5", "-5"),
        ("−5.25", "-5.25"),
        ("5-", "-5"),
        ("1 234 567", "1234567"),
        ("0", "0"),
        ("-", None),
        ("——", None),
        ("不适用", None),
        ("", None),
    ],
)
def test_amounts_are_read_as_people_write_them(text: str, amount: str | None) -> None:
    cell = Cell("text", text=text) if text else Cell()
    found = read_amount(cell)
    assert (found.value if found else None) == (None if amount is None else Decimal(amount))


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        (Cell("text", text="12%"), "percentage"),
        (Cell("percent", text="0.12", number=Decimal("0.12")), "percentage"),
        (Cell("error", text="#REF!"), "formula error #REF!"),
        (Cell("uncomputed"), "never computed"),
        (Cell("date", text="2025-12-31", day=date(2025, 12, 31)), "not a day"),
        (Cell("text", text="1.234,56"), "an amount such as"),
        (Cell("text", text="1,23,456"), "an amount such as"),
        (Cell("text", text="约500"), "an amount such as"),
        (Cell("text", text="1e6"), "an amount such as"),
        (Cell("text", text="9" * 60), "an amount such as"),
    ],
)
def test_what_is_no_amount_is_refused_and_not_guessed(cell: Cell, told: str) -> None:
    with pytest.raises(NotAnAmount, match=told):
        read_amount(cell)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2025年12月31日", date(2025, 12, 31)),
        ("２０２５年１２月３１日", date(2025, 12, 31)),
        ("截至 2025 年 12 月 31 日", date(2025, 12, 31)),
        ("2025-12-31", date(2025, 12, 31)),
        ("2025/6/30", date(2025, 6, 30)),
        ("2025年1-12月", date(2025, 12, 31)),
        ("2025年12月", date(2025, 12, 31)),
        ("As at 31 March 2025", date(2025, 3, 31)),
        ("Year ended December 31, 2025", date(2025, 12, 31)),
        ("编制日期：2026年1月15日", None),
        ("打印日期 2026-01-15", None),
        ("2025年度", None),
    ],
)
def test_the_day_of_a_sheet_is_read_and_that_of_its_preparation_is_not(text: str, day: date | None) -> None:
    assert [found.day for found in days_in(text) if found.of_sheet] == ([day] if day else [])


@pytest.mark.parametrize("text", ["2025年2月30日", "31 June 2025", "0001-01-01", "9999-12-31", "2025年13月31日"])
def test_a_day_that_there_is_not_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"day|month"):
        days_in(text)


@pytest.mark.parametrize(
    ("cell", "period"),
    [
        (Cell("text", text="期末余额"), Period()),
        (Cell("text", text="年初余额"), Period(back=1, opening=True)),
        (Cell("text", text="上年年末余额"), Period(back=1, opening=True)),
        (Cell("text", text="本期金额（万元）"), Period(flow=True)),
        (Cell("text", text="上期金额"), Period(back=1, flow=True)),
        (Cell("text", text="本月数"), Period(span="part")),
        (Cell("text", text="2025年度"), Period(end=date(2025, 12, 31), year_only=True, span="year")),
        (Cell("number", text="2024", number=Decimal(2024)), Period(end=date(2024, 12, 31), year_only=True)),
        (Cell("number", text="46022", number=Decimal(46022), day=date(2025, 12, 31)), Period(end=date(2025, 12, 31))),
        (Cell("date", text="2025-12-31", day=date(2025, 12, 31)), Period(end=date(2025, 12, 31))),
        (Cell("text", text="行次"), None),
        (Cell("text", text="增减%"), None),
        (Cell("number", text="7", number=Decimal(7)), None),
    ],
)
def test_a_columns_heading_tells_its_period(cell: Cell, period: Period | None) -> None:
    assert period_of(cell) == period


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("资 产 负 债 表", "balance"),
        ("合并利润表", "income"),
        ("现金流量表（续）", "cash_flow"),
        ("Consolidated Balance Sheet", "balance"),
        ("资产负债表、利润表", None),
        ("Sheet1", None),
    ],
)
def test_a_title_names_its_statement(text: str, kind: str | None) -> None:
    assert title_of(text) == kind
