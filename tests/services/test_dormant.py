"""Limits of dormant customers are withdrawn once, told, and given back by who may decide."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from admission.cases import Customer
from admission.customers.ledger.imports import LedgerImport
from admission.customers.ledger.records import Coverage, Entry
from admission.customers.orders.asked import OrderAsked
from admission.customers.standing.in_force import StandingCode
from admission.errors import NotAllowed
from admission.money import Rate, RateTable
from admission.people import Person
from admission.policy.customer_rules import CustomerRules
from casebook.customer_files import Settling
from casebook.ledgers import Loaded
from services.customer_files import settle_condition
from services.customer_standing import standing_of
from services.expiring import sweep_limits
from services.limit_changes import end_change
from services.orders import check_order
from tests.admission.customers.ledger.build import item
from tests.casebook.build import HandClock
from tests.desk.conftest import PASSWORD, PEOPLE
from tests.services.test_customer_files import NOW, admitted, person
from wiring import House, Settings

DAY = timedelta(days=1)
LAST = date(2027, 1, 4)
LATER = 500


@pytest.fixture
def clock() -> HandClock:
    return HandClock(NOW)


@pytest.fixture
def at(tmp_path: Path, clock: HandClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    house = House(Settings(data=tmp_path, sandbox_url=None, notice_webhook="http://127.0.0.1:9/told"), clock=clock)
    house.casebook.create()
    for username, name, department, roles in PEOPLE:
        added = Person(username=username, name=name, department=department, roles=roles)
        house.casebook.people.add(added, PASSWORD)
    rules = CustomerRules(dormant_months=12, review_grace_days=None, condition_days=366)
    policy = house.policy_in_force().model_copy(update={"customers": rules})
    monkeypatch.setattr(house, "policy_in_force", lambda: policy)
    yield house
    assert house.casebook.audit.verify(house.casebook.keys.all(), (), lambda _: None).flaws == ()
    house.casebook.close()


@pytest.fixture
def customer(at: House, clock: HandClock) -> Customer:
    """A customer who was admitted 500 days ago, and bought last 45 days after that."""
    made = admitted(at)
    at.casebook.ledgers.set_accounts({"10023": made.company_key}, "otto")
    for condition in at.casebook.cases.conditions(made.last_case):
        settle_condition(at, made.company_key, condition.id, Settling("met", "seen"), person(at, "lena"))
    clock.forward(LATER * DAY)
    load(at, item("1", "5", str(LAST), str(LAST), customer="10023", currency="GBP", settled=str(LAST)))
    return made


def load(at: House, *entries: Entry) -> None:
    about = LedgerImport(
        as_of=at.today(),
        file_name="ledger.csv",
        file_sha256="0" * 64,
        coverage=Coverage(complete_since=date(2020, 1, 1), tells=frozenset({"order"})),
        entries=len(entries),
        customers=1,
        loaded_by="otto",
    )
    at.casebook.ledgers.load(entries, lambda: Loaded(about, set()))


def told(at: House) -> list[tuple[str, str, str]]:
    waiting = [message.payload for message in at.casebook.outbox.waiting() if message.kind == "notice"]
    return [(one["about"], one["day"], one["amount"]) for one in waiting]


def test_the_limit_of_a_dormant_customer_is_withdrawn_once_and_told(at: House, customer: Customer) -> None:
    assert standing_of(at, customer).in_force == 150_000
    swept = sweep_limits(at)
    assert (swept.dormant, swept.changed, sweep_limits(at).dormant) == (1, 1, 0)
    stands = standing_of(at, customer)
    assert (stands.limit, stands.in_force) == (Decimal(150_000), Decimal(0))
    assert [reason.code for reason in stands.reasons] == [StandingCode.DORMANT]
    assert stands.reasons[0].text.en == (f"dormant: no invoice or order since {LAST}; last limit 150,000.00 GBP (L1)")
    assert stands.reasons[0].text.zh == f"休眠客户：自 {LAST} 起无开票或下单；原额度 150,000.00 GBP（L1）"
    assert told(at) == [("limit_changed", str(at.today()), "0.00 GBP")]
    (change,) = at.casebook.limit_changes.of([customer.company_key])[customer.company_key]
    assert (change.asked_by, change.granted) == ("system", Decimal(150_000))
    assert at.casebook.history.of(customer.last_case)[-1].actor == "system"


def test_who_may_decide_gives_it_back_and_it_stays_given(at: House, customer: Customer, clock: HandClock) -> None:
    sweep_limits(at)
    with pytest.raises(NotAllowed, match="You may not lift a cut"):
        end_change(at, "L1", person(at, "lena"))
    end_change(at, "L1", person(at, "mira"))
    assert standing_of(at, customer).in_force == 150_000
    clock.forward(DAY)
    assert sweep_limits(at).dormant == 0
    # It bought again, and is dormant anew a year after that.
    bought = at.today()
    clock.forward(366 * DAY)
    load(at, item("2", "5", str(bought), str(bought), customer="10023", currency="GBP"))
    assert sweep_limits(at).dormant == 1


def test_who_has_ordered_since_the_ledger_is_not_dormant(at: House, customer: Customer) -> None:
    at.rates = RateTable([Rate(currency="GBP", to="USD", on=date(2026, 1, 1), per_unit=Decimal("1.25"))])
    order = OrderAsked(order="SO-1", amount=Decimal(5_000), currency="GBP", deliver_on=at.today())
    assert check_order(at, customer.company_key, order, person(at, "mira")).check.result == "free"
    assert len(at.casebook.orders.taken(customer.company_key)) == 1
    assert sweep_limits(at).dormant == 0


def test_without_the_rule_nothing_is_withdrawn(at: House, customer: Customer, monkeypatch: pytest.MonkeyPatch) -> None:
    policy = at.policy_in_force()
    without = policy.model_copy(update={"customers": policy.customers.model_copy(update={"dormant_months": None})})
    monkeypatch.setattr(at, "policy_in_force", lambda: without)
    assert sweep_limits(at).dormant == 0
    assert standing_of(at, customer).in_force == 150_000
