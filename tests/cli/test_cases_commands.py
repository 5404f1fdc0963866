from __future__ import annotations

import pytest

from admission.application import parse_application
from admission.cases import CaseKind
from tests.cli.conftest import Run, application
from wiring import House

DOCUMENT = [
    *("reference", "kind", "status", "round", "opened_at", "requester", "previous", "applicant", "evidence", "facts"),
    *(
        "metrics",
        "findings",
        "assessment",
        "obstacles",
        "rounds",
        "rulings",
        "overrides",
        "votes",
        "standing",
        "decision",
        "sample",
        "conditions",
        "performance",
        "history",
    ),
]


def test_cases_are_listed_for_programs_and_for_people(run: Run, demo: House, voting: str) -> None:
    (row,) = run("cases", "--json").document
    assert {name: row[name] for name in ("reference", "kind", "status", "legal_name", "country", "requested")} == {
        "reference": voting,
        "kind": "onboarding",
        "status": "voting",
        "legal_name": "Graywether Instruments Corp",
        "country": "US",
        "requested": "400000 USD",
    }
    assert row["route"] == "desk"
    assert row["stands"].startswith("waits for 1 x finance and 1 x legal")
    heading, line = run("cases").out.splitlines()
    assert heading.split() == ["case", "company", "asked", "for", "grade", "limit", "route", "stands"]
    assert line.startswith(f"{voting}  Graywether Instruments Corp  US  400000 USD")


def test_cases_can_be_chosen_by_status(run: Run, demo: House, voting: str) -> None:
    assert [row["reference"] for row in run("cases", "--status", "voting", "--json").document] == [voting]
    assert run("cases", "--status", "decided", "--json").document == []
    assert run("cases", "--status", "lost").status == 2


def test_more_cases_than_are_shown_are_told_of(run: Run, real: House) -> None:
    for cik in ("77", "78"):
        made = parse_application(application(f"Company {cik}", cik))
        real.casebook.cases.open(made, kind=CaseKind.ONBOARDING, requester="ada", channel="cli")
    said = run("cases", "--newest", "1", "--json")
    assert [row["legal_name"] for row in said.document] == ["Company 78"]
    assert said.error == "there are more than these 1; see --newest, --status and --search"
    found = run("cases", "--search", "COMPANY 77", "--json")
    assert [row["legal_name"] for row in found.document] == ["Company 77"]
    assert run("cases", "--newest", "2").err == ""


def test_an_empty_casebook_says_how_to_begin(run: Run, real: House) -> None:
    assert run("cases").out == "no cases; open one with `gatehouse onboard FILE`\n"
    assert run("cases", "--json").document == []
    assert run("customers").out == "no customers yet\n"
    assert run("customers", "--json").document == []


def test_a_case_has_memo_votes_and_history(run: Run, demo: House, voting: str) -> None:
    document = run("case", voting, "--json").document
    assert list(document) == DOCUMENT
    assert {item["source"] for item in document["evidence"]} >= {"ofac_sdn", "sec_edgar"}
    assert document["history"][0]["act"] == "case.opened"
    assert document["standing"]["stages"][0]["asks"].startswith("1 x finance")
    run("vote", voting, "--ask", "who owns it?", "--as", "lena")
    text = run("case", voting).out
    assert "Graywether Instruments Corp" in text
    assert " lena ask: who owns it?\n" in text
    assert " ada: case opened " in text


def test_what_would_change_a_case_is_told_on_demand(run: Run, demo: House, voting: str) -> None:
    document = run("case", voting, "--what-if", "--json").document
    assert list(document) == [name for key in DOCUMENT for name in ((key, "what_if") if key == "obstacles" else (key,))]
    heading, sentences = "## What would change it", document["what_if"]
    assert sentences
    said = run("case", voting, "--what-if").out
    assert said.partition(heading)[2].count("\n- ") >= len(sentences)
    assert heading not in run("case", voting).out


def test_everything_is_chinese_where_the_setting_says_so(
    run: Run, demo: House, voting: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GATEHOUSE_LANGUAGE", "zh")
    heading, line = run("cases").out.splitlines()
    assert heading.split() == ["申请单号", "企业", "申请额度", "等级", "建议额度", "审批层级", "状态"]
    assert "分级审批" in line
    assert "待财务部会签" in line
    assert run("cases", "--json").document[0]["route"] == "desk"
    document = run("case", voting, "--json").document
    assert document["standing"]["stages"][0]["asks"].startswith("财务部会签")
    assert "受理申请" in run("case", voting).out
    assert run("customers").out == "暂无客户\n"


def test_columns_stay_in_line_where_names_are_chinese(run: Run, real: House) -> None:
    run("user", "add", "jing", "--name", "冯静", "--department", "finance", stdin="correct horse battery\n")
    lines = [line for line in run("user", "list").out.splitlines() if line.startswith(("ada", "jing"))]
    assert [line.split()[:3] for line in lines] == [["ada", "Ada", "sales"], ["jing", "冯静", "finance"]]
    # Two Chinese characters are as wide as four others.
    assert lines[1].index("finance") + 2 == lines[0].index("sales")
