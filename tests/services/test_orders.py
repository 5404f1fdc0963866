"""From an order to its delivery: checked, blocked, released by whoever may, and not blocked again."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from admission.cases import Customer
from admission.customers.ledger.imports import LedgerImport
from admission.customers.ledger.records import Coverage, Entry
from admission.customers.orders.asked import OrderAsked
from admission.customers.orders.blocks import Settled
from admission.errors import BadInput, Conflict, NotAllowed, NotFound
from admission.money import Rate, RateTable
from admission.people import Person
from admission.policy.order_rules import OrderRules
from casebook.customer_files import Settling
from casebook.ledgers import Loaded
from casebook.orders import Checked
from services import customer_files
from services.orders import blocked_orders, check_order, drop_order, refuse_order, release_order
from tests.admission.customers.orders.build import open_order
from tests.casebook.build import HandClock
from tests.desk.conftest import PASSWORD
from tests.services import test_customer_files as customers
from tests.services.test_customer_files import NOW, admitted, person
from wiring import House

TODAY = NOW.date()
DAY = timedelta(days=1)
at, clock = customers.at, customers.clock


@pytest.fixture
def one(at: House) -> Customer:
    """A customer whose conditions are settled and who owes nothing; a program asks about its orders."""
    made = admitted(at)
    for item in at.casebook.cases.conditions(made.last_case):
        customer_files.settle_condition(at, made.company_key, item.id, Settling("met", "seen"), person(at, "lena"))
    program = Person(username="erp", name="Order entry", department="credit", service=True)
    at.casebook.people.add(program, PASSWORD)
    # Of the currencies of limit and house.
    at.rates = RateTable([Rate(currency="GBP", to="USD", on=date(2026, 1, 1), per_unit=Decimal("1.2337"))])
    load(at)
    at.casebook.ledgers.set_accounts({"10023": made.company_key}, "otto")
    return made


def load(at: House, *entries: Entry, day: date = TODAY) -> None:
    about = LedgerImport(
        as_of=day,
        file_name="ledger.csv",
        file_sha256="0" * 64,
        coverage=Coverage(complete_since=date(2020, 1, 1), tells=frozenset({"order"})),
        entries=max(1, len(entries)),
        customers=1,
        loaded_by="otto",
    )
    at.casebook.ledgers.load(entries, lambda: Loaded(about, set()))


def ask(at: House, one: Customer, amount: Decimal | int, order: str = "SO-1", who: str = "erp", **more: Any) -> Checked:
    asked = {"order": order, "amount": amount, "currency": one.currency, "deliver_on": TODAY + 5 * DAY, **more}
    return check_order(at, one.company_key, OrderAsked.model_validate(asked), person(at, who))


def settled(one: Customer, **changes: Any) -> Settled:
    given = {"because": "paid by bank", "ceiling": one.limit * 2, "currency": one.currency, "until": TODAY + 9 * DAY}
    return Settled.model_validate({**given, **changes})


def test_an_order_within_the_limit_is_free_and_the_next_document_of_a_released_one_too(
    at: House, one: Customer
) -> None:
    assert ask(at, one, one.limit).block is None
    assert ask(at, one, 1, "SO-2").block == "O1"
    release_order(at, "O1", settled(one, ceiling=Decimal(2)), person(at, "feng"))
    again = ask(at, one, 2, "SO-2")
    assert (again.block, again.check.result, [str(reason.code) for reason in again.check.waived]) == (
        None,
        "free",
        ["over_limit"],
    )
    assert ask(at, one, 3, "SO-2").check.codes == ("release_exceeded", "over_limit")
    assert [block.id for block in blocked_orders(at, person(at, "lena"), state="open")] == ["O2"]
    assert refuse_order(at, "O2", "too much", person(at, "feng")).state == "refused"


def test_a_cancelled_order_gives_its_headroom_back(at: House, one: Customer) -> None:
    ask(at, one, one.limit)
    assert drop_order(at, one.company_key, "SO-1", person(at, "erp"))
    assert ask(at, one, one.limit, "SO-2").block is None


def test_what_the_ledger_tells_later_takes_the_place_of_the_check(at: House, one: Customer, clock: HandClock) -> None:
    ask(at, one, one.limit)
    clock.forward(DAY)
    load(at, open_order("SO-1", one.limit / 2, customer="10023", entered_on=TODAY), day=TODAY + DAY)
    assert ask(at, one, one.limit / 2, "SO-2").check.figures.headroom == 0


def test_a_release_is_for_who_has_the_mandate_the_power_and_no_part_in_it(
    at: House, one: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(at, one, one.limit * 2)
    for username in ("erp", "otto", "sam", "ada"):
        with pytest.raises(NotAllowed):
            release_order(at, "O1", settled(one), person(at, username))
    policy = at.policy_in_force()
    feng = person(at, "feng")
    role = next(role for role in feng.roles if role in policy.mandates.release_order.roles)
    rules = policy.customers.model_copy(update={"orders": OrderRules(release_powers={role: Decimal(1)})})
    with monkeypatch.context() as patch:
        patch.setattr(at, "policy_in_force", lambda: policy.model_copy(update={"customers": rules}))
        with pytest.raises(NotAllowed, match=r"You may release orders up to 1\.00"):
            release_order(at, "O1", settled(one), feng)
    assert at.casebook.history.of(one.last_case)[-1].act == "order.denied"
    assert release_order(at, "O1", settled(one), feng).state == "released"
    with pytest.raises(Conflict):
        release_order(at, "O1", settled(one), feng)


@pytest.mark.parametrize(
    "changes",
    [
        {"because": " "},
        {"ceiling": Decimal(1)},
        {"until": TODAY - DAY},
        {"until": TODAY + 367 * DAY},
        {"currency": "XPF"},
    ],
    ids=str,
)
def test_a_release_says_why_up_to_what_and_until_when(at: House, one: Customer, changes: dict[str, Any]) -> None:
    ask(at, one, one.limit * 2)
    with pytest.raises(BadInput):
        release_order(at, "O1", settled(one, **changes), person(at, "feng"))
    assert at.casebook.orders.block("O1").state == "open"


@pytest.mark.parametrize(
    "more",
    [
        {"deliver_on": TODAY - 367 * DAY},
        {"deliver_on": TODAY + 1099 * DAY},
        {"reserve_until": TODAY - DAY},
        {"reserve_until": TODAY + 367 * DAY},
    ],
    ids=str,
)
def test_days_that_cannot_be_are_refused(at: House, one: Customer, more: dict[str, Any]) -> None:
    with pytest.raises(BadInput):
        ask(at, one, 1, **more)
    assert at.casebook.orders.taken(one.company_key) == ()


def test_only_who_sees_the_customer_and_has_the_mandate_asks(at: House, one: Customer) -> None:
    for username in ("sam",):
        with pytest.raises(NotAllowed):
            ask(at, one, 1, who=username)
    with pytest.raises(NotFound):
        check_order(
            at,
            "uk:none",
            OrderAsked(order="1", amount=Decimal(1), currency="GBP", deliver_on=TODAY),
            person(at, "erp"),
        )


def test_a_hold_stops_what_was_released_before_it(at: House, one: Customer) -> None:
    ask(at, one, one.limit * 2)
    release_order(at, "O1", settled(one), person(at, "feng"))
    assert ask(at, one, one.limit * 2).block is None
    customer_files.hold(at, one.company_key, "bounced cheque", None, person(at, "otto"))
    assert ask(at, one, one.limit * 2).check.codes == ("held",)
