"""An order is free where all that the policy asks for is known and fits; else all that stands against it is told."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admission.customers.orders.asked import OnRecord
from admission.customers.orders.check import BlockCode, CustomerNow, OrderCheck, check
from admission.customers.orders.exposure import owed
from admission.customers.standing.in_force import OnFile, standing
from admission.money import Exchange, Rate, RateTable
from tests.admission.customers.orders.build import (
    EXCHANGE,
    accounts,
    asked,
    checked,
    credit,
    file,
    invoice,
    open_order,
    release,
    rules,
    taken,
    told,
)
from tests.admission.customers.standing.build import (
    DAY,
    TODAY,
    condition,
    customer,
    hold,
    security,
)

C = BlockCode
LATE = told(invoice("1", 1_000, TODAY - 40 * DAY))
SECURED = OnFile(
    customer=customer(), open_limit=Decimal(0), securities=(security(50_000, valid_until=TODAY + 3 * DAY),)
)
ENDED = OnFile(customer=customer(active=False), open_limit=Decimal(50_000))
OVERDUE_REVIEW = OnFile(customer=customer(next_review_on=TODAY - 61 * DAY), open_limit=Decimal(50_000))

GOLDEN: dict[str, tuple[OrderCheck, tuple[BlockCode, ...], int | None]] = {
    "nothing owed": (checked(), (), 40_000),
    "to the last penny": (checked(asked(50_000)), (), 0),
    "a penny above": (checked(asked("50000.01")), (C.OVER_LIMIT,), None),
    "with what is owed": (checked(ledger=told(invoice("1", 40_000))), (), 0),
    "above with what is owed": (checked(ledger=told(invoice("1", "40000.01"))), (C.OVER_LIMIT,), None),
    "credits are taken off": (checked(asked(60_000), ledger=told(credit("1", 10_000))), (), 0),
    "an open order counts": (checked(asked(30_000), ledger=told(open_order("A", 20_000))), (), 0),
    "an order that is entered only does not": (
        checked(asked(50_000), ledger=told(open_order("A", 9, "entered"))),
        (),
        0,
    ),
    "nor one that ships after the horizon": (
        checked(asked(50_000), ledger=told(open_order("A", 9, ship_on=TODAY + 91 * DAY))),
        (),
        0,
    ),
    "one that ships on its last day does": (
        checked(asked(49_991), ledger=told(open_order("A", 9, ship_on=TODAY + 90 * DAY))),
        (),
        0,
    ),
    "the order itself is not counted twice": (checked(asked(50_000), ledger=told(open_order("SO-1", 50_000))), (), 0),
    "nor what it took before": (checked(asked(50_000), earlier=[taken("SO-1", 50_000)]), (), 0),
    "another order has taken some": (checked(asked(30_000), earlier=[taken("SO-2", 20_000)]), (), 0),
    "another has taken too much": (checked(asked(30_001), earlier=[taken("SO-2", 20_000)]), (C.OVER_LIMIT,), None),
    "in another currency": (checked(asked(62_500, currency="EUR")), (), 0),
    "in a currency without a rate": (checked(asked(currency="USD")), (C.UNKNOWN,), None),
    "another order in a currency without a rate": (
        checked(earlier=[taken("SO-2", 1, currency="USD")]),
        (C.UNKNOWN,),
        None,
    ),
    "no ledger": (checked(ledger=owed(None, rules().orders, EXCHANGE)), (C.UNKNOWN,), None),
    "a ledger that is old": (checked(ledger=told(invoice("1", 5), as_of=TODAY - 37 * DAY)), (C.UNKNOWN,), None),
    "a ledger of 36 days ago": (checked(ledger=told(as_of=TODAY - 36 * DAY)), (), 40_000),
    "rows were left out": (checked(ledger=told(invoice("1", 5), whole=False)), (C.UNKNOWN,), None),
    "nobody said which account": (checked(ledger=told(said=(), numbers=())), (C.UNKNOWN,), None),
    "whose account nobody named, where that owes nothing": (
        checked(ledger=told(by=rules(without_account="owes_nothing"), said=(), numbers=())),
        (),
        40_000,
    ),
    "an invoice without a rate": (checked(ledger=told(invoice("1", 5, currency="USD"))), (C.UNKNOWN,), None),
    "on hold": (checked(on_file=file(holds=(hold(),))), (C.OVER_LIMIT, C.HELD), None),
    "on hold and paid beforehand": (
        checked(asked(10), on_file=file(holds=(hold(),)), ledger=told(credit("1", 500))),
        (C.HELD,),
        490,
    ),
    "a condition is open": (checked(on_file=file(conditions=(condition(),))), (C.OVER_LIMIT, C.CONDITION), None),
    "a condition is open, and it is paid beforehand": (
        checked(asked(10), on_file=file(conditions=(condition(),)), ledger=told(credit("1", 500))),
        (),
        490,
    ),
    "no customer any more": (checked(on_file=ENDED), (C.OVER_LIMIT, C.ENDED), None),
    "the review is overdue": (checked(on_file=OVERDUE_REVIEW), (C.OVER_LIMIT, C.REVIEW_EXPIRED), None),
    "security missing": (
        checked(on_file=OnFile(customer=customer(), open_limit=Decimal(9_000))),
        (C.OVER_LIMIT, C.SECURITY_SHORT),
        None,
    ),
    "security ends before delivery": (checked(on_file=SECURED), (C.OVER_LIMIT,), None),
    "security ends after delivery": (checked(asked(deliver_on=TODAY + 3 * DAY), on_file=SECURED), (), 40_000),
    "terms as granted": (checked(asked(terms_days=30)), (), 40_000),
    "longer terms": (checked(asked(terms_days=31)), (C.TERMS,), 40_000),
    "a large order": (checked(asked(10_001), by=rules(most_amount=10_000)), (C.AMOUNT,), 39_999),
    "an order as large as may be": (checked(asked(10_000), by=rules(most_amount=10_000)), (), 40_000),
    "40 days late": (checked(ledger=LATE), (C.OLDEST_OVERDUE,), 39_000),
    "30 days late": (checked(ledger=told(invoice("1", 1_000, TODAY - 30 * DAY))), (), 39_000),
    "late and contested": (
        checked(ledger=told(invoice("1", 1_000, TODAY - 40 * DAY, disputed=1_000))),
        (),
        39_000,
    ),
    "late, where no rule asks": (checked(ledger=LATE, by=rules(oldest_overdue_days=None)), (), 39_000),
    "a large part is late": (
        checked(
            ledger=told(invoice("1", 600, TODAY - 11 * DAY), invoice("2", 400), by=rules(overdue_share="0.5")),
            by=rules(overdue_share="0.5"),
        ),
        (C.OVERDUE_SHARE,),
        39_000,
    ),
    "a large part is late within the tolerance": (
        checked(
            ledger=told(invoice("1", 600, TODAY - 10 * DAY), invoice("2", 400), by=rules(overdue_share="0.5")),
            by=rules(overdue_share="0.5"),
        ),
        (),
        39_000,
    ),
    "dunned": (
        checked(ledger=told(invoice("1", 1_000, TODAY - 2 * DAY, dunning=3)), by=rules(dunning_level=3)),
        (C.DUNNING,),
        39_000,
    ),
    "dunned less": (
        checked(ledger=told(invoice("1", 1_000, TODAY - 2 * DAY, dunning=2)), by=rules(dunning_level=3)),
        (),
        39_000,
    ),
    "a ledger without dunning levels": (
        checked(
            ledger=told(invoice("1", 1_000), coverage=accounts().of.coverage.model_copy(update={"tells": {"order"}})),
            by=rules(dunning_level=3),
        ),
        (C.UNKNOWN,),
        39_000,
    ),
    "released": (checked(asked(70_000), let_through=release()), (), -20_000),
    "released, and above the ceiling": (
        checked(asked("80000.01"), let_through=release()),
        (C.RELEASE_EXCEEDED, C.OVER_LIMIT),
        None,
    ),
    "released, and its last day is over": (
        checked(asked(70_000), let_through=release(until=TODAY - DAY)),
        (C.RELEASE_EXCEEDED, C.OVER_LIMIT),
        None,
    ),
    "released in another currency": (
        checked(asked(70_000), let_through=release(ceiling=87_500, currency="EUR")),
        (),
        -20_000,
    ),
    "released with a hold that was known": (
        checked(asked(70_000), on_file=file(holds=(hold(),)), let_through=release(holds=("H-1",))),
        (),
        -70_000,
    ),
    "released, and put on hold later": (
        checked(asked(70_000), on_file=file(holds=(hold(),)), let_through=release()),
        (C.HELD,),
        -70_000,
    ),
    "released, and no customer any more": (
        checked(asked(70_000), on_file=ENDED, let_through=release()),
        (C.ENDED,),
        -70_000,
    ),
    "released though nobody could tell": (
        checked(ledger=owed(None, rules().orders, EXCHANGE), let_through=release()),
        (),
        None,
    ),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_each_order_is_free_or_blocked_with_all_reasons(name: str) -> None:
    found, codes, headroom = GOLDEN[name]
    assert tuple(BlockCode(code) for code in found.codes) == codes
    assert found.result == ("blocked" if codes else "free")
    if headroom is not None:
        assert found.figures.headroom == headroom
    for reason in found.reasons:
        assert reason.text.en.strip()
        assert reason.text.zh.strip()


@given(st.decimals(min_value="0.000001", max_value=100_000, places=6), st.lists(st.integers(1, 9999), min_size=1))
def test_what_fits_in_the_currency_of_the_limit_fits_at_any_rate(per_unit: Decimal, cents: list[int]) -> None:
    """Limit, ledger and order are in pounds, the house reckons in dollars: nothing is lost or won on the way."""
    open_items = [Decimal(number) / 100 for number in cents]
    whole = sum(open_items, Decimal(0))
    limit = whole + Decimal("10.01")
    for rate in (
        Rate(currency="GBP", to="USD", on=TODAY, per_unit=per_unit),
        Rate(currency="USD", to="GBP", on=TODAY, per_unit=per_unit),
    ):
        exchange = Exchange(RateTable([rate]), "USD", TODAY)
        holder = OnFile(customer=customer(limit=limit), open_limit=limit)
        ledger = accounts(*(invoice(str(place), amount) for place, amount in enumerate(open_items)))
        now = CustomerNow(holder, standing(holder, rules(), exchange), owed(ledger, rules().orders, exchange))
        assert check(asked("10.01"), now, OnRecord(), rules(), exchange).result == "free"


AMOUNTS = st.decimals(min_value="0.01", max_value=200_000, places=2)


@given(st.lists(st.tuples(st.sampled_from("abcde"), AMOUNTS), max_size=12))
def test_whatever_is_found_free_in_turn_never_takes_more_than_the_limit(wanted: list[tuple[str, Decimal]]) -> None:
    earlier: dict[str, Any] = {}
    for order, amount in wanted:
        found = checked(asked(amount, order), earlier=earlier.values())
        if found.result == "free":
            earlier[order] = taken(order, amount)
    assert sum((one.amount for one in earlier.values()), Decimal(0)) <= Decimal(50_000)


@given(AMOUNTS, AMOUNTS, AMOUNTS)
def test_less_is_free_wherever_more_is(amount: Decimal, more: Decimal, owed_amount: Decimal) -> None:
    ledger = told(invoice("1", owed_amount))
    if checked(asked(amount + more), ledger=ledger).result == "free":
        assert checked(asked(amount), ledger=ledger).result == "free"
    if checked(asked(amount), ledger=told(invoice("1", owed_amount + more))).result == "free":
        assert checked(asked(amount), ledger=ledger).result == "free"


@given(AMOUNTS, st.booleans(), st.booleans(), st.booleans())
def test_what_is_added_to_the_file_never_frees_an_order(amount: Decimal, held: bool, late: bool, opened: bool) -> None:
    on_file = file(holds=(hold(),) if held else (), conditions=(condition(),) if opened else ())
    ledger = told(*([invoice("1", 1, TODAY - 99 * DAY)] if late else []))
    worse = checked(asked(amount), on_file=on_file, ledger=ledger)
    if worse.result == "free":
        assert checked(asked(amount)).result == "free"
