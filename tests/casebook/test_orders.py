"""Orders in the casebook: each counts once, no two take the same headroom, a blocked one is one small case."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from admission.cases import Case
from admission.customers.orders.asked import OnRecord, OrderAsked
from admission.customers.orders.blocks import Settled
from admission.customers.orders.check import OrderCheck
from admission.errors import Conflict, NotAllowed, NotFound
from casebook import Casebook
from casebook.orders import Checked
from tests.admission.customers.orders.build import asked as an_order
from tests.admission.customers.orders.build import checked
from tests.casebook.proof.test_verification import found
from tests.casebook.test_erasures import PERSON, RULE, concluded
from tests.casebook.test_races import at_once

RunSql = Callable[[str], list[Any]]
TODAY = date(2026, 12, 1)
RELEASE = Settled(because=f"{PERSON} has paid", ceiling=Decimal(70_000), currency="GBP", until=date(2026, 12, 20))


@pytest.fixture
def one(casebook: Casebook) -> Case:
    return concluded(casebook, "One Ltd", admitted=True, body=b"1")


def judge(this: OrderAsked) -> Callable[[OnRecord], OrderCheck]:
    """Hold an order against a limit of 50,000 GBP, of a customer who owes nothing."""
    return lambda record: checked(this, earlier=record.taken, let_through=record.release)


def ask(book: Casebook, one: Case, amount: int | str, order: str = "SO-1", **more: Any) -> Checked:
    this = an_order(amount, order, **more)
    return book.orders.check(one.company_key, this, "bea", judge(this))


def taken(book: Casebook, one: Case) -> dict[str, Decimal]:
    return {item.order: item.amount for item in book.orders.taken(one.company_key)}


def test_an_order_that_is_asked_for_twice_counts_once(casebook: Casebook, one: Case) -> None:
    assert [ask(casebook, one, amount).block for amount in (30_000, 30_000, 45_000)] == [None] * 3
    assert taken(casebook, one) == {"SO-1": 45_000}
    assert ask(casebook, one, 5_000, "SO-2").check.figures.headroom == 0
    assert casebook.orders.drop(one.company_key, "SO-1", "bea")
    assert not casebook.orders.drop(one.company_key, "SO-1", "bea")
    assert taken(casebook, one) == {"SO-2": 5_000}


def test_orders_at_the_same_moment_never_take_more_than_the_headroom(casebook: Casebook, one: Case) -> None:
    made = at_once(lambda number: ask(casebook, one, 20_000, f"SO-{number}"))
    assert sorted(item.check.result for item in made) == ["blocked"] * 18 + ["free"] * 2
    assert sum(taken(casebook, one).values()) == 40_000
    assert len(casebook.orders.blocks(state="open")) == 18
    assert found(casebook) == []


def test_the_same_order_at_the_same_moment_counts_once(casebook: Casebook, one: Case) -> None:
    made = at_once(lambda _: ask(casebook, one, 50_000))
    assert {item.check.result for item in made} == {"free"}
    assert taken(casebook, one) == {"SO-1": 50_000}


def test_a_blocked_order_is_one_small_case(casebook: Casebook, one: Case) -> None:
    names = [ask(casebook, one, amount).block for amount in (60_000, 60_000, 65_000)]
    assert names == ["O1"] * 3
    (block,) = casebook.orders.blocks()
    assert (block.state, block.check.codes) == ("open", ("over_limit",))
    assert block.check.asked.amount == 65_000
    assert [event.act for event in casebook.history.of(one.reference)].count("order.blocked") == 2
    assert taken(casebook, one) == {}
    assert found(casebook) == []


def test_what_is_released_goes_through_up_to_its_ceiling(casebook: Casebook, one: Case) -> None:
    ask(casebook, one, 60_000)
    block = casebook.orders.release("O1", RELEASE, "cy", TODAY)
    assert block.release is not None
    assert (block.state, block.release.by, block.because) == ("released", "cy", RELEASE.because)
    assert taken(casebook, one) == {"SO-1": 60_000}
    again = ask(casebook, one, 70_000)
    assert (again.check.result, again.block, [reason.code for reason in again.check.waived]) == (
        "free",
        None,
        ["over_limit"],
    )
    assert ask(casebook, one, "70000.01").block == "O2"
    assert [item.id for item in casebook.orders.blocks(state="open")] == ["O2"]
    # What is inside the release goes on, whatever comes of the rest.
    assert ask(casebook, one, 70_000).block is None
    casebook.orders.refuse("O2", "no more than that", "cy", TODAY)
    assert ask(casebook, one, 65_000).block is None
    with pytest.raises(Conflict):
        casebook.orders.refuse("O1", "no", "cy", TODAY)
    assert found(casebook) == []


def test_what_is_refused_is_a_new_case_when_it_is_asked_for_again(casebook: Casebook, one: Case) -> None:
    ask(casebook, one, 60_000)
    assert casebook.orders.refuse("O1", "too much", "cy", TODAY).state == "refused"
    assert ask(casebook, one, 60_000).block == "O2"
    assert casebook.orders.block("O1").because == "too much"


@pytest.mark.parametrize("who", ["bea", "ana"])
def test_nobody_releases_their_own_order_or_customer(casebook: Casebook, one: Case, who: str) -> None:
    ask(casebook, one, 60_000)
    assert who in ("bea", casebook.cases.get(one.reference).requester)
    with pytest.raises(NotAllowed):
        casebook.orders.release("O1", RELEASE, who, TODAY)
    assert casebook.orders.block("O1").state == "open"


def test_a_reservation_takes_headroom_until_its_day_and_is_in_the_chain(casebook: Casebook, one: Case) -> None:
    until = TODAY + timedelta(days=9)
    assert ask(casebook, one, 30_000, reserve_until=until).block is None
    assert [item.until for item in casebook.orders.taken(one.company_key)] == [until]
    assert ask(casebook, one, 20_001, "SO-2").block == "O1"
    ask(casebook, one, 20_000, reserve_until=until)
    assert taken(casebook, one) == {"SO-1": 20_000}
    assert casebook.orders.drop(one.company_key, "SO-1", "bea")
    assert taken(casebook, one) == {}
    acts = [event.act for event in casebook.history.of(one.reference) if event.act.startswith("order.re")]
    assert acts == ["order.reserved", "order.reservation_ended", "order.reserved", "order.reservation_ended"]
    assert found(casebook) == []


def test_free_checks_are_forgotten_once_they_take_nothing(casebook: Casebook, one: Case) -> None:
    ask(casebook, one, 10, "SO-1", deliver_on=TODAY)
    ask(casebook, one, 20, "SO-2", deliver_on=TODAY + timedelta(days=1))
    assert casebook.orders.forget(TODAY) == 0
    assert casebook.orders.forget(TODAY + timedelta(days=1)) == 1
    assert taken(casebook, one) == {"SO-2": 20}
    assert found(casebook) == []


def test_a_company_that_is_no_customer_has_no_orders(casebook: Casebook) -> None:
    with pytest.raises(NotFound):
        casebook.orders.check("uk:none", an_order(), "bea", judge(an_order()))
    with pytest.raises(NotFound):
        casebook.orders.block("O1")
    with pytest.raises(NotFound):
        casebook.orders.block("S1")


CHANGES = (
    "UPDATE order_blocks SET order_id = 'x'",
    "UPDATE order_blocks SET ceiling = '999999' WHERE state = 'released'",
    "UPDATE order_blocks SET state = 'open' WHERE state = 'released'",
    "DELETE FROM order_blocks",
    "UPDATE order_reservations SET amount = '1'",
    "UPDATE order_reservations SET ended_on = NULL WHERE ended_on IS NOT NULL",
    "DELETE FROM order_reservations",
)


@pytest.mark.parametrize("statement", CHANGES)
def test_the_database_refuses_changes(casebook: Casebook, one: Case, run_sql: RunSql, statement: str) -> None:
    ask(casebook, one, 1, "SO-2", reserve_until=TODAY)
    ask(casebook, one, 60_000)
    casebook.orders.release("O1", RELEASE, "cy", TODAY)
    casebook.orders.drop(one.company_key, "SO-2", "bea")
    with pytest.raises(sa.exc.DBAPIError, match=r"never removed|casebook"):
        run_sql(statement)
    assert found(casebook) == []


def test_an_open_block_that_somebody_releases_in_the_database_is_noticed(
    casebook: Casebook, one: Case, run_sql: RunSql
) -> None:
    ask(casebook, one, 60_000)
    run_sql("UPDATE order_blocks SET state = 'released', settled_by = 'cy', ceiling = '1', currency = 'GBP'")
    assert found(casebook) != []


def test_the_database_refuses_the_same_person_for_both_signatures(
    casebook: Casebook, one: Case, run_sql: RunSql
) -> None:
    ask(casebook, one, 60_000)
    with pytest.raises(sa.exc.DBAPIError, match="two_people"):
        run_sql("UPDATE order_blocks SET settled_by = 'bea'")


def test_orders_of_an_erased_company_are_told_no_more(casebook: Casebook, one: Case, run_sql: RunSql) -> None:
    ask(casebook, one, 60_000)
    casebook.orders.release("O1", RELEASE, "cy", TODAY)
    assert PERSON in casebook.orders.block("O1").because
    named = {(item.where, item.field) for item in casebook.person_search.of(PERSON)}
    assert ("order_blocks", "") in named
    run_sql(f"UPDATE customers SET active = (1 = 0) WHERE last_case = '{one.reference}'")
    casebook.erasures.erase_personal(one.reference, RULE)
    assert casebook.orders.blocks() == []
    assert list(casebook.person_search.of(PERSON)) == []
