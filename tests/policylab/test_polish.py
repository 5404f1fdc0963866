"""The shows of calibration on the recorded Polish data, without the bootstraps of `make bench-scoring`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from benchmarks.polish import TWELVE, altman_z2, block_values, interest_cover, polish_sample
from benchmarks.scoring import block_points, shortfalls
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


def test_altman_ranks_as_published(recorded: Path) -> None:
    sample = polish(recorded)
    z = altman_z2(sample.values)
    assert int(np.isnan(z).sum()) == 19
    assert auc(sample.bad, -np.where(np.isnan(z), np.nanmedian(z), z)) == pytest.approx(0.764, abs=0.001)


def test_interest_cover_is_unknown_without_interest(recorded: Path) -> None:
    values = polish(recorded).values
    cover, interest = interest_cover(values), (values["A11"] - values["A18"]).to_numpy()
    assert np.isnan(cover[~(interest > 0)]).all()
    assert cover[interest > 0] == pytest.approx((values["A11"] / (values["A11"] - values["A18"]))[interest > 0])


def test_the_default_financial_block_ranks_better_than_altman(recorded: Path) -> None:
    sample = polish(recorded)
    points = block_points(block_values(sample.values))
    assert (points.min(), points.max()) == (0, 40)
    assert auc(sample.bad, -points) >= 0.79


def test_the_calibrated_card_keeps_what_it_promises(recorded: Path) -> None:
    sample = polish(recorded)
    twelve = Sample(sample.values[list(TWELVE)], sample.bad, sample.source, sample.sha256)
    made = cross_validate(twelve, source="x", folds=3, seed=1)
    assert auc(sample.bad, made.probability) >= 0.86
    assert [fold.wrong_signs for fold in made.folds] == [(), (), ()]


def test_shortfalls_are_named() -> None:
    good = {
        "block_auc": 0.80,
        "block_auc_mean_of_folds": 0.80,
        "card_auc": 0.87,
        "card_auc_mean_of_folds": 0.87,
        "card_calibration_error": 0.01,
        "card_wrong_signs": 0.0,
    }
    assert shortfalls(good) == []
    bad = good | {
        "block_auc_mean_of_folds": 0.7,
        "card_auc": 0.85,
        "card_calibration_error": 0.03,
        "card_wrong_signs": 2,
    }
    assert shortfalls(bad) == [
        "block_auc 0.7000, at least 0.79 wanted",
        "card_auc 0.8500, at least 0.86 wanted",
        "card_calibration_error 0.0300, at most 0.02 wanted",
        "card_wrong_signs 2, none wanted",
    ]
