from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admission.errors import BadInput
from admission.money import Money
from admission.spreadsheets import FORMULA_STARTS, guarded
from intake.files import read_applications, read_policy, read_rates

HEADER = "legal_name,country,uk_company_number,limit,currency,terms_days"


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def refusal(path: Path) -> str:
    with pytest.raises(BadInput) as refused:
        read_applications(path)
    return str(refused.value)


YAML = """
legal_name: Fjellvik Kraft AS
country: NO
identifiers: {uk_company_number: 00445790}
requested: {limit: LIMIT, currency: NOK, terms_days: 30}
declared: {founded: 2009-03-17, annual_revenue: {amount: 12000, currency: NOK}}
"""


def test_an_application_in_yaml(tmp_path: Path) -> None:
    batch = read_applications(written(tmp_path, "a.yaml", YAML.replace("LIMIT", "0500000")))
    (application,) = batch.applications
    assert (batch.shape, batch.bad) == ("document", ())
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
    batch = read_applications(written(tmp_path, "a.csv", "\n".join(rows)))
    assert [(row.number, one.legal_name) for row, one in zip(batch.rows, batch.applications, strict=True)] == [
        (1, "One Ltd"),
        (4, "Three Ltd"),
    ]
    (bad,) = batch.bad
    assert (batch.shape, bad.row.number, bad.row.given["country"]) == ("table", 2, "UK")
    assert bad.reason.startswith("row 2, country: 'UK': a two-letter ISO 3166 country code")


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


def test_the_shipped_policy_is_read_the_same_from_a_copy(tmp_path: Path) -> None:
    shipped = read_policy(None)
    text = Path(__file__).parents[2].joinpath("policies", "default.yaml").read_text(encoding="utf-8")
    assert read_policy(written(tmp_path, "mine.yaml", text)) == shipped
    with pytest.raises(BadInput, match="this key is there twice"):
        read_policy(written(tmp_path, "twice.yaml", f"{text}\nname: again\n"))


def test_rates_are_read_and_no_file_means_none(tmp_path: Path) -> None:
    path = written(tmp_path, "rates.csv", "currency,to,on,per_unit\nGBP,USD,2026-11-20,1.31\n")
    assert read_rates(path).find("GBP", "USD", date(2026, 11, 23)) == (Decimal("1.31"), date(2026, 11, 20))
    assert read_rates(None).find("GBP", "USD", date(2026, 11, 23)) is None


@pytest.mark.parametrize(
    "row",
    [
        "GBP,USD,2026-11-20,0",
        "GBP,USD,2026-11-20,1E999999",
        "GBP,USD,2026-11-20,NaN",
        "GBP,USD,today,1",
        "GBP,XXX,2026-11-20,1",
    ],
)
def test_a_rate_that_cannot_be_names_its_row(tmp_path: Path, row: str) -> None:
    path = written(tmp_path, "rates.csv", f"currency,to,on,per_unit\nGBP,EUR,2026-11-20,1.1\n{row}\n")
    with pytest.raises(BadInput, match=f"row 2: '{row}': columns currency,to,on,per_unit, such as"):
        read_rates(path)


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


def test_every_shipped_policy_can_be_named_as_a_file(tmp_path: Path) -> None:
    shipped = Path(__file__).resolve().parents[2] / "policies"
    assert [read_policy(path).name for path in sorted(shipped.glob("*.yaml"))] == ["cn-manufacturing", "default"]
