"""Lateness, returned payments, promises and means, against sums made by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from admission.customers.ledger.counted import NO_ENTRIES, NOT_REACHING
from admission.customers.ledger.paying import (
    NO_MEANS,
    NO_PROMISES_TOLD,
    NO_RETURNS_TOLD,
    NOT_NOTED,
    NOTHING_DUE,
    NOTHING_SETTLED,
)
from admission.customers.ledger.records import Coverage
from admission.model import Text
from tests.admission.customers.ledger.build import OPEN_ALONE, WHOLE, day, figures, item, promise, told

SETTLED = (
    item("1", "1000", "01-01", "01-31", settled="02-10"),  # 10 days late
    item("2", "3000", "02-01", "03-03", settled="02-21"),  # 10 days early
    item("3", "500", "03-01", "03-31", settled="04-30"),  # 30 days late
    item("4", "500", "03-01", "03-31", settled="03-31"),  # on the day
    item("5", "9000", "2025-09-01", "2025-10-01", settled="2025-11-28"),  # before the window
    item("6", "700", "04-01", "05-01", settled="06-30", disputed="700"),  # contested
)


def test_how_late_a_customer_pays() -> None:
    found = figures(*SETTLED)
    # Weights 1000 + 3000 + 500 + 500 = 5000.
    assert found.average_days_late == 5  # (10 x 1000 + 30 x 500) / 5000
    assert found.days_beyond_terms == -1  # (10000 - 30000 + 15000 + 0) / 5000
    assert found.late_payments_12m == 2
    assert found.late_invoice_share == Decimal("0.5")  # 2 of 4


def test_who_never_pays_is_late_too() -> None:
    found = figures(*SETTLED, item("7", "10", "05-01", "06-01"), item("8", "10", "11-01", "12-01"))
    assert found.late_invoice_share == Decimal("0.6")  # 3 of 5; what is not due does not count
    assert found.late_payments_12m == 2
    alone = figures(item("7", "10", "05-01", "06-01"))
    assert told(alone, "late_invoice_share", "late_payments_12m", "average_days_late") == (1, None, None)
    assert alone.unknown["late_payments_12m"] == NOTHING_SETTLED


def test_a_contested_part_neither_counts_nor_weighs() -> None:
    found = figures(
        item("1", "1000", "01-01", "01-31", settled="02-10", disputed="600"),
        item("2", "600", "01-01", "01-31", settled="01-31"),
    )
    assert found.average_days_late == 4  # 10 x 400 / (400 + 600)


def test_no_sales_is_not_never_late() -> None:
    found = figures(item("1", "100", "11-01", "12-01"))
    assert (found.late_invoice_share, found.unknown["late_invoice_share"]) == (None, NOTHING_DUE)
    assert (found.average_days_late, found.own_overdue_days) == (None, 0)


def test_lateness_asks_for_a_ledger_of_twelve_months() -> None:
    found = figures(*SETTLED, coverage=OPEN_ALONE)
    for name in ("average_days_late", "days_beyond_terms", "late_payments_12m", "late_invoice_share"):
        assert (getattr(found, name), found.unknown[name]) == (None, NOT_REACHING)


@pytest.mark.parametrize(
    ("returned_on", "coverage", "count", "bounced", "why"),
    [
        ("2025-11-29", WHOLE, 1, True, None),
        ("2025-11-28", WHOLE, 0, False, None),
        ("2025-11-28", OPEN_ALONE, None, None, NOT_REACHING),
        ("11-28", OPEN_ALONE, None, True, NOT_REACHING),
        (None, WHOLE, 0, False, None),
        (None, Coverage(complete_since=WHOLE.complete_since), None, None, NO_RETURNS_TOLD),
    ],
)
def test_a_returned_payment_that_is_seen_is_told_and_none_only_where_one_would_be(
    returned_on: str | None, coverage: Coverage, count: int | None, bounced: bool | None, why: Text | None
) -> None:
    entries = [item("1", "100", "2025-10-01", "2025-11-01", settled="2025-11-01")]
    if returned_on:
        entries.append(item("2", "100", returned_on, kind="returned_payment"))
    found = figures(*entries, coverage=coverage)
    assert (found.returned_payments_12m, found.bounced_payment_12m) == (count, bounced)
    assert found.unknown.get("returned_payments_12m") == why


def test_a_customer_without_documents_is_not_known_never_to_have_bounced() -> None:
    assert figures().unknown["returned_payments_12m"] == NO_ENTRIES


def test_broken_promises() -> None:
    kept, broken = promise("1", "03-01", "03-15", True), promise("2", "03-01", "03-20", False)
    long_ago, open_still = promise("3", "2025-11-01", "2025-11-28", False), promise("4", "11-20", "12-01", None)
    today, given_up = promise("5", "11-20", "11-28", None), promise("6", "11-20", "12-05", False)
    assert figures(kept, broken, long_ago, open_still, today).broken_promises_12m == 1
    assert figures(kept, broken, given_up).broken_promises_12m == 2
    unnoted = figures(kept, broken, promise("7", "11-01", "11-27", None))
    assert (unnoted.broken_promises_12m, unnoted.unknown["broken_promises_12m"]) == (None, NOT_NOTED)
    silent = figures(item("1", "100", "11-01", "12-01"), coverage=Coverage(complete_since=WHOLE.complete_since))
    assert silent.unknown["broken_promises_12m"] == NO_PROMISES_TOLD
    assert figures(kept, coverage=OPEN_ALONE).unknown["broken_promises_12m"] == NOT_REACHING


def test_a_change_from_transfers_to_bills() -> None:
    before = [item("1", "500", "2025-12-01", kind="payment", settled="2025-12-01", means="bank_transfer")]
    bill = item("2", "400", "09-01", kind="payment", settled="09-01", means="commercial_acceptance")
    transfer = item("3", "100", "10-01", kind="payment", settled="10-01", means="bank_transfer")
    untold = item("4", "299", "10-02", kind="payment", settled="10-02")
    found = figures(*before, bill, transfer, untold)
    # 400 leads 100 by 300, more than the 299 of which nobody noted the means.
    assert (found.means_before, found.means, found.means_changed) == ("bank_transfer", "commercial_acceptance", True)
    doubtful = figures(*before, bill, transfer, untold.model_copy(update={"amount": Decimal(300)}))
    assert (doubtful.means, doubtful.means_changed, doubtful.unknown["means"]) == (None, None, NO_MEANS)
    assert figures(*before, transfer).means_changed is False
    assert figures(*before).unknown["means"] == NO_MEANS
    assert figures(*before, coverage=OPEN_ALONE).unknown["means"] == NOT_REACHING


def test_settled_invoices_tell_the_means_where_payments_do_not() -> None:
    found = figures(
        item("1", "500", "01-01", "02-01", settled="02-01", means="cheque"),
        item("2", "500", "01-01", "09-01", settled="09-01", means="bank_acceptance"),
        item("3", "500", "09-01", kind="payment", settled="09-01"),
    )
    assert (found.means_before, found.means) == ("cheque", "bank_acceptance")
    # The half year up to 2026-11-28 begins on 05-29.
    border = figures(item("1", "5", "01-01", "05-28", settled="05-28", means="card"))
    assert (border.means_before, border.means) == ("card", None)


def test_the_window_ends_with_the_day_of_the_ledger() -> None:
    late = item("1", "100", "10-01", "11-01", settled="11-28")
    assert figures(late).late_payments_12m == 1
    assert figures(late.model_copy(update={"settled": day("11-29")})).late_payments_12m is None
