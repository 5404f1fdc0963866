from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from policylab import accuracy
from policylab.outcomes import Outcomes
from policylab.tables import Floats
from tests.policylab.build import companies

# Pairs of one bad and one good: .9 beats all three; .4 beats .3, ties with .4, loses to .5: 4.5 of 6.
BAD = np.array([1, 1, 0, 0, 0], np.int64)
RISK = np.array([0.9, 0.4, 0.5, 0.3, 0.4])


def ranked(pairs: list[tuple[int, int]]) -> tuple[Outcomes, Floats]:
    """Outcomes with a risk each, whole numbers, so that ties occur and no transform loses one."""
    return np.array([bad for bad, _ in pairs], np.int64), np.array([float(risk) for _, risk in pairs])


outcomes = (
    st.lists(st.tuples(st.integers(0, 1), st.integers(-20, 20)), min_size=2, max_size=60)
    .filter(lambda pairs: len({bad for bad, _ in pairs}) == 2)
    .map(ranked)
)
values = st.lists(st.floats(0, 1), min_size=20, max_size=200).map(np.array)


def test_auc_and_gini_of_five_companies() -> None:
    assert accuracy.auc(BAD, RISK) == pytest.approx(4.5 / 6)
    assert accuracy.gini(BAD, RISK) == pytest.approx(0.5)


def test_ks_of_five_companies() -> None:
    # Up to .5 lie all of the good and half of the bad.
    assert accuracy.ks(BAD, RISK) == pytest.approx(0.5)


@pytest.mark.filterwarnings("ignore::RuntimeWarning:scipy")
@given(outcomes)
def test_ks_is_that_of_the_statisticians(drawn: tuple[Outcomes, Floats]) -> None:
    bad, risk = drawn
    assert accuracy.ks(bad, risk) == pytest.approx(
        stats.ks_2samp(risk[bad == 1], risk[bad == 0], method="asymp").statistic
    )


def test_brier_of_five_companies() -> None:
    assert accuracy.brier(BAD, RISK) == pytest.approx((0.01 + 0.36 + 0.25 + 0.09 + 0.16) / 5)


def test_calibration_error_of_two_groups() -> None:
    bad = np.array([0, 0, 0, 1, 1, 1, 0, 1], np.int64)
    probability = np.array([0.1, 0.1, 0.1, 0.1, 0.8, 0.8, 0.8, 0.8])
    groups = accuracy.calibration_groups(bad, probability, 2)
    assert [(part.companies, part.observed) for part in groups] == [(4, 0.25), (4, 0.75)]
    assert accuracy.calibration_error(bad, probability, 2) == pytest.approx((0.15 + 0.05) / 2)


def test_true_probabilities_stay_below_the_error_by_chance_and_false_ones_do_not() -> None:
    random = np.random.default_rng(2)
    probability = random.uniform(0.02, 0.4, 2000)
    bad = (random.random(2000) < probability).astype(np.int64)
    bound = accuracy.error_by_chance(probability, seed=1)
    assert 0 < accuracy.calibration_error(bad, probability) < bound < 0.04
    assert accuracy.calibration_error(bad, probability * 0.5) > accuracy.error_by_chance(probability * 0.5, seed=1)


def test_stability_index_of_two_groups() -> None:
    expected = np.array([1.0] * 50 + [2.0] * 50)
    actual = np.array([1.0] * 25 + [2.0] * 75)
    by_hand = (0.25 - 0.5) * math.log(0.25 / 0.5) + (0.75 - 0.5) * math.log(0.75 / 0.5)
    assert accuracy.stability_index(expected, actual, 2) == pytest.approx(by_hand)


def test_a_bootstrap_interval_holds_the_value_and_comes_again() -> None:
    sample = companies()
    risk = -sample.values["current_ratio"].to_numpy(dtype=np.float64)
    first = accuracy.bootstrap(accuracy.auc, sample.bad, risk, seed=1, resamples=100)
    assert first == accuracy.bootstrap(accuracy.auc, sample.bad, risk, seed=1, resamples=100)
    assert first.low < first.value < first.high
    assert first.value == accuracy.auc(sample.bad, risk)
    # Hanley and McNeil's standard error gives about the same width.
    assert 0.5 < (first.high - first.low) / (2 * 1.96 * hanley_mcneil(first.value, sample.bad)) < 1.5


def hanley_mcneil(area: float, bad: Outcomes) -> float:
    bads, goods = int(bad.sum()), int((1 - bad).sum())
    one, two = area / (2 - area), 2 * area**2 / (1 + area)
    spread = area * (1 - area) + (bads - 1) * (one - area**2) + (goods - 1) * (two - area**2)
    return math.sqrt(spread / (bads * goods))


@given(outcomes)
def test_ranking_measures_do_not_change_when_the_risk_is_stretched(drawn: tuple[Outcomes, Floats]) -> None:
    bad, risk = drawn
    stretched = risk**3 + 5 * risk
    assert accuracy.auc(bad, risk) == pytest.approx(accuracy.auc(bad, stretched))
    assert accuracy.ks(bad, risk) == pytest.approx(accuracy.ks(bad, stretched))


@given(outcomes)
def test_a_reversed_ranking_is_as_bad_as_it_was_good(drawn: tuple[Outcomes, Floats]) -> None:
    bad, risk = drawn
    assert accuracy.auc(bad, risk) + accuracy.auc(bad, -risk) == pytest.approx(1)


@given(values, st.randoms(use_true_random=False))
def test_a_sample_is_stable_against_itself_in_any_order(drawn: Floats, random: np.random.Generator) -> None:
    mixed = drawn.tolist()
    random.shuffle(mixed)
    assert accuracy.stability_index(drawn, np.array(mixed)) == pytest.approx(0)


@given(values, values)
def test_a_stability_index_is_never_negative(first: Floats, second: Floats) -> None:
    assert accuracy.stability_index(first, second) >= -1e-12


@given(st.lists(st.tuples(st.integers(0, 1), st.floats(0, 1)), min_size=20, max_size=100), st.permutations(range(20)))
def test_a_calibration_error_is_a_share_and_knows_no_order(drawn: list[tuple[int, float]], order: list[int]) -> None:
    bad, probability = np.array([one for one, _ in drawn], np.int64), np.array([two for _, two in drawn])
    mixed = [*order, *range(20, len(drawn))]
    error = accuracy.calibration_error(bad, probability)
    assert 0 <= error <= 1
    assert error == pytest.approx(accuracy.calibration_error(bad[mixed], probability[mixed]))


@pytest.mark.parametrize(
    ("rate", "trials", "low", "high"),
    # At no bad one of n the upper bound is 1 - .005^(1/n), at n of n the lower one .005^(1/n).
    [(0.0, 100, 0.0, 0.0516), (0.02, 100, 0.0010, 0.0894), (0.5, 20, 0.2177, 0.7823), (1.0, 20, 0.7673, 1.0)],
)
def test_the_interval_of_a_grade_is_the_exact_one(rate: float, trials: int, low: float, high: float) -> None:
    assert accuracy.grade_interval(rate, trials) == pytest.approx((low, high), abs=1e-4)
    exact = stats.binomtest(round(rate * trials), trials).proportion_ci(confidence_level=0.99)
    assert accuracy.grade_interval(rate, trials) == pytest.approx((exact.low, exact.high))


def test_an_attribute_alone_ranks_whichever_way_it_points() -> None:
    bad, values = np.array([0, 0, 1, 1, 0]), np.array([1.0, 2.0, 3.0, 4.0, np.nan])
    assert accuracy.auc_alone(bad, values) == accuracy.auc_alone(bad, -values) == 1.0
    assert accuracy.auc_alone(np.zeros(5, np.int64), values) is None


def test_copies_make_no_interval_narrower() -> None:
    random = np.random.default_rng(8)
    bad, risk = (random.random(200) < 0.3).astype(np.int64), random.random(200)
    once = accuracy.bootstrap(accuracy.auc, bad, risk, seed=1)
    whose = np.repeat(np.arange(200), 9)
    apart = accuracy.bootstrap(accuracy.auc, bad[whose], risk[whose], seed=1)
    together = accuracy.bootstrap(accuracy.auc, bad[whose], risk[whose], seed=1, company=whose)
    assert together.value == pytest.approx(once.value)
    assert together.high - together.low == pytest.approx(once.high - once.low, rel=0.2)
    assert apart.high - apart.low < 0.5 * (once.high - once.low)
