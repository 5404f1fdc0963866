"""`gatehouse portfolio`: what customers have, owe and may cost, and what of it is not known."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from admission.people import Person
from intake.ledger_files import LedgerFile
from services.ledgers import LedgerDay, load_ledger
from tests.cli.conftest import Run
from tests.desk.conftest import PASSWORD, PEOPLE
from tests.services.policy_files import policy_file
from tests.services.test_customer_files import admitted
from wiring.house import House
from wiring.settings import Settings


@pytest.fixture
def at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """A house with one customer of grade B and a limit of 150,000 GBP."""
    rates = tmp_path / "rates.csv"
    rates.write_text("currency,to,on,per_unit\nGBP,USD,2026-01-01,2\n", encoding="utf-8")
    monkeypatch.setenv("GATEHOUSE_RATES", str(rates))
    monkeypatch.setenv("GATEHOUSE_POLICY", str(policy_file(tmp_path, customers={"default_rates": {"B": "0.02"}})))
    house = House(Settings())
    house.settings.folder.mkdir()
    house.casebook.create()
    for username, name, department, roles in PEOPLE:
        person = Person(username=username, name=name, department=department, roles=roles)
        house.casebook.people.add(person, PASSWORD)
    admitted(house)
    yield house
    house.casebook.close()


def load(at: House, folder: Path, *rows: str) -> None:
    path = folder / "ledger.csv"
    path.write_text("\n".join(["customer,number,kind,amount,currency,issued,due", *rows, ""]), encoding="utf-8")
    by = at.casebook.people.get("feng")
    load_ledger(at, LedgerFile(path), LedgerDay(at.today(), None), by, lambda _: None)


def test_without_a_ledger_it_says_so(run: Run, at: House) -> None:
    lines = run("portfolio").out.splitlines()
    assert lines[0] == "1 customers, 300,000.00 USD granted, 300,000.00 USD in force"
    assert lines[1] == "no ledger was loaded yet: what they owe is not known"
    assert "Who owes most:" not in lines
    document = run("portfolio", "--json").document
    assert (document["exposure"], document["reserve"], document["ledger_as_of"]) == (None, None, None)
    assert document["places"]["grade"][0]["exposure"] is None


def test_what_is_owed_and_may_be_lost(run: Run, at: House, tmp_path: Path) -> None:
    (customer,) = at.casebook.customers.all()
    issued, due = at.today() - timedelta(days=60), at.today() - timedelta(days=9)
    load(at, tmp_path, f"{customer.company_key},a,invoice,30000,GBP,{issued},{due}")
    lines = run("portfolio", "--by", "country").out.splitlines()
    assert lines[1] == (
        f"ledger of {at.today()}: owed 60,000.00 USD, limit use 20.00 %; reserve 960.00 USD; expected loss 540.00 USD"
    )
    head, row = (line.split() for line in lines[5:7])
    assert head == [
        "country",
        "customers",
        "limit",
        "in",
        "force",
        "share",
        "owed",
        "use",
        "reserve",
        "expected",
        "loss",
    ]
    assert row[0] == "GB"
    assert row[4:] == ["100.00", "%", "60,000.00", "20.00", "%", "960.00", "540.00"]
    assert lines[-1].split()[0] == customer.company_key
    assert lines[-3] == "Who owes most:"
    document = run("portfolio", "--json").document
    assert (document["exposure"], document["limit_use"], document["expected_loss"]) == ("60000.00", "0.2000", "540.00")
    assert [debtor["name"] for debtor in document["top_exposure"]] == [customer.company_key]


def test_what_is_not_known_is_said(run: Run, at: House, tmp_path: Path) -> None:
    load(at, tmp_path, f"other,a,invoice,30000,GBP,{at.today()},{at.today()}")
    lines = run("portfolio").out.splitlines()
    assert lines[1:3] == [
        f"ledger of {at.today()}: owed -, limit use -; reserve -; expected loss -",
        "what 1 of them owe is not known, and in none of these sums",
    ]


def test_a_grade_without_a_default_rate_is_named(
    run: Run, at: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (customer,) = at.casebook.customers.all()
    load(at, tmp_path, f"{customer.company_key},a,invoice,30000,GBP,{at.today()},{at.today()}")
    monkeypatch.setenv("GATEHOUSE_POLICY", str(policy_file(tmp_path, customers={"default_rates": {"A": "0.02"}})))
    assert "no expected loss of grade B: the policy has no default rate" in run("portfolio").out.splitlines()
    monkeypatch.setenv("GATEHOUSE_LANGUAGE", "zh")
    lines = run("portfolio").out.splitlines()
    assert "等级 B 的预期损失未知：制度未设违约率" in lines
    assert "应收余额前十大：" in lines
