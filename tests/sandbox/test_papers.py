"""What the Chinese applicants of the stories hand in."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import pytest

from sandbox.dates import calendar_year_end
from sandbox.papers import papers_of
from sandbox.stories import STORIES, load_stories
from tests.sandbox.conftest import TODAY

CHINESE = ("7_chinese_sound", "8_chinese_dishonest_debtor")


@pytest.mark.parametrize("name", CHINESE)
def test_the_workbook_holds_the_storys_accounts_in_ten_thousand_yuan(name: str) -> None:
    (story,) = [story for story in load_stories(TODAY) if story.name == name]
    papers = papers_of(name, TODAY)
    assert papers is not None
    book = openpyxl.load_workbook(io.BytesIO(papers.statements))
    assert book.sheetnames == ["资产负债表", "利润表", "现金流量表"]
    rows = list(book["资产负债表"].iter_rows(values_only=True))
    assert rows[1][-1] == "单位：万元"
    (assets,) = [row[1:] for row in rows if row[0] == "资产总计"]
    assert list(assets) == [year.total_assets / 10_000 for year in story.accounts]
    assert rows[2][1] == f"{story.accounts[0].period_end.year}年12月31日"


@pytest.mark.parametrize("name", CHINESE)
def test_each_file_that_a_look_names_is_handed_in(name: str) -> None:
    papers = papers_of(name, TODAY)
    assert papers is not None
    assert {look["file"] for look in papers.form["looks"] if "file" in look} == set(papers.files)
    assert all(look["looked_at"].endswith("T10:00:00+08:00") for look in papers.form["looks"])


def test_the_other_applicants_hand_in_nothing() -> None:
    others = [path.stem for path in STORIES.glob("*.yml") if path.stem not in CHINESE]
    assert [name for name in others if papers_of(name, TODAY) is not None] == []


@pytest.mark.parametrize(
    ("today", "end"),
    [
        (date(2026, 11, 23), date(2025, 12, 31)),
        (date(2026, 4, 30), date(2024, 12, 31)),
        (date(2026, 5, 1), date(2025, 12, 31)),
    ],
)
def test_a_chinese_year_ends_in_december_and_is_reported_by_april(today: date, end: date) -> None:
    assert calendar_year_end(today) == end
