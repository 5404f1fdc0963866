"""What a customer owes, reckoned alone, is what the figures of its whole ledger say."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from admission.customers.ledger.figures import reckon_ledger
from admission.customers.ledger.owed import OpenAccount, Owed, find_owed
from admission.customers.ledger.records import CustomerLedger, Entry
from admission.money import Exchange
from tests.admission.customers.ledger.build import AS_OF, DOLLARS, WHOLE, item

EXCHANGE = Exchange(DOLLARS, "CNY", AS_OF)


def account(*entries: Entry, whole: bool = True) -> OpenAccount:
    return OpenAccount("uk:1", CustomerLedger.of("C1", AS_OF, WHOLE, entries), whole)


def owed(*entries: Entry) -> Owed:
    found = find_owed(account(*entries), EXCHANGE)
    assert found is not None
    return found


def test_a_row_left_out_or_a_missing_rate_makes_it_unknown() -> None:
    invoice = item("1", "100", "11-01", "11-20")
    assert find_owed(account(invoice, whole=False), EXCHANGE) is None
    assert find_owed(account(invoice, item("2", "5", "11-01", "11-20", currency="EUR")), EXCHANGE) is None
    assert find_owed(account(whole=True), EXCHANGE) == Owed(owed().ageing, Decimal(0))


def test_contested_amounts_count_by_their_age() -> None:
    found = owed(item("1", "100", "01-01", "02-01", disputed=Decimal(100)))
    assert (found.ageing.over_90_days, found.balance) == (Decimal(100), Decimal(100))


KINDS = st.sampled_from(["invoice", "returned_payment", "credit_note", "payment"])


@st.composite
def entries(draw: st.DrawFn, start: str) -> list[Entry]:
    made: list[Entry] = []
    for number in range(draw(st.integers(0, 6))):
        kind, month = draw(KINDS), draw(st.integers(1, 11))
        due = f"{month:02}-{draw(st.integers(10, 28))}" if kind == "invoice" else None
        amount = Decimal(draw(st.integers(1, 10**6))) / 100
        currency = draw(st.sampled_from(["CNY", "USD"]))
        made.append(item(f"{start}{number}", amount, f"{month:02}-05", due, kind=kind, currency=currency))
    return made


@given(entries("a"), entries("b"))
def test_it_is_what_the_figures_say_and_two_numbers_add_up(some: list[Entry], more: list[Entry]) -> None:
    figures = reckon_ledger(CustomerLedger.of("C1", AS_OF, WHOLE, (*some, *more)), EXCHANGE)
    together = owed(*some).plus(owed(*more))
    assert (together.ageing, together.unallocated, together.balance) == (
        figures.ageing,
        figures.unallocated_credits,
        figures.balance,
    )
