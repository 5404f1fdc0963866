"""What figures that are wrong, missing or beyond sense come to: one table for metrics, one for the verdicts on them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admission.assessment.criteria import judge, shown
from admission.assessment.scorecard import score
from admission.errors import BadInput
from admission.evidence.facts import CreditReport, Facts, FinancialStatement
from admission.evidence.findings import Verdict
from admission.metrics.catalogue import CATALOGUE, Metric, Value, known
from admission.metrics.derive import MetricInputs, derive_metrics
from admission.money import Money
from admission.policy import Attribute, load_policy
from tests.admission.build import (
    AS_OF,
    EXCHANGE,
    REFERENCE,
    SOUND,
    answered,
    application,
    default_policy,
    metrics,
    policy_document,
    report,
    statement,
)

HUGE = Decimal("1E+999999")
PASS, FAIL, UNKNOWN = Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN
NOT_STATED = "the accounts do not state what it needs"
BEYOND = "a figure of this size is none"


def derived(*accounts: FinancialStatement, reports: tuple[CreditReport, ...] = (), **asked: Any) -> dict[str, Metric]:
    facts = Facts(statements=accounts, reports=reports)
    return derive_metrics(facts, answered(), MetricInputs(application(**asked), EXCHANGE))


FIGURES: list[tuple[str, dict[str, Any], str, str]] = [
    ("equity-not-stated", {"equity": None}, "equity_ratio", NOT_STATED),
    ("equity-not-stated", {"equity": None}, "tangible_net_worth", NOT_STATED),
    ("inventory-not-stated", {"inventory": None}, "quick_ratio", NOT_STATED),
    ("missing-year", {}, "revenue_growth", "no accounts of the year before"),
    ("not-a-number", {"revenue": Decimal("NaN")}, "revenue", BEYOND),
    ("infinite", {"revenue": Decimal("Infinity")}, "revenue", BEYOND),
    ("huge", {"revenue": HUGE}, "revenue", BEYOND),
    ("beyond-any-company", {"total_assets": Decimal(10) ** 18 + 1}, "total_assets", BEYOND),
    ("no-rate", {"currency": "CNY"}, "requested_to_revenue", "no exchange rate for GBP/CNY"),
]


@pytest.mark.parametrize(
    ("changes", "name", "why"), [row[1:] for row in FIGURES], ids=[f"{r[0]}-{r[2]}" for r in FIGURES]
)
def test_a_figure_that_says_nothing_is_unknown_with_the_reason(changes: dict[str, Any], name: str, why: str) -> None:
    metric = derived(statement(**changes))[name]
    assert metric.value is None
    assert metric.unknown is not None
    assert metric.unknown.en == why


KEPT: list[tuple[str, dict[str, Any], str, str]] = [
    ("negative-equity", {"equity": Decimal(-600)}, "equity", "-600"),
    ("negative-equity", {"equity": Decimal(-600)}, "equity_ratio", "-0.6"),
    ("negative-equity", {"equity": Decimal(-600)}, "tangible_net_worth", "-625"),
    ("more-debt-than-assets", {"total_liabilities": Decimal(1600)}, "debt_ratio", "1.6"),
    ("loss", {"net_income": Decimal(-50)}, "return_on_assets", "-0.05"),
    ("zero-revenue", {"revenue": Decimal(0)}, "revenue", "0"),
    ("liabilities-not-stated", {"total_liabilities": None}, "debt_ratio", "0.4"),
    ("no-revenue", {"revenue": Decimal(0)}, "requested_to_revenue", "1000000"),
    ("negative-equity", {"equity": Decimal(-600)}, "requested_to_net_worth", "1000000"),
    ("no-assets", {"total_assets": Decimal(0)}, "debt_ratio", "1000000"),
    ("negative-assets", {"total_assets": Decimal(-5)}, "return_on_assets", "-1000000"),
    ("nearly-nothing-below", {"current_liabilities": Decimal("1E-30")}, "current_ratio", "1000000"),
]


@pytest.mark.parametrize(("changes", "name", "value"), [row[1:] for row in KEPT], ids=[f"{r[0]}-{r[2]}" for r in KEPT])
def test_a_figure_that_is_bad_news_is_kept(changes: dict[str, Any], name: str, value: str) -> None:
    assert derived(statement(**changes))[name].value == Decimal(value)


def test_years_in_different_currencies_are_not_compared() -> None:
    before = statement(period_end=date(2024, 12, 31), currency="GBP", revenue=Decimal(1000))
    assert derived(statement(), before)["revenue_growth"].value is None


def test_a_statement_in_thousands_does_not_pass_for_one_in_units() -> None:
    thousands = {name: value / 1000 for name, value in statement().model_dump().items() if isinstance(value, Decimal)}
    said = {"annual_revenue": {"amount": "2000", "currency": "USD"}}
    found = derived(statement(**thousands), declared=said)
    # Ratios do not change with the unit; the amount does, and what was declared shows it.
    assert found["current_ratio"].value == derived(statement())["current_ratio"].value
    assert found["declared_contradictions"].value == Decimal(1)


VERDICTS: list[tuple[str, dict[str, Any], str, Verdict]] = [
    ("sound", {}, "positive_equity", PASS),
    ("negative", {"equity": Decimal(-1)}, "positive_equity", FAIL),
    ("none", {"equity": Decimal(0)}, "positive_equity", FAIL),
    ("not-stated", {"equity": None}, "positive_equity", UNKNOWN),
    ("not-a-number", {"equity": Decimal("NaN")}, "positive_equity", UNKNOWN),
    ("infinite", {"equity": Decimal("Infinity")}, "positive_equity", UNKNOWN),
    ("huge", {"equity": HUGE}, "positive_equity", UNKNOWN),
    ("pounds", {"currency": "GBP"}, "positive_equity", PASS),
    ("yuan-without-rate", {"currency": "CNY"}, "positive_equity", UNKNOWN),
]


@pytest.mark.parametrize(
    ("changes", "criterion", "verdict"), [row[1:] for row in VERDICTS], ids=[r[0] for r in VERDICTS]
)
def test_no_bad_figure_passes(changes: dict[str, Any], criterion: str, verdict: Verdict) -> None:
    found = derived(statement(**changes))
    results = {item.id: item for item in judge(default_policy().criteria, found, REFERENCE)}
    assert results[criterion].verdict is verdict
    assert len(results[criterion].message.en) < 200


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "1E+999999", "-1E+999999", "sNaN"])
@pytest.mark.parametrize("name", sorted(name for name, spec in CATALOGUE.items() if spec.kind not in ("flag", "code")))
def test_no_metric_has_a_value_that_is_none(name: str, value: str) -> None:
    metric = known(name, Decimal(value), ("register",), AS_OF)
    assert (metric.value, metric.sources) == (None, ("register",))


def test_a_bureau_s_limit_beyond_sense_bounds_nothing() -> None:
    found = derived(statement(), reports=(report(limit=Money(amount=Decimal("1E+30"), currency="GBP")),))
    assert found["bureau_limit"].value is None


WRONG_FIGURES = [
    "NaN",
    ".nan",
    "Infinity",
    "-Infinity",
    "1E+999999",
    "1e-999999",
    "1" * 5000,
    "1E+99999999999999999999",
]
PLACES: list[tuple[str, tuple[str | int, ...]]] = [
    ("criteria.sanctions.value", ("criteria", 0, "value")),
    ("scorecard.attributes.altman_z2.bins.0.below", ("scorecard", "attributes", 0, "bins", 0, "below")),
    ("scorecard.attributes.altman_z2.bins.0.points", ("scorecard", "attributes", 0, "bins", 0, "points")),
    ("limit.starter_cap", ("limit", "starter_cap")),
    ("approval.bands.0.up_to", ("approval", "bands", 0, "up_to")),
    ("grades.A.net_worth_factor", ("grades", 0, "net_worth_factor")),
]


@pytest.mark.parametrize("figure", WRONG_FIGURES, ids=[figure[:12] for figure in WRONG_FIGURES])
@pytest.mark.parametrize(("place", "path"), PLACES, ids=[row[0] for row in PLACES])
def test_a_figure_of_the_policy_that_is_none_is_refused(figure: str, place: str, path: tuple[str | int, ...]) -> None:
    document: Any = policy_document()
    at: Any = document
    for part in path[:-1]:
        at = at[part]
    at[path[-1]] = figure
    with pytest.raises(BadInput) as refused:
        load_policy(document)
    assert any(problem.field.startswith(place.rpartition(".")[0][:8]) for problem in refused.value.problems)
    assert all(len(str(problem)) < 2500 for problem in refused.value.problems)


def rising(attribute: Attribute) -> bool | None:
    """True where a higher figure never has fewer points, False where never more, None for neither."""
    points = [part.points for part in attribute.bins]
    if points == sorted(points):
        return True
    return False if points == sorted(points, reverse=True) else None


CARD = default_policy().scorecard.attributes
VALUES = st.fixed_dictionaries(
    {},
    optional={
        item.metric: st.booleans() if CATALOGUE[item.metric].kind == "flag" else st.decimals(-1000, 1000, places=3)
        for item in CARD
    },
)


def test_each_attribute_of_the_default_card_is_monotone() -> None:
    assert {rising(item) for item in CARD} == {True, False}
    assert [item.metric for item in CARD if rising(item) is False] == ["days_beyond_terms", "late_invoice_share"]


@given(values=VALUES, attribute=st.sampled_from(CARD), figures=st.tuples(*[st.decimals(-1000, 1000, places=3)] * 2))
def test_a_better_figure_never_earns_fewer_points_or_a_worse_grade(
    values: dict[str, Value], attribute: Attribute, figures: tuple[Decimal, Decimal]
) -> None:
    policy = default_policy()
    worse, better = sorted(figures, reverse=rising(attribute) is False)
    pair: tuple[Value, Value] = (worse, better)
    if CATALOGUE[attribute.metric].kind == "flag":
        pair = (False, True)
    low, high = (score(policy, metrics(values | {attribute.metric: value})) for value in pair)
    assert high.total >= low.total
    assert policy.grades.index(high.grade) <= policy.grades.index(low.grade)


@given(VALUES)
def test_a_score_stays_between_none_and_all_points(values: dict[str, Value]) -> None:
    made = score(default_policy(), metrics(values))
    assert 0 <= made.total <= 100
    assert 0 <= made.missing_share <= 1
    assert all(0 <= part.points <= part.maximum for part in made.parts)


@given(st.decimals(allow_nan=True, allow_infinity=True))
def test_whatever_a_figure_is_its_criteria_come_to_a_verdict(figure: Decimal) -> None:
    found = metrics({})
    for name in ("equity", "days_beyond_terms", "years_trading"):
        found[name] = known(name, figure, ("register",), AS_OF, unit="GBP" if name == "equity" else None)
    results = judge(default_policy().criteria, found, REFERENCE)
    sensible = figure.is_finite() and abs(figure) <= Decimal(10) ** 18
    assert all(
        (result.verdict is not UNKNOWN) is sensible
        for result in results
        if result.id in ("positive_equity", "pays_late", "years_trading")
    )
    assert all(len(shown(metric.value).en) < 60 for metric in found.values())


def test_sound_figures_leave_no_metric_of_the_card_without_points() -> None:
    missing = {part.attribute for part in score(default_policy(), metrics(SOUND)).parts if part.missing}
    assert missing.isdisjoint(SOUND)
