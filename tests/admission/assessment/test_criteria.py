from __future__ import annotations

from decimal import Decimal
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admission.assessment.criteria import judge, shown, shown_metric
from admission.assessment.engine.case import Figures
from admission.assessment.engine.verdicts import make_test
from admission.evidence.findings import Verdict
from admission.metrics.catalogue import CATALOGUE, Value
from admission.metrics.ratios import FAR
from admission.policy import Comparison, Criterion
from tests.admission.build import REFERENCE, default_policy, metrics, say

METRIC_OF = {
    "at_most": "days_beyond_terms",
    "at_least": "years_trading",
    "between": "current_ratio",
    "equals": "industry_code",
    "one_of": "industry_code",
    "is_true": "registered_active",
    "is_false": "open_insolvency",
}
BOUND: dict[str, Any] = {
    "at_most": "30",
    "at_least": "2",
    "between": ("1", "3"),
    "equals": "us-sic:3571",
    "one_of": ("us-sic:3571", "us-sic:3572"),
    "is_true": None,
    "is_false": None,
}
PASS, FAIL, UNKNOWN = Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN
GOLDEN: list[tuple[Comparison, Value | None, Verdict]] = [
    ("at_most", Decimal("29.9"), PASS),
    ("at_most", Decimal(30), PASS),
    ("at_most", Decimal("30.1"), FAIL),
    ("at_most", None, UNKNOWN),
    ("at_least", Decimal("1.9"), FAIL),
    ("at_least", Decimal(2), PASS),
    ("at_least", Decimal("2.1"), PASS),
    ("at_least", None, UNKNOWN),
    ("between", Decimal("0.99"), FAIL),
    ("between", Decimal(1), PASS),
    ("between", Decimal(3), PASS),
    ("between", Decimal("3.01"), FAIL),
    ("between", None, UNKNOWN),
    ("equals", "us-sic:3571", PASS),
    ("equals", "us-sic:3572", FAIL),
    ("equals", None, UNKNOWN),
    ("one_of", "us-sic:3572", PASS),
    ("one_of", "us-sic:357", FAIL),
    ("one_of", None, UNKNOWN),
    ("is_true", True, PASS),
    ("is_true", False, FAIL),
    ("is_true", None, UNKNOWN),
    ("is_false", False, PASS),
    ("is_false", True, FAIL),
    ("is_false", None, UNKNOWN),
]


def criterion(comparison: Comparison, **changes: Any) -> Criterion:
    return Criterion.model_validate(
        {
            "id": "rule",
            "metric": METRIC_OF[comparison],
            "comparison": comparison,
            "value": BOUND[comparison],
            "effect": "refer",
            "reason": say("The rule"),
            "source": "[P]",
        }
        | changes
    )


@pytest.mark.parametrize(
    ("comparison", "value", "verdict"), GOLDEN, ids=[f"{row[0]}-{row[1]}-{row[2]}" for row in GOLDEN]
)
def test_each_comparison_passes_fails_or_is_unknown(
    comparison: Comparison, value: Value | None, verdict: Verdict
) -> None:
    known = {} if value is None else {METRIC_OF[comparison]: value}
    (result,) = judge([criterion(comparison)], metrics(known), REFERENCE)
    assert (result.id, result.verdict, result.effect) == ("rule", verdict, "refer")


def test_the_table_covers_every_comparison_and_verdict() -> None:
    assert {(row[0], row[2]) for row in GOLDEN} == {
        (comparison, verdict) for comparison in get_args(Comparison) for verdict in Verdict
    }


def test_no_criterion_of_the_default_policy_passes_on_unknown() -> None:
    results = judge(default_policy().criteria, metrics({}), REFERENCE)
    assert {result.verdict for result in results} == {Verdict.UNKNOWN}


@given(
    comparison=st.sampled_from(["at_most", "at_least", "between", "is_true", "is_false"]),
    bound=st.decimals(-1000, 1000, places=2),
    width=st.decimals(0, 100, places=2),
)
def test_nothing_passes_on_unknown(comparison: Comparison, bound: Decimal, width: Decimal) -> None:
    value = {"between": (bound, bound + width), "is_true": None, "is_false": None}.get(comparison, bound)
    (result,) = judge([criterion(comparison, value=value)], metrics({}), REFERENCE)
    assert result.verdict is Verdict.UNKNOWN


def test_a_message_tells_what_was_found_where_and_what_was_asked() -> None:
    (result,) = judge([criterion("between")], metrics({"current_ratio": Decimal("0.5")}), REFERENCE)
    assert result.message.en == "The rule: 0.5 (register); asked between 1, 3"
    assert result.message.zh == "The rule（中）：0.5（register）；要求介于 1, 3"


def test_a_figure_without_sources_shows_no_empty_brackets() -> None:
    found = metrics({"days_beyond_terms": Decimal(4)})
    found["days_beyond_terms"] = found["days_beyond_terms"].model_copy(update={"sources": ()})
    (result,) = judge([criterion("at_most")], found, REFERENCE)
    assert result.message.en == "The rule: 4; asked at most 30"


@pytest.mark.parametrize(
    ("comparison", "value", "words"),
    [
        ("is_true", True, "The rule: yes (register); asked yes"),
        ("is_false", True, "The rule: yes (register); asked no"),
        ("equals", "us-sic:1", "The rule: us-sic:1 (register); asked equal to us-sic:3571"),
        ("one_of", "us-sic:1", "The rule: us-sic:1 (register); asked one of us-sic:3571, us-sic:3572"),
    ],
)
def test_a_message_tells_words_and_codes_as_they_are(comparison: Comparison, value: Value, words: str) -> None:
    (result,) = judge([criterion(comparison)], metrics({METRIC_OF[comparison]: value}), REFERENCE)
    assert result.message.en == words


@pytest.mark.parametrize(
    ("value", "words"),
    [("999.5", "999.5"), ("1000", "1,000"), ("-1000", "-1,000"), ("1000.4", "1,000"), ("0.1234", "0.123"), ("-0", "0")],
)
def test_a_figure_has_thousands_from_a_thousand_on_and_three_decimals_below(value: str, words: str) -> None:
    assert shown(Decimal(value)).en == words


def test_a_ratio_at_an_end_of_its_scale_is_told_in_words_and_any_other_in_figures() -> None:
    note = say("no interest to pay")
    metric = metrics({"interest_cover": FAR})["interest_cover"].model_copy(update={"note": note})
    assert shown_metric(metric) == note
    assert shown_metric(metric.model_copy(update={"value": -FAR})) == note
    assert shown_metric(metric.model_copy(update={"value": Decimal(3)})).en == "3"
    assert shown_metric(metric.model_copy(update={"note": None})).en == shown(FAR).en


def test_an_unknown_tells_why() -> None:
    (result,) = judge([criterion("at_most")], metrics({}), REFERENCE)
    assert result.message.en == "The rule: unknown, no source for this is set up"


# What a criterion says of silence, whether its source is set up, and what follows: only listed, the best grade left,
# security, committee.
SILENCE: list[tuple[str, dict[str, Any], bool, bool, str | None, bool, bool]] = [
    ("asked-and-not-told", {"on_not_asked": "refer"}, True, False, "D", True, False),
    ("asked-and-not-told-note", {"on_not_asked": "note"}, True, False, "D", True, False),
    ("not-set-up-refer", {"on_not_asked": "refer"}, False, False, None, True, False),
    ("not-set-up-note", {"on_not_asked": "note"}, False, True, None, False, False),
    ("committee-asked", {"on_not_asked": "note", "on_unknown": "committee"}, True, False, "D", True, True),
    ("committee-not-set-up", {"on_not_asked": "note", "on_unknown": "committee"}, False, True, None, False, False),
]


@pytest.mark.parametrize(
    ("changes", "set_up", "noted", "best_grade", "secured", "committee"),
    [row[1:] for row in SILENCE],
    ids=[row[0] for row in SILENCE],
)
def test_silence_bounds_grade_and_terms_unless_nobody_was_asked_and_the_policy_only_lists_it(
    changes: dict[str, Any], set_up: bool, noted: bool, best_grade: str | None, secured: bool, committee: bool
) -> None:
    rule = criterion("at_most", effect="secured_only", best_grade="D", **changes)
    found = metrics({}, set_up=set_up)
    figures = Figures.of(found.values())
    against = make_test(rule)(figures.metrics, figures, REFERENCE)
    assert against is not None
    assert (against.verdict, against.noted, against.best_grade) == (UNKNOWN, noted, best_grade)
    assert (against.wants_security, against.wants_committee) == (secured, committee)
    (result,) = judge([rule], found, REFERENCE)
    assert (result.not_asked, result.open) == (noted, not noted)
    told = "unknown, it was asked for, and is not told" if set_up else "unknown, no source for this is set up"
    assert result.message.en == f"The rule: {'not asked, no source for it is set up' if noted else told}"


def test_a_criterion_that_fails_bounds_the_grade_and_an_override_lifts_that() -> None:
    rule = criterion("at_most", best_grade="C")
    figures = Figures.of(metrics({"days_beyond_terms": Decimal(31)}).values())
    against = make_test(rule)(figures.metrics, figures, REFERENCE)
    assert against is not None
    assert (against.best_grade, against.covered().best_grade) == ("C", None)
    passing = Figures.of(metrics({"days_beyond_terms": Decimal(30)}).values())
    assert make_test(rule)(passing.metrics, passing, REFERENCE) is None


def test_results_come_in_the_order_of_the_policy() -> None:
    policy = default_policy()
    assert [result.id for result in judge(policy.criteria, metrics({}), REFERENCE)] == [
        item.id for item in policy.criteria
    ]


@pytest.mark.parametrize(
    ("value", "en", "zh"),
    [
        (None, "-", "-"),
        (True, "yes", "是"),
        (False, "no", "否"),
        (Decimal("0.1235"), "0.124", "0.124"),
        (Decimal("-0.0001"), "0", "0"),
        (Decimal(100), "100", "100"),
        (Decimal("1234567.8"), "1,234,568", "1,234,568"),
        (Decimal("-1234.4"), "-1,234", "-1,234"),
        ("uk-sic:47110", "uk-sic:47110", "uk-sic:47110"),
    ],
)
def test_values_are_shown_as_people_read_them(value: Value | None, en: str, zh: str) -> None:
    assert (shown(value).en, shown(value).zh) == (en, zh)


def test_the_metrics_of_the_table_are_in_the_catalogue() -> None:
    assert set(METRIC_OF.values()) <= set(CATALOGUE)
