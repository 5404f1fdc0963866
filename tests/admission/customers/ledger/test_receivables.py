"""Balance, ageing, overdue and exposure, against sums made by hand."""

from __future__ import annotations

from decimal import Decimal

from admission.customers.ledger.counted import NO_ENTRIES, NOT_REACHING
from admission.customers.ledger.receivables import NEVER_INVOICED, NO_DISPUTES_TOLD, NOTHING_OPEN, Ageing
from admission.customers.ledger.records import Coverage
from admission.money import RateTable, no_rate
from tests.admission.customers.ledger.build import OPEN_ALONE, WHOLE, day, figures, item, told

# As of 2026-11-28; days overdue at the end of the line.
OPEN = (
    item("1", "1000", "08-01", "11-30"),  # -2
    item("2", "500", "08-01", "11-28"),  # 0: due today is not overdue
    item("3", "200", "08-01", "11-27"),  # 1
    item("4", "300", "08-01", "10-29"),  # 30
    item("5", "400", "08-01", "10-28"),  # 31
    item("6", "600", "08-01", "09-29"),  # 60
    item("7", "700", "08-01", "09-28"),  # 61
    item("8", "800", "08-01", "08-30"),  # 90
    item("9", "900", "08-01", "08-29", disputed="900"),  # 91, contested
    item("10", "50", "11-20", kind="returned_payment"),  # 8
    item("11", "250", "11-01", kind="payment"),
    item("12", "100", "11-01", kind="credit_note", open_amount="40"),
    item("13", "999", "08-01", "09-01", settled="09-20"),  # settled
)


def test_an_ageing_report() -> None:
    found = figures(*OPEN)
    assert found.ageing == Ageing(
        not_due=Decimal(1500),  # 1000 + 500
        days_1_to_30=Decimal(550),  # 200 + 300 + 50
        days_31_to_60=Decimal(1000),  # 400 + 600
        days_61_to_90=Decimal(1500),  # 700 + 800
        over_90_days=Decimal(900),
    )
    assert found.ageing.total == 5450
    assert found.unallocated_credits == -290  # -(250 + 40)
    assert found.balance == 5160  # 5450 - 290
    assert found.disputed == 900
    assert found.overdue == 3050  # 550 + 1000 + 1500, without the contested 900
    assert found.overdue_share == Decimal("0.559633")  # 3050 / 5450
    assert found.own_overdue_days == 90  # 91 is contested


def test_a_document_contested_in_part_is_late_with_the_rest() -> None:
    found = figures(item("1", "100", "08-01", "09-29", disputed="30", open_amount="80"))
    # Open 80, of which 30 contested: 50 is overdue, by 60 days.
    assert told(found, "balance", "disputed", "overdue", "own_overdue_days") == (80, 30, 50, 60)


def test_credit_notes_above_invoices_give_a_negative_balance() -> None:
    found = figures(item("1", "100", "11-01", "12-01"), item("2", "150", "11-02", kind="credit_note"))
    assert told(found, "balance", "unallocated_credits") == (-50, -150)
    assert told(found, "overdue", "overdue_share", "own_overdue_days") == (0, 0, 0)
    assert told(found, "dso", "dso_count_back") == (None, 0)  # net sales are -50; nothing is owed
    # 100 stood alone on the first day.
    assert found.highest_exposure_12m == 100


def test_a_payment_before_the_invoice() -> None:
    on_account = item("1", "80", "11-01", kind="payment")
    alone = figures(on_account)
    assert (told(alone, "balance", "overdue_share"), alone.unknown["overdue_share"]) == ((-80, None), NOTHING_OPEN)
    assert (alone.own_overdue_days, alone.unknown["own_overdue_days"]) == (None, NEVER_INVOICED)
    assert alone.highest_exposure_12m == 0
    # The invoice of 11-10 is settled by it on the day before.
    settled = on_account.model_copy(update={"settled": day("11-10")})
    both = figures(settled, item("2", "80", "11-10", "12-10", settled="11-09"))
    assert told(both, "balance", "average_days_late", "late_payments_12m") == (0, 0, 0)
    assert both.days_beyond_terms == -31  # 12-10 to 11-09
    assert both.highest_exposure_12m == 0


def test_two_currencies_are_summed_at_the_rate_of_the_day() -> None:
    entries = (item("1", "100", "08-01", "10-01"), item("2", "10", "08-01", "11-30", currency="USD"))
    found = figures(*entries)
    # 100 + 10 x 7.25 = 172.50, of which 100 is overdue.
    assert told(found, "balance", "overdue", "overdue_share") == (Decimal("172.5"), 100, Decimal("0.57971"))
    assert found.missing_rates == ()


def test_without_a_rate_amounts_are_unknown_and_days_are_not() -> None:
    entries = (item("1", "100", "08-01", "10-01"), item("2", "10", "08-01", "08-30", currency="USD"))
    found = figures(*entries, rates=RateTable())
    why = no_rate("USD", "CNY")
    for name in ("balance", "ageing", "overdue", "overdue_share", "dso", "highest_exposure_12m"):
        assert (getattr(found, name), found.unknown[name]) == (None, why)
    assert (found.own_overdue_days, found.missing_rates) == (90, ("USD",))
    # What has no rate is not due: the overdue part is known all the same, its share is not.
    other = figures(entries[0], item("2", "10", "08-01", "11-30", currency="USD"), rates=RateTable())
    assert told(other, "overdue", "overdue_share") == (100, None)


def test_the_highest_exposure_of_twelve_months() -> None:
    entries = (
        item("1", "900", "2025-01-01", "2025-02-01", settled="2025-11-28"),  # before the window
        item("2", "100", "2025-11-01", "2025-12-01", settled="01-10"),
        item("3", "300", "01-05", "02-05", settled="03-01"),
        item("4", "500", "02-01", "03-01", settled="03-02"),
        item("5", "50", "02-15", kind="payment", settled="03-02"),
        item("6", "200", "11-01", "12-01"),
    )
    # 11-29: 100; 01-05: 400; 01-10: 300; 02-01: 800; 02-15: 750; 03-01: 450; 03-02: 0; 11-01: 200.
    assert figures(*entries).highest_exposure_12m == 800
    # What is settled on the first day of the window, 2025-11-29, is not open at its end.
    assert figures(item("1", "900", "2025-01-01", "2025-02-01", settled="2025-11-29")).highest_exposure_12m == 0


def test_a_part_payment_never_lowers_the_highest_exposure() -> None:
    found = figures(
        item("1", "1000", "03-01", "04-01", open_amount="100"),
        item("2", "600", "03-01", kind="payment", open_amount="10"),
    )
    # Nobody tells when the 900 were paid: the invoice counts whole, the payment with the 10 that are open.
    assert told(found, "balance", "highest_exposure_12m") == (90, 990)


def test_a_ledger_that_does_not_reach_back_leaves_the_highest_exposure_unknown() -> None:
    late = Coverage(complete_since=day("2025-11-30"))
    for coverage in (OPEN_ALONE, late):
        found = figures(*OPEN, coverage=coverage)
        assert (found.highest_exposure_12m, found.unknown["highest_exposure_12m"]) == (None, NOT_REACHING)
        assert found.balance == 5160
    just = Coverage(complete_since=day("2025-11-29"))
    # All of 08-01 are open together from 08-01 on, with the 999 of number 13: 5400 + 999.
    assert figures(*OPEN, coverage=just).highest_exposure_12m == 6399


def test_a_customer_without_documents_owes_nothing_and_is_not_known_to_pay_well() -> None:
    found = figures()
    assert told(found, "balance", "overdue", "unallocated_credits", "disputed") == (0, 0, 0, 0)
    known = {name for name, value in found.model_dump().items() if value is not None}
    assert known == {
        *("customer", "as_of", "currency", "not_counted", "missing_rates", "unknown"),
        *("balance", "ageing", "unallocated_credits", "disputed", "overdue", "open_orders", "broken_promises_12m"),
    }
    assert (found.unknown["highest_exposure_12m"], found.unknown["bounced_payment_12m"]) == (NO_ENTRIES, NO_ENTRIES)


def test_where_disputes_are_not_told_no_dispute_is_not_zero() -> None:
    silent = Coverage(complete_since=WHOLE.complete_since)
    found = figures(item("1", "100", "08-01", "10-01"), coverage=silent)
    assert (found.disputed, found.unknown["disputed"]) == (None, NO_DISPUTES_TOLD)
    assert figures(item("1", "100", "08-01", "10-01", disputed="1"), coverage=silent).disputed == 1


def test_what_is_of_a_later_day_is_told_and_not_counted() -> None:
    found = figures(
        item("1", "100", "11-01", "12-01"),
        item("2", "700", "11-29", "12-29"),
        item("3", "50", "11-29", kind="payment"),
        item("4", "30", "11-02", "11-20", settled="11-29"),
    )
    # The settlement of tomorrow is not known today: 100 + 30.
    assert told(found, "balance", "overdue", "not_counted") == (130, 30, 2)
