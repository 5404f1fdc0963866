"""Whether a customer of the book fits the policy, and what a book comes to: one line for each rule."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admission.customers.book.checks import longest_terms, objections, review_day, sums_of
from admission.customers.book.records import BookRow
from admission.customers.reviews import months_later
from admission.policy import Policy
from tests.admission.build import default_policy
from tests.admission.customers.book.build import EXCHANGE, REVIEWED, TODAY, row, security
from tests.languages import is_chinese

POLICY = default_policy()
DAY = timedelta(days=1)
GRADES = ("A", "B", "C", "D", "E")


def objected(one: BookRow, policy: Policy = POLICY) -> list[tuple[str, str, str]]:
    found = list(objections(one, policy, EXCHANGE))
    assert all(is_chinese(item.expected) for item in found)
    return [(item.column, item.value, item.expected.en) for item in found]


REFUSED: dict[str, tuple[dict[str, Any], tuple[str, str, str]]] = {
    "a grade that the policy has not": ({"grade": "A1"}, ("grade", "A1", "one of A, B, C, D, E")),
    "a segment that the policy has not": (
        {"application": {"segment": "micros"}},
        ("segment", "micros", "did you mean micro?"),
    ),
    "a currency without a rate": ({"currency": "JPY"}, ("currency", "JPY", "a currency with a rate: no exchange rate")),
    "terms that no grade has": ({"terms": 61}, ("terms_days", "61", "at most 60 days, the policy's longest terms")),
    "more open than there is": (
        {"open_limit": Decimal(5001)},
        ("open_limit", "5001", "at most the limit"),
    ),
    "a review in the future": (
        {"last_review_on": TODAY + DAY},
        ("last_review", str(TODAY + DAY), f"a day up to {TODAY}"),
    ),
    "a next review before the last": (
        {"next_review_on": REVIEWED},
        ("next_review", str(REVIEWED), "a day after the last review"),
    ),
    "a next review that is put off": (
        {"next_review_on": date(2099, 1, 1)},
        ("next_review", "2099-01-01", "as the policy asks of this grade"),
    ),
    "a security that has ended": (
        {"security": security(valid_until=TODAY - DAY)},
        ("security_until", str(TODAY - DAY), "a security that has not ended"),
    ),
}
TAKEN: dict[str, dict[str, Any]] = {
    "as it is": {},
    "reviewed today": {"last_review_on": TODAY},
    "the longest terms": {"terms": 60},
    "no terms": {"terms": 0},
    "all of it open": {"open_limit": Decimal(5000)},
    "overdue for years": {"last_review_on": date(2019, 1, 1)},
    "a security without an end": {"security": security()},
    "a security that ends today": {"security": security(valid_until=TODAY)},
    "of a grade that would need security": {"grade": "E"},
    "reviewed again tomorrow": {"next_review_on": TODAY + DAY},
    "more than any cap": {"limit": "900000000"},
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_does_not_fit_the_policy_is_refused(name: str) -> None:
    changes, (column, value, expected) = REFUSED[name]
    ((told, given, why),) = objected(row(**changes))
    assert (told, given) == (column, value)
    assert expected in why


@pytest.mark.parametrize("name", TAKEN)
def test_what_the_house_had_is_taken(name: str) -> None:
    assert objected(row(**TAKEN[name])) == []


def test_all_objections_are_told_at_once() -> None:
    wrong = row(grade="Z", currency="JPY", terms=99, last_review_on=TODAY + DAY, next_review_on=TODAY)
    assert [column for column, _, _ in objected(wrong)] == ["grade", "currency", "terms_days", "last_review"]


def test_a_segment_may_bound_the_terms() -> None:
    document = POLICY.model_dump(mode="json")
    document["segments"] = {"standard": {}, "short": {"max_terms_days": 14}}
    policy = Policy.model_validate(document)
    assert (longest_terms(policy, "standard"), longest_terms(policy, "short")) == (60, 14)
    (refused,) = objected(row(application={"segment": "short"}), policy)
    assert refused[2] == "at most 14 days, the policy's longest terms"


@given(
    st.sampled_from(GRADES),
    st.dates(date(2015, 1, 1), TODAY),
    st.none() | st.dates(date(2015, 1, 1), date(2040, 1, 1)),
)
def test_no_review_is_later_than_a_decision_of_today_would_set_it(
    grade: str, last: date, following: date | None
) -> None:
    one = row(grade=grade, last_review_on=last, next_review_on=following)
    if not objected(one):
        months = POLICY.review_months(POLICY.grade(grade), "standard")
        assert last < review_day(one, POLICY) <= months_later(TODAY, months)


@given(st.lists(st.tuples(st.sampled_from(GRADES), st.integers(1, 10**9), st.dates(date(2023, 1, 1), TODAY))))
def test_sums_count_every_customer_once(some: list[tuple[str, int, date]]) -> None:
    rows = [
        row(number, grade=grade, limit=str(limit), last_review_on=day)
        for number, (grade, limit, day) in enumerate(some, 1)
    ]
    sums = sums_of(rows, POLICY, TODAY)
    for counts in (sums.grades, sums.countries, sums.reviews):
        assert sum(counts.values()) == sums.customers == len(some)
    assert sums.limits.get("GBP", 0) == sum(limit for _, limit, _ in some)
    assert sums.lapsed <= sums.overdue <= sums.customers
    assert list(sums.grades) == sorted(sums.grades)


def test_what_a_book_comes_to() -> None:
    months = POLICY.review_months(POLICY.grade("B"), "standard")
    late = TODAY - timedelta(days=POLICY.customers.review_grace_days or 0)
    rows = [
        row(1, last_review_on=TODAY),
        row(2, grade="A", currency="USD", account="10", security=security(), last_review_on=TODAY),
        row(3, next_review_on=TODAY),
        row(4, next_review_on=late),
        row(5, next_review_on=late - DAY),
    ]
    sums = sums_of(rows, POLICY, TODAY)
    assert (sums.grades, sums.countries) == ({"A": 1, "B": 4}, {"GB": 5})
    assert sums.limits == {"GBP": 20_000, "USD": 5000}
    assert sums.reviews[f"{months_later(TODAY, months):%Y-%m}"] >= 1
    assert (sums.overdue, sums.lapsed, sums.securities, sums.accounts) == (3, 1, 1, 1)
