"""Points in a line, what judgements may earn, and the probability of default that points stand for."""

from __future__ import annotations

import decimal
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admission.assessment.scorecard import score
from admission.memo.phrases import probability_words
from admission.metrics.catalogue import JUDGED
from admission.policy import Calibration, Policy, Wall, load_policy
from tests.admission.assessment.test_assessing import assess_under, assessed
from tests.admission.build import SOUND, default_policy, metrics, policy_document
from tests.admission.policy.test_policy import problems

WALL = {"standard": "0.055", "standard_points": "20", "best": "0.158", "maximum_points": "30", "minimum_points": "10"}
FITTED = {
    "intercept": "2",
    "slope": "-0.08",
    "outcomes": 120,
    "observations": 4000,
    "fitted_on": "2026-05-01",
    "data_sha256": "ab" * 32,
    "source": "[M] invented",
}


# The first row is published: rosannapuentes.com/zhongji/976202.html.
@pytest.mark.parametrize(
    ("value", "points"),
    [("0.10", "24.37"), ("0.055", "20"), ("0.158", "30"), ("0.5", "30"), ("0", "14.66"), ("-0.9", "10")],
)
def test_the_modern_wall_score(value: str, points: str) -> None:
    assert Wall.model_validate(WALL).points(Decimal(value)) == Decimal(points)


def test_less_may_be_better() -> None:
    debt = Wall.model_validate({"standard": "0.6", "standard_points": "6", "best": "0.3", "maximum_points": "9"})
    assert [debt.points(Decimal(value)) for value in ("0.1", "0.3", "0.45", "0.6", "0.9", "1.5")] == [
        Decimal(points) for points in ("9", "9", "7.5", "6", "3", "0")
    ]


@given(st.decimals(-3, 3, places=4), st.decimals(-3, 3, places=4))
def test_a_wall_rises_and_stays_between_its_bounds(first: Decimal, second: Decimal) -> None:
    wall = Wall.model_validate(WALL)
    low, high = sorted((first, second))
    assert Decimal(10) <= wall.points(low) <= wall.points(high) <= Decimal(30)


def with_wall(**changes: Any) -> Any:
    def change(document: dict[str, Any]) -> None:
        attribute = document["scorecard"]["attributes"][0]
        del attribute["bins"]
        attribute["wall"] = {"standard": "2.6", "standard_points": "6", "best": "5", "maximum_points": "10", **changes}

    return change


def test_an_attribute_may_have_a_wall_in_place_of_bins() -> None:
    document = policy_document()
    with_wall()(document)
    policy = load_policy(document)
    made = score(policy, metrics({**SOUND, "altman_z2": Decimal("3.8")}))
    assert next(part.points for part in made.parts if part.attribute == "altman_z2") == Decimal(8)
    assert load_policy(policy.model_dump(mode="json")).sha256 == policy.sha256


def attribute(place: int, **fields: Any) -> Any:
    return lambda document: document["scorecard"]["attributes"][place].update(fields)


@pytest.mark.parametrize(
    ("change", "field", "expected"),
    [
        (with_wall(best="2.6"), "altman_z2.wall.best", "another figure than the standard"),
        (with_wall(maximum_points="6"), "altman_z2.wall.maximum_points", "more than standard_points, 6"),
        (with_wall(minimum_points="7"), "altman_z2.wall.minimum_points", "at most standard_points, 6"),
        (attribute(0, wall=WALL), "altman_z2.bins", "either bins or wall; both are given"),
        (attribute(0, bins=[]), "altman_z2.bins", "either bins or wall; neither is given"),
        (attribute(8, bins=[], wall=WALL), "ownership_stable.wall", "a flag has no line"),
        (attribute(0, kind="qualitative"), "altman_z2.kind", "quantitative; people judge market_position"),
        (attribute(9, kind="quantitative"), "market_position.kind", "qualitative: a person judges it"),
        (attribute(0, on_missing="worst"), "altman_z2.on_missing", "one of neutral, lowest"),
    ],
)
def test_a_mistake_in_an_attribute_is_named(change: Any, field: str, expected: str) -> None:
    found = problems(change)
    assert any(item.field == f"scorecard.attributes.{field}" and expected in item.expected.en for item in found), found


@pytest.mark.parametrize(("cap", "expected"), [(None, "here the best earn 10"), ("8", "at least 10")])
def test_judgements_are_capped(cap: str | None, expected: str) -> None:
    found = problems(lambda document: document["scorecard"].update(qualitative_cap=cap))
    assert [(item.field, expected in item.expected.en) for item in found] == [("scorecard.qualitative_cap", True)]
    policy = default_policy()
    best = score(policy, metrics(dict.fromkeys(JUDGED, Decimal(2))))
    assert sum(part.points for part in best.parts if part.attribute in JUDGED) == policy.scorecard.qualitative_cap


def calibrated(outcomes: int = 120, cuts: tuple[str, ...] = ("0.01", "0.03", "0.08", "0.2", "1")) -> Policy:
    document = policy_document()
    document["scorecard"]["calibration"] = {**FITTED, "outcomes": outcomes}
    for grade, cut in zip(document["grades"], cuts, strict=False):
        grade["pd_at_most"] = cut
    return load_policy(document)


def test_points_stand_for_a_probability_of_default() -> None:
    fitted = Calibration.model_validate(FITTED)
    # 1 / (1 + exp(-(2 - 0.08 * 50))) = 1 / (1 + e^2) = 0.1192029...
    assert fitted.probability(Decimal(50)) == Decimal("0.119203")
    assert fitted.probability(Decimal(25)) == Decimal("0.500000")
    with decimal.localcontext(prec=3):
        assert fitted.probability(Decimal(50)) == Decimal("0.119203")
    steep = Calibration.model_validate(FITTED | {"intercept": "99999", "slope": "-99999"})
    assert (steep.probability(Decimal(0)), steep.probability(Decimal(9))) == (Decimal(1), Decimal(0))


@given(st.decimals(0, 100, places=2), st.decimals(0, 100, places=2))
def test_more_points_never_raise_it_nor_lower_the_grade(first: Decimal, second: Decimal) -> None:
    policy = calibrated()
    assert policy.scorecard.calibration is not None
    low, high = sorted((first, second))
    assert policy.scorecard.calibration.probability(low) >= policy.scorecard.calibration.probability(high)
    grades = [policy.grades.index(policy.grade_of(points)) for points in (low, high)]
    assert grades[0] >= grades[1]


def test_grades_are_cut_on_it_once_all_have_a_bound() -> None:
    # 82 points are above the 80 of grade A, but stand for 1.03 %.
    assert (calibrated().grade_of(Decimal(82)).name, default_policy().grade_of(Decimal(82)).name) == ("B", "A")
    assert calibrated(cuts=()).grade_of(Decimal(82)).name == "A"


def test_an_assessment_tells_it_and_says_where_it_is_weak() -> None:
    sure, weak, none = assess_under(calibrated()), assess_under(calibrated(outcomes=25)), assessed()
    assert (sure.uncalibrated, sure.pd_outcomes) == (False, 120)
    assert sure.pd is not None
    assert 0 < sure.pd < Decimal("0.02")
    assert "违约概率" in probability_words(sure).zh
    assert "不可依赖" not in probability_words(sure).zh
    assert "25 bad outcomes only, fewer than 40: not to be relied on" in probability_words(weak).en
    assert "不足 40 个，不可依赖" in probability_words(weak).zh
    assert (none.uncalibrated, none.pd) == (True, None)
    assert "uncalibrated" in probability_words(none).en
    assert "pd" not in none.model_dump(mode="json")
