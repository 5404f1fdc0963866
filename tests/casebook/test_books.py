"""A book of customers: proposed by one, confirmed by another, and nobody of it a customer before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from admission.cases import CaseKind, CaseStatus, Customer
from admission.customers.book.records import BookImport, BookRow
from admission.customers.standing.securities import Security
from admission.errors import Conflict, GatehouseError, NotAllowed, NotFound
from admission.model import digest
from casebook import Casebook
from casebook.customers import store_customer
from tests.admission.customers.book.build import about, due, security
from tests.casebook.build import HandClock, application
from tests.casebook.proof.test_verification import found
from tests.casebook.test_erasures import RULE

RunSql = Callable[[str], list[sa.Row[Any]]]


def proposed(book: Casebook, *rows: BookRow, by: str = "bea") -> BookImport:
    return book.books.propose(about(len(rows), by), list(enumerate(rows, 1)))


def half(customer: Customer, security: Security | None) -> Decimal:
    return customer.limit / 2


def confirmed(book: Casebook, name: str, by: str = "cy", most: int = 100) -> BookImport:
    return book.books.admit(name, by, most, half)


def acts(run_sql: RunSql) -> list[tuple[str, str, str | None]]:
    """Return who did what with books and cases, in order."""
    told = run_sql("SELECT actor, act, case_ref FROM history WHERE act LIKE 'book.%' OR act LIKE 'case.%' ORDER BY seq")
    return [(row.actor, row.act, row.case_ref) for row in told]


def test_a_proposal_makes_nobody_a_customer(casebook: Casebook) -> None:
    rows = (due(1), due(2, security=security(), account="10"))
    made = proposed(casebook, *rows)
    assert (made.id, made.state, made.admitted, made.confirmed_by) == ("B1", "proposed", 0, None)
    assert casebook.books.all() == [made] == [casebook.books.get("B1")]
    assert [(one.place, one.number, one.row) for one in casebook.books.waiting("B1")] == [
        (place, place, row) for place, row in enumerate(rows, 1)
    ]
    assert (casebook.customers.all(), casebook.cases.list(), casebook.ledgers.accounts()) == ([], [], {})
    assert found(casebook) == []


def test_a_second_person_makes_customers_of_all_of_it(casebook: Casebook) -> None:
    one, two = due(1, industry_code="uk-sic:47110"), due(2, security=security(), account="10")
    proposed(casebook, one, two)
    done = confirmed(casebook, "B1")
    assert (done.state, done.admitted, done.confirmed_by, done.settled_by) == ("confirmed", 2, "cy", "cy")
    first, second = casebook.customers.all()
    assert (first.company_key, first.limit, first.limit_in_force) == (one.company_key, Decimal(5000), Decimal(2500))
    assert (first.assessed, first.next_review_on, first.industry_code) == (False, one.next_review_on, "uk-sic:47110")
    assert second.open_limit == 3000
    case = casebook.cases.get(first.last_case)
    assert (case.status, case.requester, case.channel) == (CaseStatus.CONCLUDED, "bea", "book")
    assert case.decision is not None
    assert (case.decision.decided_by, case.decision.limit, case.decision.assessment) == ("import", Decimal(5000), "")
    (paper,) = casebook.securities.of([two.company_key])
    assert (paper.id, paper.recorded_by, paper.confirmed_by) == ("S1", "bea", "cy")
    assert casebook.ledgers.accounts() == {"10": two.company_key}
    assert [limit.amount for limit in casebook.granted.all()] == [5000, 5000]
    assert casebook.cases.list(text="old friend 2")[0].reference == second.last_case
    assert casebook.books.waiting("B1") == []
    assert found(casebook) == []


def test_the_chain_tells_who_proposed_and_who_confirmed(casebook: Casebook, run_sql: RunSql) -> None:
    proposed(casebook, due(1))
    confirmed(casebook, "B1")
    case = casebook.customers.all()[0].last_case
    assert acts(run_sql) == [
        ("bea", "book.proposed", None),
        ("cy", "book.confirmed", None),
        ("cy", "case.imported", case),
        ("system", "case.concluded", case),
        ("cy", "book.admitted", None),
    ]
    (imported,) = [event for event in casebook.history.of(case) if event.act == "case.imported"]
    assert (imported.detail["book"], imported.detail["row"], imported.detail["proposed_by"]) == ("B1", "1", "bea")


def test_whoever_proposed_it_does_not_confirm_it(casebook: Casebook, run_sql: RunSql) -> None:
    proposed(casebook, due(1), by="bo")
    with pytest.raises(NotAllowed, match="confirm the book it is in"):
        confirmed(casebook, "B1", by="bo")
    assert casebook.customers.all() == []
    with pytest.raises(sa.exc.DBAPIError):
        run_sql("UPDATE book_imports SET confirmed_by = 'bo'")


def test_a_confirmation_that_broke_off_is_carried_on(casebook: Casebook) -> None:
    proposed(casebook, *(due(number) for number in range(1, 6)))
    part = confirmed(casebook, "B1", most=2)
    assert (part.state, part.admitted, len(casebook.customers.all())) == ("confirming", 2, 2)
    assert [one.number for one in casebook.books.waiting("B1")] == [3, 4, 5]
    assert found(casebook) == []
    with pytest.raises(NotAllowed):
        confirmed(casebook, "B1", by="bea")
    done = confirmed(casebook, "B1", by="max", most=3)
    assert (done.state, done.confirmed_by, done.settled_by) == ("confirmed", "cy", "max")
    assert len({customer.last_case for customer in casebook.customers.all()}) == 5
    assert found(casebook) == []


def test_what_is_settled_stays_so(casebook: Casebook) -> None:
    proposed(casebook, due(1))
    confirmed(casebook, "B1")
    with pytest.raises(Conflict, match="B1 is settled already: confirmed"):
        confirmed(casebook, "B1")
    with pytest.raises(Conflict, match="B1 is settled already: confirmed"):
        casebook.books.refuse("B1", "cy", "no")


@pytest.mark.parametrize("name", ["B2", "B", "", "S1", "B-1", "B" + "9" * 30])
def test_an_import_that_is_not_there(casebook: Casebook, name: str) -> None:
    proposed(casebook, due(1))
    for act in (casebook.books.get, casebook.books.waiting, lambda one: confirmed(casebook, one)):
        with pytest.raises(NotFound, match="no such import"):
            act(name)


def test_a_refused_book_leaves_no_row_and_no_key(casebook: Casebook, run_sql: RunSql) -> None:
    proposed(casebook, due(1))
    refused = casebook.books.refuse("B1", "cy", "limits of last year")
    assert (refused.state, refused.settled_by, refused.because) == ("refused", "cy", "limits of last year")
    assert run_sql("SELECT 1 FROM book_rows") == run_sql("SELECT 1 FROM case_keys") == []
    assert casebook.customers.all() == []
    assert found(casebook) == []


def test_what_is_left_of_a_book_can_be_refused(casebook: Casebook) -> None:
    proposed(casebook, due(1), due(2))
    confirmed(casebook, "B1", most=1)
    refused = casebook.books.refuse("B1", "cy", "enough")
    assert (refused.state, refused.admitted, len(casebook.customers.all())) == ("refused", 1, 1)
    assert found(casebook) == []


def test_a_book_that_nobody_settles_is_dropped(casebook: Casebook, clock: HandClock, run_sql: RunSql) -> None:
    proposed(casebook, due(1))
    clock.forward(timedelta(days=10))
    proposed(casebook, due(2))
    assert casebook.books.expire(clock.now - timedelta(days=5)) == 1
    assert [(one.id, one.state, one.settled_by) for one in casebook.books.all()] == [
        ("B2", "proposed", None),
        ("B1", "expired", None),
    ]
    assert [row.book for row in run_sql("SELECT book FROM book_rows")] == [2]
    assert casebook.books.expire(clock.now - timedelta(days=5)) == 0
    assert found(casebook) == []


def test_rows_that_wait_are_sealed(casebook: Casebook, run_sql: RunSql) -> None:
    proposed(casebook, due(1, name="Sole Trader Smith"))
    (stored,) = run_sql("SELECT document FROM book_rows")
    assert "Smith" not in stored.document
    assert [naming.says for naming in casebook.person_search.of("smith")] == ["Sole Trader Smith"]


def test_what_became_known_otherwise_comes_in_no_more(casebook: Casebook) -> None:
    one = due(1)
    proposed(casebook, due(7), one)
    asked = application().model_copy(update={"identifiers": one.application.identifiers})
    casebook.cases.open(asked, kind=CaseKind.ONBOARDING, requester="ana", channel="cli")
    with pytest.raises(Conflict, match="known here otherwise"):
        confirmed(casebook, "B1")
    # All or nothing of a transaction: the row before it is no customer either, and nobody has confirmed.
    assert casebook.customers.all() == []
    assert casebook.books.get("B1").state == "proposed"
    assert found(casebook) == []


def test_what_the_casebook_knows_of_a_book(casebook: Casebook) -> None:
    held = due(1, security=security(), account="10")
    proposed(casebook, held)
    confirmed(casebook, "B1")
    reference = casebook.customers.all()[0].last_case
    known = casebook.books.known([held, due(2)])
    assert held.security is not None
    assert known.cases == {held.company_key: (reference, False)}
    assert known.papers == {digest(held.security.paper): "S1"}
    assert known.accounts == {"10": held.company_key}
    assert casebook.books.known([]) == ({}, {}, {})


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE book_imports SET document = '{}'",
        "UPDATE book_imports SET proposed_by = 'cy'",
        "DELETE FROM book_imports",
        "UPDATE book_rows SET number = 9",
    ],
)
def test_the_database_refuses_changes(casebook: Casebook, run_sql: RunSql, change: str) -> None:
    proposed(casebook, due(1))
    with pytest.raises(sa.exc.DBAPIError):
        run_sql(change)


def test_a_settled_import_is_never_settled_again(casebook: Casebook, run_sql: RunSql) -> None:
    proposed(casebook, due(1))
    casebook.books.refuse("B1", "cy", "no")
    for change in ("state = 'proposed'", "because = 'other'", "settled_by = 'bo'", "admitted = 5"):
        with pytest.raises(sa.exc.DBAPIError):
            run_sql(f"UPDATE book_imports SET {change}")


def test_rows_that_are_not_those_proposed_are_noticed_and_never_confirmed(casebook: Casebook, run_sql: RunSql) -> None:
    proposed(casebook, due(1), due(2))
    run_sql("DELETE FROM book_rows WHERE place = 2")
    assert found(casebook) == [("book.changed", "book_rows 1")]
    with pytest.raises(GatehouseError, match="not those that were proposed"):
        casebook.books.waiting("B1")
    with pytest.raises(GatehouseError, match="not those that were proposed"):
        confirmed(casebook, "B1")
    assert casebook.customers.all() == []


def test_rows_of_a_settled_import_are_noticed(casebook: Casebook, run_sql: RunSql) -> None:
    proposed(casebook, due(1))
    casebook.books.refuse("B1", "cy", "no")
    run_sql("INSERT INTO book_rows (book, place, number, seal, document) VALUES (1, 1, 1, 'x', 'sealed:1:x:y')")
    assert found(casebook) == [("book.changed", "1 row(s) of book_rows")]


def test_who_left_is_erased_as_every_other_company(casebook: Casebook, clock: HandClock, run_sql: RunSql) -> None:
    proposed(casebook, due(1, account="10", security=security()))
    confirmed(casebook, "B1")
    customer = casebook.customers.all()[0]
    clock.forward(timedelta(days=1))
    assert casebook.erasures.due("personal", clock.now) == []
    with pytest.raises(Conflict, match="rests on this case"):
        casebook.erasures.erase_personal(customer.last_case, RULE)
    with casebook.customers._store.write() as transaction:
        store_customer(transaction, customer.model_copy(update={"active": False}))
        transaction.event("test", "customer.changed", customer.last_case)
    assert casebook.erasures.due("personal", clock.now) == [customer.last_case]
    casebook.erasures.erase_answers([customer.last_case], RULE)
    assert casebook.erasures.erase_personal(customer.last_case, RULE)
    assert casebook.ledgers.accounts() == {}
    assert [naming.says for naming in casebook.person_search.of("Old Friend")] == []
    assert run_sql("SELECT 1 FROM customers") == []
    assert found(casebook) == []
    # What was erased is a new company, as for every other one.
    assert casebook.books.known([due(1)]).cases == {}
