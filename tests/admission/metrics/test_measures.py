"""Criteria on amounts in another currency, on quartiles of an industry, and for some amounts alone."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from admission.assessment.assessing import knocked_out
from admission.assessment.criteria import judge
from admission.assessment.engine.case import ReferenceData
from admission.assessment.engine.verdicts import applicable
from admission.assessment.record import CriterionResult
from admission.cases import CaseKind
from admission.evidence.findings import Verdict
from admission.metrics.catalogue import Metric, Value, known
from admission.metrics.industry import Benchmark, IndustryTables
from admission.money import Exchange, Rate, RateTable
from admission.policy import AmountRange, Criterion, When
from tests.admission.build import AS_OF, application, default_policy, metrics, say

PASS, FAIL, UNKNOWN = Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN
RATES = RateTable(
    [
        Rate(currency="GBP", to="USD", on=date(2026, 6, 1), per_unit=Decimal("1.25")),
        Rate(currency="GBP", to="USD", on=date(2026, 7, 1), per_unit=Decimal("1.5")),
    ]
)


def benchmark(code: str, q1: str = "0.9", day: date = date(2026, 1, 1), metric: str = "current_ratio") -> Benchmark:
    return Benchmark(
        code=code,
        metric=metric,
        q1=Decimal(q1),
        median=Decimal(q1) + 1,
        q3=Decimal(q1) + 2,
        source="trade body",
        date=day,
    )


TABLES = IndustryTables(
    benchmarks=(
        benchmark("uk-sic:4", "5"),
        benchmark("uk-sic:47", "0.5", date(2025, 1, 1)),
        benchmark("uk-sic:47"),
        benchmark("uk-sic:47", "7", date(2026, 7, 1)),
        benchmark("uk-sic:471", "9", metric="quick_ratio"),
        benchmark("us-sic:47", "3"),
    )
)
REFERENCE = ReferenceData(Exchange(RATES, "USD", AS_OF), TABLES)


def rule(metric: str, comparison: str, value: Any, unit: str = "") -> Criterion:
    return Criterion.model_validate(
        {
            "id": "rule",
            "metric": metric,
            "comparison": comparison,
            "value": value,
            "unit": unit,
            "effect": "refer",
            "reason": say("The rule"),
            "source": "[P]",
        }
    )


def judged(criterion: Criterion, found: dict[str, Metric], reference: ReferenceData = REFERENCE) -> CriterionResult:
    (result,) = judge([criterion], found, reference)
    return result


AMOUNTS: list[tuple[str, str, Verdict]] = [
    ("GBP", "800", PASS),
    ("GBP", "799.99", FAIL),
    ("USD", "1000", PASS),
    ("USD", "999", FAIL),
    ("CNY", "1000000", UNKNOWN),
]


@pytest.mark.parametrize(("currency", "value", "verdict"), AMOUNTS)
def test_an_amount_is_compared_in_the_currency_of_the_bound(currency: str, value: str, verdict: Verdict) -> None:
    found = metrics({"revenue": Decimal(value)}, unit=currency)
    assert judged(rule("revenue", "at_least", "1000", "USD"), found).verdict is verdict


def test_both_bounds_of_a_range_are_in_its_currency() -> None:
    criterion = rule("revenue", "between", ("1000", "2000"), "USD")
    assert judged(criterion, metrics({"revenue": Decimal(1600)}, unit="GBP")).verdict is PASS
    assert judged(criterion, metrics({"revenue": Decimal(1601)}, unit="GBP")).verdict is FAIL


def test_the_rate_of_the_day_and_its_day_are_shown() -> None:
    result = judged(rule("revenue", "at_least", "1000", "USD"), metrics({"revenue": Decimal(800)}, unit="GBP"))
    assert (
        result.message.en == "The rule: 1,000 USD (register; 800 GBP at 1.25 of 2026-06-01); asked at least 1,000 USD"
    )
    assert (
        result.message.zh
        == "The rule（中）：1,000 USD（register；800 GBP，按 2026-06-01 汇率 1.25）；要求不低于 1,000 USD"
    )


def test_in_the_currency_of_the_bound_no_rate_is_shown() -> None:
    found = metrics({"tangible_net_worth": Decimal(2000)}, unit="USD")
    made = judged(rule("tangible_net_worth", "at_least", "1000", "USD"), found)
    assert made.message.en == "The rule: 2,000 USD (register); asked at least 1,000 USD"


def test_an_unknown_industry_tells_why() -> None:
    found = metrics({"current_ratio": Decimal(1)})
    found["industry_code"] = found["industry_code"].model_copy(update={"unknown": say("the register did not answer")})
    made = judged(rule("current_ratio", "at_least", {"quartile": "median"}), found)
    assert made.message.en == "The rule: unknown, the industry is not known: the register did not answer"


def test_without_a_rate_the_pair_is_named() -> None:
    result = judged(rule("revenue", "at_least", "1000", "USD"), metrics({"revenue": Decimal(800)}, unit="CNY"))
    assert result.message.en == "The rule: unknown, no exchange rate for CNY/USD"


@pytest.mark.parametrize("amount", ["-800", "0", "800"])
def test_equity_of_zero_or_less_fails_in_any_currency(amount: str) -> None:
    found = metrics({"equity": Decimal(amount)}, unit="GBP")
    results = {item.id: item.verdict for item in judge(default_policy().criteria, found, REFERENCE)}
    assert results["positive_equity"] is (PASS if Decimal(amount) > 0 else FAIL)


QUARTILES: list[tuple[str | None, str, Verdict, str]] = [
    ("uk-sic:47110", "0.9", PASS, "asked at least 0.9, the lower quartile of uk-sic:47 (trade body, 2026-01-01)"),
    ("uk-sic:47110", "0.89", FAIL, "asked at least 0.9, the lower quartile of uk-sic:47 (trade body, 2026-01-01)"),
    ("uk-sic:46000", "4.9", FAIL, "asked at least 5, the lower quartile of uk-sic:4 (trade body, 2026-01-01)"),
    ("us-sic:4711", "3", PASS, "asked at least 3, the lower quartile of us-sic:47 (trade body, 2026-01-01)"),
    ("uk-sic:01110", "9", UNKNOWN, "unknown, the house has no benchmark for uk-sic:01110"),
    ("nace:47.11", "9", UNKNOWN, "unknown, the house has no benchmark for nace:47.11"),
    (None, "9", UNKNOWN, "unknown, the industry is not known: no source for this is set up"),
]


@pytest.mark.parametrize(("code", "value", "verdict", "told"), QUARTILES)
def test_a_quartile_is_that_of_the_nearest_industry_on_the_day(
    code: str | None, value: str, verdict: Verdict, told: str
) -> None:
    found: dict[str, Value] = {"current_ratio": Decimal(value)}
    if code is not None:
        found["industry_code"] = code
    result = judged(rule("current_ratio", "at_least", {"quartile": "q1"}), metrics(found))
    assert result.verdict is verdict
    assert result.message.en.endswith(told)


@pytest.mark.parametrize(("name", "bound"), [("q1", "0.9"), ("median", "1.9"), ("q3", "2.9")])
def test_each_quartile_is_its_own_bound(name: str, bound: str) -> None:
    criterion = rule("current_ratio", "at_most", {"quartile": name})
    code: dict[str, Value] = {"industry_code": "uk-sic:47110"}
    assert judged(criterion, metrics(code | {"current_ratio": Decimal(bound)})).verdict is PASS
    assert judged(criterion, metrics(code | {"current_ratio": Decimal(bound) + 1})).verdict is FAIL


def test_what_old_facts_said_fails_a_criterion_but_never_passes_it() -> None:
    criterion = rule("revenue", "at_least", "1000", "USD")
    for value, verdict in ((Decimal(799), FAIL), (Decimal(800), UNKNOWN)):
        old = known("revenue", value, ("register",), AS_OF, unit="GBP")
        stale = old.model_copy(update={"value": None, "stale": value, "unknown": say("stale: of 2020")})
        result = judged(criterion, metrics({}) | {"revenue": stale})
        assert result.verdict is verdict
        assert "stale: of 2020" in result.message.en


def test_an_old_industry_code_chooses_a_benchmark_that_can_only_fail() -> None:
    found = metrics({"current_ratio": Decimal("0.5"), "industry_code": "uk-sic:47110"})
    code = found["industry_code"].model_copy(
        update={"value": None, "stale": "uk-sic:47110", "unknown": say("stale: asked in 2020")}
    )
    criterion = rule("current_ratio", "at_least", {"quartile": "q1"})
    assert judged(criterion, found | {"industry_code": code}).verdict is FAIL
    better = metrics({"current_ratio": Decimal(2)}) | {"industry_code": code}
    assert judged(criterion, better).message.en == "The rule: unknown, stale: asked in 2020"


RANGES: list[tuple[str | None, str | None, str | None, bool]] = [
    ("1000", None, "1000", False),
    ("1000", None, "1000.01", True),
    (None, "1000", "1000", True),
    (None, "1000", "1000.01", False),
    ("1000", "2000", "1500", True),
    ("1000", "2000", "2500", False),
    (None, None, "1", True),
    ("1000", "2000", None, True),
]


@pytest.mark.parametrize(("above", "up_to", "amount", "holds"), RANGES)
def test_a_criterion_for_some_amounts_holds_for_those_and_for_unknown_ones(
    above: str | None, up_to: str | None, amount: str | None, holds: bool
) -> None:
    bounds = AmountRange(above=Decimal(above) if above else None, up_to=Decimal(up_to) if up_to else None)
    criterion = rule("revenue", "at_least", "1", "USD").model_copy(update={"when": When(amount=bounds)})
    standards = default_policy().standards("standard")
    own = standards.model_copy(update={"criteria": (criterion,)})
    chosen = applicable(own, "standard", "GB", CaseKind.ONBOARDING, Decimal(amount) if amount else None)
    assert bool(chosen) is holds


def test_what_knocks_out_some_amounts_alone_waits_for_the_assessment() -> None:
    policy = default_policy()
    large = When(amount=AmountRange(above=Decimal(100)))
    criteria = tuple(
        item.model_copy(update={"when": large}) if item.id == "open_insolvency" else item for item in policy.criteria
    )
    changed = policy.model_copy(update={"criteria": criteria})
    failing = metrics({"open_insolvency": True})
    assert [item.id for item in knocked_out(policy, application(), CaseKind.ONBOARDING, failing, REFERENCE)] == [
        "open_insolvency"
    ]
    assert knocked_out(changed, application(), CaseKind.ONBOARDING, failing, REFERENCE) == ()
