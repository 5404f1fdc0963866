"""The house's own ledger in the casebook: the newest counts, a bad file leaves nothing, a change is noticed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from admission.customers.ledger.imports import LedgerImport
from admission.customers.ledger.owed import OpenAccount
from admission.customers.ledger.records import Coverage, Entry, LedgerItem, Order, Promise
from admission.errors import BadInput, Conflict, NotFound
from admission.model import Text
from casebook import Casebook
from casebook.ledgers import Loaded
from tests.casebook.proof.test_verification import found
from tests.casebook.test_erasures import RULE, concluded

RunSql = Callable[[str], list[sa.Row[Any]]]
TODAY = date(2026, 11, 2)
COVERAGE = Coverage(complete_since=date(2025, 1, 1), tells=frozenset({"order", "dispute"}))


def invoice(customer: str, number: str, amount: int = 100, **changes: Any) -> LedgerItem:
    return LedgerItem(
        customer=customer,
        number=number,
        **{
            "kind": "invoice",
            "amount": Decimal(amount),
            "currency": "GBP",
            "issued": date(2026, 8, 1),
            "due": date(2026, 9, 1),
            **changes,
        },
    )


ENTRIES: tuple[Entry, ...] = (
    invoice("10", "a", 100),
    invoice("11", "a", 7, disputed=Decimal("2.5")),
    Promise(
        customer="10",
        number="p",
        made_on=date(2026, 9, 2),
        day=date(2026, 9, 9),
        amount=Decimal(50),
        currency="GBP",
        kept=False,
    ),
    Order(
        customer="uk:00000001",
        number="o",
        stage="ready",
        amount=Decimal("1.5"),
        currency="USD",
        entered_on=date(2026, 10, 1),
    ),
    invoice("uk:00000001", "b", 3),
)


def about(day: date = TODAY, loaded_by: str = "bo", count: int = len(ENTRIES)) -> LedgerImport:
    return LedgerImport(
        as_of=day,
        file_name="open.csv",
        file_sha256="0" * 64,
        coverage=COVERAGE,
        entries=count,
        customers=3,
        loaded_by=loaded_by,
    )


def load(
    book: Casebook, entries: Iterable[Entry] = ENTRIES, refused: Iterable[str] = (), **changes: Any
) -> LedgerImport:
    return book.ledgers.load(entries, lambda: Loaded(about(**changes), frozenset(refused)))


def test_no_ledger_is_loaded(casebook: Casebook) -> None:
    assert casebook.ledgers.newest() is None
    assert casebook.ledgers.of("uk:00000001") is None
    assert (casebook.ledgers.all(), casebook.ledgers.accounts()) == ([], {})


def test_entries_come_back_as_they_were_loaded(casebook: Casebook) -> None:
    made = load(casebook)
    assert (made.id, made.as_of, made.coverage, len(made.fingerprint)) == ("L1", TODAY, COVERAGE, 64)
    assert casebook.ledgers.newest() == made
    own = casebook.ledgers.of("uk:00000001")
    assert own is not None
    assert (own.numbers, own.whole, own.ledger.as_of) == (("uk:00000001",), True, TODAY)
    assert (own.ledger.items, own.ledger.orders) == ((ENTRIES[4],), (ENTRIES[3],))
    assert own.ledger.coverage == COVERAGE
    assert found(casebook) == []


def test_a_number_is_a_company_where_somebody_said_so(casebook: Casebook) -> None:
    load(casebook)
    none = casebook.ledgers.of("uk:00000002")
    assert none is not None
    assert (none.numbers, none.ledger.items) == ((), ())
    casebook.ledgers.set_accounts({"10": "uk:00000002", "11": "uk:00000002", "99": "uk:00000002"}, "bo")
    both = casebook.ledgers.of("uk:00000002")
    assert both is not None
    assert both.numbers == ("10", "11")
    # Both numbers have an invoice "a".
    assert [(item.number, item.amount, item.disputed) for item in both.ledger.items] == [
        ("10 a", Decimal(100), Decimal(0)),
        ("11 a", Decimal(7), Decimal("2.5")),
    ]
    assert [one.kept for one in both.ledger.promises] == [False]
    casebook.ledgers.set_accounts({"10": "uk:00000003", "11": "", "99": ""}, "bo")
    assert casebook.ledgers.accounts() == {"10": "uk:00000003"}
    left = casebook.ledgers.of("uk:00000002")
    assert left is not None
    assert left.numbers == ()
    assert found(casebook) == []


def test_a_key_in_the_ledger_may_be_said_to_be_another_company(casebook: Casebook) -> None:
    load(casebook)
    casebook.ledgers.set_accounts({"uk:00000001": "uk:00000009"}, "bo")
    was, now = casebook.ledgers.of("uk:00000001"), casebook.ledgers.of("uk:00000009")
    assert was is not None
    assert now is not None
    assert (was.numbers, now.numbers) == ((), ("uk:00000001",))
    assert [item.customer for item in now.ledger.items] == ["uk:00000009"]


def test_a_customer_of_whom_a_row_was_left_out_is_not_whole(casebook: Casebook) -> None:
    load(casebook, refused=["10", "12"])
    casebook.ledgers.set_accounts({"10": "k:10", "11": "k:11", "12": "k:12"}, "bo")
    told = {key: casebook.ledgers.of(key) for key in ("k:10", "k:11", "k:12")}
    assert {key: one and (one.numbers, one.whole, len(one.ledger.items)) for key, one in told.items()} == {
        "k:10": (("10",), False, 1),
        "k:11": (("11",), True, 1),
        "k:12": (("12",), False, 0),
    }


def test_what_is_open_of_all_customers_is_read_at_once(casebook: Casebook) -> None:
    assert list(casebook.ledgers.open_accounts()) == []
    settled = invoice("11", "s", 9, settled=TODAY)
    later = invoice("11", "t", 8, settled=date(2026, 11, 3))
    order = Order(**{**dict(ENTRIES[3]), "customer": "12"})
    load(casebook, (*ENTRIES, settled, later, order), refused=["10", "13"])
    casebook.ledgers.set_accounts({"11": "uk:00000002"}, "bo")
    accounts = [(one.company_key, one.ledger.customer, one.ledger.items, one.whole) for one in found_open(casebook)]
    assert accounts == [
        ("10", "10", (ENTRIES[0],), False),
        ("uk:00000002", "11", (ENTRIES[1], later), True),
        # Who has orders alone owes nothing, and that is known.
        ("12", "12", (), True),
        ("13", "13", (), False),
        ("uk:00000001", "uk:00000001", (ENTRIES[4],), True),
    ]


def found_open(casebook: Casebook) -> list[OpenAccount]:
    found_accounts = list(casebook.ledgers.open_accounts())
    assert {(one.ledger.as_of, one.ledger.coverage) for one in found_accounts} == {(TODAY, COVERAGE)}
    return found_accounts


def test_the_newest_of_the_latest_day_counts(casebook: Casebook) -> None:
    load(casebook)
    second = load(casebook, [invoice("uk:00000001", "c")], count=1)
    own = casebook.ledgers.of("uk:00000001")
    assert own is not None
    assert [item.number for item in own.ledger.items] == ["c"]
    later = load(casebook, [], day=date(2026, 11, 3), count=0)
    assert casebook.ledgers.newest() == later
    with pytest.raises(Conflict, match="later day is loaded"):
        load(casebook)
    assert [one.id for one in casebook.ledgers.all()] == ["L3", "L2", "L1"]
    assert second in casebook.ledgers.all()
    assert found(casebook) == []


def test_a_bad_file_leaves_nothing(casebook: Casebook, run_sql: RunSql) -> None:
    first = load(casebook)

    def broken() -> Iterator[Entry]:
        yield from ENTRIES[:2]
        raise BadInput(Text(en="bad rows", zh="有误"))

    with pytest.raises(BadInput, match="bad rows"):
        load(casebook, broken())
    with pytest.raises(NotFound):
        load(casebook, loaded_by="nobody")
    assert casebook.ledgers.all() == [first]
    assert run_sql("SELECT count(*) FROM ledger_entries")[0][0] == len(ENTRIES)


def test_many_entries_are_kept_in_the_order_of_the_file(casebook: Casebook, run_sql: RunSql) -> None:
    many = [invoice(f"{number % 7}", f"{number}") for number in range(12_001)]
    load(casebook, many, count=len(many))
    assert run_sql("SELECT count(*), max(place) FROM ledger_entries")[0] == (12_001, 12_001)
    casebook.ledgers.set_accounts({"3": "k:3"}, "bo")
    own = casebook.ledgers.of("k:3")
    assert own is not None
    assert [int(item.number) for item in own.ledger.items] == list(range(3, 12_001, 7))
    assert found(casebook) == []


def test_what_happened_is_in_the_history(casebook: Casebook) -> None:
    load(casebook)
    casebook.ledgers.set_accounts({"10": "uk:00000002"}, "cy")
    events = [(one.actor, one.act, one.detail) for one in casebook.history.tail(50) if one.act.startswith("ledger.")]
    assert events == [
        ("bo", "ledger.loaded", {"ledger": "L1", "as_of": "2026-11-02", "file": "0" * 64, "entries": "5"}),
        ("cy", "ledger.accounts", {"set": "1", "removed": "0"}),
    ]


@pytest.mark.parametrize(
    ("change", "flaw"),
    [
        ("DELETE FROM ledger_entries WHERE place = 2", "ledger_entries 1"),
        (
            "INSERT INTO ledger_entries (ledger, place, customer, form, document) VALUES (1, 9, '10', 'refused', '')",
            "ledger_entries 1",
        ),
    ],
)
def test_a_change_of_the_entries_is_noticed(casebook: Casebook, run_sql: RunSql, change: str, flaw: str) -> None:
    load(casebook)
    run_sql(change)
    assert found(casebook) == [("ledger.changed", flaw)]


def test_entries_of_another_import_are_noticed(casebook: Casebook, run_sql: RunSql) -> None:
    load(casebook)
    load(casebook)
    run_sql("INSERT INTO ledger_entries (ledger, place, customer, form, document) VALUES (1, 9, '10', 'refused', '')")
    assert found(casebook) == [("ledger.changed", "1 row(s) of ledger_entries")]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE ledger_entries SET customer = '12'",
        "UPDATE ledgers SET as_of = '2026-12-31'",
        "DELETE FROM ledgers",
    ],
)
def test_the_database_refuses_changes(casebook: Casebook, run_sql: RunSql, change: str) -> None:
    load(casebook)
    with pytest.raises(sa.exc.DBAPIError):
        run_sql(change)


def test_whose_numbers_they_are_is_erased_with_the_company(casebook: Casebook) -> None:
    case = concluded(casebook, "Gone Ltd", admitted=False, body=b"1")
    casebook.ledgers.set_accounts({"10": case.company_key, "11": "uk:00000002"}, "bo")
    casebook.erasures.erase_answers([case.reference], RULE)
    assert casebook.erasures.erase_personal(case.reference, RULE)
    assert casebook.ledgers.accounts() == {"11": "uk:00000002"}
    assert found(casebook) == []
