"""`gatehouse group`: a limit is proposed, confirmed, used and ended at the command line."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from admission.cases import Customer
from admission.people import Person
from tests.cli.conftest import Run
from tests.desk.conftest import PASSWORD, PEOPLE, application
from tests.services.test_customer_files import admitted
from tests.services.test_orders import load
from wiring.house import House
from wiring.settings import Settings

SPLIT = ("--unit", "UK01=120000", "--unit", "de02=80000")
ASKED = ("group", "limit", "Harbour Group", "--amount", "200000", "--currency", "USD", "--because", "one risk")


@pytest.fixture
def at() -> Iterator[House]:
    house = House(Settings())
    house.settings.folder.mkdir()
    house.casebook.create(demo=True)
    for username, name, department, roles in PEOPLE:
        person = Person(username=username, name=name, department=department, roles=roles)
        house.casebook.people.add(person, PASSWORD)
    yield house
    house.casebook.close()


@pytest.fixture
def customer(at: House) -> Customer:
    """A customer of a group, with a limit of 150,000 GBP."""
    made = admitted(at, asked=application().model_copy(update={"group": "Harbour Group"}))
    load(at, day=at.today())
    at.casebook.ledgers.set_accounts({"10023": made.company_key}, "otto")
    return made


def test_a_group_gets_its_limit_from_two_people(run: Run, at: House, customer: Customer) -> None:
    assert "harbour group" in run("group", "list").out
    today = at.today()
    asked = run(*ASKED, *SPLIT, "--until", str(today + timedelta(days=365)), "--as", "otto")
    assert (
        f"G1 limit of group Harbour Group: 200,000.00 USD (UK01 120,000.00, DE02 80,000.00) from {today}" in asked.out
    )
    assert asked.out.rstrip().endswith("by otto: one risk; waits for a second person")
    assert "gatehouse group confirm G1" in asked.error
    assert "group limit" not in run("customer", "show", customer.company_key).out
    assert run("group", "confirm", "G1", "--as", "otto").status == 1
    assert "confirmed by feng" in run("group", "confirm", "G1", "--as", "feng").out
    shown = run("group", "show", "HARBOUR GROUP").out.splitlines()
    assert shown[0] == "group limit 200,000.00 USD (Harbour Group, G1), used 0.00"
    assert shown[1] == f"  {customer.company_key}: used 0.00 USD"
    assert shown[2:4] == [
        "  unit DE02, 80,000.00 USD: used 0.00 USD",
        "  unit UK01, 120,000.00 USD: used 0.00 USD",
    ]
    assert (
        "group limit 200,000.00 USD (Harbour Group, G1), used 0.00" in run("customer", "show", customer.company_key).out
    )
    document = run("group", "show", "Harbour Group", "--json").document
    assert (document["in_force"]["units"], document["used"]) == ({"UK01": "120000", "DE02": "80000"}, "0.00")
    assert run("customer", "show", customer.company_key, "--json").document["standing"]["group"]["limit"] == "G1"
    assert "200,000.00 USD (G1)" in run("group", "list").out
    assert run("group", "list", "--json").document[0]["limits"][0]["state"] == "confirmed"


def test_an_order_names_its_unit(run: Run, at: House, customer: Customer) -> None:
    run(*ASKED, "--unit", "UK01=10", "--as", "otto")
    run("group", "confirm", "G1", "--as", "feng")
    order = (
        "order",
        "check",
        customer.company_key,
        "--order",
        "SO-1",
        "--currency",
        "USD",
        "--deliver",
        str(at.today()),
    )
    made = run(*order, "--amount", "5000", "--unit", "uk01", "--as", "otto", "--json").document
    # Of the customer's own limit in pounds there is no rate.
    assert [reason["code"] for reason in made["reasons"]] == ["unknown", "over_unit_limit"]
    assert (made["unit"]["name"], made["unit"]["headroom"], made["binds"]) == ("UK01", "-4990.00", None)
    said = run(*order, "--amount", "5000", "--unit", "uk01", "--as", "otto").out
    assert "over_unit_limit: selling unit UK01: exposure with this order 5,000.00; limit G1 10.00 USD" in said


def test_a_limit_is_ended_in_chinese(run: Run, at: House, customer: Customer) -> None:
    run(*ASKED, "--as", "otto")
    run("group", "confirm", "G1", "--as", "feng")
    ended = run("group", "end", "G1", "--as", "feng", "--lang", "zh")
    told = f"G1 集团 Harbour Group 额度：200,000.00 USD，自 {at.today()}，otto 提出：one risk"
    assert f"{told}；已结束（feng，{at.today()}）" in ended.out
    assert run("group", "show", "Harbour Group", "--lang", "zh").out.startswith("集团 Harbour Group 未设额度")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--unit", "UK01"), "UNIT=AMOUNT"),
        (("--unit", "UK01=1", "--unit", "uk01=2"), "UNIT=AMOUNT"),
        (("--unit", "UK01=x"), "a number such as"),
        (("--unit", "UK01=200001"), "parts that together are not above the limit"),
        (("--unit", "U K=1"), "units"),
        (("--until", "2020-01-01"), "a day from"),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_give(
    run: Run, customer: Customer, options: tuple[str, ...], said: str
) -> None:
    refused = run(*ASKED, *options, "--as", "otto")
    assert refused.status > 0
    assert said in refused.error
