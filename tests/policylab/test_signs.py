"""Wrong signs are told on companies left out, and chance is not taken for one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from admission.policy import Attribute, Scorecard
from policylab.holdout import cross_validate
from policylab.samples import Sample
from policylab.signs import judgements, wrong_in_all, wrong_signs
from tests.policylab.build import card, companies


def turned(scorecard: Scorecard, place: int = 0) -> Scorecard:
    attributes = list(scorecard.attributes)
    first = attributes[place]
    points = [part.points for part in reversed(first.bins)]
    bins = tuple(part.model_copy(update={"points": earned}) for part, earned in zip(first.bins, points, strict=True))
    attributes[place] = first.model_copy(update={"bins": bins})
    return scorecard.model_copy(update={"attributes": tuple(attributes)})


@pytest.mark.parametrize("place", range(3))
def test_an_attribute_turned_round_is_told_on_other_companies(place: int) -> None:
    wrong = turned(card().scorecard, place)
    unseen = companies(seed=99)
    assert wrong_signs(wrong, unseen) == (wrong.attributes[place].metric,)
    assert wrong_in_all([judgements(wrong, unseen)]) == (wrong.attributes[place].metric,)


@pytest.mark.parametrize("seed", range(20, 40))
def test_companies_by_the_same_rule_show_none(seed: int) -> None:
    unseen = companies(rows=300, seed=seed)
    assert wrong_signs(card().scorecard, unseen) == ()
    assert wrong_in_all([judgements(card().scorecard, unseen)]) == ()


def test_one_bin_out_of_order_is_told_where_it_is_no_chance() -> None:
    def bins(points: list[str]) -> Attribute:
        first = card().scorecard.attributes[0].model_dump()
        first["bins"] = [{"below": below, "points": earned} for below, earned in zip(["1", "2", None], points,
                                                                                    strict=True)]  # fmt: skip
        return Attribute.model_validate(first | {"metric": "current_ratio", "missing": "0"})

    scorecard = card().scorecard.model_copy(update={"attributes": (bins(["0", "60", "100"]),)})
    values = np.repeat((0.5, 1.5, 2.5), 400)
    # Bad rates of 40, 5 and 20 %: the best bin is worse than the middle one, and the ends are in order.
    bad = np.concatenate([np.arange(400) < count for count in (160, 20, 80)]).astype(np.int64)
    sample = Sample(pd.DataFrame({"current_ratio": values}), bad, "x", "0" * 64)
    assert wrong_signs(scorecard, sample) == ("current_ratio",)
    # Two companies of two hundred rows each in the best bin tell next to nothing.
    few = replace(sample, of_row=np.concatenate((np.arange(800), 800 + np.arange(400) // 200)).astype(np.int64))
    assert wrong_signs(scorecard, few) == ()


def test_a_rule_that_turns_round_in_the_part_left_out_is_told() -> None:
    sample = companies()
    made = cross_validate(sample, source="x", folds=3, seed=11)
    assert made.wrong_signs == ()
    unseen = companies(seed=5)
    values = unseen.values.assign(debt_ratio=1 - unseen.values["debt_ratio"])
    assert wrong_signs(made.folds[0].calibrated.scorecard, replace(unseen, values=values)) == ("debt_ratio",)
