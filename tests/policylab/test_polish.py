"""The shows of calibration on the recorded Polish data, without the bootstraps of `make bench-scoring`."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from benchmarks.polish import TWELVE, accounts, altman_as_read, altman_z2, block_points, metrics_of, polish_sample
from benchmarks.scoring import BARS, default_policy, second_table, shortfalls
from policylab.accuracy import auc
from policylab.holdout import cross_validate
from policylab.samples import Sample
from policylab.tables import read_table

pytestmark = pytest.mark.recorded


@cache
def polish(recorded: Path) -> Sample:
    return polish_sample(read_table(recorded / "scoring" / "polish_5year.arff"))


def test_the_table_is_read_whole(recorded: Path) -> None:
    sample = polish(recorded)
    assert (len(sample.bad), sample.bads, sample.values.shape[1]) == (5910, 410, 64)


def test_rows_that_repeat_each_other_are_found(recorded: Path) -> None:
    sample = polish(recorded)
    exact = sample.values.groupby(list(sample.values.columns), dropna=False).ngroup().to_numpy()
    # 60 rows repeat all 64 figures of another; more repeat all but a few restated ones.
    assert len(np.unique(exact)) == 5850
    assert sample.companies < 5850
    for copies in (np.flatnonzero(exact == number) for number in np.flatnonzero(np.bincount(exact) > 1)):
        assert len(np.unique(sample.company[copies])) == 1


def test_altman_ranks_as_published(recorded: Path) -> None:
    sample = polish(recorded)
    z = altman_z2(sample.values)
    assert int(np.isnan(z).sum()) == 19
    assert auc(sample.bad, -np.where(np.isnan(z), np.nanmedian(z), z)) == pytest.approx(0.764, abs=0.001)


def test_the_accounts_give_the_ratios_of_the_columns(recorded: Path) -> None:
    values = polish(recorded).values
    read = [metrics_of(statement) for statement in accounts(values.iloc[:400])]
    for metric, column in (("current_ratio", "A4"), ("equity_ratio", "A10"), ("cash_flow_to_debt", "A26")):
        for row, made in enumerate(read):
            if made[metric].value is not None and abs(values[column].iloc[row]) > 0.01:
                assert float(made[metric].value) == pytest.approx(values[column].iloc[row], rel=0.05), (metric, row)  # type: ignore[arg-type]


def test_z_of_the_accounts_ranks_as_the_published_one(recorded: Path) -> None:
    sample = polish(recorded)
    assert auc(sample.bad, -altman_as_read(sample.values)) == pytest.approx(0.764, abs=0.005)


def test_the_default_financial_block_ranks_better_than_altman(recorded: Path) -> None:
    sample = polish(recorded)
    points = block_points(default_policy(), sample.values)
    assert points.min() == 0
    assert auc(sample.bad, -points) >= 0.78
    assert auc(sample.bad, -points) >= auc(sample.bad, -altman_as_read(sample.values)) + 0.015


def test_a_second_table_is_judged_by_a_card_that_has_seen_the_first_alone(recorded: Path) -> None:
    sample = polish(recorded)
    even = np.arange(len(sample.bad)) % 2 == 0
    first, other = sample.rows(np.flatnonzero(even)), sample.rows(np.flatnonzero(~even))
    found = second_table(first.only(TWELVE), other, default_policy())
    assert found["second_observations"] == len(other.bad)
    assert 0.83 < found["second_card_auc"] < 0.92
    assert found["second_card_promised"] == pytest.approx(found["second_card_observed"], abs=0.01)
    turned = replace(other, bad=1 - other.bad)
    assert second_table(first.only(TWELVE), turned, default_policy())["second_card_auc"] < 0.2


def test_the_calibrated_card_keeps_what_it_promises(recorded: Path) -> None:
    sample = polish(recorded)
    made = cross_validate(sample.only(TWELVE), source="x", folds=3, seed=1)
    assert auc(sample.bad, made.probability) >= 0.86
    assert [fold.wrong_signs for fold in made.folds] == [(), (), ()]


GOOD = {
    "altman_z2_auc": 0.764,
    "altman_z2_as_read_auc": 0.766,
    "block_auc": 0.80,
    "block_auc_mean_of_folds": 0.80,
    "card_auc": 0.87,
    "card_auc_mean_of_folds": 0.87,
    "card_ece": 0.01,
    "card_wrong_signs": 0.0,
    "card_attributes_suspicious": 0.0,
    "card_rows_in_two_folds": 0.0,
}
SHORT: dict[str, tuple[dict[str, float], int, list[str]]] = {
    "nothing": ({}, 1, []),
    "block": ({"block_auc_mean_of_folds": 0.77}, 1, ["block_auc 0.7700, at least 0.78 wanted"]),
    "block beside Altman": ({"block_auc": 0.7805}, 1, ["block_auc 0.7805, at least 0.7810 wanted (Z'' + 0.015)"]),
    "card": ({"card_auc": 0.85}, 1, ["card_auc 0.8500, at least 0.86 wanted"]),
    "error": ({"card_ece": 0.03}, 1, ["card_ece 0.0300, at most 0.02 wanted"]),
    "signs": ({"card_wrong_signs": 2.0}, 1, ["card_wrong_signs 2, none wanted"]),
    "leak": ({"card_attributes_suspicious": 1.0}, 5, ["card_attributes_suspicious 1, none wanted"]),
    "copies": ({"card_rows_in_two_folds": 7.0}, 5, ["card_rows_in_two_folds 7, none wanted"]),
    "five years ahead less is enough": (
        {"block_auc": 0.71, "block_auc_mean_of_folds": 0.70, "card_auc": 0.78, "card_auc_mean_of_folds": 0.77},
        5,
        [],
    ),
    "five years ahead": (
        {"block_auc": 0.69, "card_auc_mean_of_folds": 0.76},
        5,
        ["block_auc 0.6900, at least 0.70 wanted", "card_auc 0.7600, at least 0.77 wanted"],
    ),
}


@pytest.mark.parametrize("name", SHORT)
def test_shortfalls_are_named(name: str) -> None:
    changes, horizon, expected = SHORT[name]
    assert shortfalls(GOOD | changes, horizon) == expected


def test_the_bars_fall_with_the_horizon() -> None:
    near, far = BARS[1], BARS[5]
    assert (near.block, near.card) > (far.block, far.card)
