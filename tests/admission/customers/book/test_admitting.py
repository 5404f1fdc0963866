"""What a confirmed row becomes: a customer, a decision that says that it rests on no assessment, a security."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from admission.customers.book.admitting import imported_customer, imported_decision, imported_security
from admission.memo.labels import DECIDED_BY
from tests.admission.customers.book.build import REVIEWED, TODAY, about, due, security
from tests.languages import is_chinese

CASE = "GH-2026-000001"
BOOK = about().model_copy(update={"id": "B1", "confirmed_by": "cy"})
AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def test_a_customer_has_what_the_book_says_and_is_not_assessed() -> None:
    one = due(industry_code="uk-sic:47110", security=security())
    made = imported_customer(one, CASE, TODAY)
    assert (made.company_key, made.grade, made.limit, made.currency) == (one.company_key, "B", Decimal(5000), "GBP")
    assert (made.terms_days, made.next_review_on, made.industry_code) == (30, one.next_review_on, "uk-sic:47110")
    assert (made.admitted_by, made.last_case, made.admitted_on) == (CASE, CASE, TODAY)
    assert (made.open_limit, made.active, made.assessed) == (Decimal(3000), True, False)


def test_the_decision_names_the_book_and_both_people() -> None:
    made = imported_decision(due(), BOOK, AT)
    assert (made.outcome, made.decided_by, made.assessment) == ("admitted", "import", "")
    assert (made.limit, made.currency, made.terms_days, made.decided_at) == (Decimal(5000), "GBP", 30, AT)
    for text in (made.reason.en, made.reason.zh):
        assert all(name in text for name in ("B1", "bea", "cy"))
    assert "nobody has assessed it here" in made.reason.en
    assert is_chinese(made.reason)
    assert "not assessed" in DECIDED_BY[made.decided_by].en


def test_a_security_is_recorded_by_one_and_confirmed_by_the_other() -> None:
    one = due(security=security(valid_until=TODAY))
    made = imported_security(one, BOOK)
    assert made is not None
    assert (made.recorded_by, made.confirmed_by, made.valid_from) == ("bea", "cy", REVIEWED)
    assert made.value_for(one.company_key, Decimal(1)) == 2000
    assert made.counts_on(TODAY)
    assert imported_security(due(), BOOK) is None
