"""Units, amounts, signs and lines in many forms: read right, left open, or asked about."""

from __future__ import annotations

import random
import time
from decimal import Decimal

import pytest

from admission.evidence.facts import Untold
from admission.evidence.topics import Topic
from connectors.financials_upload import FinancialsUpload, preview
from tests.connectors.metamorphic.samples import Sample
from tests.connectors.metamorphic.suite import samples
from tests.connectors.uploads import (
    BEFORE,
    YEAR,
    Rows,
    asked,
    balance,
    chinese,
    english,
    figures,
    read,
    sheet,
    statement,
    tables,
)


@pytest.mark.parametrize(
    "name",
    [
        *(
            "Euro Trading Ltd",
            "Yuan Feng",
            "K. Miller",
            "M. Brown & Sons",
            "Dollar General",
            "US Dollar Store",
            "Million Ltd",
        ),
        *(
            "Pound & Sterling plc",
            "CADMORE EXAMPLE LTD",
            "Example (CAD) Systems Ltd",
            "Thousand Oaks Trading",
            "J M Example Ltd",
        ),
        *(
            "元祖食品有限公司",
            "万元红商贸有限公司",
            "编制单位：百元示例商贸有限公司",
            "美元示例有限公司",
            "人民币示例收藏有限公司",
        ),
        "编制单位：元",
    ],
)
def test_no_unit_and_no_currency_come_out_of_a_name(name: str) -> None:
    told = asked(balance(name))
    assert "the unit of the amounts" in told
    assert "the currency" in told
    kept = read(
        [["Balance sheet"], ["Amounts in GBP million"], [name], ["Item", "31 December 2025"], ["Total assets", 5]]
    )
    assert figures(statement(kept), "currency", "total_assets") == ("GBP", 5_000_000)


DENOMINATIONS = [
    ("Amounts in USD thousand", "USD", 1_000),
    ("in thousands of euros", "EUR", 1_000),
    ("(EUR m)", "EUR", 1_000_000),
    ("€000", "EUR", 1_000),
    ("RMB'000", "CNY", 1_000),
    ("HK$ million", "HKD", 1_000_000),
    ("(Amounts in ten million RMB)", "CNY", 10_000_000),
    ("Figures in hundred thousand EUR", "EUR", 100_000),
    ("Amounts in USD thousand (translated from RMB at 7.1)", "USD", 1_000),
    ("translated from EUR into USD, in thousands", "USD", 1_000),
    ("Amounts in EUR translated into USD thousand", "USD", 1_000),
    ("(Expressed in millions of U.S. dollars, except per share data)", "USD", 1_000_000),
    ("Currency: GBP; unit: thousand", "GBP", 1_000),
    ("TEUR", "EUR", 1_000),
    ("Amounts in euros", "EUR", 1),
    ("in GBP", "GBP", 1),
    ("金额单位：人民币千万元", "CNY", 10_000_000),
    ("单位：亿元 币种：美元", "USD", 100_000_000),
    ("單位：千港元", "HKD", 1_000),
    ("单位：人民币（万元）", "CNY", 10_000),
]


@pytest.mark.parametrize(("line", "currency", "factor"), DENOMINATIONS)
def test_a_unit_and_a_currency_are_read_where_they_are_said_of_amounts(line: str, currency: str, factor: int) -> None:
    found = statement(balance(line))
    assert figures(found, "currency", "total_assets") == (currency, 100 * factor)


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (("Amounts in EUR thousand", "Amounts in USD thousand"), "one currency for all tables"),
        (("Amounts in EUR thousand", "Amounts in EUR million"), "one unit for the whole table"),
        (("in USD and EUR thousand",), "the currency"),
        (("Amounts in thousands of EUR translated into USD",), "the unit"),
        (("¥ million",), "one currency for all tables"),
        (("$'000",), "the currency"),
        (("Balance sheet, GBP",), "the unit"),
    ],
)
def test_two_units_or_currencies_are_asked_about(lines: tuple[str, ...], told: str) -> None:
    rows: Rows = [["Balance sheet"], *([line] for line in lines), ["Item", "31 December 2025"], ["Total assets", 5]]
    assert told in asked(read(rows))


def test_a_currency_stated_with_the_file_does_not_replace_its_own() -> None:
    rows: Rows = [["Balance sheet in EUR thousand"], ["Item", "31 December 2025"], ["Total assets", 5]]
    assert "the same currency as was stated with the file, USD" in asked(read(rows, currency="USD"))
    assert statement(read(rows, currency="EUR")).total_assets == 5000


AMOUNTS = [
    ("1.234.567,89", "1.100.000,00", "1234567.89"),
    ("1 234,56", "1 100,00", "1234.56"),
    ("1'234.50", "1'100.00", "1234.50"),
    ("￥1,234.00", "￥1,000.00", "1234.00"),
    ("￥-1,234.00", "(￥1,000.00)", "-1234.00"),
    ("△1,234", "1,000", "-1234"),
    ("1,234元", "1,000元", "1234"),
    ("490万", "450万", "4900000"),
    ("1.234.567", "1.100.000", "1234567"),
    ("1,234.567", "1,100.250", "1234.567"),
    ("0.850", "0.790", "0.850"),
]


@pytest.mark.parametrize(("first", "second", "value"), AMOUNTS)
def test_amounts_are_read_where_they_are_unmistakable(first: str, second: str, value: str) -> None:
    found = chinese("2025年12月31日", "期末余额", "年初余额", lines=[("资产总计", first, second)], title="资产负债表")
    assert statement(found).total_assets == Decimal(value)


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        ("850.000", "790.000", "850.000 may be 850 or 850,000"),
        ("1.250", "1,100", "1.250 may be 1 or 1,250"),
        ("12.5", "850.000", "850.000 may be 850 or 850,000"),
        ("1,250.5", "1.250,5", "decimals that are all set off in one way"),
        ("12,34", "1,250", "decimals that are all set off in one way"),
        ("1 23", "100", "an amount such as"),
        ("1,2345", "100", "an amount such as"),
        ("USD 1,234", "1,000", "one currency for all tables, not CNY, USD"),
        ("$1,234", "1,000", "one currency for all tables, not CNY, $"),
        ("€1,234", "1,000", "one currency for all tables, not CNY, EUR"),
    ],
)
def test_amounts_that_may_be_read_otherwise_are_asked_about(first: str, second: str, told: str) -> None:
    found = chinese("2025年12月31日", "期末余额", "年初余额", lines=[("资产总计", first, second)], title="资产负债表")
    assert told in asked(found)


def test_a_unit_in_a_cell_that_is_not_that_of_its_table_is_asked_about() -> None:
    rows: Rows = [["资产负债表", "2025年12月31日", "单位：万元"], ["项目", "期末余额"], ["资产总计", "490亿"]]
    assert "one unit for the whole table" in asked(read(rows))


LOSSES = [
    ("Net loss", 1234, 900, -1234, -900),
    ("Net loss", "(1234)", "(900)", -1234, -900),
    ("Loss for the year", 1234, "-", -1234, None),
    ("Profit/(loss) for the year", "(1234)", 900, -1234, 900),
    ("Net income (loss)", "(1234)", 900, -1234, 900),
    ("(Loss)/profit for the year", "(1234)", 900, -1234, 900),
    ("Loss/(profit) for the year", 1234, "(900)", -1234, 900),
    ("净亏损", 1234, 900, -1234, -900),
    ("净利润（亏损以“－”号填列）", -1234, 900, -1234, 900),
]


@pytest.mark.parametrize(("label", "first", "second", "newer", "older"), LOSSES)
def test_a_loss_is_one_by_its_label_or_by_its_sign(
    label: str, first: object, second: object, newer: int, older: int | None
) -> None:
    heads = ("31 December 2025", "31 December 2024")
    found = english("Income statement", *heads, lines=[("Revenue", 9000, 8000), (label, first, second)])
    assert statement(found).net_income == newer * 1000
    assert statement(found, BEFORE).net_income == (None if older is None else older * 1000)


@pytest.mark.parametrize(("first", "second"), [("(1234)", 500), (1234, "(500)"), ("-1234", 500)])
def test_a_label_and_signs_that_contradict_each_other_leave_the_figure_open(first: object, second: object) -> None:
    heads = ("31 December 2025", "31 December 2024")
    found = english("Income statement", *heads, lines=[("Revenue", 9000, 8000), ("Net loss", first, second)])
    for day in (YEAR, BEFORE):
        one = statement(found, day)
        assert (one.net_income, [doubt.figure for doubt in one.doubts]) == (None, ["net_income"])
    assert [line.understood for line in found.lines] == ["used", "ambiguous"]


@pytest.mark.parametrize(
    ("label", "name"),
    [
        *(
            ("Accumulated deficit", "retained_earnings"),
            ("累计亏损", "retained_earnings"),
            ("未弥补亏损", "retained_earnings"),
        ),
        *(("Total shareholders' deficit", "equity"), ("Net liabilities", "equity")),
    ],
)
def test_what_a_balance_sheet_calls_a_deficit_is_below_nought(label: str, name: str) -> None:
    heads = ("31 December 2025", "31 December 2024")
    found = english("Balance sheet", *heads, lines=[("Total assets", 900, 800), (label, 12, 9)])
    assert getattr(statement(found), name) == -12_000


def test_figures_out_of_proportion_are_asked_about_or_left_open() -> None:
    income = sheet("利润表", "营业收入", 32_000_000, income=True)
    assert "out of proportion to the balance sheet" in asked(
        read(tables(sheet("资产负债表", "资产总计", 1800), income))
    )
    heads = ("期末余额", "年初余额")
    lines = [("资产总计", 18_000_000, 1620), ("负债合计", 9_000_000, 810)]
    whole = chinese("2025年12月31日", *heads, lines=lines, title="资产负债表")
    assert "all figures of 2025-12-31 are out of proportion" in asked(whole)
    lines = [("资产总计", 18_000_000, 17_000_000), ("负债合计", 9_000_000, 8_100)]
    one = statement(chinese("2025年12月31日", *heads, lines=lines, title="资产负债表"))
    assert figures(one, "total_assets", "total_liabilities") == (18_000_000, None)
    assert [doubt.figure for doubt in one.doubts] == ["total_liabilities"]


def test_sheets_and_rows_that_are_not_understood_are_named() -> None:
    rows: Rows = [
        *sheet("资产负债表", "资产总计", 900),
        ["所有者权益变动表"],
        ["项目", "实收资本", "合计"],
        ["本年年末余额", 5, 5],
    ]
    found = read(rows)
    assert [remark.en for remark in found.remarks] == ["rows 7 to 7 are not understood and were not read"]
    broken: Rows = [*sheet("资产负债表", "资产总计", 900), ["利润表"], ["项目", "本期x", "上期x"], ["营业收入", 5, 4]]
    assert "headings that say of which day or year each column is" in asked(read(broken))


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ([("商誉x", 20, 20)], "it is not understood what '商誉x' (row 7) is"),
        ([("Goodwillx", 20, 20)], "it is not understood what 'goodwillx' (row 7) is"),
        ([("", 20, 20)], "row 7 has amounts and no label"),
        ([("无形资产", "", 20)], "无形资产 has no amount for 2025-12-31"),
        ([("商誉", 20, 20), ("商誉", 30, 30)], "several lines differ for 2025-12-31"),
    ],
)
def test_intangibles_that_cannot_be_read_are_not_taken_for_none(lines: Rows, why: str) -> None:
    rows: Rows = [
        *sheet("资产负债表", "资产总计", 900),
        ["流动资产合计", 500, 499],
        ["所有者权益合计", 300, 300],
        *lines,
    ]
    one = statement(read(rows))
    assert any(why in doubt.why.en for doubt in one.doubts)
    assert {doubt.figure for doubt in one.doubts} <= {"goodwill", "intangible_assets"}


def test_a_dash_for_intangibles_counts_where_the_other_assets_add_up() -> None:
    rows: Rows = [
        *sheet("资产负债表", "资产总计", 900),
        ["流动资产合计", 500, 499],
        ["固定资产", 400, 400],
        ["商誉", "-", "-"],
    ]
    assert statement(read(rows)).doubts == ()


def test_a_file_that_ends_within_a_line_loses_its_last_amount() -> None:
    whole = (
        "Balance sheet in EUR\nItem,31 December 2025,31 December 2024\nTotal assets,9000,8000\nTotal liabilities,5000,"
    )
    for cut in ("5000,45", "50", "5000,4500"):
        body = whole.removesuffix("5000,") + cut
        one = statement(preview(body.encode(), "x.csv"), YEAR if cut == "50" else BEFORE)
        assert (one.total_liabilities, one.doubts[0].figure) == (None, "total_liabilities")


def test_traditional_characters_are_read_and_their_currency_is_asked_for() -> None:
    rows: Rows = [
        ["資產負債表"],
        ["2025年12月31日", "單位：萬元"],
        ["項目", "期末餘額", "年初餘額"],
        ["資產總計", 100, 90],
        ["負債合計", 60, 50],
        ["所有者權益合計", 40, 40],
    ]
    assert "the currency" in asked(read(rows))
    one = statement(read(rows, currency="CNY"))
    assert figures(one, "total_assets", "total_liabilities", "equity") == (1_000_000, 600_000, 400_000)


def test_newer_accounts_that_could_not_be_read_leave_the_subject_open() -> None:
    (sample,) = [item for item in samples("financials_upload") if item.name.endswith(": english")]
    body = (
        b"Income statement\nAmounts in USD thousand\n"
        b"Item,18 months ended 31 December 2025,Year ended 30 June 2024\nRevenue,9,8\n"
    )
    raw = sample.raw.model_copy(update={"body": body})
    facts = FinancialsUpload().parse(sample.query, raw).facts
    (untold,) = [fact for fact in facts if isinstance(fact, Untold)]
    assert untold.topics == (Topic.ACCOUNTS,)


def _heaps() -> list[str]:
    chance = random.Random(5)
    words = [
        "资产总计",
        "Total assets",
        "in thousands of",
        "2025年12月31日",
        "(((((",
        "单位：万元",
        "项目",
        "translated from ",
    ]
    return [
        "\n".join(",".join(f"c{row}x{column}" for column in range(200)) for row in range(490)),
        "\n".join(",".join(chance.choice(words) + str(chance.random()) for _ in range(20)) for _ in range(4_000)),
        "资产负债表,\n2025年12月31日,单位：元\n项目,期末余额\n资产总计,100\n无形资产,\n"
        + "\n".join(f",{n}.5" for n in range(4_900)),
        "\n".join(f'"{"translated from in " * 500}",{n}' for n in range(1_000)),
    ]


@pytest.mark.parametrize("body", _heaps(), ids=["columns", "words", "amounts", "long cells"])
def test_no_file_takes_long(body: str) -> None:
    began = time.process_time()
    assert preview(body.encode(), "x.csv").statements == ()
    assert time.process_time() - began < 8


def test_the_examples_that_were_known_stay_known() -> None:
    known = {"english", "two_sided_gbk", "interim", "group_columns", "forecast_beside_years", "net_loss_with_commas"}
    taken: dict[str, Sample] = {item.name.rpartition(": ")[2]: item for item in samples("financials_upload")}
    for name in known:
        assert preview(taken[name].raw.body, name).statements
