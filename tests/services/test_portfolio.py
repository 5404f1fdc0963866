"""The portfolio with the house's own ledger: what customers owe is read once, and what is not known is in no sum."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from admission.cases import Customer
from admission.people import Person
from intake.ledger_files import LedgerFile
from services.ledgers import LedgerDay, figures_of, load_ledger, set_accounts
from services.portfolio import debts_of, portfolio
from tests.casebook.build import HandClock
from tests.desk.conftest import PASSWORD, PEOPLE
from tests.services.policy_files import policy_file
from tests.services.test_customer_files import admitted, recorded
from wiring import House, Settings

TODAY = date(2026, 11, 20)
RATES = "currency,to,on,per_unit\nGBP,USD,2026-11-01,1.5\nGBP,USD,2026-11-19,2\n"
HEADER = "customer,number,kind,amount,currency,issued,due"
D = Decimal


@pytest.fixture
def at(tmp_path: Path) -> Iterator[House]:
    rates = tmp_path / "rates.csv"
    rates.write_text(RATES, encoding="utf-8")
    rules = {"default_rates": {"A": "0.01", "B": "0.02", "C": "0.05"}}
    policy = policy_file(tmp_path, customers=rules)
    settings = Settings(data=tmp_path / "data", sandbox_url=None, rates=rates, policy=policy)
    house = House(settings, clock=HandClock(datetime(2026, 11, 20, 9, 30, tzinfo=UTC)))
    house.settings.folder.mkdir()
    house.casebook.create()
    for username, name, department, roles in PEOPLE:
        person = Person(username=username, name=name, department=department, roles=roles)
        house.casebook.people.add(person, PASSWORD)
    yield house
    house.casebook.close()


@pytest.fixture
def customers(at: House) -> tuple[Customer, Customer]:
    return admitted(at), admitted(at, "Second Tools Ltd", "09876544")


def load(at: House, folder: Path, *rows: str, day: date = TODAY) -> None:
    path = folder / "ledger.csv"
    path.write_text("\n".join([HEADER, *rows, ""]), encoding="utf-8")
    by = at.casebook.people.get("feng")
    load_ledger(at, LedgerFile(path), LedgerDay(day, None), by, lambda _: None, leave_out_bad=True)


def invoice(customer: str, number: str, amount: str, due: str, currency: str = "GBP") -> str:
    return f"{customer},{number},invoice,{amount},{currency},2026-05-01,{due}"


def test_without_a_ledger_nothing_is_known(at: House, customers: tuple[Customer, Customer]) -> None:
    found = portfolio(at)
    assert (found.customers, found.limit, found.ledger_as_of) == (2, D(600_000), None)
    assert (found.exposure, found.reserve, found.expected_loss, found.exposure_unknown) == (None, None, None, 2)


def test_what_customers_owe_counts_at_the_rates_of_the_ledgers_day(
    at: House, customers: tuple[Customer, Customer], tmp_path: Path
) -> None:
    one, two = customers
    set_accounts(at, {"10": one.company_key, "11": one.company_key}, at.casebook.people.get("feng"))
    rows = (
        invoice("10", "a", "1000", "2026-11-18"),
        invoice("11", "b", "2000", "2026-07-01"),
        "11,c,payment,500,GBP,2026-11-01,",
        invoice(two.company_key, "d", "100", "2026-12-01", "USD"),
        invoice("a stranger", "e", "7777", "2026-12-01"),
    )
    load(at, tmp_path, *rows, day=date(2026, 11, 18))
    found = portfolio(at)
    # (1,000 + 2,000 - 500) x 1.5, and 100 dollars; the rate of two days later is that of the limits.
    assert (found.ledger_as_of, found.exposure, found.limit) == (date(2026, 11, 18), D(3850), D(600_000))
    # 0.003 x 1,500 + 0.106 x 3,000 and 0.003 x 100: what was paid without a purpose lowers no reserve.
    assert found.reserve == D("322.80")
    # 2 % x 45 % of it.
    assert {one.grade, two.grade} == {"B"}
    assert found.expected_loss == D("33.75") + D("0.90")
    assert [debtor.name for debtor in found.top_exposure] == [one.company_key, two.company_key]
    debts = debts_of(at, at.policy_in_force())
    assert debts is not None
    for customer in customers:
        figures = figures_of(at, customer.company_key)
        assert figures is not None
        owed = debts.owed[customer.company_key]
        assert (owed.balance, owed.ageing) == (figures.balance, figures.ageing)


def test_a_security_lowers_the_expected_loss_alone(
    at: House, customers: tuple[Customer, Customer], tmp_path: Path
) -> None:
    one, _ = customers
    load(at, tmp_path, invoice(one.company_key, "a", "1000", "2026-12-01"))
    before = portfolio(at)
    security = recorded(at, one, amount=600)
    assert portfolio(at) == before
    at.casebook.securities.confirm(security.id, "feng")
    after = portfolio(at)
    # 2,000 dollars are owed; 600 pounds of them are secured.
    assert (before.expected_loss, after.expected_loss) == (D("18.00"), D("7.20"))
    assert (after.exposure, after.reserve) == (before.exposure, before.reserve)


@pytest.mark.parametrize(
    "row",
    ["{key},x,invoice,much,GBP,2026-05-01,2026-06-01", "{key},x,invoice,5,CHF,2026-05-01,2026-06-01", ""],
    ids=["a row was left out", "no rate", "no account"],
)
def test_what_cannot_be_told_is_unknown_and_never_nothing(
    at: House, customers: tuple[Customer, Customer], tmp_path: Path, row: str
) -> None:
    one, two = customers
    rows = (invoice(one.company_key, "a", "10", "2026-12-01"), row.format(key=two.company_key))
    load(at, tmp_path, *(text for text in rows if text))
    found = portfolio(at)
    assert (found.exposure, found.exposure_unknown, found.limit_use) == (D(20), 1, D("0.0001"))
    assert [debtor.name for debtor in found.top_exposure] == [one.company_key]


def test_one_bad_number_of_two_makes_the_company_unknown(
    at: House, customers: tuple[Customer, Customer], tmp_path: Path
) -> None:
    one, two = customers
    set_accounts(at, {"10": one.company_key, "11": one.company_key}, at.casebook.people.get("feng"))
    bad = "11,x,invoice,much,GBP,2026-05-01,2026-06-01"
    load(at, tmp_path, invoice("10", "a", "10", "2026-12-01"), bad, invoice(two.company_key, "b", "1", "2026-12-01"))
    debts = debts_of(at, at.policy_in_force())
    assert debts is not None
    assert set(debts.owed) == {two.company_key}
