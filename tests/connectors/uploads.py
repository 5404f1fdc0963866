"""Sheets of uploaded statements for tests, written as CSV, and what was read of them."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Sequence
from datetime import date

from admission.evidence.facts import FinancialStatement
from admission.evidence.uploads import Preview, StatedWithFile
from connectors.financials_upload import preview
from connectors.financials_upload.characters import has_chinese

Rows = Sequence[Sequence[object]]
YEAR, BEFORE = date(2025, 12, 31), date(2024, 12, 31)
ENGLISH = (("Revenue", 9000, 8000), ("Operating profit", 700, 600), ("Net income", 300, 280))
CHINESE = (("营业收入", 9000, 8000), ("净利润", 300, 280))


def read(rows: Rows, **stated: str) -> Preview:
    written = io.StringIO()
    csv.writer(written).writerows(rows)
    found = preview(written.getvalue().encode(), "报表.csv", StatedWithFile.model_validate(stated))
    assert all(has_chinese(item.expected.zh) for item in found.problems)
    assert all(has_chinese(remark.zh) for remark in found.remarks)
    return found


def english(title: str, *heads: str, lines: Rows = ENGLISH) -> Preview:
    return read([[title], ["Amounts in USD thousand"], ["Item", *heads], *lines])


def chinese(period: str, *heads: str, lines: Rows = CHINESE, title: str = "利润表") -> Preview:
    return read([[title], [period, "", "单位：元"], ["项目", *heads], *lines])


def balance(line: str, first: object = 100, second: object = 90, head: str = "Balance sheet") -> Preview:
    heads = ["Item", "31 December 2025", "31 December 2024"]
    return read([[head], [line], heads, ["Total assets", first, second], ["Total equity", 50, 40]])


def asked(found: Preview) -> str:
    assert found.statements == ()
    return " | ".join(item.expected.en for item in found.problems)


def statement(found: Preview, day: date = YEAR, *, group: bool | None = None) -> FinancialStatement:
    assert found.problems == ()
    (one,) = [item for item in found.statements if (item.period_end, item.consolidated) == (day, group)]
    return one


def tables(*parts: Rows) -> Rows:
    return [*itertools.chain.from_iterable(parts)]


def sheet(title: str, label: str, first: int, *, unit: str = "单位：元", income: bool = False) -> Rows:
    heads = ["项目", "本期金额", "上期金额"] if income else ["项目", "期末余额", "年初余额"]
    return [[title], ["2025年度" if income else "2025年12月31日", unit], heads, [label, first, first - 1]]


def figures(one: FinancialStatement, *names: str) -> tuple[object, ...]:
    """Return fields of a statement, to be compared at once."""
    return tuple(getattr(one, name) for name in names)
