"""What a document of the ledger may say, and what contradicts itself."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from admission.customers.ledger import records
from admission.customers.ledger.records import Coverage, CustomerLedger, LedgerItem
from admission.model import Text
from admission.problems import problems_of
from tests.admission.customers.ledger.build import AS_OF, day, item, order, promise
from tests.languages import is_chinese

INVOICE = {
    "customer": "C1",
    "number": "1",
    "kind": "invoice",
    "amount": "100",
    "currency": "CNY",
    "issued": "2026-03-01",
    "due": "2026-03-31",
}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"due": None}, records.DUE_DAY.en),
        ({"due": "2026-02-28"}, records.DUE_AFTER.en),
        ({"kind": "returned_payment", "due": "2026-02-28"}, records.DUE_AFTER.en),
        ({"kind": "payment", "disputed": "1"}, records.DEBIT_DISPUTED.en),
        ({"disputed": "100.01"}, records.AT_MOST_AMOUNT.en),
        ({"open_amount": "100.01"}, records.AT_MOST_AMOUNT.en),
        ({"settled": "2026-04-01", "open_amount": "1"}, records.SETTLED_IS_WHOLE.en),
        ({"open_amount": "0"}, records.OPEN_OR_SETTLED.en),
        ({"amount": "0"}, "more than 0"),
        ({"amount": "-5"}, "more than 0"),
        ({"amount": "NaN"}, "a finite amount"),
        ({"amount": "1.00001"}, "at most 4 places after the point"),
        ({"amount": "1" + "0" * 15 + ".0000"}, "at most 15 digits before the point"),
        ({"currency": "RMB"}, "a three-letter ISO 4217 currency code in capitals, such as USD, EUR, GBP or CNY"),
        ({"issued": "1989-12-31"}, "at least 1990-01-01"),
        ({"customer": ""}, "not empty"),
        ({"number": "1\u202e2"}, "text without control characters"),
        ({"kind": "order"}, "one of invoice, credit_note, payment, returned_payment"),
        ({"means": "shells"}, "one of bank_transfer, direct_debit"),
    ],
)
def test_a_document_that_contradicts_itself_is_refused(given: dict[str, Any], expected: str) -> None:
    with pytest.raises(ValidationError) as caught:
        LedgerItem.model_validate({**INVOICE, **given})
    (problem,) = problems_of(caught.value, model=LedgerItem)
    assert problem.expected.en.startswith(expected)
    assert is_chinese(problem.expected)


def test_what_is_open_on_the_day_of_the_ledger() -> None:
    plain, partly = item("1", "100", "03-01", "03-31"), item("2", "100", "03-01", "03-31", open_amount="40")
    settled = item("3", "100", "03-01", "03-31", settled="04-10")
    prepaid = item("4", "100", "03-10", "03-10", settled="03-01")
    before, on = day("04-09"), day("04-10")
    assert [one.open_on(on) for one in (plain, partly, settled, prepaid)] == [100, 40, 0, 0]
    assert [one.open_on(before) for one in (plain, partly, settled, prepaid)] == [100, 40, 100, 0]


def test_what_was_paid_of_a_disputed_document_is_what_nobody_contested() -> None:
    one = item("1", "100", "03-01", "03-31", open_amount="40", disputed="30")
    other = item("2", "100", "03-01", "03-31", open_amount="40", disputed="50")
    settled = item("3", "100", "03-01", "03-31", settled="04-01", disputed="50")
    assert [found.disputed_on(AS_OF) for found in (one, other, settled)] == [30, 40, 0]
    assert [found.undisputed for found in (one, other, settled)] == [70, 50, 50]


def test_a_returned_payment_is_due_on_its_own_day_and_credits_need_no_due_day() -> None:
    assert item("1", "100", "03-01", kind="returned_payment").due_on == date(2026, 3, 1)
    assert item("2", "100", "03-01", kind="payment").due is None
    assert [item(str(n), "1", "03-01", "03-01", kind=kind).sign for n, kind in enumerate(records.ITEM_KINDS)] == [
        1,
        -1,
        -1,
        1,
    ]


def test_a_promise_is_of_a_later_day() -> None:
    assert promise("1", "03-01", "03-01", None).day == day("03-01")
    with pytest.raises(ValidationError, match=records.KEPT_LATER.en):
        promise("1", "03-02", "03-01", None)


def test_a_ledger_has_each_document_of_one_customer_once() -> None:
    invoice = item("1", "100", "03-01", "03-31")
    instalment = invoice.model_copy(update={"line": "2"})
    note = item("1", "100", "03-01", kind="credit_note")
    ledger = CustomerLedger.of("C1", AS_OF, Coverage(), [invoice, instalment, note, order("1", "5", "03-01")])
    assert (len(ledger.items), len(ledger.orders), ledger.promises) == (3, 1, ())
    with pytest.raises(ValidationError, match=records.DOCUMENT_ONCE.en):
        CustomerLedger.of("C1", AS_OF, Coverage(), [invoice, invoice.model_copy(update={"amount": Decimal(5)})])
    with pytest.raises(ValidationError, match=records.ONE_CUSTOMER.en):
        CustomerLedger.of("C2", AS_OF, Coverage(), [invoice])


def test_a_document_without_a_dispute_is_written_as_before_there_were_any() -> None:
    assert "disputed" not in item("1", "100", "03-01", "03-31").model_dump(mode="json")


@pytest.mark.parametrize("words", [records.ITEM_KINDS, records.MEANS, records.ORDER_STAGES])
def test_every_word_of_the_ledger_has_both_languages(words: dict[str, Text]) -> None:
    assert [text for text in words.values() if not is_chinese(text)] == []
