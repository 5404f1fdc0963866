"""What would be right in a file of statements: each sentence in both languages, to be told with its place."""

from __future__ import annotations

from datetime import date

from admission.model import Text

UNIT = Text(
    en="the unit of the amounts, such as a line 单位：万元 above the table, or --unit 万元",
    zh="金额单位，例如在表上方注明“单位：万元”，或使用 --unit 万元",
)
DAY = Text(
    en="the last day of the year, such as 2025年12月31日 above the table, or --period-end 2025-12-31",
    zh="会计年度的最后一日，例如在表上方注明“2025年12月31日”，或使用 --period-end 2025-12-31",
)
CURRENCY = Text(
    en="the currency, such as a line 'Amounts in USD thousand', or --currency USD",
    zh="币种，例如在表上方注明“Amounts in USD thousand”，或使用 --currency USD",
)
KNOWN_UNIT = Text(
    en="one of 元, 千元, 万元, 百万元, 亿元, thousand, million",
    zh="以下之一：元、千元、万元、百万元、亿元、thousand、million",
)
ONE_GROUP = Text(
    en="the group's statements or the parent company's, not both in one table",
    zh="合并报表或母公司报表，二者不可同在一张表内",
)
REAL_DAY = Text(en="a day that exists, from 1990 to 2100", zh="1990 年至 2100 年间实际存在的日期")
UNMERGED = Text(en="one cell a year: this amount is merged over several columns", zh="每年一个单元格：此金额跨多列合并")
UNHIDDEN = Text(
    en="no hidden row or column among the lines that are used; unhide it",
    zh="所采用的项目不在隐藏的行或列中，请取消隐藏",
)
TABLE = Text(
    en="a table with headings such as 期末余额 or 2025 and lines such as 资产总计",
    zh="含“期末余额”或“2025”等列标题、“资产总计”等项目的报表",
)


def stated_day(day: date) -> Text:
    """Say that a sheet is of another day than was stated with the file."""
    return Text(en=f"the same day as was stated with the file, {day}", zh=f"与随文件说明的日期一致：{day}")


def stated_unit(word: str) -> Text:
    """Say that a sheet is in another unit than was stated with the file."""
    return Text(en=f"the same unit as was stated with the file, {word}", zh=f"与随文件说明的单位一致：{word}")


def one_amount(day: date) -> Text:
    """Say that two columns state different amounts for a day."""
    return Text(en=f"one amount for {day}: two columns differ", zh=f"{day} 只有一个金额：两列不一致")


def one_currency(codes: list[str]) -> Text:
    """Say that the tables of a file are in several currencies."""
    return Text(
        en=f"one currency for all tables, not {', '.join(codes)}", zh=f"各表使用同一币种，而非 {'、'.join(codes)}"
    )
