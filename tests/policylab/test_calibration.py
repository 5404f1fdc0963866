from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from admission.assessment.scorecard import score
from admission.errors import BadInput
from admission.metrics.catalogue import CATALOGUE
from policylab.binning import find_bins
from policylab.calibration import REDUNDANT, calibrate
from policylab.samples import Sample
from policylab.signs import wrong_signs
from tests.admission.build import default_policy, metrics
from tests.policylab.build import SHA256, card, companies, sample_of


def test_the_best_bins_sum_to_exactly_a_hundred() -> None:
    assert sum(attribute.maximum for attribute in card().scorecard.attributes) == Decimal(100)


def test_points_only_rise_in_the_direction_that_is_safer() -> None:
    for attribute in card().scorecard.attributes:
        points = [part.points for part in attribute.bins]
        safer = card().lines[attribute.metric].bins.direction
        assert points == sorted(points, reverse=safer == "falling")
        assert min(points) >= 0
    assert {name: line.bins.direction for name, line in card().lines.items()} == {
        "current_ratio": "rising",
        "debt_ratio": "falling",
        "cash_flow_to_debt": "rising",
    }


def test_no_attribute_points_the_wrong_way() -> None:
    assert wrong_signs(card().scorecard, companies()) == ()
    assert all(line.coefficient > 0 for line in card().lines.values())


def test_a_card_turned_round_is_seen_to_point_the_wrong_way() -> None:
    first, *others = card().scorecard.attributes
    points = [part.points for part in reversed(first.bins)]
    bins = tuple(part.model_copy(update={"points": earned}) for part, earned in zip(first.bins, points, strict=True))
    turned = card().scorecard.model_copy(update={"attributes": (first.model_copy(update={"bins": bins}), *others)})
    assert wrong_signs(turned, companies()) == (first.metric,)


def test_what_tells_nothing_is_dropped_and_named() -> None:
    assert "headcount" in card().dropped
    assert "headcount" not in {attribute.metric for attribute in card().scorecard.attributes}


def test_an_attribute_that_would_point_the_wrong_way_beside_the_others_is_dropped() -> None:
    random = np.random.default_rng(5)
    leading = random.normal(0, 1, 3000)
    # By itself it goes with safety, as the leading one does; beside that one it goes with risk.
    echo = leading + random.normal(0, 0.5, 3000)
    bad = (random.random(3000) < expit(-2 - 3.0 * leading + 1.5 * echo)).astype(np.int64)
    made = calibrate(Sample(pd.DataFrame({"leading": leading, "echo": echo}), bad, "x", SHA256), source="x")
    bins = find_bins(echo, bad)
    assert bins is not None
    assert bins.direction == "rising"
    assert set(made.lines) == {"leading"}
    assert made.dropped["echo"].reason == REDUNDANT


def test_the_points_give_the_probability_of_the_regression() -> None:
    sample, made = companies(), card()
    points = made.points(sample.values)
    evidence = sum(
        line.coefficient * line.bins.evidence(sample.values[name].to_numpy(dtype=np.float64))
        for name, line in made.lines.items()
    )
    constant = made.intercept + made.slope * points + evidence
    # Points are kept to a hundredth: at most half of one for each attribute, and one more where 100 is made full.
    assert float(np.ptp(constant)) < abs(made.slope) * 0.01 * 2 * len(made.lines)
    # A regression with a free constant expects, over its own sample, as many as there were.
    assert made.probability(points).sum() == pytest.approx(sample.bads, rel=0.01)


def test_more_points_are_less_risk() -> None:
    probability = card().probability(np.linspace(0, 100, 50))
    assert all(after < before for before, after in pairwise(probability))


def test_a_missing_value_earns_what_the_average_company_does() -> None:
    made, sample = card(), companies()
    attribute = next(part for part in made.scorecard.attributes if part.metric == "cash_flow_to_debt")
    assert min(part.points for part in attribute.bins) < attribute.missing < attribute.maximum
    line = made.lines["cash_flow_to_debt"]
    worst = line.coefficient * float(line.bins.woe.min())
    assert float(attribute.missing) == pytest.approx(worst / made.slope, abs=0.011)
    hidden = sample.values.assign(cash_flow_to_debt=np.nan)
    shown = sample.values.assign(cash_flow_to_debt=1.0)
    assert (made.points(hidden) < made.points(shown)).all()


def test_what_is_missing_changes_no_bin_but_its_count() -> None:
    sample = companies()
    gone = sample.values["cash_flow_to_debt"].isna().to_numpy()
    all_bad = replace(sample, bad=np.where(gone, 1, sample.bad).astype(np.int64))
    first, second = (card().lines["cash_flow_to_debt"], calibrate(all_bad, source="x").lines["cash_flow_to_debt"])
    assert (first.bins.cuts, first.bins.goods, first.bins.bads) == (
        second.bins.cuts,
        second.bins.goods,
        second.bins.bads,
    )
    assert second.bins.neutral == 0


def test_the_engine_gives_the_same_points_as_the_laboratory() -> None:
    made, policy = card(), default_policy()
    policy = policy.model_copy(update={"scorecard": made.scorecard})
    cuts = [float(cut) for line in made.lines.values() for cut in line.bins.cuts]
    values = pd.DataFrame({name: [*cuts, np.nan, -5.0, 5.0] for name in made.lines})
    expected = made.points(values)
    for row in range(len(values)):
        known = {
            str(name): Decimal(repr(float(value))) for name, value in values.iloc[row].items() if not np.isnan(value)
        }
        assert float(score(policy, metrics(known)).total) == pytest.approx(expected[row], abs=1e-9)


def test_a_column_that_is_not_there_counts_as_missing() -> None:
    made, values = card(), companies().values
    without = made.points(values.drop(columns="debt_ratio"))
    np.testing.assert_allclose(without, made.points(values.assign(debt_ratio=np.nan)))


def test_titles_come_from_the_catalogue_or_from_whoever_asks() -> None:
    titles = {attribute.metric: attribute.title for attribute in card().scorecard.attributes}
    assert titles["debt_ratio"] == CATALOGUE["debt_ratio"].meaning


def test_the_same_sample_gives_the_same_card() -> None:
    assert calibrate(companies(), source="[M] invented") == card()


def test_where_nothing_tells_good_from_bad_there_is_no_card() -> None:
    noise = sample_of({"current_ratio": [1.0, 2.0] * 50}, [0, 0, 1, 1] * 25)
    with pytest.raises(BadInput, match=r"No attribute of invented\.csv tells good from bad"):
        calibrate(noise, source="x")


def test_an_attribute_that_makes_no_mistake_is_asked_after() -> None:
    values = [float(number) for number in range(200)]
    with pytest.raises(BadInput, match="was it known before the outcome"):
        calibrate(sample_of({"current_ratio": values}, [1] * 40 + [0] * 160), source="x")


def test_a_very_good_attribute_does_not_run_away() -> None:
    values = [float(number) for number in range(200)]
    bad = [1] * 30 + [1, 0] * 10 + [0] * 149 + [1]
    made = calibrate(sample_of({"current_ratio": values}, bad), source="x")
    assert np.isfinite([made.intercept, made.slope]).all()
    assert sum(attribute.maximum for attribute in made.scorecard.attributes) == Decimal(100)


@pytest.mark.parametrize("seed", range(5))
def test_noise_is_not_taken_for_information(seed: int) -> None:
    sample = companies()
    noise = np.random.default_rng(seed).permutation(sample.values["current_ratio"].to_numpy())
    made = calibrate(replace(sample, values=sample.values.assign(headcount=noise)), source="x")
    assert "headcount" in made.dropped
