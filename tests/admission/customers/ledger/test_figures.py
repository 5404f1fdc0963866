"""Laws of the figures, whatever is in the ledger."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from admission.customers.ledger.figures import LedgerFigures, reckon_ledger
from admission.customers.ledger.records import CustomerLedger, ItemKind, LedgerItem, Means
from admission.money import Exchange, Rate, RateTable
from tests.admission.customers.ledger.build import AS_OF, DOLLARS, WHOLE, figures, item, order
from tests.languages import is_chinese

KINDS: tuple[ItemKind, ...] = ("invoice", "invoice", "invoice", "credit_note", "payment", "returned_payment")
MEANS: tuple[Means | None, ...] = (None, "bank_transfer", "bank_acceptance")
AMOUNTS = st.decimals("0.01", 10**9, places=2)
DAYS = st.integers(-400, 10).map(lambda days: AS_OF + timedelta(days=days))
# Amounts, and figures that are amounts of the whole or of an order.
SUMS = ("balance", "unallocated_credits", "disputed", "overdue", "highest_exposure_12m")
SAME = (
    *("overdue_share", "own_overdue_days", "average_days_late", "days_beyond_terms", "late_payments_12m"),
    *("late_invoice_share", "dso", "dso_count_back", "dso_best_possible", "returned_payments_12m"),
    *("bounced_payment_12m", "means", "means_before", "relation_months", "sales_trend", "dormant_since"),
)


@st.composite
def ledgers(draw: st.DrawFn, currencies: tuple[str, ...] = ("CNY", "USD")) -> list[LedgerItem]:
    return [draw(_items(number, currencies)) for number in range(draw(st.integers(0, 12)))]


@st.composite
def _items(draw: st.DrawFn, number: int, currencies: tuple[str, ...]) -> LedgerItem:
    kind, amount, issued = draw(st.sampled_from(KINDS)), draw(AMOUNTS), draw(DAYS)
    settled = draw(st.none() | DAYS)
    debit = kind in ("invoice", "returned_payment")
    parts = st.sampled_from((1, 2, 4)).map(lambda part: (amount / part).quantize(Decimal("0.01")))
    return LedgerItem(
        customer="C1",
        number=str(number),
        kind=kind,
        amount=amount,
        currency=draw(st.sampled_from(currencies)),
        issued=issued,
        due=issued + timedelta(days=draw(st.integers(0, 120))) if debit else None,
        settled=settled,
        open_amount=draw(st.none() | parts.filter(bool)) if settled is None else None,
        means=draw(st.sampled_from(MEANS)),
        disputed=draw(st.just(Decimal(0)) | parts) if debit else Decimal(0),
    )


@given(ledgers())
def test_the_columns_of_the_ageing_and_the_credits_sum_to_the_balance(items: list[LedgerItem]) -> None:
    found = figures(*items)
    assert found.ageing is not None
    assert found.unallocated_credits is not None
    assert sum(found.ageing.model_dump().values()) + found.unallocated_credits == found.balance
    # The balance again, without columns: debits less credits, each with what is open of it.
    counted = [one for one in items if one.issued <= AS_OF]
    rates = {"CNY": Decimal(1), "USD": Decimal("7.25")}
    assert found.balance == sum(one.sign * one.open_on(AS_OF) * rates[one.currency] for one in counted)


@given(ledgers().flatmap(lambda items: st.tuples(st.just(items), st.permutations(items))))
def test_no_figure_depends_on_the_order_of_the_documents(both: tuple[list[LedgerItem], list[LedgerItem]]) -> None:
    items, shuffled = both
    assert figures(*items) == figures(*shuffled)


@given(ledgers())
def test_what_is_overdue_and_contested_is_within_what_is_open(items: list[LedgerItem]) -> None:
    found = figures(*items)
    assert found.ageing is not None
    assert found.overdue is not None
    assert found.disputed is not None
    assert found.balance is not None
    assert 0 <= found.overdue <= found.ageing.past_due <= found.ageing.total
    assert 0 <= found.ageing.past_due - found.overdue <= found.disputed <= found.ageing.total
    assert (found.own_overdue_days or 0) > 0 or found.overdue == 0
    if found.highest_exposure_12m is not None:
        assert found.highest_exposure_12m >= max(found.balance, Decimal(0))
    if found.dso is not None and found.dso_best_possible is not None:
        assert 0 <= found.dso_best_possible <= found.dso
    if found.late_invoice_share is not None:
        assert 0 <= found.late_invoice_share <= 1
    if found.average_days_late is not None and found.days_beyond_terms is not None:
        assert found.average_days_late >= max(found.days_beyond_terms, Decimal(0))


@given(ledgers(), AMOUNTS, st.integers(0, 300))
def test_one_more_invoice_that_was_settled_later_than_the_average_never_lowers_it(
    items: list[LedgerItem], amount: Decimal, more: int
) -> None:
    before = figures(*items)
    days = int(max(before.average_days_late or 0, before.days_beyond_terms or 0)) + 1 + more
    issued = AS_OF - timedelta(days=days)
    late = item("late", amount, issued.isoformat(), issued.isoformat(), settled=AS_OF)
    after = figures(*items, late)
    for name in ("average_days_late", "days_beyond_terms", "late_payments_12m", "late_invoice_share"):
        earlier = getattr(before, name)
        assert getattr(after, name) >= (Decimal("-Infinity") if earlier is None else earlier)
    assert after.late_payments_12m is not None
    assert after.late_payments_12m > 0


@given(ledgers(("USD",)), st.sampled_from(("0.5", "2", "7.25", "100")))
def test_a_constant_rate_scales_amounts_and_leaves_days_and_shares(items: list[LedgerItem], rate: str) -> None:
    table = RateTable([Rate(currency="USD", to="CNY", on=date(2026, 1, 1), per_unit=Decimal(rate))])
    own, other = figures(*items, currency="USD"), figures(*items, rates=table)
    for name in SUMS:
        amount = getattr(own, name)
        assert getattr(other, name) == (None if amount is None else amount * Decimal(rate))
    assert own.ageing is not None
    assert other.ageing is not None
    assert other.ageing.model_dump() == {
        name: amount * Decimal(rate) for name, amount in own.ageing.model_dump().items()
    }
    assert {name: getattr(other, name) for name in SAME} == {name: getattr(own, name) for name in SAME}


@given(ledgers())
def test_what_is_unknown_says_why_in_both_languages_and_what_is_known_does_not(items: list[LedgerItem]) -> None:
    for found in (figures(*items), figures(*items, rates=RateTable())):
        told = set(LedgerFigures.model_fields) - {"customer", "as_of", "currency", "not_counted", "missing_rates"}
        missing = {name for name in told - {"unknown"} if getattr(found, name) is None}
        assert missing == set(found.unknown)
        assert [why for why in found.unknown.values() if not is_chinese(why)] == []
        assert found.missing_rates == () or found.balance is None or found.missing_rates == ("USD",)


@given(ledgers())
def test_a_ledger_of_one_day_tells_nothing_good_of_twelve_months(items: list[LedgerItem]) -> None:
    found = figures(*items, coverage=WHOLE.model_copy(update={"complete_since": AS_OF}))
    assert (found.average_days_late, found.late_payments_12m, found.late_invoice_share) == (None, None, None)
    assert found.bounced_payment_12m is not False
    assert (found.highest_exposure_12m, found.broken_promises_12m, found.sales_trend) == (None, None, None)


def test_amounts_of_fifteen_digits_sum_exactly() -> None:
    most = "999999999999999.9999"
    entries = [item(str(number), most, "08-01", "10-01", currency="USD") for number in range(20)]
    found = figures(*entries, order("o", "1", "11-01"))
    # 20 x 999999999999999.9999 x 7.25, each rounded to four places, half to even: ...999.999275 becomes ...999.9993.
    assert found.balance == 20 * Decimal("7249999999999999.9993")
    assert found.ageing is not None
    assert found.ageing.total == found.balance


def test_figures_are_of_the_day_of_the_ledger_and_of_the_rates_of_theirs() -> None:
    ledger = CustomerLedger.of("C1", date(2026, 11, 1), WHOLE, [item("1", "10", "08-01", "10-01", currency="USD")])
    early = reckon_ledger(ledger, Exchange(DOLLARS, "CNY", date(2026, 10, 31)))
    assert (early.as_of, early.own_overdue_days, early.balance) == (date(2026, 11, 1), 31, None)
    assert reckon_ledger(ledger, Exchange(DOLLARS, "CNY", AS_OF)).balance == Decimal("72.5")


def test_figures_survive_being_written() -> None:
    found = figures(item("1", "100", "08-01", "10-01"), order("9", "5", "11-20"))
    assert LedgerFigures.model_validate_json(found.model_dump_json()) == found
