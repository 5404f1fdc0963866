"""Which of several caps is told, and how far each is used by the customers there are."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from admission.assessment.engine.caps import Asker, CapUse, Sums, judge_caps, measure_caps
from admission.assessment.exposure import ConvertedSum, ExposureLedger
from admission.evidence.findings import Verdict
from admission.policy import Caps
from tests.admission.build import EXCHANGE, application, customer

PASS, FAIL, UNKNOWN = Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN
WIDE, NARROW = "uk-sic:4", "uk-sic:41"
# What others have within an industry, for each verdict on a cap of 100 of which 10 are asked for.
OTHERS: dict[Verdict, Sums] = {
    PASS: Sums({"USD": Decimal(1)}, {}),
    UNKNOWN: Sums({"USD": Decimal(1)}, {"USD": Decimal(95)}),
    FAIL: Sums({"USD": Decimal(95)}, {}),
}
WORSE = [(PASS, PASS, PASS), (PASS, UNKNOWN, UNKNOWN), (PASS, FAIL, FAIL), (UNKNOWN, FAIL, FAIL)]


@pytest.mark.parametrize(("one", "other", "told"), [*WORSE, *((other, one, told) for one, other, told in WORSE)])
def test_of_each_kind_the_cap_that_stands_worst_is_told(one: Verdict, other: Verdict, told: Verdict) -> None:
    caps = Caps(industry={WIDE: Decimal(100), NARROW: Decimal(100)})
    asker = Asker("B", "standard", "GB", "uk-sic:41100", Decimal(10), "USD")
    counted: Any = {("industry", WIDE): OTHERS[one], ("industry", NARROW): OTHERS[other]}
    (use,) = judge_caps(caps, counted, asker, EXCHANGE)
    assert use.verdict is told


def total(others: str, **changes: Any) -> Verdict:
    return CapUse("total", "", Decimal(100), ConvertedSum(Decimal(others), ()), **changes).verdict


def test_what_is_not_said_of_a_cap_adds_nothing_and_the_case_is_certainly_within_it() -> None:
    assert (total("100"), total("100.01")) == (PASS, FAIL)
    assert (total("100", certain=False), total("100.01", certain=False)) == (PASS, UNKNOWN)
    assert CapUse("total", "", Decimal(100)).verdict is UNKNOWN
    assert CapUse("total", "", Decimal(100)).lacking == ()


def grouped(key: str, limit: str, group: str) -> Any:
    return customer(key, limit, application=application(group=group))


def measured(caps: dict[str, Any], *book: Any) -> list[tuple[str, str, Verdict, Decimal]]:
    uses = measure_caps(Caps.model_validate(caps), ExposureLedger(list(book)), EXCHANGE)
    return [(use.kind, use.name, use.verdict, use.others.amount if use.others else Decimal(-1)) for use in uses]


def test_each_cap_tells_what_customers_have_within_it() -> None:
    caps = {"total": "150", "country": {"GB": "90"}, "grade": {"B": "200"}}
    assert sorted(measured(caps, customer("a", "80"), customer("b", "20"))) == [
        ("country", "GB", FAIL, Decimal(100)),
        ("grade", "B", PASS, Decimal(100)),
        ("total", "", PASS, Decimal(100)),
    ]


def test_of_all_groups_the_one_that_stands_worst_is_told_or_else_the_largest() -> None:
    small, large = grouped("a", "40", "Alder"), grouped("b", "60", "Birch")
    assert measured({"group": "100"}, small, large) == [("group", "birch", PASS, Decimal(60))]
    assert measured({"group": "50"}, small, large) == [("group", "birch", FAIL, Decimal(60))]
    assert measured({"group": "100"}) == [("group", "", PASS, Decimal(0))]
    assert measured({"total": "100"}, small) == [("total", "", PASS, Decimal(40))]


def test_a_group_whose_sum_is_not_known_stands_worse_than_a_larger_one_within_its_cap() -> None:
    unknown = grouped("c", "5", "Cedar").model_copy(update={"currency": "CNY"})
    ((_, name, verdict, _),) = measured({"group": "100"}, grouped("b", "60", "Birch"), unknown)
    assert (name, verdict) == ("cedar", UNKNOWN)
