"""Lists of companies by file: which columns are read, and what is refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from admission.errors import BadInput
from intake.company_lists import read_company_list

DAY = date(2026, 10, 31)
CODE = "91990000MA9X000702"


def written(folder: Path, text: str) -> Path:
    path = folder / "list.csv"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("head", ["企业名称,统一社会信用代码", "承兑人名称,社会信用代码", "Name,USCC"])
def test_names_and_codes_are_found_by_their_headings(head: str, tmp_path: Path) -> None:
    path = written(tmp_path, f"序号,{head},逾期余额\n1,示例一有限公司,{CODE},5\n2,示例二有限公司,,7\n")
    found = read_company_list(path, "cn_paper_overdue", DAY)
    assert [(entry.row, entry.name, entry.uscc) for entry in found.entries] == [
        (1, "示例一有限公司", CODE),
        (2, "示例二有限公司", None),
    ]
    assert (found.source, found.listed_on) == ("cn_paper_overdue", DAY)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("序号,金额\n1,2\n", "one column of names"),
        ("企业名称,公司名称\n甲,乙\n", "one column of names"),
        (f"企业名称,统一社会信用代码\n,{CODE}\n", "a name in every row"),
        ("企业名称,统一社会信用代码\n示例有限公司,91990000MA9X000703\n", "check"),
        ("企业名称,统一社会信用代码\n示例有限公司\n", "2 cells"),
        ("企业名称\n示例有限公司\n示例有限公司\n", "each company once"),
    ],
)
def test_a_file_that_cannot_be_read_whole_is_refused(text: str, expected: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput) as caught:
        read_company_list(written(tmp_path, text), "cn_paper_overdue", DAY)
    assert expected in " ".join(problem.expected.en for problem in caught.value.problems)


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as caught:
        read_company_list(written(tmp_path, "企业名称,uscc\n,\n示例,12\n"), "cn_paper_overdue", DAY)
    assert [problem.row for problem in caught.value.problems] == [2]
    with pytest.raises(BadInput) as caught:
        read_company_list(written(tmp_path, f"企业名称,uscc\n,{CODE}\n示例,12\n"), "cn_paper_overdue", DAY)
    assert [problem.row for problem in caught.value.problems] == [1, 2]
