from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from admission.errors import BadInput
from policylab.accuracy import auc
from policylab.holdout import Holdout, cross_validate, split_folds
from policylab.samples import Sample
from tests.languages import untranslated
from tests.policylab.build import companies

FOLDS, SEED = 3, 11


def held_out(sample: Sample) -> Holdout:
    return cross_validate(sample, source="x", folds=FOLDS, seed=SEED)


def test_bins_and_choice_of_a_fold_know_nothing_of_the_part_left_out() -> None:
    sample = companies()
    _, left_out = next(iter(split_folds(sample, FOLDS, SEED).split(sample.values, sample.bad)))
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
    for fold, (_, part) in zip(
        made.folds, split_folds(sample, FOLDS, SEED).split(sample.values, sample.bad), strict=True
    ):
        np.testing.assert_array_equal(made.points[part], fold.calibrated.points(sample.values.iloc[part]))
        np.testing.assert_array_equal(made.probability[part], fold.calibrated.probability(made.points[part]))
        assert fold.auc == auc(sample.bad[part], -made.points[part])


def test_the_rule_behind_the_outcomes_is_found_on_unseen_companies() -> None:
    made = held_out(companies())
    assert auc(companies().bad, made.probability) > 0.75
    assert [fold.wrong_signs for fold in made.folds] == [(), (), ()]


def test_a_card_that_would_not_hold_is_refused() -> None:
    few = companies(rows=60, seed=1)
    with pytest.raises(BadInput, match="No card would hold on unseen companies") as caught:
        cross_validate(few, source="x", folds=2, seed=SEED)
    assert untranslated(caught.value) == []


def test_there_are_no_more_folds_than_bad_ones() -> None:
    sample = companies()
    few = np.zeros(len(sample.bad), np.int64)
    few[:6] = 1
    assert split_folds(replace(sample, bad=few), 10, SEED).get_n_splits() == 6
