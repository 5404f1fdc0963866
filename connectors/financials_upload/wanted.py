"""What would be right in a file of statements: each sentence in both languages, to be told with its place."""

from __future__ import annotations

from collections.abc import Iterable
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
PERIOD = Text(
    en="the period of the amounts, such as 2025年度 or 'year ended 31 December 2025' above the table",
    zh="金额所属期间，例如在表上方注明“2025年度”或“2025年1-12月”",
)
MONTH_OR_YEAR = Text(
    en="the period of the amounts: the month, or the year to it? For the year, write 2025年度 or 2025年1-12月 above "
    "the table, or head the column 本年累计金额",
    zh="金额所属期间：当月数，还是本年累计数？如为全年数，请在表上方注明“2025年度”或“2025年1-12月”，"
    "或将列标题写为“本年累计金额”",
)
CURRENCY = Text(
    en="the currency, such as a line 'Amounts in USD thousand', or --currency USD",
    zh="币种，例如在表上方注明“Amounts in USD thousand”，或使用 --currency USD",
)
KNOWN_UNIT = Text(
    en="one of 元, 千元, 万元, 百万元, 千万元, 亿元, thousand, million",
    zh="以下之一：元、千元、万元、百万元、千万元、亿元、thousand、million",
)
ONE_GROUP = Text(
    en="the group's statements or the parent company's, not both in one table, or 合并 and 母公司 over their columns",
    zh="合并报表或母公司报表，二者不可同在一张表内；如并列，请在各列上方注明“合并”“母公司”",
)
WHOSE = Text(
    en="whose figures these are: the file also has statements of the same kind that are marked as the group's or the "
    "parent company's; write 合并 or 母公司 in the title, or delete the table",
    zh="此表属于合并报表还是母公司报表：文件中另有已注明的同类报表；请在标题中注明“合并”或“母公司”，或删除此表",
)
REAL_DAY = Text(en="a day that exists, from 1990 to 2100", zh="1990 年至 2100 年间实际存在的日期")
ONE_DAY = Text(
    en="one last day of the year above the table: several are stated",
    zh="表上方只注明一个会计年度截止日：现有多个日期",
)
UNMERGED = Text(en="one cell a year: this amount is merged over several columns", zh="每年一个单元格：此金额跨多列合并")
UNHIDDEN = Text(
    en="no hidden row or column among the lines that are used; unhide it",
    zh="所采用的项目不在隐藏的行或列中，请取消隐藏",
)
HEADED = Text(
    en="a heading over each column of amounts: one has none that is understood, such as 期末余额 or 31 December 2025",
    zh="每一列金额都有列标题：有一列没有可识别的标题，例如“期末余额”或“2025年12月31日”",
)
TABLE = Text(
    en="a table with headings such as 期末余额 or 2025 and lines such as 资产总计",
    zh="含“期末余额”或“2025”等列标题、“资产总计”等项目的报表",
)
CUT = Text(
    en="the file ends within this line, so its last amount may be cut off; save the file again",
    zh="文件在此行中途结束，最后一个金额可能不完整，请重新保存文件",
)


def headings(words: str) -> Text:
    """Say that a table's headings are not understood, with the row that may be meant for them."""
    told = f": {words[:80]!r}" if words else ""
    chinese = f"（现为“{words[:80]}”）" if words else ""
    return Text(
        en=f"headings that say of which day or year each column is, such as 期末余额 or 31 December 2025{told}; "
        "or hide or delete this table",
        zh=f"注明每列日期或年度的列标题，例如“期末余额”或“2025年12月31日”{chinese}；或隐藏、删除此表",
    )


def whole_year(why: Text) -> Text:
    """Say that nothing in the file is of a whole year that has ended, and why a column was left out."""
    return Text(
        en=f"annual accounts: nothing else is in this file, and this is left out: {why.en}",
        zh=f"年度报表：文件中没有其他可采用的内容，且此处未采用：{why.zh}",
    )


def stated_day(day: date) -> Text:
    """Say that a sheet is of another day than was stated with the file."""
    return Text(en=f"the same day as was stated with the file, {day}", zh=f"与随文件说明的日期一致：{day}")


def stated_unit(word: str) -> Text:
    """Say that a sheet is in another unit than was stated with the file."""
    return Text(en=f"the same unit as was stated with the file, {word}", zh=f"与随文件说明的单位一致：{word}")


def stated_currency(code: str) -> Text:
    """Say that a sheet is in another currency than was stated with the file."""
    return Text(en=f"the same currency as was stated with the file, {code}", zh=f"与随文件说明的币种一致：{code}")


def one_unit(words: Iterable[str]) -> Text:
    """Say that a table states several units."""
    told = list(dict.fromkeys(words))
    return Text(
        en=f"one unit for the whole table, not {', '.join(told)}", zh=f"整张表使用同一单位，而非 {'、'.join(told)}"
    )


def one_amount(day: date) -> Text:
    """Say that two columns state different amounts for a day."""
    return Text(en=f"one amount for {day}: two columns differ", zh=f"{day} 只有一个金额：两列不一致")


def one_currency(codes: Iterable[str]) -> Text:
    """Say that the tables of a file are in several currencies."""
    told = list(codes)
    return Text(
        en=f"one currency for all tables, not {', '.join(told)}", zh=f"各表使用同一币种，而非 {'、'.join(told)}"
    )


def one_scale(en: str, zh: str) -> Text:
    """Say that figures of a file are out of proportion to each other, as where a unit is wrong."""
    return Text(
        en=f"one unit throughout: {en}; check the unit of each table and column",
        zh=f"单位前后一致：{zh}；请核对各表、各列的单位",
    )
