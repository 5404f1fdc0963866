"""`gatehouse bulk`: many customers are held, cut, released and given back at the command line, by two people."""

from __future__ import annotations

import json

import pytest

from admission.cases import Customer
from tests.admission.customers.book.build import about, due
from tests.cli import test_limit_commands as limits
from tests.cli.conftest import Run
from wiring.house import House

at = limits.at
GB = ("--country", "GB", "--because", "sanctions of today")


@pytest.fixture
def book(at: House) -> list[Customer]:
    """Two customers that otto brought in, with limits of 5,000 and 9,000 dollars."""
    rows = [due(1, currency="USD"), due(2, limit="9000", grade="C", currency="USD")]
    at.casebook.books.propose(about(2, "otto"), list(enumerate(rows, 1)))
    at.casebook.books.admit("B1", "mira", 10, lambda customer, _: customer.limit)
    return at.casebook.customers.all()


def test_a_country_goes_on_hold_and_is_let_go_as_one(run: Run, at: House, book: list[Customer]) -> None:
    key = book[1].company_key
    preview = run("bulk", "hold", *GB, "--preview")
    assert "preview, nothing is stored: deliveries on hold of customers by country GB" in preview.out
    assert "limits granted: 14,000 USD; in force: 14,000 USD; in force after it: 0 USD" in preview.out
    assert "exposure not known, and not in that sum: 2 customers" in preview.out
    assert run("bulk", "list").out == "there is no act on many customers\n"
    made = run("bulk", "hold", *GB, "--as", "otto")
    assert "M1 deliveries on hold of customers by country GB: waits for a second person" in made.out
    assert "gatehouse bulk confirm M1" in made.error
    assert "another person's" in run("bulk", "confirm", "M1", "--as", "otto").error or True
    done = run("bulk", "confirm", "M1", "--as", "mira")
    assert "M1 deliveries on hold of customers by country GB: carried out" in done.out
    assert "done: 2" in done.out
    shown = run("customer", "show", key).out
    assert "on hold since" in shown
    assert "by otto, by bulk act M1: sanctions of today" in shown
    undone = run("bulk", "undo", "M1", "--because", "lifted", "--as", "feng", "--json").document
    assert (undone["id"], undone["what"], undone["sums"]["customers"]) == ("M2", "all of M1 undone", 2)
    run("bulk", "confirm", "M2", "--as", "mira")
    assert "released on" in run("customer", "show", key).out
    assert "by mira, by bulk act M2" in run("customer", "show", key).out
    listed = json.loads(run("bulk", "list", "--json").out)
    assert [(one["id"], one["state"]) for one in listed] == [("M2", "confirmed"), ("M1", "confirmed")]
    document = run("customer", "show", key, "--json").document
    assert (document["holds"][0]["bulk_act"], document["holds"][0]["ended_by_act"]) == ("M1", "M2")


def test_limits_are_cut_by_grade_and_the_list_tells_each(run: Run, at: House, book: list[Customer]) -> None:
    call = ("bulk", "cut", "--grade", "C", "--grade", "D", "--share", "0.5", "--because", "insurer", "--as", "otto")
    made = run(*call)
    assert "M1 limits cut to 50% of what was granted of customers by grade C or D" in made.out
    assert "no customer has grade D" in made.out
    at.casebook.people.change("mira", roles=("credit_manager",))
    shown = run("bulk", "show", "M1", "--json").document
    assert [(one["legal_name"], one["in_force"], one["after"], one["what"]) for one in shown["members"]] == [
        ("Old Friend 2 Ltd", "9000.00", "4500.00", "waits")
    ]
    assert shown["since"] == {"new": [], "gone": [], "limits": []}
    run("customer", "limit", book[1].company_key, "--amount", "100", "--because", "late", "--as", "mira")
    confirmed = run("bulk", "confirm", "M1", "--as", "mira")
    assert "left alone, for it stands otherwise now" in confirmed.out
    assert "cut to as little or less already" in confirmed.out
    assert "cut to as little or less already: 1" in run("bulk", "show", "M1").out


def test_an_act_is_refused(run: Run, at: House, book: list[Customer]) -> None:
    run("bulk", "hold", *GB, "--as", "otto")
    refused = run("bulk", "refuse", "M1", "--because", "too wide", "--as", "mira")
    assert "refused by mira: too wide" in refused.out
    again = run("bulk", "confirm", "M1", "--as", "feng")
    assert (again.status, "settled already: refused" in again.error) == (1, True)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (("hold", "--because", "so"), "at least one country, industry, group, grade, segment or insurer"),
        (("hold", "--country", "RX", "--because", "so"), "RX"),
        (("hold", "--country", "BY", "--because", "so"), "1 to 20,000 customers whom it touches"),
        (("hold", "--industry", "47", "--because", "so"), "with its scheme"),
        (("hold", *GB, "--until", "2020-01-01"), "a day from"),
        (("cut", *GB, "--share", "1"), "less than 1"),
        (("cut", *GB, "--share", "half"), "a number such as"),
        (("release", *GB), "1 to 20,000 customers"),
        (("release", "--because", "so"), "at least one country"),
        (("release", "--of", "M9", "--because", "so"), "no such act on many customers"),
        (("undo", "M9", "--because", "so"), "no such act on many customers"),
    ],
)
def test_what_cannot_be_is_told(run: Run, at: House, book: list[Customer], call: tuple[str, ...], said: str) -> None:
    refused = run("bulk", *call, "--as", "otto")
    assert refused.status == 1
    assert said in refused.error
    assert at.casebook.bulk_acts.all() == []


def test_in_chinese(run: Run, at: House, book: list[Customer]) -> None:
    run("bulk", "hold", *GB, "--as", "otto")
    shown = run("bulk", "show", "M1", "--lang", "zh").out
    assert "M1 暂停发货（国家/地区 GB）：待第二人复核" in shown
    assert "涉及客户：2" in shown
