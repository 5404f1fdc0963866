"""Limits rise by steps for who pays on time, and fall back: once each, told, without a person, and never at a guess."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from admission.assessment.record import Assessment, LimitBound
from admission.cases import Customer
from admission.customers.ledger.imports import LedgerImport
from admission.customers.ledger.records import Coverage, Entry, LedgerItem
from admission.customers.reviews import months_later
from admission.customers.standing.limit_changes import LimitChange
from admission.memo import labels
from admission.memo.customer_documents import customer_document
from admission.people import Person
from admission.policy import Caps
from admission.policy.customer_rules import CustomerRules
from admission.policy.earned_steps import EarnedSteps
from casebook.customer_files import Settling
from casebook.ledgers import Loaded
from services import earned_steps
from services.customer_files import hold, release, settle_condition
from services.customer_standing import file_and_standing, standing_of
from services.expiring import sweep_limits
from services.limit_changes import NewLimit, change_limit, confirm_raise, end_change
from tests.admission.customers.ledger.build import item
from tests.casebook.build import HandClock
from tests.desk.conftest import PASSWORD, PEOPLE, application, assessment, both
from tests.services.test_customer_files import NOW, admitted, person
from tests.services.test_dormant import told
from wiring import House, Settings

DAY = timedelta(days=1)
STEPS = EarnedSteps(invoices=3, step=Decimal("0.1"), most=Decimal("0.2"), rest_months=1, late_days=10)
RULES = CustomerRules(earned_steps=STEPS, review_grace_days=None, condition_days=366)


def under(house: House, monkeypatch: pytest.MonkeyPatch, rules: CustomerRules, caps: Caps | None = None) -> None:
    policy = house.policy_in_force().model_copy(update={"customers": rules})
    if caps is not None:
        policy = policy.model_copy(update={"appetite": policy.appetite.model_copy(update={"caps": caps})})
    monkeypatch.setattr(house, "policy_in_force", lambda: policy)


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
    under(house, monkeypatch, RULES)
    yield house
    acts = {event.act for event in house.casebook.history.tail(1000) if event.case is not None}
    assert acts - set(labels.ACTS) == set()
    assert house.casebook.audit.verify(house.casebook.keys.all(), (), lambda _: None).flaws == ()
    house.casebook.close()


def supporting(amount: int) -> Assessment:
    """An assessment whose figures support so much, where what was asked for bound the limit."""
    made = assessment()
    bounds = [("need", 150_000), ("net_worth", amount), ("turnover", 300_000)]
    found = tuple(LimitBound(name=name, amount=Decimal(one), reason=both("so", "如此")) for name, one in bounds)
    limit = made.limit.model_copy(update={"binding": "need", "bounds": found, "amount": Decimal(150_000)})
    return made.model_copy(update={"limit": limit})


def customer_with(at: House, clock: HandClock, amount: int = 300_000) -> Customer:
    """A customer who was granted the 150,000 GBP it asked for, 60 days ago."""
    asked = application()
    terms = asked.requested.model_copy(update={"limit": Decimal(150_000)})
    made = admitted(at, made=supporting(amount), asked=asked.model_copy(update={"requested": terms}))
    at.casebook.ledgers.set_accounts({"10023": made.company_key}, "otto")
    for condition in at.casebook.cases.conditions(made.last_case):
        settle_condition(at, made.company_key, condition.id, Settling("met", "seen"), person(at, "lena"))
    clock.forward(60 * DAY)
    return made


@pytest.fixture
def customer(at: House, clock: HandClock) -> Customer:
    return customer_with(at, clock)


def paid(at: House, number: int, ago: int, late: int = 0) -> LedgerItem:
    settled = at.today() - ago * DAY
    due = str(settled - late * DAY)
    return item(f"I{number}", "5", due, due, customer="10023", currency="GBP", settled=str(settled))


def load(at: House, *entries: Entry, since: date | None = date(2020, 1, 1)) -> None:
    about = LedgerImport(
        as_of=at.today(),
        file_name="ledger.csv",
        file_sha256="0" * 64,
        coverage=Coverage(complete_since=since),
        entries=len(entries),
        customers=1,
        loaded_by="otto",
    )
    at.casebook.ledgers.load(entries, lambda: Loaded(about, set()))


def changes(at: House, customer: Customer) -> list[LimitChange]:
    return at.casebook.limit_changes.of([customer.company_key]).get(customer.company_key, [])


def swept(at: House) -> tuple[int, int]:
    found = sweep_limits(at)
    return found.rose, found.fell


def limit_of(at: House, customer: Customer) -> Decimal:
    return standing_of(at, customer).in_force


def words(at: House, customer: Customer) -> str:
    file, stands = file_and_standing(at, customer)
    document = customer_document(file, stands, None, "en", earned_steps.steps_of(at, file, stands))
    text = document["earned_steps"]["text"]
    assert isinstance(text, str)
    return text


def test_three_invoices_on_time_are_a_step_which_is_made_once_and_told(at: House, customer: Customer) -> None:
    load(at, *(paid(at, number, 10) for number in range(2)))
    assert swept(at) == (0, 0)
    assert words(at, customer) == "next step, to 165,000.00 GBP, after 1 more invoice paid on time"
    load(at, *(paid(at, number, 10 - number) for number in range(3)))
    assert swept(at) == (1, 0)
    assert swept(at) == (0, 0)
    stands = standing_of(at, customer)
    assert (stands.limit, stands.in_force) == (Decimal(165_000), Decimal(165_000))
    (change,) = changes(at, customer)
    first, last = at.today() - 10 * DAY, at.today() - 8 * DAY
    assert (change.asked_by, change.state, change.valid_until, change.confirmed_by) == ("system", "open", None, None)
    assert change.reason.startswith(f"3 invoices paid, none more than 10 days late, from {first} to {last} · ")
    assert told(at) == [("limit_changed", str(at.today()), "165,000.00 GBP")]
    event = [one for one in at.casebook.history.of(customer.last_case) if one.act == "limit.step_earned"]
    assert [one.actor for one in event] == ["system"]
    assert words(at, customer) == "next step, to 180,000.00 GBP, after 3 more invoices paid on time"


def test_each_step_takes_the_place_of_the_one_before_up_to_the_most(
    at: House, customer: Customer, clock: HandClock
) -> None:
    paid_so_far: list[LedgerItem] = []
    for expected in (165_000, 180_000, 180_000):
        clock.forward(10 * DAY)
        paid_so_far += [paid(at, len(paid_so_far) + number, 1) for number in range(3)]
        load(at, *paid_so_far)
        sweep_limits(at)
        assert limit_of(at, customer) == expected
    first, second = changes(at, customer)
    assert (first.state, first.ended_by, second.state) == ("ended", None, "open")
    assert words(at, customer) == "no higher step is supported"


def test_lateness_takes_it_back_on_the_day_and_rests(at: House, customer: Customer, clock: HandClock) -> None:
    three = [paid(at, number, 10) for number in range(3)]
    load(at, *three)
    sweep_limits(at)
    clock.forward(10 * DAY)
    late = paid(at, 9, 0, late=11)
    load(at, *three, late)
    until = str(months_later(at.today(), 1))
    assert swept(at) == (0, 1)
    assert swept(at) == (0, 0)
    assert limit_of(at, customer) == 150_000
    assert told(at)[-1] == ("limit_changed", str(at.today()), "150,000.00 GBP")
    assert words(at, customer) == f"an invoice was more than 10 days late on {at.today()}: no step until {until}"
    ended = [one for one in at.casebook.history.of(customer.last_case) if one.act == "limit.step_ended"]
    assert [one.detail for one in ended] == [{"change": "L1", "why": "late"}]
    clock.forward(32 * DAY)
    again = [paid(at, 20 + number, 1) for number in range(3)]
    load(at, *three, late, *again[:2])
    assert swept(at) == (0, 0)
    load(at, *three, late, *again)
    assert swept(at) == (1, 0)
    assert limit_of(at, customer) == 165_000


def test_what_cannot_be_told_any_more_falls_back_and_returns_with_the_ledger(
    at: House, customer: Customer, clock: HandClock
) -> None:
    three = [paid(at, number, 10) for number in range(3)]
    load(at, *three)
    sweep_limits(at)
    clock.forward(37 * DAY)
    assert swept(at) == (0, 1)
    assert (limit_of(at, customer), words(at, customer)) == (Decimal(150_000), "the ledger is too old")
    load(at, *three)
    assert swept(at) == (1, 0)
    assert limit_of(at, customer) == 165_000


def test_people_bound_it_and_end_it(at: House, customer: Customer) -> None:
    three = [paid(at, number, 10) for number in range(3)]
    load(at, *three)
    hold(at, customer.company_key, "returned cheque", None, person(at, "mira"))
    assert swept(at) == (0, 0)
    assert words(at, customer) == "a hold is on file"
    release(at, customer.company_key, "H1", person(at, "feng"))
    assert swept(at) == (1, 0)
    end_change(at, "L1", person(at, "feng"))
    assert swept(at) == (0, 0)
    assert limit_of(at, customer) == 150_000


def test_a_raise_for_a_time_and_a_step_are_not_added_up(at: House, customer: Customer) -> None:
    load(at, *(paid(at, number, 10) for number in range(3)))
    sweep_limits(at)
    raised = NewLimit(Decimal(200_000), "season", valid_until=at.today() + 9 * DAY)
    confirm_raise(at, change_limit(at, customer.company_key, raised, person(at, "mira")).id, person(at, "feng"))
    assert limit_of(at, customer) == 200_000


def test_no_step_goes_beyond_what_the_assessment_supports(at: House, clock: HandClock) -> None:
    who = customer_with(at, clock, 155_000)
    load(at, *(paid(at, number, 10) for number in range(3)))
    assert swept(at) == (1, 0)
    assert limit_of(at, who) == 155_000


def test_no_step_passes_a_cap_of_the_policy(at: House, customer: Customer, monkeypatch: pytest.MonkeyPatch) -> None:
    load(at, *(paid(at, number, 10) for number in range(3)))
    # There is no rate from pounds to the currency of the house: what cannot be told is beyond the cap.
    under(at, monkeypatch, RULES, Caps(total=Decimal(10**9)))
    assert swept(at) == (0, 0)
    under(at, monkeypatch, RULES, Caps())
    assert swept(at) == (1, 0)
    under(at, monkeypatch, RULES, Caps(total=Decimal(1)))
    assert swept(at) == (0, 0)


def test_without_the_rule_nothing_is_earned_and_what_was_earned_ends(
    at: House, customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(at, *(paid(at, number, 10) for number in range(3)))
    sweep_limits(at)
    under(at, monkeypatch, RULES.model_copy(update={"earned_steps": None}))
    assert swept(at) == (0, 1)
    assert swept(at) == (0, 0)
    assert limit_of(at, customer) == 150_000
    file, stands = file_and_standing(at, customer)
    assert earned_steps.steps_of(at, file, stands) is None
    assert "earned_steps" not in customer_document(file, stands, None, "en")
