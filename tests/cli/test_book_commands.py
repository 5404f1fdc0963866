"""`gatehouse book`: from the file to customers, by two people, and back with what was wrong."""

from __future__ import annotations

import csv
import json
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from admission.errors import BadInput, NotAllowed
from cli.main import gatehouse
from cli.session import keep_token
from tests.casebook.build import PASSWORD
from tests.cli.test_watchlist_command import at  # noqa: F401 - a fixture
from wiring.house import House

HEADER = "legal_name,country,uk_company_number,grade,limit,currency,terms_days,last_review,balance"
GOOD = (
    "Old Friend Ltd,GB,00000001,B,50000,USD,30,2026-05-01,12000",
    "Other Friend Ltd,GB,00000002,A,7500.50,USD,45,2026-06-30,",
)
BAD = "Bad Friend Ltd,GB,00000003,Z,0,USD,30,2026-05-01,"


def written(folder: Path, *rows: str) -> str:
    path = folder / "book.csv"
    path.write_text("\n".join([HEADER, *rows, ""]), encoding="utf-8")
    return str(path)


def call(*arguments: str) -> Result:
    return CliRunner().invoke(gatehouse, ["book", *arguments])


def with_status(*arguments: str) -> Result:
    """Call a command as `main` does, which ends with the status that it returns."""
    return CliRunner().invoke(gatehouse, ["book", *arguments], standalone_mode=False)


def as_person(house: House, username: str) -> None:
    keep_token(house, house.casebook.sessions.sign_in(username, PASSWORD, lifetime=timedelta(days=1)))


def test_from_the_file_to_customers_by_two_people(at: House, tmp_path: Path) -> None:  # noqa: F811
    assert "no book was imported" in call("list").stdout
    done = call("import", written(tmp_path, *GOOD))
    assert done.exit_code == 0
    assert "waits for a second person" in done.stdout
    assert "gatehouse book confirm B1" in done.stderr
    refused = call("confirm", "B1")
    assert isinstance(refused.exception, NotAllowed)
    shown = call("show", "B1").stdout
    for said in ("customers: 2", "by grade: A 1, B 1", "limits: 57,500.50 USD", "Other Friend Ltd", "7,500.50 USD"):
        assert said in shown, shown
    as_person(at, "cy")
    confirmed = json.loads(call("confirm", "B1", "--json").stdout)
    assert (confirmed["state"], confirmed["admitted"], confirmed["confirmed_by"]) == ("confirmed", 2, "cy")
    (first, second) = json.loads(CliRunner().invoke(gatehouse, ["customers", "--json"]).stdout)
    assert (first["limit"], first["assessed"], second["grade"]) == ("50000", False, "A")
    assert "no rows wait for a second person" in call("show", "B1").stdout
    assert "confirmed" in call("list").stdout
    assert json.loads(call("list", "--json").stdout)[0]["sums"]["countries"] == {"GB": 2}


def test_what_came_with_the_book_is_said_plainly(
    at: House,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    call("import", written(tmp_path, GOOD[0]))
    as_person(at, "cy")
    call("confirm", "B1")
    customer = at.casebook.customers.all()[0]

    def shown(*arguments: str) -> str:
        return CliRunner().invoke(gatehouse, list(arguments), catch_exceptions=False).stdout

    case = shown("case", customer.last_case)
    assert "admitted, 50,000 USD, 30 days: came with the book B1, proposed by bo and confirmed by cy" in case
    assert "came with the house's book; not assessed" in case
    assert "with the book: not assessed here" in shown("cases")
    assert "this customer came with the book" in shown("customer", "show", customer.company_key)
    assert shown("replay", "--all")
    assert shown("bundle", customer.last_case, "--out", str(tmp_path / "case.zip"))
    monkeypatch.setenv("GATEHOUSE_LANGUAGE", "zh")
    assert "本系统尚未评估" in shown("case", customer.last_case)
    assert "存量客户导入" in shown("cases")


def test_bad_rows_come_back_in_a_file(at: House, tmp_path: Path) -> None:  # noqa: F811
    path = written(tmp_path, *GOOD, BAD)
    refused = call("import", path)
    assert isinstance(refused.exception, BadInput)
    assert at.casebook.books.all() == []
    with (tmp_path / "book.refused.csv").open(encoding="utf-8-sig", newline="") as file:
        header, (number, name, *_, english, chinese) = list(csv.reader(file))
    assert (header[:2], header[-2:]) == (["row", "legal_name"], ["reason", "原因"])
    assert (number, name) == ("3", "Bad Friend Ltd")
    assert "more than 0" in english
    assert "大于 0" in chinese
    left_out = with_status("import", path, "--leave-out-bad", "--json")
    document = json.loads(left_out.stdout)
    assert (left_out.return_value, document["sums"]["customers"], document["refused"]) == (1, 2, 1)
    assert "1 row(s) of book.csv refused" in left_out.stderr


def test_a_preview_stores_nothing(at: House, tmp_path: Path) -> None:  # noqa: F811
    path = written(tmp_path, *GOOD, BAD)
    shown = with_status("import", path, "--preview")
    assert shown.return_value == 1
    for said in (
        "balance is not stored: what customers owe is told by the ledger",
        "not read: balance",
        "by country: GB 2",
        "reviews due by month:",
        "bad rows: 1",
        "row 3: ",
    ):
        assert said in shown.stdout, shown.stdout
    document = json.loads(call("import", path, "--preview", "--json").stdout)
    assert (document["customers"], document["refused"], document["balance"]) == (2, 1, "balance")
    assert [row["row"] for row in document["first"]] == [1, 2]
    assert with_status("import", written(tmp_path, *GOOD), "--preview").return_value == 0
    assert at.casebook.books.all() == []
    assert [found.name for found in tmp_path.glob("*.csv")] == ["book.csv"]


def test_a_preview_in_chinese(at: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    monkeypatch.setenv("GATEHOUSE_LANGUAGE", "zh")
    shown = call("import", written(tmp_path, *GOOD, BAD), "--preview").stdout
    for said in ("按等级：A 1，B 1", "已到期复审", "应收余额以台账为准", "有误的行：1"):
        assert said in shown, shown


def test_a_book_is_taken_back(at: House, tmp_path: Path) -> None:  # noqa: F811
    call("import", written(tmp_path, *GOOD))
    refused = call("refuse", "B1", "--because", "limits of last year")
    assert "refused" in refused.stdout
    assert "refused because: limits of last year" in call("show", "B1").stdout
    assert at.casebook.customers.all() == []


def test_a_mapping_says_what_is_called_otherwise(at: House, tmp_path: Path) -> None:  # noqa: F811
    path, mapping = tmp_path / "sap.csv", tmp_path / "map.yaml"
    path.write_text("NAME1;KLIMK;CTLPC;DTREV\nBeispiel GmbH;50.000,00;001;01.05.2026\n", encoding="utf-8")
    mapping.write_text(
        "columns: {legal_name: NAME1, limit: KLIMK, grade: CTLPC, last_review: DTREV}\ngrades: {'001': A}\n"
        "constants: {country: DE, currency: USD, terms_days: 30}\ndates: dmy\ndecimal: ','\ndelimiter: ';'\n",
        encoding="utf-8",
    )
    made = json.loads(call("import", str(path), "--mapping", str(mapping), "--json").stdout)
    assert (made["sums"]["grades"], made["sums"]["limits"]) == ({"A": 1}, {"USD": "50000.00"})
    assert at.casebook.books.get("B1").proposed_by == "bo"
