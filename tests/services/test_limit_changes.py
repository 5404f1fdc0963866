"""A limit between two decisions: who cuts it, who raises it for a time, who takes that back; and who is told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from admission.customers.standing.limit_changes import Season
from admission.errors import BadInput, Conflict, NotAllowed, NotFound
from admission.memo import labels
from admission.people import Person
from casebook.customer_files import Settling
from services import customer_files
from services.customer_standing import customer_of, standing_of
from services.expiring import sweep_limits
from services.limit_changes import NewLimit, change_limit, confirm_raise, end_change
from services.notices import letter
from tests.casebook.build import HandClock
from tests.desk.conftest import PASSWORD, PEOPLE
from tests.services.test_customer_files import NOW, _again, admitted, in_force, person
from wiring import House, Settings

DAY = timedelta(days=1)
TODAY = NOW.date()
CUT = NewLimit(Decimal(60_000), "pays late")
RAISE = NewLimit(Decimal(200_000), "stock for the season", valid_until=TODAY + 30 * DAY)


@pytest.fixture
def clock() -> HandClock:
    return HandClock(NOW)


@pytest.fixture
def at(tmp_path: Path, clock: HandClock) -> Iterator[House]:
    house = House(Settings(data=tmp_path, sandbox_url=None, notice_webhook="http://127.0.0.1:9/told"), clock=clock)
    house.casebook.create()
    for username, name, department, roles in (*PEOPLE, ("sam", "Sam Reyes", "sales", ())):
        added = Person(username=username, name=name, department=department, roles=roles)
        house.casebook.people.add(added, PASSWORD)
    yield house
    told = {event.act for event in house.casebook.history.tail(1000) if event.case is not None}
    assert told - set(labels.ACTS) == set()
    assert house.casebook.audit.verify(house.casebook.keys.all(), (), lambda _: None).flaws == ()
    house.casebook.close()


def test_a_cut_counts_at_once_until_somebody_who_may_lifts_it(at: House, clock: HandClock) -> None:
    customer = admitted(at)
    key = customer.company_key
    with pytest.raises(NotAllowed, match="You may not cut the limit"):
        change_limit(at, key, CUT, person(at, "lena"))
    cut = change_limit(at, key, CUT, person(at, "feng"))
    assert (cut.id, cut.kind, cut.granted, cut.valid_from) == ("L1", "cut", Decimal(150_000), TODAY)
    assert in_force(at, customer) == 60_000
    assert "cut to 60,000.00 GBP (L1, feng: pays late)" in standing_of(at, customer).why.en
    for username in ("sam", "lena"):
        with pytest.raises(NotAllowed, match="You may not lift a cut"):
            end_change(at, cut.id, person(at, username))
    clock.forward(DAY)
    assert end_change(at, cut.id, person(at, "mira")).ended_on == TODAY + DAY
    assert in_force(at, customer) == 150_000


def test_a_raise_takes_two_people_and_returns_by_itself(at: House, clock: HandClock) -> None:
    customer = admitted(at)
    with pytest.raises(NotAllowed, match="You may not propose to raise a limit"):
        change_limit(at, customer.company_key, RAISE, person(at, "lena"))
    made = change_limit(at, customer.company_key, RAISE, person(at, "mira"))
    assert in_force(at, customer) == 150_000
    with pytest.raises(NotAllowed, match="another person's"):
        confirm_raise(at, made.id, person(at, "mira"))
    for username in ("sam", "lena"):
        with pytest.raises(NotAllowed, match="You may not confirm a raise"):
            confirm_raise(at, made.id, person(at, username))
    confirm_raise(at, made.id, person(at, "feng"))
    stands = standing_of(at, customer)
    assert (stands.limit, stands.in_force) == (Decimal(200_000), Decimal(200_000))
    clock.forward(30 * DAY)
    assert standing_of(at, customer).limit == 200_000
    clock.forward(DAY)
    assert standing_of(at, customer).limit == 150_000
    assert customer_of(at, customer.company_key).limit == 150_000


def test_who_asked_for_the_customer_confirms_no_raise_and_lifts_no_cut(at: House) -> None:
    customer = admitted(at)
    requester = at.casebook.cases.get(customer.last_case).requester
    assert requester == "ada"
    with pytest.raises(NotAllowed, match="You may not propose to raise a limit"):
        change_limit(at, customer.company_key, RAISE, person(at, requester))
    # With every office of the house.
    at.casebook.people.change("ada", roles=("cfo",))
    change_limit(at, customer.company_key, RAISE, person(at, "ada"))
    other = change_limit(at, customer.company_key, RAISE, person(at, "mira"))
    with pytest.raises(NotAllowed, match="You asked for this customer"):
        confirm_raise(at, other.id, person(at, "ada"))
    cut = change_limit(at, customer.company_key, CUT, person(at, "feng"))
    with pytest.raises(NotAllowed, match="You asked for this customer"):
        end_change(at, cut.id, person(at, "ada"))
    refused = [event for event in at.casebook.history.of(customer.last_case) if event.act == "customer.refused"]
    assert len(refused) == 3


def test_a_raise_is_ended_before_its_day_by_who_may_cut(at: House) -> None:
    customer = admitted(at)
    made = change_limit(at, customer.company_key, RAISE, person(at, "mira"))
    confirm_raise(at, made.id, person(at, "feng"))
    with pytest.raises(NotAllowed, match="You may not cut the limit"):
        end_change(at, made.id, person(at, "lena"))
    end_change(at, made.id, person(at, "feng"))
    assert in_force(at, customer) == 150_000
    with pytest.raises(Conflict, match="ended already"):
        end_change(at, made.id, person(at, "feng"))


@pytest.mark.parametrize(
    ("new", "fields"),
    [
        (CUT._replace(because=" "), ["because"]),
        (CUT._replace(amount=Decimal(-1)), ["amount"]),
        (CUT._replace(amount=Decimal(150_000)), ["amount"]),
        (CUT._replace(valid_from=TODAY - DAY), ["from"]),
        (CUT._replace(valid_until=TODAY - DAY), ["until"]),
        (RAISE._replace(valid_until=None), ["until"]),
        (RAISE._replace(valid_until=TODAY + 92 * DAY), ["until"]),
        (RAISE._replace(valid_until=None, season=Season(first="01-01", last="12-31")), ["season"]),
        (RAISE._replace(amount=Decimal(225_001)), ["amount"]),
        (CUT._replace(because="a\u202eb"), ["because"]),
    ],
)
def test_what_cannot_be(at: House, new: NewLimit, fields: list[str]) -> None:
    customer = admitted(at)
    with pytest.raises(BadInput) as refused:
        change_limit(at, customer.company_key, new, person(at, "mira"))
    assert [problem.field for problem in refused.value.problems] == fields
    assert at.casebook.limit_changes.of([customer.company_key]) == {}


def test_of_a_company_that_is_no_customer(at: House) -> None:
    with pytest.raises(NotFound, match="no customer"):
        change_limit(at, "uk:1", CUT, person(at, "mira"))


def test_a_raise_outlives_a_renewal_and_not_another_limit(at: House) -> None:
    customer = admitted(at)
    made = change_limit(at, customer.company_key, RAISE, person(at, "mira"))
    confirm_raise(at, made.id, person(at, "feng"))
    renewed = _again(at, customer, decided_by="renewal", outcome="kept")
    assert renewed.last_case != customer.last_case
    assert in_force(at, renewed) == 200_000
    less = _again(at, renewed, decided_by="people", outcome="kept", limit=Decimal(100_000))
    assert standing_of(at, less).limit == 100_000


def test_who_may_confirm_a_raise_is_told_of_it_once(tmp_path: Path, clock: HandClock) -> None:
    settings = Settings(data=tmp_path, smtp="smtp://127.0.0.1:9", mail_from="gatehouse@example.org")
    house = House(settings, clock=clock)
    house.casebook.create()
    for username, name, department, roles in PEOPLE:
        added = Person(username=username, name=name, department=department, roles=roles)
        house.casebook.people.add(added, PASSWORD)
        house.casebook.people.set_email(username, f"{username}@example.com")
    customer = admitted(house)
    change_limit(house, customer.company_key, CUT, person(house, "feng"))
    made = change_limit(house, customer.company_key, RAISE, person(house, "mira"))
    (told,) = [item.payload for item in house.casebook.outbox.waiting() if item.kind == "notice"]
    assert (told["username"], told["about"], told["name"]) == ("feng", "raise_proposed", made.id)
    subject, body = letter(house, customer.last_case, told)
    assert subject == f"{customer.last_case}: a raise of a limit is to be confirmed / 额度调增待确认"
    assert made.id in body
    house.casebook.close()


def test_the_end_of_a_raise_is_told_ahead_and_on_its_day(at: House, clock: HandClock) -> None:
    customer = admitted(at)
    (condition,) = at.casebook.cases.conditions(customer.last_case)
    settling = Settling("met", "contract 17")
    customer_files.settle_condition(at, customer.company_key, condition.id, settling, person(at, "lena"))
    made = change_limit(at, customer.company_key, RAISE, person(at, "mira"))
    confirm_raise(at, made.id, person(at, "feng"))
    assert f"the limit is raised until {RAISE.valid_until} only" in [
        text.en for text in standing_of(at, customer).warnings
    ]
    clock.forward(DAY)
    swept = sweep_limits(at)
    assert (swept.ending, sweep_limits(at).ending) == (1, 0)
    clock.forward(30 * DAY)
    swept = sweep_limits(at)
    assert (swept.changed, sweep_limits(at).changed) == (1, 0)
    assert standing_of(at, customer).in_force == 150_000
    told = [
        (message.payload["about"], message.payload["day"], message.payload["amount"])
        for message in at.casebook.outbox.waiting()
        if message.kind == "notice" and "day" in message.payload
    ]
    assert told == [("limit_ends", "2026-12-20", "150,000.00 GBP"), ("limit_changed", "2026-12-21", "150,000.00 GBP")]
