from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admission.errors import BadInput
from admission.money import Money
from admission.spreadsheets import FORMULA_STARTS, guarded
from intake.applications import read_applications
from tests.languages import untranslated

HEADER = "legal_name,country,uk_company_number,limit,currency,terms_days"


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def refusal(path: Path) -> str:
    with pytest.raises(BadInput) as refused:
        read_applications(path)
    assert untranslated(refused.value) == []
    return str(refused.value)


YAML = """
legal_name: Fjellvik Kraft AS
country: NO
identifiers: {uk_company_number: 00445790}
requested: {limit: LIMIT, currency: NOK, terms_days: 30}
declared: {founded: 2009-03-17, annual_revenue: {amount: 12000, currency: NOK}}
"""


def test_an_application_in_yaml(tmp_path: Path) -> None:
    file = read_applications(written(tmp_path, "a.yaml", YAML.replace("LIMIT", "0500000")))
    (application,) = file.applications
    assert (file.shape, file.bad) == ("document", ())
    assert (application.country, application.identifiers) == ("NO", {"uk_company_number": "00445790"})
    assert application.requested.money == Money(amount=Decimal(500000), currency="NOK")
    assert application.declared.founded == date(2009, 3, 17)


@pytest.mark.parametrize("limit", ["500000.50", "5e5", ".inf", ".nan", "-.inf"])
def test_an_amount_that_yaml_would_round_asks_for_quotes(tmp_path: Path, limit: str) -> None:
    said = refusal(written(tmp_path, "a.yaml", YAML.replace("LIMIT", limit)))
    assert said.startswith("a.yaml cannot be taken.")
    assert "requested.limit" in said
    assert 'an amount in quotes, such as "500000" or "1250.50"' in said


def test_a_day_that_is_none_names_its_field(tmp_path: Path) -> None:
    text = YAML.replace("LIMIT", "1").replace("2009-03-17", "2009-13-45")
    assert "declared.founded: '2009-13-45'" in refusal(written(tmp_path, "a.yaml", text))


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("a.txt", "x", "a.txt is of a kind that is not read. - give a .json, .yaml, .csv or .xlsx file"),
        (
            "a.json",
            '"text"',
            "a.json cannot be taken. input: 'text': a table of fields such as legal_name and country",
        ),
        ("a.json", "[]", "a.json is an empty list."),
        ("a.yaml", "1: 2\n", "a.yaml cannot be taken."),
        ("a.csv", "Legal Name,country\nx,GB\n", "Legal Name: 'Legal Name': no such column; did you mean legal_name?"),
        ("a.csv", "legal_name,favourite_colour\nx,red\n", "no such column"),
    ],
)
def test_files_that_hold_no_application_are_refused(tmp_path: Path, name: str, text: str, told: str) -> None:
    assert told in refusal(written(tmp_path, name, text))


def test_good_and_bad_rows_are_parted_and_keep_their_numbers(tmp_path: Path) -> None:
    rows = [HEADER, "One Ltd,GB,445790,1,GBP,30", "Two Ltd,UK,1,1,GBP,30", "", "Three Ltd,GB,SC123456,1,GBP,30,,"]
    file = read_applications(written(tmp_path, "a.csv", "\n".join(rows)))
    assert [(row.number, one.legal_name) for row, one in zip(file.rows, file.applications, strict=True)] == [
        (1, "One Ltd"),
        (4, "Three Ltd"),
    ]
    (bad,) = file.bad
    assert (file.shape, bad.row.number, bad.row.given["country"]) == ("table", 2, "UK")
    assert bad.reason.en.startswith("row 2, country: 'UK': a two-letter ISO 3166 country code")
    assert bad.reason.zh.startswith("行 2，country: 'UK': ISO 3166 两位大写国家代码")


def test_declared_revenue_takes_the_currency_asked_for_unless_it_has_its_own(tmp_path: Path) -> None:
    header = f"{HEADER},founded,annual_revenue,annual_revenue_currency"
    rows = [header, "One Ltd,GB,1,1,GBP,30,2009-03-17,900,", "Two Ltd,GB,2,1,GBP,30,,900,EUR"]
    one, two = read_applications(written(tmp_path, "a.csv", "\n".join(rows))).applications
    assert one.declared.annual_revenue is not None
    assert two.declared.annual_revenue is not None
    assert (one.declared.annual_revenue.currency, two.declared.annual_revenue.currency) == ("GBP", "EUR")
    assert one.declared.founded == date(2009, 3, 17)


def test_the_columns_of_a_refused_file_may_come_back(tmp_path: Path) -> None:
    text = f"row,{HEADER},reason\n7,'@One Ltd,GB,1,1,GBP,30,was wrong\n"
    (application,) = read_applications(written(tmp_path, "a.csv", text)).applications
    assert application.legal_name == "@One Ltd"


@given(st.text(max_size=20))
def test_no_guarded_cell_is_a_formula(cell: str) -> None:
    assert not guarded(cell).startswith(FORMULA_STARTS)
    assert guarded(cell).removeprefix("'") == cell.removeprefix("'")


def test_a_table_tells_expected_sales_cover_and_group(tmp_path: Path) -> None:
    rows = ("Alder Ltd,GB,,20000,GBP,30,120000,5000,Alder Group", "Birch Ltd,GB,,1,GBP,30,,,")
    text = "\n".join((f"{HEADER},annual_sales,cover,group", *rows))
    first, second = read_applications(written(tmp_path, "book.csv", text)).applications
    assert (first.requested.annual_sales, first.requested.cover, first.group) == (
        Decimal(120_000),
        Decimal(5_000),
        "Alder Group",
    )
    assert (second.requested.annual_sales, second.requested.cover, second.group) == (None, None, None)
    assert "annual_sales" not in second.requested.model_dump(mode="json")


@pytest.mark.parametrize("amount", ["50.000", "1.250", "850.000", "-1.500"])
@pytest.mark.parametrize("column", ["limit", "annual_sales", "cover", "annual_revenue"])
def test_an_amount_with_a_point_and_three_digits_is_asked_about(tmp_path: Path, amount: str, column: str) -> None:
    values = {"limit": "1", column: amount}
    rows = [
        f"legal_name,country,currency,terms_days,{','.join(values)}",
        f"One Ltd,GB,GBP,30,{','.join(values.values())}",
    ]
    file = read_applications(written(tmp_path, "book.csv", "\n".join(rows)))
    (bad,) = file.bad
    assert file.applications == ()
    assert f"row 1, {column}: '{amount}': an amount that can be read in one way only" in bad.reason.en
    assert "只有一种读法的金额" in bad.reason.zh


@pytest.mark.parametrize("amount", ["50000", "50.00", "50.0000", "0.500", "1250.500"])
def test_an_amount_that_can_be_read_in_one_way_is_taken(tmp_path: Path, amount: str) -> None:
    file = read_applications(written(tmp_path, "book.csv", f"{HEADER}\nOne Ltd,GB,445790,{amount},GBP,30"))
    assert [application.requested.limit for application in file.applications] == [Decimal(amount)]


def test_one_application_and_a_list_ask_about_points_too(tmp_path: Path) -> None:
    text = YAML.replace("LIMIT", '"50.000"').replace("amount: 12000", 'amount: "12.000"')
    said = refusal(written(tmp_path, "a.yaml", text))
    assert "requested.limit: '50.000': an amount that can be read in one way only: 50.000 may be 50 or 50,000" in said
    assert "declared.annual_revenue.amount: '12.000'" in said
    document = {
        "legal_name": "One Ltd",
        "country": "GB",
        "requested": {"limit": "50.000", "currency": "GBP", "terms_days": 30},
    }
    (bad,) = read_applications(written(tmp_path, "a.json", json.dumps([document]))).bad
    assert "row 1, requested.limit: '50.000'" in bad.reason.en


@pytest.mark.recorded
def test_the_book_of_a_bug_report_is_asked_about(recorded: Path) -> None:
    file = read_applications(recorded / "cases" / "book_limit_with_dot.csv")
    assert file.applications == ()
    assert "50.000 may be 50 or 50,000" in file.bad[0].reason.en
