"""The day of the next review, after decisions that change a customer's grade."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from admission.cases import CaseKind, Customer
from casebook.customers import store_customer
from intake.applications import read_applications
from services.concluding import conclude
from tests import stepping
from tests.casebook.build import HandClock
from tests.conftest import ROOT
from tests.services.conftest import STORY
from tests.services.test_renewing import admitted, half_a_year_later, house, reviewed, vote_all
from wiring import House

__all__ = ["house"]


def graded_before(house: House, customer: Customer, grade: str, next_review_on: date | None = None) -> Customer:
    """Let a customer have had another grade, and another day of its next review."""
    day = next_review_on or customer.next_review_on
    changed = customer.model_copy(update={"grade": grade, "next_review_on": day})
    with house.casebook.customers._store.write() as transaction:
        store_customer(transaction, changed)
        transaction.event("test", "customer.changed", customer.last_case)
    return changed


def decided(house: House, reference: str) -> Customer:
    if not stepping.decide_by_machine(house, reference):
        assert stepping.open_voting(house, reference) is not None
        vote_all(house, reference)
    case = conclude(house, reference)
    customer = house.casebook.customers.get(case.company_key)
    assert customer is not None
    return customer


def asked_again(house: House) -> str:
    """Open a further request of the customer, and take it up to its assessment."""
    (asked,) = read_applications(ROOT / "sandbox" / "applicants" / f"{STORY}.yaml").applications
    case, _ = house.casebook.cases.open(
        asked, kind=CaseKind.ONBOARDING, requester="analyst", channel="desk", idempotency_key="a further request"
    )
    stepping.ask_all(house, case.reference)
    stepping.validate(house, case.reference)
    stepping.assess(house, case.reference)
    return case.reference


def forward(house: House, days: int) -> None:
    assert isinstance(house.clock, HandClock)
    house.clock.forward(timedelta(days=days))


@pytest.mark.parametrize(
    ("grade_before", "due"),
    [
        # It is worse than it was, or better: the review stays where it was set.
        ("A", date(2027, 5, 23)),
        ("D", date(2027, 5, 23)),
        # It is what it was: a full judgement begins the interval anew, as it always did.
        ("B", date(2027, 7, 22)),
    ],
)
def test_a_further_request_that_changes_the_grade_puts_off_no_review(
    house: House,
    grade_before: str,
    due: date,
) -> None:
    customer = admitted(house, STORY)
    assert (customer.grade, customer.next_review_on) == ("B", date(2027, 5, 23))
    graded_before(house, customer, grade_before)
    forward(house, 60)
    assert decided(house, asked_again(house)).next_review_on == due


def test_a_review_in_full_begins_the_interval_of_its_grade(house: House) -> None:
    customer = graded_before(house, admitted(house, STORY), "D")
    half_a_year_later(house)
    assert decided(house, reviewed(house, customer)).next_review_on == date(2027, 11, 24)


def test_a_review_ahead_of_its_day_that_finds_more_risk_keeps_the_day(house: House) -> None:
    customer = graded_before(house, admitted(house, STORY), "A", date(2027, 6, 1))
    half_a_year_later(house)
    assert decided(house, reviewed(house, customer)).next_review_on == date(2027, 6, 1)
