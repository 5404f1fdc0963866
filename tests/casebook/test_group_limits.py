"""Limits of groups in the casebook: two signatures, one at a time for a group, nothing is changed afterwards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from admission.cases import Customer
from admission.customers.orders.asked import OnRecord
from admission.customers.orders.check import CustomerNow, OrderCheck, check
from admission.customers.orders.sharing import GroupNow, Member, bounds_for
from admission.customers.standing.group_limits import GroupLimit
from admission.errors import Conflict, NotAllowed, NotFound
from casebook import Casebook
from casebook.orders import Checked
from tests.admission.customers.orders.build import EXCHANGE, file, rules, told
from tests.admission.customers.orders.build import asked as an_order
from tests.admission.customers.orders.test_sharing import limit
from tests.admission.customers.standing.build import stands
from tests.casebook.build import customer, opened
from tests.casebook.proof.test_verification import found
from tests.casebook.test_customers import settled
from tests.casebook.test_races import at_once

RunSql = Callable[[str], list[Any]]
TODAY = date(2026, 11, 2)
DAY = timedelta(days=1)
WAITS = {"confirmed_by": None, "confirmed_on": None, "valid_from": TODAY}
GROUP = "Example Group"


def member(
    book: Casebook, name: str, group: str | None = GROUP, requester: str = "ana", *, active: bool = True
) -> Customer:
    case = opened(book, name, requester)
    made = customer(case, active=active)
    return settled(
        book, case, made.model_copy(update={"application": case.application.model_copy(update={"group": group})})
    )


def proposed(book: Casebook, amount: int = 100_000, **changes: Any) -> GroupLimit:
    return book.group_limits.propose(limit(amount, **{**WAITS, "id": "", **changes}))


def test_a_limit_counts_once_a_second_person_confirmed_it(casebook: Casebook) -> None:
    member(casebook, "One Ltd")
    book = casebook.group_limits
    made = proposed(casebook, units={"UK01": 60_000})
    assert (made.id, made.state, book.get("G1"), book.of("EXAMPLE group")) == ("G1", "waits", made, (made,))
    for who, said in (("bo", "another person's"), ("ana", "asked for this customer")):
        with pytest.raises(NotAllowed, match=said):
            book.confirm("G1", who, TODAY)
    confirmed = book.confirm("G1", "cy", TODAY + DAY)
    assert confirmed == made.model_copy(update={"confirmed_by": "cy", "confirmed_on": TODAY + DAY})
    assert book.all() == (confirmed,)
    with pytest.raises(Conflict, match="G1 is confirmed or ended already"):
        book.confirm("G1", "max", TODAY)
    acts = [event.act for event in casebook.history.tail(100) if event.act.startswith("group_limit")]
    assert acts == ["group_limit.proposed", "group_limit.confirmed"]
    assert found(casebook) == []


def test_who_asked_for_a_customer_of_the_group_does_not_take_its_limit_away(casebook: Casebook) -> None:
    member(casebook, "One Ltd")
    proposed(casebook)
    casebook.group_limits.confirm("G1", "cy", TODAY)
    with pytest.raises(NotAllowed, match="decide on the limit of its group"):
        casebook.group_limits.end("G1", "ana", TODAY)
    ended = casebook.group_limits.end("G1", "cy", TODAY)
    assert (ended.state, ended) == ("ended", casebook.group_limits.get("G1"))
    with pytest.raises(Conflict, match="G1 is ended already"):
        casebook.group_limits.end("G1", "cy", TODAY)


def test_who_proposed_a_limit_takes_it_back_while_it_waits(casebook: Casebook) -> None:
    member(casebook, "One Ltd", requester="bo")
    proposed(casebook)
    assert casebook.group_limits.end("G1", "bo", TODAY).ended_by == "bo"
    with pytest.raises(Conflict):
        casebook.group_limits.confirm("G1", "cy", TODAY)
    proposed(casebook)
    casebook.group_limits.confirm("G2", "cy", TODAY)
    with pytest.raises(NotAllowed, match="decide on the limit of its group"):
        casebook.group_limits.end("G2", "bo", TODAY)


def test_an_older_proposal_is_not_confirmed_after_a_newer_one(casebook: Casebook) -> None:
    for amount in (500_000, 100_000):
        proposed(casebook, amount)
    proposed(casebook, 1, group="Others")
    casebook.group_limits.confirm("G2", "cy", TODAY)
    with pytest.raises(Conflict, match="newer limit"):
        casebook.group_limits.confirm("G1", "cy", TODAY)
    assert casebook.group_limits.confirm("G3", "cy", TODAY).state == "confirmed"


def test_what_is_over_is_not_confirmed(casebook: Casebook) -> None:
    proposed(casebook, valid_until=TODAY)
    with pytest.raises(Conflict, match="last day has passed"):
        casebook.group_limits.confirm("G1", "cy", TODAY + DAY)


def test_groups_are_those_of_active_customers_whatever_the_capitals(casebook: Casebook) -> None:
    one, two = member(casebook, "One Ltd"), member(casebook, "Two Ltd", "EXAMPLE GROUP")
    member(casebook, "Gone Ltd", active=False)
    member(casebook, "Alone Ltd", None)
    assert casebook.group_limits.members("example group") == tuple(sorted([one.company_key, two.company_key]))
    assert casebook.group_limits.groups() == {"example group": 2}


@pytest.mark.parametrize("name", ["G2", "G", "", "L1", "G1x"])
def test_a_limit_that_is_not_there(casebook: Casebook, name: str) -> None:
    proposed(casebook)
    book = casebook.group_limits
    for act in (book.get, lambda name: book.confirm(name, "cy", TODAY), lambda name: book.end(name, "cy", TODAY)):
        with pytest.raises(NotFound, match="no such limit of a group"):
            act(name)


def ask(book: Casebook, one: Customer, others: list[str], amount: int, order: str, **more: Any) -> Checked:
    """Ask for an order in a group with a limit of 100,000, of which nobody owes anything."""
    this = an_order(amount, order, **more)
    on_file, keys = file(), [one.company_key, *others]

    def judge(record: OnRecord) -> OrderCheck:
        on_limit = bounds_for(this, [limit(units={"UK01": 90_000})], EXCHANGE.on)
        group = GroupNow(one.company_key, on_limit, {key: Member(told()) for key in keys})
        return check(this, CustomerNow(on_file, stands(on_file), told(), group), record, rules(), EXCHANGE)

    return book.orders.check(one.company_key, this, "bea", judge, "example group")


def test_orders_of_a_group_at_the_same_moment_never_take_more_than_its_headroom(casebook: Casebook) -> None:
    # Their keys are in another order than they came in.
    members = [member(casebook, name) for name in ("Two Ltd", "One Ltd", "Three Ltd")]
    keys = [one.company_key for one in members]

    def act(number: int) -> Checked:
        one = members[number % 3]
        others = [key for key in keys if key != one.company_key]
        return ask(casebook, one, others, 20_000, f"SO-{number}", unit="UK01")

    made = at_once(act)
    # Each of the three could have two by its own limit, the unit four of them all.
    assert sorted(item.check.result for item in made) == ["blocked"] * 16 + ["free"] * 4
    taken = casebook.orders.taken_by(keys)
    assert sum(item.amount for some in taken.values() for item in some) == 80_000
    assert {item.unit for some in taken.values() for item in some} == {"UK01"}
    assert found(casebook) == []


def test_an_order_of_one_customer_takes_the_headroom_of_the_other(casebook: Casebook) -> None:
    one, two = member(casebook, "One Ltd"), member(casebook, "Two Ltd")
    alone = member(casebook, "Alone Ltd", None)
    for number in range(2):
        assert ask(casebook, one, [two.company_key], 25_000, f"SO-{number}", unit="UK01").block is None
    reserved = ask(casebook, two, [one.company_key], 40_000, "R-1", unit="UK01", reserve_until=TODAY + 90 * DAY)
    assert reserved.block is None
    made = ask(casebook, two, [one.company_key], 5_000, "SO-2", unit="UK01")
    assert (made.check.codes, made.block) == (("over_unit_limit",), "O1")
    casebook.orders.drop(one.company_key, "SO-1", "bea")
    assert ask(casebook, two, [one.company_key], 5_000, "SO-2", unit="UK01").block is None
    assert casebook.orders.taken(alone.company_key) == ()
    assert found(casebook) == []


def test_what_another_customer_took_is_in_no_order_of_a_customer_without_a_group(casebook: Casebook) -> None:
    one, two = member(casebook, "One Ltd"), member(casebook, "Two Ltd")
    ask(casebook, one, [two.company_key], 10_000, "SO-1", unit="UK01")
    seen: list[OnRecord] = []

    def judge(record: OnRecord) -> OrderCheck:
        seen.append(record)
        on_file = file()
        return check(an_order(), CustomerNow(on_file, stands(on_file), told()), record, rules(), EXCHANGE)

    casebook.orders.check(two.company_key, an_order(), "bea", judge)
    assert [(record.taken, record.others) for record in seen] == [((), {})]


CHANGES = (
    "UPDATE group_limits SET document = '{}'",
    "UPDATE group_limits SET group_name = 'others'",
    "UPDATE group_limits SET asked_by = 'max'",
    "UPDATE group_limits SET confirmed_by = 'max'",
    "UPDATE group_limits SET confirmed_on = NULL",
    "UPDATE group_limits SET ended_by = 'max'",
    "UPDATE group_limits SET ended_on = NULL",
    "DELETE FROM group_limits",
    "UPDATE order_reservations SET unit = 'DE02'",
)


@pytest.mark.parametrize("statement", CHANGES)
def test_the_database_refuses_changes(casebook: Casebook, run_sql: RunSql, statement: str) -> None:
    one = member(casebook, "One Ltd")
    ask(casebook, one, [], 1, "R-1", unit="UK01", reserve_until=TODAY + 90 * DAY)
    proposed(casebook)
    casebook.group_limits.confirm("G1", "cy", TODAY)
    casebook.group_limits.end("G1", "cy", TODAY)
    with pytest.raises(sa.exc.DBAPIError, match=r"never (changed|removed)|signed and ended once|casebook"):
        run_sql(statement)
    assert found(casebook) == []


def test_the_database_refuses_one_person_for_both_signatures(casebook: Casebook, run_sql: RunSql) -> None:
    proposed(casebook)
    with pytest.raises(sa.exc.DBAPIError, match="two_people"):
        run_sql("UPDATE group_limits SET confirmed_by = 'bo', confirmed_on = '2026-11-02'")


def test_a_limit_that_somebody_confirms_in_the_database_is_noticed(casebook: Casebook, run_sql: RunSql) -> None:
    proposed(casebook)
    run_sql("UPDATE group_limits SET confirmed_by = 'cy', confirmed_on = '2026-11-02'")
    assert found(casebook) != []
