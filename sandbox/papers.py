"""What the Chinese applicants of the stories hand in: statements as XLSX, and what official sites showed about them.

The workbook is made from the story's accounts when it is asked for, in the common layout: one sheet a statement, the
years side by side, in ten-thousand yuan.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sandbox.accounts import Accounts
from sandbox.stories import load_stories

_TEN_THOUSAND = Decimal(10_000)
_Line = tuple[str, Callable[[Accounts], int] | None]

_BALANCE: tuple[_Line, ...] = (
    ("流动资产：", None),
    ("  货币资金", lambda year: year.cash),
    ("  应收账款", lambda year: year.receivables),
    ("  存货", lambda year: year.inventory),
    ("流动资产合计", lambda year: year.current_assets),
    ("非流动资产：", None),
    ("  固定资产", lambda year: year.tangible),
    ("  无形资产", lambda year: year.intangible),
    ("  商誉", lambda year: year.goodwill),
    ("非流动资产合计", lambda year: year.total_assets - year.current_assets),
    ("资产总计", lambda year: year.total_assets),
    ("流动负债合计", lambda year: year.current_liabilities),
    ("非流动负债合计", lambda year: year.long_term_liabilities),
    ("负债合计", lambda year: year.total_liabilities),
    ("  实收资本（或股本）", lambda year: year.share_capital),
    ("  未分配利润", lambda year: year.retained),
    ("所有者权益（或股东权益）合计", lambda year: year.equity),
    ("负债和所有者权益（或股东权益）总计", lambda year: year.total_assets),
)
_INCOME: tuple[_Line, ...] = (
    ("一、营业收入", lambda year: year.revenue),
    ("  财务费用", lambda year: year.interest),
    ("    其中：利息费用", lambda year: year.interest),
    # The Chinese operating profit is struck after finance cost.
    ("二、营业利润（亏损以“－”号填列）", lambda year: year.profit_before_tax),
    ("三、利润总额（亏损总额以“－”号填列）", lambda year: year.profit_before_tax),
    ("  减：所得税费用", lambda year: year.tax),
    ("四、净利润（净亏损以“－”号填列）", lambda year: year.net_income),
)
_CASH_FLOW: tuple[_Line, ...] = (
    ("经营活动产生的现金流量净额", lambda year: year.operating_cash_flow),
    ("补充资料：", None),
    ("  固定资产折旧、油气资产折耗、生产性生物资产折旧", lambda year: year.depreciation),
)


class Papers(NamedTuple):
    """What one applicant hands in.

    Attributes:
        filename: of the statements.
        statements: the workbook.
        form: the record form of what official sites showed.
        files: the files that the form names, by name.
    """

    filename: str
    statements: bytes
    form: dict[str, Any]
    files: dict[str, bytes]


def papers_of(name: str, today: date) -> Papers | None:
    """Return what the applicant of a story hands in; None where it hands in nothing."""
    story = next(story for story in load_stories(today) if story.name == name)
    if not story.official:
        return None
    looks = [
        {"file": f"{look['topic']}.txt", **look, "looked_at": f"{look['looked_at']}T10:00:00+08:00"}
        for look in story.official
    ]
    files = {look["file"]: f"{look['site']}（虚构的查询页面）\n{look['query']}\n".encode() for look in looks}
    return Papers(f"{story.legal_name}.xlsx", workbook(story.legal_name, story.accounts), {"looks": looks}, files)


def workbook(company: str, accounts: Sequence[Accounts]) -> bytes:
    """Write statements as XLSX in the common Chinese layout, in ten-thousand yuan, the newest year first."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    for title, lines, heading in (
        ("资产负债表", _BALANCE, "{0.period_end.year}年12月31日"),
        ("利润表", _INCOME, "{0.period_end.year}年度"),
        ("现金流量表", _CASH_FLOW, "{0.period_end.year}年度"),
    ):
        sheet = book.create_sheet(title)
        sheet.append([title])
        sheet.append([f"编制单位：{company}", *[None] * (len(accounts) - 1), "单位：万元"])
        sheet.append(["项目", *(heading.format(year) for year in accounts)])
        for label, read in lines:
            sheet.append([label, *(_in_ten_thousands(read(year)) if read else None for year in accounts)])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _in_ten_thousands(amount: int) -> float:
    return float(Decimal(amount) / _TEN_THOUSAND)
