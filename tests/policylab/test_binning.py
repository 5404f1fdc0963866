from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policylab.binning import Bins, count_in_bins, find_bins
from policylab.outcomes import Outcomes
from policylab.tables import Floats


def stepped(seed: int = 3, sign: float = 1.0) -> tuple[Floats, Outcomes]:
    """Below 1 four in ten are bad, above it one in twenty."""
    random = np.random.default_rng(seed)
    values = random.uniform(0, 2, 2000)
    bad = (random.random(2000) < np.where(values < 1, 0.4, 0.05)).astype(np.int64)
    return sign * values, bad


def found(values: Floats, bad: Outcomes) -> Bins:
    bins = find_bins(values, bad)
    assert bins is not None
    return bins


def test_the_step_that_is_there_is_found() -> None:
    bins = found(*stepped())
    assert min(abs(float(cut) - 1) for cut in bins.cuts) < 0.02
    assert sum(bins.goods) + sum(bins.bads) == 2000


def test_which_direction_is_safer_is_learned_from_the_outcomes() -> None:
    assert found(*stepped()).direction == "rising"
    assert found(*stepped(sign=-1.0)).direction == "falling"


def test_weight_of_evidence_by_hand() -> None:
    values, bad = np.array([0.0, 0, 0, 0, 5, 5, 5, 5, np.nan, np.nan]), np.array([1, 1, 1, 0, 1, 0, 0, 0, 0, 1])
    bins = count_in_bins((Decimal(1),), values, bad)
    assert (bins.goods, bins.bads, bins.missing, bins.base) == ((1, 3), (3, 1), (1, 1), (5, 5))
    np.testing.assert_allclose(bins.woe, [np.log((1 / 5) / (3 / 5)), np.log((3 / 5) / (1 / 5))])
    assert bins.information_value == pytest.approx((1 / 5 - 3 / 5) * np.log(1 / 3) + (3 / 5 - 1 / 5) * np.log(3))
    np.testing.assert_allclose(bins.evidence(np.array([np.nan, 0, 1])), [0, np.log(1 / 3), np.log(3)])


def test_a_value_on_a_cut_belongs_to_the_bin_above_as_in_a_policy() -> None:
    bins = count_in_bins((Decimal(1), Decimal(2)), np.array([0.0, 1.0, 1.5, 2.0]), np.array([0, 0, 0, 0]))
    assert bins.goods == (1, 2, 1)


def test_what_is_missing_never_earns_more_than_the_best_bin() -> None:
    # All that is known is worse than the average company, since all without a value are good.
    values = np.array([0.0] * 10 + [5.0] * 10 + [np.nan] * 80)
    bad = np.array([1] * 8 + [0] * 2 + [1] * 5 + [0] * 5 + [0] * 80)
    bins = count_in_bins((Decimal(1),), values, bad)
    assert bins.woe.max() < 0
    assert bins.neutral == bins.woe.max()


@pytest.mark.parametrize(
    "values",
    [np.full(100, 3.0), np.full(100, np.nan), np.array([np.nan] * 60 + [1.0] * 40)],
    ids=["same", "none", "one"],
)
def test_an_attribute_without_two_values_has_no_bins(values: Floats) -> None:
    assert find_bins(values, np.array([0, 1] * 50, np.int64)) is None


def test_a_flag_is_cut_between_no_and_yes() -> None:
    flags = np.array([0.0] * 100 + [1.0] * 100)
    bad = np.array([1] * 40 + [0] * 60 + [1] * 10 + [0] * 90, np.int64)
    bins = found(flags, bad)
    assert (bins.goods, bins.bads) == ((60, 90), (40, 10))
    assert all(0 < cut <= 1 for cut in bins.cuts)


def test_missing_values_move_no_cut() -> None:
    values, bad = stepped()
    with_gaps = np.concatenate((values, np.full(300, np.nan)))
    assert found(with_gaps, np.concatenate((bad, np.ones(300, np.int64)))).cuts == found(values, bad).cuts


@given(st.integers(0, 10_000), st.sampled_from([1e-6, 1.0, 1e9]))
@settings(max_examples=15)
def test_bins_are_monotone_whatever_the_data(seed: int, scale: float) -> None:
    random = np.random.default_rng(seed)
    values = np.round(random.normal(0, 1, 300), 2) * scale
    bad = (random.random(300) < 0.2 + 0.15 * np.sin(3 * values / scale)).astype(np.int64)
    bins = find_bins(values, bad)
    if bins is not None:
        rates = np.array(bins.bads) / (np.array(bins.bads) + np.array(bins.goods))
        assert list(rates) in (sorted(rates), sorted(rates, reverse=True))
        assert list(bins.cuts) == sorted(set(bins.cuts))
