from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from admission.errors import BadInput
from policylab.accuracy import auc
from policylab.folds import split_folds
from policylab.holdout import Holdout, cross_validate
from policylab.samples import Sample
from tests.languages import untranslated
from tests.policylab.build import companies

FOLDS, SEED = 3, 11


def held_out(sample: Sample) -> Holdout:
    return cross_validate(sample, source="x", folds=FOLDS, seed=SEED)


def test_bins_and_choice_of_a_fold_know_nothing_of_the_part_left_out() -> None:
    sample = companies()
    _, left_out = split_folds(sample, FOLDS, SEED)[0]
    values = sample.values.copy()
    # In the part left out, and there alone, debt is turned round and headcount tells everything.
    values.loc[left_out, "debt_ratio"] = 1 - values.loc[left_out, "debt_ratio"]
    values.loc[left_out, "headcount"] = np.where(sample.bad[left_out] == 1, -1e6, 1e6)
    before, after = held_out(sample), held_out(replace(sample, values=values))
    assert after.folds[0].calibrated == before.folds[0].calibrated
    assert after.folds[1].calibrated != before.folds[1].calibrated
    assert after.folds[0].auc != before.folds[0].auc


def test_every_company_is_judged_by_a_card_that_had_not_seen_it() -> None:
    sample, made = companies(), held_out(companies())
    for fold, (_, part) in zip(made.folds, split_folds(sample, FOLDS, SEED), strict=True):
        np.testing.assert_array_equal(made.points[part], fold.calibrated.points(sample.values.iloc[part]))
        np.testing.assert_array_equal(made.probability[part], fold.calibrated.probability(made.points[part]))
        assert fold.auc == auc(sample.bad[part], -made.points[part])


def test_the_rule_behind_the_outcomes_is_found_on_unseen_companies() -> None:
    made = held_out(companies())
    assert auc(companies().bad, made.probability) > 0.75
    assert [fold.wrong_signs for fold in made.folds] == [(), (), ()]
    assert made.wrong_signs == ()


def test_a_card_that_would_not_hold_is_refused() -> None:
    few = companies(rows=60, seed=1)
    with pytest.raises(BadInput, match="No card would hold on unseen companies") as caught:
        cross_validate(few, source="x", folds=2, seed=SEED)
    assert untranslated(caught.value) == []


def test_there_are_no_more_folds_than_bad_ones() -> None:
    sample = companies()
    few = np.zeros(len(sample.bad), np.int64)
    few[:6] = 1
    assert len(split_folds(replace(sample, bad=few), 10, SEED)) == 6


def test_copies_do_not_flatter_where_they_are_kept_together() -> None:
    # Ten copies of each of 150 companies, whose outcome nothing tells.
    random = np.random.default_rng(4)
    values, bad = pd.DataFrame({name: random.normal(0, 1, 150) for name in "abcd"}), random.random(150) < 0.3
    places = np.repeat(np.arange(150), 10)
    apart = Sample(values.iloc[places].reset_index(drop=True), bad[places].astype(np.int64), "x", "0" * 64)
    together = replace(apart, of_row=places.astype(np.int64))
    flattered = held_out(apart)
    assert auc(apart.bad, flattered.probability) > 0.6
    with pytest.raises(BadInput, match="No card would hold on unseen companies"):
        held_out(together)
