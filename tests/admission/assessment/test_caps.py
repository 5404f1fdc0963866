"""Caps on exposure: what is counted, and when a case goes to the committee."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admission.assessment.assessing import Dossier, assess
from admission.assessment.caps import say_cap
from admission.assessment.engine.caps import Asker, added_amount, capped_names, counted_in, judge_caps
from admission.assessment.exposure import CapKind, ExposureLedger
from admission.assessment.record import Assessment, CriterionResult
from admission.cases import Customer
from admission.evidence.findings import Verdict
from admission.policy import Appetite, Caps
from tests.admission.build import AS_OF, EXCHANGE, RATES, customer, default_policy, drawn_customers
from tests.admission.metrics.test_ages import dossier

PASS, FAIL, UNKNOWN = Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN


def judged(
    caps: Mapping[str, Any],
    customers: list[Customer],
    *,
    asked: str = "100",
    currency: str = "USD",
    grade: str = "B",
    industry: str | None = "uk-sic:41100",
    own: str = "new",
) -> dict[str, CriterionResult]:
    policy = Caps.model_validate(caps)
    exposure = ExposureLedger(customers).sum_others(own, capped_names(policy))
    asker = Asker(grade, "standard", "GB", industry, Decimal(asked), currency)
    results = [say_cap(use, EXCHANGE) for use in judge_caps(policy, counted_in(exposure), asker, EXCHANGE)]
    return {result.id: result for result in results}


BOOK = [customer("a"), customer("b", "80", "GBP", country="FR", grade="A", industry_code="uk-sic:47110")]
# USD 100 of others and GBP 80, which is USD 100.
CAPS: list[tuple[dict[str, Any], dict[str, Any], Verdict | None]] = [
    ({"total": "300"}, {}, PASS),
    ({"total": "299"}, {}, FAIL),
    ({"total": "300"}, {"asked": "100.01"}, FAIL),
    ({"total": "300"}, {"asked": "80", "currency": "GBP"}, PASS),
    ({"total": "299"}, {"asked": "80", "currency": "GBP"}, FAIL),
    ({"total": "1000"}, {"currency": "CNY"}, UNKNOWN),
    ({"total": "199"}, {"currency": "CNY"}, FAIL),
    ({"total": "200"}, {"own": "a"}, PASS),
    ({"grade": {"B": "200"}}, {}, PASS),
    ({"grade": {"B": "199"}}, {}, FAIL),
    ({"grade": {"A": "1"}}, {}, None),
    ({"segment": {"standard": "299"}}, {}, FAIL),
    ({"segment": {"micro": "1"}}, {}, None),
    ({"country": {"GB": "199"}}, {}, FAIL),
    ({"country": {"GB": "200"}}, {}, PASS),
    ({"country": {"FR": "1"}}, {}, None),
    ({"industry": {"uk-sic:41": "200"}}, {}, PASS),
    ({"industry": {"uk-sic:41": "199"}}, {}, FAIL),
    ({"industry": {"uk-sic:47": "1"}}, {}, None),
    ({"industry": {"us-sic:41": "1"}}, {}, None),
    ({"industry": {"uk-sic:41": "199"}}, {"industry": None}, UNKNOWN),
    ({"industry": {"uk-sic:41": "200"}}, {"industry": None}, PASS),
    ({"industry": {"uk-sic:4": "299", "uk-sic:41": "1000"}}, {}, FAIL),
]


@pytest.mark.parametrize(("caps", "case", "verdict"), CAPS, ids=[f"{row[0]}-{row[1]}" for row in CAPS])
def test_a_cap_holds_for_others_limits_and_what_is_asked(
    caps: dict[str, Any], case: dict[str, Any], verdict: Verdict | None
) -> None:
    results = judged(caps, BOOK, **case)
    if verdict is None:
        assert results == {}
    else:
        (result,) = results.values()
        assert (result.id, result.verdict, result.effect) == (f"cap_{next(iter(caps))}", verdict, "committee")


def test_the_figures_are_shown_in_both_languages() -> None:
    result = judged({"country": {"GB": "150"}}, BOOK)["cap_country"]
    assert result.message.en == ("Exposure to customers of GB: 100 USD of others; 100 USD of this case; cap 150 USD")
    assert result.message.zh == "GB 客户授信敞口：其他客户 100 USD；本案 100 USD；上限 150 USD"


def test_a_customer_without_a_rate_makes_the_sum_unknown_and_says_which() -> None:
    book = [*BOOK, customer("c", "5", "CNY")]
    result = judged({"total": "1000"}, book)["cap_total"]
    assert result.verdict is UNKNOWN
    assert "besides what is in CNY, for which there is no exchange rate" in result.message.en
    assert "CNY 无汇率" in result.message.zh
    # What is over the cap without it is over the cap with it.
    assert judged({"total": "250"}, book)["cap_total"].verdict is FAIL


def test_customers_of_unknown_industry_may_be_inside() -> None:
    book = [*BOOK, customer("c", "50", industry_code="")]
    assert judged({"industry": {"uk-sic:41": "250"}}, book)["cap_industry"].verdict is PASS
    result = judged({"industry": {"uk-sic:41": "249"}}, book)["cap_industry"]
    assert result.verdict is UNKNOWN
    assert "perhaps 50 USD of customers whose industry is not known" in result.message.en
    assert judged({"industry": {"uk-sic:41": "199"}}, book)["cap_industry"].verdict is FAIL


def test_who_is_no_customer_any_more_bears_nothing() -> None:
    assert judged({"total": "100"}, [customer("a", active=False)])["cap_total"].verdict is PASS


def test_nothing_counted_is_unknown_not_zero() -> None:
    asker = Asker("B", "standard", "GB", None, Decimal(1), "USD")
    (use,) = judge_caps(Caps(total=Decimal(100)), {}, asker, EXCHANGE)
    result = say_cap(use, EXCHANGE)
    assert result.verdict is UNKNOWN
    assert result.message.en == "Exposure to all customers: unknown, the customers' limits were not counted here"


KEYS = st.sampled_from(["a", "b", "c"])
CUSTOMERS = drawn_customers(KEYS, st.integers(1, 500))
NAMES: dict[CapKind, tuple[str, ...]] = {"total": ("",), "grade": ("A", "B"), "industry": ("uk-sic:4", "uk-sic:41")}


@given(st.lists(CUSTOMERS), KEYS)
def test_a_ledger_kept_up_to_date_is_the_ledger_read_anew(changes: list[Customer], own: str) -> None:
    kept = ExposureLedger([])
    for one in changes:
        kept.put(one)
    anew = ExposureLedger({one.company_key: one for one in changes}.values())
    assert kept.sum_others(own, NAMES) == anew.sum_others(own, NAMES)
    assert kept.total_up(EXCHANGE) == anew.total_up(EXCHANGE)
    assert kept.sum_group("G", own, EXCHANGE) == anew.sum_group("g", own, EXCHANGE)


@given(st.lists(CUSTOMERS, unique_by=lambda one: one.company_key), CUSTOMERS, st.integers(1, 2000))
def test_one_customer_more_never_makes_room(book: list[Customer], more: Customer, cap: int) -> None:
    badness = {PASS: 0, UNKNOWN: 1, FAIL: 2}
    caps = {"total": str(cap), "grade": {"B": str(cap)}, "industry": {"uk-sic:41": str(cap)}}
    extra = more.model_copy(update={"company_key": "more"})
    before, after = judged(caps, book), judged(caps, [*book, extra])
    assert all(badness[after[name].verdict] >= badness[before[name].verdict] for name in before)


ADDED: list[tuple[bool, str | None, str, str]] = [
    (False, None, "10", "100"),
    (False, "40", "10", "100"),
    (True, None, "10", "100"),
    (True, "40", "10", "40"),
    (True, "40", "60", "60"),
]


@pytest.mark.parametrize(("review", "own", "recommended", "added"), ADDED)
def test_a_review_adds_no_more_than_stands_or_is_recommended(
    review: bool, own: str | None, recommended: str, added: str
) -> None:
    limit = (Decimal(own), "USD") if own else None
    assert added_amount((Decimal(100), "USD"), limit, Decimal(recommended), review=review) == Decimal(added)


def test_a_review_in_another_currency_counts_what_is_asked_for() -> None:
    assert added_amount((Decimal(100), "USD"), (Decimal(40), "GBP"), Decimal(10), review=True) == Decimal(100)


def whole(caps: Mapping[str, Any], customers: list[Customer] | None, of: Dossier | None = None) -> Assessment:
    appetite = Appetite(caps=Caps.model_validate(caps))
    policy = default_policy().model_copy(update={"appetite": appetite})
    caps_of = capped_names(appetite.caps)
    exposure = ExposureLedger(customers).sum_others("new", caps_of) if customers is not None else None
    return assess((of or dossier())._replace(exposure=exposure), policy, RATES, as_of=AS_OF)


def test_a_case_below_its_caps_keeps_the_fast_track() -> None:
    made = whole({"total": "1000000", "country": {"GB": "1000000"}}, BOOK)
    assert made.route.kind == "fast_track"
    assert [result.id for result in made.criteria][-2:] == ["cap_total", "cap_country"]
    assert Assessment.model_validate_json(made.model_dump_json()).sha256 == made.sha256


SENT: list[tuple[str, str, list[Customer] | None, tuple[str, ...]]] = [
    ("passed", "25100", BOOK, ()),
    ("no-rate", "1000000", [*BOOK, customer("c", "5", "CNY")], ("cap_total",)),
    ("not-counted", "1000000", None, ("cap_total",)),
]


@pytest.mark.parametrize(("cap", "customers", "unknowns"), [row[1:] for row in SENT], ids=[row[0] for row in SENT])
def test_a_case_that_passes_a_cap_or_may_goes_to_the_committee(
    cap: str, customers: list[Customer] | None, unknowns: tuple[str, ...]
) -> None:
    made = whole({"total": cap}, customers)
    assert (made.route.kind, made.unknowns) == ("committee", unknowns)
    assert any("Exposure to all customers" in reason.en for reason in made.route.reasons)


def test_without_caps_nothing_is_counted_or_kept() -> None:
    made = whole({}, BOOK)
    assert "exposure" not in whole({}, None).model_dump(mode="json")
    assert not [result for result in made.criteria if result.id.startswith("cap_")]
