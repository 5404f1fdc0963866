"""Capital paid in, insured staff, and lists by file."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from admission.evidence.answers import Answer, Coverage, Gap
from admission.evidence.facts import Facts, LegalKind, LegalStatus
from admission.evidence.topics import Topic
from admission.metrics.catalogue import Metric, Value, known, unknown
from admission.metrics.listed import NOT_LOADED, listed_metrics
from admission.metrics.registers import NOT_ON_RECORD
from admission.metrics.registration import registration_metrics
from admission.money import Money
from tests.admission.build import AS_OF, EXCHANGE, answered, legal, profile

D = Decimal


def money(amount: str, currency: str = "CNY") -> Money:
    return Money(amount=D(amount), currency=currency)


def derived(years: str | None = "5", *more: Any, **changes: Any) -> dict[str, Metric]:
    traded = unknown("years_trading", NOT_ON_RECORD) if years is None else known("years_trading", D(years), (), AS_OF)
    found = registration_metrics(Facts.of([profile(**changes), *more]), traded, EXCHANGE)
    return {metric.name: metric for metric in found}


@pytest.mark.parametrize(
    ("paid", "registered", "expected"),
    [
        (money("500"), money("1000"), D("0.5")),
        (money("0"), money("1000"), D(0)),
        (money("1200"), money("1000"), D(1)),
        (money("1"), money("0"), D(0)),
        (money("100", "GBP"), money("1000", "USD"), D("0.125")),
        (money("100", "GBP"), money("1000"), None),
        (None, money("1000"), None),
        (money("500"), None, None),
    ],
)
def test_the_share_of_capital_paid_in(paid: Money | None, registered: Money | None, expected: Value | None) -> None:
    found = derived(paid_in_capital=paid, registered_capital=registered)
    assert found["paid_in_share"].value == expected


@pytest.mark.parametrize(
    ("staff", "years", "expected"),
    [(0, "3.1", True), (0, "3", False), (0, None, None), (1, "20", False), (1, None, False), (None, "20", None)],
)
def test_nobody_insured_after_three_years(staff: int | None, years: str | None, expected: Value | None) -> None:
    found = derived(years, insured_staff=staff)
    assert found["uninsured_after_3y"].value == expected
    assert found["insured_staff"].value == (None if staff is None else D(staff))


def test_of_several_the_fewest_insured_count() -> None:
    assert derived("5", profile(source="b", insured_staff=0), insured_staff=30)["uninsured_after_3y"].value is True


def listed(*records: Any, seen: Coverage | None = None) -> Metric:
    (metric,) = listed_metrics(Facts.of(records), answered() if seen is None else seen, as_of=AS_OF)
    return metric


def test_a_list_by_file_is_clean_only_where_it_was_searched() -> None:
    kind = LegalKind.COMMERCIAL_PAPER_OVERDUE
    assert listed().value is False
    assert listed(legal(kind, LegalStatus.OPEN)).value is True
    assert (listed(seen=Coverage()).value, listed(seen=Coverage()).unknown) == (None, NOT_LOADED)
    gap = Gap(topic=Topic.COMMERCIAL_PAPER, source="paper", answer=Answer.NOT_CONFIGURED)
    assert listed(seen=Coverage(gaps=(gap,))).value is None
    unclear = listed(legal(kind, LegalStatus.UNCLEAR, title="某某有限公司"))
    assert unclear.unknown is not None
    assert (unclear.value, unclear.unknown.zh) == (None, "疑似命中条目：某某有限公司")
