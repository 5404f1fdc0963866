"""`gatehouse ledger`: from the file to the figures of a company, and back with what was wrong."""

from __future__ import annotations

import csv
import json
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from admission.errors import BadInput
from cli.main import gatehouse
from tests.cli.test_watchlist_command import at  # noqa: F401 - a fixture
from wiring.house import House

HEADER = "customer,number,kind,amount,currency,issued,due"
BAD = "10,x,invoice,much,GBP,2026-01-05,2026-02-05"


def written(folder: Path, *rows: str) -> str:
    path = folder / "ledger.csv"
    path.write_text("\n".join([HEADER, *rows, ""]), encoding="utf-8")
    return str(path)


def good(house: House) -> tuple[str, str]:
    due = house.today() - timedelta(days=9)
    issued = due - timedelta(days=30)
    return f"10,a,invoice,1000,GBP,{issued},{due}", f"uk:00000001,b,invoice,30,GBP,{issued},{due}"


def call(*arguments: str) -> Result:
    return CliRunner().invoke(gatehouse, list(arguments))


def with_status(*arguments: str) -> Result:
    """Call a command as `main` does, which ends with the status that it returns."""
    return CliRunner().invoke(gatehouse, list(arguments), standalone_mode=False)


def dated(house: House) -> tuple[str, ...]:
    return "--on", str(house.today()), "--complete-since", "none"


def test_from_the_file_to_the_figures(at: House, tmp_path: Path) -> None:  # noqa: F811
    assert "no ledger was loaded yet" in call("ledger", "show", "uk:00000002").stdout
    assert json.loads(call("ledger", "show", "uk:00000002", "--json").stdout) == {"loaded": False}
    done = call("ledger", "import", written(tmp_path, *good(at)), *dated(at))
    assert (done.exit_code, done.stdout.splitlines()) == (
        0,
        [f"L1 as of {at.today()}: 2 entries of 2 customers", "  balance 1,030 GBP"],
    )
    assert "10  " in call("ledger", "accounts", "10=uk:00000002").stdout
    shown = call("ledger", "show", "uk:00000002").stdout.splitlines()
    assert shown[0] == f"uk:00000002: ledger as of {at.today()}"
    assert "  oldest overdue document, days: 9" in shown
    assert "  average days late, 12 months: unknown: the ledger is not complete for that time" in shown
    document = json.loads(call("ledger", "show", "uk:00000001", "--json").stdout)
    assert (document["loaded"], document["own_overdue_days"], document["as_of"]) == (True, 9, str(at.today()))
    assert document["unknown"]["bounced_payment_12m"] == "the ledger does not tell which payments were returned"
    assert json.loads(call("ledger", "accounts", "10=", "--json").stdout) == []


def test_figures_are_told_in_chinese(
    at: House,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    call("ledger", "import", written(tmp_path, *good(at)), *dated(at))
    monkeypatch.setenv("GATEHOUSE_LANGUAGE", "zh")
    shown = call("ledger", "show", "uk:00000001").stdout.splitlines()
    assert "  最长逾期天数：9" in shown
    assert "  近12个月有退票：未知：台账未记载退票" in shown


def test_bad_rows_come_back_in_a_file(at: House, tmp_path: Path) -> None:  # noqa: F811
    path = written(tmp_path, *good(at), BAD)
    refused = call("ledger", "import", path, *dated(at))
    assert isinstance(refused.exception, BadInput)
    assert at.casebook.ledgers.newest() is None
    with (tmp_path / "ledger.refused.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert [row[:3] for row in rows] == [["row", "customer", "number"], ["3", "10", "x"]]
    left_out = with_status("ledger", "import", path, *dated(at), "--leave-out-bad", "--json")
    document = json.loads(left_out.stdout)
    assert (left_out.return_value, document["entries"], document["refused_customers"]) == (1, 2, 1)
    assert "1 row(s) of ledger.csv refused" in left_out.stderr
    call("ledger", "accounts", "10=uk:00000002")
    shown = call("ledger", "show", "uk:00000002").stdout
    assert "balance: unknown: rows of this company were left out of the ledger" in shown


def test_a_preview_stores_nothing(at: House, tmp_path: Path) -> None:  # noqa: F811
    path = written(tmp_path, *good(at), BAD)
    shown = with_status("ledger", "import", path, "--preview")
    assert shown.return_value == 1
    assert "2 good rows of 2 customers, 1 bad rows" in shown.stdout
    document = json.loads(call("ledger", "import", path, "--preview", "--json").stdout)
    assert (document["good"], document["refused"], document["first_refused"][0]["row"]) == (2, 1, 3)
    assert at.casebook.ledgers.all() == []
    assert [found.name for found in tmp_path.glob("*.csv")] == ["ledger.csv"]


def test_a_mapping_says_what_is_called_otherwise(at: House, tmp_path: Path) -> None:  # noqa: F811
    path, mapping = tmp_path / "sap.csv", tmp_path / "map.yaml"
    path.write_text("KUNNR;BELNR;BLART;WRBTR;BLDAT;FAEDN\n10;1;RV;1000,50;05.01.2026;05.02.2026\n", encoding="utf-8")
    mapping.write_text(
        "columns: {customer: KUNNR, number: BELNR, kind: BLART, amount: WRBTR, issued: BLDAT, due: FAEDN}\n"
        "kinds: {RV: invoice}\nconstants: {currency: EUR}\ndates: dmy\ndecimal: ','\ndelimiter: ';'\n",
        encoding="utf-8",
    )
    done = call("ledger", "import", str(path), *dated(at), "--mapping", str(mapping))
    assert done.stdout.splitlines()[1:] == ["  balance 1,000.50 EUR"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [(("--on", "2026-01-01"), "--complete-since"), (("--complete-since", "none"), "--on")],
)
def test_days_must_be_given(at: House, tmp_path: Path, arguments: tuple[str, ...], says: str) -> None:  # noqa: F811
    result = call("ledger", "import", written(tmp_path, *good(at)), *arguments)
    assert result.exit_code == 2
    assert f"Give the day with {says}" in result.stderr


def test_pairs_that_are_none(at: House) -> None:  # noqa: F811
    assert at.casebook.ledgers.accounts() == {}
    result = call("ledger", "accounts", "10")
    assert result.exit_code == 2
    assert "NUMBER=KEY" in result.stderr
