"""Acts on many customers in the casebook: the list is frozen, two people sign, each customer is looked at anew."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from admission.cases import Customer
from admission.customers.bulk.acts import BulkAct, BulkMember, BulkSums
from admission.customers.standing.holds import Hold
from admission.errors import Conflict, NotAllowed, NotFound
from casebook import Casebook
from casebook.customers import store_customer
from tests.admission.customers.book.build import about, due
from tests.admission.customers.bulk import build
from tests.admission.customers.standing.build import TODAY
from tests.casebook.build import HandClock
from tests.casebook.proof.test_verification import found

RunSql = Callable[[str], list[sa.Row[Any]]]
DAY = timedelta(days=1)


@pytest.fixture
def three(casebook: Casebook) -> list[Customer]:
    """Three customers with a limit of 5,000, whom bea asked for."""
    casebook.books.propose(about(3), [(number, due(number)) for number in (1, 2, 3)])
    casebook.books.admit("B1", "cy", 10, lambda customer, _: customer.limit)
    return casebook.customers.all()


def member(customer: Customer, place: int, **changes: Any) -> BulkMember:
    values = {
        "place": place,
        "company_key": customer.company_key,
        "legal_name": customer.legal_name,
        "case": customer.last_case,
        "limit": customer.limit,
        "in_force": customer.limit,
        "after": Decimal(0),
        "exposure": None,
    }
    return BulkMember.model_validate({**values, **changes})


def proposed(
    book: Casebook,
    customers: list[Customer],
    kind: str = "hold",
    ends: Sequence[tuple[str, ...]] | None = None,
    **changes: Any,
) -> BulkAct:
    sums = BulkSums(currency="GBP", customers=len(customers))
    act = build.act(kind, id="", **{"proposed_by": "bo", "sums": sums, **changes})
    listed = [
        member(customer, place, ends=ends[place - 1] if ends else ()) for place, customer in enumerate(customers, 1)
    ]
    return book.bulk_acts.propose(act, listed)


def carried(book: Casebook, name: str, by: str = "cy", most: int = 100) -> BulkAct:
    return book.bulk_acts.carry(name, by, most, TODAY)


def held(book: Casebook, customers: list[Customer]) -> list[list[Hold]]:
    keys = [customer.company_key for customer in customers]
    files = book.customer_files.of(keys)
    return [files.holds.get(key, []) for key in keys]


def test_a_proposal_does_nothing_and_keeps_its_list(casebook: Casebook, three: list[Customer]) -> None:
    made = proposed(casebook, three)
    assert (made.id, made.state, made.carried, made.confirmed_by) == ("M1", "proposed", 0, None)
    assert casebook.bulk_acts.all() == [made] == [casebook.bulk_acts.get("M1")]
    assert casebook.bulk_acts.members("M1") == [member(one, place) for place, one in enumerate(three, 1)]
    assert [one.place for one in casebook.bulk_acts.members("M1", after=1, most=1)] == [2]
    assert held(casebook, three) == [[], [], []]
    events = [event for event in casebook.history.of(three[0].last_case) if event.act == "bulk.listed"]
    assert [(event.actor, event.detail) for event in events] == [("bo", {"bulk": "M1", "left_out": ""})]
    assert found(casebook) == []


def test_a_second_person_holds_all_of_it_in_chunks_that_go_on(casebook: Casebook, three: list[Customer]) -> None:
    proposed(casebook, three, until=TODAY + DAY)
    with pytest.raises(NotAllowed, match="another person's"):
        carried(casebook, "M1", "bo")
    first = carried(casebook, "M1", most=2)
    assert (first.state, first.carried, first.confirmed_by) == ("confirming", 2, "cy")
    assert [len(one) for one in held(casebook, three)] == [1, 1, 0]
    assert found(casebook) == []
    # Another person carries it on; who confirmed it stays the one who did.
    last = carried(casebook, "M1", "max")
    assert (last.state, last.carried, last.confirmed_by, last.settled_by) == ("confirmed", 3, "cy", "max")
    holds = held(casebook, three)
    assert [[(one.id, one.bulk_act, one.placed_by, one.until) for one in some] for some in holds] == [
        [(f"H{number}", "M1", "bo", TODAY + DAY)] for number in (1, 2, 3)
    ]
    assert casebook.bulk_acts.results("M1") == {"done": 3}
    events = casebook.history.of(three[1].last_case)
    assert [(event.actor, event.detail["bulk"]) for event in events if event.act == "hold.placed"] == [("cy", "M1")]
    with pytest.raises(Conflict, match="settled already: carried out"):
        carried(casebook, "M1")
    assert found(casebook) == []


def test_who_is_held_or_ended_meanwhile_is_left_alone_and_named(
    casebook: Casebook, three: list[Customer], clock: HandClock
) -> None:
    proposed(casebook, three)
    one, two, three_ = three
    alone = Hold(id="", company_key=one.company_key, reason="own", placed_by="max", placed_on=TODAY)
    casebook.customer_files.place_hold(alone, one.last_case)
    with casebook.bulk_acts._store.write() as transaction:
        store_customer(transaction, two.model_copy(update={"active": False}))
        transaction.event("max", "case.concluded", two.last_case, {})
    done = carried(casebook, "M1")
    assert [item.result for item in casebook.bulk_acts.members("M1")] == ["held", "ended", "done"]
    assert (done.state, casebook.bulk_acts.results("M1")) == ("confirmed", {"held": 1, "ended": 1, "done": 1})
    assert [[item.bulk_act for item in some] for some in held(casebook, three)] == [[None], [], ["M1"]]
    assert held(casebook, [three_])[0][0].reason == "sanctions of today"
    said = [event.detail for event in casebook.history.of(one.last_case) if event.act == "bulk.left_alone"]
    assert said == [{"bulk": "M1", "why": "held"}]
    assert found(casebook) == []


def test_limits_are_cut_and_the_cut_is_undone_as_one(casebook: Casebook, three: list[Customer]) -> None:
    proposed(casebook, three, "cut", proposed_by="max")
    carried(casebook, "M1")
    keys = [customer.company_key for customer in three]
    cuts = casebook.limit_changes.of(keys)
    assert [(cuts[key][0].id, cuts[key][0].bulk_act, cuts[key][0].amount) for key in keys] == [
        (f"L{number}", "M1", Decimal("2500.00")) for number in (1, 2, 3)
    ]
    # Somebody lifts one alone.
    casebook.limit_changes.end("L2", "cy", TODAY)
    undoing = [("L1",), ("L2",), ("L3",)]
    proposed(casebook, three, "undo", undoing, of="M1", proposed_by="max")
    carried(casebook, "M2")
    after = casebook.limit_changes.of(keys)
    assert [(after[key][0].ended_by, after[key][0].ended_by_act) for key in keys] == [
        ("cy", "M2"),
        ("cy", None),
        ("cy", "M2"),
    ]
    assert [item.result for item in casebook.bulk_acts.members("M2")] == ["done", "nothing", "done"]
    assert found(casebook) == []


def test_only_what_was_on_the_list_is_released_and_never_by_who_asked(
    casebook: Casebook, three: list[Customer]
) -> None:
    proposed(casebook, three)
    carried(casebook, "M1")
    later = Hold(id="", company_key=three[0].company_key, reason="fraud", placed_by="max", placed_on=TODAY)
    casebook.customer_files.place_hold(later, three[0].last_case)
    own = [("H1",), ("H2",), ("H3",)]
    proposed(casebook, three, "release", own)
    # Bea brought them in: with her signature nothing is given back.
    carried(casebook, "M2", "bea", most=1)
    carried(casebook, "M2", "max")
    results = [item.result for item in casebook.bulk_acts.members("M2")]
    assert results == ["own", "own", "own"]
    proposed(casebook, three, "release", own)
    carried(casebook, "M3", "max")
    standing = [[item.id for item in some if item.released_on is None] for some in held(casebook, three)]
    assert standing == [["H4"], [], []]
    assert held(casebook, three)[1][0].ended_by_act == "M3"
    assert found(casebook) == []


def test_a_refused_act_is_over_and_what_was_done_of_it_stays(casebook: Casebook, three: list[Customer]) -> None:
    proposed(casebook, three)
    carried(casebook, "M1", most=1)
    refused = casebook.bulk_acts.refuse("M1", "max", "not all of them")
    assert (refused.state, refused.carried, refused.because) == ("refused", 1, "not all of them")
    with pytest.raises(Conflict, match="settled already: refused"):
        carried(casebook, "M1")
    assert [len(one) for one in held(casebook, three)] == [1, 0, 0]
    assert found(casebook) == []


def test_an_old_proposal_is_not_carried_out(casebook: Casebook, three: list[Customer]) -> None:
    proposed(casebook, three)
    with pytest.raises(Conflict, match="too old"):
        casebook.bulk_acts.carry("M1", "cy", 9, TODAY + 8 * DAY)
    assert casebook.bulk_acts.carry("M1", "cy", 9, TODAY + 7 * DAY).state == "confirmed"


def test_who_was_shut_out_does_nothing(casebook: Casebook, three: list[Customer]) -> None:
    proposed(casebook, three)
    casebook.people.set_active("cy", False)
    with pytest.raises(NotAllowed):
        carried(casebook, "M1")
    with pytest.raises(NotAllowed):
        casebook.bulk_acts.refuse("M1", "cy", "no")
    assert casebook.bulk_acts.get("M1").state == "proposed"


@pytest.mark.parametrize("name", ["M2", "M", "", "H1", "M1x"])
def test_an_act_that_is_not_there(casebook: Casebook, three: list[Customer], name: str) -> None:
    proposed(casebook, three)
    for act in (casebook.bulk_acts.get, casebook.bulk_acts.members, lambda name: carried(casebook, name)):
        with pytest.raises(NotFound, match="no such act on many"):
            act(name)


def test_the_list_is_sealed_with_the_keys_of_its_cases(
    casebook: Casebook, three: list[Customer], run_sql: RunSql
) -> None:
    proposed(casebook, three)
    rows = run_sql("SELECT document FROM bulk_members ORDER BY place")
    assert [row.document.split(":")[2] for row in rows] == [customer.last_case for customer in three]
    assert "Old Friend" not in "".join(row.document for row in run_sql("SELECT document FROM bulk_acts"))


CHANGES = (
    "UPDATE bulk_acts SET document = '{}'",
    "UPDATE bulk_acts SET confirmed_by = 'max'",
    "UPDATE bulk_acts SET carried = 1",
    "UPDATE bulk_acts SET state = 'proposed'",
    "UPDATE bulk_members SET document = '{}' WHERE place = 1",
    "UPDATE bulk_members SET result = 'own' WHERE place = 1",
    "UPDATE bulk_members SET case_ref = 'x' WHERE place = 1",
    "UPDATE holds SET bulk_act = NULL",
    "UPDATE holds SET document = '{}'",
    "DELETE FROM bulk_acts",
    "DELETE FROM bulk_members",
)


@pytest.mark.parametrize("statement", CHANGES)
def test_the_database_refuses_changes(
    casebook: Casebook, three: list[Customer], run_sql: RunSql, statement: str
) -> None:
    proposed(casebook, three)
    carried(casebook, "M1")
    with pytest.raises(sa.exc.DBAPIError, match=r"never (changed|removed)|settled once|carried out once|ended once"):
        run_sql(statement)
    assert found(casebook) == []


def test_the_database_refuses_one_person_for_both_signatures(
    casebook: Casebook, three: list[Customer], run_sql: RunSql
) -> None:
    proposed(casebook, three)
    with pytest.raises(sa.exc.DBAPIError, match="two_people"):
        run_sql("UPDATE bulk_acts SET confirmed_by = 'bo'")


def test_a_customer_that_was_put_on_the_list_from_outside_is_found(
    casebook: Casebook, three: list[Customer], run_sql: RunSql
) -> None:
    proposed(casebook, three[:2])
    run_sql(
        "INSERT INTO bulk_members (act, place, case_ref, document, sha256) "
        f"SELECT act, 3, '{three[2].last_case}', document, sha256 FROM bulk_members WHERE place = 1"
    )
    assert [kind for kind, _ in found(casebook)] != []
