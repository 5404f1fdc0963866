"""`gatehouse customer limit`: a limit is cut, raised for a time and taken back at the command line."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from admission.cases import Customer
from admission.people import Person
from tests.cli.conftest import Run
from tests.desk.conftest import PASSWORD, PEOPLE
from tests.services.test_customer_files import admitted
from wiring.house import House
from wiring.settings import Settings


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
    """A customer with a limit of 150,000 GBP."""
    return admitted(at)


def test_a_limit_is_cut_and_the_cut_is_lifted(run: Run, at: House, customer: Customer) -> None:
    key, today = customer.company_key, at.today()
    cut = run("customer", "limit", key, "--amount", "60000", "--because", "pays late", "--as", "feng")
    assert f"L1 limit cut to 60,000.00 GBP from {today} by feng: pays late" in cut.out
    assert "60,000.00 GBP of the limit of 150,000.00 GBP are in force: the limit is cut to" in cut.out
    assert f"L1 limit cut to 60,000.00 GBP from {today}" in run("customer", "show", key).out
    lifted = run("customer", "limit-end", "L1", "--as", "mira", "--json").document
    assert (lifted["ended_by"], lifted["standing"]["in_force"]) == ("mira", "150000")


def test_a_limit_is_raised_for_a_season_by_two_people(run: Run, at: House, customer: Customer) -> None:
    key, today = customer.company_key, at.today()
    season = f"{today:%m-%d}..{today + timedelta(days=20):%m-%d}"
    asked = ("--amount", "200000", "--because", "stock", "--season", season)
    raised = run("customer", "limit", key, *asked, "--as", "mira")
    assert f"each year {season} by mira: stock; waits for a second person" in raised.out
    assert "All of the limit of 150,000.00 GBP is in force." in raised.out
    confirmed = run("customer", "limit-confirm", "L1", "--as", "feng")
    assert "confirmed by feng" in confirmed.out
    assert "All of the limit of 200,000.00 GBP is in force: the limit granted, 150,000.00, is raised" in confirmed.out
    document = run("customer", "show", key, "--json").document
    assert (document["limit"], document["standing"]["limit"]) == ("150000", "200000")
    assert document["standing"]["raised"].startswith("the limit granted, 150,000.00, is raised to 200,000.00 GBP until")
    assert [change["id"] for change in document["limit_changes"]] == ["L1"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--amount", "60000", "--season", "11-15"), "MM-DD..MM-DD"),
        (("--amount", "60000", "--season", "11-15..02-30"), "two days of the year"),
        (("--amount", "x"), "a number such as"),
        (("--amount", "200000"), "an end or a season, of at most 92 days"),
        (("--amount", "1e9", "--until", "2999-01-01"), "at most 225,000.00 GBP"),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_give(
    run: Run, customer: Customer, options: tuple[str, ...], said: str
) -> None:
    call = ("customer", "limit", customer.company_key, "--because", "so", *options, "--as", "mira")
    refused = run(*call)
    assert refused.status > 0
    assert said in refused.error
