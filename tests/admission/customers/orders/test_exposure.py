"""An order counts once: as it was checked, until a ledger of a later day tells of it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admission.customers.ledger.records import Coverage, Entry
from admission.customers.orders.exposure import ahead
from tests.admission.customers.orders.build import EXCHANGE, open_order, rules, taken, told
from tests.admission.customers.standing.build import DAY, KEY, TODAY

YESTERDAY = TODAY - DAY
BEFORE = TODAY - 3 * DAY
NO_ORDERS = Coverage(tells=frozenset())
ORDERS = rules().orders


def coming(entries: tuple[Entry, ...], earlier: tuple[Any, ...], **ledger: Any) -> tuple[Any, Any]:
    found = ahead(told(*entries, **ledger), earlier, "SO-1", ORDERS, EXCHANGE)
    return found.orders, found.taken


A = open_order("A", 100)
CASES: dict[str, tuple[tuple[Any, Any], tuple[int, int]]] = {
    "in no ledger yet": (coming((), (taken("A", 100),)), (0, 100)),
    "checked on the day of the ledger, which may not have it": (coming((A,), (taken("A", 120),)), (0, 120)),
    "made smaller since the ledger": (coming((A,), (taken("A", 80),)), (0, 80)),
    "a later ledger tells of it": (coming((A,), (taken("A", 120, checked_on=BEFORE),)), (100, 0)),
    "a later ledger has it in a stage that does not count": (
        coming((open_order("A", 100, "entered"),), (taken("A", 120, checked_on=BEFORE),)),
        (0, 120),
    ),
    "a later ledger has it for a day beyond the horizon, and it was checked for one within": (
        coming((open_order("A", 100, ship_on=TODAY + 99 * DAY),), (taken("A", 120, checked_on=BEFORE),)),
        (0, 120),
    ),
    "a later ledger does not have it: it was invoiced, or dropped": (
        coming((), (taken("A", 120, checked_on=BEFORE),)),
        (0, 0),
    ),
    "a later ledger tells no orders, and it is not delivered yet": (
        coming((), (taken("A", 120, checked_on=BEFORE),), coverage=NO_ORDERS),
        (0, 120),
    ),
    "a later ledger tells no orders, and it was delivered before": (
        coming((), (taken("A", 120, checked_on=BEFORE, deliver_on=YESTERDAY),), coverage=NO_ORDERS),
        (0, 0),
    ),
    "an older ledger says nothing of it, a month after delivery": (
        coming((), (taken("A", 120, checked_on=YESTERDAY, deliver_on=TODAY - 30 * DAY),), as_of=BEFORE),
        (0, 120),
    ),
    "delivered longer ago than orders are kept": (
        coming((), (taken("A", 9, checked_on=TODAY - 31 * DAY, deliver_on=TODAY - 31 * DAY),), as_of=TODAY - 33 * DAY),
        (0, 0),
    ),
    "for a day beyond the horizon": (coming((), (taken("A", 120, deliver_on=TODAY + 91 * DAY),)), (0, 0)),
    "reserved, whatever the ledger tells": (
        coming((A,), (taken("A", 120, checked_on=BEFORE, until=TODAY),)),
        (0, 120),
    ),
    "reserved, and the ledger has more": (
        coming((open_order("A", 200),), (taken("A", 120, checked_on=BEFORE, until=TODAY),)),
        (0, 200),
    ),
    "its reservation is over": (coming((A,), (taken("A", 120, checked_on=BEFORE, until=YESTERDAY),)), (100, 0)),
    "lines of one order": (coming((A, open_order("A", 50, line="2")), ()), (150, 0)),
    "two orders": (coming((A, open_order("B", 50)), (taken("B", 60), taken("C", 5))), (100, 65)),
}


@pytest.mark.parametrize("name", CASES)
def test_an_order_counts_once(name: str) -> None:
    found, expected = CASES[name]
    assert found == expected


def test_of_a_company_with_several_customer_numbers_orders_keep_their_own_ids() -> None:
    entries = open_order("10023 A", 100), open_order("10024 B", 50)
    ledger = told(*entries, numbers=("10023", "10024"))
    assert ledger.named == {"A", "B"}
    found = ahead(ledger, [taken("A", 120), taken("B", 60)], "SO-1", ORDERS, EXCHANGE)
    assert found == (Decimal(0), Decimal(180))


def test_an_order_of_one_number_keeps_what_looks_like_another_number() -> None:
    assert told(open_order(f"{KEY} A", 100), numbers=(KEY,)).named == {f"{KEY} A"}


@given(
    st.lists(st.tuples(st.sampled_from("AB"), st.integers(1, 99), st.integers(-40, 0), st.integers(-40, 100))),
    st.integers(-36, 0),
    st.booleans(),
)
def test_what_is_in_no_ledger_yet_counts_until_its_days_are_over(
    wanted: list[tuple[str, int, int, int]], age: int, tells: bool
) -> None:
    as_of = TODAY + age * DAY
    coverage = Coverage(tells=frozenset({"order"} if tells else ()))
    last = {
        name: taken(name, amount, checked_on=TODAY + on * DAY, deliver_on=TODAY + to * DAY)
        for name, amount, on, to in wanted
    }
    found = ahead(told(as_of=as_of, coverage=coverage), last.values(), "SO-1", ORDERS, EXCHANGE)
    fresh = [one for one in last.values() if one.checked_on >= as_of and TODAY <= one.deliver_on <= TODAY + 90 * DAY]
    assert isinstance(found.taken, Decimal)
    assert found.taken >= sum(one.amount for one in fresh)
    assert found.taken <= sum(one.amount for one in last.values())
