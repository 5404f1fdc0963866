"""Every customer is looked at again: after weeks without a scheduler too, once each, and what is not is told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from admission.cases import CaseKind, Customer
from admission.customers.coverage import Coverage
from admission.errors import BadInput
from admission.evidence.answers import Answer, Query
from admission.people import Person
from casebook.customers import store_customer
from services.coverage import coverage, note_sweep
from services.expiring import sweep_limits
from services.reviews import open_due_reviews, rescore, review_chunk
from tests import stepping
from tests.casebook.build import HandClock, evidence
from tests.desk.conftest import PASSWORD, PEOPLE
from tests.services import test_renewing
from tests.services.conftest import STORY, assessed
from tests.services.policy_files import policy_file
from tests.services.test_customer_files import NOW, admitted
from tests.services.test_renewing import SOUND_AND_LARGE, half_a_year_later, house  # noqa: F401 - a fixture
from wiring import House, Settings

DAY = timedelta(days=1)
CUSTOMERS = 6


def made(folder: Path, clock: HandClock, **settings: Any) -> House:
    at = House(Settings(data=folder, sandbox_url=None, **settings), clock=clock)
    at.casebook.create()
    for username, name, department, roles in PEOPLE:
        at.casebook.people.add(Person(username=username, name=name, department=department, roles=roles), PASSWORD)
    return at


@pytest.fixture
def clock() -> HandClock:
    return HandClock(NOW)


@pytest.fixture
def book(tmp_path: Path, clock: HandClock) -> Iterator[House]:
    """A house with six customers, whose reviews fall due on six days, two days apart."""
    at = made(tmp_path, clock)
    for number in range(CUSTOMERS):
        customer = admitted(at, f"Company {number} Ltd", f"0987654{number}")
        due_on = date(2027, 5, 3) + 2 * number * DAY
        at.casebook.customers.reschedule(customer.company_key, due_on, "system")
    yield at
    assert at.casebook.audit.verify(at.casebook.keys.all(), (), lambda _: None).flaws == ()
    at.casebook.close()


def sums(found: Coverage) -> tuple[int, int, int, int, int]:
    return found.due, found.done, found.waiting, found.failed, found.not_opened


def swept(at: House) -> list[str]:
    """Run both daily sweeps, as far as they open and look."""
    due = open_due_reviews(at)
    note_sweep(at, "review-due-customers", {"due": len(due)})
    sweep_limits(at)
    return due


def test_two_weeks_without_a_scheduler_are_caught_up_by_one_sweep(book: House, clock: HandClock) -> None:
    clock.now = NOW.replace(year=2027, month=5, day=2)
    assert swept(book) == []
    assert coverage(book).problems == ()
    clock.forward(14 * DAY)

    before = coverage(book)
    assert sums(before) == (6, 0, 0, 0, 6)
    assert {one.why for one in before.reviews} == {"no_sweep"}
    assert [text.en for text in before.problems] == [
        "review-due-customers has not run for more than 26 hours, last 2027-05-02 09:30 UTC",
        "expire-limits has not run for more than 26 hours, last 2027-05-02 09:30 UTC",
        "6 reviews are not opened for more than a day; the first: uk_company_number:09876540, due 2027-05-03",
    ]

    opened = swept(book)
    assert len(opened) == CUSTOMERS
    reviews = book.casebook.cases.list(kind=CaseKind.REVIEW)
    assert sorted(case.reference for case in reviews) == sorted(opened)
    assert {case.company_key for case in reviews} == {one.company_key for one in book.casebook.customers.all()}
    # A second sweep takes up what is left half done, and opens nothing anew.
    assert sorted(swept(book)) == sorted(opened)
    assert len(book.casebook.cases.list(kind=CaseKind.REVIEW)) == CUSTOMERS
    after = coverage(book)
    # Nothing has carried them on yet.
    assert (sums(after), after.problems) == ((6, 0, 0, 6, 0), ())


def test_a_customer_whom_a_sweep_passed_over_is_named(book: House, clock: HandClock) -> None:
    clock.now = NOW.replace(year=2027, month=5, day=5)
    note_sweep(book, "review-due-customers", {"due": 0})
    sweep_limits(book)
    found = coverage(book)
    assert [(one.company_key, one.why) for one in found.reviews] == [
        ("uk_company_number:09876540", "passed_over"),
        ("uk_company_number:09876541", "no_sweep"),
    ]
    assert [text.en for text in found.problems] == [
        "1 reviews are not opened for more than a day; the first: uk_company_number:09876540, due 2027-05-03"
    ]


def test_a_sweep_is_known_by_its_end(book: House, clock: HandClock) -> None:
    assert [sweep.last for sweep in coverage(book).sweeps] == [None, None]
    assert [text.en for text in coverage(book).problems] == [
        "review-due-customers has never run to its end",
        "expire-limits has never run to its end",
    ]
    swept(book)
    assert coverage(book).problems == ()
    clock.forward(timedelta(hours=26, minutes=1))
    assert [sweep.silent for sweep in coverage(book).sweeps] == [True, True]


def test_the_window_is_up_to_today(book: House) -> None:
    assert coverage(book).since == date(2026, 10, 21)
    assert coverage(book, date(2026, 11, 20)).since == date(2026, 11, 20)
    with pytest.raises(BadInput) as caught:
        coverage(book, date(2026, 11, 21))
    assert [problem.field for problem in caught.value.problems] == ["since"]


def test_a_day_beyond_the_interval_of_the_grade_is_told(book: House) -> None:
    assert coverage(book).without_day == ()
    key = "uk_company_number:09876540"
    book.casebook.customers.reschedule(key, date(2027, 5, 20), "system")
    assert coverage(book).without_day == ()
    book.casebook.customers.reschedule(key, date(2027, 5, 21), "system")
    assert coverage(book).without_day == (key,)


def test_what_is_done_and_whom_the_others_wait_for(house: House) -> None:  # noqa: F811
    small = test_renewing.admitted(house, STORY)
    large = test_renewing.admitted(house, SOUND_AND_LARGE)
    half_a_year_later(house)
    opened = swept(house)
    came = review_chunk(house, opened, "a run of today")
    assert (len(came.renewed), len(came.exceptions)) == (1, 1)
    assert sums(coverage(house)) == (2, 1, 0, 1, 0)
    (reference,) = came.exceptions
    assert stepping.open_voting(house, reference) is not None
    found = coverage(house)
    assert (sums(found), found.reviews, found.problems) == ((2, 1, 1, 0, 0), (), ())
    ((whom, count),) = found.waits_for
    assert count == 1
    assert whom.en.startswith("1 x ")
    assert {small.company_key, large.company_key} == {one.company_key for one in house.casebook.customers.all()}


def test_a_source_that_is_set_up_and_answers_nothing_is_told_and_is_no_problem(house: House) -> None:  # noqa: F811
    reference = assessed(house)
    swept(house)
    assert coverage(house).away == ()
    off = next(name for name, connector in house.connectors.items() if not connector.configured)
    assert house.connectors["sec_edgar"].configured
    for number in range(3):
        for source in ("sec_edgar", off, "a source of before"):
            made = evidence(f"{source} {number}", answer=Answer.UNAVAILABLE, at=house.clock() + number * DAY)
            query = Query(source=source, kind="filings", params={"cik": str(number)})
            house.casebook.evidence.add(reference, 1, made.model_copy(update={"query": query}))
    found = coverage(house)
    assert [(one.source, one.questions) for one in found.away] == [("sec_edgar", 3)]
    assert found.problems == ()


def test_days_are_spread_by_the_policy_and_never_later_than_the_grade_asks(tmp_path: Path, clock: HandClock) -> None:
    at = made(tmp_path / "data", clock, policy=policy_file(tmp_path, customers={"spread_days": 20}))
    days = [admitted(at, f"Company {number} Ltd", f"0987650{number}").next_review_on for number in range(8)]
    latest = date(2027, 5, 20)
    assert all(latest - 20 * DAY <= day <= latest for day in days)
    assert len(set(days)) > 3
    at.casebook.close()


def test_the_review_of_who_stands_worse_is_brought_forward_and_never_put_off(house: House) -> None:  # noqa: F811
    customer = test_renewing.admitted(house, STORY)
    store = house.casebook.customers

    def rescored(next_review_on: date) -> date:
        with store._store.write() as transaction:
            changed = {"limit": customer.limit + 1, "next_review_on": next_review_on}
            store_customer(transaction, customer.model_copy(update=changed))
            transaction.event("test", "customer.changed", customer.last_case)
        found = store.get(customer.company_key)
        assert isinstance(found, Customer)
        rescore(house, [found])
        after = store.get(customer.company_key)
        assert after is not None
        return after.next_review_on

    today = house.today()
    assert rescored(today + 30 * DAY) == today
    assert rescored(today - 3 * DAY) == today - 3 * DAY


def test_a_review_that_a_run_holds_is_under_way(book: House, clock: HandClock) -> None:
    clock.now = NOW.replace(year=2027, month=5, day=3)
    (reference,) = swept(book)
    assert sums(coverage(book)) == (1, 0, 0, 1, 0)
    assert book.casebook.cases.acquire_lease(reference, "a run", book.settings.lease_seconds)
    found = coverage(book)
    assert (sums(found), [(whom.en, count) for whom, count in found.waits_for]) == (
        (1, 0, 1, 0, 0),
        [("the system", 1)],
    )
