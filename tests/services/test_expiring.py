"""Who is told of limits that dates change: ahead, and on the day, once, however often one looks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from admission.cases import Customer, OutboxMessage
from admission.people import Person
from services import customer_files
from services.expiring import NotInForce, sweep_limits
from services.notices import letter
from tests.casebook.build import HandClock
from tests.desk.conftest import PASSWORD, PEOPLE, assessment
from tests.services.test_customer_files import NOW, SEEN, admitted, conditions, person, recorded, secured
from wiring import House, Settings

DAY = timedelta(days=1)
HOOK = "http://127.0.0.1:9/told"


@pytest.fixture
def clock() -> HandClock:
    return HandClock(NOW)


@pytest.fixture
def at(tmp_path: Path, clock: HandClock) -> Iterator[House]:
    house = House(Settings(data=tmp_path, sandbox_url=None, notice_webhook=HOOK), clock=clock)
    house.casebook.create()
    for username, name, department, roles in PEOPLE:
        added = Person(username=username, name=name, department=department, roles=roles)
        house.casebook.people.add(added, PASSWORD)
    yield house
    house.casebook.close()


def told(at: House) -> list[tuple[str, str, str]]:
    """What waits to be told about limits: what, the day, the amount."""
    waiting = [message.payload for message in at.casebook.outbox.waiting() if message.kind == "notice"]
    return [(one["about"], one["day"], one["amount"]) for one in waiting]


def waiting(at: House) -> OutboxMessage:
    return next(message for message in at.casebook.outbox.waiting() if message.kind == "notice")


def test_an_end_is_told_ahead_and_on_its_day_once_each(at: House, clock: HandClock) -> None:
    customer = admitted(at)
    # Its condition is due on 20 December, in 30 days: that is told at once, and once.
    assert sweep_limits(at)[:3] == (1, 0, 1)
    assert sweep_limits(at)[:3] == (1, 0, 0)
    assert told(at) == [("limit_ends", "2026-12-20", "0.00 GBP")]
    for _ in range(30):
        clock.forward(DAY)
        assert sweep_limits(at)[:3] == (1, 0, 0)
    clock.forward(DAY)
    swept = sweep_limits(at)
    assert swept[:3] == (1, 1, 0)
    assert swept.exceptions == (NotInForce(customer.last_case, "150000 GBP", "0 GBP", None, "condition"),)
    assert sweep_limits(at)[:3] == (1, 0, 0)
    assert told(at)[1:] == [("limit_changed", "2026-12-21", "0.00 GBP")]


def test_what_changed_while_nothing_ran_is_told_afterwards(at: House, clock: HandClock) -> None:
    admitted(at)
    clock.forward(45 * DAY)
    assert sweep_limits(at)[:3] == (1, 1, 0)
    assert told(at) == [("limit_changed", "2026-12-21", "0.00 GBP")]


def test_what_changed_long_ago_is_not_told_as_news(at: House, clock: HandClock) -> None:
    admitted(at)
    clock.forward(70 * DAY)
    assert sweep_limits(at)[:3] == (1, 0, 0)
    assert told(at) == []


def test_a_clock_that_jumps_back_tells_nothing_twice(at: House, clock: HandClock) -> None:
    admitted(at)
    clock.forward(32 * DAY)
    sweep_limits(at)
    before = told(at)
    clock.forward(-2 * DAY)
    sweep_limits(at)
    clock.forward(2 * DAY)
    sweep_limits(at)
    ends = ("limit_ends", "2026-12-20", "0.00 GBP")
    assert told(at) == [*before, ends]
    assert before == [("limit_changed", "2026-12-21", "0.00 GBP")]


def test_who_meets_the_condition_in_time_is_told_nothing_more(at: House, clock: HandClock) -> None:
    customer = admitted(at)
    sweep_limits(at)
    (condition,) = conditions(at, customer)
    customer_files.settle_condition(at, customer.company_key, condition.id, SEEN, person(at, "lena"))
    clock.forward(40 * DAY)
    assert sweep_limits(at)[:3] == (1, 0, 0)
    assert len(told(at)) == 1


def test_a_security_that_ends_is_told_with_what_is_left(at: House, clock: HandClock) -> None:
    customer = met(at, admitted(at, made=secured()))
    for amount, until, document in ((40_000, date(2026, 12, 1), "a"), (50_000, None, "b")):
        made = recorded(at, customer, amount=amount, valid_until=until, document=document)
        customer_files.confirm_security(at, made.id, person(at, "feng"))
    assert sweep_limits(at)[:3] == (1, 0, 1)
    clock.forward(12 * DAY)
    assert sweep_limits(at)[:3] == (1, 1, 0)
    assert told(at) == [("limit_ends", "2026-12-01", "50,000.00 GBP"), ("limit_changed", "2026-12-02", "50,000.00 GBP")]


def test_a_limit_that_will_rise_is_no_warning(at: House, clock: HandClock) -> None:
    customer = met(at, admitted(at))
    customer_files.hold(at, customer.company_key, "late", date(2026, 11, 25), person(at, "feng"))
    assert sweep_limits(at)[:3] == (1, 0, 0)
    clock.forward(6 * DAY)
    assert sweep_limits(at)[:3] == (1, 1, 0)
    assert told(at) == [("limit_changed", "2026-11-26", "150,000.00 GBP")]


def test_the_letter_names_nobody_and_says_it_in_both_languages(at: House) -> None:
    customer = admitted(at)
    sweep_limits(at)
    message = waiting(at)
    assert message.case == customer.last_case
    subject, body = letter(at, customer.last_case, message.payload)
    assert subject == f"{customer.last_case}: a limit ends soon / 额度即将到期"
    assert (
        f"After 2026-12-20 the limit in force of the customer of {customer.last_case} will be 0.00 GBP, "
        "unless something is done."
    ) in body
    assert f"若不处理，2026-12-20 之后 {customer.last_case} 对应客户的生效额度为 0.00 GBP。" in body
    assert customer.legal_name not in f"{subject}{body}{message.payload}"


def test_where_nobody_is_to_be_told_nothing_is_counted(at: House) -> None:
    quiet = House(Settings(data=at.settings.folder, sandbox_url=None), clock=at.clock)
    admitted(quiet)
    assert sweep_limits(quiet)[:3] == (1, 0, 0)
    assert told(quiet) == []
    quiet.casebook.close()


def met(at: House, customer: Customer) -> Customer:
    """Meet the condition of a customer, so that nothing but what a test is about changes the limit."""
    assert assessment().treatments
    for condition in conditions(at, customer):
        customer_files.settle_condition(at, customer.company_key, condition.id, SEEN, person(at, "lena"))
    return customer
